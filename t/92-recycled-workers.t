# SPDX-License-Identifier: BSD-2-Clause
# Workers that have served as many connections as MaxConnectionsPerChild says
# hand over to others, again and again: no request fails, each has its one
# line, and neither a large download nor a slow upload is cut.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Drover::Lasting;
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $recycles = $ENV{DROVER_LONG} ? 300 : $Drover::VALGRIND ? 4 : 20;
# Those with one connection for each request are to have their turns.
my %kinds = (%Drover::Counted::KINDS,
	'kept alive' => ['k', '-k', '-c', 4, '-w', 2],
	'pipelined' => ['p', '-k', '-p', 8, '-w', 2, '-c', 2],
);
delete $kinds{'slow to ask'};
my $s = Drover->start(files => { Drover::Counted::pages(%kinds) },
    conf => "MaxConnectionsPerChild 50\n$Drover::Lasting::CONF");
my $idle = $s->connect;
is($idle->get('/k')->{status}, 200, 'a client that will be idle');
my $load = Drover::Counted->start_kinds($s, %kinds);
my $transfers = Drover::Lasting->start_both($s);

my $ended = $s->wait_log('error', qr/worker \d \(pid \d+\) ended with status 0/,
    $recycles, 120);
cmp_ok($ended, '>=', $recycles, "$ended workers were replaced");
Drover::Lasting::check_both($transfers);
is($idle->get('/k')->{status}, 200, 'the idle client is served on');
Drover::Counted::check_answers($load, $recycles);
Drover::Counted::check_lines($load);
is($s->log('error') =~ /:(?:warn|error|crit|alert)\]/ ? $s->log('error') : '',
    '', 'nothing to complain of');
$s->stop;
done_testing;
