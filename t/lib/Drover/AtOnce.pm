# SPDX-License-Identifier: BSD-2-Clause
#
# Subtests that mostly wait, each in a process of its own, all at once.
#
#	use Drover::AtOnce;
#	at_once 'a time-out' => sub { ... };
#	at_once 'another one' => sub { ... };
#	run_at_once;
#	done_testing;
#
# Each starts servers of its own and shares nothing with the others.  What is
# measured against the clock from above stays a subtest of the usual kind.
package Drover::AtOnce;

use strict;
use warnings;
use Drover;
use Exporter 'import';
use POSIX ();
use Test::More ();
use Time::HiRes qw(sleep);

our @EXPORT = qw(at_once run_at_once);

# At most so many: they may be more than waiting when they start and stop.
my $MOST = $Drover::VALGRIND ? 1 : 8;

my @queue;	# [name, sub]
my %running;	# by pid

# Queues one.
sub at_once {
	my ($name, $sub) = @_;
	push @queue, { name => $name, sub => $sub };
	return;
}

# Runs those that are queued, and tells their outcomes in their order.
sub run_at_once {
	my @tests = splice @queue;
	my $next = 0;
	Drover::folder();
	for my $test (@tests) {
		while ($next < @tests && keys %running < $MOST) {
			_start($tests[$next++]);
		}
		_wait_one() until defined $test->{status};
		_tell($test);
	}
	return;
}

sub _start {
	my ($test) = @_;
	# Both ends are the parent's: files that are gone by name.
	open $test->{$_}, '+>', undef or die "a file for $_: $!" for qw(out err);
	my $pid = fork // die "fork: $!";
	if ($pid) {
		$running{$pid} = $test;
		return;
	}
	%running = ();
	Drover::become_other();
	my $builder = Test::More->builder;
	$builder->output($test->{out});
	$builder->todo_output($test->{out});
	$builder->failure_output($test->{err});
	open STDERR, '>&', $test->{err};
	my $good = eval { Test::More::subtest($test->{name}, $test->{sub}) };
	print STDERR $@ if $@;
	$good &&= !Drover::end_others();
	$_->flush for @{$test}{qw(out err)};
	POSIX::_exit($good ? 0 : 1);
}

# Not for any child: the test may have servers.
sub _wait_one {
	while (1) {
		for my $pid (keys %running) {
			waitpid($pid, POSIX::WNOHANG) == $pid or next;
			my $test = delete $running{$pid};
			$test->{status} = $?;
			return;
		}
		sleep 0.01;
	}
}

# What it said; its last line is the outcome, which this process tells.
sub _tell {
	my ($test) = @_;
	my ($out, $err) = map {
		seek $_, 0, 0;
		local $/;
		readline($_) // '';
	} @{$test}{qw(out err)};
	my $outcome = $out =~ s/^((?:not )?ok .*)\n\z//m ? $1 : 'not ok';
	print { Test::More->builder->output } $out;
	print STDERR $err;
	SKIP: {
		Test::More::skip($1, 1) if $outcome =~ /^ok .* # skip (.*)/i;
		Test::More::ok($test->{status} == 0 && $outcome =~ /^ok/,
		    $test->{name});
	}
	return;
}

END {
	kill 'TERM', keys %running;
	waitpid $_, 0 for keys %running;
}

1;
