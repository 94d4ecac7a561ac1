#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Ranges of a file of more than 4 GiB, slow readers of them, and a file that
# changes meanwhile: what was announced is sent, or the connection is cut.
use strict;
use warnings;
use IO::Select;
use Test::More;
use Drover;

my $size = 5_000_000_000;
my $s = Drover->start(conf => "Workers 2\nMaxKeepAliveRequests 0\n",
    files => { 'index.html' => "x\n" });
my $huge = $s->dir . '/htdocs/huge';

# Nothing but holes, and marks at places that 32 bits cannot hold.
my %mark = (0 => 'first', 2 ** 31 - 2 => 'sign', 2 ** 32 - 3 => 'four GiB',
    2 ** 32 + 70_000 => 'behind', $size - 4 => 'last');
{
	open my $out, '>', $huge or die "$huge: $!";
	truncate $out, $size or plan skip_all => "no file of $size bytes: $!";
	for my $place (keys %mark) {
		sysseek $out, $place, 0 or die "seek: $!";
		syswrite $out, $mark{$place} or die "write: $!";
	}
	close $out or die "$huge: $!";
	my $blocks = (stat $huge)[12];
	plan skip_all => 'no holes in files here' if $blocks > 10_000;
}

# The bytes of the file; a hole is of zeros.
sub bytes {
	my ($first, $last) = @_;
	open my $in, '<:raw', $huge or die "$huge: $!";
	sysseek $in, $first, 0 or die "seek: $!";
	my $bytes = '';
	while ((my $left = $last - $first + 1 - length $bytes) > 0) {
		sysread $in, $bytes, $left, length $bytes or die "read: $!";
	}
	return $bytes;
}

my @ranges = map { my $place = $_; map { [$place + $_->[0], $place + $_->[1]] }
    [0, 3], [0, 100_000] } grep { $_ < $size - 200_000 } sort keys %mark;
push @ranges, [$size - 4, $size - 1], [$size - 300_000, $size - 1],
    [2 ** 32 - 1, 2 ** 32], [2 ** 32, 2 ** 32];

my $conn = $s->connect;
for my $range (@ranges) {
	my ($first, $last) = @$range;
	my $r = $conn->get('/huge', Range => "bytes=$first-$last");
	is($r->{status}, 206, "bytes $first to $last");
	is($r->{header}{'content-range'}, "bytes $first-$last/$size",
	    '... are said to come');
	ok($r->{body} eq bytes($first, $last), '... and do');
}
{
	my $r = $conn->get('/huge', Range => 'bytes=' . join ',',
	    map { "$_->[0]-$_->[1]" } @ranges[1, 7, 3, -3]);
	is($r->{status}, 206, 'several');
	my $rest = $r->{body};
	for my $range (@ranges[1, 7, 3, -3]) {
		my ($first, $last) = @$range;
		my $is = "Content-Type: \\S+\r\n" .
		    "Content-Range: bytes $first-$last/$size";
		ok($rest =~ s{^(?:\r\n)?--[0-9a-f]+\r\n$is\r\n\r\n}{},
		    "... $first to $last");
		ok(substr($rest, 0, $last - $first + 1, '') eq
		    bytes($first, $last), '... as it is');
	}
	like($rest, qr/^\r\n--[0-9a-f]+--\r\n\z/, '... and an end');
}
is($conn->get('/huge', Range => "bytes=$size-")->{header}{'content-range'},
    "bytes */$size", 'behind the end');
$conn->request('HEAD', '/huge', '', Range => 'bytes=0-');
is($conn->response(1)->{header}{'content-length'}, $size, 'HEAD');
SKIP: {
	skip 'no curl', 1 if !Drover::have_curl();
	Drover::for_each_framing(sub {
		my ($name, @framing) = @_;
		my $run = $s->curl(@framing, '-r', '-100000', '/huge');
		ok($run->{out} eq bytes($size - 100_000, $size - 1),
		    'curl: its end');
	});
}

# ---- it changes -------------------------------------------------------------

my $length = 16 * 1024 * 1024;

# A client that has the first bytes of a range (or ranges) and then waits.
sub slow_client {
	my ($set, $type) = @_;
	$s->file('htdocs/large', 'a' x $length);
	my $slow = $s->connect;
	$slow->request('GET', '/large', '', Range => "bytes=$set");
	sysread $slow->socket, my $start, 1000 or die "no answer: $!";
	my ($announced) =
	    $start =~ m{^HTTP/1.1 206 .*Content-Length: (\d+)\r\n}s;
	ok($announced, "$set: announced");
	return ($slow, substr($start, index($start, "\r\n\r\n") + 4),
	    $announced);
}

sub read_rest {
	my ($slow, $body, $announced) = @_;
	while (length $body < $announced) {
		IO::Select->new($slow->socket)->can_read(30 * $Drover::SCALE)
		    or die 'time is up';
		sysread $slow->socket, $body, 1 << 20, length $body or last;
	}
	return $body;
}

for my $set ('1000-', '0-9,1000-', '-16000000', '1000-16000000,5-9') {
	my ($slow, $body, $announced) = slow_client($set);
	truncate $s->dir . '/htdocs/large', 100_000 or die "truncate: $!";
	cmp_ok(length read_rest($slow, $body, $announced), '<', $announced,
	    '... and cut, since the file shrank');
	ok($slow->closed, '... with the connection');

	($slow, $body, $announced) = slow_client($set);
	$s->file('htdocs/large', 'b' x $length);
	$body = read_rest($slow, $body, $announced);
	is(length $body, $announced, '... all of it comes of a file replaced');
	cmp_ok($body =~ tr/a//, '>', 15_900_000, '... from the old one');
	is($slow->get('/', Range => 'bytes=0-0')->{body}, 'x',
	    '... and the connection goes on');
}

# What has few bytes left makes no part that begins behind its end.
$s->file('htdocs/large', 'c' x 1000);
is($s->get('/large', Range => 'bytes=1000-')->{status}, 416, 'then it is short');

$s->stop;
done_testing;
