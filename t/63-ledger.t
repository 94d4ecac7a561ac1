#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What becomes of lines when something goes wrong: killed workers and loggers,
# programs that read nothing, files that may not grow.  In the end what was
# appended is what was written or lost, and what was written stands in the
# files.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Ledger;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep time);

# The ledger that the logger writes at its end: appended, written, lost.
sub ledger {
	my ($s) = @_;
	my @ledger = $s->log('error') =~
	    /lines before this: appended (\d+), written (\d+), lost (\d+)$/m;
	return @ledger;
}

# How many lines the files have.
sub line_count {
	my ($s, @names) = @_;
	return scalar(() = join('', map { $s->log($_) } @names) =~ /\n/g);
}

# The size to which a process may let files grow.
sub set_limit { return Drover::Process::limit($_[0], 'fsize', $_[1]) }

my $have_prlimit = grep { -x "$_/prlimit" } split /:/, $ENV{PATH};

at_once 'requests, lines and the ledger are equal' => sub {
	my $s = Drover->start;
	my $load = Drover::Load->start($s, keep => 4, once => 2);
	sleep 1;
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	my ($appended, $written, $lost) = ledger($s);
	is($lost, 0, 'nothing was lost');
	is($appended, $written, 'all was written');
	# The ledger's own line comes after it.
	is(line_count($s, 'access', 'error'), $written + 1, 'to the files');
	is(line_count($s, 'access'), $r->{answered}, 'a line each');
};

at_once 'killed workers lose no line' => sub {
	my $s = Drover->start(conf => 'Workers 2');
	my $load = Drover::Load->start($s, keep => 4, once => 2);
	my $kills = 0;
	for (1 .. 20) {
		my @workers = $s->workers;
		$kills += kill 'KILL', $workers[$_ % @workers] if @workers;
		sleep 0.05; # the rate is what is tested
	}
	my $r = $load->stop;
	cmp_ok($kills, '>=', 5, "$kills killed");
	cmp_ok($r->{answered}, '>', 50, "$r->{answered} answered");
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has one line');
	my ($appended, $written, $lost) = ledger($s);
	is($lost, 0, 'nothing was lost');
	is(line_count($s, 'access', 'error'), $written + 1, 'the files agree');
};

# Whatever it was at: the next one has its queues, and how far its last write
# came shows in the file.
at_once 'killed loggers lose no line and write none twice' => sub {
	my $s = Drover->start(conf => Drover::Ledger::CONF .
	    "CustomLog logs/access_log combined env=!unlogged\n" .
	    'CustomLog "|sleep 1000" "%U%q"' . "\n");
	my $load = Drover::Load->start($s, keep => 4);
	my $kills = $ENV{DROVER_LONG} ? 100 : 10;
	for (1 .. $kills) {
		my ($logger) = $s->children(qr/logger/);
		# No event tells when it is in the middle of something.
		sleep 0.01 + rand 0.03;
		ok(kill('KILL', $logger), 'killed') or last;
		$s->wait_until(sub {
			my ($now) = $s->children(qr/logger/);
			$now && $now != $logger;
		}) or last;
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	my $row = Drover::Ledger::agrees($s, 'access_log', ['access'],
	    $r->{answered});
	is($row->{written}, $r->{answered}, 'as many lines as answers');
	is($row->{lost}, 0, 'nothing was lost');
	$s->stop('TERM', 15);
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has one line');
};

# Whatever was counted for one that is no longer there.
at_once 'a log that comes later' => sub {
	my $conf = Drover::Ledger::CONF . 'CustomLog logs/%s "%%U" env=!unlogged';
	my $s = Drover->start(conf => sprintf $conf, 'first');
	my ($logger) = $s->children(qr/logger/);
	is($s->get('/')->{status}, 200, 'answered') for 1 .. 3;
	Drover::Ledger::agrees($s, 'first', ['logs/first'], 3);
	$s->set_conf(sprintf $conf, 'second');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'another log');
	ok($s->wait_until(sub {
		!grep { (readlink($_) // '') =~ m{/first$} }
		    glob "/proc/$logger/fd/*";
	}), 'the first is closed');
	$s->set_conf(sprintf $conf, 'third');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 3$/m), 'and another');
	is($s->get('/')->{status}, 200, 'answered') for 1 .. 2;
	my $row = Drover::Ledger::agrees($s, 'third', ['logs/third'], 2);
	is($row->{appended}, 2, 'it has its own lines');
	$s->stop;
};

