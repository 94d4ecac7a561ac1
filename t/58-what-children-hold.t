#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What each process holds of the others: listeners are the workers', a ring is
# one worker's and the logger's, programs have nothing but their input.
use strict;
use warnings;
use Drover;
use Fcntl;
use Test::More;

plan skip_all => 'valgrind has descriptors of its own' if $Drover::VALGRIND;

# What the descriptors above 2 lead to, sockets that listen by "listener".
sub descriptors {
	my ($pid) = @_;
	my %listens = map { $_ => 1 } Drover::slurp("/proc/$pid/net/tcp") =~
	    /^\s*\d+: \S+ \S+ 0A (?:\S+\s+){5}(\d+)/mg;
	my @list;
	for my $path (glob "/proc/$pid/fd/*") {
		my ($fd) = $path =~ /(\d+)$/;
		my $to = readlink $path // next;
		next if $fd <= 2;
		$to = 'listener' if $to =~ /^socket:\[(\d+)\]/ && $listens{$1};
		$to =~ s/:\[\d+\]//;
		push @list, $to;
	}
	return sort @list;
}

# Shared memory by name: "log rw 1234" with its inode.
sub shared {
	my ($pid) = @_;
	my %seen;
	for (split /\n/, Drover::slurp("/proc/$pid/maps")) {
		my ($mode, $inode, $name) =
		    m{^\S+ (...)s \S+ \S+ (\d+)\s+/memfd:drover-(\w+)} or next;
		$seen{"$name $mode $inode"} = 1;
	}
	return sort keys %seen;
}

my $s = Drover->new(conf => "Listen 127.0.0.1:{PORT}\n" .
    "Listen 127.0.0.1:{PORT2}\nCustomLog \"|cat\" common\n");
# What whoever starts it has open is not the server's.
open my $foreign, '<', $s->conf_file or die $!;
fcntl $foreign, Fcntl::F_SETFD(), 0 or die $!;
ok($s->launch_daemon, 'it starts');
close $foreign;
is($s->get('/')->{status}, 200, 'it serves');

# Once more, so that all have been forked beside others that live.
$s->signal('USR1');
ok($s->wait_log('error', qr/generation 2$/), 'a restart');
ok($s->wait_until(sub { $s->workers == 2 }), 'two workers');
kill 'KILL', my $killed = ($s->children(qr/logger/))[0];
ok($s->wait_until(sub {
	my @now = $s->children(qr/logger/);
	@now == 1 && $now[0] != $killed &&
	    3 == grep { /^log/ } shared($now[0]);
}), 'another logger');

is(scalar(grep { /httpd\.conf/ } descriptors($s->pid)), 0,
    'the master has nothing of who started it');
my %rings;
for my $pid ($s->workers) {
	my @fds = descriptors($pid);
	is(scalar(grep { $_ eq 'listener' } @fds), 2, 'a worker listens');
	is(scalar(grep { $_ eq 'socket' } @fds), 1, 'has its channel');
	is(scalar(grep { /pipe|_log$|\.pid$/ } @fds), 0, 'and no log');
	my @shared = shared($pid);
	my @own = grep { /^log / } @shared;
	is(scalar @own, 1, 'it maps one ring') or diag(@shared);
	$rings{$_}++ for @own;
	# Slot and ring are its own, with the word to wake the logger.
	is(join(' ', map { /^(\w+) rw/ } @shared), 'log scoreboard wake',
	    'and writes nothing that others believe');
}
is(scalar keys %rings, 2, 'each its own');

my ($logger) = $s->children(qr/logger/);
my @fds = descriptors($logger);
is(scalar(grep { $_ eq 'listener' } @fds), 0, 'the logger does not listen');
is(scalar(grep { $_ eq 'socket' } @fds), 1, 'it has its channel');
is(scalar(grep { /_log$/ } @fds), 1, 'and the log');
my @shared = shared($logger);
is(scalar(grep { /^log / } @shared), 3, 'it maps all rings');
is(scalar(grep { /^scoreboard/ } @shared), 0, 'but no scoreboard');

my ($program) = $s->children(qr/\bcat\b/);
is(join(' ', descriptors($program)), '', 'a program has standard streams');
$s->stop;

# As a service manager starts it, whose sockets they are.
my @manager = ($^X, '-MSocket', '-e', <<'EOT');
socketpair my $ours, my $its, AF_UNIX, SOCK_STREAM, 0 or die $!;
if (!fork) {
	close $its;
	1 while sysread $ours, my $read, 4096;
	exit;
}
close $ours;
open STDOUT, '>&', $its;
open STDERR, '>&', $its;
exec @ARGV;
EOT
$s = Drover->new;
ok($s->launch(by => \@manager), 'it starts in the foreground');
like(readlink '/proc/' . $s->pid . '/fd/2', qr/^socket/, 'with a socket');
for my $pid ($s->children(qr/worker|logger/)) {
	my @streams = map { readlink "/proc/$pid/fd/$_" } 0 .. 2;
	like("@streams", qr{^/dev/null /dev/null pipe:\S+$},
	    'which its children do not have');
}
$s->stop;

done_testing;
