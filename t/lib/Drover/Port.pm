# SPDX-License-Identifier: BSD-2-Clause
#
# Ports for the servers of tests that run at the same time.
package Drover::Port;

use strict;
use warnings;
use Exporter 'import';
use IO::Socket::INET;
use Socket;

our @EXPORT_OK = qw(free_port);

my %locks;

# A port that nobody listens on, and that no other test will take while this
# one runs: an abstract socket of its number is held until then.  It is below
# the range from which the kernel takes ports for clients.
sub free_port {
	for (1 .. 1000) {
		my $port = 10000 + int rand 22000;
		next if $locks{$port};
		socket my $lock, PF_UNIX, SOCK_STREAM, 0 or die "socket: $!";
		bind $lock, pack_sockaddr_un("\0drover-test-port-$port") or next;
		IO::Socket::INET->new(LocalAddr => '0.0.0.0', Listen => 1,
		    LocalPort => $port, ReuseAddr => 1) or next;
		$locks{$port} = $lock;
		return $port;
	}
	die 'no free port';
}

1;
