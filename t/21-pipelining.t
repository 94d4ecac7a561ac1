#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Requests that are sent before the answers to those in front of them: every
# one is answered, in order, and has its line, however the bytes arrive.
use strict;
use warnings;
use Test::More;
use Drover;

my $big = join '', map { sprintf "%07d\n", $_ } 1 .. 100_000;
my $s = Drover->start(conf => <<'EOT',
MaxKeepAliveRequests 0
CustomLog logs/access_log combined
CustomLog logs/count_log "%k %X %q"
EOT
    files => { 'big' => $big, map { ("f$_" => "file $_\n") } 0 .. 9 });

sub request {
	my ($path, $version) = @_;
	return "GET $path HTTP/1.1\r\nHost: a\r\n\r\n";
}

my $c = $s->connect;
my $all = join '', map { request("/f" . $_ % 10 . "?$_") } 1 .. 1000;
$c->send($all);
my @wrong = grep { ($c->response // {})->{body} ne "file " . $_ % 10 . "\n" }
    1 .. 1000;
is("@wrong", '', '1000 requests at once, 1000 answers in order');
is($c->get('/f1')->{body}, "file 1\n", 'and the connection goes on');
my @lines = $s->wait_log('access', qr/ "GET .* 200 /, 1001);
is(scalar @lines, 1001, 'each has its line');
my @order = map { /\?(\d+) / ? $1 : () } @lines;
is("@order", join(' ', 1 .. 1000), 'in order');
@lines = $s->wait_log('count', qr/\?/, 1000);
is(join('', @lines), join('', map { $_ - 1 . " + ?$_\n" } 1 .. 1000),
    'and knows how many were before it');
$c->close;

# Large and small ones in turn, to a client that is in no hurry.
$c = $s->connect;
$c->send(join '', map { (request('/big'), request('/f3'), request('/no')) }
    1 .. 5);
for (1 .. 5) {
	is($c->response->{body}, $big, 'a large file');
	is($c->response->{body}, "file 3\n", 'a small one behind it');
	is($c->response->{status}, 404, 'a page behind that');
}
$c->close;

# The end of our side is not the end of theirs.
$c = $s->connect;
$c->send(request('/f1') . request('/big') . request('/f2'));
$c->shut;
is($c->response->{body}, "file 1\n", 'half-closed: the first answer');
is($c->response->{body}, $big, 'the large one');
is($c->response->{body}, "file 2\n", 'the last one');
ok($c->closed, 'then the connection ends');
ok(!$c->{error}, 'without a reset');

# Nothing behind an answer that ends the connection.
$c = $s->connect;
$c->send(request('/f1') .
    "GET /f2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" .
    request('/f3'));
is($c->response->{body}, "file 1\n", 'before Connection: close');
is($c->response->{body}, "file 2\n", 'with it');
ok($c->closed, 'nothing behind it');
ok(!$c->{error}, 'and no reset');

my $text = $s->raw_bytewise(request('/f1') . request('/f2') .
    "GET /f3 HTTP/1.0\r\n\r\n");
is(join(' ', $text =~ /^(file \d)$/mg), 'file 1 file 2 file 3',
    'byte by byte');

# Cut in two anywhere.
my $two = request('/f4') . "GET /f5 HTTP/1.0\r\n\r\n";
@wrong = ();
for my $at (1 .. length($two) - 1) {
	$c = $s->connect;
	$c->send(substr $two, 0, $at);
	# The first part is there once its answer, if it has one, is.
	my $first = $at >= length(request('/f4')) ? $c->response : undef;
	$c->send(substr $two, $at);
	$first //= $c->response;
	my $second = $c->response;
	push @wrong, $at if $first->{body} ne "file 4\n" ||
	    $second->{body} ne "file 5\n" || !$c->closed;
	$c->close;
}
is("@wrong", '', 'two requests, cut in two at each byte');

$s->stop;
done_testing;
