#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Random bytes, requests with faults, halves of requests, by clients that wait,
# hurry or go: 2,000 connections, with DROVER_LONG=1 100,000.  Afterwards the
# workers are the same and hold what they held, each answer has its line, and
# the error log has nothing to say.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Crowd;
use Drover::Garbage qw(garbage);
use Drover::Mixed;

my $SEED = $ENV{DROVER_SEED} // 1;
my $BATCH = 200;
my $BATCHES = $ENV{DROVER_LONG} ? 500 : $Drover::VALGRIND ? 2 : 10;

my $s = Drover->start(files => Drover::Mixed::files(),
    conf => $Drover::Garbage::CONF . <<'EOT');
KeepAliveTimeout 1
RequestReadTimeout header=1 body=1
AcceptFilter http none
LimitRequestBody 100000
Workers 2
LogFormat "%>s" status
CustomLog logs/status_log status
TraceEnable On
ErrorDocument 501 "not here"
EOT
srand $SEED;

# How the batches send, each in its turn.
my @manners = ({}, { cut => sub { 1 + rand 20 } }, { cut => sub { 1 } },
    { stay => 1 });

# Answers that have come, by status.
my %answers;
sub count {
	my ($outcome) = @_;
	$answers{$_}++ for $outcome->{bytes} =~ m{HTTP/1\.1 ([2-5]\d\d) }g;
	return if $outcome->{end} =~ /closed|aborted/;
	fail("connection $outcome->{number} $outcome->{end}, seed $SEED");
	return;
}

sub batch {
	my ($manner) = @_;
	my @texts = map { garbage() } 1 .. $BATCH;
	Drover::Crowd::talk($s->port, \@texts, each => \&count,
	    at_once => $BATCH, %$manner);
	return;
}

sub serves {
	my ($when) = @_;
	$answers{200}++;
	return is($s->get('/a.txt')->{status}, 200, "it serves $when");
}

# ---- What the workers hold ------------------------------------------------

sub descriptors {
	my $count = 0;
	$count += () = glob "/proc/$_/fd/*" for $s->workers;
	return $count;
}

# KiB of their own.
sub memory {
	my $sum = 0;
	for my $worker ($s->workers) {
		$sum += $1 if Drover::slurp("/proc/$worker/status") =~
		    /^RssAnon:\s+(\d+) kB/m;
	}
	return $sum;
}

sub lines {
	my %lines;
	$lines{$_}++ for split /\n/, $s->log('status');
	return %lines;
}

sub as_text {
	my (%count) = @_;
	return join ', ', map { "$_: $count{$_}" } sort keys %count;
}

my @workers = $s->workers;
batch($_) for @manners;
serves('after the first');
my $descriptors = descriptors();
batch($manners[ $_ % @manners ]) for 0 .. $BATCHES * 0.4 - 1;
my $memory = memory();
batch($manners[ $_ % @manners ]) for 0 .. $BATCHES * 0.4 - 1;
serves('after many');
ok($s->wait_until(sub { as_text(lines()) eq as_text(%answers) }),
    'each answer has a line, and there are no others')
    or diag(as_text(lines()), "\n", as_text(%answers));
batch({ abort => 1 }) for 1 .. $BATCHES * 0.2;
serves('when many have gone');

is_deeply([$s->workers], \@workers, 'the workers are the same');
ok($s->wait_until(sub { descriptors() <= $descriptors }),
    'they hold no more descriptors') or diag(descriptors());
my $after = memory();
note("KiB: $memory, $after; descriptors: $descriptors");
SKIP: {
	skip 'instruments keep memory', 1 if $Drover::VALGRIND ||
	    Drover::slurp($Drover::PROGRAM) =~ /__asan_init/;
	cmp_ok($after - $memory, '<', 1024, 'and no more memory');
}
# But for what Apache says at this level, and that there is more of it.
my @said = grep { !/:info\] | master:notice\] |\bAH(?:00126|00135|01276):\ |
    messages\ about\ requests\ left\ out/x }
    split /^/, $s->log('error');
is(join('', @said), '', 'nothing to say above info');
$s->stop;
done_testing;
