#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Clients that hold their body back until they are told to go on (RFC 9110,
# 10.1.1), and how an answer comes to those that send what nobody takes.  What
# a body is, and where it ends, is in t/23-body-messages.t.
use strict;
use warnings;
use IO::Select;
use Test::More;
use Drover;

my $s = Drover->start(files => { 'next' => "next\n" }, conf => <<'EOT');
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Location /echo>
    SetHandler echo
</Location>
EOT
my $next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
my $continue = "HTTP/1.1 100 Continue\r\n\r\n";

sub head {
	my ($line, @fields) = @_;
	return join "\r\n", "$line HTTP/1.1", 'Host: a', @fields, '', '';
}

# Reads so many bytes and no more.
sub bytes {
	my ($c, $count) = @_;
	my $text = substr $c->{in}, 0, $count, '';
	while (length $text < $count) {
		IO::Select->new($c->socket)->can_read(10 * $Drover::SCALE)
		    or last;
		sysread $c->socket, $text, $count - length $text, length $text
		    or last;
	}
	return $text;
}

# ---- 100 (Continue) -------------------------------------------------------

for my $row (['Content-Length: 5', 'hello'],
    ['Transfer-Encoding: chunked', "5\r\nhello\r\n0\r\n\r\n"]) {
	my ($field, $body) = @$row;
	my $head = head('POST /echo', 'Expect: 100-continue', $field);
	my $c = $s->connect;
	$c->send($head);
	is(bytes($c, length $continue), $continue, "$field: told to go on");
	for my $byte (split //, $body) {
		$c->send($byte);
		select undef, undef, undef, 0.001;
	}
	my $r = $c->response;
	is(scalar @{ $r->{interim} }, 0, 'once');
	like($r->{body}, qr/\nhello</, 'and then answered');
	# On the same connection, the body at once.
	$c->send("$head$body$next");
	$r = $c->response;
	is(scalar @{ $r->{interim} }, 0, 'the body is there: not told');
	is($c->response->{body}, "next\n", 'what is behind it');
	$c->send($head . substr $body, 0, 1);
	ok(!IO::Select->new($c->socket)->can_read(0.1),
	    'a part of it is there: not told');
	$c->send(substr $body, 1);
	like($c->response->{body}, qr/\nhello</, 'and answered');
	$c->close;
}

my $c = $s->connect;
$c->send($next . head('POST /echo', 'Expect: 100-continue',
    'Content-Length: 2'));
is($c->response->{body}, "next\n", 'behind another: that comes first');
is(bytes($c, length $continue), $continue, 'then 100');
$c->send("ab$next");
like($c->response->{body}, qr/\nab</, 'then the answer');
is($c->response->{body}, "next\n", 'then the next');
$c->close;

# Told at once what it is: whether the body follows is not known, so the
# connection ends.
my $inside = "GET /inside HTTP/1.1\r\nHost: a\r\n\r\n";
my $length = 'Content-Length: ' . length $inside;
for my $row (['POST /next', 405], ['GET /next', 200], ['POST /none', 404],
    ['PUT /echo', 405], ['FOO /', 501]) {
	my ($line, $status) = @$row;
	for my $field ($length, 'Transfer-Encoding: chunked') {
		$c = $s->connect;
		$c->send(head($line, 'Expect: 100-continue', $field));
		my $r = $c->response;
		is($r->{status}, $status, "$line, $field: answered at once");
		is(scalar @{ $r->{interim} }, 0, 'without 100');
		is($r->{header}{connection}, 'close', 'for the last time');
		$c->send($inside);
		ok($c->closed && !$c->{error},
		    'a body that follows is no request');
		$c->close;
	}
}
$c = $s->connect;
$c->send(head('POST /echo', 'Expect: wonders', 'Content-Length: 5'));
my $r = $c->response;
is("$r->{status} " . @{ $r->{interim} }, '417 0', 'wonders: no 100');
$c->close;
$c = $s->connect;
$c->send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\n" .
    "Content-Length: 5\r\n\r\n");
ok(!IO::Select->new($c->socket)->can_read(0.1), 'HTTP/1.0: not told');
$c->send('hello');
like($c->response->{body}, qr/\nhello</, 'and answered');
$c->close;

# ---- what nobody takes ----------------------------------------------------

# The client goes on sending for as long as it likes; its answer is there.
for my $row (['Content-Length: 30000000', 'x' x 30_000_000, 405],
    ['Transfer-Encoding: chunked', join('', ("7a120\r\n" . 'x' x 500_000 .
	"\r\n") x 60), 405], ['Transfer-Encoding: chunked', "zz\r\n" . 'x' x 5_000_000,
	400], ['Content-Length: 30000001, x', 'x' x 5_000_000, 400]) {
	my ($field, $body, $status) = @$row;
	my $name = "$field, " . length($body) . ' bytes';
	$c = $s->connect;
	ok($c->send(head('POST /next', $field) . $body), "$name: taken");
	$r = $c->response;
	is($r->{status}, $status, "$name: answered");
	is($r->{header}{connection}, 'close', 'for the last time');
	ok($c->closed && !$c->{error}, 'and no reset');
	$c->close;
}

is(scalar(grep { /inside/ } split /\n/, $s->log('access')), 0,
    'no line says that something inside was a request');
is($s->get('/next')->{body}, "next\n", 'the server goes on');

$s->stop;
done_testing;
