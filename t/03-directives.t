#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Every directive and section that the server knows is named by a test, other
# than this one.
use strict;
use warnings;
use Drover;
use Test::More;

my @names = map { /^<?(\w+)/ ? $1 : () }
    split /\n/, Drover->new->run('-L')->{out};
cmp_ok(scalar @names, '>=', 50, scalar(@names) . ' directives are listed');

my $tests = '';
for my $file (glob("\Q$Drover::SRC\E/t/*.t \Q$Drover::SRC\E/t/unit/*.c")) {
	next if $file =~ /03-directives/;
	$tests .= Drover::slurp($file);
}
# A name may stand behind "\n" in a text of several lines.
is(join(' ', grep { $tests !~ /(?:\b|\\[nt])\Q$_\E\b/ } @names), '',
    'each is named by a test');
done_testing;
