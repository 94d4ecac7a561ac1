#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Variables of requests: who sets them, when, with what, and what they decide.
# What is expected here is what Apache 2.4 logs for the same settings.
use strict;
use warnings;
use Drover;
use Test::More;
use Time::HiRes qw(time);

my %files = ('a.txt' => "hello\n", 'sub/index.html' => "index\n");

# A server that logs the variables, one of its lines being "name=value|...".
sub server {
	my ($names, $conf) = @_;
	my $format = join '|', map { "$_=%{$_}e" } @$names;
	return Drover->start(files => \%files, conf => <<"EOC");
Workers 1
CustomLog logs/env "$format"
$conf
EOC
}

# What the next line says, as a hash.
sub variables {
	my ($s) = @_;
	my @lines = $s->wait_log('logs/env', qr/^/, ++$s->{lines});
	chomp(my $line = $lines[-1]);
	return { map { /^(\w+)=(.*)$/ } split /\|/, $line };
}

subtest 'what SetEnvIf looks at' => sub {
	my @names = qw(URI INNER HEADER NONE PATTERN TWICE LITERAL METHOD
	    PROTOCOL ADDR HOST SERVER CHAIN);
	my $s = server(\@names, <<'EOC');
SetEnvIf Request_URI ^(.*)$ URI=$1
SetEnvIf X-One ^(.*)$ HEADER=$1
SetEnvIf X-None ^$ NONE=empty
SetEnvIf ^X-A. ^(.*)$ PATTERN=$1
SetEnvIf X-Twice ^(.*)$ TWICE=$1
SetEnvIf literal ^(.*)$ LITERAL=<$1>
SetEnvIf request_METHOD ^(.*)$ METHOD=$1
SetEnvIf Request_Protocol ^(.*)$ PROTOCOL=$1
SetEnvIf Remote_Addr ^(127.*)$ ADDR=$1
SetEnvIf Remote_Host ^(127.*)$ HOST=$1
SetEnvIf Server_Addr ^(127.*)$ SERVER=$1
SetEnvIf none ^empty$ CHAIN
<Directory "{DIR}/htdocs">
    SetEnvIf Request_URI ^(.*)$ INNER=$1
</Directory>
EOC
	$s->raw("GET /%61.txt?q HTTP/1.1\r\nHost: a\r\nX-ONE: value\r\n" .
	    "X-A1: one\r\nX-A2: two\r\nX-Twice: 1\r\nX-Twice: 2\r\n" .
	    "Connection: close\r\n\r\n");
	is_deeply(variables($s), { URI => '/%61.txt', INNER => '/a.txt',
	    HEADER => 'value', NONE => 'empty', PATTERN => 'two',
	    TWICE => '1, 2', LITERAL => '<>', METHOD => 'GET',
	    PROTOCOL => 'HTTP/1.1', ADDR => '127.0.0.1', HOST => '127.0.0.1',
	    SERVER => '127.0.0.1', CHAIN => 1 }, 'all of it');
	# Each rule needs as much memory as what it looks at is long.
	my $many = join '', map { "X-Twice: $_" . 'x' x 300 . "\r\n" } 1 .. 90;
	my $r = $s->raw("GET /a.txt HTTP/1.1\r\nHost: a\r\n${many}X-Twice: " .
	    "end\r\nConnection: close\r\n\r\n");
	like($r, qr{^HTTP/1\.1 200 }, 'many fields of a name');
	like(variables($s)->{TWICE}, qr/^1x+, 2x+, 3x/, '... are one list');
	# The last header whose name matches.
	$s->raw("HEAD /a.txt HTTP/1.1\r\nHost: a\r\nX-A2: one\r\n" .
	    "X-A1: two\r\nLiteral: d\r\nX-None: x\r\n" .
	    "Connection: close\r\n\r\n");
	my $v = variables($s);
	is_deeply([@$v{qw(PATTERN LITERAL METHOD NONE CHAIN HEADER)}],
	    ['two', '<d>', 'HEAD', '-', '-', ''], 'other headers');
	$s->stop;
};

