#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# droverctl: each command, its exit status, what it prints where, and how it
# finds the server.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Stalled;
use Drover::Terminal;
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP;
use Test::More;

sub runs {
	my ($s, $args, %want) = @_;
	my $run = $s->ctl(@$args);
	my $name = "droverctl @$args";
	is($run->{status}, $want{status} // 0, "$name: exit status") or
	    diag($run->{out}, $run->{err});
	like($run->{out}, $want{out} // qr/^\z/, "$name: standard output");
	like($run->{err}, $want{err} // qr/^\z/, "$name: standard error");
	return $run;
}

at_once 'from start to stop' => sub {
	my $s = Drover->new;
	runs($s, ['configtest'], err => qr/^Syntax OK$/,
	    out => qr/^Directives: \d+ applied$/);
	runs($s, ['status'], status => 3,
	    err => qr/^droverctl: not running: nobody listens on .*\.sock$/);
	runs($s, [$_], status => 3, err => qr/not running/)
	    for qw(graceful restart reopen upgrade);
	runs($s, [$_], out => qr/^droverctl: not running$/)
	    for qw(stop graceful-stop);
	is($s->ctl('start')->{status}, 0, 'start');
	is($s->get('/')->{status}, 200, 'it serves');
	chomp(my $pid = Drover::slurp($s->pid_file));
	runs($s, ['start'], out => qr/^drover \(pid $pid\) already running$/);
	runs($s, ['graceful'],
	    out => qr/^serving with 2 workers, generation 2$/);
	runs($s, ['restart'],
	    out => qr/^serving with 2 workers, generation 3$/);
	rename $s->log_path('error'), $s->log_path('logs/old') or die $!;
	runs($s, ['reopen'], out => qr/^the logs are open anew$/);
	ok(-e $s->log_path('error'), 'a new log');
	$s->set_conf("Timeout 10x\nWorkers four");
	my $run = runs($s, ['graceful'], status => 1,
	    err => qr/^droverctl: the configuration has errors$/m);
	is(scalar(() = $run->{err} =~ /: error: /g), 2, 'all errors');
	$run = runs($s, ['configtest'], status => 1, err => qr/error/,
	    out => qr/^Directives: /);
	is(scalar(() = $run->{err} =~ /: error: /g), 2, 'all errors');
	$s->set_conf('');
	my $old = $pid;
	runs($s, ['upgrade'], out => qr/^master \d+ is the server$/);
	chomp($pid = Drover::slurp($s->pid_file));
	isnt($pid, $old, 'another master');
	like($s->ctl('status')->{out},
	    qr/master $pid: .*^last upgrade: succeeded/ms, 'listens there');
	runs($s, ['stop'], out => qr/^the server has stopped$/);
	ok(!Drover::Process::stat_of($pid), 'it is gone');
	ok($s->wait_until(sub { !Drover::Process::stat_of($old) }),
	    'the one before, too');
	ok(!-e $s->pid_file, 'and its pid file, too');
	is($s->ctl('start')->{status}, 0, 'it starts again at once');
	runs($s, ['graceful-stop'], out => qr/^the server has stopped$/);
};

at_once 'status' => sub {
	my $s = Drover->start(conf => "KeepAliveTimeout 300\n" .
	    "GlobalLog \"|cat >/dev/null\" common\n");
	my $open = $s->connect;
	is($open->get('/')->{status}, 200, 'a client');
	$s->wait_log('access', qr/GET/) or die;
	$s->set_conf('Workers four');
	is($s->ctl('graceful')->{status}, 1, 'a reload that fails');
	my $text = $s->ctl('status');
	is($text->{status}, 0, 'as text');
	my ($pid, $log) = ($s->pid, $s->log_path('access'));
	for my $line (qr/^drover \S+, master $pid: serving, generation 1$/m,
	    qr/^listens on: +127\.0\.0\.1:@{[$s->port]}$/m,
	    qr/^runs for: /m, qr/^last reload: +failed, graceful, /m,
	    qr/^ +the configuration has errors$/m, qr/: error: .*four/m,
	    qr/^requests: +\d+, \d+ bytes/m,
	    qr/^connections: +1: 1 kept alive$/m, qr/^ +1 +serving +2 /m,
	    qr/^ +\d+ +\d+ +0 +0  \Q$log\E$/m) {
		like($text->{out}, $line, "line $line");
	}
	like($text->{out}, qr/^ +\d+ +$_ +1 +(?:waiting|busy) /m, "worker $_")
	    for $s->workers;
	my $json = decode_json($s->ctl('status', '--json')->{out});
	is($json->{server}{pid}, $pid, 'as JSON: the master');
	is_deeply([sort map { $_->{pid} } @{ $json->{workers} }],
	    [sort $s->workers], 'workers');
	is($json->{generations}[0]{state}, 'serving', 'generations');
	is($json->{connections}{open}, 1, 'connections');
	is($json->{connections}{idle}, 1, 'by state');
	is($json->{totals}{requests}, 1, 'requests');
	is($json->{reload}{last}, 'failed', 'the last reload');
	like($json->{reload}{error}, qr/four/, 'and why');
	for my $log (@{ $json->{logs} }) {
		is($log->{appended},
		    $log->{written} + $log->{lost} + $log->{queued},
		    "the ledger of $log->{target}");
	}
	$s->set_conf('');
	$s->stop;
};

at_once 'the state of a server that stops' => sub {
	my ($s, $c) = Drover::Stalled::start();
	runs($s, ['graceful-stop', '--timeout', '1'], status => 1,
	    err => qr/^droverctl: it takes too long; the server goes on with it$/);
	like($s->ctl('status')->{out}, qr/: stopping, .*^connections: +1: /ms,
	    'it goes on');
	runs($s, ['graceful'], status => 1,
	    err => qr/^droverctl: the server is being stopped$/);
	runs($s, ['stop'], out => qr/^the server has stopped$/);
	is($s->wait_end, 0, 'stop ends it');
	$s->stop;
};

at_once 'a terminal is told what is waited for' => sub {
	my ($master, $terminal) = Drover::Terminal::open_terminal();
	plan skip_all => 'no terminals' if !$master;
	my ($s, $c) = Drover::Stalled::start();
	my $pid = $s->_spawn([$Drover::CTL, '-s', $s->control_socket,
	    'graceful-stop', '--timeout', 0], '/dev/null', $terminal);
	my $text = '';
	while (() = $text =~ /^1 connection is left\r$/mg, 1) {
		last if 2 <= (() = $text =~ /^1 connection is left\r$/mg);
		IO::Select->new($master)->can_read(30 * $Drover::SCALE)
		    or die "only $text";
		sysread $master, $text, 4096, length $text or last;
	}
	is($text, "1 connection is left\r\n" x 2, 'again and again');
	is(length $c->response(0, 30)->{body}, $Drover::Stalled::SIZE,
	    'the rest arrives');
	is(Drover::Process::wait_child($pid, 60 * $Drover::SCALE), 0,
	    'then it returns');
	is($s->wait_end, 0, 'the server is gone');
	$s->stop;
};

at_once 'log-level' => sub {
	my $s = Drover->start(conf => "LogLevel warn\n" .
	    "<Location /quiet>\nLogLevel crit\n</Location>\n");
	# Both workers: as many connections at once as it takes.
	my $ask = sub {
		my ($path) = @_;
		my @clients = map { $s->connect } 1 .. 8;
		$_->request('GET', $path) for @clients;
		$_->response for @clients;
		return;
	};
	$ask->('/absent1');
	runs($s, ['log-level', 'info'],
	    out => qr/^until the next reload: info$/);
	like($s->ctl('status')->{out},
	    qr/^log levels: +info, until the next reload$/m, 'status has it');
	is(decode_json($s->ctl('status', '--json')->{out})->{server}{log_levels},
	    'info', 'as JSON, too');
	$ask->('/absent2');
	$ask->('/quiet/absent2');
	is(scalar $s->wait_log('error', qr{/htdocs/absent2}, 8), 8,
	    'every worker has it');
	is(scalar $s->wait_log('error', qr{quiet/absent2}, 8), 8,
	    'in every place');
	unlike($s->log('error'), qr/absent1/, 'from then on');
	# One that is started later.
	my ($worker) = $s->workers;
	kill 'KILL', $worker;
	$s->wait_until(sub { 2 == grep { $_ != $worker } $s->workers });
	$ask->('/absent3');
	is(scalar $s->wait_log('error', qr{/htdocs/absent3}, 8), 8,
	    'one that is started later, too');
	runs($s, ['log-level', 'core:error', 'info'], out => qr/core:error/);
	runs($s, ['log-level', 'core:error'], out => qr/core:error/);
	$ask->('/absent4');
	runs($s, ['log-level', 'core:info'], out => qr/core:info/);
	$ask->('/absent5');
	is(scalar $s->wait_log('error', qr{/htdocs/absent5}, 8), 8,
	    'of a module');
	unlike($s->log('error'), qr/absent4/, 'less of it');
	runs($s, ['log-level', 'reset'], out => qr/reset/);
	unlike($s->ctl('status')->{out}, qr/log levels/, 'not any more');
	$ask->('/absent6');
	runs($s, ['log-level', 'info'], out => qr/info/);
	runs($s, ['graceful'], out => qr/generation 2/);
	$ask->('/absent7');
	runs($s, ['log-level', 'info'], out => qr/info/);
	$ask->('/absent8');
	is(scalar $s->wait_log('error', qr{/htdocs/absent8}, 8), 8, 'again');
	unlike($s->log('error'), qr/absent[67]/,
	    'reset and a reload are the end of it');
	runs($s, ['log-level', 'loud'], status => 1,
	    err => qr/^droverctl: "loud" is no level: emerg/);
	runs($s, ['log-level', 'debug', 'cores:info'], status => 1,
	    err => qr/^droverctl: unknown module cores; did you mean core\?$/);
	$s->stop;
};

at_once 'which server' => sub {
	my $s = Drover->start(conf => "ControlSocket logs/ctl\n");
	my $socket = $s->log_path('logs/ctl');
	my ($one, $other) = ($s->ctl('status'), Drover->new);
	like($one->{out}, qr/master @{[$s->pid]}:/, 'by -d and -f');
	for my $args (['-s', $socket], ['-c', "ControlSocket $socket"],
	    ['--server', $Drover::PROGRAM, '-c', "ControlSocket $socket"]) {
		my $run = $other->ctl(@$args, 'status');
		like($run->{out}, qr/master @{[$s->pid]}:/, "by $args->[0]")
		    or diag($run->{err});
	}
	is($other->ctl('status')->{status}, 3, 'another is not running');
	runs($other, ['-c', 'ControlSocket none', 'status'], status => 1,
	    err => qr/^droverctl: this server has no control socket$/);
	runs($other, ['--server', '/none', 'status'], status => 1,
	    err => qr{^droverctl: cannot run /none: No such file}m);
	SKIP: {
		skip 'not root', 2 if $> != 0;
		# Neither by the mode nor, without that, by who he is.
		my $uid = getpwnam((Drover::unprivileged())[0]);
		for my $mode (0600, 0666) {
			chmod $mode, $socket or die $!;
			my $said = as_user($uid, $Drover::CTL, '-s', $socket,
			    'stop');
			like($said, $mode == 0600 ?
			    qr/cannot connect to .*: Permission denied/ :
			    qr/this is for root and the server's user/,
			    sprintf 'another user, mode %o', $mode);
		}
	}
	is($s->get('/')->{status}, 200, 'it serves on');
	$s->stop;
};

# What a program says that another user runs.
sub as_user {
	my ($uid, @command) = @_;
	my $pid = open my $out, '-|';
	defined $pid or die "fork: $!";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT;
		POSIX::setgid($uid);
		POSIX::setuid($uid);
		no warnings 'exec';
		exec @command or POSIX::_exit(127);
	}
	local $/;
	return scalar <$out>;
}

# A server that is none: it takes a line, says what it is told, and ends.
sub pretender {
	my ($s, $path, $says) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid) {
		$s->wait_until(sub { -S $path }) or die "no $path";
		return $pid;
	}
	# Who listens is who is told to be there.
	my $listen = IO::Socket::UNIX->new(Listen => 1, Local => "$path.new")
	    or POSIX::_exit(1);
	rename "$path.new", $path or POSIX::_exit(1);
	my $client = $listen->accept;
	readline $client;
	syswrite $client, $says;
	POSIX::_exit(0);
}

at_once 'servers that fail' => sub {
	my $s = Drover->new;
	my %says = (
		'' => qr/^droverctl: the server went away before it was done$/,
		"text half" => qr/^droverctl: the server went away/,
		"nonsense\n" => qr/^droverctl: the server does not speak as/,
		"failed \e[31mred\n" => qr/^droverctl: \\x1b\[31mred$/,
		"error \x07bell\nfailed x\n" => qr/^\\x07bell\ndroverctl: x$/,
	);
	my $n = 0;
	for my $says (sort keys %says) {
		my $path = $s->{dir} . '/pretender' . ++$n;
		my $pid = pretender($s, $path, $says);
		runs($s, ['-s', $path, 'graceful'], status => 1,
		    err => $says{$says});
		waitpid $pid, 0;
	}
	# Gone is what a stop asks for.
	my $pid = pretender($s, "$s->{dir}/pretender", '');
	runs($s, ['-s', "$s->{dir}/pretender", 'stop'],
	    out => qr/^the server has stopped$/);
	waitpid $pid, 0;
	# One that dies while it is waited for.
	my ($real) = Drover::Stalled::start();
	$pid = $real->_spawn([$Drover::CTL, '-s', $real->control_socket,
	    'graceful-stop'], '/dev/null', "$real->{dir}/said");
	$real->wait_log('error', qr/graceful-stop \(asked/) or die;
	kill 'KILL', $real->pid;
	is(Drover::Process::wait_child($pid, 60 * $Drover::SCALE), 1,
	    'a master that is killed: exit status');
	like(Drover::slurp("$real->{dir}/said"), qr/the server went away/,
	    'and why');
	$real->wait_end;
	ok($real->wait_until(sub { !$real->_own_processes }), 'all are gone');
	$real->kill_all;
};

at_once 'a server that does nothing' => sub {
	my $s = Drover->start;
	kill 'STOP', $s->pid;
	runs($s, ['--timeout', '1', 'status'], status => 1,
	    err => qr/^droverctl: the server does not answer$/);
	kill 'CONT', $s->pid;
	runs($s, ['status'], out => qr/: serving,/);
	$s->stop;
};

# Of more than sixteen that wait, some are refused.
at_once 'many at once' => sub {
	my $s = Drover->start;
	my $all = sub {
		my ($command) = @_;
		my @pid = map { $s->_spawn([$Drover::CTL, '-s',
		    $s->control_socket, $command], "$s->{dir}/out",
		    "$s->{dir}/err.$_") } 1 .. 12;
		return grep { Drover::Process::wait_child($_,
		    60 * $Drover::SCALE) != 0 } @pid;
	};
	is(scalar $all->($_), 0, "$_ is done for all") for qw(reopen stop);
	is($s->wait_end, 0, 'it is gone');
	$s->stop;
};

at_once 'usage' => sub {
	my $s = Drover->new;
	runs($s, ['--help'], out => qr/^Usage: droverctl /);
	runs($s, ['--version'], out => qr/^droverctl \d/);
	for my $args ([], ['nothing'], ['stop', 'now'], ['--nothing'],
	    ['log-level'], ['stop', '--json'], ['status', '--timeout', 'x'],
	    ['-s'], ['-s', 'socket', 'start'], ['-s', 'socket', 'configtest']) {
		runs($s, $args, status => 2, err => qr/droverctl --help/);
	}
};

run_at_once;
done_testing;
