#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Sandbox on, off and require; on a kernel that has what it takes and on one
# that lacks a part of it; and what drover -S says of all that.
use strict;
use warnings;
use Drover;
use Drover::Process;
use Drover::Sandbox;
use Test::More;

my $why = Drover::Sandbox::lacks();
plan skip_all => $why if $why;

sub status_of {
	my ($pid) = @_;
	return { Drover::slurp("/proc/$pid/status") =~ /^(\w+):\s+(.*)$/mg };
}

# The server below a filter that takes parts away from the kernel.
sub lacking {
	my ($what, $sub) = @_;
	local $ENV{LACKING} = $what;
	local $ENV{DROVER} = $Drover::PROGRAM;
	local $Drover::PROGRAM = "$ENV{TOP_BUILDDIR}/t/sandbox/lacking";
	return $sub->();
}

my %none = (CapPrm => 0, CapEff => 0, CapInh => 0, CapAmb => 0);

subtest 'on, as it is by default' => sub {
	my $s = Drover->start;
	for my $pid ($s->children(qr/worker|logger/)) {
		my $status = status_of($pid);
		is($status->{Seccomp}, 2, 'system calls are filtered');
		is($status->{NoNewPrivs}, 1, 'no new privileges');
		is(hex $status->{$_}, 0, "$_ is empty") for sort keys %none;
		SKIP: {
			skip 'only root may take from it', 1 if $> != 0;
			is(hex $status->{CapBnd}, 0, 'CapBnd is empty');
		}
	}
	my $master = status_of($s->pid);
	is($master->{Seccomp}, 0, 'the master is not filtered');
	SKIP: {
		skip 'only root has any', 2 if $> != 0;
		is($master->{CapPrm}, $master->{CapBnd},
		    'it could not have more');
		# CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_NET_RAW, CAP_SYS_MODULE
		is(hex($master->{CapPrm}) & (1 << 21 | 1 << 19 | 1 << 13 |
		    1 << 16), 0, 'nor has it the worst of what root has');
	}
	is($s->get('/')->{status}, 200, 'it serves');
	unlike($s->log('error'), qr/sandbox|confined/, 'and says nothing');
	$s->stop;
};

subtest 'off' => sub {
	my $s = Drover->start(conf => "Sandbox off\n");
	is(status_of($_)->{Seccomp}, 0, 'system calls are not filtered')
	    for $s->children(qr/worker|logger/);
	is(hex(status_of($_)->{CapEff}), 0, 'all the same no privileges')
	    for $s->workers;
	my $said = $s->run('-S')->{out};
	like($said, qr/^Sandbox: off$/m, '-S says so');
	unlike($said, qr/may call/, '... and no more');
	# A reload changes it for workers.
	$s->set_conf("Sandbox on\n");
	$s->signal('USR1');
	ok($s->wait_log('error', qr/serving with .* generation 2/), 'a reload');
	is(status_of($_)->{Seccomp}, 2, 'filters it') for $s->workers;
	$s->stop;
};

subtest 'a kernel without Landlock' => sub {
	lacking('landlock', sub {
		my $s = Drover->start;
		is(scalar $s->wait_log('error',
		    qr/confined: there is no Landlock \(the kernel has none\)/),
		    1, 'on: it is said');
		is(status_of($_)->{Seccomp}, 2, 'the rest holds')
		    for $s->children(qr/worker|logger/);
		is($s->get('/')->{status}, 200, 'it serves');
		$s->signal('USR1');
		ok($s->wait_log('error', qr/serving with .* generation 2/),
		    'a reload');
		is(scalar(() = $s->log('error') =~ /confined/g), 1,
		    'it was said once');
		like($s->run('-S')->{out},
		    qr/^ +Cannot be enforced: no Landlock \(.*\)$/m,
		    '-S says so');
		$s->stop;
	});
};

subtest 'a kernel without seccomp' => sub {
	lacking('seccomp', sub {
		my $s = Drover->start;
		is(scalar $s->wait_log('error',
		    qr/confined: there is no filter of system calls/), 1,
		    'on: it is said');
		is($s->get('/')->{status}, 200, 'it serves');
		$s->stop;
	});
};

subtest 'require where it cannot be' => sub {
	lacking('landlock,seccomp', sub {
		my $s = Drover->new(conf => "Sandbox require\n");
		ok(!$s->launch, 'it does not start');
		is($s->exit_status, 1, 'with status 1');
		like($s->stderr, qr/require: there is no Landlock .*, no filter /,
		    'and says what is missing');
		my $test = $s->run('-t');
		is($test->{status}, 1, '-t fails as well');
		like($test->{err}, qr/Sandbox require/, 'and says why');
	});
};

subtest 'require where it can be' => sub {
	my $s = Drover->start(conf => "Sandbox require\n");
	is(status_of($_)->{Seccomp}, 2, 'system calls are filtered')
	    for $s->children(qr/worker|logger/);
	$s->stop;
};

subtest 'drover -S' => sub {
	my $s = Drover->new(conf => <<'EOT');
Alias "/one" "{DIR}/single/one.txt"
<VirtualHost *:{PORT}>
    DocumentRoot "{DIR}/other"
</VirtualHost>
<VirtualHost *:{PORT2}>
    DocumentRoot "{DIR}/other"
</VirtualHost>
EOT
	my $dir = $s->dir;
	my $said = $s->run('-S')->{out};
	like($said, qr/^Sandbox: on$/m, 'the mode');
	like($said, qr/^ +Kernel: Landlock, version \d+; seccomp$/m,
	    'what the kernel has');
	my ($roots) = $said =~ /The worker may read\n((?: {4}\/.*\n)+)/;
	is(join(' ', sort split ' ', $roots // ''), join(' ',
	    "$dir/htdocs", "$dir/other", "$dir/single/one.txt"),
	    'what workers read');
	my ($worker) = $said =~ /The worker may call\n((?: {4}.*\n)+)/;
	my ($logger) = $said =~ /The logger may call\n((?: {4}.*\n)+)/;
	like($worker, qr/\bopenat \(below a descriptor, for reading\)/,
	    'what they call, and how');
	unlike("$worker$logger", qr/\b(?:execve|socket|connect|ptrace|kill|
	    clone|fork|bpf|io_uring\w*|mount|unshare|setns|keyctl)\b/x,
	    'nothing that leads out');
	unlike($logger, qr/\bopen/, 'the logger opens nothing');
	is((grep { length > 79 } split /\n/, $worker . $logger), 0,
	    'no line is long');
};
done_testing;
