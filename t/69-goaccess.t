#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# GoAccess reads the access logs: of what hostile clients left in them it
# finds no line invalid, and counts them all.
use strict;
use warnings;
use Drover;
use Drover::Process;
use POSIX ();
use Test::More;

my ($goaccess) = grep { -x } map { "$_/goaccess" } split /:/, $ENV{PATH};
plan skip_all => 'no goaccess' unless $goaccess;

# What each log is to GoAccess.
my %format = (
	common => ['--log-format=COMMON'],
	combined => ['--log-format=COMBINED'],
	combinedio => ['--log-format=COMBINED'],
	vhost_combined => ['--log-format=VCOMBINED'],
	json => ['--log-format={"time":"%dT%t.%^","client":"%h","host":"%v",' .
	    '"request":"%r","status":"%s","bytes":"%b","referer":"%R",' .
	    '"user_agent":"%u","duration_us":"%D"}', '--date-format=%Y-%m-%d',
	    '--time-format=%H:%M:%S'],
);

# It takes 4 KiB for a line.
my @values = ('plain', '"', '\\', '" 200 1 "-" "forged', "a\tb", "\xff\xfe",
    "\xc3\xa4\xe2\x82\xac", '-', '0', 'x' x 1500, '%h', '{"a":1}', ']', "'",
    'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0');
my $end = "Host: localhost\r\nConnection: close\r\n\r\n";
my @requests = (
	(map { "GET /a.txt HTTP/1.1\r\nUser-Agent: $_\r\nReferer: $_\r\n$end" }
	    @values),
	(map { "GET $_ HTTP/1.1\r\n$end" } '/', '/?a=b', '/%22', '/%0a',
	    '/?"', '/absent'),
	"HEAD /a.txt HTTP/1.1\r\n$end", "GET /a.txt HTTP/1.0\r\n\r\n",
	"OPTIONS * HTTP/1.1\r\n$end", "FOO / HTTP/1.1\r\n$end",
	"GET / HTTP/1.1\r\n\x01\x02\r\n$end", "GET /\r\n\r\n", "\"\r\n\r\n",
	"\x16\x03\x01\"\\\x00\xff\r\n\r\n");

my $s = Drover->start(files => { 'a.txt' => "hello\n" },
    conf => join("\n", 'Workers 1',
	map { "CustomLog logs/$_ $_" } sort keys %format));
$s->raw($_) for @requests;
$s->wait_log("logs/$_", qr/^/, scalar @requests) for keys %format;
$s->stop;

for my $name (sort keys %format) {
	my ($report, $invalid, $out) = map { $s->dir . "/$name.$_" }
	    qw(report.json invalid out);
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $out;
		open STDERR, '>&', \*STDOUT;
		my @command = ($goaccess, $s->log_path("logs/$name"),
		    '--no-global-config', '--no-progress', '-o', $report,
		    "--invalid-requests=$invalid", @{ $format{$name} });
		{ no warnings 'exec'; exec { $goaccess } @command; }
		POSIX::_exit(127);
	}
	is(Drover::Process::wait_child($pid, 60 * $Drover::SCALE), 0,
	    "$name: GoAccess reads it") or diag(Drover::slurp($out));
	my %count = Drover::slurp($report) =~ /"(\w+)_requests": (\d+)/g;
	is($count{valid}, scalar @requests, "$name: all lines");
	is($count{failed}, 0, "$name: none is invalid") or
	    diag(Drover::slurp($invalid));
}

done_testing;
