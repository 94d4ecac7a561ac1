#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Many graceful restarts under clients of every kind at once: kept alive, one
# connection for each request, pipelined, slow to ask, idle, with one large
# download and one slow upload that last through all of them.  No request fails
# and each has its line; what lasts is whole; the old workers go; and neither
# master nor logger grows.
use strict;
use warnings;
use Digest::SHA;
use Drover;
use Drover::Counted;
use Drover::Lasting;
use JSON::PP ();
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $restarts = $ENV{DROVER_LONG} ? 200 : $Drover::VALGRIND ? 3 : 15;
my $idle_clients = 20;
my %kinds = %Drover::Counted::KINDS;
my $s = Drover->start(files => { Drover::Counted::pages(%kinds),
    wrk => 'x', h2load => 'x' }, conf => $Drover::Lasting::CONF . <<'EOT');
<Location "/server-status">
    SetHandler server-status
</Location>
EOT

sub status {
	return JSON::PP->new->decode($s->get('/server-status?json')->{body});
}

# { kib, fds, threads } of a process.
sub size_of {
	my ($pid) = @_;
	my ($kib) = Drover::slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m;
	my @fds = glob "/proc/$pid/fd/*";
	return { kib => $kib, fds => scalar @fds };
}

# Restarts; true once the new workers serve and only they and those with the
# lasting transfers are left.
sub restart {
	my ($n) = @_;
	$s->signal('USR1');
	$s->wait_notify(qr/^STATUS=serving with.*generation $n$/m, 30)
	    or return 0;
	return $s->wait_until(sub { $s->workers <= 4 }, 30);
}

# Programs of others, which count what fails: for the long form, since they ask
# as much as they can and every request is a line.
sub others {
	my @found = grep { have($_->{program}) } (
	    { program => 'wrk', end => 'INT', answered => qr/(\d+) requests in/,
		args => ['-t', 1, '-c', 4, '-d', 900, $s->url('/wrk')],
		bad => qr/(Socket errors.*|Non-2xx.*)/ },
	    { program => 'h2load', answered => qr/, (\d+) succeeded/,
		args => ['--h1', '-t', 1, '-c', 4, '-n', 300000,
		    $s->url('/h2load')],
		bad => qr/([1-9]\d* (?:failed|errored|timeout).*)/ });
	for my $o (@found) {
		$o->{out} = $s->dir . "/$o->{program}.out";
		$o->{pid} = fork // die "fork: $!";
		next if $o->{pid};
		open STDOUT, '>', $o->{out} or die;
		exec $o->{program}, @{ $o->{args} } or die "exec: $!";
	}
	return @found;
}

sub have {
	my ($program) = @_;
	return $ENV{DROVER_LONG} && grep { -x "$_/$program" } split /:/,
	    $ENV{PATH};
}

my @idle = map { $s->connect } 1 .. $idle_clients;
$_->get('/k') for @idle;
my $load = Drover::Counted->start_kinds($s, %kinds);
my @others = others();
my $transfers = Drover::Lasting->start_both($s);
ok($s->wait_until(sub {
	my %busy = map { ($_->{stage} // '') => 1 } @{ status()->{requests} };
	return $busy{sending};
}), 'the download is under way');

my (%size, $done);
my $logger = ($s->children(qr/logger/))[0];
sub measure {
	push @{ $size{master} }, size_of($s->pid);
	push @{ $size{logger} }, size_of($logger);
	return;
}
for my $n (1 .. $restarts) {
	last if !restart($n + 1);
	$done = $n;
	# What is allocated once is there by then.
	measure() if $n == int($restarts / 3) || $n == $restarts;
}
is($done, $restarts, "$restarts restarts, the old workers go");
my $old = $s->workers - 2;
cmp_ok($old, '<=', 2, "but those with the transfers ($old)");

Drover::Lasting::check_both($transfers);
ok($s->wait_until(sub { $s->workers == 2 }),
    'and then the workers that had them are gone, too');
my $handed = status()->{totals}{handed_over};
cmp_ok($handed, '>=', $restarts * $idle_clients,
    "idle connections were handed over $handed times");
is(scalar(grep { (eval { $_->get('/k')->{status} } // 0) == 200 }
    @idle), $idle_clients, 'and their clients are served on');
Drover::Counted::check_answers($load, $Drover::VALGRIND ? 0 : 50);
for my $o (@others) {
	kill $o->{end}, $o->{pid} if $o->{end};
	waitpid $o->{pid}, 0;
	my $said = Drover::slurp($o->{out});
	my ($answered) = $said =~ $o->{answered};
	ok($answered && $said !~ $o->{bad},
	    "$o->{program}: none failed of " . ($answered // '?')) or
	    diag($said);
}
Drover::Counted::check_lines($load);
is(scalar(() = $s->log('access') =~ m{"GET /big }g), 1,
    'and for the download');
is($s->log('error') =~ /:(?:warn|error|crit|alert)\]/ ? $s->log('error') : '',
    '', 'nothing to complain of');
for my $who (sort keys %size) {
	my ($before, $after) = @{ $size{$who} };
	my $pid = $who eq 'master' ? $s->pid : $logger;
	# Then some workers that drain had theirs.
	ok($s->wait_until(sub { size_of($pid)->{fds} <= $before->{fds} }),
	    "$who: no more descriptors than before") or
	    diag(join ' ', sort map { readlink // () } glob "/proc/$pid/fd/*");
	cmp_ok($after->{kib} - $before->{kib}, '<',
	    Drover::is_watched() ? 50000 : 1024,
	    "$who: as large ($before->{kib} KiB, then $after->{kib})");
}
$s->stop;
done_testing;
