# SPDX-License-Identifier: BSD-2-Clause
#
# Request lines, targets, fields, hosts.
package Drover::Mixed::Heads;

use strict;
use warnings;

use Drover::Mixed qw(get row $HOST);

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

sub add {
	lines();
	targets();
	fields();
	hosts();
	return;
}

1;
