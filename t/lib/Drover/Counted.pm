# SPDX-License-Identifier: BSD-2-Clause
#
# t/load/load in the background, and what it counted held against the log.
package Drover::Counted;

use strict;
use warnings;
use Drover;

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

1;
