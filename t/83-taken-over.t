#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What a process that was taken over can still do is seen and borne: calls that
# are refused again and again, nonsense in place of log lines.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Sandbox;
use POSIX ();
use Test::More;

my $why = Drover::Sandbox::lacks();
plan skip_all => $why if $why;
$Drover::PROGRAM = Drover::Sandbox::trespasser();

my $conf = <<'EOT';
<Location "/try">
    SetHandler trespass
</Location>
EOT

at_once 'a call that is refused many times' => sub {
	my $s = Drover->start(conf => "${conf}Workers 1\n", trespasses => 1);
	my $c = $s->connect;
	$c->get('/try?bind/0/1/') for 1 .. 50;
	$c->get('/try?mount/0/0//');
	ok($s->wait_log('error', qr/refused mount$/m), 'another one is told');
	# What was held back is told when the second is over.
	my $times = sub {
		my ($sum, $log) = (0, $s->log('error'));
		$sum += $1 // 1
		    while $log =~ /refused bind(?:, times: (\d+))?$/mg;
		return $sum;
	};
	ok($s->wait_until(sub { $times->() == 50 }), 'each is counted') or
	    diag($times->());
	my @lines = $s->log('error') =~ /^(\[.{27}).*refused bind/mg;
	cmp_ok(scalar @lines, '<', 25, 'in few lines');
	my ($worker) = $s->workers;
	is(scalar(() = $s->log('error') =~ /\[pid $worker\] the sandbox /g),
	    @lines + 1, 'with the pid of the worker');
	$s->stop;
};

# Which is one for all, and outlives who spoils it.
subtest 'a listener that is spoiled' => sub {
	my $s = Drover->start(conf => $conf);
	my %made = ('make-linger' => 'linger', 'make-deaf' => 'refuse clients',
		'close-listener' => 'listen no more');
	for my $how (sort keys %made) {
		my $c = $s->connect;
		is($c->get("/try?$how/0/0/")->{body}, "OK\n", $how);
		$c->close;
		ok($s->wait_log('error', qr/made it $made{$how}.* mended/),
		    'it is mended, which is told');
		is($s->get('/')->{status}, 200, 'and all is well');
	}
	$s->stop;
};

subtest 'a call of another ABI' => sub {
	plan skip_all => 'there is none' if (POSIX::uname())[4] ne 'x86_64';
	my $s = Drover->start(conf => "${conf}Workers 1\n");
	my $c = $s->connect;
	$c->request('GET', '/try?other-abi/0/0/');
	ok($s->wait_log('error', qr/was killed by SIGSYS/),
	    'ends who makes it');
	is($s->get('/')->{status}, 200, 'another one serves');
	$s->stop;
};

subtest 'nonsense to the master' => sub {
	my $s = Drover->start(conf => "${conf}Workers 1\n");
	my ($worker) = $s->workers;
	my $c = $s->connect;
	$c->request('GET', '/try?babble/0/10/');
	ok($s->wait_log('error', qr/SIGKILL .*: it sent nonsense/),
	    'who sends it is killed');
	ok($s->wait_until(sub {
		my ($now) = $s->workers;
		$now && $now != $worker;
	}), 'another one comes');
	is($s->get('/')->{status}, 200, 'and serves');
	is(scalar(() = $s->log('error') =~ /sent a message of type/g), 1,
	    'it is told once');
	$s->stop;
};

# As code would that finds no way on.
at_once 'a call that is refused, and then the end' => sub {
	my $s = Drover->start(conf => "${conf}Workers 1\n", trespasses => 1);
	my ($worker) = $s->workers;
	my $c = $s->connect;
	$c->request('GET', '/try?execve/0/0//bin/true/last:');
	ok($s->wait_log('error', qr/refused execve to worker 1 \(pid $worker\)/),
	    'it is told by the master');
	ok($s->wait_until(sub {
		my ($now) = $s->workers;
		$now && $now != $worker;
	}), 'another one comes');
	is($s->get('/')->{status}, 200, 'and serves');
	my @told = $s->log('error') =~ /the sandbox refused/g;
	is(scalar @told, 1, 'it is told once');
	$s->stop;
};

# The other worker's lines are none the worse, and the one that did it goes.
at_once 'nonsense in a ring' => sub {
	my $s = Drover->start(conf => $conf);
	my ($logger) = $s->children(qr/logger/);
	my @workers = $s->workers;
	my $c = $s->connect;
	$c->request('GET', '/try?nonsense');
	ok($s->wait_log('error', qr/\[logger:crit\] .*ring \d+ makes no sense/),
	    'the logger says so');
	ok($s->wait_until(sub {
		$s->get('/try?unknown/');
		my %now = map { $_ => 1 } $s->workers;
		return keys %now == 2 && grep { !$now{$_} } @workers;
	}, 60), 'its worker is replaced');
	is(join(' ', $s->children(qr/logger/)), $logger, 'the logger lives on');
	$s->get("/?after=$_") for 1 .. 20;
	is(scalar $s->wait_log('access', qr/\?after=/, 20), 20,
	    'lines of others are written');
	unlike($s->log('access'), qr/\xa5/, 'and none of the nonsense');
	$s->stop;
};

at_once 'nonsense in all rings' => sub {
	my $s = Drover->start(conf => "${conf}Workers 1\n");
	my ($logger) = $s->children(qr/logger/);
	for my $n (1 .. 3) {
		my ($worker) = $s->wait_until(sub { $s->workers });
		my $c = $s->connect;
		$c->request('GET', '/try?nonsense');
		is(scalar $s->wait_log('error', qr/ring \d+ makes no sense/, $n),
		    $n, "time $n: the logger says so");
		ok($s->wait_until(sub {
			$c->request('GET', '/');
			my ($now) = $s->workers;
			$now && $now != $worker;
		}, 60), 'another worker comes');
	}
	is($s->get('/?at-last')->{status}, 200, 'it serves');
	ok($s->wait_log('access', qr/\?at-last/), 'and logs');
	is(join(' ', $s->children(qr/logger/)), $logger, 'the logger lives on');
	$s->stop;
};
run_at_once;
done_testing;
