#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The command line: -k, -t and the texts, with Apache's exit statuses.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Test::More;

sub runs {
	my ($s, $name, $args, %want) = @_;
	my $run = $s->run(@$args);
	is($run->{status}, $want{status} // 0, "$name: exit status") or
	    diag($run->{out}, $run->{err});
	like($run->{out}, $want{out}, "$name: standard output")
	    if defined $want{out};
	like($run->{err}, $want{err}, "$name: standard error")
	    if defined $want{err};
	return $run;
}

at_once 'a daemon by -k' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, '-k start returns');
	is($s->get('/')->{status}, 200, 'and it serves already');
	is(Drover::Process::stat_of($s->pid)->{group}, $s->pid,
	    'in a session of its own');
	for my $pid ($s->pid, $s->children(qr/worker|logger/)) {
		my @bad = grep { defined && !m{^/dev/null$|^pipe:} }
		    map { readlink "/proc/$pid/fd/$_" } 0 .. 2;
		is_deeply(\@bad, [], "$pid holds no stream of the starter");
	}
	runs($s, 'a second start', ['-k', 'start'],
	    out => qr/^drover \(pid @{[$s->pid]}\) already running$/);
	is($s->get('/')->{status}, 200, 'changes nothing');
	my @old = $s->workers;
	runs($s, 'graceful', ['-k', 'graceful']);
	ok($s->wait_log('error', qr/generation 2/), 'restarts it');
	runs($s, 'restart', ['-k', 'restart']);
	ok($s->wait_log('error', qr/generation 3/), 'restarts it');
	runs($s, 'stop', ['-k', 'stop']);
	ok(!Drover::Process::stat_of($s->pid), 'returns when it is gone');
	ok(!-e $s->pid_file, 'and its pid file, too');
	runs($s, 'another stop', ['-k', 'stop'], out => qr/not running/);
	$s->stop;
};

at_once 'the pid file follows the configuration' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, '-k start');
	my ($first, $other) = ($s->pid_file, $s->log_path('logs/other.pid'));
	# One that fails, late, leaves no trace.
	$s->set_conf("PidFile logs/other.pid\nCustomLog none/log combined");
	$s->signal('USR1');
	ok($s->wait_log('error', qr/nothing has changed/), 'a bad restart');
	ok(!-e $other, 'makes no other file');
	is(Drover::slurp($first), $s->pid . "\n", 'and keeps the one it has');
	$s->set_conf('PidFile logs/other.pid');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 3$/), 'a good one');
	is(Drover::slurp($other), $s->pid . "\n", 'makes another');
	ok(!-e $first, 'and removes the first');
	# Somebody has tidied up.
	unlink $other or die $!;
	runs($s, 'stop', ['-k', 'stop'], out => qr/not running/);
	$s->signal('HUP');
	ok($s->wait_log('error', qr/generation 4$/), 'a restart');
	is(Drover::slurp($other), $s->pid . "\n", 'makes it anew');
	runs($s, 'a second start', ['-k', 'start'],
	    out => qr/^drover \(pid @{[$s->pid]}\) already running$/);
	# By another way to the same file.
	$s->set_conf('PidFile logs/../logs/other.pid');
	runs($s, 'graceful', ['-k', 'graceful']);
	ok($s->wait_log('error', qr/generation 5$/), 'a restart');
	runs($s, 'stop', ['-k', 'stop']);
	ok(!Drover::Process::stat_of($s->pid), 'is the end');
	ok(!-e $other, 'of that file, too');
	$s->stop;
};

at_once 'no pid file' => sub {
	my $s = Drover->new;
	ok($s->launch, 'with one');
	my $none = "PidFile None\n";
	$s->set_conf($none);
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 2$/), 'a restart');
	ok(!-e $s->pid_file, 'removes it');
	runs($s, 'stop', ['-k', 'stop'], status => 1,
	    err => qr/^drover: with "PidFile none" nobody knows/);
	runs($s, '-S', ['-S'], out => qr/^PidFile: none$/m);
	runs($s, '-t', ['-t']);
	$s->set_conf('');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 3$/), 'another');
	is(Drover::slurp($s->pid_file), $s->pid . "\n", 'makes it');
	$s->set_conf($none);
	$s->signal('HUP');
	ok($s->wait_log('error', qr/generation 4$/), 'a third');
	ok(!-e $s->pid_file, 'removes it again');
	$s->stop;
};

