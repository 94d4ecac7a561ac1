# SPDX-License-Identifier: BSD-2-Clause
#
# Thousands of connections that are there and do nothing, held by processes of
# their own, since none may have that many descriptors.
#
#	my $idle = Drover::Idle->hold($s, 10000, requests => 1);
#	... look at the server ...
#	is($idle->release, 10000, 'all of them were served on');
package Drover::Idle;

use strict;
use warnings;
use POSIX ();

# Connections of one process.
my $each = 500;

# Options: requests (how many each makes before it is idle).  Returns once all
# have been answered.
sub hold {
	my ($class, $server, $count, %option) = @_;
	my $idle = bless { holders => [] }, $class;
	for (my $left = $count; $left > 0; $left -= $each) {
		my $some = $left < $each ? $left : $each;
		push @{ $idle->{holders} },
		    _holder($server, $some, $option{requests} // 0);
	}
	for my $holder (@{ $idle->{holders} }) {
		my $out = $holder->{out};
		my $line = <$out> // '';
		die "connections: $line" if $line ne "there\n";
	}
	return $idle;
}

# Ends them; how many were answered (without a request: connected) all the time
# until then.
sub release {
	my ($idle) = @_;
	my $alive = 0;
	for my $holder (@{ $idle->{holders} }) {
		syswrite $holder->{in}, "end\n";
		my $out = $holder->{out};
		$alive += <$out> // 0;
		waitpid $holder->{pid}, 0;
	}
	$idle->{holders} = [];
	return $alive;
}

sub _holder {
	my ($server, $count, $requests) = @_;
	pipe my $order, my $in or die "pipe: $!";
	pipe my $out, my $report or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	return { pid => $pid, in => $in, out => $out } if $pid;
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
	close $in;
	my $told = eval {
		my @conns = map { _conn($server, $requests) } 1 .. $count;
		syswrite $report, "there\n";
		sysread $order, my $line, 10;
		scalar grep { _lives($_, $requests) } @conns;
	} // "$@";
	syswrite $report, "$told\n";
	POSIX::_exit(0);
}

sub _conn {
	my ($server, $requests) = @_;
	my $conn = $server->connect;
	for (1 .. $requests) {
		$conn->get('/')->{status} == 200 or die 'no answer';
	}
	return $conn;
}

sub _lives {
	my ($conn, $requests) = @_;
	return !IO::Select->new($conn->socket)->can_read(0) if !$requests;
	my $r = eval { $conn->get('/') };
	return $r && $r->{status} == 200;
}

1;
