# SPDX-License-Identifier: BSD-2-Clause
# Workers that have served as many connections as MaxConnectionsPerChild says
# hand over to others, again and again: no request fails, each has its one
# line, and neither a large download nor a slow upload is cut.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Drover::Lasting;
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $recycles = $ENV{DROVER_LONG} ? 300 : $Drover::VALGRIND ? 4 : 20;
my $s = Drover->start(files => { map { $_ => 'x' x 1024 } qw(k o p) },
    conf => <<'EOT');
Workers 2
MaxConnectionsPerChild 50
MaxKeepAliveRequests 0
KeepAliveTimeout 600
RequestReadTimeout body=0
<Location "/echo">
    SetHandler echo
</Location>
EOT
my $big = Drover::Lasting::file($s, 'big', 100 << 20);
my $idle = $s->connect;
is($idle->get('/k')->{status}, 200, 'a client that will be idle');
my %load = (
	'kept alive' => Drover::Counted->start($s, '/k', '-k', '-c', 4,
	    '-w', 2, '-l', 1024, '-s', 900),
	'one connection each' => Drover::Counted->start($s, '/o', '-c', 4,
	    '-l', 1024, '-s', 900),
	'pipelined' => Drover::Counted->start($s, '/p', '-k', '-p', 8, '-w', 2,
	    '-c', 2, '-l', 1024, '-s', 900),
);
my $download = Drover::Lasting->download($s, '/big');
my $upload = Drover::Lasting->upload($s, '/echo');

my $ended = $s->wait_log('error', qr/worker \d \(pid \d+\) ended with status 0/,
    $recycles, 120);
cmp_ok($ended, '>=', $recycles, "$ended workers were replaced");
is($download->finish, $big, 'the download is whole');
my ($sent, $page) = $upload->finish;
ok(length($sent) > 100 && index($page, $sent) >= 0, 'so is the upload');
is($idle->get('/k')->{status}, 200, 'the idle client is served on');
for my $kind (sort keys %load) {
	my $c = $load{$kind}->finish;
	cmp_ok($c->{answered}, '>', $recycles, "$kind: $c->{answered} answered");
	is($c->{failed}, 0, "$kind: none failed");
}
for my $kind (sort keys %load) {
	my ($missing, $double) = $load{$kind}->unlogged;
	is(@$missing + @$double, 0, "$kind: one line for each");
}
is($s->log('error') =~ /:(?:warn|error|crit|alert)\]/ ? $s->log('error') : '',
    '', 'nothing to complain of');
$s->stop;
done_testing;
