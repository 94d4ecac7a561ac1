# SPDX-License-Identifier: BSD-2-Clause
#
# The request line (RFC 9112, 2 and 3).
package Drover::Messages::Line;

use strict;
use warnings;
use Drover::Messages qw(asked);

my $host = "Host: a\r\n\r\n";

sub line { return "$_[0]\r\n$host" }

my @versions = (
	(map { ['9110 2.5', "HTTP/1.$_ is HTTP/1.1",
	    line("GET /a HTTP/1.$_"), '200 keep', { body => qr/^aa/ }] } 1 .. 9),
	['9112 9.3', 'HTTP/1.0', "GET /a HTTP/1.0\r\n\r\n", '200 close',
	    { body => qr/^aa/ }],
	(map { ['9110 15.6.6', "HTTP/$_", line("GET /a HTTP/$_"),
	    '505 close'] } '0.9', '2.0', '3.0', '9.9'),
	['9113 3.4', 'the preface of HTTP/2',
	    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", '505 close'],
	['9113 3.4', 'half of it, with our version',
	    line('PRI * HTTP/1.1'), '400 close'],
	['9112 3', 'HTTP/0.9', "GET /a\r\n", '400 close'],
	['9112 3', 'HTTP/0.9, with a space', "GET /a \r\n", '400 close'],
	['9112 3', 'HTTP/0.9, fields behind it', line('GET /a'), '400 close'],
	(map { ['9112 2.3', "version $_", line("GET /a $_"), '400 close'] }
	    'HTTP/2', 'HTTP/3', 'http/1.1', 'Http/1.1', 'hTTP/1.1', 'HTTP/1', 'HTTP/1.',
	    'HTTP/.1', 'HTTP/1.10', 'HTTP/1.01', 'HTTP/01.1', 'HTTP/11.1',
	    'HTTP/1.1.1', 'HTTP/1,1', 'HTTP/1_1', 'HTTP/+1.1', 'HTTP/-1.1',
	    'HTTP/1.-1', 'HTTP/a.b', 'HTTP/1.x', 'HTTP/ 1.1', 'HTTP /1.1',
	    'HTTP1.1', 'HTTP-1.1', 'HTTP//1.1', 'HTTP\\1.1', 'HTTPS/1.1',
	    'XHTTP/1.1', 'HTTP', 'HTT', '1.1', 'FTP/1.1', 'RTSP/1.0',
	    'ICAP/1.0', "HTTP/1.1\0", "HTTP/1.1\x0b", 'HTTP/1.1a',
	    'HTTP/1.1;', "HTTP/\xc2\xb9.1", 'HTTP/%31.1'),
);

my @spaces = (
	(map { ['9112 3', $_->[0], line($_->[1]), '400 close'] }
	    ['two spaces before the target', 'GET  /a HTTP/1.1'],
	    ['two before the version', 'GET /a  HTTP/1.1'],
	    ['one before the method', ' GET /a HTTP/1.1'],
	    ['one at the end', 'GET /a HTTP/1.1 '],
	    ['a tab at the end', "GET /a HTTP/1.1\t"],
	    ['none at all', 'GET/aHTTP/1.1'],
	    ['none before the target', 'GET/a HTTP/1.1'],
	    ['none before the version', 'GET /aHTTP/1.1'],
	    ['a space in the target', 'GET /a b HTTP/1.1'],
	    ['a tab in the target', "GET /a\tb HTTP/1.1"],
	    ['no target', 'GET HTTP/1.1'], ['no target, two spaces',
	    'GET  HTTP/1.1'], ['a method alone', 'GET'],
	    ['a method and a space', 'GET ']),
	(map { my $c = $_;
	    my $hex = sprintf '%02x', ord $c;
	    (['9112 3', "byte $hex for the first space",
		line("GET$c/a HTTP/1.1"), '400 close'],
	    ['9112 3', "byte $hex for the second",
		line("GET /a${c}HTTP/1.1"), '400 close'],
	    ['9112 3', "byte $hex before the line",
		line("${c}GET /a HTTP/1.1"), '400 close']) }
	    "\t", "\x0b", "\x0c", "\r", "\0", "\xa0", "\x85"),
);

my @ends = (
	['9112 2.2', 'an empty line in front', "\r\n" . line('GET /a HTTP/1.1'),
	    '200 keep'],
	['9112 2.2', 'one between two', line('GET /a HTTP/1.1') . "\r\n" .
	    line('GET /dir/sub/x HTTP/1.1'), '200 200 keep'],
	['9112 2.2', 'one behind a body', "POST /a HTTP/1.1\r\n" .
	    "Content-Length: 3\r\n${host}abc\r\n" . line('GET /a HTTP/1.1'),
	    '405 200 keep'],
	['9112 2.2', 'two in front', "\r\n\r\n" . line('GET /a HTTP/1.1'),
	    '400 close'],
	['9112 2.2', 'many', "\r\n" x 1000, '400 close'],
	['9112 2.2', 'a lone LF in front', "\n" . line('GET /a HTTP/1.1'),
	    '400 close'],
	['9112 2.2', 'a lone CR in front', "\r" . line('GET /a HTTP/1.1'),
	    '400 close'],
	['9112 2.2', 'a space on a line in front',
	    " \r\n" . line('GET /a HTTP/1.1'), '400 close'],
	['9112 2.2', 'LF for all line ends', "GET /a HTTP/1.1\nHost: a\n\n",
	    '400 close'],
	['9112 2.2', 'LF behind the line', "GET /a HTTP/1.1\n$host",
	    '400 close'],
	['9112 2.2', 'LF as the empty line',
	    "GET /a HTTP/1.1\r\nHost: a\r\n\n", '400 close'],
	['9112 2.2', 'CR behind the line', "GET /a HTTP/1.1\r$host",
	    '400 close'],
	['9112 2.2', 'CR CR LF', "GET /a HTTP/1.1\r\r\n$host", '400 close'],
	['9112 2.2', 'LF CR', "GET /a HTTP/1.1\n\r$host", '400 close'],
	['9112 2.2', 'white space behind the line', "GET /a HTTP/1.1\r\n $host",
	    '400 close'],
	['9112 2.2', 'a tab there', "GET /a HTTP/1.1\r\n\t$host",
	    '400 close'],
	['9112 2.2', 'it alone, before the empty line',
	    "GET /a HTTP/1.1\r\n \r\n$host", '400 close'],
	['8446 5.1', 'TLS', "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" .
	    'r' x 500, '400 close'],
	['2.0', 'SSL 2', "\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10",
	    '400 close'],
	['9112 3', 'zeros', "\0" x 200, '400 close'],
	['9112 3', 'a response', "HTTP/1.1 200 OK\r\n\r\n", '400 close'],
	['9112 3', 'SSH', "SSH-2.0-OpenSSH_9.2\r\n", '400 close'],
	['9112 3', 'SMTP', "EHLO a\r\n", '400 close'],
	['9112 3', 'SIP', "OPTIONS sip:a SIP/2.0\r\n\r\n", '400 close'],
	['9112 3', 'PROXY protocol',
	    "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" . line('GET /a HTTP/1.1'),
	    '400 close'],
);

my @methods = (
	['9110 9.3.1', 'GET', asked('GET /a'), '200 keep', { body => qr/^aa/ }],
	['9110 9.3.2', 'HEAD', asked('HEAD /a'), 'H200 keep',
	    { 'content-length' => qr/^3$/ }],
	['9110 9.3.7', 'OPTIONS', asked('OPTIONS /a'), '200 keep',
	    { allow => qr/GET/ }],
	(map { ['9110 15.5.6', $_, asked("$_ /a"), '405 keep',
	    { allow => qr/GET/ }] } qw(POST PUT DELETE PATCH TRACE)),
	(map { ['9110 15.6.2', "method $_", asked("$_ /a"), '501 keep'] }
	    'FOO', 'G', 'GE', 'GETT', 'GETGET', 'HEADS', 'M-SEARCH', 'PRI',
	    'BREW', '0', '!#$%&\'*+-.^_`|~09azAZ', 'A' x 100, 'A' x 8000),
	(map { ['9110 9.1', "case counts: $_", asked("$_ /a"), '501 keep'] }
	    'get', 'Get', 'geT', 'head', 'options', 'post', 'Connect'),
	(map { ['9110 9.1', "method $_", line("$_ /a HTTP/1.1"),
	    '400 close'] } 'G(T', 'GET)', '<GET>', 'G@T', 'G,T', 'G;T', 'G:T',
	    'G\\T', '"GET"', 'G/T', '[GET]', 'G?T', 'G=T', '{GET}', "G\0T",
	    "G\x01T", "G\x7fT", "G\xc3\x84T", "GET\x80", ':', '/',
	    'GET,HEAD'),
	['9112 3', 'a method longer than the line may be',
	    line('A' x 8191 . ' /a HTTP/1.1'), '501 close'],
	['9112 3', 'one without an end', 'A' x 50_000, '501 close'],
);

my $room = 8190 - length 'GET /a? HTTP/1.1';
my @lengths = (
	['9110 15.5.15', 'as long as a line may be',
	    asked('GET /a?' . 'q' x $room), '200 keep'],
	['9110 15.5.15', 'a byte more', asked('GET /a?' . 'q' x ($room + 1)),
	    '414 close'],
	['9110 15.5.15', 'as much, the version beyond',
	    asked('GET /a?' . 'q' x ($room + 9)), '414 close'],
	['9110 15.5.15', 'an empty line does not count',
	    "\r\n" . line('GET /a?' . 'q' x $room . ' HTTP/1.1'), '200 keep'],
	['9110 15.5.15', 'no end', 'GET /' . 'q' x 60_000, '414 close'],
	['9110 15.5.15', 'far more', asked('GET /' . 'q' x 500_000),
	    '414 close'],
	['9110 15.5.15', 'escapes', asked('GET /' . '%61' x 3000),
	    '414 close'],
	['9110 15.5.15', 'absolute form',
	    asked('GET http://' . 'h' x 8200 . '/'), '414 close'],
	['9112 3', 'a bad byte within', line('GET /' . 'q' x 5000 .
	    "\x01" . 'q' x 5000), '400 close'],
);

sub rows { return (@versions, @spaces, @ends, @methods, @lengths) }

1;
