# SPDX-License-Identifier: BSD-2-Clause
#
# Requests of all kinds, good and bad, as the bytes that go over an HTTP/1
# connection.
#
#	for my $m (Drover::Mixed::all()) {
#		$m->{group};	# "target"
#		$m->{name};	# "target: /a%00"; unique
#		$m->{bytes};	# the row's own request, and a good one behind
#		$m->{head};	# true where the first request is a HEAD
#	}
#
# Behind each request comes one for /next, which is answered only where the
# server still believes to know where it begins.  {ETAG} and {DATE} in bytes
# stand for the entity-tag and the date that the server gives for /a.txt.
# files() are what the targets ask for.
package Drover::Mixed;

use strict;
use warnings;

our $NEXT = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n";
my $HOST = "Host: localhost\r\n";
my $TEXT = join '', map { sprintf "%03d\n", $_ } 0 .. 249;

sub files {
	return {
		'a.txt' => $TEXT, 'next' => "the next one\n", 'empty' => '',
		'index.html' => "<p>top\n", 'dir/index.html' => "<p>dir\n",
		'dir/deep/x.html' => "<p>x\n", 'bare/x' => 'x',
		'sp ace.txt' => "space\n", 'per%cent' => "percent\n",
		"\xc3\xa9.txt" => "letter\n", 'plus+.txt' => "plus\n",
		'semi;colon' => "semicolon\n", '..dots' => "dots\n",
		'no-type' => "none\n", 'a:b' => "colon\n", 'inside.txt' => "inside\n",
	};
}

my (@rows, %names);

