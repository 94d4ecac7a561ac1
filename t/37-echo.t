#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# SetHandler echo: what clients of all kinds send comes back, as text and never
# as markup; bodies of any size and pace; those that never end.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Drover;

my $s = Drover->start(conf => <<'EOT', files => { 'a.txt' => "a file\n" });
LogFormat "%m %U %>s %X" short
CustomLog logs/short_log short
KeepAliveTimeout 60
<Location "/echo">
    SetHandler echo
</Location>
<Location "/echo/closed">
    Require all denied
</Location>
<Files "*.txt">
    SetHandler none
</Files>
EOT

my $pre = '<pre tabindex="0">';

sub row {
	my ($name, $value) = @_;
	return "<tr><th scope=\"row\">$name</th><td>$value</td></tr>\n";
}

sub has {
	my ($text, $part, $name) = @_;
	ok(index($text, $part) >= 0, $name) or diag("no $part in: $text");
	return;
}

# ---- what is there --------------------------------------------------------

my $r = $s->get('/echo/some%20where?a=1&b=%26', 'X-Test' => 'tried');
is($r->{status}, 200, 'there is no such file');
is($r->{header}{'cache-control'}, 'no-store', 'not to be stored');
is($r->{header}{'x-content-type-options'}, 'nosniff', 'a page and no else');
like($r->{header}{'content-security-policy'},
    qr/^default-src 'none'; style-src 'unsafe-inline';/, 'that runs nothing');
has($r->{body}, row('Method', 'GET'), 'method');
has($r->{body}, row('Target', '/echo/some%20where?a=1&amp;b=%26'), 'target');
has($r->{body}, row('Path', '/echo/some where'), 'path');
has($r->{body}, row('Protocol', 'HTTP/1.1'), 'protocol');
like($r->{body}, qr{Client</th><td>127\.0\.0\.1:\d+</td>}, 'client');
has($r->{body}, row('a', 1) . row('b', '&amp;'), 'query');
has($r->{body}, row('X-Test', 'tried'), 'fields');
is($s->get('/echo/closed')->{status}, 403, 'Require goes before');
is($s->get('/a.txt')->{body}, "a file\n", 'elsewhere files are files');

for my $method (qw(PUT DELETE PATCH)) {
	$r = $s->request($method, '/echo', 'body');
	is($r->{status}, 405, "$method is not for it");
	is($r->{header}{allow}, 'GET, HEAD, POST, OPTIONS', "$method: what is");
}
is($s->request('OPTIONS', '/echo', '')->{header}{allow},
    'GET, HEAD, POST, OPTIONS', 'OPTIONS');

# ---- as JSON ---------------------------------------------------------------

my $json = JSON::PP->new;
$r = $s->request('POST', '/echo/%22?a=%ff&b', "x=%22%00%c3%a4&y",
    Accept => 'application/json', 'X-B' => '"b\\"',
    'Content-Type' => 'application/x-www-form-urlencoded');
is($r->{header}{'content-type'}, 'application/json', 'JSON for who prefers it');
is($r->{header}{vary}, 'Accept', 'others get something else');
my $echo = $json->decode($r->{body});
like(delete $echo->{client}, qr/^127\.0\.0\.1:\d+$/, 'JSON: client');
is((grep { $_->{name} eq 'X-B' } @{ delete $echo->{fields} })[0]{value},
    '"b\\"', 'JSON: fields');
is_deeply($echo, { method => 'POST', target => '/echo/%22?a=%ff&b',
	path => '/echo/"', protocol => 'HTTP/1.1',
	query => [{ name => 'a', value => '\xff' }, { name => 'b', value => '' }],
	body => { size => 16, cut => JSON::PP::false, form => [
		{ name => 'x', value => "\"\0\xc3\xa4" },
		{ name => 'y', value => '' }] } }, 'JSON: all else');
my @bodies = (
	["a\n\xc3\xa4", { size => 4, cut => JSON::PP::false,
	    text => "a\n\xc3\xa4" }],
	["\xff<", { size => 2, cut => JSON::PP::false, hex => 'ff3c' }],
	['a' x 70_000, { size => 70_000, cut => JSON::PP::true,
	    text => 'a' x 65_536 }],
	["\xff" x 600, { size => 600, cut => JSON::PP::true,
	    hex => 'ff' x 512 }],
);
for my $row (@bodies) {
	my ($body, $shown) = @$row;
	$r = $s->request('POST', '/echo', $body, Accept => 'text/plain');
	is($r->{header}{'content-type'}, 'text/plain; charset=utf-8',
	    'JSON as plain text');
	is_deeply($json->decode($r->{body})->{body}, $shown,
	    "JSON: a body of $shown->{size} bytes");
}
is($json->decode($s->get('/echo', Accept => 'application/json')->{body})
    ->{body}, undef, 'JSON: no body');

