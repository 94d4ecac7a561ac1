#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Workers that go on for ever with one request, or that somebody has stopped,
# are replaced after WorkerTimeout, and the log says what they were at; a
# stopped logger is, too, and no line is lost.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Faults;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep);

sub replaced {
	my ($s, $kind, $old) = @_;
	return $s->wait_until(sub {
		my ($now) = $s->children(qr/$kind/);
		return $now && $now != $old;
	}, 30);
}

at_once 'a worker that spins' => sub {
	plan skip_all => $_ for Drover::Faults::missing();
	my $s = Drover::Faults::start(conf => "Workers 1\nWorkerTimeout 1\n");
	my ($old) = $s->workers;
	my $idle = $s->connect;
	is($idle->get('/')->{status}, 200, 'it serves');
	my $c = $s->connect;
	$c->request('GET', '/spin?for=ever');
	ok(replaced($s, 'worker', $old), 'another one comes');
	ok($c->closed(10), 'who asked is not kept waiting');
	is($s->get('/')->{status}, 200, 'the others are answered');
	my ($why) = grep { /\(pid $old\) was killed by SIGABRT/ }
	    split /\n/, $s->log('error');
	like($why, qr{busy for 127\.0\.0\.1 with "GET /spin\?for=ever HTTP/1\.1": },
	    'the log says with what');
	like($why, qr/: it was stuck for WorkerTimeout$/, 'and why');
	ok($s->wait_log('error',
	    qr/\(pid $old\) crashed: #\d+ drover\+\S+ \(file_open_beneath\+/),
	    'and where it went round');
	$s->stop;
};

at_once 'a worker that is stopped in the middle of requests' => sub {
	my $s = Drover->start(conf => "Workers 1\nWorkerTimeout 1\n",
	    files => { big => 'x' x (32 << 20), 'index.html' => "hello\n" });
	my ($old) = $s->workers;
	my $c = $s->connect;
	$c->request('GET', '/big?stopped');
	IO::Select->new($c->socket)->can_read(10) or die 'no answer';
	ok($s->wait_until(sub {
		return Drover::Process::stat_of($old)->{state} eq 'S';
	}), 'it waits for the client');
	kill 'STOP', $old;
	ok(replaced($s, 'worker', $old), 'another one comes');
	is($s->get('/')->{status}, 200, 'and serves');
	my ($work) = $s->wait_log('error', qr/\(pid $old\) had under way/);
	like($work, qr{, from 127\.0\.0\.1: "GET /big\?stopped HTTP/1\.1"},
	    'the log says what it had to do');
	like($s->log('error'), qr/it was stopped for WorkerTimeout$/m,
	    'and why it was killed');
	$s->stop;
};

at_once 'one that is let go on in time' => sub {
	my $s = Drover->start(conf => "Workers 1\nWorkerTimeout 60\n");
	my ($pid) = $s->workers;
	kill 'STOP', $pid;
	my $c = $s->connect;
	$c->request('GET', '/');
	ok(!IO::Select->new($c->socket)->can_read(0.3), 'nobody answers');
	kill 'CONT', $pid;
	is($c->response->{status}, 200, 'the request was not lost');
	is_deeply([$s->workers], [$pid], 'and it is the same');
	$s->stop;
};

at_once 'a logger that is stopped' => sub {
	my $s = Drover->start(conf => "Workers 1\nWorkerTimeout 1\n");
	my $load = Drover::Load->start($s, keep => 2, pause => 0.001);
	my $rounds = $ENV{DROVER_LONG} ? 10 : 2;
	for my $round (1 .. $rounds) {
		my ($old) = $s->children(qr/logger/);
		kill 'STOP', $old;
		ok(replaced($s, 'logger', $old), 'another one comes');
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	my ($last) = $s->children(qr/logger/);
	is($s->get('/?last')->{status}, 200, 'one more request');
	kill 'STOP', $last;
	# Which does not wait for the one that is stopped.
	$s->stop;
	my @missing = grep { / 0 lines/ } $load->missing($s->log('access'));
	is_deeply(\@missing, [], 'no line was lost');
	like($s->log('access'), qr/\?last/, 'nor the last one');
};

run_at_once;
done_testing;
