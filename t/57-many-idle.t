#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A graceful restart with many more idle connections than the processes may
# have descriptors under way: all of them are served on.
use strict;
use warnings;
use Drover;
use Test::More;

my $s = Drover->new(conf => "Workers 12\nKeepAliveTimeout 1000\n");
my $limited = $s->file('limited',
    "#!/bin/sh\nulimit -n 256\nexec '$Drover::PROGRAM' \"\$@\"\n");
chmod 0755, $limited;
local $Drover::PROGRAM = $limited;
ok($s->launch, 'a server of which each process has 256 descriptors');

my @clients = map { $s->connect } 1 .. 400;
$_->request('GET', '/') for @clients;
is(scalar(grep { ($_->response // {})->{status} } @clients), 400,
    'that many clients are answered, then idle');
for my $generation (2 .. 4) {
	my @old = $s->workers;
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation $generation$/m), 'a graceful restart');
	ok($s->wait_until(sub {
		!grep { Drover::Process::stat_of($_) } @old;
	}), 'the old workers are gone');
}
my $served = 0;
for my $c (@clients) {
	my $r = eval { $c->request('GET', '/') && $c->response };
	$served++ if $r && $r->{status} == 200;
}
is($served, 400, 'all clients are served on');
unlike($s->log('error'), qr/:(?:warn|error|crit)\]/, 'and nobody complains');
$s->stop;

done_testing;
