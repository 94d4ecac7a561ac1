#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The control socket while one master replaces another: whoever asked the old
# one is sent on, and nobody hears of the end of a server that goes on.
use strict;
use warnings;
use Drover;
use Drover::Stalled;
use Drover::Upgrade;
use IO::Socket::UNIX;
use JSON::PP ();
use Test::More;

Drover::Upgrade::copy();

# A client that has said something, or nothing.
sub client {
	my ($path, $bytes) = @_;
	my $c = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";
	syswrite $c, $bytes if defined $bytes;
	return $c;
}

# Those that have connected, accepted or not.
sub connections {
	my ($s) = @_;
	my $path = $s->control_socket;
	# By the name that it was made under.
	my $others = grep { / \Q$path\E(?:\.new)?$/ && !/ 00010000 / }
	    split /\n/, Drover::slurp('/proc/net/unix');
	return $others;
}

sub generation {
	my ($s) = @_;
	my $status = $s->ctl('--json', 'status');
	return JSON::PP::decode_json($status->{out})->{server}{generation};
}

subtest 'the old master' => sub {
	my ($s, $c) = Drover::Stalled::start();
	my $old = $s->dir . '/old';
	link $s->control_socket, $old or die "link: $!";
	ok(Drover::Upgrade::upgrade($s), 'has been replaced, and drains');
	my $new = $s->pid;
	for my $line ('stop', 'graceful-stop', 'graceful', 'reopen', 'status',
	    'log-level info', 'upgrade') {
		my $answer = join '', readline client($old, "$line\n");
		is($answer, "moved master $new is the server now\n",
		    "sends on who asks for $line");
	}
	for my $command (qw(stop status)) {
		my $run = $s->ctl('-s', $old, $command);
		is($run->{status}, 1, "$command, and the path leads to none");
		is($run->{err}, "droverctl: another master is the server " .
		    "now\n", 'is told');
	}
	is(length $c->response(0, 30)->{body}, $Drover::Stalled::SIZE,
	    'and goes on');
	is($s->ctl('stop')->{status}, 0, 'stop');
	ok(!Drover::Process::stat_of($new), 'is for the new one');
	$s->stop;
};

subtest 'who waits when it is replaced' => sub {
	my $s = Drover->start;
	# All three come before the upgrade is over.
	kill 'STOP', $s->pid;
	my $upgrade = client($s->control_socket, "upgrade\n");
	my @command = ([$Drover::CTL, '-s', $s->control_socket, 'graceful'],
	    [$Drover::PROGRAM, '-d', $s->dir, '-f', $s->conf_file, '-k',
	    'graceful']);
	my @pid = map { $s->_spawn($command[$_], $s->dir . "/out$_",
	    $s->dir . "/err$_") } 0 .. 1;
	ok($s->wait_until(sub { connections($s) >= 3 }, 60), 'three ask');
	kill 'CONT', $s->pid;
	my ($new) = map { /^done master (\d+)/ } readline $upgrade;
	ok(defined $new, 'an upgrade') or return $s->stop;
	Drover::Upgrade::follow($s, $new);
	for (0 .. 1) {
		is(Drover::Process::wait_child($pid[$_], 60 * $Drover::SCALE),
		    0, "$command[$_][0] is done")
		    or diag(Drover::slurp($s->dir . "/err$_"));
	}
	like(Drover::slurp($s->dir . '/out0'), qr/^serving with 2 workers/,
	    'as it says');
	cmp_ok(generation($s), '>=', 2, 'by the new master');
	ok(Drover::Upgrade::alone($s), 'the old one is gone');
	$s->stop;
};

subtest 'an upgrade that does not come to its end' => sub {
	my $s = Drover->start(
	    conf => 'UpgradeTimeout ' . 3 * $Drover::SCALE . "\n");
	Drover::Upgrade::install(undef, "#!/bin/sh\nexec sleep 1000\n");
	my $upgrade = client($s->control_socket, "upgrade\n");
	my $line = readline $upgrade;
	# On a slow machine a reload may be under way.
	$line = readline $upgrade
	    if $line eq "progress a reload is to end first\n";
	like($line, qr/^progress master \d+ starts$/, 'begins');
	my $run = $s->ctl('upgrade');
	is($run->{status}, 1, 'another is refused');
	is($run->{err}, "droverctl: an upgrade is under way\n", 'and why');
	my @said = readline client($s->control_socket, "graceful\n");
	is($said[0], "progress an upgrade is to end first\n",
	    'a reload waits for its end');
	is($said[-1], "done serving with 2 workers, generation 2\n",
	    'and is done');
	like((readline $upgrade)[-1],
	    qr/^failed master \d+ did not serve within UpgradeTimeout$/,
	    'the upgrade is not');
	Drover::Upgrade::install();
	$s->stop;
};

done_testing;
