#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Rows of requests of all kinds, many with bodies, sent without waiting and in
# pieces that have nothing to do with where they end: each gets its own answer,
# none is made of another's body, and each is logged once.
use strict;
use warnings;
use JSON::PP ();
use POSIX ();
use Test::More;
use Drover;

my $SEED = $ENV{DROVER_SEED} // 1;
my $ROWS = 40;

my $s = Drover->start(conf => <<'EOT', files => { 'a.txt' => "a file\n" });
MaxKeepAliveRequests 0
LogFormat "%U %>s" short
CustomLog logs/short_log short
<Location "/echo">
    SetHandler echo
</Location>
EOT
srand $SEED;

sub one_of { return $_[rand @_] }

sub chunked {
	my ($body) = @_;
	my $text = '';
	while (length $body) {
		my $chunk = substr $body, 0, one_of(1, 2, 9, 300, 5000, 90000), '';
		$text .= sprintf one_of('%x', '%X', '00%x'), length $chunk;
		$text .= one_of('', '', ';a', ' ; a="b\"c"') . "\r\n$chunk\r\n";
	}
	return $text . "0\r\n" . one_of('', "Trailer: x\r\n") . "\r\n";
}

# Bytes to send, and what the answer is to be.
sub make_request {
	my ($path) = @_;
	my ($method, $status) = @{ one_of(['GET', 200], ['HEAD', 200],
	    ['POST', 200], ['POST', 200], ['POST', 200], ['PUT', 405]) };
	# One that nobody takes, above 64 KiB, would end the connection.
	my $length = one_of(0, 1, 100, 8192, 9000, 40_000,
	    $method eq 'PUT' ? 65_536 : 200_000);
	my $body = one_of('x', 'abcdefghij' x 40,
	    "GET /inside HTTP/1.1\r\nHost: inside\r\n\r\n");
	$body = $length ? substr $body x (1 + $length / length $body), 0, $length
	    : '';
	my $head = "$method $path HTTP/1.1\r\nHost: a\r\n" .
	    "Accept: application/json\r\nContent-Type: text/plain\r\n";
	my $as_chunks = one_of(0, 1) && ($method ne 'PUT' || $length < 40_000);
	return { method => $method, path => $path, status => $status,
		size => $length, has_body => $length > 0 || $as_chunks,
		text => substr($body, 0, 65_536), bytes => $as_chunks ?
		    "${head}Transfer-Encoding: chunked\r\n\r\n" . chunked($body) :
		    "${head}Content-Length: $length\r\n\r\n$body" };
}

sub send_in_pieces {
	my ($c, $bytes) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	my $max = one_of(length $bytes < 50_000 ? 10 : 3000, 10_000, 1_000_000);
	while (length $bytes) {
		$c->send(substr $bytes, 0, 1 + rand $max, '') or last;
	}
	POSIX::_exit(0);
}

# What is wrong with an answer; '' if nothing.
sub fault_of {
	my ($request, $r) = @_;
	return 'no answer' if !$r;
	return "status $r->{status}" if $r->{status} != $request->{status};
	return '' if $request->{method} !~ /GET|POST/;
	my $echo = JSON::PP->new->decode($r->{body});
	return "answer for $echo->{path}" if $echo->{path} ne $request->{path};
	return '' if !$echo->{body} && !$request->{has_body};
	return "$echo->{body}{size} bytes" if $echo->{body}{size} !=
	    $request->{size};
	return $echo->{body}{text} eq $request->{text} ? '' : 'other bytes';
}

my %paths;
for my $row (1 .. $ROWS) {
	my @requests = map { make_request("/echo/$row/$_") }
	    1 .. 2 + int rand 8;
	my $c = $s->connect;
	my $pid = send_in_pieces($c, join '', map { $_->{bytes} } @requests);
	my @faults;
	for my $request (@requests) {
		my $r = eval { $c->response($request->{method} eq 'HEAD') };
		my $fault = $@ || fault_of($request, $r);
		$paths{ $request->{path} } = 1;
		push @faults, "$request->{method} $request->{path}, " .
		    "$request->{size} bytes: $fault" if $fault;
		last if $fault;
	}
	ok(!@faults, "row $row of " . @requests) or diag("seed $SEED: @faults");
	$c->close;
	kill 'KILL', $pid if @faults;
	waitpid $pid, 0;
}
my @lines = $s->wait_log('logs/short_log', qr{^/echo/}, scalar keys %paths);
is(scalar @lines, scalar keys %paths, 'a line for each request');
delete $paths{ (split)[0] } for @lines;
is_deeply(\%paths, {}, 'and for no other');
is((grep { /inside/ } split /\n/, $s->log('logs/short_log')), 0,
    'nothing inside a body was a request');
$s->stop;
done_testing;
