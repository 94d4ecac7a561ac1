#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Nobody is asked for a password: what only one opens stays closed.  Each row
# has the rules of a folder, and whether 127.0.0.1 and 127.0.0.2 get its file
# without one.  Where apache2 is installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use IO::Socket::IP;
use Drover::Table;
use Test::More;

my @rows = map { [split ' ', $_, 2] } grep { /\S/ } split /\n/, <<'EOT';
++ AuthType None
-- AuthType Basic
++ AuthType Basic | Require all granted
-- AuthType Basic | AuthMerging And
-- AuthType Basic | Require valid-user
-- Require user joe
-- Require group adm
+- AuthType Basic | Require ip 127.0.0.1 | Require valid-user
-- AuthType Basic | <RequireAll> | Require all granted | Require valid-user | </RequireAll>
-- AuthType Basic | <RequireAll> | Require ip 127.0.0.1 | Require group adm | </RequireAll>
++ AuthType Basic | Satisfy Any
+- AuthType Basic | Satisfy Any | Order allow,deny | Allow from 127.0.0.1
+- AuthType Basic | Satisfy Any | Order allow,deny | Allow from 127.0.0.1 | Require valid-user
-- AuthType Basic | Satisfy All | Order allow,deny | Allow from 127.0.0.1
-- AuthType Basic | <Limit GET> | Require valid-user | </Limit>
++ AuthType Basic | <Limit POST> | Require valid-user | </Limit>
-- AuthType Basic | <LimitExcept POST> | Require valid-user | </LimitExcept>
-- AuthType Basic // Options None
++ AuthType Basic // AuthType None
++ AuthType Basic // Require all granted
-- Require all granted // AuthType Basic | Require valid-user
++ Require all granted // AuthType Basic
EOT

my ($files, $conf) = nested_directories(map { $_->[1] } @rows);
my $s = Drover->new(files => $files);
my $root = $s->dir . '/htdocs';
$s->file('passwords', "joe:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n");
$s->file('groups', "adm: joe\n");
$conf =~ s/\{ROOT\}/$root/g;
$conf = "<Directory \"$root\">\nAuthMerging Off\nAuthName secret\n" .
    "AuthUserFile \"" . $s->dir . "/passwords\"\n" .
    "AuthGroupFile \"" . $s->dir . "/groups\"\n</Directory>\n$conf";

sub answers {
	my ($port, $path) = @_;
	my $all = '';
	for my $from ('127.0.0.1', '127.0.0.2') {
		my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1',
		    PeerPort => $port, LocalHost => $from) or return '!';
		print $socket "GET $path HTTP/1.1\r\nHost: localhost\r\n",
		    "Connection: close\r\n\r\n";
		my ($status) = (<$socket> // '') =~ m{^HTTP/1\.1 (\d{3}) };
		$all .= !$status ? '!' : $status == 200 ? '+' :
		    $status =~ /^(?:401|403|500)$/ ? '-' : '?';
	}
	return $all;
}

$s->set_conf("UnsupportedModules warn\n$conf");
ok($s->launch, 'Drover starts') or diag($s->stderr);
is(answers($s->port, "/$_/in/f.txt"), $rows[$_][0], $rows[$_][1])
    for 0 .. $#rows;
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s, [qw(access_compat auth_basic
	    authn_core authn_file authz_groupfile authz_host authz_user)],
	    $conf);
	skip $apache, scalar @rows unless ref $apache;
	is(answers($apache->port, "/$_/in/f.txt"), $rows[$_][0],
	    "Apache: $rows[$_][1]") for 0 .. $#rows;
	$apache->stop;
}

# Unless that is said, such a file is an error.
my $t = Drover->new;
sub check {
	my ($text) = @_;
	$t->set_conf("<Directory />\n$text\n</Directory>");
	return $t->run('-t');
}
like(check('AuthType Basic')->{err},
    qr/error: AuthType: Drover asks nobody for a password/, 'AuthType');
is(check("AuthType none")->{err}, "Syntax OK\n", 'AuthType None');

# What keeps somebody out, or gives files to somebody else, without anything in
# Drover that would: not even then.
for my $line ('LuaMapHandler /x /x.lua', 'LuaHookTranslateName /x.lua f',
    "<LuaQuickHandler>\nx\n</LuaQuickHandler>", 'ChrootDir /jail',
    'ProtocolEcho On', 'ProxyExpressEnable On') {
	my ($name) = $line =~ /(\w+)/;
	$t->set_conf("UnsupportedModules warn\n$line");
	my $run = $t->run('-t');
	is($run->{status}, 1, "$name is refused");
	like($run->{err}, qr/error: <?$name>? .*not even/,
	    '... whatever UnsupportedModules says');
}
for my $line ('ProxyExpressEnable Off', 'ProtocolEcho Off') {
	$t->set_conf($line);
	is($t->run('-t')->{status}, 0, "$line: nothing is lost");
}
done_testing;
