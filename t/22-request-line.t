#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Request lines, good and bad (t/lib/Drover/Messages/Line.pm), and what is
# asked by them (Target.pm).
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Line;

my $s = Drover->start(site());
run($s, [Drover::Messages::Line::rows()]);
$s->stop;
done_testing;
