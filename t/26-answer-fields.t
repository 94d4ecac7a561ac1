#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Which fields each kind of answer has: all of them are named here, so that
# none gets lost and none is told that need not be.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(files => { 'a.txt' => "aa\n", 'typeless' => "x\n",
	'untold' => "x\n",
	'empty.txt' => '', 'dir/x' => "x\n", 'shut/x' => "x\n",
	'list/x' => "x\n", 'both.txt' => 'x' x 1000, 'both.txt.gz' => "gz\n",
	'own/x' => "x\n", 'page.html' => "<p>error\n" }, conf => <<'EOT');
TraceEnable On
<Directory "{DIR}/htdocs/shut">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/list">
    Options Indexes
</Directory>
<Location "/echo">
    SetHandler echo
</Location>
<Location "/status">
    SetHandler server-status
</Location>
<Location "/own">
    ErrorDocument 404 /page.html
    ErrorDocument 405 "no"
</Location>
<Files "untold">
    DefaultType none
</Files>
Redirect permanent "/old" "/new"
EOT
# A tag that is weak becomes a strong one, and siblings are seen.
$s->wait_until(sub {
	($s->get('/a.txt')->{header}{etag} // '') =~ /^"/ &&
	    ($s->get('/both.txt')->{header}{etag} // '') =~ /^"/ &&
	    ($s->get('/both.txt', 'Accept-Encoding', 'gzip')
	    ->{header}{etag} // '') =~ /^"/;
});
my ($tag, $date) =
    @{ $s->get('/a.txt')->{header} }{qw(etag last-modified)};
my $gz = $s->get('/both.txt', 'Accept-Encoding', 'gzip')->{header}{etag};

# Beside Server and Date, which all have.
my $page = 'Content-Length Content-Type';
my $file = "Accept-Ranges $page ETag Last-Modified";
my $echo = "Cache-Control $page Content-Security-Policy Vary " .
    'X-Content-Type-Options';
my @accept = ('Accept-Encoding', 'gzip');
my @rows = (
	['a file', [GET => '/a.txt'], 200, $file],
	['an empty one', [GET => '/empty.txt'], 200, $file],
	['one whose name tells no type', [GET => '/typeless'], 200, $file],
	['one sent without a type', [GET => '/untold'], 200,
	    'Accept-Ranges Content-Length ETag Last-Modified'],
	['one with siblings', [GET => '/both.txt'], 200, "$file Vary"],
	['its sibling', [GET => '/both.txt', '', @accept], 200,
	    "Content-Encoding $file Vary"],
	['a part', [GET => '/a.txt', '', Range => 'bytes=0-0'], 206,
	    "Content-Range $file"],
	['two parts', [GET => '/a.txt', '', Range => 'bytes=0-0,2-2'], 206,
	    $file],
	['no part', [GET => '/a.txt', '', Range => 'bytes=9-'], 416,
	    "Content-Range $page"],
	['not modified', [GET => '/a.txt', '', 'If-None-Match' => $tag], 304,
	    'ETag'],
	['not modified, by date', [GET => '/a.txt', '',
	    'If-Modified-Since' => $date], 304, 'ETag'],
	['not modified, of a sibling', [GET => '/both.txt', '', @accept,
	    'If-None-Match' => $gz], 304, 'ETag Vary'],
	['a condition that fails', [GET => '/a.txt', '', 'If-Match' => '"x"'],
	    412, $page],
	['a listing', [GET => '/list/'], 200,
	    'Content-Type Transfer-Encoding Vary'],
	['a directory without its slash', [GET => '/list'], 301,
	    "$page Location"],
	['a redirect', [GET => '/old'], 301, "$page Location"],
	['an echo', [GET => '/echo'], 200, $echo],
	['of a body', [POST => '/echo', 'abc'], 200, $echo],
	['the status page', [GET => '/status'], 200, "Cache-Control $page"],
	['OPTIONS', [OPTIONS => '/a.txt'], 200, 'Allow Content-Length'],
	['of the server', [OPTIONS => '*'], 200, 'Allow Content-Length'],
	['TRACE', [TRACE => '/a.txt'], 200, $page],
	['a closed place', [GET => '/shut/x'], 403, $page],
	['a directory without an index', [GET => '/dir/'], 403, $page],
	['nothing', [GET => '/none'], 404, $page],
	['an error document', [GET => '/own/none'], 404, $page],
	['a method', [PUT => '/a.txt', 'x'], 405, "Allow $page"],
	['a text for it', [PUT => '/own/x', 'x'], 405, "Allow $page"],
	['a method unheard of', [BREW => '/a.txt'], 501, $page],
	['an expectation', [GET => '/a.txt', '', Expect => 'x'], 417, $page],
	['a bad escape', [GET => '/%zz'], 400, $page],
	['no host', [GET => '/', '', Host => 'a b'], 400, $page],
);
for my $row (@rows) {
	my ($name, $request, $status, $names) = @$row;
	my $r = $s->request(@$request);
	is($r->{status}, $status, $name);
	is(join(' ', sort map { $_->[0] } @{ $r->{fields} }),
	    join(' ', sort 'Connection', 'Date', 'Server', split / /, $names),
	    "$name: its fields");
}

# What comes before an answer has none at all.
my $c = $s->connect;
$c->request('POST', '/echo', '', Expect => '100-continue',
    'Content-Length' => 3);
$s->wait_until(sub { IO::Select->new($c->socket)->can_read(0) });
$c->send('abc');
my $r = $c->response;
is($r->{status}, 200, 'a body that was waited for');
is_deeply([map { [$_->{status}, @{ $_->{fields} }] } @{ $r->{interim} }],
    [[100]], '100, and no field with it');
$s->stop;
done_testing;
