# SPDX-License-Identifier: BSD-2-Clause
# Settings of processes: how many workers, and what Apache's directives for
# threads and spare servers mean here. ServerTokens, which says who answers.
use strict;
use warnings;
use Drover;
use Test::More;

# [directives, workers]
my @rows = (
	["Workers 1\n", 1],
	["Workers 3\n", 3],
	["Workers auto\nStartServers 3\n", undef],
	["StartServers 3\nWorkers 1\n", 1],
	# Without Workers, as the one who wrote StartServers meant it ...
	["#Workers\nStartServers 3\n", 3],
	# ... unless it was meant for processes of many threads.
	["#Workers\nLoadModule mpm_event_module modules/mod_mpm_event.so\n" .
	    "StartServers 7\n", undef],
);
chomp(my $auto = `nproc`);
for my $row (@rows) {
	my ($conf, $workers) = @$row;
	(my $name = $conf) =~ s/\n/; /g;
	my $s = Drover->new(conf => $conf);
	# The helper's own line must not decide.
	(my $text = Drover::slurp($s->conf_file)) =~ s/^Workers 2\n//m;
	$s->file('conf/httpd.conf', $text);
	ok($s->launch, "$name starts") or diag($s->stderr);
	is(scalar $s->workers, $workers // $auto,
	    'with ' . ($workers // 'as many workers as processors'));
	$s->stop;
}

for my $name (qw(MaxRequestWorkers MaxClients MinSpareServers MaxSpareServers
    ServerLimit ThreadsPerChild ThreadLimit MinSpareThreads MaxSpareThreads
    ThreadStackSize AsyncRequestWorkerFactor ListenCoresBucketsRatio
    ScoreBoardFile Mutex)) {
	my $value = $name eq 'Mutex' ? 'default' : 25;
	my $s = Drover->new(conf => "$name $value\n");
	my $r = $s->run('-f', $s->conf_file, '-t');
	is($r->{status}, 0, "$name is accepted");
	like($r->{err}, qr/httpd\.conf:\d+:1: warning: $name: no effect: \w/,
	    'and explained');
}

# [directives, what is said of them]
my @bad = (
	["Workers four\n", qr/Workers: .*four/],
	["Workers 0\n", qr/Workers: /],
	["StartServers four\n", qr/StartServers: .*four/],
	["MaxConnections 0\n", qr/MaxConnections: /],
	["Sandbox perhaps\n", qr/Sandbox: .*perhaps/],
	["WorkerTimeout 10x\n", qr/WorkerTimeout: .*10x/],
	["GracefulShutdownTimeout -1\n", qr/GracefulShutdownTimeout: /],
	["ServerTokens Some\n", qr/ServerTokens: .*Some/],
);
for my $row (@bad) {
	my $s = Drover->new(conf => $row->[0]);
	my $r = $s->run('-f', $s->conf_file, '-t');
	chomp(my $name = $row->[0]);
	is($r->{status}, 1, "$name is an error");
	like($r->{err}, qr/httpd\.conf:\d+:\d+: error: $row->[1]/,
	    'with its place');
}
for my $word (qw(on off require)) {
	my $s = Drover->new(conf => "Sandbox $word\n");
	SKIP: {
	skip 'there is no sandbox under valgrind', 1
	    if $Drover::VALGRIND && $word eq 'require';
	is($s->run('-f', $s->conf_file, '-t')->{status}, 0,
	    "Sandbox $word is accepted");
	}
}

my ($version) = Drover->new->run('-v')->{out} =~ m{Drover/([\d.]+)};
my ($major, $minor) = split /\./, $version;
my %tokens = (
	'' => 'Drover',
	Prod => 'Drover',
	Major => "Drover/$major",
	Minor => "Drover/$major.$minor",
	Min => "Drover/$version",
	OS => "Drover/$version (Linux)",
	Full => "Drover/$version (Linux)",
);
for my $word (sort keys %tokens) {
	my $s = Drover->start(conf => $word eq '' ? '' :
	    "ServerTokens $word\n");
	is($s->get('/')->{header}{server}, $tokens{$word},
	    "ServerTokens $word: $tokens{$word}");
	$s->stop;
}
done_testing;
