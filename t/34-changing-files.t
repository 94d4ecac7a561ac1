#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Files that change while they are served: what was announced is sent, or the
# connection is cut; and renames under load never mix two versions.
use strict;
use warnings;
use IO::Select;
use Test::More;
use Drover;
use Drover::Lasting;

my $size = 16 * 1024 * 1024;
my $s = Drover->start(conf => "Workers 2\nMaxKeepAliveRequests 0\n",
    files => { 'index.html' => "x\n" });
my $htdocs = $s->dir . '/htdocs';

sub make_large {
	my ($letter) = @_;
	$s->file('htdocs/large', $letter x $size);
	return;
}

# A client that has read the first bytes of the large file and then waits.
sub slow_client {
	my $conn = $s->connect;
	$conn->request('GET', '/large', '');
	sysread $conn->socket, my $start, 1000 or die "no answer: $!";
	like($start, qr{^HTTP/1.1 200 .*Content-Length: $size\r\n}s,
	    'announced as it is');
	return ($conn, $start);
}

# All that comes of the body until the server closes or it is whole.
sub read_rest {
	my ($conn, $start) = @_;
	my $head = index($start, "\r\n\r\n") + 4;
	my $body = substr $start, $head;
	while (length $body < $size) {
		IO::Select->new($conn->socket)->can_read(30 * $Drover::SCALE)
		    or die 'time is up';
		sysread $conn->socket, $body, 1 << 20, length $body or last;
	}
	return $body;
}

subtest('it shrinks' => sub {
	make_large('a');
	my ($conn, $start) = slow_client();
	truncate "$htdocs/large", 100000 or die "truncate: $!";
	my $body = read_rest($conn, $start);
	cmp_ok(length $body, '<', $size, 'the connection is cut');
	# What was on its way may have been cleared by the truncation.
	is(substr($body, 0, 100000) =~ tr/a//c, 0, '... what is left is right');
	is(length $s->get('/large')->{body}, 100000, 'then it is short');
});

# The end comes in the middle of what is sent at once.
for my $less (1, 1000, 100_000, 1_000_000) {
	subtest("it loses $less bytes" => sub {
		make_large('a');
		my ($conn, $start) = slow_client();
		truncate "$htdocs/large", $size - $less or die "truncate: $!";
		my $body = read_rest($conn, $start);
		cmp_ok(length $body, '<=', $size - $less,
		    'the connection is cut');
		is($body =~ tr/a//c, 0, '... and what came is right');
	});
}

subtest('it grows' => sub {
	make_large('b');
	my ($conn, $start) = slow_client();
	open my $out, '>>', "$htdocs/large" or die "large: $!";
	print {$out} 'c' x 1000;
	close $out;
	my $body = read_rest($conn, $start);
	is(length $body, $size, 'as much as was announced');
	is($body =~ tr/b//c, 0, '... and nothing of what came later');
	is($conn->get('/')->{body}, "x\n", 'the connection goes on');
	is(length $s->get('/large')->{body}, $size + 1000, 'then it is long');
});

subtest('it is replaced' => sub {
	make_large('d');
	my ($conn, $start) = slow_client();
	$s->file('htdocs/large', 'e' x 1000);
	my $body = read_rest($conn, $start);
	is(length $body, $size, 'as much as was announced');
	is($body =~ tr/d//c, 0, '... of the old one');
	is($s->get('/large')->{body}, 'e' x 1000, 'then it is the new one');
});

subtest('it is removed' => sub {
	make_large('f');
	my ($conn, $start) = slow_client();
	unlink "$htdocs/large" or die "unlink: $!";
	is(length read_rest($conn, $start), $size, 'all the same');
	# What was there a moment ago may still be said to be.
	ok($s->wait_until(sub { $s->get('/large')->{status} == 404 }),
	    'then it is gone');
});

# ---- Renames under load ---------------------------------------------------

# Small ones are served from memory, large ones by sendfile.
my @versions = map { chr(ord('a') + $_) x (1, 1000, 32768, 32769, 40000)[$_] }
    0 .. 4;
my %known = map { $_ => 1 } @versions;
# All 20,000 where there is time: DROVER_LONG=1.
my $renames = $ENV{DROVER_LONG} ? 20000 : $Drover::VALGRIND ? 500 : 2000;

# Asks until the end is wanted; "count" or what was wrong.
sub client {
	my ($end_wanted) = @_;
	my $conn = $s->connect;
	my %tags;
	my $count = 0;
	until ($end_wanted->()) {
		my $r = $conn->get('/swapped');
		return "status $r->{status}" if $r->{status} != 200;
		return 'wrong body of ' . length $r->{body}
		    if !$known{$r->{body}};
		my $length = length $r->{body};
		my $tag = $r->{header}{etag};
		return "one tag for two versions: $tag"
		    if ($tags{$tag} //= $length) != $length;
		$count++;
	}
	return $count;
}

$s->file('htdocs/swapped', $versions[0]);
my @clients = map { Drover::Lasting->run(\&client) } 1 .. 2;
for my $i (1 .. $renames) {
	open my $out, '>', "$htdocs/new" or die "new: $!";
	print {$out} $versions[$i % @versions];
	close $out or die "new: $!";
	rename "$htdocs/new", "$htdocs/swapped" or die "rename: $!";
}
like(scalar $_->finish, qr/^[1-9]\d*$/, "$renames renames: answers, all right")
    for @clients;
is($s->get('/swapped')->{body}, $versions[$renames % @versions],
    'at once afterwards the last version') or
    diag('the cache is behind');
$s->stop;
done_testing;
