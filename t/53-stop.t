#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The ways to stop: TERM and INT at once, QUIT and WINCH with grace.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Drover::Stalled;
use Drover::Terminal;
use Test::More;
use Time::HiRes qw(sleep time);

subtest 'TERM and INT' => sub {
	for my $signal (qw(TERM INT)) {
		my ($s, $stalled) = Drover::Stalled::start();
		my $idle = $s->connect;
		is($idle->get('/')->{status}, 200, 'an idle client');
		my $half = $s->connect;
		$half->send("GET / HTTP/1.1\r\n");
		my $start = time;
		$s->signal($signal);
		is($s->wait_end(5), 0, "$signal: it ends");
		cmp_ok(time - $start, '<', 1 * $Drover::SCALE, 'soon');
		ok(!-e $s->pid_file, 'the pid file is gone');
		ok($s->wait_notify(qr/^STOPPING=1$/m, 1), 'it said so');
		# valgrind's workers are too slow for that, and are killed.
		like($s->log('access'), qr{"GET /big HTTP/1.1"},
		    'what it cut is logged') if !$Drover::VALGRIND;
		$s->stop;
	}
};

at_once 'QUIT under load' => sub {
	for my $round (1 .. 3) {
		my $s = Drover->start;
		my $load = Drover::Load->start($s, once => 4, pause => 0.001);
		$s->signal('QUIT');
		is($s->wait_end, 0, 'it ends');
		my $r = $load->stop;
		# Once it is gone nobody can connect; until then all are served.
		my @bad = grep { !/connect/ } @{ $r->{errors} };
		is_deeply(\@bad, [], "nobody who had connected was turned away")
		    or diag($r->{answered});
		$s->stop;
		is_deeply([$load->missing($s->log('access'))], [],
		    'every answered request has its line');
	}
};

at_once 'QUIT finishes what is under way' => sub {
	my ($s, $c) = Drover::Stalled::start();
	my $idle = $s->connect;
	is($idle->get('/')->{status}, 200, 'an idle client');
	$s->signal('QUIT');
	ok($idle->closed, 'it is let go');
	ok(!defined $s->wait_end(0.5), 'the server waits for the other');
	my $r = $c->response(0, 30);
	is(length $r->{body}, $Drover::Stalled::SIZE, 'who gets all of it');
	is($s->wait_end, 0, 'then it ends');
	$s->stop;
};

at_once 'WINCH is a graceful stop, too' => sub {
	my $s = Drover->start;
	$s->signal('WINCH');
	is($s->wait_end, 0, 'it ends');
	like($s->log('error'), qr/SIGWINCH: stopping gracefully/, 'and says so');
	$s->stop;
};

at_once 'WINCH of a terminal is its resizing' => sub {
	my ($master, $terminal) = Drover::Terminal::open_terminal();
	plan skip_all => 'no terminals' if !$master;
	my $s = Drover->new;
	ok($s->launch(stdin => $terminal), 'it starts in a terminal');
	my ($worker) = $s->workers;
	$s->signal('WINCH');
	# The master works signals off in turn.
	kill 'KILL', $worker;
	ok($s->wait_log('error', qr/\(pid $worker\)/), 'it is awake');
	is($s->get('/')->{status}, 200, 'and serves');
	unlike($s->log('error'), qr/SIGWINCH/, 'it does not stop');
	$s->stop;
};

at_once 'GracefulShutdownTimeout' => sub {
	my ($s, $c) = Drover::Stalled::start(conf => 'GracefulShutdownTimeout 1');
	my $start = time;
	$s->signal('QUIT');
	is($s->wait_end, 0, 'it ends');
	cmp_ok(time - $start, '>=', 0.9, 'not before');
	cmp_ok(time - $start, '<', 5 * $Drover::SCALE, 'nor long after');
	like($s->log('error'), qr/GracefulShutdownTimeout is over/,
	    'and says why');
	$s->stop;
};

at_once 'TERM hurries a graceful stop' => sub {
	my ($s, $c) = Drover::Stalled::start();
	$s->signal('QUIT');
	ok($s->wait_log('error', qr/SIGQUIT/), 'it stops gracefully');
	ok(!defined $s->wait_end(0.3), 'it waits');
	$s->signal('QUIT');
	ok(!defined $s->wait_end(0.3), 'another QUIT changes nothing');
	$s->signal('TERM');
	is($s->wait_end(5), 0, 'TERM ends it');
	$s->stop;
};

at_once 'TERM while a generation drains' => sub {
	my ($s, $c) = Drover::Stalled::start();
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'a graceful restart');
	cmp_ok(scalar @{ [$s->workers] }, '>', 2, 'an old worker drains');
	$s->signal('TERM');
	is($s->wait_end(5), 0, 'it ends');
	$s->stop;
};

# Whether a server that waits for a port ends at once when it is told to, and
# gives its workers the time that is theirs.
sub ends_well_while_waiting {
	my $s = Drover->start;
	my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr =>
	    '127.0.0.1') or die "listen: $!";
	$s->set_conf("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:" .
	    $taken->sockport);
	$s->signal('USR1');
	ok($s->wait_log('error', qr/SIGUSR1/), 'it begins to restart');
	my $begin = time;
	$s->signal('TERM');
	is($s->wait_end, 0, 'it ends');
	my $took = time - $begin;
	$s->stop;
	return $took < 0.8 && $s->log('error') !~ /did not end when told/;
}

subtest 'TERM while a restart waits for a port' => sub {
	plan skip_all => 'valgrind is too slow for it' if $Drover::VALGRIND;
	# The port is waited for for a second.  Other things, too, may hold a
	# slow machine up.
	my $well;
	for (1 .. 5) {
		last if $well = ends_well_while_waiting();
	}
	ok($well, 'it is given up, and all end');
};

at_once 'a whole group that is told to end' => sub {
	my $s = Drover->start;
	is($s->get('/?last')->{status}, 200, 'a request');
	kill 'INT', -$s->{group};
	is($s->wait_end, 0, 'Ctrl-C ends it');
	like($s->log('access'), qr/last/, 'and the log is whole');
	$s->stop;
};

at_once 'no LogLevel leaves starts and stops out' => sub {
	my $s = Drover->start(conf => 'LogLevel emerg');
	my ($worker) = $s->workers;
	kill 'KILL', $worker;
	ok($s->wait_until(sub {
		$s->workers == 2 && !grep { $_ == $worker } $s->workers;
	}), 'a worker is replaced');
	$s->stop;
	like($s->log('error'), qr/serving with 2 workers/, 'the start');
	like($s->log('error'), qr/SIGTERM: stopping/, 'and the stop');
	unlike($s->log('error'), qr/SIGKILL/, 'but not what is in between');
};

run_at_once;
done_testing;
