# SPDX-License-Identifier: BSD-2-Clause
# A burst of kept-alive connections is spread evenly over the workers.
use strict;
use warnings;
use Drover;
use Test::More;

# Connections that each worker holds: established sockets of its descriptors.
sub held {
	my ($s) = @_;
	my %established;
	open my $tcp, '<', '/proc/net/tcp' or die;
	while (<$tcp>) {
		my @field = split;
		$established{ $field[9] } = 1 if $field[3] eq '01';
	}
	return map {
		my $pid = $_;
		scalar grep { (readlink($_) // '') =~ /^socket:\[(\d+)\]/ &&
		    $established{$1} } glob "/proc/$pid/fd/*";
	} $s->workers;
}

# 64 connect first, then all ask, as a load generator does: how many each
# worker holds, the busiest first.
sub burst {
	my ($s) = @_;
	my @conns = map { $s->connect } 1 .. 64;
	$_->request('GET', '/') for @conns;
	my $answered = grep { $_->response->{status} == 200 } @conns;
	is($answered, 64, '64 connections are answered');
	my $held = $s->wait_until(sub {
		my @now = held($s);
		my $sum = 0;
		$sum += $_ for @now;
		return $sum == 64 ? join ' ', sort { $b <=> $a } @now : undef;
	});
	$_->close for @conns;
	return split ' ', $held // '';
}

# A worker that gets no processor for some milliseconds leaves its share to the
# others, as it should: on a busy machine one burst of three has to do.
for my $workers (2, 8) {
	my $s = Drover->start(conf => "Workers $workers\nKeepAliveTimeout 60\n");
	my @counts;
	for (1 .. 3) {
		@counts = burst($s);
		last if ($counts[0] // 64) <= 1.5 * 64 / $workers;
		$s->wait_until(sub { !grep { $_ } held($s) });
	}
	is(scalar @counts, $workers, "$workers workers hold them: @counts");
	cmp_ok($counts[0] // 64, '<=', 1.5 * 64 / $workers,
	    'the busiest has at most 1.5 times the mean');
	$s->stop;
}
done_testing;