# ---- forms with files ------------------------------------------------------

sub form {
	my ($end, @parts) = @_;
	return join('', map {
		my ($fields, $content) = @$_;
		"--b\r\nContent-Disposition: form-data; $fields\r\n\r\n" .
		    "$content\r\n" } @parts) . "--b$end";
}

my @form = ('Content-Type' => 'multipart/form-data; boundary="b"');
my @parts = (['name="a"', "1\r\n--c"], ['name="a"', "\xff"],
    ["name=f; filename=\"\xc3\xa4 b.txt\"\r\nContent-Type: text/x",
	"\0" x 5000], ['name=g; filename=""', '']);
my $shown = [{ name => 'a', value => "1\r\n--c" },
	{ name => 'a', value => '\xff' },
	{ name => 'f', file => "\xc3\xa4 b.txt", type => 'text/x',
	    size => 5000 },
	{ name => 'g', file => '', type => '', size => 0 }];
for my $row (["--\r\n", 1], ["--\r\nepilogue", 1], ["", 0], ["\r\nx\r\n", 0]) {
	my ($end, $complete) = @$row;
	my $body = form($end, @parts);
	$r = $s->request('POST', '/echo', $body, @form,
	    Accept => 'application/json');
	is_deeply($json->decode($r->{body})->{body}, { size => length $body,
	    cut => JSON::PP::false, parts => $shown,
	    complete => $complete ? JSON::PP::true : JSON::PP::false },
	    'JSON: a form with files');
	$r = $s->request('POST', '/echo', $body, @form);
	has($r->{body}, row('a', "1\r\n--c") . row('a', '\xff') .
	    row('f', "<em>\xc3\xa4 b.txt, text/x, 5000 bytes</em>") .
	    row('g', '<em>no name, 0 bytes</em>'), 'as a page');
	is(scalar($r->{body} =~ /last boundary is missing|is malformed/) ? 0 :
	    1, $complete, 'that tells whether it is whole');
}
$r = $s->request('POST', '/echo', form("--", map { ["name=n$_", 'v' x 500] }
    1 .. 250), @form);
has($r->{body}, "<p>\xe2\x80\xa6 and 50 more</p>", 'many fields');
has($r->{body}, "<em> \xe2\x80\xa6 cut</em>", 'much in them');
for my $type ('multipart/form-data', 'multipart/form-data; boundary=',
    'multipart/mixed; boundary=b', 'multipart/form-data; boundary=b;boundary=b') {
	$r = $s->request('POST', '/echo', form("--", $parts[0]),
	    'Content-Type' => $type);
	has($r->{body}, "$pre\n--b\r\n", "$type: no form, shown as it is");
}

# ---- nothing of it is markup ----------------------------------------------

my $evil = '"\'><script>alert(1)</script>';
my $encoded = join '', map { sprintf '%%%02x', ord } split //,
    $evil =~ tr{/}{\\}r;
