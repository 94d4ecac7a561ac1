#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Two thousand clients that go with a reset, at every point of a request: each
# request that was read has its one line, and nothing is left of them, neither a
# descriptor nor memory.
use strict;
use warnings;
use Drover;
use Drover::Crowd;
use Test::More;

my $each = $Drover::VALGRIND ? 50 : 300;
# More than the kernel takes for a client that does not read.
my $big = 'b' x 8_000_000;
my $s = Drover->start(files => { 'small' => 's' x 100, 'big' => $big },
    conf => <<'EOT');
Workers 2
AcceptFilter http none
<Location /echo>
    SetHandler echo
</Location>
<Location /status>
    SetHandler server-status
</Location>
EOT
my @workers = $s->workers;
my $rest = "HTTP/1.1\r\nHost: a\r\n";
my $round = 0;

# What each client sends before it is gone; N is its own number.
my %texts = (
	'at once' => '',
	'in a request line' => 'GET /small?N HT',
	'in a head' => "GET /small?N ${rest}Accept",
	'in a body' => "POST /echo?N ${rest}Content-Length: 1000\r\n\r\nbody",
	'in a chunk' => "POST /echo?N ${rest}Transfer-Encoding: chunked\r\n\r\n" .
	    "100\r\nbody",
	'behind a request' => "GET /small?N $rest\r\n",
	'in a pipeline' => "GET /small?N $rest\r\n" .
	    "GET /big?Nb $rest\r\nGET /small?Nc $rest\r\n",
);

# Those that send and go, then those that take a part of what they asked for.
sub aborts {
	$round++;
	for my $where (sort keys %texts) {
		my @texts = map {
			my $name = "$round-$where-$_" =~ tr/ /_/r;
			$texts{$where} =~ s/N/$name/gr;
		} 1 .. $each;
		my @outcomes = Drover::Crowd::talk($s->port, \@texts,
		    abort => 1);
		my $gone = grep { $_->{end} eq 'aborted' } @outcomes;
		is($gone, $each, "$each are gone $where");
	}
	for my $i (1 .. $each) {
		my $conn = $s->connect;
		$conn->request('GET', "/big?$round-answer-$i");
		sysread $conn->socket, my $bytes, 1000 or die 'no answer';
		$conn->abort;
	}
	ok($s->wait_until(sub { lines(qr/\?$round-answer-/) == $each }),
	    "$each that have begun to read have a line") or
	    diag(lines(qr/\?$round-answer-/));
	return;
}

sub lines {
	my ($regex) = @_;
	return scalar grep { /$regex/ } split /^/m, $s->log('access');
}

# { fds, memory }, of all processes, once only this test's connection is there.
sub usage {
	my ($fds, $memory) = (0, 0);
	$s->wait_until(sub {
		$s->get('/status?auto')->{body} =~ /^ConnsTotal: 1$/m;
	}) or diag('connections are left');
	for my $pid ($s->pid, Drover::Process::children($s->pid)) {
		$fds += () = glob "/proc/$pid/fd/*";
		Drover::slurp("/proc/$pid/smaps_rollup") =~
		    /^Pss_Anon:\s+(\d+) kB/m and $memory += $1;
	}
	return { fds => $fds, memory => $memory };
}

aborts();
my $before = usage();
aborts();
my $after = usage();
cmp_ok($after->{fds}, '<=', $before->{fds} + 2, 'no descriptor is left');
SKIP: {
	skip 'no memory is measured', 1 if Drover::is_watched();
	cmp_ok($after->{memory}, '<=', $before->{memory} + 512,
	    'no memory is left');
}
is_deeply([$s->workers], \@workers, 'the workers are the same');

my %lines;
my $log = $s->log('access');
$lines{$1}++ while $log =~ m{"[A-Z]+ /\w+\?(\S+)[ "]}g;
delete $lines{auto};
is_deeply([grep { $lines{$_} != 1 } sort keys %lines], [],
    'no request has two lines');
# What is asked last is counted by what is asked then.
my ($count) = $s->get('/status?auto')->{body} =~ /^Total Accesses: (\d+)$/m;
ok($s->wait_until(sub { lines(qr/./) == $count + 1 }),
    'each request that was read has one') or
    diag(lines(qr/./) . " lines of $count requests");
is(scalar($s->log('error') =~ /:(?:warn|error|crit)\]/), '',
    'and nobody complains') or diag($s->log('error'));
$s->stop;
done_testing;
