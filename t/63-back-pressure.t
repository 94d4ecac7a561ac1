#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A logger that reads nothing: what cannot be logged is not answered, so no
# line is lost; what is not logged goes on; clients may go away meanwhile.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Ledger;
use Drover::Load;
use IO::Select;
use Test::More;

# Lines of 8 KiB, so that few fill a ring.
my $conf = Drover::Ledger::CONF .
    'CustomLog logs/access_log "%{X-Fill}i %U%q" env=!unlogged' . "\n" .
    "MaxKeepAliveRequests 0\n";

sub ask {
	my ($conn, $name) = @_;
	return $conn->request('GET', "/?$name", '', 'X-Fill' => 'x' x 7900);
}

at_once 'rings are full' => sub {
	my $s = Drover->start(conf => "${conf}WorkerTimeout 600\n");
	my ($logger) = $s->children(qr/logger/);
	my %open = map { $_ => $s->connect } 1 .. 8;
	my (%answered, %parked, $count);
	kill 'STOP', $logger;
	# On one connection after the other, until it is not answered.
	for my $id (sort keys %open) {
		for (1 .. 200) {
			my $name = "$id." . ++$count;
			ask($open{$id}, $name);
			if (!IO::Select->new($open{$id}->socket)->can_read(0.5)) {
				$parked{$id} = $name;
				last;
			}
			$open{$id}->response->{status} == 200 or last;
			$answered{$name} = 1;
		}
	}
	is(scalar keys %parked, 8, 'all connections come to wait, after ' .
	    keys(%answered) . ' answers');
	my $row = Drover::Ledger::row($s, 'access_log');
	ok($row, 'what is not logged is answered');
	like($s->get('/ledger?auto')->{body}, qr/^Scoreboard: \S*L/m,
	    'the scoreboard has them waiting for the log');
	$open{1}->abort;
	delete $open{1};
	$open{2}->close;
	delete $open{2};
	kill 'CONT', $logger;
	for my $id (sort keys %open) {
		my $r = $open{$id}->response;
		is($r->{status}, 200, "connection $id is answered");
		$answered{ $parked{$id} } = 1;
	}
	$row = Drover::Ledger::agrees($s, 'access_log', ['access'],
	    scalar keys %answered);
	is($row->{lost}, 0, 'nothing was lost');
	my (%lines, @without);
	$s->wait_until(sub {
		%lines = ();
		$lines{$_}++ for $s->log('access') =~ m{^x+ /\S*\?(\S+)$}mg;
		@without = grep { !$lines{$_} } keys %answered;
		return !@without;
	});
	is("@without", '', 'each answer has its line');
	is_deeply([grep { $_ > 1 } values %lines], [], 'and none has two');
	$s->stop;
};

at_once 'a logger that stays stopped is replaced' => sub {
	my $s = Drover->start(conf => "${conf}WorkerTimeout 1\n");
	my $load = Drover::Load->start($s, keep => 2);
	my ($logger) = $s->children(qr/logger/);
	kill 'STOP', $logger;
	ok($s->wait_until(sub {
		my ($now) = $s->children(qr/logger/);
		return $now && $now != $logger;
	}, 30), 'there is another');
	ok($s->wait_log('error',
	    qr{logger \(pid $logger\).*was stopped for WorkerTimeout}),
	    'the error log says so');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	my $row = Drover::Ledger::agrees($s, 'access_log', ['access'],
	    $r->{answered});
	is($row->{written}, $r->{answered}, 'as many lines as answers');
	$s->stop;
};

run_at_once;
done_testing;
