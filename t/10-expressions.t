#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Where Apache takes an expression Drover, which has none, says so with the
# place.  Under UnsupportedModules warn what might have closed something is an
# error still, or stays closed; nothing takes an expression as a plain text.
use strict;
use warnings;
use Drover;
use Test::More;

# What is said of the last line that stands in the text, where; and what
# becomes of it under "warn": an error, or the status of /x, or what is lost.
my @rows = (
	['Header set A b "expr=true"', '16: error: Header: expressions', 'error'],
	['Header set A b EXPR=true', '16: error: Header: expressions', 'error'],
	['Header set A "expr=%{REQUEST_URI}"', '14: error: Header: expressions',
	    'error'],
	['Header append A expr=a', '17: error: Header: expressions', 'error'],
	['Header unset A expr=true', '16: error: Header: expressions', 'error'],
	['Header edit A a expr=b', '17: error: Header: expressions', 'error'],
	['Header always edit* A a expr=b', '25: error: Header: expressions',
	    'error'],
	['RequestHeader set A b expr=true',
	    '23: error: RequestHeader: expressions', 'error'],
	['RequestHeader set A expr=b', '21: error: RequestHeader: expressions',
	    'error'],
	['ErrorDocument 404 "/x?%{REQUEST_URI}"',
	    '19: error: ErrorDocument: expressions', 'error'],
	['ErrorDocument 404 "no %{REQUEST_URI}"',
	    '19: error: ErrorDocument: expressions', 'error'],
	['ErrorDocument 404 "http://x.example/%{REQUEST_URI}"',
	    '19: error: ErrorDocument: expressions', 'error'],
	["<Location /x>\nRedirect \"/%{HTTP_HOST}\"\n</Location>",
	    '10: error: Redirect: expressions', 'error'],
	["<Location /x>\nRedirect 301 \"%{HTTP_HOST}\"\n</Location>",
	    '14: error: Redirect: expressions', 'error'],
	["<Location /x>\nRedirectMatch ^/x \"/%{HTTP_HOST}\"\n</Location>",
	    '19: error: RedirectMatch: expressions', 'error'],
	["<Location /x>\nAlias \"{DIR}/%{HTTP_HOST}\"\n</Location>",
	    '7: error: Alias: expressions', 'error'],
	["<Location /x>\nScriptAlias \"{DIR}/%{HTTP_HOST}\"\n</Location>",
	    '13: error: ScriptAlias: expressions are not supported', 'error'],
	['CustomLog logs/x %h expr=true', '21: error: CustomLog: conditions by expr=',
	    'error'],
	['GlobalLog logs/x %h "expr=%{REQUEST_STATUS} == 200"',
	    '21: error: GlobalLog: conditions by expr=', 'error'],
	['SetEnvIfExpr "true" closed', '1: error: SetEnvIfExpr ', 'error'],
	["<Location /x>\nRequire expr true\n</Location>",
	    '9: error: Require: "expr" is not supported', 403],
	["<Location /x>\n<RequireAll>\nRequire all granted\n<RequireNone>\n" .
	    "Require expr true\n</RequireNone>\n</RequireAll>\n</Location>",
	    '9: error: Require: "expr" is not supported', 403],
	["<Location /x>\n<RequireAll>\nRequire all granted\n" .
	    "Require not expr true\n</RequireAll>\n</Location>",
	    '13: error: Require: "expr" is not supported', 403],
	["<Location /x>\nRequire user %{ENV:A}\n</Location>",
	    '9: error: Require: "user" is not supported', 403],
	["<Location /x>\nSetHandler \"%{ENV:h}\"\n</Location>",
	    '12: error: SetHandler: Drover has no handler', 501],
	["<Location /x>\nSetHandler \"proxy:unix:/x|fcgi://h\"\n</Location>",
	    '12: error: SetHandler: Drover has no handler', 501],
	['RewriteCond expr true', '1: error: RewriteCond ', 'left out'],
	["RewriteEngine On\nRewriteCond expr true\nRewriteRule ^/x - [F]",
	    '1: error: RewriteRule: ', 403],
	["<AuthzProviderAlias ip a 10.0.0.0/8>\n</AuthzProviderAlias>\n" .
	    "<Location /x>\nRequire a\n</Location>",
	    '9: error: Require: "a" is none of', 'error'],
	["<If \"true\">\nRequire all denied\n</If>", '1: error: <If> ', 'error'],
	["<If \"true\">\nSetEnvIf Host x closed\n</If>", '1: error: <If> ',
	    'error'],
	["<Location /x>\n<If \"true\">\nRedirect 403\n</If>\n</Location>",
	    '1: error: <If> ', 'error'],
	["<If \"true\">\nHeader set A b\n</If>", '1: error: <If> ', 'left out'],
	["<ElseIf \"true\">\nOptions None\n</ElseIf>", '1: error: <ElseIf> ',
	    'error'],
	["<Else>\n<Files x>\nRequire all denied\n</Files>\n</Else>",
	    '1: error: <Else> ', 'error'],
	["<Location /x>\nSSLRequire true\n</Location>", '1: error: SSLRequire ',
	    'error'],
	["<Location /x>\nSSLRequireSSL\n</Location>", '1: error: SSLRequireSSL ',
	    'error'],
	["<Location /x>\nSSLVerifyClient require\n</Location>",
	    '1: error: SSLVerifyClient ', 'error'],
	['SSLVerifyClient none', '1: warning: SSLVerifyClient ', 'left out'],
	['FilterProvider f INCLUDES "%{CONTENT_TYPE} = \'text/html\'"',
	    '1: error: FilterProvider ', 'error'],
	['FilterProvider f DEFLATE true', '1: error: FilterProvider ',
	    'left out'],
	["<Location /x>\nLuaHookAccessChecker a.lua b\n</Location>",
	    '1: error: LuaHookAccessChecker ', 'error'],
);

my $s = Drover->new(files => { x => "x\n" });
my $dir = $s->{dir};
my @served;
for my $row (@rows) {
	my ($text, $said, $lost) = @$row;
	my $name = $text =~ s/\n/ | /gr;
	$text =~ s/\{DIR\}/$dir/g;
	$s->set_conf("$text\n");
	my $run = $s->run('-t');
	is($run->{status}, $said =~ /error/ ? 1 : 0, $name)
	    or diag($run->{err});
	like($run->{err}, qr/^\S+:\d+:\Q$said\E/m, '... said where');
	$s->set_conf("UnsupportedModules warn\n$text\n");
	$run = $s->run('-t');
	is($run->{status}, $lost eq 'error' ? 1 : 0, "... and then: $lost")
	    or diag($run->{err});
	push @served, $row if $lost =~ /^\d/;
}

# Those that are closed, each in a host of its own.
my $conf = "UnsupportedModules warn\n<VirtualHost *>\n</VirtualHost>\n";
for (0 .. $#served) {
	$conf .= "<VirtualHost *>\nServerName h$_\n$served[$_][0]\n" .
	    "</VirtualHost>\n";
}
$s->set_conf($conf);
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/x')->{status}, 200, 'a file');
for (0 .. $#served) {
	is($s->get('/x', Host => "h$_")->{status}, $served[$_][2],
	    'closed: ' . $served[$_][0] =~ s/\n/ | /gr);
}
$s->stop;

# What is no expression in Apache either.
$s->set_conf(<<'EOT');
ErrorDocument 404 "100% gone"
Header set A "%{X}e expr=b"
SetEnv A expr=b
Alias /y "/tmp/%{X}"
EOT
is($s->run('-t')->{status}, 0, 'plain texts');

done_testing;
