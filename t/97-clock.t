#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The machine's clock is set forward and back by days while clients ask: nothing
# times out, answers and logs have the new time, no file is younger than the
# answer that it is in, and what changes is seen.
use strict;
use warnings;
use Drover;
use Drover::Load;
use POSIX qw(strftime);
use Test::More;
use Time::Local qw(timegm);

plan skip_all => 'valgrind keeps the clock' if $Drover::VALGRIND;
my $library = ($ENV{TOP_BUILDDIR} // "$Drover::SRC/build") .
    '/t/load/clock.so';
plan skip_all => 'the library of the clock was not built' if !-e $library;
plan skip_all => 'a sanitizer is to be loaded first' if Drover::is_watched();

my @conf = (conf => <<'EOT', files => { 'index.html' => 'v0', small => 's' });
Workers 2
KeepAliveTimeout 120
Timeout 120
RequestReadTimeout header=120
MaxKeepAliveRequests 0
WorkerTimeout 60
EOT
my $s = Drover->new(@conf);
my $clock = $s->file('clock', pack 'q', 0);
ok($s->launch(env => { LD_PRELOAD => $library, DROVER_TEST_CLOCK => $clock }),
    'it starts') or BAIL_OUT($s->stderr);

my $ahead = 0;
sub set_clock {
	($ahead) = @_;
	open my $out, '+<:raw', $clock or die "$clock: $!";
	syswrite $out, pack 'q', $ahead;
	close $out;
	return;
}

sub seconds_of {
	my ($date) = @_;
	my %month = map { (qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov
	    Dec))[$_] => $_ } 0 .. 11;
	my ($day, $month, $year, $h, $m, $sec) =
	    $date =~ /^\w+, (\d+) (\w+) (\d+) (\d+):(\d+):(\d+) GMT$/
	    or die "bad date: $date";
	return timegm($sec, $m, $h, $day, $month{$month}, $year);
}

sub is_right {
	my ($r) = @_;
	my $date = seconds_of($r->{header}{date});
	# The machine may be slow, but not by hours.
	return abs($date - $ahead - time) < 3600 &&
	    seconds_of($r->{header}{'last-modified'}) <= $date;
}

my @workers = $s->workers;
my @idle = map { $s->connect } 1 .. 8;
is($_->get('/')->{status}, 200, 'a client that stays') for @idle;
my $slow = $s->connect;
$slow->send("GET /small HTTP/1.1\r\n");
my $load = Drover::Load->start($s, keep => 2, once => 1, pause => 0.005);

my $version = 0;
my $day = 86400;
for my $offset (3 * $day, -3 * $day, 400 * $day, -30 * $day, 0) {
	my $name = sprintf '%+d days', $offset / $day;
	set_clock($offset);
	my @answers = map { $_->get('/small') } @idle;
	is(scalar(grep { $_->{status} == 200 } @answers), @idle,
	    "$name: nobody timed out");
	# What was on its way has the old time.
	my @dates = map { my $r = $_->get('/'); is_right($r) ? () :
	    "Date $r->{header}{date}, " . $r->{header}{'last-modified'} }
	    (@idle) x 4;
	is_deeply(\@dates, [], "$name: the dates are right");

	$version++;
	$s->file('htdocs/index.html', "v$version");
	ok($s->wait_until(sub {
		!grep { $_->get('/')->{body} ne "v$version" } @idle;
	}), "$name: a new version is seen by all");
	my $today = strftime '%d/%b/%Y', localtime(time + $offset);
	ok(scalar $s->wait_log('access', qr/\[$today:/),
	    "$name: the log goes on");
}
$slow->send("Host: a\r\n\r\n");
is($slow->response->{status}, 200, 'half a head had the time that it needed');
is_deeply([$s->workers], \@workers, 'the workers are the same');
set_clock(-2 * $day);
$s->signal('USR1');
ok($s->wait_notify(qr/generation 2$/m), 'a graceful restart');
is($_->get('/')->{status}, 200, 'who was connected stays') for @idle;
my $r = $load->stop;
is($r->{failed}, 0, 'no request failed') or diag(@{ $r->{errors} });
ok($s->wait_until(sub { !$load->missing($s->log('access')) }),
    'each has its line');
$s->stop;
done_testing;
