#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Every fuzz target takes the inputs of its corpus.  The targets come from the
# build (FUZZ_TARGETS), the inputs from t/fuzz/corpus/TARGET/.
use strict;
use warnings;
use Test::More;

my $src = $ENV{TOP_SRCDIR} // '.';
my @targets = split ' ', $ENV{FUZZ_TARGETS} // '';
plan skip_all => 'no fuzz targets' unless @targets;

for my $target (@targets) {
	my ($name) = $target =~ m{/fuzz_([^/]+)$} or die "$target: bad name";
	my @inputs = glob "\Q$src\E/t/fuzz/corpus/$name/*";
	cmp_ok(scalar @inputs, '>', 0, "$name has inputs");
	my $out = '';
	if (open my $run, '-|', $target, @inputs) {
		local $/;
		$out = <$run>;
		close $run;
	}
	is($?, 0, "$name takes its " . @inputs . ' inputs')
	    or diag($out);
}
done_testing;
