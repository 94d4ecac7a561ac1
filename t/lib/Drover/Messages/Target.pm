# SPDX-License-Identifier: BSD-2-Clause
#
# Targets: their forms (RFC 9112, 3.2), their escapes and segments (RFC 3986).
package Drover::Messages::Target;

use strict;
use warnings;
use Drover::Messages qw(asked);

sub two { return { body => qr/^two/ } }

my @absolute = (
	['9112 3.2.2', 'goes before Host',
	    asked('GET http://two.test/who', 'Host: default.test'), '200 keep',
	    two()],
	['9112 3.2.2', 'any case', asked('GET HTTP://TWO.test/who'),
	    '200 keep', two()],
	['9112 3.2.2', 'with a port', asked('GET http://two.test:8080/who'),
	    '200 keep', two()],
	['9112 3.2.2', 'with an empty one', asked('GET http://two.test:/who'),
	    '200 keep', two()],
	['9112 3.2.2', 'no path', asked('GET http://two.test'), '200 keep',
	    two()],
	['9112 3.2.2', 'no path, but a query', asked('GET http://two.test?a'),
	    '200 keep', two()],
	['3986 3.2.2', 'an address', asked('GET http://[::1]:80/a'),
	    '200 keep', { body => qr/^aa/ }],
	['3986 3.2.2', 'an escape in the name', asked('GET http://a%20b/a'),
	    '200 keep'],
	['9112 3.2.2', 'for OPTIONS', asked('OPTIONS http://two.test'),
	    '200 keep'],
	['9112 3.2', 'no Host beside it',
	    "GET http://two.test/who HTTP/1.1\r\n\r\n", '400 close'],
	['9112 3.2', 'a bad Host beside it',
	    asked('GET http://two.test/who', 'Host: a b'), '400 close'],
	['9112 3.2.2', 'HTTP/1.0', "GET http://two.test/who HTTP/1.0\r\n\r\n",
	    '200 close', two()],
	['9110 7.4', 'https without TLS', asked('GET https://two.test/who'),
	    '421 keep'],
	['9110 7.4', 'the same in capitals', asked('GET HTTPS://two.test/who'),
	    '421 keep'],
	['9110 7.4', 'the same, badly', asked('GET https://two.test/%zz'),
	    '400 close'],
	['9110 7.4', 'the same, of nobody', asked('GET https:///who'),
	    '400 close'],
	(map { ['9112 3.2.2', "scheme of $_", asked("GET $_"), '400 close'] }
	    'ftp://two.test/who', 'ws://two.test/who', 'file:///etc/passwd',
	    'httpx://two.test/who', 'htt://two.test/who', 'urn:a', 'data:,a',
	    'javascript:alert(1)', 'about:blank', '://two.test/who'),
	(map { ['9110 4.2.1', $_, asked("GET $_"), '400 close'] }
	    'http:', 'http:/', 'http://', 'http:a', 'http:/a', 'http:///a',
	    'http://:80/a', 'http://?a', 'http:\\\\two.test\\who'),
	(map { ['9110 4.2.4', "user of $_", asked("GET $_"), '400 close'] }
	    'http://u@two.test/who', 'http://u:p@two.test/who',
	    'http://@two.test/who', 'http://two.test@evil.test/who',
	    'http://two.test:80@evil.test/who'),
	(map { ['3986 3.2', $_, asked("GET $_"), '400 close'] }
	    'http://two.test:x/', 'http://two.test:99999/',
	    'http://two.test:80:80/', 'http://[::1/', 'http://::1]/',
	    'http://[::1]x/', 'http://two.test\\/who', 'http://a"b/',
	    'http://<a>/', 'http://a^b/', 'http://a|b/', 'http://a%2/',
	    'http://a%zz/'),
	['3986 5.2.4', 'above its root', asked('GET http://two.test/../a'),
	    '400 close'],
);

