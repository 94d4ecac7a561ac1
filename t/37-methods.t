#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Methods (t/lib/Drover/Messages/Method.pm): AllowMethods, <Limit>,
# <LimitExcept>, TraceEnable; what is said of them in the error log; and what
# HEAD answers, which are the fields of GET.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Method;

my %site = site();
$site{conf} .= Drover::Messages::Method::conf() . <<'EOT';
<Directory "{DIR}/htdocs/list">
    Options Indexes
</Directory>
Redirect permanent "/old" "/new"
Redirect gone "/gone"
EOT
$site{files}{$_} = "x\n" for qw(dir2/index.html list/x bare/x empty.txt);
$site{files}{large} = 'large ' x 100_000;
my $s = Drover->start(%site);
run($s, [Drover::Messages::Method::rows()]);

ok($s->wait_log('error', qr{\[allowmethods:error\] .*AH01623: client method denied by server configuration: 'POST' to \S+/gets/x}),
    'what AllowMethods refuses is logged');
ok($s->wait_log('error', qr{AH01630: client denied by server configuration: \S+/echo$}m),
    'and what <Limit> does');

# A file that just changed has a weak tag, which becomes a strong one.
$s->wait_until(sub { $s->get("/$_")->{header}{etag} =~ /^"/ })
    for qw(a large probe);
my @any = (
	['/a'], ['/large'], ['/dir/'], ['/dir'], ['/list/'], ['/none'],
	['/bare/'], ['/closed/x'], ['/old/x'], ['/gone'], ['/echo?a=b'],
	['/echo', 'Accept', 'application/json'], ['/echo/post'],
	['/list/', 'Accept', 'application/json'], ['/%zz'], ['/a%2Fb'],
	['/a', 'If-None-Match', '*'], ['/a', 'If-Match', '"x"'],
	['/a', 'If-Modified-Since', 'Fri, 31 Dec 2100 23:59:59 GMT'],
	['/a', 'Expect', 'nonsense'], ['/x' x 5000],
);
for my $row (@any) {
	my ($path, @fields) = @$row;
	my ($get, $head) =
	    map { $s->request($_, $path, '', @fields) } 'GET', 'HEAD';
	my $name = substr($path, 0, 20) . " @fields";
	is($head->{status}, $get->{status}, "HEAD $name: the status of GET");
	delete $_->{header}{date} for $get, $head;
	is_deeply($head->{header}, $get->{header},
	    "HEAD $name: the fields of GET");
	is($head->{body}, '', "HEAD $name: nothing else");
}
# RFC 9110, 14.2: Range is for GET alone.
my ($get, $head) = map { $_->{header} } $s->get('/large'),
    $s->request('HEAD', '/large', '', Range => 'bytes=0-9');
delete $_->{date} for $get, $head;
is_deeply($head, $get, 'HEAD ignores Range');

$s->stop;

# What may not be written, and what is said of it.
my @faults = (
	['AllowMethods GTE', '"GTE" is no method that Drover knows'],
	['AllowMethods get', 'they are written in capitals'],
	['AllowMethods GET TRACE', q{TRACE is TraceEnable's to allow}],
	["<Limit>\nRequire all denied\n</Limit>", 'an argument is missing'],
	["<Limit TRACE>\n</Limit>", q{TRACE is TraceEnable's to allow}],
	["<LimitExcept get>\n</LimitExcept>", '"get" is no method'],
	["<Limit GET>\n<Limit PUT>\n</Limit>\n</Limit>",
	    '<Limit> may not stand inside <Limit>'],
	["<LimitExcept GET>\n<Files x>\n</Files>\n</LimitExcept>",
	    '<Files> may not stand inside <LimitExcept>'],
	["<LimitExcept GET>\nAllowMethods GET\n</LimitExcept>",
	    'AllowMethods may not stand inside <LimitExcept>, which is for ' .
	    'rules of access'],
	["<Limit GET>\nRequire nothing\n</Limit>", '"nothing" is none of'],
);
for my $fault (@faults) {
	my ($text, $error) = @$fault;
	my $run = Drover->new(conf =>
	    "<Directory /srv>\n$text\n</Directory>\n")->run('-t');
	like($run->{err}, qr/error: .*\Q$error\E/, $text =~ s/\n/ /gr);
	is($run->{status}, 1, '... is refused');
}
my $run = Drover->new(conf => "<Limit GET>\n</Limit>\n")->run('-t');
like($run->{err}, qr/error: <Limit> may not stand outside of all sections/,
    'and <Limit> stands in a section');
$run = Drover->new(conf => "<Directory /srv>\n<LimitExcept GET PROPFIND>\n" .
    "Require all denied\n</LimitExcept>\nTraceEnable On\n</Directory>\n")
    ->run('-t');
unlike($run->{err}, qr/LimitExcept|PROPFIND/,
    'methods of which Drover has none may be named');
like($run->{err}, qr/error: TraceEnable may not stand inside/,
    'TraceEnable is for hosts');
done_testing;
