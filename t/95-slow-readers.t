#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Slow readers beside fast ones, in one worker: nobody waits for anybody, each
# gets what was asked for, and all of them together do not keep the server from
# ending.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use IO::Select;
use Socket;
use Test::More;
use Time::HiRes qw(time);

# More than the kernel takes for a client that does not read.
my $size = 8_000_000;
my $big = join '', map { sprintf "%07d\n", $_ } 1 .. $size / 8;
my @files = (files => { 'big' => $big, 'small' => "hello\n" });
my $readers = 20;

# With a small window, which has to be known when it connects.
sub slow_reader {
	my ($s, $host) = @_;
	socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!";
	setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 65536;
	connect $socket, pack_sockaddr_in($s->port, INADDR_LOOPBACK)
	    or die "connect: $!";
	my $conn = bless { socket => $socket, in => '', eof => 0 },
	    'Drover::Conn';
	$conn->send("GET /big HTTP/1.1\r\nHost: " . ($host // 'a') .
	    "\r\nConnection: close\r\n\r\n");
	return $conn;
}

at_once 'slow beside fast' => sub {
	my $s = Drover->start(@files, conf => "Workers 1\n" .
	    "MaxKeepAliveRequests 0\nTimeout 60\n");
	my @slow = map { slow_reader($s) } 1 .. $readers;
	IO::Select->new($_->socket)->can_read(10) for @slow;
	my $fast = $s->connect;
	my ($start, $worst) = (time, 0);
	for (1 .. 200) {
		my $begin = time;
		$fast->get('/small')->{body} eq "hello\n" or die;
		my $took = time - $begin;
		$worst = $took if $took > $worst;
		# Each of the slow ones takes a little.
		sysread $slow[$_ % $readers]->socket, my $bytes, 1000
		    or die 'closed';
		$slow[$_ % $readers]{in} .= $bytes;
	}
	cmp_ok($worst, '<', 1 * $Drover::SCALE, 'a fast one never waits long');
	my $whole = grep { $_->response(0, 30)->{body} eq $big } @slow;
	is($whole, $readers, 'the slow ones get all, as it is');
	is(scalar $s->wait_log('access', qr{"GET /big HTTP/1.1" 200 $size },
	    $readers), $readers, 'and each has its line');
	$s->stop;
};

at_once 'too slow' => sub {
	my $s = Drover->start(@files, conf => <<'EOT');
Timeout 5
ResponseMinRate 100000000
<VirtualHost *:*>
    ServerName hasty.test
</VirtualHost>
<VirtualHost *:*>
    ServerName patient.test
    ResponseMinRate 0
</VirtualHost>
<VirtualHost *:*>
    ServerName usual.test
    ResponseMinRate 240
</VirtualHost>
EOT
	my %reader = map { $_ => slow_reader($s, "$_.test") }
	    qw(hasty patient usual);
	# All take the same: enough for most, and far from what one asks for.
	my $end = time + 20 * $Drover::SCALE;
	my ($cut, $rounds) = (0, 0);
	while (time < $end && ($rounds++ < 80 || !$cut)) {
		for my $conn (values %reader) {
			my $n = sysread $conn->socket, my $bytes, 4000;
			$cut++ if !$n && $conn == $reader{hasty};
		}
		select undef, undef, undef, 0.03;
	}
	ok($cut, 'who takes less than ResponseMinRate is cut off');
	my ($line) = $s->wait_log('access', qr{"GET /big HTTP/1.1" 200 \d+ });
	my ($sent) = $line =~ / 200 (\d+) /;
	cmp_ok($sent, '<', $size, 'its line says what was sent');
	is(scalar(() = $s->log('access') =~ /GET/g), 1,
	    'the others are served on, by 240 and by 0');
	like($s->log('error'), qr/:info\].*cut off: the client takes/,
	    'the error log says why');
	$_->close for values %reader;
	$s->stop;
};

subtest 'stopping with downloads that stall' => sub {
	for my $signal (qw(TERM HUP)) {
		my $s = Drover->start(@files, conf => "Workers 2\n");
		my @slow = map { slow_reader($s) } 1 .. $readers;
		IO::Select->new($_->socket)->can_read(10) for @slow;
		my @old = $s->workers;
		my $start = time;
		$s->signal($signal);
		$s->wait_until(sub {
			$s->_reap || !grep { Drover::Process::stat_of($_) } @old;
		});
		cmp_ok(time - $start, '<', 2 * $Drover::SCALE,
		    "$signal: old workers are gone soon");
		is(scalar $s->wait_log('access', qr{"GET /big}, $readers),
		    $readers, 'what was cut is logged');
		is($s->get('/small')->{status}, 200, 'it serves')
		    if $signal eq 'HUP';
		$s->stop;
		$_->close for @slow;
	}
};

run_at_once;
done_testing;
