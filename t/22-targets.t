#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What is asked for, good and bad (t/lib/Drover/Messages/Target.pm), by the
# rules of its host: AllowEncodedSlashes, MergeSlashes.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Target;

my $s = Drover->start(site());
run($s, [Drover::Messages::Target::rows()]);
$s->stop;
done_testing;
