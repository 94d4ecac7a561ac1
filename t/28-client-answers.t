#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# drover-request and servers that answer oddly, slowly, for ever or not at
# all; connections that are kept and then are not.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep time);
use Drover;
use Drover::Request;

my $ok = "HTTP/1.1 200 OK\r\n";

# What a server sends before it closes; exit code; output.
my @answers = (
	["${ok}Content-Length: 5\r\n\r\nhello", 0, 'hello'],
	["${ok}Content-Length: 5\r\n\r\nhello, world", 0, 'hello'],
	["${ok}\r\nhello", 0, 'hello'],
	["HTTP/1.0 200 OK\r\n\r\nhello", 0, 'hello'],
	["HTTP/1.1 200\r\n\r\nhello", 0, 'hello'],
	["HTTP/1.1 200 OK\n\nhello", 0, 'hello'],
	["${ok}Transfer-Encoding: chunked\r\n\r\n" .
	    "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n", 0, 'hello'],
	["HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" .
	    "${ok}Content-Length: 5\r\n\r\nhello", 0, 'hello'],
	["HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\nhello", 0, ''],
	["HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", 0, ''],
	["HTTP/1.1 101 Other\r\nUpgrade: x\r\n\r\nhello", 0, ''],
	["HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nhello", 0, 'hello'],
	["HTTP/1.1 599 \r\nContent-Length: 5\r\n\r\nhello", 0, 'hello'],
	# cut off
	["${ok}Content-Length: 6\r\n\r\nhello", 18, 'hello'],
	["${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 18, 'hello'],
	["${ok}Transfer-Encoding: chunked\r\n\r\n9\r\nhello", 18, 'hello'],
	["${ok}Content-Le", 56, ''],
	["HTTP/1.1 100 Go on\r\n\r\n", 56, ''],
	['', 52, ''],
	# not to be understood
	["<html>hello</html>\n", 8, ''],
	["\r\n$ok\r\nhello", 8, ''],
	["HTTP/2.0 200 OK\r\n\r\nhello", 8, ''],
	["HTTP/1.1 20 OK\r\n\r\nhello", 8, ''],
	["HTTP/1.1 099 OK\r\n\r\nhello", 8, ''],
	["HTTP/1.1 200 O\rK\r\n\r\nhello", 8, ''],
	["HTTP/1.1 200 \e[31m\r\n\r\nhello", 8, ''],
	["${ok}A : b\r\n\r\nhello", 8, ''],
	["${ok}A: b\r\n c\r\n\r\nhello", 8, ''],
	["${ok}A: \0\r\n\r\nhello", 8, ''],
	["${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 8, ''],
	["${ok}Content-Length: -5\r\n\r\nhello", 8, ''],
	["${ok}Transfer-Encoding: gzip, chunked\r\n\r\nhello", 8, ''],
	["${ok}Transfer-Encoding: chunked\r\n\r\nhello", 56, ''],
	["${ok}Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n", 56, ''],
);
my $server = Drover::Request->serve(sub {
	my ($peer, $count) = @_;
	$peer->head;
	$peer->send($answers[$count - 1][0]);
});
for my $row (@answers) {
	my ($bytes, $status, $out) = @$row;
	my $name = substr $bytes =~ s/[^ -~]+/|/gr, 0, 70;
	my $r = request('-m', 30 * $Drover::SCALE, $server->url);
	is($r->{status}, $status, "'$name' ends with $status");
	is($r->{out}, $out, '... and this is shown');
	is($r->{err} eq '', $status == 0, '... with a reason if it failed');
	unlike($r->{err}, qr/[^ -~\n]/, '... in plain text');
}
$server->stop;

# Asked by HEAD, no body is waited for.
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->send("${ok}Content-Length: 5\r\n\r\n");
	$peer->rest;
});
is(request('-I', '-m', 30, $server->url)->{out},
    "${ok}Content-Length: 5\r\n\r\n", 'HEAD has no body');
$server->stop;

# Interim answers are shown with -i and -v.
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->send("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n");
	$peer->answer('200 OK', 'hello');
});
my $r = request('-iv', $server->url);
is($r->{out}, "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" .
    "${ok}Content-Length: 5\r\n\r\nhello", '-i shows interim heads');
like($r->{err}, qr/^< HTTP\/1\.1 103 Hints\n< Link: x\n< \n/m, '-v as well');
$server->stop;

# Without end: each has a bound, in a time that does not matter.
my %endless = (
	'interim answers' => ['', "HTTP/1.1 100 Go on\r\n\r\n"],
	'fields' => [$ok, "Name: value\r\n"],
	'one field' => ["${ok}Name: ", 'value'],
	'a status line' => ['HTTP/1.1 200 ', 'OK'],
	'chunk extensions' => ["${ok}Transfer-Encoding: chunked\r\n\r\n1",
	    ';name=value'],
	'trailers' => ["${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n",
	    "Name: value\r\n"],
);
for my $what (sort keys %endless) {
	my ($first, $again) = @{ $endless{$what} };
	$server = Drover::Request->serve(sub {
		my ($peer) = @_;
		$peer->head;
		$peer->send($first);
		1 while $peer->send($again x 1000);
	});
	$r = request('-m', 60 * $Drover::SCALE, $server->url);
	like($r->{status}, qr/^(?:8|56)$/, "endless: $what");
	$server->stop;
}

