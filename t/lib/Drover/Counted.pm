# SPDX-License-Identifier: BSD-2-Clause
#
# t/load/load in the background, and what it counted held against the log.
#
#	my %kinds = %Drover::Counted::KINDS;
#	my $s = Drover->start(files => { Drover::Counted::pages(%kinds) });
#	my $load = Drover::Counted->start_kinds($s, %kinds);
#	... whatever is to happen meanwhile ...
#	Drover::Counted::check_answers($load, 50);
#	Drover::Counted::check_lines($load);
package Drover::Counted;

use strict;
use warnings;
use Drover;
use Test::More ();

# Clients of every kind: a page of their own and the program's arguments.
our %KINDS = (
	'kept alive' => ['k', '-k', '-c', 6],
	'one connection each' => ['o', '-c', 4],
	'pipelined' => ['p', '-k', '-p', 8, '-w', 1, '-c', 4],
	'slow to ask' => ['w', '-k', '-w', 20, '-c', 8],
);

my $serial = 0;

# The program, or undef where it was not built.
sub program {
	my $program = ($ENV{TOP_BUILDDIR} // "$Drover::SRC/build") .
	    '/t/load/load';
	return -x $program ? $program : undef;
}

# Starts it on path with arguments of its own (-k, -c 16, -s 5...); before them
# may stand { port => N }.
sub start {
	my ($class, $server, $path, @args) = @_;
	my $port = ref $args[0] ? shift(@args)->{port} : $server->port;
	my $base = $server->dir . '/load' . ++$serial;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDOUT, '>', "$base.out" or die;
		open STDERR, '>', "$base.err" or die;
		exec program(), @args, '-o', "$base.ids", $port, $path;
		die "exec: $!";
	}
	return bless { server => $server, path => $path, pid => $pid,
		base => $base }, $class;
}

# Asks it to finish what is under way and to end, and waits for that: the
# counts, { answered, failed, refused, reset, short, bad }.
sub finish {
	my ($l) = @_;
	kill 'TERM', $l->{pid};
	return $l->wait;
}

# Waits until it has ended by itself.
sub wait {
	my ($l) = @_;
	waitpid $l->{pid}, 0;
	my $out = Drover::slurp("$l->{base}.out");
	my %count = $out =~ /(\w+)=(\d+)/g;
	die "load failed: " . Drover::slurp("$l->{base}.err")
	    if $? != 0 || !defined $count{answered};
	Test::More::diag(map { "$_\n" } grep { defined } (split /\n/,
	    Drover::slurp("$l->{base}.err"))[0 .. 9]) if $count{failed};
	return \%count;
}

# Of the answered requests: those without a line in the access log, and those
# with more than one, as two references to lists of numbers.  Waits for lines
# that are still on their way.
sub unlogged {
	my ($l, $log) = @_;
	my @ids = split /\n/, Drover::slurp("$l->{base}.ids");
	my (@missing, @double);
	$l->{server}->wait_until(sub {
		my %seen;
		$seen{$_}++ for $l->{server}->log($log // 'access') =~
		    /"GET \Q$l->{path}\E\?(\d+) /g;
		@missing = grep { !$seen{$_} } @ids;
		@double = grep { ($seen{$_} // 0) > 1 } @ids;
		return !@missing;
	});
	return (\@missing, \@double);
}

# What clients of such kinds ask for, as files for Drover->start.
sub pages {
	my (%kinds) = @_;
	return map { $_->[0] => 'x' x 1024 } values %kinds;
}

# Starts clients of each kind; { name of the kind => its clients }.
sub start_kinds {
	my ($class, $server, %kinds) = @_;
	my %load;
	for my $kind (sort keys %kinds) {
		my ($page, @args) = @{ $kinds{$kind} };
		$load{$kind} = $class->start($server, "/$page", @args,
		    '-l', 1024, '-s', 900);
	}
	return \%load;
}

# Ends them, and tests that of each kind more than least were answered, and all.
sub check_answers {
	my ($load, $least) = @_;
	for my $kind (sort keys %$load) {
		my $c = $load->{$kind}->finish;
		Test::More::cmp_ok($c->{answered}, '>', $least,
		    "$kind: $c->{answered} answered");
		Test::More::is($c->{failed} + $c->{left}, 0,
		    "$kind: none failed");
	}
	return;
}

# Afterwards: tests that each answer has its line.
sub check_lines {
	my ($load) = @_;
	for my $kind (sort keys %$load) {
		my ($missing, $double) = $load->{$kind}->unlogged;
		Test::More::is(@$missing + @$double, 0,
		    "$kind: one line for each");
	}
	return;
}

1;