my @forms = (
	['9112 3.2.4', 'asterisk', asked('OPTIONS *'), '200 keep'],
	(map { ['9112 3.2.4', "asterisk for $_", asked("$_ *"),
	    ($_ eq 'HEAD' ? 'H' : '') . '400 close'] }
	    qw(GET HEAD POST PUT TRACE FOO)),
	(map { ['9112 3.2.4', "asterisk and more: $_", asked("OPTIONS $_"),
	    '400 close'] } '**', '*?a', '*/', '/*a b', '*#', '%2A'),
	['9110 9.3.6', 'authority', asked('CONNECT a.test:443'), '405 close',
	    { allow => qr/GET/ }],
	['9110 9.3.6', 'an address', asked('CONNECT [::1]:443'), '405 close'],
	(map { ['9112 3.2.3', "CONNECT to $_", asked("CONNECT $_"),
	    '400 close'] } 'a.test', 'a.test:', 'a.test:0', ':443',
	    'a.test:99999', 'a.test:x', 'u@a.test:443', '/', '/a', '*',
	    'http://a.test/', 'a.test:443/', 'a.test:443?a', '[::1]',
	    'a.test:443:443'),
	(map { ['9112 3.2.3', "$_, but no CONNECT", asked("GET $_"),
	    '400 close'] } 'a.test:80', 'a.test', '127.0.0.1:80'),
	(map { ['9112 3.2', "no form: $_", asked("GET $_"), '400 close'] }
	    'a', 'a/b', './a', '../a', '?a', '#a', ';a', '.', '\\a', '%2Fa',
	    '"/a"', '&'),
);

my @queries = (
	(map { ['3986 3.4', "query $_", asked("GET /a?$_"), '200 keep',
	    { body => qr/^aa/ }] } '', '?', 'a=b&c=d', '/../../etc', '%2f',
	    '%00', '%zz', '%', '//', 'a[]=1', '{"a":1}', '`|^<>\\'),
	(map { ['3986 3.4', sprintf('byte %02x in a query', $_),
	    "GET /a?" . chr($_) . " HTTP/1.1\r\nHost: a\r\n\r\n",
	    '400 close'] } 0, 1, 9, 0x0b, 0x1b, 0x7f, 0x80, 0xff),
	['3986 3.5', 'fragment', asked('GET /a#b'), '400 close'],
	['3986 3.5', 'an empty one', asked('GET /a#'), '400 close'],
	['3986 3.5', 'one of a query', asked('GET /a?b#c'), '400 close'],
	['3986 3.5', 'alone', asked('GET /#'), '400 close'],
	['3986 3.5', 'of an absolute form', asked('GET http://two.test/#a'),
	    '400 close'],
	['3986 3.5', 'right behind a host', asked('GET http://two.test#a'),
	    '400 close'],
	['3986 3.5', 'escaped', asked('GET /a%23b'), '404 keep'],
);

my @escapes = (
	['3986 2.1', 'an escape', asked('GET /%61'), '200 keep',
	    { body => qr/^aa/ }],
	['3986 2.1', 'a space', asked('GET /sp%20ace'), '200 keep'],
	['3986 2.1', 'a plus is none', asked('GET /sp+ace'), '404 keep'],
	['3986 2.1', 'UTF-8', asked('GET /%C3%a4'), '200 keep'],
	['3986 2.1', 'an escaped query', asked('GET /a%3fb'), '404 keep'],
	(map { ['3986 2.4', "once: $_", asked("GET $_"), '404 keep'] }
	    '/%2561', '/%252561', '/%252e%252e/a', '/%252f', '/dir%252fsub',
	    '/%25%36%31'),
	(map { ['3986 2.1', "no escape: $_", asked("GET $_"), '400 close'] }
	    '/%', '/%6', '/%6g', '/%g6', '/%%', '/%%61', '/a%', '/a%2',
	    '/%u0061', '/%-1', '/%+6', '/%x61', '/%0x61', '/%/a', '/%.1',
	    '/dir/%zz/a', '/%2/a', '/%?a'),
	(map { ['3986 7.3', "NUL: $_", asked("GET $_"), '400 close'] }
	    '/%00', '/a%00', '/a%00.html', '/%00/a', '/dir/%00', '/%00%61',
	    '/dir%00/index.html', '/a%00?b'),
	(map { ['3986 2.1', "an escaped control: $_", asked("GET $_"),
	    '404 keep'] } '/%01', '/%09', '/%0a', '/%0d%0aX:%20y', '/%1b[0m',
	    '/%7f', '/a%0a'),
	(map { ['3986 2.1', "no UTF-8: $_", asked("GET $_"), '404 keep'] }
	    '/%ff', '/%80', '/%c0%ae%c0%ae/a', '/%c0%af', '/%e0%80%af',
	    '/%ed%a0%80', '/%f8%88%80%80%80'),
	(map { ['9112 3.2', sprintf('byte %02x', $_),
	    'GET /a' . chr($_) . "b HTTP/1.1\r\nHost: a\r\n\r\n",
	    '400 close'] } 0 .. 0x1f, 0x7f, 0x80, 0xa0, 0xc3, 0xff),
	['9112 3.2', 'raw UTF-8', "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n",
	    '400 close'],
);

