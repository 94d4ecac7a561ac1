#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Many upgrades, one after the other, under clients of every kind, with a
# download and an upload that last through all of them.  No request fails and
# each has its line, what lasts is whole, and in the end there is one master,
# as large as the first.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Drover::Lasting;
use Drover::Upgrade;
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $upgrades = $ENV{DROVER_LONG} ? 50 : $Drover::VALGRIND ? 2 : 5;
my $idle_clients = 20;
Drover::Upgrade::copy();
my %kinds = %Drover::Counted::KINDS;
my $s = Drover->start(files => { Drover::Counted::pages(%kinds) },
    conf => $Drover::Lasting::CONF);

my @idle = map { $s->connect } 1 .. $idle_clients;
$_->get('/k') for @idle;
my $load = Drover::Counted->start_kinds($s, %kinds);
my $transfers = Drover::Lasting->start_both($s);
$s->wait_log('access', qr{GET /k}, 500);

# All of the server, whichever master's.
sub processes {
	return map { $_->{pid} } grep { $_->{title} =~ /drover: / }
	    Drover::Process::living($s->{group});
}

my ($first, $done) = (Drover::Upgrade::descriptors($s), 0);
for my $n (1 .. $upgrades) {
	last if !Drover::Upgrade::upgrade($s);
	$done = $n;
	my $last = $s->{old}[-1];
	# But the first, which has the transfers.
	last if $n > 2 && !$s->wait_until(sub {
		!Drover::Process::stat_of($last);
	}, 30);
}
is($done, $upgrades, "$upgrades upgrades, and the old masters go");
my @left = grep { Drover::Process::stat_of($_) } @{ $s->{old} };
cmp_ok(scalar @left, '<=', 2, 'but those with the transfers');

Drover::Lasting::check_both($transfers);
ok(Drover::Upgrade::alone($s), 'and then the new master is alone');
is(scalar(my @now = processes()), 4, 'with its workers and its logger');
is(scalar(grep { (eval { $_->get('/k')->{status} } // 0) == 200 }
    @idle), $idle_clients, 'idle connections are served on');
Drover::Counted::check_answers($load, $Drover::VALGRIND ? 0 : 20);
Drover::Counted::check_lines($load);
is(scalar(() = $s->log('access') =~ m{"GET /big }g), 1,
    'and for the download');
is($s->log('error') =~ /:(?:warn|error|crit|alert)\]/ ? $s->log('error') : '',
    '', 'nothing to complain of');
is(Drover::Upgrade::descriptors($s), $first, 'as many descriptors as before');
$s->stop;
done_testing;