my @evil = (
	["GET /echo/$encoded HTTP/1.1", '', ''],
	["GET /echo?$evil HTTP/1.1", '', ''],
	["GET /echo?$encoded=$encoded HTTP/1.1", '', ''],
	['GET /echo HTTP/1.1', "Evil: $evil\r\n", ''],
	['POST /echo HTTP/1.1', "Content-Type: $evil\r\n", $evil],
	['POST /echo HTTP/1.1', '', $evil],
	['POST /echo HTTP/1.1', '', "\0$evil"],
	['POST /echo HTTP/1.1',
	    "Content-Type: application/x-www-form-urlencoded\r\n",
	    "$encoded=$encoded&$evil=$evil"],
	['POST /echo HTTP/1.1',
	    "Content-Type: multipart/form-data; boundary=b\r\n",
	    form('--', ["name=\"'><script>alert(1)</script>\"", $evil],
	    ["name=f; filename=\"'><script>alert(1)</script>\"\r\n" .
	    "Content-Type: $evil", $evil])],
);
for my $row (@evil) {
	my ($line, $fields, $body) = @$row;
	my $c = $s->connect;
	$c->send("$line\r\nHost: a\r\n${fields}Content-Length: " .
	    length($body) . "\r\n\r\n$body");
	$r = $c->response;
	my $text = $r->{body};
	is($r->{status}, 200, "$line, " .
	    substr($fields . $body, 0, 30) =~ s/[^ -~]/?/gr);
	unlike($text, qr/<script|"'>/, 'is shown, and is no markup');
	# A quote cannot end an attribute: there is none with a value of it.
	unlike($text =~ s/<style>.*?<\/style>//sr, qr/=[^"<> ]*alert/, 'nor a part of any');
	$c->close;
}

# ---- curl -----------------------------------------------------------------

SKIP: {
	skip 'no curl', 18 if !Drover::have_curl();
	my $big = $s->file('big', 'x' x 3_000_000);
	my $picture = "$Drover::SRC/htdocs/sheep.png";
	my @rows = (
		[['-d', 'a=b c', '--data-urlencode', 'd=e&f'],
		    row('a', 'b c') . row('d', 'e&amp;f')],
		[['-F', 'a=b', '-F', "f=\@$picture"],
		    row('a', 'b') . row('f', '<em>sheep.png, image/png, ' .
		    (-s $picture) . ' bytes</em>')],
		[['--form-string', 'a=<b>'], row('a', '&lt;b&gt;')],
		[['-F', "big=\@$big;filename=\"x\\\"y\";type=a/b", '-F', 'c=d'],
		    ', a/b, 3000000 bytes</em>'],
		[['--data-binary', "\@$big", '-H', 'Content-Type: text/plain'],
		    '<p>3000000 bytes, the first 65536 of them:</p>'],
		[['-X', 'POST', "-T$big", '-H', 'Transfer-Encoding: chunked'],
		    '<p>3000000 bytes, the first'],
		[['-d', "\@$big", '-H', 'Expect: 100-continue'],
		    "<em> \xe2\x80\xa6 cut</em></td></tr>"],
		[['-0', '-d', 'a=b'], row('Protocol', 'HTTP/1.0')],
		[['-0', '--data-binary', "\@$big", '-H', 'Content-Type: a/b'],
		    '<p>3000000 bytes, the first'],
	);
	for my $row (@rows) {
		my ($args, $part) = @$row;
		my $run = $s->curl(@$args, '/echo');
		is($run->{err}, '', "curl @$args");
		has($run->{out}, $part, '... shows it');
	}
}

# ---- the body on the wire -------------------------------------------------

my $next = "GET /echo/next HTTP/1.1\r\nHost: a\r\n\r\n";
my @wire = (
	['chunks with extensions and trailers', 'POST',
	    'Transfer-Encoding: chunked',
	    "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
	    "<p>5 bytes:</p>\n$pre\nabcde</pre>"],
	['no byte in chunks', 'POST', 'Transfer-Encoding: chunked',
	    "0\r\n\r\n", '<p>0 bytes:</p>'],
	['a body of GET', 'GET', 'Content-Length: 3', 'abc', "$pre\nabc</pre>"],
	['what looks like a request', 'POST', 'Content-Length: 44',
	    'GET /echo/inside HTTP/1.1' . "\r\nHost: inside\r\n\r\n\0", "${pre}0000"],
);
for my $row (@wire) {
	my ($name, $method, $field, $body, $part) = @$row;
	my $text = "$method /echo HTTP/1.1\r\nHost: a\r\n$field\r\n\r\n$body";
	my $c = $s->connect;
	$c->send("$text$next");
	has($c->response->{body}, $part, $name);
	has($c->response->{body}, row('Path', '/echo/next'), "$name, and the next");
	for my $byte (split //, $text . $next) {
		$c->send($byte);
	}
	has($c->response->{body}, $part, "$name, in single bytes");
	has($c->response->{body}, row('Path', '/echo/next'), "$name, and the next");
	$c->close;
}

my $c = $s->connect;
$c->send("HEAD /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc$next");
$r = $c->response(1);
cmp_ok($r->{header}{'content-length'}, '>', 500, 'HEAD has the length of GET');
has($c->response->{body}, row('Path', '/echo/next'), 'and the next behind it');
$c->close;

# What was asked in front of it has been answered by then.
$c = $s->connect;
$c->send("GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n" .
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" .
    'x' x 200_000 . $next);
is($c->response->{body}, "a file\n", 'a file, and behind it');
has($c->response->{body}, '<p>200000 bytes', 'a large body');
has($c->response->{body}, row('Path', '/echo/next'), 'and the next');
$c->close;

# ---- Expect ---------------------------------------------------------------

$c = $s->connect;
my $expect = "Host: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
$c->send("POST /echo HTTP/1.1\r\n$expect");
is($c->_line(time + 10 * $Drover::SCALE), 'HTTP/1.1 100 Continue',
    'a body that is wanted is asked for');
$c->_line(time + 10 * $Drover::SCALE);
$c->send("abc$next");
$r = $c->response;
has($r->{body}, "$pre\nabc</pre>", 'and taken');
has($c->response->{body}, row('Path', '/echo/next'), 'the next is behind it');
$c->close;
for my $row (['PUT /echo', 405], ['POST /a.txt', 405], ['PUT /a.txt', 405],
    ['POST /echo/closed', 403], ['POST /none', 404]) {
	my ($line, $status) = @$row;
	$c = $s->connect;
	$c->send("$line HTTP/1.1\r\n$expect");
	$r = $c->response;
	is($r->{status}, $status, "$line: answered at once");
	is(scalar @{ $r->{interim} }, 0, "$line: without asking for the body");
	is($r->{header}{connection}, 'close', "$line: which may come or not");
	$c->close;
}

# An upload that nobody takes: the answer comes before it is sent.
$c = $s->connect;
$c->send("PUT /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nx");
is($c->response->{status}, 405, 'a large upload to a file: 405 at once');
ok($c->closed, 'and the connection ends');
$c->close;

# ---- ten at once, slowly --------------------------------------------------

my @posters = map { $s->connect } 1 .. 10;
for my $i (0 .. 9) {
	$posters[$i]->send("POST /echo/$i HTTP/1.1\r\nHost: a\r\n" .
	    "Content-Length: 26\r\n\r\n");
}
for my $letter ('a' .. 'z') {
	$_->send($letter) for @posters;
	is($s->get('/a.txt')->{status}, 200, 'others are served between')
	    if $letter =~ /[jt]/;
}
for my $i (0 .. 9) {
	$r = $posters[$i]->response;
	has($r->{body}, row('Path', "/echo/$i"), "poster $i has its own");
	has($r->{body}, "$pre\n" . join('', 'a' .. 'z') . '</pre>', 'all of it');
	$posters[$i]->close;
}

# ---- never whole in memory ------------------------------------------------

# The most that any worker ever had, in KiB.
sub most_memory {
	my $most = 0;
	for my $pid ($s->workers) {
		my ($kib) = Drover::slurp("/proc/$pid/status") =~
		    /^VmHWM:\s+(\d+)/m or next;
		$most = $kib if $kib > $most;
	}
	return $most;
}

sub post_large {
	my ($mib, $type) = @_;
	my $piece = 'a=b%20&' x 150_000;
	my $begin = form('', ['name=f; filename=f', '']) =~ s/--b$//r;
	$begin = '' if $type !~ /^multipart/;
	my $size = $mib * 1024 * 1024;
	my $c = $s->connect;
	$c->send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: $type\r\n" .
	    "Content-Length: $size\r\n\r\n$begin");
	for (my $left = $size - length $begin; $left > 0; $left -= length $piece) {
		$piece = substr $piece, 0, $left if $left < length $piece;
		$c->send($piece);
	}
	my $r = $c->response(0, 60);
	has($r->{body}, "<p>$size bytes", "$mib MiB of $type are counted");
	$c->close;
	return;
}

my @types = ('text/plain', 'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b');
for my $type (@types) {
	# Each worker has seen a page like it.
	post_large(1, $type) for 1 .. 8;
	my $before = most_memory();
	post_large($type =~ /^text/ ? 200 : 100, $type);
	cmp_ok(most_memory() - $before, '<', 10 * 1024,
	    "$type: no more memory is used (KiB)");
}

# ---- bodies that break off ------------------------------------------------

$c = $s->connect;
$c->send("POST /echo/reset HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab");
$s->get('/a.txt') for 1 .. 3;
$c->abort;
ok($s->wait_log('logs/short_log', qr{^POST /echo/reset 400 X$}),
    'a reset within the body is logged');

$c = $s->connect;
$c->send("POST /echo/short HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab");
$c->shut;
is($c->response->{status}, 400, 'a body that is too short');
ok($c->closed, 'ends the connection');
$c->close;
is(scalar $s->wait_log('logs/short_log', qr{^POST /echo/short 400 -$}), 1,
    'and is logged once');

$c = $s->connect;
$c->send("POST /echo/bad HTTP/1.1\r\nHost: a\r\n" .
    "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nx\r\n$next");
is($c->response->{status}, 400, 'bad chunks');
ok($c->closed, 'nothing behind them is believed');
$c->close;

is($s->get('/echo')->{status}, 200, 'the server goes on');
$s->stop;
done_testing;
