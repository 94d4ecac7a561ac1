#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Whose page it is: Host, the target's own authority, and what is refused
# (RFC 9112, 3.2).
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(files => { 'one/who' => 'one', 'two/who' => 'two' },
    conf => <<'EOT');
<VirtualHost 127.0.0.1:{PORT}>
    ServerName one.test
    DocumentRoot "{DIR}/htdocs/one"
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName two.test
    ServerAlias *.two.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
EOT

# Request line and fields; the status; who answers.
my @table = (
	['GET /who HTTP/1.1', 'Host: one.test', 200, 'one'],
	['GET /who HTTP/1.1', 'Host: two.test', 200, 'two'],
	['GET /who HTTP/1.1', 'hOsT: TWO.Test', 200, 'two'],
	['GET /who HTTP/1.1', 'Host: two.test:8080', 200, 'two'],
	['GET /who HTTP/1.1', 'Host: www.two.test', 200, 'two'],
	['GET /who HTTP/1.1', 'Host: three.test', 200, 'one'],
	['GET /who HTTP/1.1', 'Host:', 200, 'one'],
	['GET /who HTTP/1.1', 'Host: [::1]:80', 200, 'one'],
	['GET /who HTTP/1.0', undef, 200, 'one'],
	['GET /who HTTP/1.0', 'Host: two.test', 200, 'two'],
	# The target's authority holds, but a Host there must be.
	['GET http://two.test/who HTTP/1.1', 'Host: one.test', 200, 'two'],
	['GET HTTP://two.test:99/who HTTP/1.1', 'Host: x', 200, 'two'],
	['GET http://two.test/who HTTP/1.0', undef, 200, 'two'],
	['GET http://two.test/who HTTP/1.1', undef, 400],
	['GET http:///who HTTP/1.1', 'Host: one.test', 400],
	['GET ftp://two.test/who HTTP/1.1', 'Host: one.test', 400],
	['GET http://u@two.test/who HTTP/1.1', 'Host: one.test', 400],
	['GET /who HTTP/1.1', undef, 400],
	['GET /who HTTP/1.1', "Host: one.test\r\nHost: one.test", 400],
	['GET /who HTTP/1.0', "Host: one.test\r\nHost: two.test", 400],
	['GET /who HTTP/1.1', 'Host: one.test, two.test', 400],
	['GET /who HTTP/1.1', 'Host: one test', 400],
	['GET /who HTTP/1.1', 'Host: one.test/', 400],
	['GET /who HTTP/1.1', 'Host: u@one.test', 400],
	['GET /who HTTP/1.1', 'Host: one.test:x', 400],
	['GET /who HTTP/1.1', 'Host : one.test', 400],
	['GET /who HTTP/1.1', "Host: one.test\r\n two.test", 400],
);
for my $row (@table) {
	my ($line, $field, $status, $who) = @$row;
	my $request = "$line\r\n" . (defined $field ? "$field\r\n" : '') .
	    "Connection: close\r\n\r\n";
	my $name = join ' | ', $line, $field ? $field =~ s/\r\n/ | /r : ();
	my $c = $s->connect;
	$c->send($request);
	my $r = $c->response;
	is($r->{status}, $status, $name);
	is($r->{body}, $who, "$name: the page of $who") if defined $who;
	ok($c->closed && !$c->{error}, "$name: closed, no reset");
}

# What is refused has its line too, with the request as it came.
my @lines = $s->wait_log('access', qr/ 400 /, 14);
is(scalar @lines, 14, 'each refused one has its line');
like(join('', @lines), qr{"GET http://two\.test/who HTTP/1\.1" 400 },
    'with the request as it came');

$s->stop;
done_testing;
