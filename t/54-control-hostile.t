#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Bad clients of the control socket: slow, many, mad, gone.  The master goes on
# with its work, answers a good one, and gets back what they took.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use IO::Select;
use IO::Socket::UNIX;
use Test::More;

$SIG{PIPE} = 'IGNORE';

sub client {
	my ($s, $bytes) = @_;
	my $c = IO::Socket::UNIX->new(Peer => $s->control_socket)
	    or die "connect: $!";
	syswrite $c, $bytes if length $bytes;
	return $c;
}

# All that it is told until the master closes.
sub told {
	my ($c) = @_;
	my $text = '';
	while (IO::Select->new($c)->can_read(60 * $Drover::SCALE)) {
		sysread $c, $text, 65536, length $text or return $text;
	}
	return "$text and nothing more";
}

sub is_well {
	my ($s, $name) = @_;
	like(told(client($s, "status\n")), qr/^done$/m, "$name: it answers");
	is($s->get('/')->{status}, 200, "$name: it serves");
	return;
}

sub descriptors {
	my ($s) = @_;
	return scalar(() = glob "/proc/@{[$s->pid]}/fd/*");
}

my ($s, $before);

# A server for what comes; what it has open then is all that it may have after.
sub begin {
	$s = Drover->start;
	is_well($s, 'before');
	$before = descriptors($s);
	return;
}

sub end {
	ok($s->wait_until(sub { descriptors($s) <= $before }, 30),
	    'no descriptor is left over') or
	    diag(descriptors($s) . " > $before");
	is_well($s, 'in the end');
	$s->stop;
	return;
}

begin();

subtest 'mad' => sub {
	my %bad = ("stop\nstop\n" => 'more than one line',
	    "\n" => 'no such command', "stop now\n" => 'no such argument',
	    "\0\n" => 'no text', "\xff\xfe" => 'no text',
	    'x' x 512 => 'too long', 'x' x 100000 => 'too long',
	    "GET / HTTP/1.1\r\n\r\n" => 'no text', "log-level\n" => 'needs');
	for my $bytes (sort keys %bad) {
		my $c = client($s, '');
		$c->blocking(0);
		syswrite $c, $bytes;
		like(told($c), qr/^failed .*$bad{$bytes}/,
		    sprintf '%.20s is refused', $bytes =~ s/[^ -~]/./gr);
	}
	srand 54;
	for (1 .. 200) {
		my $c = client($s, join '', map { chr int rand 256 }
		    1 .. 1 + rand 600);
		close $c;
	}
	is_well($s, 'after noise');
};

subtest 'gone' => sub {
	close client($s, '') for 1 .. 50;
	close client($s, 'grace') for 1 .. 50;
	close client($s, "status json\n") for 1 .. 50;
	close client($s, "graceful\n");
	ok($s->wait_log('error', qr/generation 2$/),
	    'what it asked for is done all the same');
	is_well($s, 'after that');
};

subtest 'piecewise' => sub {
	my $c = client($s, '');
	for my $byte (split //, "status\n") {
		syswrite $c, $byte;
		# Nothing tells that the master has read it.
		select undef, undef, undef, 0.001;
	}
	like(told($c), qr/^done$/m, 'a request byte by byte');
	$c = client($s, "status\n");
	shutdown $c, 1;
	like(told($c), qr/^done$/m, 'one who says no more');
	$c = client($s, 'stat');
	shutdown $c, 1;
	is(told($c), '', 'one who says no more too early');
};

at_once 'many and silent' => sub {
	begin();
	my @silent = map { client($s, $_ % 2 ? '' : 'sta') } 1 .. 100;
	is_well($s, 'beside them');
	# The oldest go for the others, those for their silence.
	is(scalar(grep { told($_) eq '' } @silent), 100, 'all are let go');
	is_well($s, 'after them');
	end();
};

at_once 'slow to read' => sub {
	begin();
	# More than a socket holds, and nothing is read of it.
	$s->set_conf(join '', map { "CustomLog logs/" . 'x' x 200 .
	    "$_ common env=never\n" } 1 .. 200);
	like(told(client($s, "graceful\n")), qr{^done}m, "a long status");
	my @slow = map { client($s, "status json\n") } 1 .. 10;
	is_well($s, 'beside them');
	my $fresh = told(client($s, "status json\n"));
	cmp_ok(length $fresh, '>', 60_000, 'it is long');
	# Of the logs, of which there was one before.
	ok($s->wait_until(sub { descriptors($s) <= $before + 199 }, 60),
	    'they are let go') or diag(descriptors($s));
	isnt(told($_) =~ /^done$/m, 1, 'with what they had taken') for @slow;
	$s->set_conf('');
	is(told(client($s, "graceful\n")) =~ /^done/m, 1, 'as before');
	end();
};

at_once 'too many that wait' => sub {
	begin();
	my @waiting;
	ok($s->wait_until(sub { $s->workers == 2 }, 30), 'no old workers');
	# What never comes: this worker is stopped.
	my ($worker) = $s->workers;
	kill 'STOP', $worker;
	push @waiting, client($s, "log-level warn\n") for 1 .. 16;
	for (@waiting) {
		ok(IO::Select->new($_)->can_read(60), 'one waits');
		like(scalar <$_>, qr/^progress \d workers? (?:is|are) to take it over$/,
		    'and is told for what');
	}
	is(told(client($s, "status\n")),
	    "failed too many wait for something already\n", 'no room');
	kill 'CONT', $worker;
	like(told($_), qr/^done/m, 'done') for @waiting;
	is_well($s, 'after them');
	end();
};

at_once 'no descriptors' => sub {
	$s = Drover->start;
	# All that it opened for a moment is closed when it answers.
	told(client($s, "status\n"));
	$before = descriptors($s);
	# No number below it is free.
	my %taken = map { m{(\d+)$} ? ($1 => 1) : () }
	    glob "/proc/@{[$s->pid]}/fd/*";
	my $limit = 0;
	$limit++ while $taken{$limit};
	if (!Drover::Process::limit($s->pid, 'nofile', $limit)) {
		$s->kill_all;
		plan skip_all => 'prlimit does not work here';
	}
	my $c = client($s, "status\n");
	# It stays where it is until there is one.
	ok(!IO::Select->new($c)->can_read(1.5), 'nobody is let in');
	is($s->get('/')->{status}, 200, 'it serves');
	my ($cpu) = cpu_of($s->pid);
	select undef, undef, undef, 1;
	cmp_ok(cpu_of($s->pid) - $cpu, '<', 50, 'and does not spin');
	Drover::Process::limit($s->pid, 'nofile', 1024);
	like(told($c), qr/^done$/m, 'then it is answered');
	end();
};

# In hundredths of a second.
sub cpu_of {
	my ($pid) = @_;
	my @field = split ' ', Drover::slurp("/proc/$pid/stat");
	return $field[13] + $field[14];
}

end();
run_at_once;
done_testing;
