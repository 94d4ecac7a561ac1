#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Random bytes, requests with faults, halves of requests, by clients that wait,
# hurry or go: 2,000 connections, with DROVER_LONG=1 100,000.  Afterwards the
# workers are the same and hold what they held, each answer has its line, and
# the error log has nothing to say.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Crowd;
use Drover::Mixed;

my $SEED = $ENV{DROVER_SEED} // 1;
my $BATCH = 200;
my $BATCHES = $ENV{DROVER_LONG} ? 500 : $Drover::VALGRIND ? 2 : 10;

my $s = Drover->start(files => Drover::Mixed::files(), conf => <<'EOT');
KeepAliveTimeout 1
RequestReadTimeout header=1 body=1
AcceptFilter http none
LimitRequestBody 100000
Workers 2
LogFormat "%>s" status
CustomLog logs/status_log status
TraceEnable On
ErrorDocument 404 /next
ErrorDocument 501 "not here"
<Directory "{DIR}/htdocs/bare">
    Options Indexes
</Directory>
<Location "/echo">
    SetHandler echo
</Location>
<Location "/status">
    SetHandler server-status
</Location>
EOT
srand $SEED;

sub one_of { return $_[rand @_] }

# ---- Garbage --------------------------------------------------------------

my @rows = map { $_->{bytes} } Drover::Mixed::all();
my @words = ("\r\n", "\n", "\r", ' ', "\t", "\0", ':', '/', '..', '%', '%00',
    '"', ',', ';', '=', '0', '-', "\xff", 'HTTP/1.1', '/echo', '?a=b',
    "Transfer-Encoding: chunked\r\n", "Content-Length: 9\r\n", "\r\n\r\n",
    "Expect: 100-continue\r\n", "Range: bytes=0-1,5-\r\n", "If-Match: *\r\n",
    "Connection: close\r\n", "Content-Type: multipart/form-data; boundary=x\r\n",
    "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\n", "5\r\nabcde\r\n",
    "Accept-Encoding: gzip;q=0.5, *;q=0\r\n", "0\r\n\r\n", 'A' x 9000);

my @handled = qw(/echo /echo /echo /bare/ /status /none /dir /empty);

sub noise { return join '', map { chr int rand 256 } 1 .. rand one_of(9, 5000) }

sub mutated {
	my $text = one_of(@rows);
	$text =~ s{/a\.txt}{one_of(@handled)}e if rand() < 0.3;
	for (1 .. 1 + rand 4) {
		my $at = int rand length $text;
		my $size = 1 + int rand one_of(2, 30);
		my $what = int rand 6;
		substr($text, $at, 1) = chr int rand 256 if $what == 0;
		substr($text, $at, 0) = one_of(@words) if $what == 1;
		substr($text, $at, $size) = '' if $what == 2;
		substr($text, $at, 0) = substr $text, $at, $size if $what == 3;
		substr($text, $at) = one_of(@rows) if $what == 4;
		substr($text, $at, $size) = one_of(@words) if $what == 5;
		last if !length $text;
	}
	return $text;
}

sub half {
	my $text = rand() < 0.5 ? one_of(@rows) : mutated();
	return substr $text, 0, rand length $text;
}

# How the batches send, each in its turn.
my @manners = ({}, { cut => sub { 1 + rand 20 } }, { cut => sub { 1 } },
    { stay => 1 });

# Answers that have come, by status.
my %answers;
sub count {
	my ($outcome) = @_;
	$answers{$_}++ for $outcome->{bytes} =~ m{HTTP/1\.1 ([2-5]\d\d) }g;
	return if $outcome->{end} =~ /closed|aborted/;
	fail("connection $outcome->{number} $outcome->{end}, seed $SEED");
	return;
}

sub batch {
	my ($manner) = @_;
	my @texts = map { one_of(\&noise, \&mutated, \&mutated, \&half)->() }
	    1 .. $BATCH;
	Drover::Crowd::talk($s->port, \@texts, each => \&count,
	    at_once => $BATCH, %$manner);
	return;
}

sub serves {
	my ($when) = @_;
	$answers{200}++;
	return is($s->get('/a.txt')->{status}, 200, "it serves $when");
}

# ---- What the workers hold ------------------------------------------------

sub descriptors {
	my $count = 0;
	$count += () = glob "/proc/$_/fd/*" for $s->workers;
	return $count;
}

# KiB of their own.
sub memory {
	my $sum = 0;
	for my $worker ($s->workers) {
		$sum += $1 if Drover::slurp("/proc/$worker/status") =~
		    /^RssAnon:\s+(\d+) kB/m;
	}
	return $sum;
}

sub lines {
	my %lines;
	$lines{$_}++ for split /\n/, $s->log('status');
	return %lines;
}

sub as_text {
	my (%count) = @_;
	return join ', ', map { "$_: $count{$_}" } sort keys %count;
}

my @workers = $s->workers;
batch($_) for @manners;
serves('after the first');
my $descriptors = descriptors();
batch($manners[ $_ % @manners ]) for 0 .. $BATCHES * 0.4 - 1;
my $memory = memory();
batch($manners[ $_ % @manners ]) for 0 .. $BATCHES * 0.4 - 1;
serves('after many');
ok($s->wait_until(sub { as_text(lines()) eq as_text(%answers) }),
    'each answer has a line, and there are no others')
    or diag(as_text(lines()), "\n", as_text(%answers));
batch({ abort => 1 }) for 1 .. $BATCHES * 0.2;
serves('when many have gone');

is_deeply([$s->workers], \@workers, 'the workers are the same');
ok($s->wait_until(sub { descriptors() <= $descriptors }),
    'they hold no more descriptors') or diag(descriptors());
my $after = memory();
note("KiB: $memory, $after; descriptors: $descriptors");
SKIP: {
	skip 'instruments keep memory', 1 if $Drover::VALGRIND ||
	    Drover::slurp($Drover::PROGRAM) =~ /__asan_init/;
	cmp_ok($after - $memory, '<', 1024, 'and no more memory');
}
# But for what Apache says at this level, and that there is more of it.
my @said = grep { !/:info\] | master:notice\] |\bAH(?:00126|00135|01276):\ |
    messages\ about\ requests\ left\ out/x }
    split /^/, $s->log('error');
is(join('', @said), '', 'nothing to say above info');
$s->stop;
done_testing;
