#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A thousand faulty requests, whole and byte by byte: the same answers, and the
# same end.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Crowd;
use Drover::Garbage qw(garbage);
use Drover::Mixed;

my $SEED = $ENV{DROVER_SEED} // 1;

# Time decides nothing here.
my $s = Drover->start(files => Drover::Mixed::files(),
    conf => $Drover::Garbage::CONF . <<'EOT');
Timeout 300
KeepAliveTimeout 300
RequestReadTimeout header=0 body=0
LimitRequestBody 10000
EOT
srand $SEED;
my @texts = map { garbage() } 1 .. ($ENV{DROVER_LONG} ? 30_000 : 1000);
my @whole = Drover::Crowd::talk($s->port, \@texts, seconds => 600);
my @pieces = Drover::Crowd::talk($s->port, \@texts, seconds => 600,
    cut => sub { $_[0] > 700 ? 97 : 1 });

# Of pages and dates, nothing.
sub summary {
	my ($outcome) = @_;
	return join ' ', $outcome->{end},
	    $outcome->{bytes} =~ m{^(?:HTTP/1\.1 [2-5]..|Connection: .*)}mg;
}

my (%status, @unlike);
for my $i (0 .. $#texts) {
	my ($whole, $pieces) = map { summary($_->[$i]) } \@whole, \@pieces;
	$status{$1} = 1 while $whole =~ m{HTTP/1\.1 (...)}g;
	push @unlike, "whole: $whole; in pieces: $pieces; sent: " .
	    substr($texts[$i], 0, 500) =~
	    s/([^ -~])/sprintf '\\x%02x', ord $1/ger if $whole ne $pieces;
}
is(scalar @unlike, 0, @texts . ' faulty requests')
    or diag("seed $SEED\n", map { "$_\n" } grep { defined } @unlike[0 .. 4]);
cmp_ok(scalar keys %status, '>', 8, 'answered in many ways');
is($s->get('/a.txt')->{status}, 200, 'it still serves');
$s->stop;
done_testing;
