#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# How connections end: the last answer always arrives whole, whatever the
# client still sends; a client that goes or stops leaves one line and no harm.
use strict;
use warnings;
use IO::Select;
use Test::More;
use Time::HiRes qw(time);
use Drover;
use Drover::AtOnce;

my $size = 20_000_000;
my $s = Drover->start(conf => "Timeout 1\n",
    files => { 'a' => "aa\n", 'big' => 'b' x $size });

# Answers that come before the request is over.
for my $bytes (100_000, 900_000) {
	my $c = $s->connect;
	$c->send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: $bytes\r\n\r\n" .
	    'x' x $bytes);
	my $r = $c->response;
	is($r->{status}, 405, "$bytes bytes that nobody takes: answered");
	ok($c->closed(1), 'closed at once');
	ok(!$c->{error}, 'not reset');
	$c->close;
}
my $c = $s->connect;
$c->send("BAD\r\n\r\n" . "GET /a HTTP/1.1\r\n" x 20_000);
is($c->response->{status}, 400, 'much behind what is not understood');
ok($c->closed(1) && !$c->{error}, 'closed at once, not reset');
$c->close;

# The client's end is open for as long as it likes to read.
$c = $s->connect;
$c->send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
IO::Select->new($c->socket)->can_read(10);
is(length($c->response->{body}), $size, 'Connection: close, all arrives');
ok($c->closed && !$c->{error}, 'and then the end');
$c->close;

# The end of the request's side is not the end of the answer.
$c = $s->connect;
$c->send("GET /big HTTP/1.0\r\n\r\n");
$c->shut;
is(length($c->response->{body}), $size, 'half-closed, all arrives');
$c->close;

# Ends without a request have no line.
my $lines = () = $s->wait_log('access', qr/./, 5);
$c = $s->connect;
$c->shut;
ok($c->closed, 'a connection without a word');
$c = $s->connect;
$c->send('GET / HTTP/1.1');
$c->shut;
ok($c->closed && !$c->{error}, 'half a request');
$c = $s->connect;
$c->send('GET / HTTP/1.1');
$c->abort;
is($s->get('/a')->{status}, 200, 'a reset within a request');
my @after = $s->wait_log('access', qr/./, $lines + 1);
is(scalar @after, $lines + 1, 'none of them has a line');

# A client that goes in the middle of an answer.
$c = $s->connect;
$c->send("GET /big?gone HTTP/1.1\r\nHost: a\r\n\r\n");
IO::Select->new($c->socket)->can_read(10);
$c->abort;
my ($line) = $s->wait_log('access', qr/big\?gone/);
my ($sent) = $line =~ / 200 (\d+) /;
ok(defined $sent && $sent < $size, 'a reset within an answer is logged');

at_once 'a client that stops reading' => sub {
	my $c = $s->connect;
	$c->send("GET /big?stuck HTTP/1.1\r\nHost: a\r\n\r\n");
	my $start = time;
	my ($line) = $s->wait_log('access', qr/big\?stuck/, 1, 20);
	my ($sent) = ($line // '') =~ / 200 (\d+) /;
	ok(defined $sent && $sent < $size, 'is cut');
	cmp_ok(time - $start, '>=', 0.9, 'after Timeout');
};

# It needs longer than Timeout before the server can write again.
at_once 'one that reads, however slowly' => sub {
	my $c = $s->connect;
	$c->send("GET /big?slow HTTP/1.1\r\nHost: a\r\n" .
	    "Connection: close\r\n\r\n");
	my ($got, $start) = (0, time);
	while (sysread $c->socket, my $data,
	    time - $start < 4 ? 16384 : 262144) {
		$got += length $data;
		select undef, undef, undef, 0.1 if time - $start < 4;
	}
	cmp_ok($got, '>', $size, 'gets all');
	cmp_ok(time - $start, '>=', 4, 'though it was slow');
};
run_at_once;
is($s->get('/a')->{body}, "aa\n", 'the server goes on');
$s->stop;

# The last answer of a long pipeline, whatever part of the rest was read: the
# input memory may end just where the last request does.
$s = Drover->start(conf => "MaxKeepAliveRequests 16\n",
    files => { 'a' => "aa\n" });
my $request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
for my $size (512, 500) {
	my $padded = $request =~ s/Host: a\r/'Host: a' .
	    'a' x ($size - length $request) . "\r"/er;
	my @answers;
	for (1 .. 10) {
		$c = $s->connect;
		$c->send($padded x 200);
		my $count = 0;
		$count++ while eval { $c->response };
		push @answers, $count . ($c->{error} ? ' reset' : '');
		$c->close;
	}
	is("@answers", join(' ', (16) x 10),
	    "16 of 200 requests of $size bytes are answered");
}
$s->stop;
done_testing;
