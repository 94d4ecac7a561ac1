#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Somebody else's code in a worker, and in the logger: what it tries is
# refused, and named in the error log.  t/sandbox/trespasser is the server with
# a way to try.
use strict;
use warnings;
use Drover;
use Drover::Sandbox;
use Test::More;

my $why = Drover::Sandbox::lacks();
plan skip_all => $why if $why;
$Drover::PROGRAM = Drover::Sandbox::trespasser();

my $s = Drover->new(trespasses => 1, conf => <<'EOT',
Sandbox require
<Location "/try">
    SetHandler trespass
</Location>
Alias "/one" "{DIR}/single/one.txt"
EOT
    files => { 'a.txt' => "a\n" });
my $root = $s->dir . '/htdocs';
$s->file('single/one.txt', "one\n");
$s->file('single/other.txt', "other\n");
$s->launch or die $s->stderr;
my ($logger) = $s->children(qr/logger/);
my @workers = $s->workers;
my $port = Drover::free_port();

# What a process of the server says to an attempt: errno's name, or OK.
sub by_worker {
	my ($name, $pid, $number, $path) = @_;
	my $body = $s->get("/try?$name/$pid/$number/$path")->{body};
	chomp $body;
	return $body;
}

my $lines = 0;
sub by_logger {
	my ($name, $pid, $number, $path) = @_;
	$s->get("/a.txt?logger:$name/$pid/$number/$path:");
	my @said = $s->wait_log('access', qr/^logger: /, ++$lines);
	return ($said[-1] // '') =~ /^logger: \Q$name\E (\w+)/ ? $1 : 'nothing';
}

# Whom it hurts, a number and a path for each; how it ends if not with EPERM
# (what only Landlock sees gets EACCES, and no line).
my $victim = $$;
my @attempts = (
	['read-file', 0, 0, '/etc/passwd', 'openat'],
	['read-file', 0, 0, "$root/a.txt", 'openat'],
	['write-file', 0, 0, "$root/new.txt", 'openat'],
	['remove-file', 0, 0, "$root/a.txt", 'unlinkat'],
	['make-directory', 0, 0, "$root/new", 'mkdirat'],
	['change-mode', 0, 0, "$root/a.txt", 'fchmodat'],
	['socket', 0, 0, '', 'socket'],
	['connect', 0, $port, '', 'connect'],
	['sendto', 0, $port, '', 'sendto'],
	['bind', 0, $port, '', 'bind'],
	['listen', 0, 0, '', 'listen'],
	['execve', 0, 0, '/bin/true', 'execve'],
	['clone', 0, 0, '', 'clone'],
	['mmap', 0, 0, '', 'mmap'],
	['mprotect', 0, 0, '', 'mprotect'],
	['memfd_create', 0, 0, '', 'memfd_create'],
	['ptrace', $s->pid, 0, '', 'ptrace'],
	['kill', $logger, 0, '', 'kill'],
	['kill', $s->pid, 0, '', 'kill'],
	['tgkill', $s->pid, 0, '', 'tgkill'],
	['process_vm_readv', $workers[1], 0, '', 'process_vm_readv'],
	['pidfd_open', $workers[1], 0, '', 'pidfd_open'],
	['pidfd_getfd', 0, 3, '', 'pidfd_getfd'],
	['io_uring_setup', 0, 0, '', 'io_uring_setup'],
	['bpf', 0, 0, '', 'bpf'],
	['keyctl', 0, 0, '', 'keyctl'],
	['mount', 0, 0, '/', 'mount'],
	['unshare', 0, 0, '', 'unshare'],
	['setns', 0, 0, '', 'setns'],
	['setuid', 0, 0, '', 'setuid'],
	['prctl', 0, 0, '', 'prctl'],
	['ioctl', 0, 0, '', 'ioctl'],
	['fcntl', $s->pid, 0, '', 'fcntl'],
	['rt_sigaction', 0, 0, '', 'rt_sigaction'],
);

for my $try ([worker => \&by_worker], [logger => \&by_logger]) {
	my ($who, $by) = @$try;
	my %named;
	subtest "a taken-over $who" => sub {
		for my $a (@attempts) {
			my ($name, $pid, $number, $path, $call) = @$a;
			is($by->($name, $pid, $number, $path), 'EPERM',
			    "$name $path") or next;
			$named{$call} = 1;
		}
		for my $call (sort keys %named) {
			ok(scalar $s->wait_log('error',
			    qr/\Q[sandbox:crit]\E.* refused \Q$call\E\b/),
			    "$call is named");
		}
	};
}

# Where the C library knows how to do without nothing is told.
subtest 'no mapping grows over what is behind it' => sub {
	is(by_worker('mremap', 0, 0, ''), 'ENOMEM', 'in a worker');
	is(by_logger('mremap', 0, 0, ''), 'ENOMEM', 'in the logger');
	unlike($s->log('error'), qr/mremap/, 'quietly');
};

# The rings of all, which the master has open, as /proc shows them.
my @rings = grep { (readlink($_) // '') =~ /memfd:drover-log/ }
    glob '/proc/' . $s->pid . '/fd/*';
cmp_ok(scalar @rings, '>', @workers, 'the master has all rings open');

# A path behind a descriptor is for Landlock to judge.
my %landlock = (
	'read-file-at' => ['/etc/passwd', "$root/../conf/httpd.conf",
		$s->dir . '/single/other.txt', "/proc/$workers[1]/maps",
		"/proc/$workers[1]/mem", @rings, $s->log_path('error')],
	'read-file-2' => ['/etc/passwd', "/proc/$logger/mem"],
	'read-directory' => ['/', '/etc', $s->dir],
	'write-file-2' => ["$root/new.txt", "$root/a.txt", '/tmp/new.txt',
		$s->log_path('access')],
);
subtest 'a worker reads below its roots and nowhere else' => sub {
	for my $name (sort keys %landlock) {
		is(by_worker($name, 0, 0, $_), 'EACCES', "$name $_")
		    for @{ $landlock{$name} };
	}
	is(by_worker('write-file', 0, 0, "$root/a.txt"), 'EPERM', 'no write');
	is(by_worker('read-file-at', 0, 0, "$root/a.txt"), 'OK', 'its root');
	ok(!-e "$root/new.txt", 'nothing was written');
	is(Drover::slurp("$root/a.txt"), "a\n", 'and nothing changed');
};
subtest 'the logger reads nowhere' => sub {
	is(by_logger('read-file-at', 0, 0, "$root/a.txt"), 'EPERM', 'a page');
	is(by_logger('read-file-2', 0, 0, $s->log_path('access')), 'EPERM',
	    'its own log');
	is(by_logger('read-directory', 0, 0, '/'), 'EPERM', 'a folder');
	is(by_logger('write-file-2', 0, 0, $s->log_path('error')), 'EPERM',
	    'a log, to write');
};

subtest 'the server is none the worse' => sub {
	is(join(' ', $s->workers), "@workers", 'the same workers');
	is(join(' ', $s->children(qr/logger/)), $logger, 'the same logger');
	is($s->get('/a.txt')->{body}, "a\n", 'it serves');
};
$s->stop;
done_testing;