# A name that has been used gets a number.
sub row {
	my ($group, $what, $request, $alone) = @_;
	my $name = "$group: " . ($what =~ s/\r\n$//r)
	    =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger;
	$name = substr($name, 0, 67) . '...' if length $name > 70;
	my $count = $names{$name}++;
	$name .= ' (' . ($count + 1) . ')' if $count;
	push @rows, { group => $group, name => $name, head => scalar($request =~ /^\s*HEAD /),
		bytes => $request . ($alone ? '' : $NEXT) };
	return;
}

sub get { return "GET $_[0] HTTP/1.1\r\n$HOST\r\n" }

# ---- Lines and targets ----------------------------------------------------

sub lines {
	my @lines = ('GET  /a.txt HTTP/1.1', 'GET /a.txt  HTTP/1.1',
	    ' GET /a.txt HTTP/1.1', "GET\t/a.txt HTTP/1.1",
	    "GET /a.txt\tHTTP/1.1", 'GET /a.txt HTTP/1.1 ',
	    "GET /a.txt HTTP/1.1\t", 'GET /a.txt', 'GET', '/a.txt HTTP/1.1',
	    'GET HTTP/1.1', 'GET /a.txt HTTP/1.1 x', "GET /a.txt\x0bHTTP/1.1",
	    "GET /a.txt\x0c HTTP/1.1", "GET\x00 /a.txt HTTP/1.1",
	    "GET /a.txt HTTP/1.1\x00", 'G?T /a.txt HTTP/1.1',
	    'G"T /a.txt HTTP/1.1', 'GET: /a.txt HTTP/1.1',
	    "G\xc8T /a.txt HTTP/1.1", '"GET" /a.txt HTTP/1.1',
	    "GET /a\r.txt HTTP/1.1", "GET /a.txt HTTP/1.1\r",
	    "\x01 /a.txt HTTP/1.1");
	row('line', $_, "$_\r\n$HOST\r\n") for @lines;
	my @versions = ('HTTP/1.0', 'HTTP/1.1', 'HTTP/1.2', 'HTTP/1.9',
	    'HTTP/1.10', 'HTTP/1.01', 'HTTP/01.1', 'HTTP/2.0', 'HTTP/3.0',
	    'HTTP/0.9', 'HTTP/9.9', 'HTTP/1', 'HTTP/1.', 'HTTP/.1', 'HTTP/11',
	    'HTTP/1.1.1', 'HTTP/1,1', 'HTTP/ 1.1', 'HTTP 1.1', 'HTTP1.1',
	    'http/1.1', 'Http/1.1', 'HTTPS/1.1', 'HTTP//1.1', 'HTTP/x.y',
	    'HTTP/-1.1', 'HTTP/+1.1', 'HTTP/1.-1', 'HTTP/0x1.1', 'FTP/1.1',
	    'HTTP/999999999999.1', 'HTTP/1.99999999999');
	row('version', $_, "GET /a.txt $_\r\n$HOST\r\n") for @versions;
	row('blank', 'one line before', "\r\n" . get('/a.txt'));
	row('blank', 'two lines before', "\r\n\r\n" . get('/a.txt'));
	row('blank', 'a bare LF before', "\n" . get('/a.txt'));
	row('blank', 'a bare CR before', "\r" . get('/a.txt'));
	row('blank', 'many lines before', "\r\n" x 50 . get('/a.txt'));
	row('ends', 'LF alone', get('/a.txt') =~ s/\r\n/\n/gr);
	row('ends', 'LF alone in the line', get('/a.txt') =~ s/\r\n/\n/r);
	row('ends', 'CR alone', get('/a.txt') =~ s/\r\n/\r/gr);
	row('ends', 'LF CR', get('/a.txt') =~ s/\r\n/\n\r/gr);
	row('ends', 'CR CR LF', get('/a.txt') =~ s/\r\n/\r\r\n/gr);
	row('ends', 'an empty line of LF', "GET /a.txt HTTP/1.1\r\n$HOST\n");
	row('0.9', 'GET /a.txt', "GET /a.txt\r\n", 1);
	row('0.9', 'without CR', "GET /a.txt\n", 1);
	row('0.9', 'HEAD /a.txt', "HEAD /a.txt\r\n", 1);
	row('preface', 'of HTTP/2', "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 1);
	row('preface', 'of TLS', "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 1);
	row('preface', 'of SSH', "SSH-2.0-OpenSSH_9.2\r\n", 1);
	row('preface', 'of a proxy', "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", 1);
	return;
}

sub targets {
	no warnings 'qw';
	my @good = qw(/ /a.txt /a%2etxt /%61.txt /%61%2Etxt /a.txt? /a.txt?q
	    /a.txt?q=/../ /a.txt?%zz /a.txt?a=%00 /a.txt?"<> /a.txt??? /dir
	    /dir/ /dir?q=1 /dir/index.html /dir/deep /bare /bare/ /bare/x
	    /sp%20ace.txt /sp+ace.txt /per%25cent /per%2525cent /%c3%a9.txt
	    /%C3%A9.txt /%e9.txt /plus+.txt /plus%2b.txt /semi;colon
	    /semi%3bcolon /..dots /.../a.txt /a.txt/ /a.txt/x /a.txt/../next
	    /none /none/x /no-type /a:b /empty /a.txt; /a.txt;x=1 /A.TXT
	    /a.txt&b /a.txt=b /a.txt@b /(a) /a* /~user /$a /a,b /!a);
	my @dots = qw(/./a.txt /dir/../a.txt /dir/./../a.txt /dir/deep/../../a.txt
	    /none/../a.txt /.. /../ /../a.txt /../../etc/passwd /dir/../../a.txt
	    /%2e/a.txt /%2e%2e/a.txt /.%2e/a.txt /dir/%2e%2e/a.txt
	    /dir/.%2E/a.txt /dir/..%2fa.txt /..%2fa.txt /%2e%2e%2fa.txt
	    /dir/%2e%2e%2f%2e%2e%2fetc/passwd /. /dir/. /dir/.. /dir/deep/..
	    /..%5ca.txt /..\\a.txt /dir\\..\\a.txt /.%00./a.txt /a.txt/..
	    /a.txt/. /%252e%252e/a.txt /%u002e/a.txt /%c0%ae%c0%ae/a.txt);
	my @slashes = qw(//a.txt ///a.txt //dir //dir/ /dir//index.html
	    /dir///deep//x.html /dir// //localhost/dir //evil.example/
	    //evil.example/..;/ /\\evil.example /%2fa.txt /dir%2findex.html
	    /dir%2Findex.html /dir%2f /dir%2f%2findex.html //..//a.txt
	    /%2f%2fevil.example/%2e%2e /dir/%2e%2e//a.txt /%5cevil.example);
	my @bad = ('/a%', '/a%2', '/a%zz', '/a%2g', '/%', '/%%', '/a%00',
	    '/a.txt%00', '/a.txt%00.html', '/%0a', '/%0d%0aX:y', '/%7f', '/%1b',
	    "/a\x00b", "/a\x01", "/a\x1f", "/a\x7f", "/\xc3\xa9.txt", "/a\xff",
	    '/a#b', '/a.txt#b', '/a"b', '/a<b>', '/a^b', '/a`b', '/a{b}',
	    '/a|b', '/a\\b', '/a[b]', '/a.txt?a[]=1', "/a.txt?\xff",
	    "/a.txt?\x01", '/a.txt?a#b', 'a.txt', '?q', './a.txt', '../a.txt',
	    '*', '*x', '/*', '#', '%2fa.txt', '\\a.txt', '.', 'x:y');
	my @whole = qw(http://localhost/a.txt http://localhost http://localhost/
	    http://localhost?q HTTP://LOCALHOST/a.txt http://other/a.txt
	    http://localhost:80/a.txt http://localhost:/a.txt
	    http://localhost:99999/a.txt http://localhost:x/a.txt
	    http:///a.txt http:/a.txt http:a.txt http://user@localhost/a.txt
	    http://user:pass@localhost/a.txt http://[::1]/a.txt http://[::1/a.txt
	    http://::1/a.txt http://127.0.0.1/a.txt https://localhost/a.txt
	    ftp://localhost/a.txt file:///etc/passwd http://local%68ost/a.txt
	    http://localhost/../a.txt http://localhost//a.txt http://a_b/a.txt
	    http://localhost\\a.txt http://localhost#a http://a,b/a.txt
	    http://"a"/a.txt http://localhost/a.txt#b 1http://localhost/
	    http://local<host/a.txt localhost:80 localhost);
	row('target', $_, get($_)) for @good, @dots, @slashes, @bad;
	row('absolute', $_, get($_)) for @whole;
	row('long', "a name of $_", get('/' . 'n' x $_)) for 255, 256, 4096;
	row('long', 'a path of many names', get('/name' x 1000));
	row('long', "a line of $_", get('/a.txt?' . 'q' x $_)) for 6000, 20_000;
	row('long', 'a path up and down', get('/dir/..' x 300 . '/a.txt'));
	return;
}

# ---- Fields and hosts -----------------------------------------------------

sub fields {
	my @good = ('X:', 'X: ', 'X:y', "X:\ty\t", 'X:   y   ', 'x-y_z: 1',
	    "!#\$%&'*+.^_`|~: 1", 'X: "', 'X: :', 'X: a:b', "X: \x80\xff",
	    'X: ' . 'y' x 4000, 'X: {}[]()<>@,;', '1: 2', 'Cookie: a=b',
	    "Cookie: a\r\nCookie: b", "Accept: a\r\nACCEPT: b",
	    'Content-Type: nonsense', 'Referer: ', 'User-Agent: "\\"',
	    'Authorization: Basic x', 'Accept-Language: *', 'Date: yesterday',
	    'Upgrade: x', 'Upgrade: h2c', 'TE: trailers', 'TE: gzip;q=x',
	    'Via: 1.1 x', 'Max-Forwards: 0', 'Cache-Control: no-cache',
	    'Pragma: no-cache', 'Accept: nothing/at-all', 'Accept: a/b;q=0',
	    'Accept-Charset: none', 'Accept-Encoding:', 'Accept-Encoding: *;q=0',
	    'Accept-Encoding: identity;q=0', 'Accept-Encoding: gzip, br',
	    'Accept-Encoding: ,,', 'Accept-Encoding: gzip;q=2',
	    'Proxy-Connection: keep-alive', 'Keep-Alive: timeout=1');
	my @bad = ('X', 'X y', 'X : y', "X\t: y", ' X: y', "\tX: y", ': y', ':',
	    ' : y', 'X y: z', "X\x00: y", "X\x01: y", "X\x7f: y", "X\xe9: y",
	    'X(: y', 'X): y', 'X/: y', 'X@: y', 'X[: y', 'X{: y', 'X": y',
	    'X;: y', 'X,: y', 'X=: y', 'X?: y', 'X\\: y', "X: a\x00b",
	    "X: a\x01b", "X: a\x0bb", "X: a\x1bb", "X: a\x7fb", "X: a\rb",
	    "X: a\r", "X: \ra", "X: a\nb", "X: a\nY: b", "X: a\r\n b",
	    "X: a\r\n\tb", "X:\r\n a", "X: a\r\n \r\n b", "X: a\r\r\nY: b",
	    "\x00: y", "\r: y", "X\r: y", "X\n: y");
	row('field', $_, "GET /a.txt HTTP/1.1\r\n$HOST$_\r\n\r\n")
	    for @good, @bad;
	row('field', "first, $_", "GET /a.txt HTTP/1.1\r\n$_\r\n$HOST\r\n")
	    for ' X: y', "\tX: y", 'X', ': y', 'X : y', 'Host : x';
	row('field', "$_ of them", "GET /a.txt HTTP/1.1\r\n$HOST" .
	    "A: b\r\n" x $_ . "\r\n") for 50, 200, 2000;
	row('field', "one of $_", "GET /a.txt HTTP/1.1\r\n$HOST" .
	    'X: ' . 'y' x $_ . "\r\n\r\n") for 12_000, 40_000;
	row('field', "a name of $_", "GET /a.txt HTTP/1.1\r\n$HOST" .
	    'X' x $_ . ": y\r\n\r\n") for 300, 12_000;
	return;
}

sub hosts {
	my @good = ('localhost', 'LOCALHOST', 'localhost:80', 'localhost:',
	    'localhost:65535', '127.0.0.1', '127.0.0.1:80', '[::1]', '[::1]:80',
	    'other.example', 'a.b.c.d.e', 'localhost.', 'a-b', 'a_b', 'a~b',
	    '1', '1.2.3', '1.2.3.4.5', '999.999.999.999', 'xn--bcher-kva',
	    'a%20b', '%41', "a!\$&'()*+,;=b", '-', 'a..b', '.', '.a', '[v1.x]',
	    '[::ffff:1.2.3.4]', 'a' x 255);
	my @bad = ('a b', "a\tb", 'a/b', '/', 'a?b', 'a#b', 'a@b', 'user@a',
	    'user:pass@a', 'a\\b', 'a"b', 'a<b', 'a>b', 'a[b', 'a]b', 'a^b',
	    'a`b', 'a{b', 'a|b', 'a}b', "a\x00b", "a\x01b", "a\x7fb",
	    "\xc3\xa9", 'a%', 'a%2', 'a%zz', 'a:b', 'a:80:80', 'a:-1', 'a:+80',
	    'a:8 0', 'a:65536', 'a:99999999999', '::1', '[::1', '::1]', '[]',
	    '[:::1]', '[1]', '[::1]80', '[::1]:x', '[::1]a', '[::g]', 'a[::1]',
	    '[::1%25lo]', '[v.x]', '[fe80::1%lo]', 'http://a', '//a', 'a,b c',
	    'a, b');
	row('host', $_, "GET /a.txt HTTP/1.1\r\nHost: $_\r\n\r\n")
	    for @good, @bad;
	my @several = ('', "Host:\r\n", "Host: \r\n", "$HOST$HOST",
	    "Host: a\r\nHost: b\r\n", "${HOST}host: localhost\r\n",
	    "${HOST}Host:\r\n", "Host:\r\n$HOST", "Host: a\r\n b\r\n",
	    "Host : localhost\r\n", " Host: localhost\r\n", "Hos: localhost\r\n");
	for my $version ('1.1', '1.0') {
		row("hosts $version", $_, "GET /a.txt HTTP/$version\r\n$_\r\n")
		    for @several;
	}
	row('hosts 1.0', $_, "GET /a.txt HTTP/1.0\r\nHost: $_\r\n\r\n")
	    for 'a b', 'a@b', 'localhost';
	row('hosts absolute', $_,
	    "GET http://localhost/a.txt HTTP/1.1\r\n$_\r\n")
	    for '', "Host: other\r\n", "Host: a b\r\n", "$HOST$HOST",
	    "Host:\r\n";
	return;
}

# ---- Bodies ---------------------------------------------------------------

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

# ---- What a request may ask for -------------------------------------------

sub conditions {
	my $old = 'Sat, 01 Jan 2000 00:00:00 GMT';
	my $new = 'Fri, 01 Jan 2038 00:00:00 GMT';
	my %value = ('If-Match' => ['*', '{ETAG}', '"x"', 'W/{ETAG}',
		'"x", {ETAG}', '"x",{ETAG},"y"', '', 'x', '"', ',', '*, "x"'],
	    'If-None-Match' => ['*', '{ETAG}', '"x"', 'W/{ETAG}', 'W/"x"',
		'"x", {ETAG}', '"x" , W/{ETAG}', '', 'x', '"', ',', 'w/{ETAG}',
		'{ETAG}x'],
	    'If-Modified-Since' => ['{DATE}', $old, $new, 'x', '', '0', '-1',
		'Saturday, 01-Jan-00 00:00:00 GMT', 'Sat Jan  1 00:00:00 2000',
		'Fri, 01 Jan 2038 00:00:00 UTC', 'Fri, 32 Jan 2038 00:00:00 GMT',
		'Fri, 01 Jan 2038 25:00:00 GMT', '{DATE}; length=1'],
	    'If-Unmodified-Since' => ['{DATE}', $old, $new, 'x', '',
		'Saturday, 01-Jan-00 00:00:00 GMT', 'Sat Jan  1 00:00:00 2000']);
	for my $name (sort keys %value) {
		for my $method ('GET', 'HEAD') {
			row("condition $method", "$name: $_", "$method /a.txt " .
			    "HTTP/1.1\r\n$HOST$name: $_\r\n\r\n")
			    for @{ $value{$name} };
		}
	}
	my @sets = (['If-Match: {ETAG}', "If-None-Match: {ETAG}"],
	    ['If-Match: "x"', 'If-None-Match: {ETAG}'],
	    ['If-Match: {ETAG}', "If-Unmodified-Since: $old"],
	    ['If-Match: "x"', "If-Unmodified-Since: $new"],
	    ['If-None-Match: "x"', 'If-Modified-Since: {DATE}'],
	    ['If-None-Match: {ETAG}', "If-Modified-Since: $old"],
	    ["If-Unmodified-Since: $old", 'If-None-Match: {ETAG}'],
	    ['If-None-Match: "x"', 'If-None-Match: {ETAG}'],
	    ['If-None-Match: {ETAG}', 'Range: bytes=0-1'],
	    ['If-Match: "x"', 'Range: bytes=0-1'],
	    ['If-Modified-Since: {DATE}', 'Range: bytes=9999-']);
	row('conditions', join(' + ', @$_), join "\r\n", 'GET /a.txt HTTP/1.1',
	    'Host: localhost', @$_, '', '') for @sets;
	row('condition on none', $_, "GET /none HTTP/1.1\r\n$HOST$_\r\n\r\n")
	    for 'If-Match: *', 'If-None-Match: *', "If-Modified-Since: $new";
	row('condition on a redirect', $_, "GET /dir HTTP/1.1\r\n$HOST$_\r\n\r\n")
	    for 'If-Match: "x"', 'If-None-Match: *';
	return;
}

sub ranges {
	my @ranges = ('0-0', '0-', '0-999', '0-9999', '999-', '1000-', '999-999',
	    '1000-1000', '-1', '-1000', '-9999', '-0', '1-0', '5-3', '', '-', 'x',
	    '0', '0-x', 'x-0', '0 -1', '0- 1', ' 0-1', '0-1 ', "0-1\t", '+0-1',
	    '0x0-1', '--1', '0-1-2', '00-01', '0-1,', ',0-1', ',,0-1,,', ',',
	    '0-0,2-2', '0-0, 2-2', "0-0\t,\t2-2", '2-2,0-0', '0-5,3-9',
	    '0-0,-1', '0-0,2000-', '2000-,0-0', '2000-,3000-', '0-0,x',
	    '0-0,5-3', '0-,0-,0-', '0-0,1-1,2-2,3-3,4-4,5-5',
	    '99999999999999999999-', '0-99999999999999999999',
	    '-99999999999999999999', '18446744073709551616-18446744073709551617',
	    '0-18446744073709551616', join(',', map { "$_-$_" } 0 .. 150),
	    join(',', ('0-') x 50));
	row('range', "bytes=$_", "GET /a.txt HTTP/1.1\r\n$HOST" .
	    "Range: bytes=$_\r\n\r\n") for @ranges;
	my @fields = ('bytes 0-1', 'BYTES=0-1', 'Bytes=0-1', 'bytes =0-1',
	    'bytes= 0-1', 'lines=0-1', '=0-1', '0-1', 'bytes', 'bytes=0-1;x',
	    "bytes=0-1\r\nRange: bytes=2-3", 'bytes:0-1');
	row('range', $_, "GET /a.txt HTTP/1.1\r\n${HOST}Range: $_\r\n\r\n")
	    for @fields;
	for my $if ('{ETAG}', 'W/{ETAG}', '"x"', '{DATE}', 'x', '', '*',
	    'Sat, 01 Jan 2000 00:00:00 GMT', 'Fri, 01 Jan 2038 00:00:00 GMT',
	    '{ETAG}, "x"') {
		row('if-range', $if, "GET /a.txt HTTP/1.1\r\n$HOST" .
		    "If-Range: $if\r\nRange: bytes=0-1\r\n\r\n");
	}
	row('if-range', 'without Range',
	    "GET /a.txt HTTP/1.1\r\n${HOST}If-Range: {ETAG}\r\n\r\n");
	row('range of', $_->[0], "$_->[0] HTTP/1.1\r\n$HOST" .
	    "Range: bytes=$_->[1]\r\n\r\n") for ['GET /empty', '0-'],
	    ['GET /empty', '0-0'], ['GET /empty', '-1'], ['HEAD /a.txt', '0-1'],
	    ['GET /none', '0-1'], ['GET /dir', '0-1'], ['HEAD /a.txt', '2000-'],
	    ['GET /dir/', '0-1'];
	return;
}

sub methods {
	my @methods = qw(GET HEAD POST PUT DELETE OPTIONS TRACE CONNECT PATCH
	    PROPFIND LOCK BREW get Get head GETT GE G! X-Y QUERY PRI LINK);
	for my $target ('/a.txt', '/none', '/dir', '/dir/') {
		row('method', "$_ $target", "$_ $target HTTP/1.1\r\n$HOST\r\n")
		    for @methods;
	}
	row('method', "$_ *", "$_ * HTTP/1.1\r\n$HOST\r\n")
	    for qw(GET OPTIONS HEAD TRACE POST X);
	row('method', "$_ 1.0", "$_ /a.txt HTTP/1.0\r\n\r\n")
	    for qw(GET HEAD POST OPTIONS TRACE PUT X);
	row('method', $_, "$_ HTTP/1.1\r\n$HOST\r\n") for
	    'CONNECT localhost:80', 'CONNECT localhost', 'CONNECT [::1]:1',
	    'CONNECT http://localhost/', 'GET localhost:80',
	    'OPTIONS http://localhost', 'OPTIONS *x', 'X' x 100 . ' /';
	row('method', 'TRACE with a body', "TRACE /a.txt HTTP/1.1\r\n$HOST" .
	    "Content-Length: 1\r\n\r\nx");
	return;
}

sub connections {
	my @values = ('close', 'Close', 'CLOSE', 'closed', 'close, x', 'x, close',
	    'x,close', 'keep-alive', 'Keep-Alive', 'keep-alive, close',
	    'close, keep-alive', '', ',', 'closex', 'x-close', '"close"',
	    'close;x', "x\r\nConnection: close", 'upgrade', 'TE');
	for my $version ('1.0', '1.1') {
		row("connection $version", $_, "GET /a.txt HTTP/$version\r\n" .
		    "${HOST}Connection: $_\r\n\r\n") for @values;
	}
	row('connection 1.0', 'nothing', "GET /a.txt HTTP/1.0\r\n$HOST\r\n");
	row('connection 1.0', 'HEAD keep-alive',
	    "HEAD /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	row('connection 1.0', 'none keep-alive',
	    "GET /none HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	row('connection', "$_ requests", get('/a.txt') x $_) for 2, 10, 40;
	row('connection', 'HEAD, then GET',
	    "HEAD /none HTTP/1.1\r\n$HOST\r\n" . get('/a.txt'));
	row('upgrade', $_, "GET /a.txt HTTP/1.1\r\n${HOST}Connection: Upgrade" .
	    "\r\nUpgrade: $_\r\n\r\n") for 'h2c', 'websocket', 'x', 'HTTP/2.0';
	for my $expect ('100-continue', '100-Continue', '100-continue, x', 'x',
	    '', '100', '200-ok') {
		row('expect', "GET, $expect", "GET /a.txt HTTP/1.1\r\n$HOST" .
		    "Expect: $expect\r\n\r\n");
		row('expect', "POST, $expect", "POST /a.txt HTTP/1.1\r\n$HOST" .
		    "Expect: $expect\r\nContent-Length: 3\r\n\r\nabc");
	}
	row('expect', '1.0', "GET /a.txt HTTP/1.0\r\n${HOST}Expect: x\r\n\r\n");
	my $whole = get('/a.txt');
	row('cut', "after $_", substr($whole, 0, $_), 1)
	    for 0, 1, 3, 4, 10, 12, 20, 21, 22, 30, length($whole) - 2,
	    length($whole) - 1;
	return;
}

sub all {
	return @rows if @rows;
	$_->() for \&lines, \&targets, \&fields, \&hosts, \&bodies, \&codings,
	    \&chunks, \&conditions, \&ranges, \&methods, \&connections;
	return @rows;
}

1;
