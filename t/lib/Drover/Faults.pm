# SPDX-License-Identifier: BSD-2-Clause
#
# A server whose workers crash, or spin, when a request opens a file of a
# certain name (t/load/faults.c says which).
#
#	plan skip_all => $_ for Drover::Faults::missing();
#	my $s = Drover::Faults::start(conf => "Workers 1\n");
#	$s->get('/crash-segv');
package Drover::Faults;

use strict;
use warnings;
use Drover;

our @CRASHES = qw(segv stack bus ill fpe trap abort);

# Why it cannot be, or nothing.
sub missing {
	return 'valgrind has handlers of its own' if $Drover::VALGRIND;
	return 'AddressSanitizer has handlers of its own'
	    if Drover::slurp($Drover::PROGRAM) =~ /__asan_init/;
	return 'the library of faults was not built' if !-e library();
	return;
}

sub library {
	return ($ENV{TOP_BUILDDIR} // "$Drover::SRC/build") .
	    '/t/load/faults.so';
}

# As Drover->start, with files that are there to crash.
sub start {
	my (%option) = @_;
	my %files = ('index.html' => "hello\n", spin => '',
	    map({ ("crash-$_" => '') } @CRASHES), %{ $option{files} // {} });
	return Drover->start(%option, files => \%files,
	    env => { LD_PRELOAD => library() });
}

# Asks for a file that ends the worker, and waits for the connection to end.
sub ask {
	my ($s, $target) = @_;
	my $c = $s->connect;
	$c->request('GET', $target);
	return $c->closed(10 * $Drover::SCALE);
}

1;
