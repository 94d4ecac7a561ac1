#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What is wrong in a configuration, and what is said of it: place, words, line
# and caret.  The table is t/broken/*.txt.
use strict;
use warnings;
use File::Path qw(remove_tree);
use Test::More;
use Drover;
use Drover::Broken;

my $s = Drover->new;
my $dir = "$s->{dir}/case";
my %seen;

for my $file (sort glob ("$ENV{TOP_SRCDIR}/t/broken/*.txt")) {
	my ($topic) = $file =~ /([^\/]*)\.txt$/;
	for my $case (Drover::Broken::read_cases($file)) {
		next if $case->{root} && $> != 0;
		Drover::Broken::make_files($case, $dir);
		my $run = $s->run(Drover::Broken::arguments($case, $dir));
		remove_tree($dir);
		$run->{err} =~ s/\Q$dir\E\///g;
		is($run->{err}, $case->{says}, "$topic: $case->{title}");
		is($run->{status}, 1, "$topic: $case->{title}: refused");
		my @texts = map { @$_ } @{ $case->{files} };
		$seen{ join "\0", $case->{args}, @texts }++;
	}
}
cmp_ok(scalar(keys %seen), '>=', 200, 'at least two hundred');
is_deeply([grep { $seen{$_} > 1 } sort keys %seen], [], 'none is there twice');
done_testing;