# Resets.
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->reset;
});
is(request($server->url)->{status}, 56, 'a reset in the place of an answer');
$server->stop;

# Slow ones: --max-time holds wherever the time goes.
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	my $head = $peer->head;
	my $drop = $head =~ m{/body} ? 'x' : ' ';
	$peer->send($drop eq 'x' ? "${ok}Content-Length: 10000\r\n\r\n" :
	    'HTTP/1.1 200 ');
	while ($head =~ /drip/) {
		$peer->send($drop) or last;
		sleep 0.02;
	}
	$peer->rest;
});
for my $path (qw(/silent /drip /body /body/drip)) {
	my $start = time;
	$r = request('-m', '0.4', $server->url($path));
	my $time = time - $start;
	is($r->{status}, 28, "$path: time is up");
	cmp_ok($time, '>=', 0.4, '... not earlier');
	cmp_ok($time, '<', 20 * $Drover::SCALE, '... nor for ever');
}
$server->stop;

# A port that takes no more connections: SYNs are dropped.
{
	my $full = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1);
	my @waiting = map { IO::Socket::INET->new(Blocking => 0,
	    PeerAddr => '127.0.0.1', PeerPort => $full->sockport) } 1 .. 8;
	my $start = time;
	$r = request('--connect-timeout', '0.4', 'http://127.0.0.1:' .
	    $full->sockport);
	is($r->{status}, 28, '--connect-timeout');
	cmp_ok(time - $start, '<', 20 * $Drover::SCALE, '... in time');
}

# ---- Connections that are kept ---------------------------------------------

# How many requests each connection answers before it ends, and how.
sub kept {
	my ($end, @counts) = @_;
	return Drover::Request->serve(sub {
		my ($peer, $count) = @_;
		for (1 .. $counts[$count - 1] // 0) {
			my $head = $peer->head // return;
			my ($length) = $head =~ /^Content-Length: (\d+)/m;
			$peer->bytes($length // 0);
			$peer->answer('200 OK', "$count ",
			    $end eq 'said' ? "Connection: close\r\n" : '');
		}
		# With the next request unanswered, or as soon as it can.
		$peer->head if $end eq 'late';
	});
}
sub heads { return scalar(() = $_[0]->received =~ /^\w+ \S+ HTTP/mg) }

$server = kept('late', 3);
is(request(map { $server->url($_) } qw(/1 /2 /3))->{out}, '1 1 1 ',
    'three requests over one connection');
$server->stop;

$server = kept('said', 1, 1);
is(request(map { $server->url($_) } qw(/1 /2))->{out}, '1 2 ',
    'Connection: close');
$server->stop;

$server = kept('late', 1, 1);
$r = request('-v', map { $server->url($_) } qw(/1 /2));
is($r->{out}, '1 2 ', 'closed as the next request came: once more');
is(heads($server), 3, '... which makes three requests');
like($r->{err}, qr/^\* .*; again$/m, '... and -v says so');
$server->stop;

$server = kept('late', 1, 0, 1);
$r = request(map { $server->url($_) } qw(/1 /2));
is($r->{status}, 52, 'closed twice: that is all');
is($r->{out}, '1 ', '... and the first was shown');
$server->stop;

$server = kept('late', 1, 1);
$r = request('-d', 'x', map { $server->url($_) } qw(/1 /2));
is($r->{status}, 52, 'a POST is not sent twice');
is(heads($server), 2, '... really not');
$server->stop;

$server = kept('late', 1, 1);
$r = request('-X', 'PUT', '-d', 'x', map { $server->url($_) } qw(/1 /2));
is($r->{out}, '1 2 ', 'a PUT is, with its body');
is(scalar(() = $server->received =~ /\r\n\r\nx/g), 3, '... each time');
$server->stop;

# What is behind an answer is not the next one's.
$server = Drover::Request->serve(sub {
	my ($peer, $count) = @_;
	$peer->head;
	$peer->send("${ok}Content-Length: 2\r\n\r\n$count " .
	    "${ok}Content-Length: 6\r\n\r\nwrong ");
	$peer->rest;
});
is(request(map { $server->url($_) } qw(/1 /2))->{out}, '1 2 ',
    'bytes behind an answer are nobody\'s');
$server->stop;

# A name with several addresses: the one that listens is found.
$server = kept('late', 1);
is(request('http://localhost:' . $server->port)->{out}, '1 ', 'localhost');
$server->stop;

done_testing;
