#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A connection wakes one worker alone.  If that is killed or stopped before it
# has accepted, another one does, though nobody takes its seat.
use strict;
use warnings;
use Drover;
use JSON::PP;
use Test::More;

plan skip_all => 'valgrind has descriptors of its own' if $Drover::VALGRIND;

# One processor for the test and the worker, which has it only when the test
# waits: what wakes the worker is followed by its end before it can do a thing.
sub idle_class {
	my ($worker) = @_;
	my ($cpu) = `taskset -cp $$ 2>/dev/null` =~ /: (\d+)/ or return 0;
	return !grep { system "$_ >/dev/null 2>&1" } "taskset -cp $cpu $$",
	    "taskset -cp $cpu $worker", "chrt -ip 0 $worker";
}

# Both watch the listeners.
sub wait_serving {
	my ($s) = @_;
	return $s->wait_until(sub {
		my $status = decode_json($s->ctl('status', '--json')->{out});
		2 == grep { $_->{state} eq 'waiting' } @{ $status->{workers} };
	});
}

# Ends or stops the worker that was woken for a client; the client's answer.
sub attempt {
	my ($s, $signal) = @_;
	# That is the one that has watched for the longest.
	my ($first, $second) = $s->workers;
	kill 'KILL', $second;
	$s->wait_until(sub {
		my @now = $s->workers;
		@now == 2 && !grep { $_ == $second } @now;
	});
	return 'two workers' if !wait_serving($s);
	return 'taskset and chrt' if !idle_class($first);
	# No descriptor: no channel, and so no worker.
	return 'prlimit' if !Drover::Process::limit($s->pid, 'nofile', 3);
	my $c = $s->connect;
	kill $signal, $first;
	$c->request('GET', '/');
	# undef, or too late: it was accepted all the same.
	return $c->response(0, 15);
}

for my $signal (qw(KILL STOP)) {
	subtest "SIG$signal" => sub {
		my ($s, $answer);
		for (1 .. 5) {
			$s = Drover->start(
			    conf => "Workers 2\nWorkerTimeout 600\n");
			$answer = eval { attempt($s, $signal) };
			last if defined $answer;
			$s->kill_all;
		}
		if (defined $answer && !ref $answer) {
			$s->kill_all;
			plan skip_all => "$answer does not work";
		}
		is(($answer // {})->{status}, 200, 'the other worker answers');
		ok($signal eq 'STOP' ||
		    $s->wait_log('error', qr/cannot start worker/),
		    'it had to be that one');
		Drover::Process::limit($s->pid, 'nofile', 256);
		kill 'CONT', $s->workers;
		$s->stop;
	};
}
done_testing;
