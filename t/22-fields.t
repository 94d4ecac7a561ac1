#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Fields, good and bad, too many and too long, and Host
# (t/lib/Drover/Messages/Fields.pm).
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Fields;

my $s = Drover->start(site());
run($s, [Drover::Messages::Fields::rows()]);
$s->stop;
done_testing;
