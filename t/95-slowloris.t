#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Crowds that send a head, or a body, or take an answer drop by drop: whoever
# asks meanwhile is answered, and each of the crowd goes when its time is up.
# DROVER_LONG=1 has the same from slowhttptest, with 1,500 at once.
use strict;
use warnings;
use Drover;
use IO::Select;
use Socket;
use Test::More;

my $crowd = $Drover::VALGRIND ? 20 : 200;
my @files = (files => { 'small' => "hello\n", 'big' => 'b' x 8_000_000 });
my $common = <<'EOT';
Workers 2
AcceptFilter http none
<Location /echo>
    SetHandler echo
</Location>
EOT

# Asks so often, each time on a connection of its own; how many were answered.
sub probes {
	my ($s, $count) = @_;
	return scalar grep {
		my $r = eval { $s->get('/small') };
		$r && $r->{status} == 200 && $r->{body} eq "hello\n";
	} 1 .. $count;
}

# One of a crowd, with a window so small that it has to read.
sub member {
	my ($s, $text) = @_;
	socket my $socket, PF_INET, SOCK_STREAM, 0 or die "socket: $!";
	setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4096;
	connect $socket, pack_sockaddr_in($s->port, INADDR_LOOPBACK)
	    or die "connect: $!";
	syswrite $socket, $text;
	return $socket;
}

my %forms = (
	head => { begin => "GET /small HTTP/1.1\r\nHost: a\r\n",
	    drop => "X-a: b\r\n", line => qr{"GET /small HTTP/1.1" 408 } },
	body => { begin => "POST /echo HTTP/1.1\r\nHost: a\r\n" .
	    "Content-Length: 8192\r\n\r\n", drop => 'b',
	    line => qr{"POST /echo HTTP/1.1" 408 } },
	reader => { begin => "GET /big HTTP/1.1\r\nHost: a\r\n\r\n", take => 5,
	    line => qr{"GET /big HTTP/1.1" 200 } },
);

subtest 'at once' => sub {
	my $s = Drover->start(@files, conf => $common . <<'EOT');
Timeout 2
RequestReadTimeout header=2-3,MinRate=500 body=2,MinRate=500
EOT
	my @workers = $s->workers;
	local $SIG{PIPE} = 'IGNORE';
	my @members;
	for my $form (values %forms) {
		push @members, map { { %$form,
		    socket => member($s, $form->{begin}) } } 1 .. $crowd;
	}
	for my $round (1 .. 5) {
		for my $member (@members) {
			syswrite $member->{socket}, $member->{drop}
			    if $member->{drop};
			sysread $member->{socket}, my $bytes, $member->{take}
			    if $member->{take};
		}
		is(probes($s, 20), 20, 'all who ask are answered');
	}
	for my $name (sort keys %forms) {
		is(scalar $s->wait_log('access', $forms{$name}{line}, $crowd,
		    30), $crowd, "each slow $name has its end, and its line");
	}
	is(probes($s, 20), 20, 'it goes on');
	is_deeply([$s->workers], \@workers, 'the workers are the same');
	close $_->{socket} for @members;
	$s->stop;
};

my %attacks = (
	head => [qw(-H -i 2 -x 24)],
	body => [qw(-B -i 2 -s 8192 -x 10)],
	reader => [qw(-X -w 10 -y 20 -n 2 -z 32 -k 3)],
);

sub attack {
	my ($name) = @_;
	my $s = Drover->start(@files, conf => $common);
	my $path = { head => '/small', body => '/echo', reader => '/big' };
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDOUT, '>', $s->dir . '/attack' or die;
		open STDERR, '>&', \*STDOUT or die;
		exec 'slowhttptest', @{ $attacks{$name} }, '-c', 1500, '-r',
		    500, '-l', 20, '-u', $s->url($path->{$name});
	}
	my ($asked, $answered, $most) = (0, 0, 0);
	my $status;
	until (defined $status) {
		$answered += probes($s, 5);
		$asked += 5;
		my $fds = () = map { glob "/proc/$_/fd/*" } $s->workers;
		$most = $fds if $fds > $most;
		$status = Drover::Process::wait_child($pid, 0.1);
	}
	cmp_ok($most, '>', 1000, 'there was a crowd') or
	    diag(Drover::slurp($s->dir . '/attack'));
	cmp_ok($asked, '>', 20, 'it was asked meanwhile');
	is($answered, $asked, "all $asked were answered");
	$s->stop;
	return;
}

for my $name (sort keys %attacks) {
	subtest("slowhttptest $attacks{$name}[0]" => sub {
		plan skip_all => 'DROVER_LONG=1 only' if !$ENV{DROVER_LONG};
		plan skip_all => 'no slowhttptest'
		    if !grep { -x "$_/slowhttptest" } split /:/, $ENV{PATH};
		attack($name);
	});
}
done_testing;