subtest 'what is set' => sub {
	my $s = server([qw(ONE PARTS EMPTY EQUALS SPACE GONE CASE NOCASE
	    BROWSER ANYBROWSER)], <<'EOC');
SetEnvIf Request_Method G(E)T(X)? ONE PARTS=a$1b$2c$\$$0\\1 EMPTY= "EQUALS=x=y" "SPACE=with space" GONE
SetEnvIf Request_Method nope !ONE
SetEnvIf Request_Method GET !gone
SetEnvIf Request_Method get CASE
SetEnvIfNoCase Request_Method get NOCASE
BrowserMatch ^Fo BROWSER=$0
BrowserMatchNoCase ^fO ANYBROWSER=$0
EOC
	$s->get('/a.txt', 'User-Agent' => 'Foo');
	is_deeply(variables($s), { ONE => 1, PARTS => 'aEbc$$GET1',
	    EMPTY => 1, EQUALS => 'x=y', SPACE => 'with space', GONE => '-',
	    CASE => '-', NOCASE => 1, BROWSER => 'Fo', ANYBROWSER => 'Fo' },
	    'each value');
	$s->get('/a.txt', 'User-Agent' => 'foo');
	my $v = variables($s);
	is("$v->{BROWSER} $v->{ANYBROWSER}", '- fo', 'another browser');
	# A client's bytes are data: they do not become a pattern or a group.
	$s->get('/a.txt', 'User-Agent' => 'Fo$1(\\');
	is(variables($s)->{BROWSER}, 'Fo', 'a hostile browser');
	$s->stop;
};

subtest 'SetEnv, PassEnv, UnsetEnv' => sub {
	local $ENV{DROVER_PASSED} = 'passed';
	my $s = server([qw(BARE VALUE IF DROVER_PASSED OUT TWICE BACK SUB)],
	    <<'EOC');
SetEnv BARE
SetEnv VALUE "a value"
SetEnv IF late
SetEnvIf Request_URI . IF=early
PassEnv DROVER_PASSED
SetEnv OUT 1
SetEnv TWICE 1
UnsetEnv TWICE
UnsetEnv BACK
SetEnv BACK 1
<Location "/sub">
    UnsetEnv OUT VALUE
    SetEnv SUB yes
    SetEnv BARE filled
</Location>
EOC
	$s->get('/a.txt');
	is_deeply(variables($s), { BARE => '', VALUE => 'a value',
	    IF => 'early', DROVER_PASSED => 'passed', OUT => 1, TWICE => '-',
	    BACK => 1, SUB => '-' }, 'of the server');
	$s->get('/sub/');
	is_deeply(variables($s), { BARE => 'filled', VALUE => '-',
	    IF => 'early', DROVER_PASSED => 'passed', OUT => '-',
	    TWICE => '-', BACK => 1, SUB => 'yes' }, 'of a section');
	$s->stop;
};

# Early ones for every request that could be read, late ones for those that
# nothing was against.
subtest 'what becomes of the request' => sub {
	my $s = server([qw(EARLY SECTION LATE HOST)], <<'EOC');
SetEnvIf Request_URI . EARLY
SetEnv LATE 1
Redirect /old /a.txt
<Location "/">
    SetEnvIf Request_URI . SECTION
</Location>
<Location "/closed">
    Require all denied
</Location>
<VirtualHost *:{PORT}>
    ServerName one
    SetEnvIf EARLY 1 HOST=one
</VirtualHost>
<VirtualHost *:{PORT}>
    ServerName two
    SetEnvIf Request_URI . !EARLY HOST=two
    SetEnv LATE 2
</VirtualHost>
EOC
	my $expect = sub {
		my ($what, $request, @expected) = @_;
		my $answer = $s->raw("$request\r\n\r\n");
		my $v = variables($s);
		is(join(' ', ($answer =~ m{^HTTP/1.1 (\d+)})[0],
		    @$v{qw(EARLY SECTION LATE HOST)}), "@expected", $what);
	};
	my $end = "\r\nConnection: close";
	$expect->('a file', "GET /a.txt HTTP/1.1\r\nHost: one$end",
	    200, 1, 1, 1, 'one');
	$expect->('of another host', "GET /a.txt HTTP/1.1\r\nHost: two$end",
	    200, '-', 1, 2, 'two');
	$expect->('refused', "GET /closed HTTP/1.1\r\nHost: one$end",
	    403, 1, 1, '-', 'one');
	$expect->('redirected', "GET /old HTTP/1.1\r\nHost: one$end",
	    302, 1, '-', '-', 'one');
	$expect->('missing', "GET /none HTTP/1.1\r\nHost: one$end",
	    404, 1, 1, 1, 'one');
	$expect->('unknown method', "FOO / HTTP/1.1\r\nHost: one$end",
	    501, 1, '-', '-', 'one');
	$expect->('malformed', "GET / HTTP/1.1\r\nHost: one\r\nA B: c",
	    400, '-', '-', '-', '-');
	$s->stop;
};

