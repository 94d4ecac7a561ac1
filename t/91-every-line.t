#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Thousands of requests while all is done to the server that is done to one:
# logs are moved away, with a signal and without, it is restarted, stopped and
# started, and its workers and its logger are killed.  Then all files together
# have exactly one whole line for each request that was answered.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Test::More;
use Time::HiRes qw(sleep);


plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $phases = $ENV{DROVER_LONG} ? 5 : 2;
my $requests = $ENV{DROVER_LONG} ? 10_000 : 1500;	# in each
my $rate = $ENV{DROVER_LONG} ? 4000 : 800;
my $s = Drover->new(files => { map { $_ => 'x' x 100 }
    map { ("k$_", "o$_") } 1 .. $phases }, conf =>
    "Workers 2\nMaxKeepAliveRequests 0\nGracefulShutdownTimeout 5");
my @logs = ('access');
my @loads;

sub lines {
	return map { split /(?<=\n)/, $s->log($_) } @logs;
}

# Moves the log away; who answers for its being made anew is the caller.
sub move {
	my $to = 'logs/access_log.' . @logs;
	rename $s->log_path('access'), $s->log_path($to) or die "rename: $!";
	push @logs, $to;
	return;
}

sub made_anew {
	my ($how) = @_;
	ok($s->wait_until(sub { -s $s->log_path('access') }),
	    "a new file has lines: $how");
	return;
}

sub kill_worker {
	my @workers = $s->workers or return;
	kill 'KILL', $workers[rand @workers];
	sleep 0.05;	# so that there are lines in between
	return;
}

sub kill_logger {
	my ($logger) = $s->children(qr/logger/) or return;
	kill 'KILL', $logger;
	ok($s->wait_until(sub {
		my ($now) = $s->children(qr/logger/);
		return defined $now && $now != $logger;
	}), 'a logger was killed, there is another');
	return;
}

sub reload {
	my ($signal, $generation) = @_;
	$s->signal($signal);
	ok($s->wait_notify(qr/generation $generation$/m), $signal);
	return;
}

for my $phase (1 .. $phases) {
	ok($s->launch, "start $phase");
	my $rate = $rate / 2;
	my @now = map { Drover::Counted->start($s, $_->[0], '-l', 100, '-s',
	    600, '-c', 4, '-r', $rate, @{ $_->[1] }) }
	    (["/k$phase", ['-k']], ["/o$phase", []]);
	my ($signal, $stop) = $phase % 2 ? qw(USR1 QUIT) : qw(HUP TERM);
	kill_worker() for 1 .. 4;
	move();
	reload($signal, 2);
	made_anew($signal);
	kill_logger();
	kill_worker() for 1 .. 2;
	move();
	made_anew('nobody told');
	kill_logger();
	move();
	kill_logger();
	reload($signal, 3);
	kill_worker() for 1 .. 4;
	my $want = $phase * $requests;
	ok($s->wait_until(sub { lines() >= $want }, 120), "$want lines");
	ok($s->stop($stop), $stop);
	push @loads, map { [$_, $_->finish] } @now;
}

my (%seen, @torn);
for my $line (lines()) {
	if ($line =~ m{^127\.0\.0\.1\ -\ -\ \[[^]]+\]
	    \ "GET\ (/\w+\?\d+)\ HTTP/1\.1"\ \d+\ [-\d]+\ "-"\ "-"\n\z}x) {
		$seen{$1}++;
	} else {
		push @torn, $line;
	}
}
is("@torn", '', 'every line is whole');
my @double = sort grep { $seen{$_} > 1 } keys %seen;
is("@double", '', 'no request has two lines');
my $answered = 0;
for my $row (@loads) {
	my ($load, $count) = @$row;
	$answered += $count->{answered};
	is($count->{bad}, 0, "$load->{path}: no wrong answer");
	my @missing = grep { !$seen{"$load->{path}?$_"} }
	    split /\n/, Drover::slurp("$load->{base}.ids");
	is("@missing", '', 'each that was answered has its line');
}
cmp_ok($answered, '>=', $phases * $requests * 0.9, "$answered were answered");
done_testing;