at_once 'where no file may grow' => sub {
	plan skip_all => 'valgrind needs files' if $Drover::VALGRIND;
	my $s = Drover->new;
	my $limited = $s->file('limited',
	    "#!/bin/sh\n(ulimit -f 0; exec '$Drover::PROGRAM' \"\$@\") 2>&1 |" .
	    " cat\n");
	chmod 0755, $limited;
	local $Drover::PROGRAM = $limited;
	my $run = $s->run('-k', 'start');
	like($run->{out}, qr/^drover: cannot .*: File too large$/m,
	    'the start fails, and says why');
	ok(!-s $s->pid_file, 'it does not run');
};

at_once 'without a command it starts, restart does too' => sub {
	my $s = Drover->new;
	runs($s, 'no command', []);
	chomp(my $pid = Drover::slurp($s->pid_file));
	is($s->get('/')->{status}, 200, 'it serves');
	runs($s, 'graceful-stop', ['-k', 'graceful-stop']);
	ok($s->wait_until(sub { !Drover::Process::stat_of($pid) }), 'it ends');
	for my $command (qw(restart graceful)) {
		runs($s, $command, ['-k', $command],
		    out => qr/not running, trying to start/);
		chomp($pid = Drover::slurp($s->pid_file));
		is($s->get('/')->{status}, 200, 'it serves');
		runs($s, 'stop', ['-k', 'stop']);
		ok(!Drover::Process::stat_of($pid), 'it ends');
	}
};

at_once 'a broken configuration is refused before the signal' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, 'it starts');
	$s->set_conf('Workers four');
	for my $command (qw(graceful restart)) {
		runs($s, $command, ['-k', $command], status => 1,
		    err => qr/httpd\.conf:\d+:9: error: /);
	}
	# What only a start would find out.
	$s->set_conf('ErrorLog "none/error_log"');
	runs($s, 'graceful', ['-k', 'graceful'], status => 1,
	    err => qr{none: No such file});
	unlike($s->log('error'), qr/SIGUSR1|SIGHUP/, 'it was not signalled');
	$s->set_conf('');
	$s->stop;
};

at_once 'a stop is about the server that runs' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, 'it starts');
	$s->set_conf("Workers 1\nMaxSpareThreads 75\n");
	like($s->run('-t')->{err}, qr/: warning: MaxSpareThreads/,
	    'what is odd in its settings');
	runs($s, 'graceful-stop', ['-k', 'graceful-stop'], err => qr/\A\z/);
	ok($s->wait_until(sub { !Drover::Process::stat_of($s->pid) }),
	    'is nothing that a stop speaks of');
	ok($s->launch_daemon, 'it starts again');
	$s->set_conf('Workers four');
	runs($s, 'stop', ['-k', 'stop'],
	    err => qr/httpd\.conf:\d+:9: error: /);
	ok(!Drover::Process::stat_of($s->pid),
	    'what has become wrong does not keep it');
	$s->set_conf('');
	$s->stop;
};

at_once 'a pid file that was left behind' => sub {
	my $s = Drover->new;
	# A process that lives and is another.
	$s->file('logs/drover.pid', "$$\n");
	runs($s, 'stop', ['-k', 'stop'], out => qr/not running/);
	ok($s->launch_daemon, 'it starts');
	isnt($s->pid, $$, 'under its own number');
	$s->stop;
};

at_once 'a start that fails' => sub {
	my $s = Drover->new;
	my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr =>
	    '127.0.0.1') or die "listen: $!";
	my $port = $taken->sockport;
	$s->set_conf("Listen 127.0.0.1:$port");
	for my $args (['-k', 'start'], ['-D', 'FOREGROUND']) {
		runs($s, "port in use (@$args)", $args, status => 1,
		    err => qr/127\.0\.0\.1:$port.*in use/i);
		ok(!-e $s->pid_file, 'no pid file stays');
	}
	# Which process it is that has the port: the one that takes signals.
	my $other = Drover->start;
	my ($held, $master) = ($other->port, $other->pid);
	$s->set_conf("Listen 127.0.0.1:$held");
	runs($s, 'port of another server', ['-k', 'start'], status => 1,
	    err => qr/in use by process $master \((?:drover: )?master\)/);
	$other->stop;
	$s->set_conf('Timeout 10x');
	runs($s, 'a broken configuration', ['-k', 'start'], status => 1,
	    err => qr/httpd\.conf:\d+:9: error: /);
	$s->set_conf('ErrorLog "none/error_log"');
	runs($s, 'no folder for a log', ['-k', 'start'], status => 1,
	    err => qr{none/error_log: No such file});
	$s->set_conf('CustomLog "|/nonexistent/program" combined');
	runs($s, 'no log program', ['-k', 'start'], status => 1,
	    err => qr{/nonexistent/program.*No such file});
	$s->set_conf('PidFile "none/pid"');
	runs($s, 'no folder for the pid file', ['-k', 'start'], status => 1,
	    err => qr{none/pid: No such file});
	SKIP: {
		skip 'not root', 4 if $> != 0;
		$s->set_conf('User nobody-of-that-name');
		runs($s, 'no such user', ['-k', 'start'], status => 1, err =>
		    qr/httpd\.conf:\d+:6: error: User nobody-of-that-name is unknown$/m);
		$s->set_conf('Group none-of-that-name');
		runs($s, 'no such group', ['-t'], status => 1, err =>
		    qr/httpd\.conf:\d+:7: error: Group none-of-that-name is unknown$/m);
	}
};

