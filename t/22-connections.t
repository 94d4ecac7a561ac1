#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Which connections are kept (t/lib/Drover/Messages/Connections.pm), and that
# one which is not keeps its last answer from being lost, whatever the client
# still sends.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run site);
use Drover::Messages::Connections;

my $s = Drover->start(site());
run($s, [Drover::Messages::Connections::rows()]);

# Half of a connection ends with the request: the answers still come.
my $host = "HTTP/1.1\r\nHost: a\r\n\r\n";
for my $row (["GET /a $host", 200], ["GET /none $host", 404],
    ["GET /a HTTP/1.0\r\n\r\n", 200], ["GET /a $host" x 100, (200) x 100],
    ["GET  $host", 400], ["POST /a HTTP/1.1\r\nHost: a\r\n" .
	"Content-Length: 3\r\n\r\nabc", 405], ["GET /a $host" . "GET /", 200]) {
	my ($bytes, @wanted) = @$row;
	my $c = $s->connect;
	$c->send($bytes);
	$c->shut;
	my @got;
	while (my $r = eval { $c->response }) {
		push @got, $r->{status};
	}
	is("@got", "@wanted", 'half-closed behind ' . length($bytes) .
	    ' bytes: answered');
	ok($c->closed && !$c->{error}, 'and closed without a reset');
	$c->close;
}

# A megabyte behind what ends the connection.
for my $row (['GET / HTTP', 400, 'a bad head'],
    ["POST /a HTTP/1.1\r\nHost: a\r\n" .
	"Content-Length: 99999999999999999999\r\n\r\n", 413, 'too long a body'],
    ["POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", 501,
	'an unknown coding'],
    ["POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 405,
	'a method that is refused'],
    ["GET /a HTTP/1.1\r\nHost: a\r\nX: ", 431, 'too long a field'],
    ['GET /', 414, 'too long a line'],
    ["CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405, 'a tunnel'],
    ["GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200,
	'Connection: close']) {
	my ($bytes, $status, $name) = @$row;
	my $c = $s->connect;
	ok($c->send($bytes . 'x' x 1_000_000), "$name: a megabyte is taken");
	my $r = $c->response;
	is($r->{status}, $status, 'and the answer comes');
	is(length $r->{body}, $r->{header}{'content-length'}, 'whole');
	ok($c->closed && !$c->{error}, 'without a reset');
	$c->close;
}

$s->stop;
done_testing;
