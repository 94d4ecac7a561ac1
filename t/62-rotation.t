#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Rotation: a log that was moved away is followed by a new one, by signal and
# without, and no line is lost or torn on the way.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Test::More;

sub move {
	my ($s, $name, $to) = @_;
	rename $s->log_path($name), $s->log_path($to) or die "rename: $!";
	return;
}

# All lines of the files, each whole.
sub all_lines {
	my ($s, @names) = @_;
	my $text = join '', map { $s->log($_) } @names;
	is(() = $text =~ /^(?!127\.0\.0\.1 - - \[.* "-" "-"$)./mg, 0,
	    'every line is whole');
	return $text;
}

at_once 'mv and USR1 under load' => sub {
	my $s = Drover->start;
	my $load = Drover::Load->start($s, keep => 2, once => 1);
	my @names = ('access');
	for my $n (1 .. 5) {
		move($s, 'access', "logs/old$n");
		push @names, "logs/old$n";
		$s->signal('USR1');
		ok($s->wait_notify(qr/generation ${\($n + 1)}$/m), 'reload');
		ok($s->wait_log('access', qr/GET/), 'the new file has lines');
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed")
	    or diag(@{ $r->{errors} });
	$s->stop;
	is_deeply([$load->missing(all_lines($s, @names))], [],
	    'each request has its line');
};

at_once 'after the signal the old file is let alone' => sub {
	my $s = Drover->start;
	$s->get('/?old');
	$s->wait_log('access', qr/old/);
	move($s, 'access', 'logs/old');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'reload');
	my $size = -s $s->log_path('logs/old');
	$s->get("/?new$_") for 1 .. 5;
	is(scalar $s->wait_log('access', qr/new/, 5), 5, 'new lines');
	is(-s $s->log_path('logs/old'), $size, 'nothing more in the old one');
	$s->stop;
};

at_once 'mv alone is noticed within seconds' => sub {
	my $s = Drover->start;
	my $load = Drover::Load->start($s, keep => 2, pause => 0.002);
	move($s, 'access', 'logs/old');
	ok($s->wait_until(sub { -s $s->log_path('access') }),
	    'there is a new file');
	move($s, 'error', 'logs/old_error');
	ok($s->wait_until(sub { -e $s->log_path('error') }),
	    'and a new error log');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	is_deeply([$load->missing(all_lines($s, 'access', 'logs/old'))], [],
	    'each request has its line');
};

at_once 'deleted' => sub {
	my $s = Drover->start;
	unlink $s->log_path('access');
	ok($s->wait_until(sub { -e $s->log_path('access') }), 'made anew');
	$s->get('/?x');
	ok($s->wait_log('access', qr/\?x/), 'and used');
	$s->stop;
};

at_once 'copied and truncated' => sub {
	my $s = Drover->start;
	$s->get('/?before');
	$s->wait_log('access', qr/before/);
	truncate $s->log_path('access'), 0;
	$s->get('/?after');
	$s->wait_log('access', qr/after/);
	unlike($s->log('access'), qr/\0|before/, 'no hole where it was');
	$s->stop;
};

run_at_once;
done_testing;
