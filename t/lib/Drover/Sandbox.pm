# SPDX-License-Identifier: BSD-2-Clause
#
# What tests of the sandbox have in common.
package Drover::Sandbox;

use strict;
use warnings;
use Drover;

# Why the sandbox cannot be tested here as a whole; undef: it can.
sub lacks {
	return 'the sandbox is off under valgrind and sanitizers'
	    if Drover::is_watched();
	my $said = Drover->new->run('-S')->{out};
	my ($missing) = $said =~ /^ +Cannot be enforced: (.*)/m;
	return 'drover -S says nothing' if !defined $missing;
	return $missing eq 'nothing is missing' ? undef : $missing;
}

# The server with a way to try what is not permitted.
sub trespasser {
	return "$ENV{TOP_BUILDDIR}/t/sandbox/trespasser";
}

1;
