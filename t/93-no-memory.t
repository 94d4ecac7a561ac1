#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Memory runs out: of a worker while it serves, and of a whole server at once.
# A connection may be lost, or a worker, which is replaced; the master and the
# other connections go on, and everything does once there is memory again.
use strict;
use warnings;
use Drover;
use POSIX ();
use Test::More;

plan skip_all => 'these have memory of their own' if Drover::is_watched();

my @conf = (conf => <<'EOT', files => { 'index.html' => "hello\n",
Workers 1
KeepAliveTimeout 120
Timeout 120
RequestReadTimeout header=0
AcceptFilter http none
LimitRequestFieldSize 65536
EOT
    map { ("file$_" => 'x' x 30000) } 1 .. 300 });

# How much address space a process has, in bytes.
sub size {
	my ($pid) = @_;
	return (Drover::slurp("/proc/$pid/statm") =~ /^(\d+)/)[0] *
	    POSIX::sysconf(POSIX::_SC_PAGESIZE());
}

# Everything that takes memory: connections, long heads, and files.
sub load {
	my ($s) = @_;
	my %got;
	my @conns = grep { defined } map { eval { $s->connect } } 1 .. 600;
	$_->send("GET / HTTP/1.1\r\nHost: a\r\nX: " . 'x' x 30000) for @conns;
	for my $i (1 .. 300) {
		my $status = eval { $s->get("/file$i")->{status} } // 'none';
		$got{$status}++;
	}
	$_->send("\r\n\r\n") for @conns;
	for my $conn (@conns) {
		my $r = eval { $conn->response(0, 20) };
		$got{ $r ? $r->{status} : 'none' }++;
		$conn->close;
	}
	return \%got;
}

# After it all.
sub goes_on {
	my ($s, $master) = @_;
	is($s->pid, $master, 'the master is the same');
	ok(Drover::Process::stat_of($master), '... and lives');
	ok($s->wait_until(sub {
		(eval { $s->get('/')->{body} } // '') eq "hello\n";
	}, 30), 'it serves');
	my %other = %{ load($s) };
	is_deeply(\%other, { 200 => 900 }, 'everything, once there is memory');
	return;
}

for my $more ($ENV{DROVER_LONG} ? (0, 1, 4, 16) : (1, 16)) {
	subtest("a worker that may take $more MiB more" => sub {
		my $s = Drover->start(@conf);
		my $master = $s->pid;
		my ($worker) = $s->workers;
		my $conn = $s->connect;
		is($conn->get('/')->{status}, 200, 'one is connected');
		if (!Drover::Process::limit($worker, 'as',
		    size($worker) + ($more << 20))) {
			$s->kill_all;
			plan skip_all => 'prlimit does not work';
		}
		my $got = load($s);
		note(join ' ', map { "$_: $got->{$_}" } sort keys %$got);
		is(join(' ', grep { !/^(?:200|500|503|none)$/ } keys %$got), '',
		    'who is not served is told so, or closed');
		Drover::Process::limit($worker, 'as', 'unlimited');
		goes_on($s, $master);
		$s->stop;
	});
}
# libconfig does not survive an allocation that fails.
subtest 'a master that may take no more' => sub {
	my $s = Drover->start(@conf);
	my $master = $s->pid;
	if (!Drover::Process::limit($master, 'as', size($master))) {
		$s->kill_all;
		plan skip_all => 'prlimit does not work';
	}
	# What it forks has no more than it has.
	$s->signal('USR1');
	ok(scalar $s->wait_log('error', qr/the reload failed and nothing has/),
	    'a reload fails and changes nothing');
	is($s->get('/')->{status}, 200, 'the old workers serve on');
	kill 'KILL', $s->workers;
	ok(scalar $s->wait_log('error', qr/ended with status 1/),
	    'new workers cannot start');
	Drover::Process::limit($master, 'as', 'unlimited');
	goes_on($s, $master);
	$s->stop;
};
done_testing;
