#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Workers that can take no more leave what comes to the others: those that are
# at MaxConnections, and those that are stuck.  Once all are at MaxConnections
# who is idle goes, and where nobody is new ones are told so with 503.
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
	my ($max, $more) = (12, 60);
	my $s = Drover->start(conf => <<"EOT", files => { 'index.html' => 'a',
Workers 3
MaxConnections $max
KeepAliveTimeout 60
AcceptFilter http none
ErrorDocument 503 /sorry
EOT
	    sorry => 'come again' });
	my @busy = map { busy($s) } 1 .. $max;
	ok($s->wait_until(sub { $s->get('/')->{status} == 503 }),
	    'all connections are busy');
	my $before = () = $s->wait_log('access', qr/ 503 /);
	my @late = map { $s->connect } 1 .. $more;
	$_->request('GET', '/late') for @late;
	my @refused = map { $_->response } @late;
	is(scalar(grep { $_->{status} == 503 && $_->{header}{'retry-after'} &&
	    $_->{header}{connection} eq 'close' } @refused), $more,
	    "$more more are refused, and told when to come again");
	is(scalar(grep { $_->{body} eq 'come again' } @refused), $more,
	    'with the ErrorDocument');
	is(scalar(grep { $_->closed && !$_->{error} } @late), $more,
	    'no connection is reset');
	is(scalar $s->wait_log('access', qr{"GET /late HTTP/1.1" 503 }, $more),
	    $more, 'each has its line');
	cmp_ok(scalar(() = $s->log('error') =~ /answered with 503/g), '<=', 3,
	    'the error log has it once for each worker');

	$_->send("\r\n") for @busy;
	is(scalar(grep { $_->response->{status} == 200 } @busy), $max,
	    'those that were there first are answered');
	# Who is idle now, the longest of them first, makes room.
	$_->close for @late;
	for my $round (1 .. 3) {
		my @new = map { $s->connect } 1 .. $max;
		$_->request('GET', '/') for @new;
		is(scalar(grep { $_->response->{status} == 200 } @new), $max,
		    'idle ones make room');
		push @busy, @new;
	}
	cmp_ok(scalar(grep { $_->closed(0.01) } @busy), '>=', 3 * $max,
	    'and are closed');
	is(scalar(grep { $_->{error} } @busy), 0, '... without a reset');
	$_->close for @busy;
	is($s->get('/')->{status}, 200, 'it goes on');
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
