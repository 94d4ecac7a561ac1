# SPDX-License-Identifier: BSD-2-Clause
#
# Conditions (RFC 9110, 13) of a file that changed at $THEN and has a strong
# tag, in the precedence of 13.2.2, without a Range and with one.
package Drover::Messages::Conditions;

use strict;
use warnings;
use Drover::Messages qw(asked);

our $CHANGED = 784111777;
our $THEN = 'Sun, 06 Nov 1994 08:49:37 GMT';
our $FUTURE = 'Fri, 31 Dec 9999 23:59:59 GMT';
my $before = 'Sun, 06 Nov 1994 08:49:36 GMT';
my $after = 'Sun, 06 Nov 1994 08:49:38 GMT';
my @other_forms = ('Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994');
my @no_dates = ('', 'yesterday', '784111777', 'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC', 'Sun, 31 Feb 1994 08:49:37 GMT',
    "$THEN, $THEN", "\"$THEN\"", 'Sun, 06 Nov 1994 24:49:37 GMT',
    'Sun, 06 Nov 1994  08:49:37 GMT', 'Sun, 6 Nov 1994 08:49:37 GMT',
    'sun, 06 nov 1994 08:49:37 gmt', 'Sun, 06 Nov 94 08:49:37 GMT');

# Section, status of a GET, fields.  TAG is the tag, BARE what is in it.
my @rows = (
	['13.1.1', 200, 'If-Match: TAG'],
	['13.1.1', 200, 'If-Match: *'],
	['13.1.1', 200, 'If-Match: "x", TAG'],
	['13.1.1', 200, 'If-Match: "x",TAG,"y"'],
	['13.1.1', 200, 'If-Match: , ,TAG'],
	['13.1.1', 200, 'If-Match: "x"', 'If-Match: "y", TAG'],
	['13.1.1', 412, 'If-Match: "x"'],
	['13.1.1', 412, 'If-Match: W/TAG'],
	['13.1.1', 412, 'If-Match: BARE'],
	['13.1.1', 412, 'If-Match:'],
	['13.1.2', 304, 'If-None-Match: TAG'],
	['13.1.2', 304, 'If-None-Match: W/TAG'],
	['13.1.2', 304, 'If-None-Match: *'],
	['13.1.2', 304, 'If-None-Match: "x", "a,b", TAG'],
	['13.1.2', 304, 'If-None-Match: "\\", W/TAG'],
	['13.1.2', 304, 'If-None-Match: "x"', 'If-None-Match: "y", TAG'],
	['13.1.2', 200, 'If-None-Match: "x"'],
	['13.1.2', 200, 'If-None-Match: w/TAG'],
	['13.1.2', 200, 'If-None-Match: "TAG"'],
	['13.1.2', 200, 'If-None-Match: BARE'],
	['13.1.2', 200, 'If-None-Match:'],
	['13.1.3', 304, "If-Modified-Since: $THEN"],
	['13.1.3', 304, "If-Modified-Since: $after"],
	['13.1.3', 200, "If-Modified-Since: $before"],
	# Of a clock that is wrong.
	['13.1.3', 200, "If-Modified-Since: $FUTURE"],
	(map { ['13.1.3', 304, "If-Modified-Since: $_"] } @other_forms),
	(map { ['13.1.3', 200, "If-Modified-Since: $_"] } @no_dates),
	['13.1.3', 200, "If-Modified-Since: $THEN",
	    "If-Modified-Since: $THEN"],
	['13.1.3', 200, 'If-None-Match: "x"', "If-Modified-Since: $after"],
	['13.1.3', 304, 'If-None-Match: TAG', "If-Modified-Since: $before"],
	['13.1.4', 200, "If-Unmodified-Since: $THEN"],
	['13.1.4', 200, "If-Unmodified-Since: $after"],
	['13.1.4', 200, "If-Unmodified-Since: $FUTURE"],
	['13.1.4', 412, "If-Unmodified-Since: $before"],
	(map { ['13.1.4', 200, "If-Unmodified-Since: $_"] } @other_forms,
	    @no_dates),
	['13.1.4', 200, 'If-Match: TAG', "If-Unmodified-Since: $before"],
	['13.2.2', 412, 'If-Match: "x"', 'If-None-Match: TAG'],
	['13.2.2', 304, 'If-Match: TAG', 'If-None-Match: TAG'],
	['13.2.2', 412, "If-Unmodified-Since: $before", 'If-None-Match: TAG'],
	['13.2.2', 304, "If-Unmodified-Since: $THEN",
	    "If-Modified-Since: $THEN"],
	['13.1.5', 200, 'If-Range: TAG'],
	['13.1.5', 200, 'If-Range: "x"'],
);
# With a Range; a HEAD has none.
my @range_rows = (
	['13.1.5', 206, 'If-Range: TAG'],
	['13.1.5', 206, "If-Range: $THEN"],
	(map { ['13.1.5', 206, "If-Range: $_"] } @other_forms),
	(map { ['13.1.5', 200, "If-Range: $_"] } @no_dates, $before, $after,
	    $FUTURE, 'W/TAG', '"x"', '*', 'TAG, "x"', '"x", TAG', 'BARE', '"'),
	['13.1.5', 200, 'If-Range: TAG', 'If-Range: TAG'],
	['13.2.2', 412, 'If-Match: "x"'],
	['13.2.2', 206, 'If-Match: TAG', 'If-Range: TAG'],
	['13.2.2', 200, 'If-Match: TAG', 'If-Range: "x"'],
	['13.2.2', 304, 'If-None-Match: TAG'],
	['13.2.2', 206, 'If-None-Match: "x"'],
	['13.2.2', 304, "If-Modified-Since: $THEN"],
	['13.2.2', 206, "If-Modified-Since: $before"],
	['13.2.2', 412, "If-Unmodified-Since: $before"],
);

# What is with each status.
sub like {
	my ($status, $tag) = @_;
	my $none = qr/^\(none\)$/;
	return { 'content-range' => qr{^bytes 1-2/}, etag => qr/^$tag$/ }
	    if $status == 206;
	return { 'content-range' => $none } if $status != 304;
	# 15.4.5: what a cache needs, and nothing of content.
	return { etag => qr/^$tag$/, (map { $_ => $none } qw(content-type
	    content-length content-range accept-ranges last-modified
	    transfer-encoding)) };
}

sub row {
	my ($method, $path, $tag, $row, @range) = @_;
	my ($section, $status, @fields) = @$row;
	my $bare = $tag =~ tr/"//dr;
	s/BARE/$bare/, s/TAG/$tag/g for @fields;
	$status = 200 if $method eq 'HEAD' && $status == 206;
	return [$section, join(', ', "$method $path", @fields, @range),
	    asked("$method $path", @fields, @range),
	    ($method eq 'HEAD' ? 'H' : '') . "$status keep",
	    like($status, $tag)];
}

sub rows {
	my ($path, $tag) = @_;
	return map {
		my $method = $_;
		((map { row($method, $path, $tag, $_) } @rows),
		    map { row($method, $path, $tag, $_, 'Range: bytes=1-2') }
		    @range_rows);
	} 'GET', 'HEAD';
}

1;
