# SPDX-License-Identifier: BSD-2-Clause
#
# Accept-Encoding (RFC 9110, 12.5.3) for a file that is there in all codings,
# one that is there in gzip, and one that has nothing beside it; and for each
# coding conditions and ranges.
package Drover::Messages::Codings;

use strict;
use warnings;
use Drover::Messages qw(asked);

my %content = (identity => 'i' x 100, zstd => 'z' x 30, br => 'b' x 20,
    gzip => 'g' x 40);

# What is to be there, by name.
sub files {
	return ('all.txt' => $content{identity}, 'all.txt.zst' => $content{zstd},
	    'all.txt.br' => $content{br}, 'all.txt.gz' => $content{gzip},
	    'gzip.txt' => $content{identity}, 'gzip.txt.gz' => $content{gzip},
	    'plain.txt' => $content{identity});
}

my $none = qr/^\(none\)$/;

# Section, what comes of all, the lines of the field; none: 406.
my @all = (
	['12.5.3', 'identity'],
	['12.5.3', 'identity', ''],
	['12.5.3', 'identity', ' '],
	['12.5.3', 'br', 'gzip, deflate, br, zstd'],
	['12.5.3', 'br', 'gzip,deflate,br,zstd'],
	['12.5.3', 'gzip', 'gzip, deflate'],
	['12.5.3', 'gzip', 'gzip'],
	['12.5.3', 'br', 'br'],
	['12.5.3', 'zstd', 'zstd'],
	['12.5.3', 'br', '*'],
	['12.5.3', 'identity', 'identity'],
	['12.5.3', 'identity', 'deflate, compress, x-compress'],
	['12.5.3', 'identity', 'nonsense'],
	['12.5.3', 'zstd', 'br;q=0, *'],
	['12.5.3', 'identity', 'identity;q=0.001'],
	['12.5.3', 'none', 'identity;q=0'],
	['12.5.3', 'none', 'identity;q=0.000, deflate'],
	['12.5.3', 'gzip', 'identity;q=0, gzip;q=0.1'],
	['12.5.3', 'br', 'identity;q=0, *'],
	['12.5.3', 'none', '*;q=0'],
	['12.5.3', 'none', 'deflate, *;q=0'],
	['12.5.3', 'zstd', '*;q=0, zstd'],
	['12.5.3', 'identity', '*;q=0, identity;q=0.1'],
	['12.5.3', 'identity', 'identity, *;q=0'],
	['8.4.1', 'gzip', 'GZIP'],
	['8.4.1', 'br', 'bR'],
	['8.4.1.3', 'gzip', 'x-gzip'],
	['8.4.1.3', 'gzip', 'X-Gzip;q=0.5'],
	['12.4.2', 'gzip', 'gzip;q=1.0, br;q=0.9'],
	['12.4.2', 'zstd', 'gzip;q=0.5, br;q=0.5, zstd;q=0.6'],
	['12.4.2', 'gzip', 'gzip;q=0.999, br;q=0.998'],
	['12.4.2', 'br', 'gzip;q=0.5, br;q=0.500'],
	['12.4.2', 'gzip', 'gzip;q=0.001'],
	['12.4.2', 'identity', 'gzip;q=0'],
	['12.4.2', 'identity', 'gzip;q=0.000, br;q=0.'],
	['12.4.2', 'identity', 'gzip;q=0.4, identity;q=0.5'],
	['12.4.2', 'identity', '*;q=0.4, identity'],
	['12.4.2', 'gzip', 'gzip ; q=1 , br;Q=0.5'],
	(map { ['12.4.2', 'identity', $_] } 'gzip;q=2', 'gzip;q=1.001',
	    'gzip;q=0.1234', 'gzip;q=', 'gzip;q=-1', 'gzip;q=.5', 'gzip;q=x',
	    'gzip;q=1;q=1', 'gzip;level=9', 'gzip q=1', 'identity;q=x',
	    '*;q=x'),
	['5.6.1', 'gzip', ', ,gzip,'],
	['5.6.1', 'identity', ',,'],
	(map { ['5.6.2', 'identity', $_] } '"gzip"', 'gzip br', 'gzi', 'gzipx',
	    'x-br', '**', ';q=1', ';', '=', '"a, gzip', "gzip\x80"),
	['5.3', 'gzip', 'br;q=0.4', 'gzip;q=0.5'],
	['5.3', 'none', 'deflate', 'identity;q=0'],
	['5.3', 'none', '', 'identity;q=0'],
);
# Where there is gzip alone, and nothing.
my @gzip = (
	['12.5.3', 'gzip', 'gzip, deflate, br, zstd'],
	['12.5.3', 'gzip', '*'],
	['12.5.3', 'identity', 'br, zstd'],
	['12.5.3', 'identity'],
	['12.5.3', 'none', 'br, *;q=0'],
	['12.5.3', 'none', 'identity;q=0, br'],
);
my @plain = (
	['12.5.3', 'identity', 'gzip, deflate, br, zstd'],
	['12.5.3', 'identity', 'gzip;q=1, *;q=0.5'],
	['12.5.3', 'identity', '*;q=0, identity'],
	['12.5.3', 'identity'],
	['12.5.3', 'none', 'gzip, *;q=0'],
	['12.5.3', 'none', 'identity;q=0'],
);

