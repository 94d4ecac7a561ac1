# SPDX-License-Identifier: BSD-2-Clause
#
# Fields by their grammar (RFC 9112, 5; RFC 9110, 5), how many and how long,
# and Host (RFC 9110, 7.2; RFC 3986, 3.2.2).
package Drover::Messages::Fields;

use strict;
use warnings;
use Drover::Messages qw(asked);

my $line = "GET /a HTTP/1.1\r\n";

# Raw bytes for fields, in front of Host and behind it.
sub among {
	my ($section, $name, $fields, $wanted) = @_;
	return ([$section, $name, "${line}Host: a\r\n$fields\r\n\r\n", $wanted],
	    [$section, "$name, first", "$line$fields\r\nHost: a\r\n\r\n",
		$wanted]);
}

my @good = (
	(map { among('9112 5', $_->[0], $_->[1], '200 keep') }
	    ['no space', 'X:a'], ['a space', 'X: a'], ['a tab', "X:\ta"],
	    ['much of both', "X: \t  a \t "], ['no value', 'X:'],
	    ['white space alone', "X: \t "], ['a colon in the value', 'X::a:'],
	    ['all of tchar', '!#$%&\'*+-.^_`|~09azAZ: 1'],
	    ['obs-text', "X: \x80\xa0\xff"], ['a tab within', "X: a\tb"],
	    ['delimiters', 'X: "(),/:;<=>?@[\\]{}'], ['an open quote', 'X: "'],
	    ['a number', '1: 2'], ['several of one name', "X: a\r\nx: b"],
	    ['any case of the names', "aCCept: x\r\nUSER-AGENT: y"],
	    ['a name of 1000', 'n' x 1000 . ': a'],
	    ['TRAILER that names nothing', 'Trailer: X'],
	    ['a fold that is none', "X: a\\r\\n b"]),
);

