# SPDX-License-Identifier: BSD-2-Clause
#
# A client that has asked for a large file and does not read it: its worker can
# neither end the answer nor give it away.
#
#	my ($s, $c) = Drover::Stalled::start(conf => $conf);
#	... what is to happen meanwhile ...
#	is(length $c->response(0, 30)->{body}, $Drover::Stalled::SIZE);
package Drover::Stalled;

use strict;
use warnings;
use Drover;
use IO::Select;

# Above what the kernel holds of a connection.
our $SIZE = 32 << 20;

# A server with such a client; options as for Drover->start, without files.
sub start {
	my $s = Drover->start(@_,
	    files => { 'big' => 'x' x $SIZE, 'index.html' => "hello\n" });
	my $c = $s->connect;
	$c->request('GET', '/big');
	IO::Select->new($c->socket)->can_read(10 * $Drover::SCALE)
	    or die 'no answer';
	return ($s, $c);
}

1;