subtest 'conditions of logs' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
SetEnvIf Request_URI "^/sub/" quiet
SetEnv empty
CustomLog logs/loud "%U" env=!quiet
CustomLog logs/quiet "%U" env=QUIET
CustomLog logs/all "%U" env=empty
CustomLog logs/never "%U" env=!empty
EOC
	$s->get($_) for '/a.txt', '/sub/', '/a.txt?2', '/sub/index.html';
	is(join(' ', map { chomp; $_ } $s->wait_log('logs/loud', qr/^/, 2)),
	    '/a.txt /a.txt', 'where it is not set');
	is(join(' ', map { chomp; $_ } $s->wait_log('logs/quiet', qr/^/, 2)),
	    '/sub/index.html /sub/index.html', 'where it is');
	is(scalar $s->wait_log('logs/all', qr/^/, 4), 4,
	    'an empty value is one');
	is($s->log('logs/never'), '', 'so never');
	$s->stop;
};

subtest 'nokeepalive' => sub {
	my $s = Drover->start(files => \%files,
	    conf => 'BrowserMatch "^Old" nokeepalive');
	like($s->raw("GET /a.txt HTTP/1.1\r\nHost: a\r\nUser-Agent: Old\r\n" .
	    "\r\n"), qr/^Connection: close\r$/m, 'the connection ends');
	$s->stop;
};

# Patterns that take exponential time are given up, and the worker serves on.
subtest 'no pattern hangs a worker' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
LogLevel info
SetEnvIf X-Slow "^(a|aa)+$" slow
SetEnvIf X-Slow "(.*)x(.*)y(.*)[zZ]" slow
CustomLog logs/env "%>s %{slow}e"
EOC
	my $since = time;
	for (1 .. 3) {
		is($s->get('/a.txt', 'X-Slow' => 'a' x 7000 . 'xy!')->{status},
		    200, 'answered');
	}
	cmp_ok(time - $since, '<', 10 * $Drover::SCALE, 'soon');
	is(join(',', map { chomp; $_ } $s->wait_log('logs/env', qr/^/, 3)),
	    '200 -,200 -,200 -', 'as not matched');
	ok($s->wait_log('error', qr/a pattern took too long/), 'and it says so');
	$s->stop;
};

subtest 'errors' => sub {
	my $s = Drover->new;
	for my $case (
	    ['SetEnvIf A (b c', qr/:14: error: SetEnvIf: no regular expr/],
	    ['SetEnvIf ^A( b c', qr/:13: error: SetEnvIf: no regular expr/],
	    ['SetEnvIf A b', qr/an argument is missing/],
	    ['SetEnvIf A b !', qr/:14: error: .* name is missing/],
	    ['SetEnvIf A b =1', qr/:14: error: .* name is missing/],
	    ['SetEnvIf OID("1.2") b c', qr/certificates are not supported/],
	    ['BrowserMatchNoCase [z b', qr/no regular expression/],
	    ['SetEnv A b c', qr/more arguments/],
	    ['PassEnv NO_SUCH_VARIABLE_HERE', qr/warning: .*has no "NO_SUCH/],
	) {
		$s->set_conf("$case->[0]\n");
		like($s->run('-t')->{err}, $case->[1], $case->[0]);
	}
	$s->set_conf("LoadModule env_module modules/mod_env.so\n" .
	    "LoadModule setenvif_module modules/mod_setenvif.so\n" .
	    "<IfModule mod_setenvif.c>\nNoSuchDirective\n</IfModule>\n");
	my $said = $s->run('-t')->{err};
	like($said, qr/NoSuchDirective/, 'the modules are there');
	unlike($said, qr/warning/, 'and loading them is no surprise');
};

done_testing;
