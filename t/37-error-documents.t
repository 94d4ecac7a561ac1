#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ErrorDocument (t/lib/Drover/Messages/ErrorDocument.pm), what the logs say of
# it, and how it may be written.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::ErrorDocument;

my %site = site();
$site{conf} .= Drover::Messages::ErrorDocument::conf() . <<'EOT';
LogFormat "%r|%>s|%<s|%m|%U|%q|%{REDIRECT_STATUS}e|%{REDIRECT_URL}e|%{REDIRECT_QUERY_STRING}e|%{REDIRECT_REQUEST_METHOD}e|%{If-Match}i" all
CustomLog logs/access_log combined
CustomLog logs/all_log all
EOT
$site{files} = { %{ $site{files} }, Drover::Messages::ErrorDocument::files() };
my $s = Drover->start(%site);
run($s, [Drover::Messages::ErrorDocument::rows()]);

# The log tells of the request, and of the error document by its variables.
my @logged = (
	[['GET', '/none?q=1', '', 'If-Match', '"m"'],
	    'GET /none?q=1 HTTP/1.1|404|404|GET|/none|?q=1|404|/none|q=1|GET|\"m\"'],
	[['DELETE', '/a?l', ''],
	    'DELETE /a?l HTTP/1.1|405|405|DELETE|/a|?l|405|/a|l|DELETE|-'],
	[['GET', '/gone?l', ''],
	    'GET /gone?l HTTP/1.1|302|410|GET|/gone|?l|-|-|-|-|-'],
	[['GET', '/own/x?l', ''],
	    'GET /own/x?l HTTP/1.1|404|404|GET|/own/x|?l|-|-|-|-|-'],
	[['GET', '/broken?l', ''],
	    'GET /broken?l HTTP/1.1|500|500|GET|/broken|?l|500|/broken|l|GET|-'],
);
for my $row (@logged) {
	my ($request, $line) = @$row;
	$s->request(@$request);
	is(scalar(() = $s->wait_log('logs/all_log', qr/^\Q$line\E$/)), 1,
	    "logged: @$request[0, 1]");
}
ok($s->wait_log('error', qr{AH00128: File does not exist: \S+/htdocs/none\b}),
    'the error log names what was not there');
ok($s->wait_log('error', qr{AH00128: File does not exist: \S+/errors/none\.html}),
    '... nor its error document');
ok($s->wait_log('error',
    qr{no ErrorDocument for 500: /errors/none\.html is answered with 404}),
    '... which is told as well');
$s->stop;

my @faults = (
	['200 /x', '"200" is no status of an error'],
	['404x /x', '"404x" is no status of an error'],
	['600 /x', '"600" is no status of an error'],
	['499 /x', '"499" is no status of an error'],
	['301 /x', '"301" is no status of an error'],
	['401 http://else.test/', 'is not asked for its password'],
	['404 /%zz', '"/%zz" cannot be the path of a URL'],
	['404 /../x', '"/../x" cannot be the path of a URL'],
	['404 "/a b"', '"/a b" cannot be the path of a URL'],
	['404 "http://else.test/a b"', 'cannot stand in a URL'],
	["404 http://else.test/\xc3\xbc", 'write this as %C3, and so'],
	['404', 'an argument is missing: ErrorDocument'],
	['404 Not here', 'more arguments than it takes: ErrorDocument'],
	['404 "open', 'unterminated quote'],
);
for my $fault (@faults) {
	my ($text, $error) = @$fault;
	my $run = Drover->new(conf => "ErrorDocument $text\n")->run('-t');
	like($run->{err}, qr/error: .*\Q$error\E/, "ErrorDocument $text");
	is($run->{status}, 1, '... is refused');
}
for my $text ('404 "Sorry: it is gone"', '404 DEFAULT', '401 /login',
    '503 "//x"') {
	my $run = Drover->new(conf => "ErrorDocument $text\n")->run('-t');
	is($run->{err}, "Syntax OK\n", "ErrorDocument $text");
}
done_testing;
