#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What idle connections cost: at most 500 bytes each of the memory of all
# processes together, and nothing once they are gone.  2,000 of them, 10,000
# with DROVER_LONG=1.
use strict;
use warnings;
use Drover;
use Drover::Idle;
use Test::More;

plan skip_all => 'it measures memory' if Drover::is_watched();
my $count = $ENV{DROVER_LONG} ? 10000 : 2000;
my $bound = 500;

# Each process's share, in kB, of what is not a file's: the pages of the program
# are shared with whoever else runs it.  undef before Linux 5.10.
sub memory {
	my ($s) = @_;
	my $sum = 0;
	for my $pid ($s->pid, Drover::Process::children($s->pid)) {
		my $text = Drover::slurp("/proc/$pid/smaps_rollup");
		$text =~ /^Pss_Anon:\s+\d+ kB/m or return undef;
		$sum += $1 while $text =~ /^Pss_(?:Anon|Shmem):\s+(\d+) kB/mg;
	}
	return $sum;
}

sub start_server {
	my $s = Drover->start(conf => <<'EOT');
Workers 2
KeepAliveTimeout 1000
Timeout 1000
RequestReadTimeout header=0
AcceptFilter http none
EOT
	# All pages of the rings are there once a long line was on each.
	for (1 .. 2) {
		my @conns = map { $s->connect } 1 .. 50;
		for my $conn (@conns) {
			$conn->get('/', 'User-Agent' => 'u' x 7000) for 1 .. 4;
		}
		$_->close for @conns;
	}
	$s->wait_log('access', qr/./, 400);
	return $s;
}

for my $requests (1, 0) {
	subtest($requests ? 'kept alive' : 'silent' => sub {
		my $s = start_server();
		my $before = memory($s);
		if (!defined $before) {
			$s->kill_all;
			plan skip_all => 'memory cannot be measured';
		}
		my $idle = Drover::Idle->hold($s, $count,
		    requests => $requests);
		my $grown = memory($s) - $before;
		my $each = $grown * 1024 / $count;
		note(sprintf '%d connections: %.0f bytes each', $count, $each);
		cmp_ok($each, '<=', $bound,
		    "a connection costs at most $bound bytes");
		is($idle->release, $count, 'all were served on');
		ok($s->wait_until(sub {
			memory($s) - $before < $grown / 2;
		}), 'the memory is given back') or
		    diag("$before kB, $grown more, now " . memory($s));
		$s->stop;
	});
}
done_testing;
