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
my $s = Drover->start(files => { map { $_ => 'x' x 1024 } qw(k o p w) },
    conf => <<'EOT');
Workers 2
MaxKeepAliveRequests 0
KeepAliveTimeout 600
RequestReadTimeout body=0
<Location "/echo">
    SetHandler echo
</Location>
EOT

my $big = Drover::Lasting::file($s, 'big', 100 << 20);
my @idle = map { $s->connect } 1 .. $idle_clients;
$_->get('/k') for @idle;
my %load = (
	'kept alive' => Drover::Counted->start($s, '/k', '-k', '-c', 6,
	    '-l', 1024, '-s', 900),
	'one connection each' => Drover::Counted->start($s, '/o', '-c', 4,
	    '-l', 1024, '-s', 900),
	'pipelined' => Drover::Counted->start($s, '/p', '-k', '-p', 8, '-w', 1,
	    '-c', 4, '-l', 1024, '-s', 900),
	'slow to ask' => Drover::Counted->start($s, '/w', '-k', '-w', 20,
	    '-c', 8, '-l', 1024, '-s', 900),
);
my $download = Drover::Lasting->download($s, '/big');
my $upload = Drover::Lasting->upload($s, '/echo');
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

is($download->finish, $big, 'the download is whole');
my ($sent, $page) = $upload->finish;
ok(length($sent) > 100 && index($page, $sent) >= 0, 'so is the upload');
ok(Drover::Upgrade::alone($s), 'and then the new master is alone');
is(scalar(my @now = processes()), 4, 'with its workers and its logger');
is(scalar(grep { (eval { $_->get('/k') } // {})->{status} // 0 == 200 }
    @idle), $idle_clients, 'idle connections are served on');
for my $kind (sort keys %load) {
	my $c = $load{$kind}->finish;
	cmp_ok($c->{answered}, '>', $Drover::VALGRIND ? 0 : 20,
	    "$kind: $c->{answered} answered");
	is($c->{failed} + $c->{left}, 0, "$kind: none failed");
}
for my $kind (sort keys %load) {
	my ($missing, $double) = $load{$kind}->unlogged;
	is(@$missing + @$double, 0, "$kind: one line for each");
}
is(scalar(() = $s->log('access') =~ m{"GET /big }g), 1,
    'and for the download');
is($s->log('error') =~ /:(?:warn|error|crit|alert)\]/ ? $s->log('error') : '',
    '', 'nothing to complain of');
is(Drover::Upgrade::descriptors($s), $first, 'as many descriptors as before');
$s->stop;
done_testing;
