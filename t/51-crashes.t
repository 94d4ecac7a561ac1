#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Workers that crash leave a record in the error log: why, where, and what
# they were at; and another one comes.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Faults;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => $_ for Drover::Faults::missing();

# The text of the error log about the process.
sub said_of {
	my ($s, $pid) = @_;
	return join '', grep { /\(pid $pid\)/ } split /^/m, $s->log('error');
}

# The pid of another worker than these, once there is one.
sub new_worker {
	my ($s, @old) = @_;
	return $s->wait_until(sub {
		my ($new) = grep { my $pid = $_; !grep { $_ == $pid } @old }
		    $s->workers;
		return $new;
	});
}

at_once 'every way to crash' => sub {
	my %signal = (stack => 'SEGV', segv => 'SEGV', abort => 'ABRT');
	my $s = Drover::Faults::start(conf => "Workers 1\n");
	for my $way (@Drover::Faults::CRASHES) {
		my $signal = $signal{$way} // uc $way;
		my ($pid) = $s->workers;
		ok(Drover::Faults::ask($s, "/crash-$way?x"),
		    "$way: the client is not kept waiting");
		ok($s->wait_log('error',
		    qr/worker 1 \(pid $pid\) crashed: #1 /), 'it is told of');
		my $said = said_of($s, $pid);
		like($said, qr/was killed by SIG$signal.* after .* s, busy for /,
		    "of SIG$signal");
		like($said, qr{for 127\.0\.0\.1 with "GET /crash-$way\?x HTTP/1\.1"$}m,
		    'with its request');
		like($said, qr/crashed: SIG$signal\b.*, at \S+\+0x[0-9a-f]+/,
		    'and where');
		like($said, qr/crashed: #\d+ drover\+0x[0-9a-f]+ \(worker_run\+/,
		    'and how it came there') if $way ne 'stack';
		ok(new_worker($s, $pid), 'another one comes');
		is($s->get('/')->{status}, 200, 'and serves');
	}
	like($s->log('error'), qr/SIGSEGV \(SEGV_MAPERR\), address 0x10, at /,
	    'the address that could not be used');
	like($s->log('error'),
	    qr/at \S+faults\.so\+0x[0-9a-f]+ \(faults_segv\+0x[0-9a-f]+\)$/m,
	    'and the function');
	like($s->log('error'), qr/crashed: #\d+ \S+ \(faults_deep\+.*, \d+ times/,
	    'calls without end take one line');
	$s->stop;
};

at_once 'what it was at' => sub {
	my $s = Drover::Faults::start(conf => "Workers 1\n",
	    files => { big => 'x' x (32 << 20) });
	my ($pid) = $s->workers;
	my @stalled = map { $s->connect } 1 .. 30;
	for my $i (1 .. 30) {
		$stalled[$i - 1]->request('GET', "/big?$i");
		IO::Select->new($stalled[$i - 1]->socket)->can_read(10);
	}
	my $c = $s->connect;
	$c->send("GET /crash-segv?%0A%1B[31m HTTP/1.1\r\nHost: h\r\n" .
	    "Cookie: secret\r\n\r\n");
	$c->closed(10);
	ok($s->wait_log('error', qr/\(pid $pid\) had \d+ more under way/),
	    'not all are named');
	my $said = said_of($s, $pid);
	my @shown = $said =~
	    m{had under way for \d.*, from 127\.0\.0\.1: "GET /big\?\d+ HTTP}g;
	is(scalar @shown, 24, '24 of the others are named');
	like($said, qr{busy for 127\.0\.0\.1 with "GET /crash-segv\?%0A%1B\[31m H},
	    'the one that it was at stands as it was sent');
	unlike($s->log('error'), qr/secret/, 'fields are not told');
	unlike($s->log('error'), qr/^(?!\[)/m, 'every line begins as one');
	unlike($s->log('error'), qr/[^\x20-\x7e\n]/, 'and is text');
	$s->stop;
};

# The head is complete, but nobody knows yet what it asks for.
at_once 'a request that is being read' => sub {
	my $s = Drover::Faults::start(conf => "Workers 1\n");
	my ($pid) = $s->workers;
	my $before = $s->connect;
	is($before->get('/?before')->{status}, 200, 'another one before');
	my $c = $s->connect;
	$c->send("GET /half?%0A HTTP/1.1\r\nCookie: secret\r\n" .
	    "Host: [::dead]\r\n\r\n");
	ok($c->closed(10), 'it crashes the worker');
	ok($s->wait_log('error', qr/\(pid $pid\) crashed: #1 /), 'told of');
	my $said = said_of($s, $pid);
	like($said, qr{crashed while it read: GET /half\?%0A HTTP/1\.1$}m,
	    'its first line');
	like($said, qr/busy for 127\.0\.0\.1$/m, 'and whose it was');
	unlike($s->log('error'), qr/secret|before/, 'and nothing else');
	$s->stop;
};

at_once 'a signal that somebody sent' => sub {
	my $s = Drover::Faults::start(conf => "Workers 1\n");
	my ($pid) = $s->workers;
	is($s->get('/')->{status}, 200, 'it serves');
	# It may yet be at the end of that.
	$s->wait_until(sub {
		return Drover::Process::stat_of($pid)->{state} eq 'S';
	});
	kill 'SEGV', $pid;
	ok($s->wait_log('error', qr/\(pid $pid\) crashed: #1 /), 'told of');
	my $said = said_of($s, $pid);
	like($said, qr/crashed: SIGSEGV, sent by pid $$, at /, 'and who did');
	unlike($said, qr/busy/, 'it was at nothing');
	ok(new_worker($s, $pid), 'another one comes');
	$s->stop;
};

at_once 'a logger that crashes' => sub {
	my $s = Drover::Faults::start(conf => "Workers 1\n");
	my $load = Drover::Load->start($s, keep => 2, pause => 0.001);
	for my $round (1 .. 3) {
		my ($pid) = $s->children(qr/logger/);
		kill 'SEGV', $pid;
		ok($s->wait_log('error',
		    qr/logger \(pid $pid\) crashed: #\d+ drover.*logger_run/),
		    'the next one writes how');
		$s->wait_until(sub {
			my ($now) = $s->children(qr/logger/);
			return $now && $now != $pid;
		});
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	my @missing = grep { / 0 lines/ } $load->missing($s->log('access'));
	is_deeply(\@missing, [], 'no line was lost');
};

# One client that has found a request that crashes the server, again and again.
at_once 'a poisonous request' => sub {
	my $s = Drover::Faults::start(conf => "Workers 2\n");
	my $load = Drover::Load->start($s, keep => 2, once => 2);
	my ($crashes, $end) = (0, time + 3);
	while (time < $end || $crashes < 12) {
		Drover::Faults::ask($s, '/crash-segv') or last;
		$crashes++;
	}
	my $r = $load->stop;
	cmp_ok($crashes, '>=', 12, "$crashes crashes");
	cmp_ok($r->{answered}, '>', $crashes, "$r->{answered} answered");
	# Each crash takes along what the worker was at beside.
	cmp_ok($r->{failed}, '<=', 4 * $crashes, "$r->{failed} failed");
	is(scalar(grep { /connect/ } @{ $r->{errors} }), 0,
	    'no connection was refused');
	is($s->get('/')->{status}, 200, 'it serves');
	is(scalar $s->wait_log('error', qr/crashed: SIGSEGV/, $crashes),
	    $crashes, 'each crash is told of');
	my @long = $s->log('error') =~ /crashed: #0 /g;
	cmp_ok(scalar @long, '>=', 10, 'some at length');
	cmp_ok(scalar @long, '<', $crashes, 'but not all');
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

run_at_once;
done_testing;
