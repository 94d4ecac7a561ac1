#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Bodies of requests: where they end, so that what is behind them is the next
# request and nothing inside them is (RFC 9112, 6); what contradicts itself is
# refused; Expect.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(conf => "MaxKeepAliveRequests 0\n",
    files => { 'next' => "next\n", 'inside' => "inside\n" });
my $next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
my $inside = "GET /inside HTTP/1.1\r\nHost: a\r\n\r\n";

sub chunked {
	return join('', map { sprintf "%x\r\n%s\r\n", length, $_ } @_) .
	    "0\r\n\r\n";
}

# Method, fields, body: read to its end, and the next one is answered.
my $len = length $inside;
my @read = (
	['POST', "Content-Length: $len", $inside],
	['GET', "Content-Length: $len", $inside],
	['HEAD', "Content-Length: $len", $inside],
	['PUT', "Content-Length: $len, $len", $inside],
	['POST', "Content-Length: $len\r\nContent-Length: $len", $inside],
	['POST', 'Content-Length: 0', ''],
	['POST', 'X: no body', ''],
	['POST', 'Transfer-Encoding: chunked', chunked($inside)],
	['POST', 'Transfer-Encoding: CHUNKED', chunked(split //, $inside)],
	['POST', 'Transfer-Encoding: chunked', chunked()],
	['POST', 'Transfer-Encoding: chunked',
	    "3;a=\"b\"\r\nabc\r\n0\r\nTrailer: $len\r\n\r\n"],
	['POST', 'Content-Length: 65536', 'x' x 65536],
	['POST', 'Transfer-Encoding: chunked', chunked('x' x 60000)],
	# An old client's CRLF behind the body.
	['POST', 'Content-Length: 3', "abc\r\n"],
);
for my $row (@read) {
	my ($method, $fields, $body) = @$row;
	my $name = "$method, " . $fields =~ s/\r\n/ | /r .
	    ', ' . length($body) . ' bytes';
	my $head = "$method / HTTP/1.1\r\nHost: a\r\n$fields\r\n\r\n";
	my $c = $s->connect;
	$c->send("$head$body$next");
	ok(defined $c->response($method eq 'HEAD'), $name);
	is($c->response->{body}, "next\n", "$name: what is behind it");
	is($c->get('/next')->{body}, "next\n", "$name: and so on");
	$c->close;
}

# Refused, and nothing behind it is believed.
my @refused = (
	['Content-Length: 4, 5', 400],
	["Content-Length: 4\r\nContent-Length: 5", 400],
	['Content-Length: +4', 400],
	['Content-Length: -4', 400],
	['Content-Length: 4x', 400],
	['Content-Length: 0x4', 400],
	['Content-Length:', 400],
	['Content-Length: 4,', 400],
	['Content-Length: 9223372036854775808', 413],
	['Content-Length: 18446744073709551617', 413],
	['Content-Length: 4, 18446744073709551620', 413],
	['Content-Length : 4', 400],
	["Content-Length: 4\r\n\t4", 400],
	["Content-Length: 4\r5", 400],
	['Transfer-Encoding: gzip', 501],
	['Transfer-Encoding: gzip, chunked', 501],
	["Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 501],
	['Transfer-Encoding: xchunked', 501],
	['Transfer-Encoding: chunked, gzip', 400],
	['Transfer-Encoding: chunked, chunked', 400],
	["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400],
	['Transfer-Encoding:', 400],
	["Transfer-Encoding: \x0bchunked", 400],
	['Transfer-Encoding : chunked', 400],
	['Expect: wonders', 417],
);
for my $row (@refused) {
	my ($fields, $status) = @$row;
	my $name = $fields =~ s/[^ -~]+/ | /r;
	my $c = $s->connect;
	$c->send("POST / HTTP/1.1\r\nHost: a\r\n$fields\r\n\r\n$inside$next");
	my $r = $c->response;
	is($r->{status}, $status, $name);
	is($r->{header}{connection}, 'close', "$name: closes");
	ok($c->closed && !$c->{error}, "$name: nothing more, no reset");
	$c->close;
}

# Answered, but the rest is not believed.
my @last = (
	["Content-Length: 4\r\nTransfer-Encoding: chunked", chunked('ab')],
	["Transfer-Encoding: chunked\r\nContent-Length: 400", chunked('ab')],
	['Transfer-Encoding: chunked', "zz\r\n"],
	['Transfer-Encoding: chunked', "-1\r\n"],
	['Transfer-Encoding: chunked', "3\nabc\n0\n\n"],
	['Transfer-Encoding: chunked', "2\r\nabc\r\n0\r\n\r\n"],
	['Transfer-Encoding: chunked', "ffffffffffffffff1\r\n"],
	['Content-Length: 65537', 'x' x 65537],
	['Transfer-Encoding: chunked', chunked('x' x 100_000)],
);
for my $row (@last) {
	my ($fields, $body) = @$row;
	my $name = $fields =~ s/\r\n/ | /r . ', ' .
	    substr($body, 0, 9) =~ s/[^ -~]+/ | /gr;
	my $c = $s->connect;
	$c->send("POST / HTTP/1.1\r\nHost: a\r\n$fields\r\n\r\n$body$inside");
	ok(defined $c->response, "$name: is answered");
	ok($c->closed && !$c->{error}, "$name: nothing more, no reset");
	$c->close;
}

# 1.0: a length is a length, an encoding is a fault.
like($s->raw("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" .
    chunked('ab')), qr{^HTTP/1.1 400 }, 'Transfer-Encoding in 1.0');
my $c = $s->connect;
$c->send("POST / HTTP/1.0\r\nConnection: keep-alive\r\n" .
    "Content-Length: $len\r\n\r\n$inside$next");
ok(defined $c->response, 'Content-Length in 1.0');
is($c->response->{body}, "next\n", 'what is behind it');
$c->close;

# A client that waits for 100 and is told at once what it is: whether its
# body follows is not known, so the connection ends.
$c = $s->connect;
$c->send("POST /next HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" .
    "Content-Length: $len\r\n\r\n");
my $r = $c->response;
is(scalar @{ $r->{interim} }, 0, 'Expect: no 100 for a body nobody wants');
is($r->{status}, 405, 'but the answer');
is($r->{header}{connection}, 'close', 'which is the last');
$c->send($inside);
ok($c->closed && !$c->{error}, 'a body that follows is not a request');

is(scalar(grep { /inside/ } split /\n/, $s->log('access')), 0,
    'no line says that something inside was a request');

$s->stop;
done_testing;
