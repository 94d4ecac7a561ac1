#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Bodies of requests, good and bad (t/lib/Drover/Messages/Bodies.pm): nothing
# inside one is taken for a request, and what is behind it is answered.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Bodies;

my $s = Drover->start(site($Drover::Messages::Bodies::CONF));
run($s, [Drover::Messages::Bodies::rows()]);
is(scalar(grep { m{"[A-Z]+ /inside } } split /\n/, $s->log('access')), 0,
    'no line says that something inside was a request');
$s->stop;
done_testing;
