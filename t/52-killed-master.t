#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The master is killed by SIGKILL, whatever it is at: its workers and its
# logger are gone at once, each answered request has its line, programs read
# what there is, and another server starts at once in the same place.
use strict;
use warnings;
use Drover;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep time);

my $rounds = $ENV{DROVER_LONG} ? 10 : 2;

# Kills it, and waits for the end of all that it had forked.
sub kill_master {
	my ($s) = @_;
	my @children = Drover::Process::children($s->pid);
	$s->signal('KILL');
	is($s->wait_end, 'signal 9', 'the master is dead');
	my @left;
	$s->wait_until(sub {
		@left = map { Drover::Process::title($_) }
		    grep { Drover::Process::stat_of($_) } @children;
		return !@left;
	}, 5);
	is("@left", '', 'its children are gone');
	return;
}

sub starts_again {
	my ($s) = @_;
	# What the dead one may have said last.
	1 while $s->wait_notify(qr//, 0.01);
	ok($s->launch, 'another one starts at once') or diag($s->stderr);
	is($s->get('/')->{status}, 200, 'and serves');
	return;
}

# Ends the load, whose server is dead, and holds the log against it; the next
# round has a log of its own.
sub same_lines {
	my ($s, $load, $log) = @_;
	my $r = $load->stop;
	cmp_ok($r->{answered}, '>', 0, "$r->{answered} were answered");
	is_deeply([$load->missing($s->log($log))], [],
	    'and have one line each');
	unlink $s->log_path($log);
	return;
}

subtest 'over and over, idle' => sub {
	my $s = Drover->start;
	my $idle;
	my $idle_rounds = $ENV{DROVER_LONG} ? 10 : 4;
	for my $round (1 .. $idle_rounds) {
		$idle = $s->connect;
		is($idle->get("/?idle$round")->{status}, 200, "round $round");
		kill_master($s);
		ok($idle->closed, 'who was connected sees the end');
		starts_again($s);
	}
	$s->stop;
	my @lines = $s->log('access') =~ /"GET \/\?idle\d+ HTTP/g;
	is(scalar @lines, $idle_rounds, 'every request has its line');
};

subtest 'under load' => sub {
	my $s = Drover->start;
	for my $round (1 .. $rounds) {
		my $load = Drover::Load->start($s, keep => 3, once => 3);
		kill_master($s);
		same_lines($s, $load, 'access');
		starts_again($s);
	}
	$s->stop;
};

subtest 'with a log program' => sub {
	my $s = Drover->new;
	chmod 0755, $s->file('writer', "#!/bin/sh\ncat >>\$1\necho end >>\$1\n");
	$s->set_conf('CustomLog "||{DIR}/writer {DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	for my $round (1 .. $rounds) {
		my $load = Drover::Load->start($s, keep => 2, once => 2);
		kill_master($s);
		is(scalar $s->wait_log('logs/out', qr/^end$/), 1,
		    'the program ends when it has read all');
		same_lines($s, $load, 'logs/out');
		starts_again($s);
	}
	$s->stop;
};

# Anywhere within it: the time is a chance of its own.
subtest 'during a reload' => sub {
	my $s = Drover->start;
	for my $round (1 .. $rounds * 2) {
		my $load = Drover::Load->start($s, keep => 2);
		$s->signal('USR1');
		sleep 0.004 * $round;
		kill_master($s);
		same_lines($s, $load, 'access');
		starts_again($s);
	}
	$s->stop;
};

# Becomes the program, whose process a grandchild kills after its time: no child
# that the master would reap.
my $killer = <<'EOT';
my ($seconds, @program) = @ARGV;
my $pid = $$;
my $child = fork // die "fork: $!";
if (!$child) {
	exit 0 if fork;
	select undef, undef, undef, $seconds;
	kill 'KILL', $pid;
	exit 0;
}
waitpid $child, 0;
exec @program or die "exec: $!";
EOT

subtest 'during start-up' => sub {
	my $s = Drover->new;
	for my $round (1 .. $rounds * 3) {
		# Killed so long after its first instruction; it may be ready by
		# then, and says so before it dies.
		if ($s->launch(by => [$^X, '-e', $killer, 0.004 * $round])) {
			$s->signal('KILL');
			$s->wait_end;
		}
		my @left;
		$s->wait_until(sub {
			@left = map { $_->{title} } $s->_own_processes;
			return !@left;
		}, 5);
		is("@left", '', "round $round: nobody is left");
		starts_again($s);
		$s->stop;
	}
};

subtest 'a daemon' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, 'it starts');
	my ($first) = $s->pid;
	is($s->get('/?daemon')->{status}, 200, 'and serves');
	$s->signal('KILL');
	$s->wait_end;
	ok($s->launch_daemon, 'and again, at once') or diag($s->stderr);
	isnt($s->pid, $first, 'another process');
	is($s->get('/')->{status}, 200, 'and serves');
	$s->stop;
	like($s->log('access'), qr/\?daemon/, 'the line is there');
};

done_testing;
