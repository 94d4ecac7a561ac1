#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Few descriptors, and none at all: those who are connected are served, those
# who come wait, and all goes on once there are some again.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use IO::Select;
use Test::More;
use Time::HiRes qw(time);

plan skip_all => 'valgrind has descriptors of its own' if $Drover::VALGRIND;

# How many descriptors a process has open.
sub open_descriptors {
	my ($pid) = @_;
	return scalar(my @all = glob "/proc/$pid/fd/*");
}

# Leaves the worker none.  False, and the subtest is skipped, where that cannot
# be.
sub use_up {
	my ($s, $worker) = @_;
	return 1 if Drover::Process::limit($worker, 'nofile',
	    open_descriptors($worker));
	$s->kill_all;
	plan skip_all => 'prlimit does not work';
	return 0;
}

# Clients that have asked, each as soon as it is connected: who says nothing for
# a second is let go where there is no room.
sub asking {
	my ($s, $count) = @_;
	return map {
		my $conn = $s->connect;
		$conn->request('GET', '/');
		$conn;
	} 1 .. $count;
}

at_once 'started with few' => sub {
	my $s = Drover->new(conf => "Workers 1\nKeepAliveTimeout 60\n");
	# A soft and a hard limit: the server raises the one to the other.
	local $Drover::PROGRAM = $s->file('few',
	    "#!/bin/sh\nulimit -n 64 && exec '$Drover::PROGRAM' \"\$@\"\n");
	chmod 0755, $Drover::PROGRAM;
	ok($s->launch, 'it starts') or diag($s->stderr);
	my @conns = asking($s, 60);
	# Whoever is idle makes room: all are answered, one after the other.
	my $answered = grep { ($_->response // {})->{status} == 200 } @conns;
	is($answered, 60, '60 clients with 64 descriptors');
	unlike($s->log('error'), qr/Too many open files/,
	    'MaxConnections is what the descriptors allow');
	$_->close for @conns;
	is($s->get('/')->{status}, 200, 'and it goes on');
	$s->stop;
};

# A worker that has nothing to do, though many would like it to, does nothing:
# neither is it awake all the time, nor is it woken again and again.
sub is_quiet {
	my ($worker, $name) = @_;
	my $before = Drover::Process::usage($worker);
	select undef, undef, undef, 1.5;
	my $after = Drover::Process::usage($worker);
	my ($ticks, $waits) =
	    map { $after->{$_} - $before->{$_} } qw(ticks waits);
	cmp_ok($ticks, '<', 60, "$name: it does not spin") or
	    diag("$ticks ticks and $waits waits in 1.5 seconds");
	cmp_ok($waits, '<', 500, '... and is not woken all the time');
	return;
}

at_once '500 clients' => sub {
	my $s = Drover->new(conf => "Workers 1\nKeepAliveTimeout 60\n" .
	    "AcceptFilter http none\nRequestReadTimeout header=0\n");
	local $Drover::PROGRAM = $s->file('few',
	    "#!/bin/sh\nulimit -n 64 && exec '$Drover::PROGRAM' \"\$@\"\n");
	chmod 0755, $Drover::PROGRAM;
	ok($s->launch, 'a server with 64 descriptors') or diag($s->stderr);
	my ($worker) = $s->workers;
	is($s->get('/')->{status}, 200, 'it serves');
	my $fds = open_descriptors($worker);

	# As many as it takes are in the middle of a request, the others come
	# in vain.
	my $max = 17;
	my @busy = map { $s->connect } 1 .. $max;
	$_->send("GET / HTTP/1.1\r\n") for @busy;
	ok($s->wait_until(sub { $s->get('/')->{status} == 503 }),
	    'full of those who are about to ask');
	my @silent = map { $s->connect } 1 .. 30;
	is_quiet($worker, 'who waits says nothing');
	my @asking = asking($s, 453);
	my %got;
	$got{ ($_->response(0, 30) // {})->{status} // 'none' }++ for @asking;
	is_deeply(\%got, { 503 => 453 }, 'those who ask are told');
	is_quiet($worker, 'all were told');
	$_->send("Host: a\r\n\r\n") for @busy;
	is(scalar(grep { ($_->response // {})->{status} == 200 } @busy), $max,
	    'who was there is answered');
	$_->close for @silent, @asking, @busy;
	ok($s->wait_until(sub { open_descriptors($worker) <= $fds }),
	    'all descriptors are free again');
	is($s->get('/')->{status}, 200, 'and it goes on');
	is_deeply([$s->workers], [$worker], 'in the same worker');
	unlike($s->log('error'), qr/Too many open files/,
	    'there always was one left');
	$s->stop;
};

at_once 'none left' => sub {
	my $s = Drover->start(conf => "Workers 1\nKeepAliveTimeout 60\n" .
	    "AcceptFilter http none\n");
	my ($worker) = $s->workers;
	my @conns = asking($s, 5);
	my $answered = grep { $_->response->{status} == 200 } @conns;
	use_up($s, $worker) or return;
	is($answered, 5, 'five are connected');
	my @late = asking($s, 10);
	ok($s->wait_log('error', qr/cannot accept a connection.*Too many/),
	    'no descriptor for another: it says so');
	is_quiet($worker, 'without a descriptor');
	my $start = time;
	for my $conn (@conns) {
		# 503 if it takes a descriptor to look at the file.
		like($conn->get('/')->{status}, qr/^(?:200|503)$/,
		    'who is connected is answered') for 1 .. 20;
	}
	cmp_ok(time - $start, '<', 5 * $Drover::SCALE, 'and soon');
	my $waiting = 10 - IO::Select->new(map { $_->socket } @late)->can_read(0);
	# Cached files that are given back let a few of them in.
	cmp_ok($waiting, '>=', 5, 'who came late waits');
	# One goes, another comes.
	$conns[0]->close;
	ok($s->wait_until(sub {
		10 - IO::Select->new(map { $_->socket } @late)->can_read(0) <
		    $waiting;
	}), 'until somebody goes');
	Drover::Process::limit($worker, 'nofile', 1024);
	is($late[9]->response->{status}, 200, 'or until there are more');
	like($_->response->{status}, qr/^(?:200|503)$/, 'all are answered')
	    for @late[0 .. 8];
	my @said = $s->log('error') =~ /cannot accept/g;
	# Each of the hundred requests may have opened the file anew, which was
	# then given back for another try.
	cmp_ok(scalar @said, '<', 120, 'it did not say so all the time');
	is_deeply([$s->workers], [$worker], 'the worker is the same');
	$_->close for @late, @conns[1 .. 4];
	$s->stop;
};

at_once 'a graceful stop without descriptors' => sub {
	my $s = Drover->start(conf => "Workers 1\nKeepAliveTimeout 60\n" .
	    "AcceptFilter http none\n");
	my ($worker) = $s->workers;
	my $conn = $s->connect;
	my $status = $conn->get('/')->{status};
	use_up($s, $worker) or return;
	is($status, 200, 'one is connected');
	my @late = asking($s, 3);
	$s->wait_log('error', qr/cannot accept a connection/);
	$s->signal('QUIT');
	like($_->response->{status}, qr/^(?:200|503)$/,
	    'who had connected is answered') for @late;
	is($s->wait_end(10), 0, 'and then it ends');
	$s->stop;
};

run_at_once;
done_testing;