at_once 'tests' => sub {
	my $s = Drover->new;
	my $run = runs($s, 'a good one', ['-t']);
	is($run->{err}, "Syntax OK\n", 'says so on standard error');
	like($run->{out}, qr/^Directives: \d+ applied\n\z/,
	    'and one line more');
	$s->set_conf("Workers four\nTimeout 10x\nListen 70000");
	$run = runs($s, 'a bad one', ['-t'], status => 1);
	unlike($run->{err}, qr/Syntax OK/, 'is not');
	is(scalar(() = $run->{err} =~ /: error: /g), 3, 'all errors in a run');
	$s->set_conf('DocumentRoot "none"');
	runs($s, 'no document root', ['-t'], status => 1,
	    err => qr{DocumentRoot.*/none" is not a directory});
	runs($s, 'that is not looked for', ['-t', '-T'],
	    err => qr/Syntax OK/);
	$s->set_conf('PidFile "none/pid"');
	runs($s, 'no folder for the pid file', ['-t'], status => 1,
	    err => qr{none: No such file});
	# Apache's directives for pools are known, and explained.
	$s->set_conf("MaxRequestWorkers 150\nThreadsPerChild 25\n" .
	    "MinSpareServers 5\nServerLimit 16");
	runs($s, 'pools of threads', ['-t'],
	    err => qr/MaxRequestWorkers: no effect.*Syntax OK\n\z/s);
};

at_once 'texts' => sub {
	my $s = Drover->new;
	runs($s, '-v', ['-v'], out => qr{^Server version: Drover/\d}, err =>
	    qr/^\z/);
	runs($s, '-V', ['-V'], out => qr{HTTPD_ROOT=.*\n.*SERVER_CONFIG_FILE=.*\n.*DEFAULT_PIDLOG="logs/.*\n.*DEFAULT_ERRORLOG="logs/.*\n.*TYPES_CONFIG_FILE="conf/});
	runs($s, '-l', ['-l'], out => qr/^Compiled in modules:\n.*mod_mime\.c/s);
	runs($s, '-M', ['-M'],
	    out => qr/^Loaded Modules:\n.*^ mime_module \(static\)$/ms);
	runs($s, '-L', ['-L'], out => qr/^PidFile/m);
	runs($s, '-h', ['-h'], status => 1, err => qr/^Usage: /);
	runs($s, '-Z', ['-Z'], status => 1, err => qr/unknown option -Z/);
	runs($s, '-k nothing', ['-k', 'nothing'], status => 1,
	    err => qr/no such command/);
	runs($s, 'a word', ['start'], status => 1, err => qr/Usage: /);
	$s->set_conf("<VirtualHost *:{PORT}>\nServerName one.example\n" .
	    "</VirtualHost>\n<VirtualHost *:{PORT}>\n" .
	    "ServerName of.two\nServerAlias two.example\n</VirtualHost>");
	runs($s, '-S', ['-S'], out => qr/one\.example.*two\.example/s);
	runs($s, '-S', ['-S'], out => qr/^PidFile: ".*drover\.pid"$/m);
	runs($s, 'DUMP_CONFIG', ['-D', 'DUMP_CONFIG'], out => qr/ServerAlias/);
	runs($s, '-C and -c', ['-C', 'Workers 9', '-c', 'ServerName of.c',
	    '-S'], out => qr/^VirtualHost/);
};

at_once 'a single worker in the foreground' => sub {
	my $s = Drover->new(conf => 'Workers 4');
	ok($s->launch(args => ['-X']), '-X starts');
	is(scalar @{ [$s->workers] }, 1, 'with one worker');
	is($s->get('/')->{status}, 200, 'it serves');
	$s->stop;
};

run_at_once;
done_testing;
