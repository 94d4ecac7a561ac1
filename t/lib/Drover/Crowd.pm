# SPDX-License-Identifier: BSD-2-Clause
#
# Many connections at once, each sending its own bytes and reading to the end,
# so that a thousand of them take seconds.
#
#	my @outcomes = Drover::Crowd::talk($port, \@texts, cut => sub { 1 });
#	$outcomes[0]{bytes}	# all that came back
#	$outcomes[0]{end}	# closed, reset, aborted, refused or late
#
# The sending side is shut after the last byte: what waits for more learns that
# there is none.
package Drover::Crowd;

use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS);
use IO::Poll qw(POLLIN POLLOUT POLLHUP POLLERR);
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY SOCK_NONBLOCK);
use Time::HiRes qw(time);

# Options: cut (a function that says how many of the bytes that are left go in
# the next segment), at_once (connections), seconds (for all), stay (the
# sending side stays open), abort (with the last byte all ends in a reset), each
# (is told of each outcome, in place of a list).
sub talk {
	my ($port, $texts, %option) = @_;
	my $crowd = bless { port => $port, option => \%option,
	    poll => IO::Poll->new, talkers => {}, outcomes => [],
	    end => time + ($option{seconds} // 60) * $Drover::SCALE,
	}, __PACKAGE__;
	local $SIG{PIPE} = 'IGNORE';
	my $next = 0;
	my $most = $option{at_once} // 64;
	while ($next < @$texts || %{ $crowd->{talkers} }) {
		while ($next < @$texts &&
		    keys %{ $crowd->{talkers} } < $most) {
			$crowd->_begin($next, $texts->[$next]);
			$next++;
		}
		$crowd->_turn;
		last if time >= $crowd->{end};
	}
	$crowd->_end($_, 'late') for values %{ $crowd->{talkers} };
	return @{ $crowd->{outcomes} };
}

sub _begin {
	my ($crowd, $number, $text) = @_;
	socket my $socket, PF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0
	    or die "socket: $!";
	setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
	my $talker = { number => $number, socket => $socket, left => $text,
		bytes => '' };
	$crowd->{talkers}{$number} = $talker;
	if (!connect($socket, pack_sockaddr_in($crowd->{port},
	    INADDR_LOOPBACK)) && $! != EINPROGRESS) {
		$crowd->_end($talker, 'refused');
		return;
	}
	$crowd->{poll}->mask($socket => POLLIN | POLLOUT);
	return;
}

sub _turn {
	my ($crowd) = @_;
	my $poll = $crowd->{poll};
	$poll->poll(1);
	for my $talker (values %{ $crowd->{talkers} }) {
		my $events = $poll->events($talker->{socket});
		$crowd->_send($talker) if $events & POLLOUT;
		next if !$crowd->{talkers}{ $talker->{number} };
		$crowd->_read($talker) if $events & (POLLIN | POLLHUP | POLLERR);
	}
	return;
}

sub _send {
	my ($crowd, $talker) = @_;
	my $max = length $talker->{left};
	my $cut = $crowd->{option}{cut};
	my $size = $cut && $max ? $cut->($max, $talker) : $max;
	my $n = syswrite $talker->{socket}, $talker->{left}, $size;
	# A server that has closed does not want the rest.
	$n = $max if !defined $n && $! != EAGAIN;
	substr $talker->{left}, 0, $n // 0, '';
	return if length $talker->{left};
	if ($crowd->{option}{abort}) {
		setsockopt $talker->{socket}, SOL_SOCKET, SO_LINGER,
		    pack 'ii', 1, 0;
		$crowd->_end($talker, 'aborted');
		return;
	}
	shutdown $talker->{socket}, 1 if !$crowd->{option}{stay};
	$crowd->{poll}->mask($talker->{socket} => POLLIN);
	return;
}

sub _read {
	my ($crowd, $talker) = @_;
	my $n = sysread $talker->{socket}, $talker->{bytes}, 65536,
	    length $talker->{bytes};
	return if $n || (!defined $n && $! == EAGAIN);
	$crowd->_end($talker, defined $n ? 'closed' : 'reset');
	return;
}

sub _end {
	my ($crowd, $talker, $end) = @_;
	delete $crowd->{talkers}{ $talker->{number} };
	$crowd->{poll}->remove($talker->{socket});
	close $talker->{socket};
	my $outcome = { number => $talker->{number}, end => $end,
		bytes => $talker->{bytes} };
	my $each = $crowd->{option}{each};
	$each ? $each->($outcome) :
	    ($crowd->{outcomes}[ $talker->{number} ] = $outcome);
	return;
}

1;
