#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What hardening is to give, as it stands in the programs: position
# independence, all relocations read-only and bound at the start, a stack that
# is not executable, guards on it, checked calls of the C library.
use strict;
use warnings;
use Test::More;

my @programs = ($ENV{DROVER} // 'build/drover',
    $ENV{DROVER_REQUEST} // 'build/drover-request',
    ($ENV{DROVER} // 'build/drover') . 'ctl');
plan skip_all => 'built without it' if !$ENV{HARDENING};

sub readelf {
	my ($program, @options) = @_;
	open my $out, '-|', 'readelf', '-W', @options, $program
	    or plan skip_all => 'no readelf';
	local $/;
	return scalar(<$out>) // '';
}

for my $program (@programs) {
	my ($name) = $program =~ m{([^/]+)$};
	my $head = readelf($program, '-h');
	plan skip_all => 'no readelf' if $head eq '';
	like($head, qr/^\s*Type:\s+DYN /m, "$name: PIE");
	my $segments = readelf($program, '-l');
	like($segments, qr/^\s*GNU_RELRO /m, 'relocations are made read-only');
	like(readelf($program, '-d'), qr/\bBIND_NOW\b|FLAGS_1\).*\bNOW\b/,
	    '... all of them');
	my ($stack) = $segments =~ /^\s*GNU_STACK +(?:0x\S+ +){5}(\S+)/m;
	is($stack, 'RW', 'the stack is not executable');
	unlike($segments, qr/^\s*LOAD .* RWE /m, 'nothing is both');
	my $symbols = readelf($program, '--dyn-syms');
	like($symbols, qr/ UND __stack_chk_fail\b/, 'the stack is guarded');
	SKIP: {
		skip 'not optimised, or watched by a sanitizer', 1
		    if $ENV{HARDENING} !~ /_FORTIFY_SOURCE=/;
		like($symbols, qr/ UND __\w+_chk\b/, 'calls are checked');
	}
}
done_testing;
