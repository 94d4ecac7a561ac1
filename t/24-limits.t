#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Requests that are too long, too many, too slow or not HTTP at all: each gets
# its status and its line, and the client gets to read it.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time);
use Drover;
use Drover::AtOnce;

my $s = Drover->start(files => { 'a' => "aa\n" });

sub refused {
	my ($bytes, $status, $name, $target) = @_;
	my $c = $target->connect;
	$c->send($bytes);
	my $r = $c->response;
	is($r->{status}, $status, $name);
	is($r->{header}{connection}, 'close', "$name: the last answer");
	like($r->{body}, qr/<h1>$status /, "$name: with a page");
	ok($c->closed && !$c->{error}, "$name: closed, no reset");
	$c->close;
}

my $longest = '/a?' . 'q' x (8190 - length 'GET /a? HTTP/1.1');
my $field = 'X: ' . 'v' x (8190 - 3);
is($s->get($longest)->{status}, 200, 'a line of 8190 bytes');
is($s->get('/a', map { ("X-$_" => 'v' x 1000) } 1 .. 97)->{status}, 200,
    '99 fields of a kilobyte');
is($s->get('/a', X => 'v' x (8190 - 3))->{status}, 200,
    'a field of 8190 bytes');
refused("GET ${longest}q HTTP/1.1\r\nHost: a\r\n\r\n", 414,
    'a longer line', $s);
refused('GET /' . 'q' x 100_000, 414, 'a much longer one', $s);
refused("GET / HTTP/1.1\r\nHost: a\r\n${field}v\r\n\r\n", 431,
    'a longer field', $s);
refused("GET / HTTP/1.1\r\n" . "A: b\r\n" x 101 . "\r\n", 431,
    'too many fields', $s);
refused("GET / HTTP/1.1\r\n" . "$field\r\n" x 20 . "\r\n", 431,
    'too much of all', $s);
refused("GET / HTTP/3.0\r\n\r\n", 505, 'another version', $s);
refused("GET / HTTP/1.1 \r\n\r\n", 400, 'a space too many', $s);
refused("GET /\r\n", 400, 'HTTP/0.9', $s);
refused("\x16\x03\x01\x02\x00\x01\x00\x01", 400, 'a TLS greeting', $s);
refused("\0" x 100, 400, 'zeros', $s);
refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 'an HTTP/2 preface', $s);
is($s->get('/a')->{body}, "aa\n", 'the server goes on');
is(scalar $s->wait_log('access', qr/ (?:400|414|431|505) /, 11), 11,
    'each has its line');
$s->stop;

$s = Drover->start(files => { 'a' => "aa\n" }, conf => <<'EOT');
LimitRequestLine 30
LimitRequestFields 3
LimitRequestFieldSize 20
EOT
is($s->get('/a')->{status}, 200, 'within small limits');
refused("GET /a?789012345678901 HTTP/1.1\r\n\r\n", 414, 'line of 31', $s);
refused("GET /a HTTP/1.1\r\nA: 456789012345678901\r\n\r\n", 431,
    'field of 21', $s);
refused("GET /a HTTP/1.1\r\n" . "A: b\r\n" x 4 . "\r\n", 431,
    'four fields', $s);
$s->stop;

# Without a bound of the configuration's, with a body behind.
$s = Drover->start(files => { 'a' => "aa\n" }, conf => "LimitRequestFields 0\n");
for my $row ([16_384, 405], [16_385, 431], [32_000, 431]) {
	my ($count, $status) = @$row;
	my $answer = $s->raw("POST /a HTTP/1.1\r\nHost: a\r\n" .
	    "Connection: close\r\nContent-Length: 3\r\n" .
	    "A:\r\n" x ($count - 3) . "\r\nabc");
	like($answer, qr/^HTTP\S+ $status /, "$count fields");
}
$s->stop;

# Bodies: by server, host and place.  What is announced is refused before it
# is sent, be it wanted or not; what is not, as soon as it is too much.
$s = Drover->start(files => { 'a' => "aa\n" }, conf => <<'EOT');
LimitRequestBody 10
SetHandler echo
<Location /more>
    LimitRequestBody 20
</Location>
<Location /any>
    LimitRequestBody 0
</Location>
<Location /file>
    SetHandler none
</Location>
<VirtualHost *:*>
    ServerName a
</VirtualHost>
<VirtualHost *:*>
    ServerName other.test
    LimitRequestBody 15
</VirtualHost>
EOT

