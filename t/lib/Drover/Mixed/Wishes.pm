# SPDX-License-Identifier: BSD-2-Clause
#
# Conditions, ranges, methods, expectations, what becomes of the connection.
package Drover::Mixed::Wishes;

use strict;
use warnings;

use Drover::Mixed qw(get row $HOST);

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

sub add {
	conditions();
	ranges();
	methods();
	connections();
	return;
}

1;