my @dots = (
	(map { ['3986 5.2.4', $_, asked("GET $_"), '200 keep',
	    { body => qr/^aa/ }] }
	    '/./a', '/././a', '/dir/../a', '/dir/sub/../../a', '/nil/../a',
	    '/%2e/a', '/dir/%2e%2e/a', '/dir/%2E./a', '/dir/.%2e/a',
	    '/dir/./../a', '/dir/sub/.././../a', '//a', '///a', '/.//a',
	    '/dir/..//a', '/dir//../a', '/a?/../../..'),
	(map { ['3986 5.2.4', "above the root: $_", asked("GET $_"),
	    '400 close'] }
	    '/..', '/../', '/../a', '/dir/../..', '/dir/../../a', '/./../a',
	    '/%2e%2e', '/%2e%2e/a', '/.%2e/a', '//..', '//../a', '/..//a',
	    '/dir/../../htdocs/a', '/../../../../etc/passwd', '/.././a'),
	['CVE-2021-41773', 'escaped dots',
	    asked('GET /dir/.%2e/%2e%2e/%2e%2e/etc/passwd'), '400 close'],
	['CVE-2021-42013', 'escaped escapes',
	    asked('GET /dir/%%32%65%%32%65/etc/passwd'), '400 close'],
	(map { ['3986 5.2.4', "no dots: $_", asked("GET $_"), '404 keep'] }
	    '/...', '/.../a', '/dir/...', '/dir/..;/a', '/..;/a', '/.;/a',
	    '/dir/..a', '/dir/a..', '/a/', '/a/.', '/a/b'),
	['8.3', 'a name that begins with a dot', asked('GET /..a'),
	    '404 keep'],
	(map { ['CVE-2000-0884', "no separator: $_", asked("GET $_"),
	    '404 keep'] } '/..\\..\\a', '/dir\\..\\a', '/dir/..%5ca',
	    '/%5c../a', '/\\a', '/dir%5csub%5cx', '/..\\', '/C:\\a'),
);

