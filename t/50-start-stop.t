#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A server starts, says so, and stops: what is there in between, what is gone
# afterwards, and that the same port serves again at once, ten times over.
use strict;
use warnings;
use Test::More;
use POSIX ();
use Time::HiRes qw(time);
use Drover;

# For a process of its own: sends HUP to the child of that parent that was
# started in dir, as soon as it holds the signal off.  True if that never was.
sub restart_early {
	my ($parent, $dir) = @_;
	my $end = time + 30 * $Drover::SCALE;
	while (time < $end) {
		for my $pid (Drover::Process::children($parent)) {
			next if Drover::slurp("/proc/$pid/cmdline") !~ /\Q$dir/;
			Drover::slurp("/proc/$pid/status") =~
			    /^SigBlk:\s*0+a01$/m or next;
			return kill('HUP', $pid) != 1;
		}
	}
	return 1;
}

my $s = Drover->start(conf => "Workers 3\n");

subtest 'what a running server is' => sub {
	is(Drover::slurp($s->pid_file), $s->pid . "\n",
	    'the pid file names the master');
	is(scalar $s->workers, 3, 'as many workers as asked for');
	is(scalar $s->children(qr/logger/), 1, 'one logger');
	is($s->get('/')->{body}, "hello\n", 'it serves');
	is(scalar $s->wait_log('access', qr{"GET / HTTP/1.1" 200 6 }), 1,
	    'and logs');
	is($s->stderr, '', 'it says nothing on standard error');
};

# The first request of a client that then waits must not keep it.
my $idle = $s->connect;
is($idle->get('/')->{status}, 200, 'a client is connected');

my $begin = time;
$s->stop('TERM');
cmp_ok(time - $begin, '<', 2 * $Drover::SCALE, 'TERM ends it soon');
ok($idle->closed(1), 'the idle client sees the end');
ok(!-e $s->pid_file, 'the pid file is gone');
ok(!eval { $s->connect; 1 }, 'nobody listens');

for my $round (1 .. 10) {
	subtest "again, $round" => sub {
		ok($s->launch, 'the same port at once') or diag($s->stderr);
		# What is closed by the server leaves TIME_WAIT behind.
		is($s->get('/')->{status}, 200, 'it serves');
		$s->stop($round % 2 ? 'INT' : 'TERM');
	};
}
is(scalar $s->wait_log('access', qr/ 200 /, 12), 12,
    'every request of all rounds has its line');

subtest 'a restart asked for while the configuration is read' => sub {
	plan skip_all => 'valgrind catches signals itself' if $Drover::VALGRIND;
	my $slow = Drover->new(conf => join '',
	    map { "Alias /$_ \"{DIR}/htdocs\"\n" } 1 .. 10_000);
	my $sender = fork // die "fork: $!";
	if ($sender == 0) {
		POSIX::_exit(restart_early(getppid, $slow->dir));
	}
	ok($slow->launch, 'it does not die of it') or diag($slow->stderr);
	waitpid $sender, 0;
	is($? >> 8, 0, 'it was asked before it caught signals');
	is(scalar $slow->wait_log('error', qr/generation 2/), 1,
	    'it restarts when it has started');
	is($slow->get('/')->{status}, 200, 'and serves');
	$slow->stop;
	unlike($slow->log('error'), qr/generation 3/, 'once');
};

done_testing;
