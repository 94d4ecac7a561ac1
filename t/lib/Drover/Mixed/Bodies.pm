# SPDX-License-Identifier: BSD-2-Clause
#
# Lengths, codings, chunks.
package Drover::Mixed::Bodies;

use strict;
use warnings;

use Drover::Mixed qw(get row $HOST);

my $INSIDE = "GET /inside.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";

sub bodies {
	my $n = length $INSIDE;
	my @lengths = ($n, "0$n", " $n ", "$n, $n", "$n,$n", "+$n", "-$n", "$n,",
	    ",$n", "$n x", "x$n", "$n;x", '0x10', "$n.0", '1e1', "\"$n\"", '',
	    ' ', '-0', '+0', '00', '9' x 19, '9' x 40, '18446744073709551616',
	    4294967296 + $n, '18446744073709551667', "$n 0", "0, $n",
	    "$n, 0", "\x0b$n", "$n\x00");
	for my $method ('GET', 'POST') {
		row("length $method", $_, "$method /a.txt HTTP/1.1\r\n$HOST" .
		    "Content-Length: $_\r\n\r\n$INSIDE") for @lengths;
	}
	my @pairs = ("Content-Length: $n\r\nContent-Length: $n",
	    "Content-Length: $n\r\nContent-Length: 0",
	    "Content-Length: 0\r\nContent-Length: $n",
	    "Content-Length: $n\r\nContent-length: $n, $n",
	    "Content-Length:\r\nContent-Length: $n", "Content-Length : $n",
	    " Content-Length: $n", "Content-Length\t: $n", "Content_Length: $n",
	    "Content-Length: 1\r\n 2", "Content Length: $n");
	row('lengths', $_, "POST /a.txt HTTP/1.1\r\n$HOST$_\r\n\r\n$INSIDE")
	    for @pairs;
	row('length 1.0', $_, "POST /a.txt HTTP/1.0\r\n$HOST" .
	    "Connection: keep-alive\r\nContent-Length: $_\r\n\r\n$INSIDE")
	    for $n, "+$n", '';
	row('body', 'POST without', "POST /a.txt HTTP/1.1\r\n$HOST\r\n");
	row('body', "an old client's CRLF",
	    "POST /a.txt HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc\r\n");
	row('body', 'cut off',
	    "POST /a.txt HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc", 1);
	row('body', "of $_", "POST /a.txt HTTP/1.1\r\n$HOST" .
	    "Content-Length: $_\r\n\r\n" . 'x' x $_) for 1, 4096, 30_000;
	return;
}

sub codings {
	my $chunks = sprintf "%x\r\n%s\r\n0\r\n\r\n", length $INSIDE, $INSIDE;
	my @fields = ('Transfer-Encoding: chunked', 'transfer-encoding: CHUNKED',
	    'Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: gzip',
	    'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: identity',
	    'Transfer-Encoding: chunked, gzip', 'Transfer-Encoding: xchunked',
	    'Transfer-Encoding: chunkedx', 'Transfer-Encoding: "chunked"',
	    'Transfer-Encoding: chunked;q=1', 'Transfer-Encoding: ,chunked',
	    'Transfer-Encoding: chunked,', 'Transfer-Encoding:',
	    'Transfer-Encoding: ', "Transfer-Encoding: \x0bchunked",
	    "Transfer-Encoding: chunked\x00", 'Transfer-Encoding : chunked',
	    ' Transfer-Encoding: chunked', "Transfer-Encoding\t: chunked",
	    "Transfer-Encoding:\r\n chunked", 'Transfer_Encoding: chunked',
	    'Transfer-Encoding: identity, chunked',
	    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
	    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
	    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
	    "Transfer-Encoding: chunked\r\nContent-Length: 3",
	    "Content-Length: 3\r\nTransfer-Encoding: chunked",
	    "Content-Length: 3\r\nTransfer-Encoding: x",
	    "Content-Length: x\r\nTransfer-Encoding: chunked",
	    "Transfer-Encoding: identity\r\nContent-Length: 3");
	for my $method ('GET', 'POST') {
		row("coding $method", $_,
		    "$method /a.txt HTTP/1.1\r\n$HOST$_\r\n\r\n$chunks")
		    for @fields;
	}
	row('coding 1.0', 'chunked', "POST /a.txt HTTP/1.0\r\n$HOST" .
	    "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" .
	    $chunks);
	return;
}

sub chunks {
	my @good = ("0\r\n\r\n", "000\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n",
	    "0003\r\nabc\r\n0\r\n\r\n", "A\r\n0123456789\r\n0\r\n\r\n",
	    "a\r\n0123456789\r\n0\r\n\r\n", "3;x\r\nabc\r\n0\r\n\r\n",
	    "3;x=y\r\nabc\r\n0;z\r\n\r\n", "3;x=\"\\\"\"\r\nabc\r\n0\r\n\r\n",
	    "3 ; x = y\r\nabc\r\n0\r\n\r\n", "0\r\nX: y\r\n\r\n",
	    "0\r\nX: y\r\nZ:\r\n\r\n", "1\r\na\r\n" x 50 . "0\r\n\r\n",
	    "0\r\nContent-Length: 9\r\n\r\n", "0\r\nHost: b\r\n\r\n");
	my @bad = ("3 \r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
	    "+3\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n",
	    "0x3\r\nabc\r\n0\r\n\r\n", "g\r\nabc\r\n0\r\n\r\n",
	    "3 3\r\nabc\r\n0\r\n\r\n", "3h\r\nabc\r\n0\r\n\r\n",
	    "\r\nabc\r\n0\r\n\r\n", ";x\r\nabc\r\n0\r\n\r\n",
	    "3\nabc\n0\n\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
	    "3\r\nabcd\r\n0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n",
	    "3\r\nabc0\r\n\r\n", "3\r\nabc\r\n0\n\n", "3\r\nabc\r\r\n0\r\n\r\n",
	    "3\rabc\r\n0\r\n\r\n", "3;x\nabc\r\n0\r\n\r\n",
	    "3;\x00\r\nabc\r\n0\r\n\r\n", "3;x\ry\r\nabc\r\n0\r\n\r\n",
	    "3;x=\"\r\nabc\r\n0\r\n\r\n", "10000000000000000\r\nabc",
	    "fffffffffffffffff\r\nabc", "ffffffffffffffff\r\nabc",
	    "8000000000000000\r\nabc", "3\r\n\x00\r\n\r\n",
	    "0\r\nX\r\n\r\n", "0\r\nX : y\r\n\r\n", "0\r\n: y\r\n\r\n",
	    "0\r\nX: a\x00\r\n\r\n", "0\r\nX: a\r\n b\r\n\r\n",
	    "0\r\nX: a\n\n", "0\r\n\n", "3\x00\r\nabc\r\n0\r\n\r\n",
	    "0" x 5000 . "\r\n\r\n", "3;" . 'x' x 20_000 . "\r\nabc\r\n0\r\n\r\n");
	row('chunks', $_ =~ s/\r\n/|/gr, "POST /a.txt HTTP/1.1\r\n$HOST" .
	    "Transfer-Encoding: chunked\r\n\r\n$_") for @good, @bad;
	return;
}

sub add {
	bodies();
	codings();
	chunks();
	return;
}

1;
