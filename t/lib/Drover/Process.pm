# SPDX-License-Identifier: BSD-2-Clause
#
# Processes, as /proc shows them.
package Drover::Process;

use strict;
use warnings;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

# { pid, parent, group, state, start } or undef.  A zombie is no process
# here: it only waits for somebody to ask.
sub stat_of {
	my ($pid) = @_;
	open my $in, '<', "/proc/$pid/stat" or return undef;
	my $line = <$in> // return undef;
	# The name may hold anything, even ")".
	my ($rest) = $line =~ /^.*\) (.*)$/s or return undef;
	my @field = split ' ', $rest;
	return undef if $field[0] =~ /[ZX]/;
	return { pid => $pid, state => $field[0], parent => $field[1],
	    group => $field[2], start => $field[19] };
}

sub all {
	opendir my $proc, '/proc' or die "/proc: $!";
	return grep { defined } map { stat_of($_) }
	    sort { $a <=> $b } grep { /^\d+$/ } readdir $proc;
}

sub children {
	my ($pid) = @_;
	return map { $_->{pid} } grep { $_->{parent} == $pid } all();
}

# All below pid, as stat_of gives them.
sub descendants {
	my ($pid) = @_;
	my @all = all();
	my %below = ($pid => 1);
	my ($found, @list) = (1);
	while ($found) {
		$found = 0;
		for my $p (@all) {
			next if $below{ $p->{pid} } || !$below{ $p->{parent} };
			$below{ $p->{pid} } = $found = 1;
			push @list, $p;
		}
	}
	return @list;
}

# Those of the group, and those of the known that still live, with titles.
sub living {
	my ($group, @known) = @_;
	my %known = map { $_->{pid} => $_->{start} } @known;
	return map { { %$_, title => title($_->{pid}) } }
	    grep { $_->{group} == $group ||
		($known{ $_->{pid} } // '') eq $_->{start} } all();
}

# Those that were started with this variable in their environment, whoever
# their parent is by now.
sub with_variable {
	my ($variable) = @_;
	return map { { %$_, title => title($_->{pid}) } } grep {
		my $environment = '';
		if (open my $in, '<', "/proc/$_->{pid}/environ") {
			local $/;
			$environment = <$in> // '';
		}
		"\0$environment" =~ /\0\Q$variable\E\0/;
	} all();
}

# What ps shows; under valgrind only the short name is the program's own.
sub title {
	my ($pid) = @_;
	my $title = '';
	for my $name ('cmdline', 'comm') {
		open my $in, '<', "/proc/$pid/$name" or next;
		local $/;
		$title .= ' ' . (<$in> // '');
	}
	$title =~ tr/\0\n/  /;
	return $title;
}

# What a process has used so far: { ticks of the processor (hundredths of a
# second), waits (how often it has waited for something) }.
sub usage {
	my ($pid) = @_;
	my ($stat, $status) = map {
		local $/;
		open my $in, '<', "/proc/$pid/$_" or die "$pid: $!";
		scalar <$in>;
	} qw(stat status);
	my ($rest) = $stat =~ /^.*\) (.*)$/s;
	my @field = split ' ', $rest;
	my ($waits) = $status =~ /^voluntary_ctxt_switches:\s+(\d+)/m;
	return { ticks => $field[11] + $field[12], waits => $waits };
}

# Sets a soft limit (nofile, fsize) of a process.  False where that cannot be:
# without prlimit(1), or where it is not allowed.  (The process's own user does
# it: root of a container may not.)
sub limit {
	my ($process, $name, $value) = @_;
	my ($uid, $gid) = (stat "/proc/$process")[4, 5];
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		if ($> == 0) {
			POSIX::setgid($gid);
			POSIX::setuid($uid);
		}
		open STDERR, '>', '/dev/null';
		no warnings 'exec';
		exec 'prlimit', "--pid=$process", "--$name=$value:"
		    or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return $? == 0;
}

# waitpid's status as the exit status, or "signal N".
sub status {
	my ($wait) = @_;
	return $wait & 127 ? 'signal ' . ($wait & 127) : $wait >> 8;
}

# The status of a child once it ended; undef when time is up.
sub wait_child {
	my ($pid, $seconds) = @_;
	my $end = time + $seconds;
	my $nap = 0.001;
	while (waitpid($pid, WNOHANG) != $pid) {
		return undef if time >= $end;
		sleep $nap;
		$nap *= 1.5 if $nap < 0.02;
	}
	return status($?);
}

1;
