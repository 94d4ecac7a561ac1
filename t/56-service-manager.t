#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What a service manager hears, by the protocol of sd_notify(3): the test is
# the manager.  t/66-service.t has a real one.
use strict;
use warnings;
use IO::Select;
use Socket;
use Test::More;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
use Drover;

my $s = Drover->new(conf => <<'EOF');
CustomLog "|$env >{DIR}/env; exec cat >/dev/null" combined
WorkerTimeout 3600
EOF
my $interval = 0.4 * $Drover::SCALE;
my %watchdog = (WATCHDOG_USEC => int $interval * 1e6);
ok($s->launch(env => \%watchdog), 'it starts');

# All that is said within so many seconds, as one text; it ends early with
# what matches.
sub heard {
	my ($seconds, $regex) = @_;
	my $all = '';
	my $end = clock_gettime(CLOCK_MONOTONIC) + $seconds;
	while ((my $left = $end - clock_gettime(CLOCK_MONOTONIC)) > 0) {
		IO::Select->new($s->{notify})->can_read($left) or last;
		recv $s->{notify}, my $message, 4096, 0 // die "recv: $!";
		$all .= $message;
		last if defined $regex && $all =~ $regex;
	}
	return $all;
}

sub now { return clock_gettime(CLOCK_MONOTONIC) * 1e6 }

subtest 'a reload' => sub {
	my $before = now();
	$s->signal('USR1');
	my $all = heard(30 * $Drover::SCALE, qr/^READY=1$/m);
	my ($time) = $all =~ /^RELOADING=1\nMONOTONIC_USEC=(\d+)\n/m;
	cmp_ok($time // 0, '>=', int $before, 'when it began');
	cmp_ok($time // 0, '<=', now(), '... is told');
	is(join(' ', $all =~ /^MAINPID=(.*)$/mg), $s->pid, 'who it is');
	like($all, qr/^STATUS=serving with 2 workers, generation 2$/m,
	    'how it is');
};

subtest 'one that fails' => sub {
	my $conf = Drover::slurp($s->conf_file);
	$s->set_conf("Foo\n");
	$s->signal('USR1');
	my $all = heard(30 * $Drover::SCALE, qr/^READY=1$/m);
	like($all, qr/^RELOADING=1\n.*^READY=1\n/ms, 'ends as well');
	like($all, qr/^STATUS=.*the last reload failed/m, 'and says how');
	$s->file('conf/httpd.conf', $conf);
};

subtest 'a manager that is busy' => sub {
	socket my $other, PF_UNIX, SOCK_DGRAM, 0 or die $!;
	my $to = getsockname $s->{notify};
	1 while defined send $other, "full\n", MSG_DONTWAIT, $to;
	ok($!{EAGAIN}, 'its queue is full');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 3$/), 'the reload is done');
	my $all = heard(30 * $Drover::SCALE, qr/^READY=1$/m);
	like($all, qr/^full\n.*^RELOADING=1\n.*^READY=1\n/ms,
	    'it is told later');
};

subtest 'the watchdog' => sub {
	my $fed = qr/(?:^WATCHDOG=1\n.*){3}/ms;
	like(heard(30 * $Drover::SCALE, $fed), $fed, 'is fed');
	my ($one, $other) = $s->workers;
	kill 'STOP', $one;
	heard(3 * $interval);
	like(heard(30 * $Drover::SCALE, $fed), $fed,
	    'while one worker has a pulse');
	kill 'STOP', $other;
	ok($s->wait_log('error', qr/no worker has a pulse/, 1, 30),
	    'none has: it is said');
	# A machine that is late is forgiven, and its workers with it.
	ok($s->wait_until(sub { heard(4 * $interval) eq '' }, 60),
	    '... and the watchdog hears nothing');
	kill 'CONT', $one, $other;
	like(heard(30 * $Drover::SCALE, $fed), $fed, 'until they go on');
	is($s->get('/')->{status}, 200, 'they serve');
};

subtest 'from time to time' => sub {
	$s->get('/') for 1 .. 20;
	my $status = qr/^STATUS=serving with 2 workers, generation \d: [12]\d* requests?, \d+\.\d a second/m;
	like(heard(60 * $Drover::SCALE, $status), $status,
	    'how many requests there were');
};

ok($s->wait_until(sub { -s $s->dir . '/env' }), 'a program');
unlike(Drover::slurp($s->dir . '/env'), qr/^(?:NOTIFY|WATCHDOG)/m,
    'is not told of the manager');
kill 'TERM', $s->pid;
like(heard(30 * $Drover::SCALE, qr/^STOPPING=1$/m), qr/^STOPPING=1$/m,
    'its end');
$s->stop;

# The variables of somebody else.
my $o = Drover->new;
ok($o->launch(env => { %watchdog, WATCHDOG_PID => 1 }), 'another');
$s = $o;
is(heard(3 * $interval), '', 'feeds nobody who does not ask it');
$o->stop;
done_testing;