sub post {
	my ($path, $host, $length, $chunked, $fields) = @_;
	my $c = $s->connect;
	my $body = 'b' x $length;
	$c->send("POST $path HTTP/1.1\r\nHost: $host\r\n" . ($fields // '') .
	    ($chunked ? "Transfer-Encoding: chunked\r\n\r\n" .
	    join('', map { "1\r\nb\r\n" } 1 .. $length) . "0\r\n\r\n" :
	    "Content-Length: $length\r\n\r\n" .
	    ($fields ? '' : 'b' x $length)));
	my $r = $c->response;
	my $after = $r->{header}{connection} ? 'close' :
	    $c->get('/a')->{status};
	$c->close;
	return "$r->{status} $after" . (@{ $r->{interim} } ? ' 100' : '');
}

for my $row (['/', 'a', 10], ['/more', 'a', 20], ['/any', 'a', 100_000],
    ['/', 'other.test', 15], ['/more', 'other.test', 20]) {
	my ($path, $host, $length) = @$row;
	my $name = "$host$path, $length bytes";
	is(post(@$row), '200 200', $name);
	is(post(@$row, 1), '200 200', "$name in chunks");
	next if $path eq '/any';
	$length++;
	is(post($path, $host, $length), '413 200', "$name, one more");
	is(post($path, $host, $length, 1), '413 close',
	    "$name, one more in chunks");
	is(post($path, $host, $length, 0, "Expect: 100-continue\r\n"),
	    '413 close', "$name, one more: no 100");
}
is(post('/file', 'a', 11), '413 200', 'also what nobody would take');
is(post('/more', 'a', 1_000_000_000, 0, "Connection: close\r\n"),
    '413 close', 'much too much');
is(scalar $s->wait_log('error', qr/AH01588: Requested content-length of 11 /),
    3, 'the error log says why');
is(scalar $s->wait_log('error', qr/AH01591: Read content length of 11 /),
    1, 'of chunks as well');
$s->stop;

# Timeout is for silence, RequestReadTimeout for all of a head or body.  The
# kernel must not hold back who says nothing.
$s = Drover->start(files => { 'a' => "aa\n" }, conf => <<'EOT');
Timeout 1
LoadModule reqtimeout_module modules/mod_reqtimeout.so
<IfModule reqtimeout_module>
    RequestReadTimeout header=2-3,minrate=20
    RequestReadTimeout body=2,minrate=1000
</IfModule>
AcceptFilter http none
LimitRequestFields 0
<Location /echo>
    SetHandler echo
</Location>
EOT
at_once 'silence' => sub {
	refused("GET / HTTP/1.1\r\nHo", 408, 'half a head', $s);
	my $c = $s->connect;
	ok($c->closed && !$c->{error},
	    'nothing at all: closed without a word');
};

# Sends begin and then drops until there is an answer: its status, and how
# long it took.
sub drip {
	my ($begin, $drop) = @_;
	my $c = $s->connect;
	my $start = time;
	for ($begin, ($drop) x 100) {
		$c->send($_);
		last if IO::Select->new($c->socket)->can_read(0.3);
	}
	my $took = time - $start;
	my $r = $c->response;
	is($r->{header}{connection}, 'close', 'the last answer');
	ok($c->closed && !$c->{error}, 'closed, no reset');
	$c->close;
	return ($r->{status}, $took);
}

my $post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
for my $row (
	["GET /a HTTP/1.1\r\nA: ", 'b', 2, 'a head'],
	["GET /a HTTP/1.1\r\nA: ", 'b' x 20, 3, 'a head, not too slow'],
	["${post}Content-Length: 100000\r\n\r\n", 'b', 2, 'a body'],
	["${post}Transfer-Encoding: chunked\r\n\r\n", "1\r\nb\r\n", 2,
	    'a chunked body']) {
	my ($begin, $drop, $seconds, $name) = @$row;
	at_once $name => sub {
		my ($status, $took) = drip($begin, $drop);
		is($status, 408, 'one that never ends, drop by drop');
		cmp_ok($took, '>=', $seconds - 0.1, 'after its time');
	};
}

# One that is fast enough has all the time that it needs.
at_once 'a body of four seconds' => sub {
	my $c = $s->connect;
	$c->send("${post}Content-Length: 10000\r\n\r\n");
	for (1 .. 10) {
		$c->send('b' x 1000);
		select undef, undef, undef, 0.4;
	}
	like($c->response->{body}, qr/10000 bytes/, 'arrives');
};
run_at_once;
is($s->get('/a', map { ("X-$_" => 1) } 1 .. 300)->{status}, 200,
    'LimitRequestFields 0 is no limit');
is(scalar $s->wait_log('access', qr/ 408 /, 5), 5, 'each has its line');
is(scalar $s->wait_log('error', qr/AH01382: Request header read timeout/, 3),
    3, 'in the error log as well');
$s->stop;
done_testing;