my @slashes = (
	(map { ['3986 2.2', "a separator, or not: $_", asked("GET $_"),
	    '404 keep'] } '/%2f', '/%2Fa', '/dir%2fsub/x', '/dir%2Fsub%2fx',
	    '/..%2f..%2fetc', '/dir/..%2fa', '/a%2f', '/k%2Fept'),
	(map { ['3986 2.2', "On: $_->[0]",
	    asked("GET $_->[0]", 'Host: decoded.test'), $_->[1]] }
	    ['/dir%2fsub/x', '200 keep'], ['/%2Fa', '200 keep'],
	    ['/dir/..%2fa', '200 keep'], ['/dir/sub%2f..%2f..%2fa', '200 keep'],
	    ['/..%2f..%2fetc', '400 close'], ['/%2e%2e%2fa', '400 close'],
	    ['/dir%252fsub/x', '404 keep'], ['/closed%2fx', '403 keep'],
	    ['/k%2Fept', '404 keep'], ['/dir%2f%00', '400 close']),
	(map { ['3986 2.2', "NoDecode: $_->[0]",
	    asked("GET $_->[0]", 'Host: kept.test'), $_->[1]] }
	    ['/k%2Fept', '200 keep'], ['/k%2fept', '404 keep'],
	    ['/dir%2fsub/x', '404 keep'], ['/..%2f..%2fetc', '404 keep'],
	    ['/dir/..%2fa', '404 keep'], ['/k%2Fept/../a', '200 keep'],
	    ['/%2f%00', '400 close'], ['/%2f/../../a', '400 close']),
	['3986 2.2', 'the rules are those of the target\'s host',
	    asked('GET http://kept.test/k%2Fept', 'Host: default.test'),
	    '200 keep'],
	['3986 2.2', 'and of no other',
	    asked('GET http://default.test/k%2Fept', 'Host: kept.test'),
	    '404 keep'],
	['3986 2.2', 'a bad Host is worse', asked('GET /dir%2fsub', 'Host: a/'),
	    '400 close'],
	(map { ['3986 3.3', "MergeSlashes Off: $_->[0]",
	    asked("GET $_->[0]", 'Host: unmerged.test'), $_->[1], $_->[2]] }
	    ['//a', '200 keep', { body => qr/^aa/ }],
	    ['///a', '200 keep'], ['//dir//..//..//a', '404 keep'],
	    ['/dir//../index.html', '200 keep', { body => qr/^dir/ }],
	    ['/dir/..//a', '200 keep'], ['/dir//../../a', '200 keep'],
	    ['/..//a', '400 close'], ['//../../a', '400 close'],
	    # No slash leads around a section.
	    ['/dir/sub/x', '403 keep'], ['/dir//sub/x', '403 keep'],
	    ['//dir///sub//x', '403 keep'], ['//hidden//x', '403 keep'],
	    ['/closed//x', '403 keep'], ['//closed/x', '403 keep'],
	    ['//closed//x', '403 keep'],
	    ['//al/x', '200 keep', { body => qr/^other/ }],
	    ['/al//x', '200 keep', { body => qr/^other/ }],
	    ['//as//x', '200 keep', { body => qr/^other/ }],
	    ['//old', '302 keep', { location => qr{^/new$} }],
	    ['//old//evil.com', '302 keep', { location => qr{^/new//evil} }],
	    ['/up//evil.com', '302 keep', { location => qr{^/evil\.com$} }],
	    ['//up///evil.com', '302 keep', { location => qr{^/evil\.com$} }],
	    ['//home//x@evil.com', '302 keep',
		{ location => qr{^http://else\.test//x} }],
	    ['//dir', '301 keep', { location => qr{^/dir/$} }],
	    ['//evil.com', '301 keep', { location => qr{^/evil\.com/$} }],
	    ['///evil.com//..', '200 keep']),
);

# What settings say of a place holds however it is written.
my @closed = (
	(map { ['CWE-22', "closed: $_", asked("GET $_"), '403 keep'] }
	    '/closed/x', '/closed', '/closed/', '/closed/none', '/%63losed/x',
	    '/closed%2e%2e/../closed/x', '//closed/x', '/closed//x',
	    '/./closed/./x', '/dir/../closed/x', '/closed/%2e/x',
	    '/dir/%2e%2e/closed/x', '/closed/../closed/x', '/closed/x/',
	    '/closed/x?', 'http://default.test/closed/x',
	    '/hidden/x', '/hidden', '/hidden/', '/%68idden/x', '//hidden/x',
	    '/hidden/./x', '/hidden//x', '/dir/../hidden/x', '/%2e/hidden/x',
	    '/hidden/%78'),
	(map { ['CWE-22', "another place: $_", asked("GET $_"), '404 keep'] }
	    '/CLOSED/x', '/closed%20/x', '/closed;/x', '/closed%5cx',
	    '/closedx', '/%2563losed/x', '/hidden%20/x', '/Hidden/x',
	    '/hiddenx', '/hidden%5cx'),
);

my @sent_away = (
	(map { ['CWE-601', "Redirect: $_->[0]", asked("GET $_->[0]"),
	    '302 keep', { location => $_->[1] }] }
	    ['/away', qr{^http://else\.test$}],
	    ['/away/', qr{^http://else\.test/$}],
	    ['/away/a%20b?c', qr{^http://else\.test/a%20b\?c$}],
	    ['/away/@evil.com', qr{^http://else\.test/\@evil\.com$}],
	    ['/away//evil.com', qr{^http://else\.test/evil\.com$}],
	    ['/away/%0d%0aX:y', qr{^http://else\.test/%0D%0AX:y$}],
	    ['/up/a', qr{^/a$}], ['/up//evil.com', qr{^/evil\.com$}],
	    ['/up/%5cevil.com', qr{^/%5Cevil\.com$}],
	    ['/up/./%2e//evil.com', qr{^/evil\.com$}]),
	(map { ['CWE-601', "no Redirect: $_", asked("GET $_"), '404 keep'] }
	    '/away.evil.com', '/away@evil.com', '/upx'),
	(map { ['CWE-601', "a directory: $_->[0]", asked("GET $_->[0]"),
	    '301 keep', { location => $_->[1] }] }
	    ['/dir', qr{^/dir/$}], ['//dir', qr{^/dir/$}],
	    ['/dir?a=b', qr{^/dir/\?a=b$}], ['/dir/sub', qr{^/dir/sub/$}],
	    ['//evil.com', qr{^/evil\.com/$}],
	    ['///evil.com', qr{^/evil\.com/$}],
	    ['/.//evil.com', qr{^/evil\.com/$}],
	    ['/dir/..//evil.com', qr{^/evil\.com/$}],
	    ['//dir/%2e%2e//evil.com', qr{^/evil\.com/$}],
	    ['//evil.com/../dir', qr{^/dir/$}],
	    ['//evil.com?//x', qr{^/evil\.com/\?//x$}],
	    ['/evil%2ecom', qr{^/evil\.com/$}],
	    ['/%5cback', qr{^/%5Cback/$}], ['/\\back', qr{^/%5Cback/$}],
	    ['//\\back', qr{^/%5Cback/$}],
	    ['/nl%0aX:%20y', qr{^/nl%0AX:%20y/$}],
	    ['http://default.test//evil.com', qr{^/evil\.com/$}]),
	(map { ['CWE-601', $_, asked("GET $_"), '404 keep'] }
	    '//evil.test', '//evil.test/%2f..', '/\\evil.test',
	    '/%5cevil.test', '/%2fevil.com', '/%09/evil.com',
	    '/%0d%0aLocation:%20http://evil.test'),
);

my @long = (
	['3.1', 'as long as a name is here', asked('GET /' . 'n' x 251),
	    '200 keep'],
	(map { ['9110 15.5.5', "a name of $_ bytes", asked('GET /' . 'n' x $_),
	    '404 keep'] } 252, 255, 256, 257, 1000, 4095, 4096, 4097, 8000),
	(map { ['9110 15.5.5', "a name of $_ bytes in a directory",
	    asked('GET /dir/' . 'n' x $_ . '/x'), '404 keep'] }
	    255, 256, 5000),
	(map { ['9110 15.5.5', "a path of $_ names",
	    asked('GET ' . '/nnn' x $_), '404 keep'] } 900, 1000, 1024, 1025,
	    2000),
	(map { ['9110 15.5.5', "a way of $_ bytes to a file",
	    asked('GET ' . '/dir/..' x ($_ / 7) . '/a'), '200 keep'] } 4096,
	    8000),
	(map { ['9110 15.5.5', "below a file, $_ bytes",
	    asked('GET /a/' . 'n' x $_), '404 keep'] } 255, 256, 5000),
	(map { ['9110 15.5.5', "escaped to $_ bytes",
	    asked('GET /' . '%6e' x $_), '404 keep'] } 256, 2700),
	(map { ['9110 15.5.5', "$_->[1] names of $_->[0] bytes, where a " .
	    '.htaccess might be',
	    asked('GET /over' . ('/' . 'n' x $_->[0]) x $_->[1]), '404 keep'] }
	    [256, 1], [300, 2], [3, 1100], [250, 20], [8000, 1]),
	['9110 15.5.5', 'where slashes stay', asked('GET ' . '/' x 8000 . 'a',
	    'Host: unmerged.test'), '200 keep'],
);

sub rows {
	return (@absolute, @forms, @queries, @escapes, @dots, @slashes,
	    @closed, @sent_away, @long);
}

1;
