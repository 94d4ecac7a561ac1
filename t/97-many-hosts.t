#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Thousands of hosts and sections: what they cost when the settings are read,
# and what they cost a request, in instructions that callgrind counts from the
# choice of the host to the answer.
use strict;
use warnings;
use Drover;
use Test::More;

plan skip_all => 'programs that are watched have other costs'
    if Drover::is_watched();

# Hosts with names and a section of their own, sections for all.
sub settings {
	my ($hosts, $sections) = @_;
	my @conf = ('MaxKeepAliveRequests 0', 'Workers 1', 'Sandbox off');
	my @kinds = ('Directory /srv/%d', 'Location /loc/%d/x',
	    'Location /*/%d/x', 'LocationMatch "x%d[.]php$"');
	for (1 .. $sections) {
		my $kind = sprintf $kinds[$_ % @kinds], $_;
		my ($name) = $kind =~ /^(\w+)/;
		push @conf, "<$kind>", 'Require all denied', "</$name>";
	}
	push @conf, '<VirtualHost *>', "ServerName h$_.test",
	    "ServerAlias *.h$_.test www$_.test w*.g$_.test", "<Directory /srv/h/$_>",
	    'Options Indexes', '</Directory>', '</VirtualHost>'
	    for 1 .. $hosts;
	return join "\n", @conf, '';
}

# ---- Reading them ---------------------------------------------------------

# An index of all sections for each host would take a gigabyte, a search of all
# for each some minutes.
my $s = Drover->new(conf => settings(10000, 1000));
my $bounds = 'ulimit -v 400000; ulimit -t 30; exec "$0" "$@" 2>&1';
open my $out, '-|', '/bin/sh', '-c', $bounds, $Drover::PROGRAM, '-d', $s->dir,
    '-f', $s->conf_file, '-t' or die "sh: $!";
my $said = do { local $/; <$out> };
close $out;
is($?, 0, '10000 hosts and 1000 sections are read in bounds');
unlike($said, qr/(?:warning|error):/, 'and nothing is said of them');

# ---- Asking them ----------------------------------------------------------

my $valgrind = $ENV{VALGRIND} || 'valgrind';

# The instructions of a request in a row of many.
sub instructions {
	my ($name, $hosts, $sections) = @_;
	local $Drover::SCALE = 10;
	my $server = Drover->new(conf => settings($hosts, $sections),
	    files => { 'a.txt' => "hello\n" });
	my $dir = $server->dir . '/counted';
	mkdir $dir;
	chmod 01777, $dir;
	$server->launch(by => [$valgrind, '-q', '--tool=callgrind',
	    '--trace-children=yes', '--toggle-collect=route',
	    "--callgrind-out-file=$dir/%p"]) or die $server->stderr;
	# What a worker does once must not show.
	my $count = $ENV{DROVER_LONG} ? 10000 : 1000;
	my $conn = $server->connect;
	my $status = 0;
	for (1 .. $count) {
		$status ||= 200;
		my $answer = $conn->get('/a.txt', Host => $name);
		$status = $answer->{status} if $answer->{status} != 200;
	}
	is($status, 200, "$name of $hosts is answered");
	$conn->close;
	# The count is written at the end of a process that is let go.
	$server->stop('QUIT', 60);
	my ($total) = sort { $b <=> $a } map {
		Drover::slurp($_) =~ /^(?:totals|summary): (\d+)/m } glob "$dir/*";
	return $total / $count;
}

SKIP: {
	skip 'no valgrind', 5 if system("$valgrind --version >/dev/null 2>&1");
	my ($hosts, $sections) = $ENV{DROVER_LONG} ? (10000, 1000) : (300, 300);
	my $few = instructions('localhost', 0, 0);
	my $many = instructions("x.h$hosts.test", $hosts, $sections);
	diag(sprintf '%d instructions, %d with %d hosts, %d sections', $few,
	    $many, $hosts, $sections);
	# One more look-up of a hash, and walks along a path: not what it takes
	# to look through any of these.
	cmp_ok($many - $few, '<', 1500, 'a request does not notice');
}
done_testing;
