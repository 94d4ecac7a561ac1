# SPDX-License-Identifier: BSD-2-Clause
#
# Range (RFC 9110, 14) of a text of 1000 bytes, of an empty one and of one byte.
package Drover::Messages::Ranges;

use strict;
use warnings;
use Drover::Messages qw(asked);

my $far = '9' x 40;
my $largest = '18446744073709551615';

# What comes of a set of ranges: first and last, several of them, 416, or 200.
my @sets = (
	['14.1.2', '0-0', '0-0'],
	['14.1.2', '0-499', '0-499'],
	['14.1.2', '5-', '5-999'],
	['14.1.2', '-7', '993-999'],
	['14.1.2', '-1000', '0-999'],
	['14.1.2', '-1001', '0-999'],
	['14.1.2', "-$far", '0-999'],
	['14.1.2', '990-1000', '990-999'],
	['14.1.2', "990-$far", '990-999'],
	['14.1.2', "990-$largest", '990-999'],
	['14.1.2', '0' x 40 . '-' . '0' x 40 . '3', '0-3'],
	['5.6.1', ' 0-3', '0-3'],
	['5.6.1', '0-3 ,', '0-3'],
	['5.6.1', ",\t,0-3", '0-3'],
	['14.2', "0-3,$far-", '0-3'],
	['14.2', '0-3,-0', '0-3'],
	['14.2', '1000-,0-3', '0-3'],
	['14.6', '0-0,-1', '0-0 999-999'],
	['14.6', '0-1, 10-11 ,20-', '0-1 10-11 20-999'],
	['14.6', '20-21,10-11', '20-21 10-11'],
	['14.6', '20-21,20-21', '20-21 20-21'],
	['14.6', '0-499,500-', '0-499 500-999'],
	['15.5.17', '1000-', 416],
	['15.5.17', '1000-1001', 416],
	['15.5.17', "$far-", 416],
	['15.5.17', "$largest-", 416],
	['15.5.17', "$far-$far", 416],
	['15.5.17', '-0', 416],
	['15.5.17', '1000-,2000-,-0', 416],
	(map { ['14.1.1', $_, 200] } '', ',', '-', '--1', '3-1', '0-1-2',
	    'a-1', '0-a', '0-0x1', '+0-1', '0-+1', '0 -1', '0- 1', '0',
	    '0-3;4-5', '0-3,3-1', '3-1,0-3', '1.0-2', '*', '0-*', '"0-3"',
	    '0-3 4-5', '0-3,x', '1000-,x', "0-3,\x80", "$far-1",
	    'bytes=0-1', '0-1,bytes=2-3'),
	['17.15', '0-,0-', 200],
	['17.15', join(',', ('0-') x 50), 200],
	['17.15', join(',', ('-1000') x 10), 200],
);
my @whole = (
	(map { ['14.1', "Range: $_"] } 'octets=0-1', 'bytes', 'bytes 0-1',
	    'bytes =0-1', '=0-1', 'bytes:0-1', 'lines=0-1', '0-1', 'none=0-1',
	    'bytess=0-1', '', 'octets=0-1, bytes=0-1'),
	['5.3', 'Range: bytes=0-1', 'Range: bytes=2-3'],
	['5.3', 'Range: bytes=0-1', 'Range: lines=0-1'],
);

sub row {
	my ($section, $path, $text, $set, $comes) = @_;
	my $request = asked("GET $path", "Range: bytes=$set");
	my $name = "$path " . substr $set, 0, 40;
	my $none = qr/^\(none\)$/;
	my $length = length $text;
	my @ranges = split / /, $comes;
	return [$section, $name, $request, '416 keep',
	    { 'content-range' => qr{^bytes \*/$length$},
		'accept-ranges' => $none }] if $comes eq '416';
	return [$section, $name, $request, '200 keep',
	    { 'content-range' => $none, body => qr/^\Q$text\E\z/ }]
	    if $comes eq '200';
	my @bytes = map { my ($first, $last) = split /-/;
	    substr $text, $first, $last - $first + 1 } @ranges;
	return [$section, $name, $request, '206 keep',
	    { 'content-range' => qr{^bytes $ranges[0]/$length$},
		'content-length' => qr{^${\ length $bytes[0] }$},
		body => qr/^\Q$bytes[0]\E\z/ }] if @ranges == 1;
	my $parts = join "\r\n", map { "--B\r\nContent-Type: " .
	    "application/octet-stream\r\nContent-Range: bytes " .
	    "$ranges[$_]/$length\r\n\r\n$bytes[$_]" } 0 .. $#ranges;
	$parts = quotemeta("$parts\r\n--B--\r\n") =~
	    s/\\-\\-B/\\-\\-[0-9a-f]{32}/gr;
	return [$section, $name, $request, '206 keep',
	    { 'content-range' => $none, body => qr/^$parts\z/,
		'content-type' => qr{^multipart/byteranges; boundary=} }];
}

# text is what is at path, of the type that a name without an ending has;
# $path-empty and $path-one are there too.
sub rows {
	my ($path, $text) = @_;
	return (
		(map { row($_->[0], $path, $text, @$_[1, 2]) } @sets),
		(map { my ($section, @fields) = @$_;
		    [$section, join(', ', $path, @fields),
			asked("GET $path", @fields), '200 keep',
			{ body => qr/^\Q$text\E\z/ }] } @whole),
		row('14.1', $path, $text, '0-0', '0-0'),
		['14.1', "$path BYTES", asked("GET $path",
		    'Range: BYTES=0-0'), '206 keep'],
		['14.2', "HEAD $path", asked("HEAD $path", 'Range: bytes=0-0'),
		    'H200 keep', { 'accept-ranges' => qr/^bytes$/ }],
		['14.2', "HEAD $path, none there", asked("HEAD $path",
		    'Range: bytes=1000-'), 'H200 keep'],
		['14.2', "POST $path", asked("POST $path", 'Range: bytes=0-0'),
		    '405 keep'],
		['14.2', 'of what is not there', asked('GET /missing',
		    'Range: bytes=0-0'), '404 keep'],
		# All that an empty file has is all that was asked for.
		(map { row('14.2', "$path-empty", '', $_, 200) } '0-', '0-0',
		    '-5', '1-,0-', '1-0'),
		(map { row('14.2', "$path-empty", '', $_, 416) } '1-', '-0'),
		(map { row('14.2', "$path-one", 'x', $_, '0-0') } '0-', '-1',
		    '0-1'),
		row('14.2', "$path-one", 'x', '1-', 416),
	);
}

1;
