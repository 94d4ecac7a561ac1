#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A graceful restart, and an upgrade, with many more idle connections than the
# processes may have descriptors under way: all of them are served on.
use strict;
use warnings;
use Drover;
use Drover::Upgrade;
use Test::More;

my $s = Drover->new(conf => "Workers 12\nKeepAliveTimeout 1000\n");
my $limited = $s->file('limited',
    "#!/bin/sh\nulimit -n 256\nexec '$Drover::PROGRAM' \"\$@\"\n");
chmod 0755, $limited;
my $program = $Drover::PROGRAM;
$Drover::PROGRAM = $limited;
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
for my $n (1 .. 3) {
	ok(Drover::Upgrade::upgrade($s), "upgrade $n");
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
}
my $served = 0;
for my $c (@clients) {
	my $r = eval { $c->request('GET', '/') && $c->response };
	$served++ if $r && $r->{status} == 200;
}
is($served, 400, 'all clients are served on');
unlike($s->log('error'), qr/:(?:warn|error|crit)\]/, 'and nobody complains');
$s->stop;

subtest 'ended at once, while it gives them away' => sub {
	$Drover::PROGRAM = $program;
	my $one = Drover->start(conf => "Workers 1\nKeepAliveTimeout 1000\n");
	my @idle = map { $one->connect } 1 .. 400;
	$_->request('GET', '/') for @idle;
	$_->response for @idle;
	$one->signal('USR1');
	ok($one->wait_notify(qr/generation 2$/m), 'a graceful restart');
	$one->signal('HUP');
	ok($one->wait_notify(qr/generation 3$/m), 'another, which is not');
	unlike($one->log('error'), qr/:(?:warn|error|crit)\]/,
	    'nobody complains of what was on its way');
	$one->stop;
};

done_testing;
