# SPDX-License-Identifier: BSD-2-Clause
#
# Which connections are kept (RFC 9112, 9), and the order of answers.
package Drover::Messages::Connections;

use strict;
use warnings;
use Drover::Messages qw(asked);

sub get { return "GET $_[0] HTTP/1.1\r\nHost: a\r\n$_[1]\r\n" }
sub old { return "GET /a HTTP/1.0\r\n$_[0]\r\n" }

my @options = (
	['9112 9.3', 'nothing said', get('/a', ''), '200 keep',
	    { connection => qr/^\(none\)$/ }],
	(map { ['9112 9.6', "Connection:$_", get('/a', "Connection:$_\r\n"),
	    '200 close', { connection => qr/^close$/ }] }
	    'close', ' close', ' Close', ' CLOSE', "\tclose\t", ' close ',
	    ' close,', ' ,close', ' , ,close,, ', ' close, keep-alive',
	    ' keep-alive, close', ' keep-alive,close', ' close,close',
	    ' upgrade, close', ' x, y, close, z', " a\t,\tclose\t,b"),
	(map { ['9110 7.6.1', "Connection:$_", get('/a', "Connection:$_\r\n"),
	    '200 keep'] }
	    '', ' ', ' ,', ' keep-alive', ' Keep-Alive', ' closed', ' xclose',
	    ' close-x', ' clos', ' c', ' close=1', ' close;q=1', ' "close"',
	    ' close close', ' close keep-alive', ' not close', ' x-close, y',
	    ' upgrade', ' TE', ' Host', ' Connection', ' Content-Length', ' *'),
	['9110 5.3', 'close on a second line',
	    get('/a', "Connection: keep-alive\r\nX: y\r\nConnection: close\r\n"),
	    '200 close'],
	['9110 5.3', 'close on a first line',
	    get('/a', "Connection: close\r\nConnection: keep-alive\r\n"),
	    '200 close'],
	['9110 5.3', 'on neither',
	    get('/a', "Connection: closed\r\nConnection: x\r\n"), '200 keep'],
	['9110 5.3', 'on the hundredth', get('/a', "Connection: x\r\n" x 98 .
	    "Connection: close\r\n"), '200 close'],
	(map { ['9112 9.3', "no word of ours: $_", get('/a', "$_\r\n"),
	    '200 keep'] } 'Proxy-Connection: close', 'Keep-Alive: timeout=1',
	    'Keep-Alive: max=0', 'X-Connection: close', 'Connectio: close',
	    'Connections: close'),
	['9112 9.6', 'an error', get('/none', "Connection: close\r\n"),
	    '404 close'],
	['9112 9.6', 'a redirect', get('/dir', "Connection: close\r\n"),
	    '301 close'],
	['9112 9.6', 'a method that is refused',
	    asked('DELETE /a', 'Connection: close'), '405 close'],
	['9112 9.6', 'an unknown one', asked('FOO /a', 'Connection: close'),
	    '501 close'],
	['9112 9.6', 'HEAD', asked('HEAD /a', 'Connection: close'),
	    'H200 close'],
	(map { ['9110 9.3.2', "HEAD of $_->[0]", asked("HEAD $_->[0]"),
	    "H$_->[1] keep"] } ['/a', 200], ['/none', 404], ['/dir', 301],
	    ['/closed/x', 403], ['/', 200], ['/%2f', 404]),
);

