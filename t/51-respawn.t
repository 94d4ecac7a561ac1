#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Processes that are killed come back, and take no request and no line with
# them but those that they were at.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep time);

# The pids, once there are count of them and none of those given.
sub new_workers {
	my ($s, $count, @old) = @_;
	my %old = map { $_ => 1 } @old;
	return $s->wait_until(sub {
		my @now = grep { !$old{$_} } $s->workers;
		return @now == $count ? \@now : undef;
	});
}

at_once 'a worker that is killed is replaced' => sub {
	my $s = Drover->start;
	my @old = $s->workers;
	is(scalar @old, 2, 'two workers');
	is($s->get('/')->{status}, 200, 'it serves');
	kill 'KILL', $old[0];
	my $new = new_workers($s, 1, @old);
	is(scalar @$new, 1, 'another one came');
	is($s->get('/')->{status}, 200, 'it serves');
	my ($line) = $s->wait_log('error', qr/\(pid $old[0]\)/);
	like($line, qr/:error\].*worker \d.*was killed by SIGKILL after/,
	    'the error log says so');
	SKIP: {
		# Which then looks for leaks, and finds what was in use.
		skip 'under valgrind', 1 if $Drover::VALGRIND;
		kill 'ALRM', $new->[0];
		ok($s->wait_log('error',
		    qr/\(pid $new->[0]\) was killed by SIGALRM/),
		    'and of any other signal');
	}
	$s->stop;
};

at_once 'children hear only the master' => sub {
	my $s = Drover->start;
	my @children = $s->children(qr/worker|logger/);
	is(scalar @children, 3, 'two workers and a logger');
	kill $_, @children for qw(TERM INT HUP QUIT USR1 USR2 WINCH PIPE);
	is($s->get('/')->{status}, 200, 'it serves');
	is_deeply([$s->children(qr/worker|logger/)], \@children,
	    'all are still there');
	$s->stop;
};

at_once 'all workers killed over and over' => sub {
	my $s = Drover->start(conf => "Workers 2\nLogLevel warn");
	my $load = Drover::Load->start($s, keep => 2, once => 2);
	my ($end, $killed) = (time + 60 * $Drover::SCALE, 0);
	my $enough = $ENV{DROVER_LONG} ? 60 : 20;
	while ($killed < $enough && time < $end) {
		$killed += kill 'KILL', $s->workers;
		sleep 0.1;
	}
	ok(new_workers($s, 2), 'there are two workers again');
	my $r = $load->stop;
	cmp_ok($killed, '>=', 20, "$killed were killed");
	cmp_ok($r->{answered}, '>', $killed, "$r->{answered} answered");
	# A killed worker takes along what it was at: with four clients that
	# is at most one request for each of them.
	cmp_ok($r->{failed}, '<=', 4 * $killed, "$r->{failed} failed");
	is(scalar(grep { /connect/ } @{ $r->{errors} }), 0,
	    'no connection was refused');
	is($s->get('/')->{status}, 200, 'it serves');
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

at_once 'workers that have served their connections' => sub {
	my $s = Drover->start(conf => "Workers 2\nMaxRequestsPerChild 20");
	my @first = $s->workers;
	my $load = Drover::Load->start($s, keep => 2, once => 3);
	ok($s->wait_until(sub {
		$s->wait_log('error', qr/worker \d \(pid \d+\) ended with status 0/,
		    10) >= 10;
	}), 'are replaced');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed") or
	    diag(@{ $r->{errors} });
	is($r->{stale}, 0, 'and no kept connection was closed');
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

at_once 'a logger that is killed is replaced' => sub {
	my $s = Drover->start(conf => 'Workers 1');
	my $load = Drover::Load->start($s, keep => 2, pause => 0.001);
	for (1 .. 3) {
		my ($logger) = $s->children(qr/logger/);
		ok(defined $logger, 'there is a logger');
		kill 'KILL', $logger;
		$s->wait_until(sub {
			my ($now) = $s->children(qr/logger/);
			return $now && $now != $logger;
		});
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	my @missing = grep { / 0 lines/ } $load->missing($s->log('access'));
	is_deeply(\@missing, [], 'no line was lost');
};

at_once 'a worker that is stopped is replaced' => sub {
	my $s = Drover->start(conf => "Workers 1\nWorkerTimeout 1");
	my ($old) = $s->workers;
	kill 'STOP', $old;
	my $new = new_workers($s, 1, $old);
	ok($new, 'another one came');
	is($s->get('/')->{status}, 200, 'it serves');
	ok($s->wait_log('error', qr/it was stopped for WorkerTimeout/),
	    'the error log says why');
	$s->stop;
};

at_once 'workers do not outlive a killed master' => sub {
	my $s = Drover->start(conf => "KeepAliveTimeout 60");
	my $port = $s->port;
	my $idle = $s->connect;
	is($idle->get('/')->{status}, 200, 'a connection is kept');
	my @children = $s->children(qr/worker|logger/);
	is(scalar @children, 3, 'two workers and a logger');
	$s->signal('KILL');
	is($s->wait_end, 'signal 9', 'the master is dead');
	ok($s->wait_until(sub {
		!grep { Drover::Process::stat_of($_) } @children;
	}, 2), 'its children are gone');
	ok(-e $s->pid_file, 'its pid file is left');
	ok($s->launch, 'a new one starts at once');
	is($s->get('/')->{status}, 200, 'and serves');
	$s->stop;
	ok(!-e $s->pid_file, 'the pid file is gone');
	my @lines = $s->log('access') =~ m{"GET / HTTP/1.1" 200}g;
	is(scalar @lines, 2, 'and the log has both requests');
};

run_at_once;
done_testing;
