#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Which connections go on after an answer and which end, by version, by what
# the client asks for and by KeepAlive, MaxKeepAliveRequests and
# KeepAliveTimeout.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(conf => <<'EOT', files => { 'a' => "aa\n" });
MaxKeepAliveRequests 5
Listen 127.0.0.1:{PORT}
Listen 127.0.0.1:{PORT2}
Listen 127.0.0.1:{PORT3}
Listen 127.0.0.1:{PORT4}
<VirtualHost 127.0.0.1:{PORT4}>
    ServerName at-once
    KeepAliveTimeout 0
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT2}>
    ServerName off
    KeepAlive Off
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT3}>
    ServerName any
    MaxKeepAliveRequests 0
</VirtualHost>
EOT

# Request, its Connection field in the answer, whether the connection goes on.
my @table = (
	["GET /a HTTP/1.1\r\nHost: a\r\n", undef, 1],
	["GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n", undef, 1],
	["GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", 'close', 0],
	["GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n", 'close', 0],
	["GET /no HTTP/1.1\r\nHost: a\r\n", undef, 1],
	["HEAD /a HTTP/1.1\r\nHost: a\r\n", undef, 1],
	["GET /a HTTP/1.0\r\n", 'close', 0],
	["GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n", 'keep-alive', 1],
	["GET /a HTTP/1.0\r\nConnection: close, keep-alive\r\n", 'close', 0],
);
for my $row (@table) {
	my ($request, $connection, $goes_on) = @$row;
	my $name = $request =~ s/\r\n/ | /gr;
	my $c = $s->connect;
	$c->send("$request\r\n");
	my $r = $c->response($request =~ /^HEAD/);
	is($r->{header}{connection}, $connection, "$name: Connection");
	is($r->{version}, '1.1', "$name: answered as 1.1");
	if ($goes_on) {
		is($c->get('/a')->{body}, "aa\n", "$name: goes on");
	} else {
		ok($c->closed, "$name: is closed");
	}
	$c->close;
}

my $c = $s->connect;
is($c->get('/a')->{header}{connection}, undef, "request $_ of 5") for 1 .. 4;
is($c->get('/a')->{header}{connection}, 'close', 'request 5 of 5');
ok($c->closed, 'and the connection ends');

$c = $s->connect($s->port(2));
is($c->get('/a')->{header}{connection}, 'close', 'KeepAlive Off');
ok($c->closed, 'and the connection ends');

for my $path ('/a', '/no') {
	$c = $s->connect($s->port(4));
	is($c->get($path)->{header}{connection}, 'close',
	    "KeepAliveTimeout 0: $path");
	ok($c->closed, 'and the connection ends');
}

$c = $s->connect($s->port(3));
is(scalar(grep { $c->get('/a')->{status} == 200 } 1 .. 200), 200,
    'MaxKeepAliveRequests 0: 200 requests on a connection');
$c->close;

$s->stop;

# An idle connection is closed after KeepAliveTimeout and not before.
$s = Drover->start(conf => 'KeepAliveTimeout ' . 1500 * $Drover::SCALE . 'ms');
$c = $s->connect;
is($c->get('/')->{status}, 200, 'a request, then silence');
ok(!$c->closed(0.2), 'open after 0.2 s');
ok($c->closed(10), 'closed after a while');
# Together longer than the time-out.
$c = $s->connect;
for (1 .. 10) {
	is($c->get('/')->{status}, 200, 'a request every 0.2 s');
	ok(!$c->closed(0.2), 'is not silence');
}
$s->stop;
done_testing;
