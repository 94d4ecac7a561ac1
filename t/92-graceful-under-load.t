# SPDX-License-Identifier: BSD-2-Clause
# Graceful restarts, and graceful stops, under kept-alive and one-shot load:
# no request fails.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Counted;
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $restarts = $ENV{DROVER_LONG} ? 200 : 20;
my @conf = (files => { f => 'x' x 1024 },
    conf => "Workers 2\nMaxKeepAliveRequests 0\n");

my $s = Drover->start(@conf);
my %load = (
	'kept alive' => Drover::Counted->start($s, '/f', '-k', '-c', 8, '-l', 1024,
	    '-s', 300),
	'one connection each' => Drover::Counted->start($s, '/f', '-c', 4,
	    '-l', 1024, '-s', 300),
);
my $idle = $s->connect;
is($idle->get('/f')->{status}, 200, 'a connection is there, then idle');
for my $n (1 .. $restarts) {
	my %old = map { $_ => 1 } $s->workers;
	$s->signal('USR1');
	$s->wait_until(sub {
		my @now = $s->workers;
		return @now == 2 && !grep { $old{$_} } @now;
	}, 30) or last;
}
is($idle->get('/f')->{status}, 200,
    "after $restarts restarts the idle connection is served on");
for my $kind (sort keys %load) {
	my $c = $load{$kind}->finish;
	cmp_ok($c->{answered}, '>', $Drover::VALGRIND ? 0 : 100,
	    "$kind: $c->{answered} answered");
	is($c->{failed}, 0, "$kind: none failed");
}
$s->stop;

for my $n (1 .. 5) {
	at_once "stop $n" => sub {
		my $server = Drover->start(@conf);
		my %loads = (
			'kept alive' => Drover::Counted->start($server, '/f', '-k',
			    '-c', 8, '-l', 1024, '-s', 60),
			'one connection each' => Drover::Counted->start($server, '/f',
			    '-c', 4, '-l', 1024, '-s', 60),
		);
		$server->wait_log('access', qr/GET/, 200);
		$server->stop('QUIT', 30);
		for my $kind (sort keys %loads) {
			my $c = $loads{$kind}->finish;
			# Once it is gone, connecting is refused: that is no loss.
			is($c->{failed} - $c->{refused}, 0,
			    "$kind: none of $c->{answered} that connected failed");
		}
	};
}
run_at_once;
done_testing;