sub row {
	my ($path, $vary, $section, $coding, @lines) = @_;
	my @fields = map { "Accept-Encoding: $_" } @lines;
	my $name = join ', ', $path, map { "\"$_\"" } @lines;
	return [$section, $name, asked("GET $path", @fields), '406 keep',
	    { vary => qr/^Accept-Encoding$/, 'content-encoding' => $none }]
	    if $coding eq 'none';
	return [$section, $name, asked("GET $path", @fields), '200 keep', {
	    vary => $vary ? qr/^Accept-Encoding$/ : $none,
	    'content-encoding' => $coding eq 'identity' ? $none :
		qr/^$coding$/,
	    'content-length' => qr/^${\ length $content{$coding} }$/,
	    'content-type' => qr{^text/plain},
	    body => qr/^$content{$coding}$/ }];
}

# What is true of each coding; of tags, its own and another.
sub rows_of {
	my ($path, $coding, $tag, $other) = @_;
	my @accept = ("Accept-Encoding: $coding");
	my $coded = $coding eq 'identity' ? $none : qr/^$coding$/;
	my $length = length $content{$coding};
	my %own = (vary => qr/^Accept-Encoding$/, etag => qr/^\Q$tag\E$/);
	my %part = (%own, 'content-encoding' => $coded,
	    'content-range' => qr{^bytes 3-7/$length$},
	    body => qr/^${\ substr $content{$coding}, 3, 5 }$/);
	my %whole = (%own, 'content-encoding' => $coded,
	    'content-length' => qr/^$length$/);
	my @rows = (
		['15.4.5', 304, { %own, 'content-encoding' => $none,
		    'content-type' => $none }, "If-None-Match: $tag"],
		['15.4.5', 304, \%own, "If-None-Match: $other, W/$tag"],
		['13.1.2', 200, \%whole, "If-None-Match: $other"],
		['13.1.1', 200, \%whole, "If-Match: $tag"],
		['13.1.1', 412, {}, "If-Match: $other"],
		['14.2', 206, \%part, 'Range: bytes=3-7'],
		['13.1.5', 206, \%part, 'Range: bytes=3-7', "If-Range: $tag"],
		['13.1.5', 200, \%whole, 'Range: bytes=3-7',
		    "If-Range: $other"],
		['15.5.17', 416, { 'content-range' => qr{^bytes \*/$length$},
		    'content-encoding' => $none }, "Range: bytes=$length-"],
	);
	return (
		(map {
			my ($section, $status, $like, @fields) = @$_;
			[$section, "$coding: @fields", asked("GET $path",
			    @accept, @fields), "$status keep", $like];
		} @rows),
		['9.3.2', "$coding: HEAD", asked("HEAD $path", @accept),
		    'H200 keep', \%whole],
		['9.3.2', "$coding: HEAD, a tag", asked("HEAD $path", @accept,
		    "If-None-Match: $tag"), 'H304 keep', \%own],
		['14.2', "$coding: HEAD, a range", asked("HEAD $path",
		    @accept, 'Range: bytes=3-7'), 'H200 keep', \%whole],
	);
}

# Below path are all, gzip and plain, texts; tags are those of all by coding.
sub rows {
	my ($path, %tag) = @_;
	my @codings = sort keys %content;
	return (
		(map { row("$path/all.txt", 1, @$_) } @all),
		(map { row("$path/gzip.txt", 1, @$_) } @gzip),
		(map { row("$path/plain.txt", 0, @$_) } @plain),
		(map { rows_of("$path/all.txt", $codings[$_],
		    @tag{ @codings[$_, $_ - 1] }) } 0 .. $#codings),
	);
}

1;
