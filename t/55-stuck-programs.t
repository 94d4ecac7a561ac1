#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Log programs that do not do what they should: they read nothing, end at
# once, close their input, do not end.  Requests are answered all the same,
# other logs have their lines, and what is lost is counted and said.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Ledger;
use Test::More;
use Time::HiRes qw(sleep time);

# A server whose long lines go to a program, and short ones to a file.
sub server {
	my ($command, %program) = @_;
	my $s = Drover->new;
	chmod 0755, $s->file($_, "#!/usr/bin/perl\n$program{$_}")
	    for keys %program;
	$s->set_conf(Drover::Ledger::CONF . <<"EOC");
CustomLog "$command" "%{X-Fill}i %U%q" env=!unlogged
CustomLog logs/access_log "%U%q" env=!unlogged
MaxKeepAliveRequests 0
EOC
	ok($s->launch, 'it starts') or diag($s->stderr);
	return $s;
}

# Reads its lines to a file, with what it is told to do before.
sub reader {
	my ($before) = @_;
	return 'open my $out, ">>", $ARGV[0] or die; $out->autoflush(1); ' .
	    "use IO::Handle; print {\$out} \"begin \$\$\\n\"; $before;\n" .
	    "while (<STDIN>) { s/^x+ //; print {\$out} \$_ }\n";
}

# Asks until the server drops the program's lines.
sub until_dropped {
	my ($s) = @_;
	my ($asked, $failed) = (0, 0);
	my $end = time + 60 * $Drover::SCALE;
	my $conn = $s->connect;
	while (!$failed && time < $end && $s->log('error') !~ /takes no lines, they are/) {
		for (1 .. 20) {
			$asked++;
			$conn->request('GET', "/?$asked", '',
			    'X-Fill' => 'x' x 7900);
			my $r = $conn->response;
			$failed++ if ($r->{status} // 0) != 200;
		}
	}
	is($failed, 0, "$asked requests are answered");
	like($s->log('error'), qr/takes no lines, they are/, 'lines are dropped');
	is(scalar $s->wait_log('access', qr/\?\d+$/, $asked), $asked,
	    'the other log has all');
	return $asked;
}

sub begun {
	my ($s, $count) = @_;
	my @lines = $s->wait_log('logs/out', qr/^begin/, $count // 1);
	return map { /(\d+)/ } @lines;
}

at_once 'stopped, and going on' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out', reader => reader(''));
	my ($pid) = begun($s);
	kill 'STOP', $pid;
	my $asked = until_dropped($s);
	kill 'CONT', $pid;
	ok($s->wait_log('logs/out', qr/lines missing here.*: \d+$/),
	    'it gets the number of what is missing');
	is($s->get('/?after')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?after$/), 'its line');
	my ($said) = $s->log('logs/out') =~ /missing here.*: (\d+)$/m;
	my $row = Drover::Ledger::row($s, 'logs/out');
	is($row->{lost}, $said, 'as the ledger has it');
	is($row->{appended}, $row->{written} + $row->{lost}, 'which adds up');
	my $got = () = $s->log('logs/out') =~ /\?\d+$/mg;
	is($got + $said, $asked, 'all others came');
	$s->stop;
};

# A new generation does not have it: nothing waits for what it has half of.
at_once 'stopped, and left out' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out', reader => reader(''));
	my ($pid) = begun($s);
	my $pipe = readlink "/proc/$pid/fd/0";
	my ($logger) = $s->children(qr/logger/);
	my $held = sub {
		return scalar grep { (readlink($_) // '') eq $pipe }
		    map { glob "/proc/$_/fd/*" } $s->pid, $logger;
	};
	kill 'STOP', $pid;
	until_dropped($s);
	cmp_ok($held->(), '>', 0, 'its pipe is open');
	$s->set_conf('CustomLog logs/access_log "%U%q"');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'a reload without it');
	ok($s->wait_until(sub { $held->() == 0 }), 'its pipe is closed');
	kill 'CONT', $pid;
	ok($s->wait_until(sub { !kill 0, $pid }), 'so it sees the end');
	$s->stop;
};

