#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Who the processes are, by User and Group, and how many connections they
# take, by MaxConnections.
use strict;
use warnings;
use Drover;
use IO::Select;
use Test::More;

# /proc/PID/status as { name => value }.
sub status_of {
	my ($pid) = @_;
	return { map { /^(\w+):\s*(.*)$/ ? ($1, $2) : () }
	    split /\n/, Drover::slurp("/proc/$pid/status") };
}

subtest 'started by root' => sub {
	plan skip_all => 'not root' if $> != 0;
	my ($user, $group) = Drover::unprivileged();
	my ($uid, $gid) = ((getpwnam $user)[2], scalar getgrnam $group);
	my $s = Drover->start;
	my $master = status_of($s->pid);
	is($master->{Uid}, join("\t", (0) x 4), 'the master stays root');
	my @children = $s->children(qr/worker|logger/);
	is(scalar @children, 3, 'two workers and a logger');
	for my $pid (@children) {
		my $status = status_of($pid);
		my ($name) = Drover::Process::title($pid) =~ /(worker|logger)/;
		is($status->{Uid}, join("\t", ($uid) x 4), "$name: User");
		is($status->{Gid}, join("\t", ($gid) x 4), "$name: Group");
		unlike($status->{Groups}, qr/\b0\b/, "$name: not in root's group");
		for my $set (qw(CapInh CapPrm CapEff CapAmb)) {
			like($status->{$set}, qr/^0+$/, "$name: $set is empty");
		}
		is($status->{NoNewPrivs}, 1, "$name: and it stays so");
	}
	my (undef, undef, undef, undef, $owner) = stat $s->log_path('access');
	is($owner, 0, 'the logs belong to root');
	$s->stop;
};

subtest 'started by another' => sub {
	plan skip_all => 'root' if $> == 0;
	my $s = Drover->start(conf => "User www-data\nGroup www-data\n");
	is(status_of($_)->{Uid}, join("\t", ($>) x 4), 'stays who it is')
	    for $s->pid, $s->children(qr/worker|logger/);
	is($s->get('/')->{status}, 200, 'and serves');
	$s->stop;
};

subtest 'MaxConnections' => sub {
	my $s = Drover->start(files => { 'index.html' => "hello\n",
		'big' => 'x' x (32 << 20) }, conf => <<'EOT');
Workers 1
MaxConnections 3
KeepAliveTimeout 60
AcceptFilter http none
EOT
	# An idle one makes room, the one that has been idle for longest.
	my @conns = map { $s->connect } 1 .. 3;
	is($_->get('/')->{status}, 200, 'one of three') for @conns;
	my $fourth = $s->connect;
	is($fourth->get('/')->{status}, 200, 'a fourth is taken');
	ok($conns[0]->closed, 'for the one that was idle the longest');
	is($_->get('/')->{status}, 200, 'the others go on') for @conns[1, 2];

	# None is idle: whoever comes is told so.
	my @busy = ($fourth, @conns[1, 2]);
	for my $conn (@busy) {
		$conn->request('GET', '/big');
		ok(IO::Select->new($conn->socket)->can_read(10 *
		    $Drover::SCALE), 'one is at a large file');
	}
	for (1 .. 3) {
		my $r = $s->get('/');
		is("$r->{status} $r->{header}{connection}", '503 close',
		    'those who come then are refused');
		like($r->{header}{'retry-after'}, qr/^\d+$/, '... for a while');
	}
	$_->abort for @busy;
	ok($s->wait_until(sub { $s->get('/')->{status} == 200 }),
	    'until there is room');
	$s->stop;
};

done_testing;
