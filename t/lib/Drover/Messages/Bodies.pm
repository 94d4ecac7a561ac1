# SPDX-License-Identifier: BSD-2-Clause
#
# Bodies of requests: where they end (RFC 9112, 6), what is no body (7, 8),
# and Expect (RFC 9110, 10.1.1).  Most rows come twice: to somebody who takes
# the body (/echo), and to a file, of which nobody does.
package Drover::Messages::Bodies;

use strict;
use warnings;
use Drover::Messages qw(asked);

# For Drover::Messages::site.
our $CONF = "<Location /echo>\n    SetHandler echo\n</Location>\n";

my $inside = "GET /inside HTTP/1.1\r\nHost: a\r\n\r\n";
my $len = length $inside;

sub to {
	my ($target, $fields, $body) = @_;
	$fields = join '', map { "$_\r\n" } ref $fields ? @$fields : $fields;
	return "$target HTTP/1.1\r\nHost: a\r\n$fields\r\n" . ($body // '');
}

# A row for each kind of reader.  A message that is no message has the same
# answer from both.
sub both {
	my ($section, $name, $fields, $body, $wanted, $like) = @_;
	my $of_echo = $wanted =~ /^200/ ? $like : undef;
	return ([$section, $name, to('POST /echo', $fields, $body), $wanted,
	    $of_echo], ["$section", "$name, of a file",
	    to('GET /a', $fields, $body), $wanted]);
}

sub shows {
	my ($text) = @_;
	return { body => qr/<pre tabindex="0">\n\Q$text\E<\/pre>/ };
}

sub chunked {
	return both(shift, shift, 'Transfer-Encoding: chunked', @_);
}

# ---- Content-Length -------------------------------------------------------

my @lengths = (
	(map { both('9110 8.6', "Content-Length:$_->[0]",
	    "Content-Length:$_->[0]", 'abc', '200 keep', shows('abc')) }
	    map { [$_] } '3', ' 3', "\t3\t", ' 3  ', ' 03', ' 000000003',
	    ' ' . '0' x 100 . '3', ' 3,3', ' 3, 3', " 3\t,\t3 , 3", ' 3, 03'),
	both('9110 8.6', 'the same twice', ['Content-Length: 3',
	    'content-length: 3'], 'abc', '200 keep', shows('abc')),
	both('9112 6.3', 'a body that looks like a request',
	    "Content-Length: $len", $inside, '200 keep'),
	both('9112 6.3', 'a length of none', 'Content-Length: 0', '',
	    '200 keep'),
	both('9112 6.3', 'no length', 'X: y', '', '200 keep'),
	both('9112 2.2', 'an old client\'s CRLF behind it',
	    'Content-Length: 3', "abc\r\n", '200 keep'),
	(map { both('9112 6.3', "Content-Length:$_", "Content-Length:$_",
	    $inside, '400 close') }
	    '', ' ', ' +3', ' -3', ' -0', ' 0x3', ' 3h', ' 3.0', ' 3e0', ' 3 3',
	    ' 3;a', ' "3"', ' 3,', ' ,3', ' 3,,3', ' ,', ' 3, 4', ' 3,4,3',
	    ' 3, x', ' 3, ', ' 1_0', " 3\x0b", " \x0c3", ' three', " \xb2",
	    ' NaN', ' 3/3', ' 3, -3', ' (3)', ' 3;3'),
	(map { both('9110 5.5', sprintf('Content-Length with %02x', ord $_),
	    "Content-Length: 3$_", $inside, '400 close') }
	    "\0", "\1", "\n", "\r", "\x7f", "\xa0"),
	(map { both('9112 6.3', "twice: $_->[0], $_->[1]",
	    ["Content-Length: $_->[0]", "Content-Length: $_->[1]"], $inside,
	    '400 close') } [3, 4], [0, $len], [$len, 0], [3, ''], ['', 3],
	    [3, '+3'], ['3, 3', 4], [3, '3, 4']),
	both('9112 6.3', 'thrice, the last another', ['Content-Length: 3',
	    'X: y', 'Content-Length: 3', 'Content-Length: 5'], $inside,
	    '400 close'),
	both('9112 5.1', 'a space before the colon', 'Content-Length : 3',
	    'abc', '400 close'),
	both('9112 5.2', 'a folded one', "Content-Length: 3\r\n 0", 'abc',
	    '400 close'),
	(map { both('9110 8.6', "Content-Length: $_", "Content-Length: $_",
	    'abc', '413 close') } '4294967296', '4294967299',
	    '9223372036854775807', '9223372036854775808',
	    '18446744073709551615', '18446744073709551619', '9' x 40, '1' . '0' x 400),
	(map { both('9110 5.1', $_, "$_: 4", '', '200 keep') }
	    'Content-Lengt', 'Content_Length', 'X-Content-Length',
	    'Content-Length2', 'Contents-Length'),
);

# ---- Transfer-Encoding ----------------------------------------------------

my $chunks = "3\r\nabc\r\n0\r\n\r\n";
my @codings = (
	(map { both('9112 6.1', "Transfer-Encoding:$_",
	    "Transfer-Encoding:$_", $chunks, '200 keep', shows('abc')) }
	    'chunked', ' Chunked', ' CHUNKED', "\tchunked\t", '   chunked  ',
	    ' ,chunked', ' chunked,', ' , ,chunked, , '),
	both('9110 5.3', 'and an empty line of it',
	    ['Transfer-Encoding: chunked', 'Transfer-Encoding:'], $chunks,
	    '200 keep'),
	(map { both('9112 6.1', "Transfer-Encoding:$_",
	    "Transfer-Encoding:$_", $chunks, '501 close') }
	    ' gzip', ' gzip, chunked', ' identity', ' identity, chunked',
	    ' xchunked', ' chunkedx', ' chunke', ' chunked;a', ' chunked;q=1',
	    ' chunked; a=b', ' "chunked"', ' chunked chunked', ' x', ' null',
	    ' chunked\\', ' chunked"', ' chunk,ed', ' compress', ' deflate',
	    ' trailers', ' ; chunked', ' chunked/1', " \xa0chunked",
	    " chunked\xa0", ' {chunked}'),
	(map { both('9112 6.3', "Transfer-Encoding:$_",
	    "Transfer-Encoding:$_", $chunks, '400 close') }
	    '', ' ', ' ,', ' , ,', ' chunked, gzip', ' chunked, identity',
	    ' chunked, chunked', ' chunked,chunked,chunked', ' chunked, x'),
	(map { both('9112 6.3', "on two lines: $_->[0] | $_->[1]",
	    ["Transfer-Encoding: $_->[0]", "Transfer-Encoding: $_->[1]"],
	    $chunks, $_->[2]) }
	    ['chunked', 'chunked', '400 close'],
	    ['chunked', 'gzip', '400 close'],
	    ['chunked', 'identity', '400 close'],
	    ['gzip', 'chunked', '501 close'],
	    ['identity', 'chunked', '501 close'],
	    ['x', 'y', '501 close']),
	(map { both('9112 5', sprintf('%s, byte %02x', 'Transfer-Encoding',
	    ord $_), "Transfer-Encoding: ${_}chunked", $chunks, '400 close'),
	    both('9112 5', sprintf('%s, byte %02x behind', 'Transfer-Encoding',
	    ord $_), "Transfer-Encoding: chunked$_", $chunks, '400 close') }
	    "\0", "\x0b", "\x0c", "\x1f", "\x7f", "\r", "\n"),
	both('9112 5.1', 'a space before the colon',
	    'Transfer-Encoding : chunked', $chunks, '400 close'),
	both('9112 5.2', 'a folded one', "Transfer-Encoding:\r\n chunked",
	    $chunks, '400 close'),
	both('9112 5.2', 'one behind a fold',
	    "X: y\r\n Transfer-Encoding: chunked", $chunks, '400 close'),
	(map { ['9112 6.1', "HTTP/1.0 with $_->[0]",
	    "$_->[1] HTTP/1.0\r\nTransfer-Encoding: $_->[0]\r\n" .
	    "Connection: keep-alive\r\n\r\n$chunks", '400 close'] }
	    ['chunked', 'POST /echo'], ['chunked', 'GET /a'],
	    ['gzip', 'POST /echo']),
	['9112 6.1', 'HTTP/1.0 with both', "POST /echo HTTP/1.0\r\n" .
	    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n$chunks",
	    '400 close'],
	['9112 6.1', 'HTTP/1.2', "POST /echo HTTP/1.2\r\nHost: a\r\n" .
	    "Transfer-Encoding: chunked\r\n\r\n$chunks", '200 keep',
	    shows('abc')],
	# Both: chunked holds, and nothing behind it is believed.
	(map { both('9112 6.1', "both: $_->[0], $_->[1]", $_, $chunks,
	    '200 close', shows('abc')) }
	    ['Content-Length: 3', 'Transfer-Encoding: chunked'],
	    ['Transfer-Encoding: chunked', 'Content-Length: 3'],
	    ['Content-Length: 0', 'Transfer-Encoding: chunked'],
	    ['Content-Length: 18', 'Transfer-Encoding: chunked'],
	    ['Transfer-Encoding: chunked', 'Content-Length: 99999'],
	    ['Transfer-Encoding: chunked', 'Content-Length: x'],
	    ['Transfer-Encoding: chunked', 'Content-Length: -1'],
	    ['Content-Length: 3', 'Transfer-Encoding: chunked',
		'Content-Length: 4']),
	both('9112 6.1', 'both, and chunks that are none', ['Content-Length: 3',
	    'Transfer-Encoding: chunked'], "xyz\r\n$inside", '400 close'),
	both('9112 6.1', 'both, of which one is unknown', ['Content-Length: 3',
	    'Transfer-Encoding: x'], 'abc', '501 close'),
	both('9112 6.1', 'both, of which one is empty', ['Content-Length: 3',
	    'Transfer-Encoding:'], 'abc', '400 close'),
	(map { both('9110 5.1', $_, ["$_: chunked", 'Content-Length: 3'],
	    'abc', '200 keep', shows('abc')) } 'Transfer_Encoding',
	    'X-Transfer-Encoding', 'Transfer-Encodin', 'TransferEncoding',
	    'Content-Transfer-Encoding', 'TE', 'Content-Encoding'),
);

# ---- chunks ---------------------------------------------------------------

my @good_chunks = (
	['no byte', "0\r\n\r\n", ''],
	['a byte each', "1\r\na\r\n1\r\nb\r\n0\r\n\r\n", 'ab'],
	['small letters', "a\r\n0123456789\r\n0\r\n\r\n", '0123456789'],
	['capitals', "A\r\n0123456789\r\n0\r\n\r\n", '0123456789'],
	['zeros in front', "0003\r\nabc\r\n0000\r\n\r\n", 'abc'],
	['sixteen digits', '0' x 15 . "3\r\nabc\r\n" . '0' x 16 . "\r\n\r\n",
	    'abc'],
	['CRLF within', "4\r\n\r\na\r\r\n0\r\n\r\n", undef],
	['chunks within', "a\r\n3\r\nabc\r\n0\r\r\n0\r\n\r\n", undef],
	['an extension', "3;a\r\nabc\r\n0;b\r\n\r\n", 'abc'],
	['with a value', "3;a=b;c=d\r\nabc\r\n0\r\n\r\n", 'abc'],
	['with a quoted one', "3;a=\"b;\\\"c\"\r\nabc\r\n0\r\n\r\n", 'abc'],
	['with spaces', "3 ; a = b\r\nabc\r\n0\r\n\r\n", 'abc'],
	['a long one', '3;' . 'e' x 1000 . "\r\nabc\r\n0\r\n\r\n", 'abc'],
	['a size that an extension has', "3;size=4\r\nabc\r\n0\r\n\r\n",
	    'abc'],
	['a trailer', "3\r\nabc\r\n0\r\nX: y\r\n\r\n", 'abc'],
	['an empty one', "3\r\nabc\r\n0\r\nX:\r\n\r\n", 'abc'],
	['a hundred', "3\r\nabc\r\n0\r\n" . "X: y\r\n" x 100 . "\r\n", 'abc'],
	# 9110, 6.5.1: not these, and none of them is believed.
	(map { ["a trailer that must not be: $_",
	    "3\r\nabc\r\n0\r\n$_\r\n\r\n", 'abc'] } "Content-Length: $len",
	    'Content-Length: 1', 'Transfer-Encoding: chunked',
	    'Transfer-Encoding: gzip', 'Host: two.test', 'Host: a b',
	    'Connection: close', 'Expect: wonders', 'Content-Encoding: gzip',
	    'Authorization: Basic eA==', 'Range: bytes=0-0',
	    'If-None-Match: *', 'Trailer: X', 'Content-Type: ' .
	    'application/x-www-form-urlencoded'),
	['10000 bytes', "2710\r\n" . 'x' x 10_000 . "\r\n0\r\n\r\n", undef],
);
my @bad_chunks = (
	(map { ['7.1', "size '" . s/([^ -~])/sprintf '\\x%02x', ord $1/ger .
	    "'", "$_\r\nabc\r\n0\r\n\r\n"] }
	    '', ' ', ' 3', "\t3", '3 ', "3\t", '3 3', '5 5', '0x3', '0X3',
	    'x3', '3x', '3h', '+3', '-3', '-0', '3.', '3,', '3_', '"3"', '\'3',
	    'g', '#', "3\0", "\0003", "\x003", "3\x0b", "\x0b3", "3\x0c",
	    "3\x7f", "3\x80", "\xef\xbc\x93", '3/', '3:', '3@', '3G', '3`',
	    '3=', '3 a', '3, 3', '0 3', '+', '-', "3\r", "\r3", "\n3",
	    '0' x 16 . '3', '0' x 1000 . '3', '10000000000000003',
	    '8000000000000000', 'ffffffffffffffff', 'fffffffffffffffd',
	    '1' . '0' x 15 . '3', '1' . '0' x 31 . '3', 'f' x 100),
	['7.1', 'size and LF', "3\nabc\r\n0\r\n\r\n"],
	['7.1', 'LF alone', "3\nabc\n0\n\n"],
	['7.1', 'CR alone', "3\rabc\r0\r\r"],
	['7.1', 'data and LF', "3\r\nabc\n0\r\n\r\n"],
	['7.1', 'data and CR', "3\r\nabc\r0\r\n\r\n"],
	['7.1', 'data and nothing', "3\r\nabc0\r\n\r\n"],
	['7.1', 'data too long', "3\r\nabcd\r\n0\r\n\r\n"],
	['7.1', 'data too short', "4\r\nabc\r\n0\r\n\r\n"],
	['7.1', 'data that ends in a size', "2\r\nab3\r\nabc\r\n0\r\n\r\n"],
	['7.1', 'two line ends', "3\r\nabc\r\n\r\n0\r\n\r\n"],
	['7.1', 'a line end first', "\r\n3\r\nabc\r\n0\r\n\r\n"],
	['7.1', 'the last and LF', "3\r\nabc\r\n0\n\r\n"],
	['7.1', 'the end is LF', "3\r\nabc\r\n0\r\n\n"],
	['7.1', 'the end is CR', "3\r\nabc\r\n0\r\n\rx"],
	['7.1', 'the last with data', "3\r\nabc\r\n0\r\nabc\r\n\r\n"],
	(map { ['7.1.1', 'extension ' .
	    s/([^ -~])/sprintf '\\x%02x', ord $1/ger,
	    "3$_\r\nabc\r\n0\r\n\r\n"] }
	    ';', ';;', ';=', ';=a', ';a=', ';a=b=c', ';a b', ';a=b c', ';"a"',
	    ';a="', ';a="b', ';a="b"c', ';a="b\\', ';a=(b)', ";a\0", ";a=\0",
	    ";a=\"\0\"", ";a\nb", ";\n", ";a\rb", ";a=\"\n\"", ";a\x7f",
	    ";a=\"\x7f\"", ";\xe4", ' a', ' ;', ';a ', ' ;a;', ';' . 'e' x 1100,
	    ";a=\"" . 'e' x 1100 . '"', "\n;a", ";a=\"\r\n\"", ";\r"),
	['CVE-2025-22871', 'an extension that ends in LF',
	    "3;a\nabc\r\n0\r\n\r\n"],
	['CVE-2023-39326', 'nothing but extensions', join('', map {
	    '1;' . 'e' x 900 . "\r\na\r\n" } 1 .. 74) . "0\r\n\r\n"],
	(map { ['7.1.2', 'trailer ' .
	    s/([^ -~])/sprintf '\\x%02x', ord $1/ger,
	    "3\r\nabc\r\n0\r\n$_\r\n\r\n"] }
	    'X', ': y', ' X: y', "\tX: y", 'X : y', 'X Y: z', "X: y\r\n z",
	    "X: y\n", "X: y\nZ: 1", "X: \0", "X\0: y", "X: y\rz", "X: \x7f",
	    "X\xe4: y", 'GET /inside HTTP/1.1', '3', '0', ';a', "X: y\r",
	    "\rX: y", "\nX: y", 'X: ' . 'y' x 9000),
	['7.1.2', 'many trailers', "3\r\nabc\r\n0\r\n" . "X: y\r\n" x 101 .
	    "\r\n"],
	['7.1.2', 'very many', "3\r\nabc\r\n0\r\n" . "X: y\r\n" x 2000 .
	    "\r\n"],
);

# Behind what is bad a further request waits, to be found by the careless.
my @chunks = (
	(map { chunked('9112 7.1', $_->[0], $_->[1], '200 keep',
	    defined $_->[2] ? shows($_->[2]) : undef) } @good_chunks),
	(map { chunked($_->[0] =~ /CVE/ ? $_->[0] : "9112 $_->[0]", $_->[1],
	    $_->[2] . $inside, '400 close') } @bad_chunks),
	['9112 7.1', 'chunks for a method that is refused', to('PUT /echo',
	    'Transfer-Encoding: chunked', $chunks), '405 keep'],
	['9112 7.1', 'for a file that is missing', to('POST /none',
	    'Transfer-Encoding: chunked', $chunks), '404 keep'],
	['9112 7.1', 'for HEAD', to('HEAD /a', 'Transfer-Encoding: chunked',
	    $chunks), 'H200 keep'],
	['9112 7.1', 'for OPTIONS *', to('OPTIONS *',
	    'Transfer-Encoding: chunked', $chunks), '200 keep'],
);

# ---- What nobody takes ----------------------------------------------------

my @unwanted = (
	(map { ['9112 9.3', "$_ and a body",
	    to("$_ /a", "Content-Length: $len", $inside),
	    /HEAD/ ? 'H200 keep' : /GET/ ? '200 keep' : '405 keep'] }
	    qw(GET HEAD POST PUT DELETE PATCH)),
	['9112 9.3', 'an unknown method', to('FOO /a',
	    "Content-Length: $len", $inside), '501 keep'],
	['9112 9.3', 'a file that is missing', to('POST /none',
	    "Content-Length: $len", $inside), '404 keep'],
	['9112 9.3', 'one that is closed', to('POST /closed/x',
	    "Content-Length: $len", $inside), '403 keep'],
	['9112 9.3', 'a redirect', to('GET /dir', "Content-Length: $len",
	    $inside), '301 keep'],
	['9112 9.3', 'as much as is drained', to('POST /a',
	    'Content-Length: 65536', 'x' x 65_536), '405 keep'],
	['9112 9.3', 'a byte more', to('POST /a', 'Content-Length: 65537',
	    'x' x 65_537), '405 close'],
	['9112 9.3', 'much more', to('POST /a', 'Content-Length: 1000000',
	    'x' x 1_000_000), '405 close'],
	['9112 9.3', 'much more, not all of it', to('POST /a',
	    'Content-Length: 1000000000', 'x' x 1000), '405 close'],
	['9112 9.3', 'chunks, as much as is drained', to('GET /a',
	    'Transfer-Encoding: chunked', "fff0\r\n" . 'x' x 65_520 .
	    "\r\n0\r\n\r\n"), '200 keep'],
	['9112 9.3', 'much more', to('GET /a', 'Transfer-Encoding: chunked',
	    "f4240\r\n" . 'x' x 1_000_000 . "\r\n0\r\n\r\n"), '200 close'],
	['9112 9.6', 'and close', to('POST /a', ['Connection: close',
	    "Content-Length: $len"], $inside), '405 close'],
	['9112 9.3.2', 'several', (to('POST /a', "Content-Length: $len",
	    $inside) x 3) . to('POST /echo', 'Transfer-Encoding: chunked',
	    $chunks), '405 405 405 200 keep'],
);

# ---- Expect ---------------------------------------------------------------

my @expectations = (
	# The body is there already: 100 would be late.
	(map { ['9110 10.1.1', "Expect:$_", to('POST /echo', ["Expect:$_",
	    'Content-Length: 3'], 'abc'), '200 keep', shows('abc')] }
	    ' 100-continue', ' 100-Continue', '100-CONTINUE', ' ,100-continue',
	    ' 100-continue, 100-continue', '', ' ', ' ,'),
	['9110 10.1.1', 'in chunks', to('POST /echo', ['Expect: 100-continue',
	    'Transfer-Encoding: chunked'], $chunks), '200 keep', shows('abc')],
	(map { ['9110 10.1.1', "Expect:$_", to('POST /echo', ["Expect:$_",
	    'Content-Length: 3'], 'abc'), '417 close'] }
	    ' wonders', ' 100-continue, wonders', ' wonders, 100-continue',
	    ' 100-continue;a=b', ' 100', ' continue', ' 100-continue2',
	    ' 200-ok', ' "100-continue"', ' 100-continue=1', ' a=b', ' *',
	    ' 100 -continue', ' 100-continue wonders'),
	['9110 10.1.1', 'wonders on a second line', to('POST /echo',
	    ['Expect: 100-continue', 'Expect: wonders', 'Content-Length: 3'],
	    'abc'), '417 close'],
	['9110 10.1.1', 'wonders without a body', to('GET /a',
	    'Expect: wonders'), '417 close'],
	['9110 10.1.1', 'nothing to go on with', to('GET /a',
	    'Expect: 100-continue'), '200 keep'],
	['9110 10.1.1', 'wonders of HTTP/1.0', "POST /echo HTTP/1.0\r\n" .
	    "Connection: keep-alive\r\nExpect: wonders\r\n" .
	    "Content-Length: 3\r\n\r\nabc", '200 keep', shows('abc')],
	['9110 10.1.1', 'HTTP/1.0', "POST /echo HTTP/1.0\r\n" .
	    "Connection: keep-alive\r\nExpect: 100-continue\r\n" .
	    "Content-Length: 3\r\n\r\nabc", '200 keep', shows('abc')],
);

# ---- What others have been caught with ------------------------------------

my @known = (
	['CVE-2002-0392', 'a size that turns negative', to('POST /echo',
	    'Transfer-Encoding: chunked', "80000000\r\nabc"), '413 close'],
	['CVE-2002-0392', 'the same of a file', to('GET /a',
	    'Transfer-Encoding: chunked', "7ffffffffffffffe\r\nabc"),
	    '200 close'],
	both('CVE-2013-2028', 'a size beyond all memory',
	    'Transfer-Encoding: chunked', "fffffffffffffff0\r\nabc",
	    '400 close'),
	both('CVE-2019-16276', 'a space before the colon',
	    ['Transfer-Encoding : chunked', 'Content-Length: 3'], $chunks,
	    '400 close'),
	both('CVE-2019-18277', 'VT before the coding',
	    ["Transfer-Encoding: \x0bchunked", 'Content-Length: 3'], $chunks,
	    '400 close'),
	both('CVE-2020-15049', 'a sign', 'Content-Length: +3', 'abc',
	    '400 close'),
	both('CVE-2021-22960', 'LF in an extension',
	    'Transfer-Encoding: chunked', "3;a\nb\r\nabc\r\n0\r\n\r\n$inside",
	    '400 close'),
	both('CVE-2021-40346', 'a name that is longer than a byte counts',
	    ['Content-Length0' . 'a' x 255 . ':', "Content-Length: $len"],
	    $inside, '200 keep'),
	both('CVE-2022-1705', 'codings that are none',
	    ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow',
	    'Content-Length: 3'], $chunks, '400 close'),
	both('CVE-2022-32213', 'a coding behind chunked',
	    ['Transfer-Encoding: chunked , identity', 'Content-Length: 3'],
	    $chunks, '400 close'),
	both('CVE-2022-32214', 'a field that LF ends',
	    ["X: y\nTransfer-Encoding: chunked", 'Content-Length: 3'],
	    $chunks, '400 close'),
	both('CVE-2022-32215', 'a coding on two lines',
	    ["Transfer-Encoding: chunked\r\n , identity",
	    'Content-Length: 3'], $chunks, '400 close'),
	both('CVE-2022-42252', 'a length that is none', 'Content-Length: 3a',
	    'abc', '400 close'),
	both('CVE-2023-30589', 'CR that ends a field',
	    ["X: y\rTransfer-Encoding: chunked"], $chunks, '400 close'),
	both('CVE-2023-40175', 'an empty length', 'Content-Length:',
	    $inside, '400 close'),
	both('CVE-2023-46589', 'trailers beyond their bound',
	    'Transfer-Encoding: chunked', "0\r\nX: " . 'y' x 8200 .
	    "\r\n\r\n$inside", '400 close'),
	both('CVE-2024-1135', 'an unknown coding that hides chunks',
	    ['Transfer-Encoding: sentinel, chunked', 'Content-Length: 3'],
	    $chunks, '501 close'),
	both('CVE-2024-27982', 'a space before the length',
	    ['X: y', ' Content-Length: 3'], 'abc', '400 close'),
);

sub rows {
	return (@lengths, @codings, @chunks, @unwanted, @expectations, @known);
}

1;