at_once 'stopped for good' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out', reader => reader(''));
	my ($pid) = begun($s);
	kill 'STOP', $pid;
	my $asked = until_dropped($s);
	ok($s->wait_log('error', qr/\(pid $pid\) takes no lines, it is asked/, 1,
	    30), 'it is asked to end');
	ok($s->wait_log('error', qr/\(pid $pid\) takes no lines, it is killed/),
	    'and killed');
	my (undef, $next) = begun($s, 2);
	ok($next, 'another begins');
	ok($s->wait_log('logs/out', qr/lines missing here.*: \d+$/),
	    'and reads what was left for it');
	my ($said) = $s->log('logs/out') =~ /missing here.*: (\d+)$/m;
	my $got = () = $s->log('logs/out') =~ /\?\d+$/mg;
	# What the first one had read and not yet written is lost with it.
	cmp_ok($got + $said, '>=', $asked - 20, 'nearly all is there');
	is($s->get('/?after')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?after$/), 'its line');
	$s->stop;
} if $ENV{DROVER_LONG};

at_once 'ends at once, always' => sub {
	my $s = server('|{DIR}/ends', ends => 'exit 1');
	my $failed = 0;
	for my $n (1 .. 100) {
		$failed++ if $s->get("/?$n")->{status} != 200;
	}
	is($failed, 0, 'requests are answered');
	is(scalar $s->wait_log('access', qr/\?\d+$/, 100), 100, 'and logged');
	ok($s->wait_log('error', qr/log program .*ends" .* with status 1/, 2),
	    'it is started again');
	cmp_ok(scalar(() = $s->log('error') =~ /log program/g), '<=', 6,
	    'and not too often');
	$s->stop;
};

at_once 'closes its input' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out',
	    reader => reader('close STDIN; sleep 1000'));
	begun($s);
	until_dropped($s);
	is($s->get('/?after')->{status}, 200, 'requests are answered');
	my $row = Drover::Ledger::row($s, 'logs/out');
	ok($row->{stuck}, 'the status page says that it is stuck');
	is($row->{appended}, $row->{written} + $row->{lost} + $row->{queued},
	    'the ledger adds up');
	$s->stop('TERM', 20);
} if $ENV{DROVER_LONG};

at_once 'reads slowly' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out',
	    reader => reader('sub slow { select undef, undef, undef, 0.002 } ' .
		'while (<STDIN>) { s/^x+ //; print {$out} $_; slow() }'));
	my $conn = $s->connect;
	my $failed = 0;
	for my $n (1 .. 600) {
		$conn->request('GET', "/?$n", '', 'X-Fill' => 'x' x 7900);
		$failed++ if ($conn->response->{status} // 0) != 200;
	}
	is($failed, 0, 'requests are answered');
	is(scalar $s->wait_log('access', qr/\?\d+$/, 600), 600,
	    'the other log has all');
	is(scalar $s->wait_log('logs/out', qr/\?\d+$/, 600, 30), 600,
	    'and in the end it has all, too');
	is(Drover::Ledger::row($s, 'logs/out')->{lost}, 0, 'nothing is lost');
	$s->stop;
};

at_once 'never ends' => sub {
	my $s = server('|{DIR}/reader {DIR}/logs/out', reader =>
	    '$SIG{TERM} = "IGNORE"; ' . reader('') . 'sleep 1000 while 1');
	my ($first) = begun($s);
	is($s->get('/?1')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?1$/), 'its line');
	# After a reload there are two, and only the end ends them.
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'a reload');
	my (undef, $second) = begun($s, 2);
	ok($second, 'it starts another');
	ok(kill(0, $first), 'the first is there still');
	$s->stop('TERM', 20);
};

run_at_once;
done_testing;
