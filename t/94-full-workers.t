#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Workers that can take no more leave what comes to the others: those that are
# at MaxConnections, and those that are stuck.
use strict;
use warnings;
use Drover;
use IO::Select;
use Test::More;
use Time::HiRes qw(time);

# A request of which the end is missing keeps its connection busy.
sub busy {
	my ($s) = @_;
	my $conn = $s->connect;
	$conn->send("GET / HTTP/1.1\r\nHost: localhost\r\n");
	return $conn;
}

subtest 'MaxConnections of several workers' => sub {
	my $max = 12;
	my $s = Drover->start(conf => <<"EOT");
Workers 3
MaxConnections $max
KeepAliveTimeout 60
AcceptFilter http none
EOT
	my @busy = map { busy($s) } 1 .. 3 * $max;
	# All who are in can be answered; whoever is not comes in afterwards.
	# At no time is there one who waits although somebody has room.
	my $select = IO::Select->new(map { $_->socket } @busy);
	$_->send("Connection: close\r\n\r\n") for @busy;
	my $start = time;
	is(scalar(grep { $_->response->{status} == 200 } @busy), 3 * $max,
	    'three times as many as there may be, all are answered');
	cmp_ok(time - $start, '<', 5 * $Drover::SCALE, 'soon');
	$_->close for @busy;

	@busy = map { busy($s) } 1 .. $max;
	my @late = map { $s->connect } 1 .. $max;
	$_->request('GET', '/') for @late;
	$start = time;
	for my $conn (@busy) {
		$conn->send("\r\n");
		is($conn->response->{status}, 200, 'one becomes idle');
	}
	is(scalar(grep { $_->response->{status} == 200 } @late), $max,
	    'idle ones make room in each worker');
	cmp_ok(time - $start, '<', 5 * $Drover::SCALE, 'soon');
	$_->close for @busy, @late;
	$s->stop;
};

subtest 'a worker that is stuck' => sub {
	my $s = Drover->start(conf => <<'EOT');
Workers 2
KeepAliveTimeout 60
MaxKeepAliveRequests 0
WorkerTimeout 120
EOT
	my ($stuck) = $s->workers;
	kill 'STOP', $stuck;
	# A connection that only the stuck one heard of would wait for ever,
	# but it hears of none: those who do not wait are not woken.
	my $start = time;
	my @conns = map { $s->connect } 1 .. 400;
	$_->request('GET', '/') for @conns;
	is(scalar(grep { ($_->response // {})->{status} == 200 } @conns), 400,
	    '400 kept-alive connections are served by the other');
	cmp_ok(time - $start, '<', 10 * $Drover::SCALE, 'soon');
	kill 'CONT', $stuck;
	$_->close for @conns;
	is($s->get('/')->{status}, 200, 'and it goes on');
	$s->stop;
};

done_testing;
