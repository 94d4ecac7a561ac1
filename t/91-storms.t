# SPDX-License-Identifier: BSD-2-Clause
# Storms: all workers are killed as soon as they are there, for three seconds.
# They do not come back faster than is good for the machine, nobody is refused,
# and after the storm all is as before.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Test::More;
use Time::HiRes qw(sleep time);

my $WORKERS = 4;
my $seconds = $ENV{DROVER_LONG} ? 10 : 3;

# As fast as this process can: other ways to find children are slow.
sub kill_workers {
	my ($s, $signal, $logger) = @_;
	my $master = $s->pid;
	my @pids = split ' ',
	    Drover::slurp("/proc/$master/task/$master/children");
	return kill $signal, grep { $_ != $logger } @pids;
}

# Seconds that it took.
sub storm {
	my ($s, $signal) = @_;
	my ($logger) = $s->children(qr/logger/);
	my $begin = time;
	while (time < $begin + $seconds) {
		kill_workers($s, $signal, $logger);
		sleep 0.001;
	}
	return time - $begin;
}

# How many died of it, by the error log.
sub deaths {
	my ($s) = @_;
	my @died = $s->log('error') =~
	    /worker \d+ \(pid \d+\) was killed by SIG/g;
	return scalar @died;
}

sub check {
	my ($s, $what, $took) = @_;
	my $deaths = deaths($s);
	cmp_ok($deaths, '>=', $WORKERS * 2, "$what: $deaths deaths");
	cmp_ok($deaths, '<', 100 * $took / 3 + $WORKERS,
	    'fewer than a hundred came back in three seconds');
	ok($s->wait_until(sub { $s->workers == $WORKERS }),
	    'all are there again');
	is($s->get('/')->{status}, 200, 'and serve');
}

plan skip_all => 'valgrind is too slow for it' if $Drover::VALGRIND;
plan skip_all => 'no list of children'
    if !-e "/proc/$$/task/$$/children";

# A sanitizer has its own report of a crash, and this test none to expect.
my @crash = Drover::is_watched() ? () : ('SEGV');
for my $signal ('KILL', @crash) {
	at_once "SIG$signal, nobody asks" => sub {
		my $s = Drover->start(conf => "Workers $WORKERS\n");
		check($s, 'idle', storm($s, $signal));
		$s->stop;
	};
}

at_once 'under load' => sub {
	my $s = Drover->start(conf => "Workers $WORKERS\n");
	my $load = Drover::Load->start($s, keep => 2, once => 2,
	    patience => $seconds + 10);
	my $took = storm($s, 'KILL');
	my $r = $load->stop;
	check($s, 'loaded', $took);
	my $deaths = deaths($s);
	cmp_ok($r->{failed}, '<=', 4 * $deaths, "$r->{failed} failed, of " .
	    "$r->{answered}: those that were under way");
	is(scalar(grep { /connect|time is up/ } @{ $r->{errors} }), 0,
	    'no connection was refused, nor left alone') or
	    diag(@{ $r->{errors} });
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

# Lines wait for it in the rings.  What it had written and not yet said so is
# written again, so a line may be there twice, but none is lost.
at_once 'the logger, under load' => sub {
	my $s = Drover->start(conf => "Workers 2\n");
	my $load = Drover::Load->start($s, keep => 2, once => 1,
	    pause => 0.001);
	my ($killed, $end) = (0, time + $seconds);
	my @signals = ('KILL', @crash, 'STOP');
	while (time < $end) {
		my ($logger) = $s->children(qr/logger/);
		sleep 0.02 * rand;
		next if !$logger;
		# One that is stopped is killed behind it.
		kill $signals[$killed % @signals], $logger and $killed++;
		kill 'KILL', $logger;
	}
	ok($s->wait_until(sub { $s->children(qr/logger/) }), 'one is there');
	my $r = $load->stop;
	cmp_ok($killed, '>=', 4, "killed $killed times");
	is($r->{failed}, 0, "none of $r->{answered} failed") or
	    diag(@{ $r->{errors} });
	$s->stop;
	my @missing = $load->missing($s->log('access'));
	is_deeply([grep { / 0 lines/ } @missing], [], 'no line was lost');
	cmp_ok(scalar(grep { !/ [02] lines/ } @missing), '<=', $killed,
	    scalar(@missing) . ' are there more than once');
};

run_at_once;
done_testing;
