#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A disk of logs that is full, and has room again: no request waits for it for
# long, no line is torn, and what is lost is counted and said.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Ledger;
use Drover::Load;
use Drover::Mount;
use Test::More;
use Time::HiRes qw(sleep time);

my @disks = Drover::Mount->small('256k', 4)
    or plan skip_all => 'no file system can be mounted';

# A server with these logs on a disk.
sub server {
	my ($disk, %on_disk) = (shift, map { $_ => 1 } @_);
	my $dir = $disk->at . '/logs';
	mkdir $dir or die "$dir: $!";
	my $s = Drover->new(conf => Drover::Ledger::CONF);
	$s->{log_at}{$_} = ($on_disk{$_} ? $dir : "$s->{dir}/logs") .
	    "/${_}_log" for qw(access error);
	$s->set_conf($s->{conf} . "CustomLog $s->{log_at}{access} combined " .
	    "env=!unlogged\nErrorLog $s->{log_at}{error}\n");
	ok($s->launch, 'it starts') or diag($s->stderr);
	return $s;
}

sub text {
	my ($s, $log) = @_;
	return Drover::slurp($s->{log_at}{$log});
}

sub wait_text {
	my ($s, $log, $regex) = @_;
	return $s->wait_until(sub { text($s, $log) =~ $regex }, 30);
}

# How many lines a log says are missing.
sub said {
	my ($text) = @_;
	my $sum = 0;
	$sum += $1 while $text =~ /lines missing here.*: (\d+)$/mg;
	return $sum;
}

# As many lines were lost as the log says, and all others are whole.
sub check_access {
	my ($s, $load, $r) = @_;
	is($r->{failed}, 0, "none of $r->{answered} failed")
	    or diag(@{ $r->{errors} });
	my $row = Drover::Ledger::agrees($s, 'access_log',
	    [$s->{log_at}{access}], $r->{answered});
	my $text = text($s, 'access');
	my $said = said($text);
	is($said, $row->{lost}, "the log says how many are lost: $said");
	my @torn = grep { !/^127\.0\.0\.1 - - \[.*"GET \S+ HTTP.*"-"\n\z/ &&
	    !/\[logger:error\] .*lines missing here.*: \d+\n\z/ }
	    split /(?<=\n)/, $text;
	is("@torn", '', 'every line is whole');
	is(scalar $load->missing($text), $said, 'all others are there');
	return $said;
}

# No message comes more often than once a second.
sub check_errors {
	my ($s) = @_;
	my @lines = split /\n/, text($s, 'error');
	my %count;
	$count{$_}++ for map { /^\[(.{19})[^]]*\] \[logger:error\]/ } @lines;
	is(scalar(grep { $_ > 2 } values %count), 0,
	    'the error log is not flooded') or diag(join "\n", @lines);
	is(scalar(grep { !/^\[.*\] \[\w+:\w+\] / } @lines), 0,
	    'no torn line in it');
	return;
}

at_once 'full for a moment' => sub {
	my $disk = $disks[0];
	my $s = server($disk, 'access');
	my $load = Drover::Load->start($s, keep => 2, pause => 0.005);
	$disk->fill;
	ok(wait_text($s, 'error', qr/cannot write to .*access_log/),
	    'the error log says so');
	like(text($s, 'error'), qr/cannot write to \S+: .*No space left/,
	    'and why');
	$disk->make_room;
	my $size = -s $s->{log_at}{access};
	ok($s->wait_until(sub { -s $s->{log_at}{access} > $size }),
	    'it goes on');
	my $lost = check_access($s, $load, $load->stop);
	is($lost, 0, 'nothing was lost');
	check_errors($s);
	$s->stop;
};

at_once 'full for longer' => sub {
	my $disk = $disks[1];
	my $s = server($disk, 'access');
	my $load = Drover::Load->start($s, keep => 2, once => 1, pause => 0.005);
	$disk->fill;
	ok(wait_text($s, 'error', qr/access_log takes no lines/),
	    'lines are dropped');
	my $row = Drover::Ledger::row($s, 'access_log');
	ok($row->{stuck}, 'the status page says so');
	$disk->make_room;
	ok(wait_text($s, 'error', qr/takes lines again/), 'it has room again');
	my $lost = check_access($s, $load, $load->stop);
	cmp_ok($lost, '>', 0, 'lines are lost');
	check_errors($s);
	$s->stop;
};

at_once 'both logs on it' => sub {
	my $disk = $disks[2];
	my $s = server($disk, 'access', 'error');
	my $load = Drover::Load->start($s, keep => 2, pause => 0.01);
	$disk->fill;
	# What is not found is an error line each.
	my ($since, $asked, $wrong) = (time, 0, 0);
	while (time - $since < 6.5) {
		$wrong += $s->get('/none')->{status} != 404;
		$asked++;
		sleep 0.005;
	}
	is($wrong, 0, 'all is answered');
	$disk->make_room;
	ok(wait_text($s, 'error', qr/error_log takes lines again/),
	    'it has room again');
	ok(wait_text($s, 'access', qr/lines missing/), 'for both');
	check_errors($s);
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	my $row = Drover::Ledger::agrees($s, 'error_log', [$s->{log_at}{error}],
	    $asked);
	is(said(text($s, 'error')), $row->{lost},
	    'the error log says how many are lost');
	Drover::Ledger::agrees($s, 'access_log', [$s->{log_at}{access}],
	    $r->{answered});
	$s->stop;
};

at_once 'stopped while it is full' => sub {
	my $disk = $disks[3];
	my $s = server($disk, 'access');
	$disk->fill;
	is($s->get("/?$_")->{status}, 200, 'answered') for 1 .. 5;
	ok(wait_text($s, 'error', qr/cannot write to/), 'it is full');
	$s->stop('TERM', 15);
	my ($lost) = text($s, 'error') =~ /access_log lost (\d+) lines/;
	ok($lost, 'its lines are lost, and the error log says so');
	$disk->make_room;
};

run_at_once;
done_testing;
