#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# bench/faults runs, and measures what it says: a little of it, Drover alone.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Test::More;

plan skip_all => 'no python3' if system('python3 -c "" 2>/dev/null') != 0;
plan skip_all => 'the load client was not built' if !Drover::Counted::program();
plan skip_all => 'it starts servers itself' if $Drover::VALGRIND;

my $out = Drover::folder() . '/out';
my $status = system("'$Drover::SRC/bench/faults' --program '$Drover::PROGRAM'" .
    " --load '" . Drover::Counted::program() . "' --only drover" .
    " --reloads 2 --pause 0.2 --stops 1 >'$out' 2>&1");
my $text = Drover::slurp($out);
is($status, 0, 'it ends well') or diag($text);
my %row = $text =~ /^(\S.*?) {2,}(\S.*)$/mg;
like($row{"lost, $_"} // '', qr/^0 of [1-9]/, "$_ lose nothing")
    for 'graceful reloads', 'graceful stops';
like($row{"silent, $_ killed"} // '', qr/^\d+ ms$/, "$_ killed: it comes back")
    for 'a worker', 'all workers';
like($row{'serves anew, master killed'} // '', qr/^\d+ ms, 0 left$/,
    'the master killed: nobody is left');
like($row{'gone after TERM, download stalled'} // '', qr/^\d+ ms$/,
    'TERM ends all');
done_testing;
