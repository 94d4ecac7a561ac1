# SPDX-License-Identifier: BSD-2-Clause
# Workers killed under load: only what they had under way fails, nobody is
# refused, and each answered request has its one line.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $seconds = $ENV{DROVER_LONG} ? 10 : 3;
my $s = Drover->start(files => { f => 'x' x 1024, g => 'x' x 1024 },
    conf => "Workers 2\nKeepAlive On\nMaxKeepAliveRequests 0\n");
my @loads = (
	Drover::Counted->start($s, '/f', '-k', '-c', 8, '-l', 1024, '-s', 60),
	Drover::Counted->start($s, '/g', '-c', 4, '-l', 1024, '-s', 60),
);
my ($kills, $end) = (0, time + $seconds);
while (time < $end) {
	my @workers = $s->workers;
	if (@workers) {
		kill 'KILL', $workers[$kills % @workers] and $kills++;
	}
	# The rate of the kills is what is tested.
	sleep 0.1;
}
my @counts = map { $_->finish } @loads;
cmp_ok($kills, '>=', 5, "$kills workers were killed");
for my $i (0, 1) {
	my ($load, $c) = ($loads[$i], $counts[$i]);
	my $kind = ('kept alive', 'one connection each')[$i];
	my $clients = (8, 4)[$i];
	cmp_ok($c->{answered}, '>', $Drover::VALGRIND ? 0 : 100,
	    "$kind: $c->{answered} answered");
	is($c->{refused}, 0, "$kind: nobody was refused");
	is($c->{bad}, 0, "$kind: no wrong answer");
	cmp_ok($c->{failed}, '<=', $kills * $clients,
	    "$kind: $c->{failed} failed, at most those under way at a kill");
}
is(scalar $s->workers, 2, 'as many workers as before')
    if $s->wait_until(sub { $s->workers == 2 });
for my $load (@loads) {
	my ($missing, $double) = $load->unlogged;
	is("@$missing", '', "each answered request of $load->{path} has a line");
	is("@$double", '', 'and no more than one');
}
unlike($s->log('access'), qr/^(?!127\.0\.0\.1 - - \[.*"$)/m,
    'every line is whole');
$s->stop;
done_testing;