my @old = (
	['9112 9.3', 'HTTP/1.0', old(''), '200 close'],
	(map { ['9112 9.3', "HTTP/1.0, Connection: $_",
	    old("Connection: $_\r\n"), '200 keep',
	    { connection => qr/^keep-alive$/i }] }
	    'keep-alive', 'Keep-Alive', 'x, keep-alive', 'keep-alive, TE'),
	['9112 9.3', 'HTTP/1.0, on two lines',
	    old("Connection: TE\r\nConnection: keep-alive\r\n"), '200 keep'],
	(map { ['9112 9.3', "HTTP/1.0, Connection: $_",
	    old("Connection: $_\r\n"), '200 close'] }
	    'close', '', 'keep-alive, close', 'close, keep-alive',
	    'keepalive', 'keep-alives', 'keep-alive=1', 'upgrade'),
	['9112 9.3', 'HTTP/1.0, an error',
	    "GET /none HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	    '404 keep', { connection => qr/^keep-alive$/i }],
	['9112 9.3', 'HTTP/1.0, HEAD',
	    "HEAD /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	    'H200 keep'],
	['9112 9.3', 'HTTP/1.0, a body',
	    "POST /a HTTP/1.0\r\nConnection: keep-alive\r\n" .
	    "Content-Length: 3\r\n\r\nabc", '405 keep'],
	['9112 9.3', 'HTTP/1.0 in front of others',
	    old("Connection: keep-alive\r\n") . get('/none', '') . old(''),
	    '200 404 200 close'],
);

my @upgrades = (
	(map { ['9110 7.8', "Upgrade: $_",
	    get('/a', "Connection: Upgrade\r\nUpgrade: $_\r\n"), '200 keep',
	    { upgrade => qr/^\(none\)$/ }] }
	    'h2c', 'h2', 'HTTP/2.0', 'TLS/1.3', 'foo/2', 'foo, bar', '', ','),
	['9113 3.2', 'h2c with settings', get('/a',
	    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" .
	    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"), '200 keep'],
	['6455 4', 'websocket', get('/a', "Connection: Upgrade\r\n" .
	    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" .
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), '200 keep'],
	['9110 7.8', 'without Connection', get('/a', "Upgrade: h2c\r\n"),
	    '200 keep'],
	['9110 7.8', 'and close', get('/a', "Connection: Upgrade, close\r\n" .
	    "Upgrade: h2c\r\n"), '200 close'],
	['9110 7.8', 'with a body', "POST /a HTTP/1.1\r\nHost: a\r\n" .
	    "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\n" .
	    'abc', '405 keep'],
);

my @pipelines = (
	['9112 9.3.2', 'in order', join('', map { get($_, '') }
	    '/a', '/none', '/dir', '/dir/', '/closed/x', '/a'),
	    '200 404 301 200 403 200 keep'],
	['9112 9.3.2', 'of all methods', "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" .
	    get('/a', '') . "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" .
	    "FOO / HTTP/1.1\r\nHost: a\r\n\r\n" .
	    "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n" . get('/a', ''),
	    'H200 200 200 501 405 200 keep'],
	['9112 9.3.2', 'forty', get('/a', '') x 40, '200 ' x 40 . 'keep'],
	['9112 9.6', 'nothing behind close',
	    get('/a', '') . get('/a', "Connection: close\r\n") . get('/a', ''),
	    '200 200 close'],
	['9112 9.6', 'no fault behind close is seen',
	    get('/a', "Connection: close\r\n") . "nonsense\r\n\r\n",
	    '200 close'],
	['9112 9.3.2', 'a fault behind others',
	    get('/a', '') . get('/none', '') . "nonsense\r\n\r\n" .
	    get('/a', ''), '200 404 400 close'],
	['9112 9.3.2', 'a fault of the host behind others',
	    get('/a', '') . "GET /a HTTP/1.1\r\n\r\n" . get('/a', ''),
	    '200 400 close'],
	['9112 9.3.2', 'another version behind others',
	    get('/a', '') . "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	    '200 505 close'],
	['9110 9.3.6', 'nothing behind CONNECT', get('/a', '') .
	    "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" . get('/a', ''),
	    '200 405 close'],
	['9112 9.3.2', 'bodies between', get('/a', '') .
	    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: " .
	    length(get('/none', '')) . "\r\n\r\n" . get('/none', '') .
	    get('/dir', ''), '200 405 301 keep'],
	['9112 9.3.2', 'a body that is a request', 'GET /a HTTP/1.1' .
	    "\r\nHost: a\r\nContent-Length: " . length(get('/none', '')) .
	    "\r\n\r\n" . get('/none', ''), '200 keep'],
);

sub rows { return (@options, @old, @upgrades, @pipelines) }

1;