at_once 'a program that reads nothing stops nobody' => sub {
	my $s = Drover->start(conf => <<'EOC');
CustomLog "|sleep 1000" "%r %{User-Agent}i"
CustomLog logs/access_log "%r"
EOC
	my $agent = 'x' x 8000;
	my $end = time + 60 * $Drover::SCALE;
	my ($asked, $slowest) = (0, 0);
	# More than a pipe and the logger's queue hold: requests wait, then the
	# program's lines are dropped, and everything goes on.
	while (time < $end && $s->log('error') !~ /takes no lines/) {
		my $since = time;
		is($s->get('/?' . ++$asked, 'User-Agent' => $agent)->{status},
		    200, 'answered') or last;
		$slowest = time - $since if time - $since > $slowest;
		ok($s->wait_log('access', qr/\?$asked /, 1, 2), 'its line')
		    if $asked % 50 == 0;
		sleep 0.005;
	}
	like($s->log('error'), qr/\[logger:error\].*sleep 1000 takes no lines/,
	    "the error log says so, after $asked requests");
	cmp_ok($slowest, '<', 8 * $Drover::SCALE, "none waited for long");
	is($s->get('/?after')->{status}, 200, 'and it goes on');
	ok($s->wait_log('access', qr/\?after /), 'with its line');
	is(scalar $s->wait_log('access', qr/\?\d+ /, $asked), $asked,
	    'the file has all');
	# It does not see the end of its input either: it is ended.
	$s->stop('TERM', 15);
	my ($appended, $written, $lost) = ledger($s);
	cmp_ok($lost // 0, '>', 0, 'what was lost is counted');
	is($appended, $written + $lost, 'and it adds up')
	    if defined $appended;
};

at_once 'a file that may not grow' => sub {
	plan skip_all => 'no prlimit' if !$have_prlimit;
	my $s = Drover->start(conf => 'CustomLog logs/access_log "%{X-L}i"');
	my ($logger) = $s->children(qr/logger/);
	my @line = ('X-L' => '0123456789' x 10);
	ok(set_limit($logger, 1060), 'room for ten lines and a half');
	for (1 .. 15) {
		is($s->get('/', @line)->{status}, 200, 'answered');
	}
	ok($s->wait_until(sub { (-s $s->log_path('access')) == 1010 }),
	    'ten whole lines');
	# Shorter than the 5 s after which lines are dropped.
	ok(set_limit($logger, 'unlimited'), 'room again');
	ok($s->wait_until(sub { line_count($s, 'access') == 15 }),
	    'all the others');
	like($s->log('access'), qr/\A(?:(?:0123456789){10}\n){15}\z/,
	    'not one of them torn');
	ok(set_limit($logger, 1060), 'once more, for longer');
	is($s->get('/', @line)->{status}, 200, 'answered') for 1 .. 3;
	sleep 5.5; # the drop is by time
	ok(set_limit($logger, 'unlimited'), 'room again');
	ok($s->wait_log('access', qr/lines missing here.*: 3$/),
	    'the count is in the log');
	is($s->get('/', @line)->{status}, 200, 'answered');
	ok($s->wait_until(sub { line_count($s, 'access') == 17 }),
	    'and then what came after');
	$s->stop;
	my ($appended, $written, $lost) = ledger($s);
	# The error log was under the same limit.
	cmp_ok($lost, '>=', 3, 'lost');
	is($appended, $written + $lost, 'it adds up');
	is(line_count($s, 'access', 'error'), $written + 1 + 1,
	    'what was written stands in the files') or
	    diag($s->log('error'));
};

run_at_once;
done_testing;
