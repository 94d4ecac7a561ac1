#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# bench/faults and bench/run do run, and measure what they say: a little of it,
# Drover alone.
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

SKIP: {
	my $floor = ($Drover::PROGRAM =~ s{[^/]*\z}{}r) . 'bench/floor';
	skip 'no wrk', 4 if system('command -v wrk >/dev/null') != 0;
	skip 'the floor was not built', 4 if !-x $floor;
	my $json = Drover::folder() . '/figures.json';
	$status = system("'$Drover::SRC/bench/run' --program '$Drover::PROGRAM'" .
	    " --floor '$floor' --only drover --rounds 1 --rows 304,each" .
	    " --json '$json' >'$out' 2>&1");
	$text = Drover::slurp($out);
	is($status, 0, 'bench/run ends well') or diag($text);
	like($text, qr/^$_ +[\d.]+ +[\d.]+$/m, "$_: of Drover and the floor")
	    for '304', 'one connection each';
	like(Drover::slurp($json), qr/"name": "304".*"floor": .*"cpu": \d/s,
	    'and all of it as JSON');
}
done_testing;
