#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Every status that this server answers with when something is wrong: what
# leads to it, and its page, which is small, whole, and tells nothing of the
# machine.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(files => { 'a.txt' => "aa\n", 'shut/a.txt' => 'no',
	'dir/x' => 'x', 'new.txt' => "n\n" }, conf => <<'EOT');
Workers 1
Timeout 1
AcceptFilter http none
<Location "/shut">
    Require all denied
</Location>
Redirect 500 "/broken"
Redirect gone "/gone"
Redirect permanent "/old" "/new"
EOT

my %reason = (301 => 'Moved Permanently', 400 => 'Bad Request',
    403 => 'Forbidden', 404 => 'Not Found', 405 => 'Method Not Allowed',
    408 => 'Request Timeout', 410 => 'Gone', 412 => 'Precondition Failed',
    413 => 'Content Too Large', 414 => 'URI Too Long',
    417 => 'Expectation Failed', 431 => 'Request Header Fields Too Large',
    500 => 'Internal Server Error', 501 => 'Not Implemented',
    503 => 'Service Unavailable', 505 => 'HTTP Version Not Supported');

sub page {
	my ($status, $name, $r) = @_;
	subtest "$status: $name" => sub {
		is($r->{status}, $status, 'the status');
		is($r->{reason}, $reason{$status}, 'its words');
		my $h = $r->{header};
		is($h->{'content-type'}, 'text/html; charset=utf-8', 'the type');
		is($h->{'content-length'}, length $r->{body}, 'the length');
		is($h->{server}, 'Drover', 'who answers, and no more of it');
		like($h->{date}, qr/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
		    'when');
		ok(!$h->{'last-modified'} && !$h->{etag},
		    'nothing to ask about again');
		like($r->{body}, qr{^<!DOCTYPE html>.*<title>$status $reason{$status}</title>.*<h1>$status $reason{$status}</h1>\n<p>[A-Z][^<>]+\.</p>\n.*</html>\n\z}s,
		    'a page');
		cmp_ok(length $r->{body}, '<', 1024, 'a small one');
		unlike($r->{body}, qr{\Q$s->{dir}\E|htdocs|Drover|127\.0\.0\.1},
		    'that tells nothing');
	};
	return;
}

sub ask {
	my ($bytes) = @_;
	my $c = $s->connect;
	$c->send($bytes);
	my $r = $c->response;
	$c->close;
	return $r;
}

my $host = "Host: a\r\n";
page(400, 'no Host', ask("GET / HTTP/1.1\r\n\r\n"));
page(403, 'a closed place', $s->get('/shut/a.txt'));
page(403, 'a directory without an index', $s->get('/dir/'));
page(404, 'nothing there', $s->get('/nothing'));
page(405, 'a method that files do not have', $s->request('POST', '/a.txt'));
page(405, 'a method that nothing has', $s->request('TRACE', '/a.txt'));
page(408, 'half a request', ask("GET / HTTP/1.1\r\n"));
page(410, 'removed for good', $s->get('/gone'));
page(412, 'changed meanwhile', $s->get('/a.txt', 'If-Match', '"x"'));
page(413, 'more than can be counted', ask("POST /a.txt HTTP/1.1\r\n$host" .
    "Content-Length: 18446744073709551616\r\n\r\n"));
page(414, 'a long line', ask('GET /' . 'a' x 9000 . " HTTP/1.1\r\n$host\r\n"));
page(417, 'an expectation', ask("GET / HTTP/1.1\r\n${host}Expect: x\r\n\r\n"));
page(431, 'a long field', ask("GET / HTTP/1.1\r\n${host}A: " . 'a' x 9000 .
    "\r\n\r\n"));
page(500, 'broken', $s->get('/broken'));
page(501, 'a method unheard of', $s->request('BREW', '/a.txt'));
page(501, 'a coding unheard of', ask("POST / HTTP/1.1\r\n$host" .
    "Transfer-Encoding: br\r\n\r\n"));
page(505, 'another version', ask("GET / HTTP/2.0\r\n$host\r\n"));

# A moved page has a page as well, with the link in it.
my $moved = $s->get('/old/<b>&"\'');
is($moved->{header}{location}, '/new/%3Cb%3E&%22\'', 'moved: Location');
like($moved->{body}, qr{<a href="/new/%3Cb%3E&amp;%22(?:'|&#39;)">},
    'moved: the link in the page');

# HEAD says the same but for the page.
for my $path ('/nothing', '/shut/a.txt', '/broken') {
	my ($get, $head) = map { $s->request($_, $path) } 'GET', 'HEAD';
	delete $_->{header}{date} for $get, $head;
	is_deeply($head->{header}, $get->{header}, "HEAD $path: the fields");
	is($head->{body}, '', "HEAD $path: no page");
}

# 503: no descriptor for a file.
SKIP: {
	my $c = $s->connect;
	is($c->get('/shut/x')->{status}, 403, 'a connection');
	my ($worker) = $s->workers;
	Drover::Process::limit($worker, 'nofile', 3) or
	    skip 'prlimit does not work', 1;
	page(503, 'no descriptor', $c->get('/new.txt'));
	Drover::Process::limit($worker, 'nofile', 1024);
	is($s->get('/new.txt')->{status}, 200, 'and later there is one');
}
$s->stop;
done_testing;