my @bad = (
	(map { among('9112 5.1', $_->[0], $_->[1], '400 close') }
	    ['a space before the colon', 'X : a'],
	    ['a tab there', "X\t: a"], ['several', "X  \t: a"],
	    ['a space before Host\'s', 'Host : a'],
	    ['before the colon of a length', 'Content-Length : 5'],
	    ['before that of a coding', 'Transfer-Encoding : chunked'],
	    ['a tab before it', "Transfer-Encoding\t: chunked"],
	    ['VT before it', "Transfer-Encoding\x0b: chunked"],
	    ['VT before the name', "\x0bTransfer-Encoding: chunked"],
	    ['a space before the name', ' Content-Length: 5'],
	    ['a tab before the name', "\tContent-Length: 5"]),
	(map { among('9112 5.2', $_->[0], $_->[1], '400 close') }
	    ['obs-fold', "X: a\r\n b"], ['with a tab', "X: a\r\n\tb"],
	    ['of an empty value', "X:\r\n b"],
	    ['white space alone', "X: a\r\n "],
	    ['twice', "X: a\r\n b\r\n c"],
	    ['that hides a coding', "X: a\r\n Transfer-Encoding: chunked"],
	    ['behind a name', "X\r\n : a"]),
	(map { among('9112 5', $_->[0], $_->[1], '400 close') }
	    ['no colon', 'X'], ['no name', ': a'], ['a colon alone', ':'],
	    ['a space alone', ' '], ['two words', 'X Y: a'],
	    ['a request line', 'GET /b HTTP/1.1'], ['a semicolon', 'X; a'],
	    ['an equals sign', 'X=a']),
	(map { my $c = $_;
	    map { among('9110 5.1', sprintf('%02x %s', ord $c, $_->[0]),
		$_->[1], '400 close') }
		['in a name', "X${c}Y: a"] }
	    split(//, '"(),/;<=>?@[\\]{}'), "\0", "\1", "\x1f", "\x7f", "\x80",
	    "\xa0", "\xff"),
	(map { my $c = $_;
	    among('9110 5.5', sprintf('%02x in a value', ord $c),
		"X: a${c}b", '400 close') } map { chr } 0 .. 8, 0x0b .. 0x1f,
	    0x7f),
	(map { among('9110 5.5', $_->[0], $_->[1], '400 close') }
	    ['NUL at the end', "X: a\0"], ['NUL alone', "\0"],
	    ['NUL behind a name', "Content-Length\0: 5"],
	    ['LF that hides a field', "X: a\nContent-Length: 5"],
	    ['LF that hides a coding', "X: a\nTransfer-Encoding: chunked"],
	    ['LF as a line end', "X: a\nY: b"],
	    ['LF and a fold', "X: a\n b"], ['LF LF', "X: a\n\nGET /b"],
	    ['CR that hides a field', "X: a\rContent-Length: 5"],
	    ['CR in a name', "X\r: a"], ['CR before a name', "\rX: a"],
	    ['CR CR LF', "X: a\r"], ['CR at the start', "X: \ra"],
	    ['an escape sequence', "X: \e[31m"]),
	# The same names again where somebody else has read them otherwise.
	(map { my ($cve, $fields) = @$_;
	    [$cve, 'somebody else\'s hole', "POST /a HTTP/1.1\r\n" .
		"Host: a\r\n$fields\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
		'400 close'] }
	    ['CVE-2016-8743', "X: a\rContent-Length: 15"],
	    ['CVE-2019-16276', 'Transfer-Encoding : chunked'],
	    ['CVE-2019-18277', "Transfer-Encoding: \x0bchunked"],
	    ['CVE-2022-35256', "X: a\nTransfer-Encoding: chunked"],
	    ['CVE-2023-30589', "X: a\r\rTransfer-Encoding: chunked"]),
	(map { ['CVE-2021-40346', "a length's name with $_ bytes behind",
	    asked('POST /a', 'Content-Length0' . 'a' x $_ . ': 0',
		'Content-Length: 26', \"GET /none HTTP/1.1\r\nX: Y\r\n"),
	    '405 keep'] } 239 .. 242, 255, 1000),
	['9112 5', 'a name of 70000', "${line}Host: a\r\n" . 'n' x 70_000,
	    '431 close'],
);

my @limits = (
	['6585 5', 'as many as there may be',
	    asked('GET /a', 'Host: a', map { "X-$_: a" } 1 .. 99), '200 keep'],
	['6585 5', 'one more', asked('GET /a', 'Host: a',
	    map { "X-$_: a" } 1 .. 100), '431 close'],
	['6585 5', 'a thousand', asked('GET /a', map { "X-$_: a" } 1 .. 1000),
	    '431 close'],
	['6585 5', 'as long as one may be', asked('GET /a', 'X: ' .
	    'v' x 8187), '200 keep'],
	['6585 5', 'a byte more', asked('GET /a', 'X: ' . 'v' x 8188),
	    '431 close'],
	['6585 5', 'a name as long', asked('GET /a', 'n' x 8189 . ':'),
	    '200 keep'],
	['6585 5', 'a name longer', asked('GET /a', 'n' x 8190 . ':'),
	    '431 close'],
	['6585 5', 'white space counts', asked('GET /a', 'X:' . ' ' x 8189),
	    '431 close'],
	['6585 5', 'no end', "${line}X: " . 'v' x 60_000, '431 close'],
	['6585 5', 'too much in all', asked('GET /a',
	    map { 'X: ' . 'v' x 8000 } 1 .. 20), '431 close'],
	['6585 5', 'a cookie too large', asked('GET /a', 'Cookie: ' .
	    'c' x 16_000), '431 close'],
);

my @hosts = (
	(map { ['9110 7.2', "Host: $_", asked('GET /a', "Host: $_"),
	    '200 keep'] }
	    '', 'a', 'A', 'example.org', 'EXAMPLE.org', 'example.org.',
	    'xn--4ca.example', 'a-b.c', '-a', 'a_b', '_dmarc.a', '127.0.0.1',
	    '999.1.1.1', '1', '0x7f.1', 'a:80', 'a:', 'a:0', 'a:00080',
	    'a:65535', '[::1]', '[::1]:80', '[::1]:', '[::]',
	    '[2001:DB8::1]', '[1:2:3:4:5:6:7:8]', '[::ffff:127.0.0.1]',
	    '[v1.fe80:a]', '%41', 'a%2eb', '%c3%a4', "!\$&'()*+,;=~", '*',
	    '.', 'a..b', 'a' x 255, 'a' x 1000),
	(map { ['9110 5.5', "Host:$_|", asked('GET /a', "Host:$_"),
	    '200 keep'] } "\ta\t", '   a   ', 'a', ' '),
	(map { ['9112 3.2', "Host: $_", asked('GET /a', "Host: $_"),
	    '400 close'] }
	    'a b', "a\tb", 'a, b', 'a/', '/', 'a/b', 'a\\b', '\\', 'a?b',
	    'a#b', '#', 'u@a', 'u:p@a', '@a', 'a@', 'http://a', 'http://a/',
	    'a"b', '"a"', 'a<b', '<a>', 'a^b', 'a`b', 'a{b}', 'a|b', 'a%',
	    'a%4', 'a%4g', '%zz', '%%', ':', ':80', 'a:b', 'a:80x', 'a:x80',
	    'a:-1', 'a:+1', 'a: 80', 'a :80', 'a:8 0', 'a:80:80', 'a::80',
	    'a:65536', 'a:99999999999999999999', 'a:0x50', 'a:80,', '::1',
	    '::1:80', '[', ']', '[]', '[::1', '::1]', '[::1]a', '[::1]]',
	    '[[::1]]', 'a[::1]', '[::1]80', '[::1]:x', '[a]', '[1]',
	    '[127.0.0.1]', '[:1]', '[:::1]', '[1::2::3]',
	    '[1:2:3:4:5:6:7:8:9]', '[1:2:3:4:5:6:7]', '[12345::]', '[g::]',
	    '[::256.0.0.1]', '[::1 ]', '[fe80::1%25eth0]', '[fe80::1%eth0]',
	    '[v1]', '[v1.]', '[v.a]', '[vg.a]', '[v1.a/b]', "a\xc3\xa4",
	    "\xe4", "a\x01", "a\x7f", "a\0", "a\0.b"),
	['9112 3.2', 'no Host', "$line\r\n", '400 close'],
	['9112 3.2', 'no Host in HTTP/1.2', "GET /a HTTP/1.2\r\n\r\n",
	    '400 close'],
	['9112 3.2', 'no Host, another method', "FOO /a HTTP/1.1\r\n\r\n",
	    '400 close'],
	['9112 3.2', 'no Host, a path that is missing',
	    "GET /none HTTP/1.1\r\n\r\n", '400 close'],
	['9112 3.2', 'no Host, but other names for it',
	    "${line}X-Forwarded-Host: a\r\nHosts: a\r\nHos: a\r\n\r\n",
	    '400 close'],
	['9112 3.2', 'no Host in HTTP/1.0', "GET /a HTTP/1.0\r\n\r\n",
	    '200 close'],
	['9112 3.2', 'a bad one in HTTP/1.0',
	    "GET /a HTTP/1.0\r\nHost: a b\r\n\r\n", '400 close'],
	['9112 3.2', 'two in HTTP/1.0',
	    "GET /a HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", '400 close'],
	(map { ['9112 3.2', "two: $_->[0], $_->[1]", asked('GET /a',
	    "Host: $_->[0]", 'X: y', "hOST: $_->[1]"), '400 close'] }
	    ['a', 'b'], ['a', 'a'], ['a', ''], ['', 'a'], ['', ''],
	    ['a', 'A'], ['a', 'b c']),
	(map { ['9112 3.2.2', "who answers for $_->[0]",
	    asked('GET /who', "Host: $_->[0]"), $_->[1]] }
	    ['two.test', '200 keep'], ['TWO.test:99', '200 keep'],
	    ['two.test:', '200 keep'], ['xtwo.test', '404 keep'],
	    ['two.test.evil', '404 keep'], ['', '404 keep']),
	['9110 7.2', 'anywhere among the fields', asked('GET /who',
	    (map { "X-$_: a" } 1 .. 50), 'Host: two.test', 'Y: b'),
	    '200 keep'],
);

sub rows { return (@good, @bad, @limits, @hosts) }

1;
