#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Upgrades that fail change nothing and say why, whatever dies and when.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Drover::Upgrade;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ();
use Test::More;

my $program = $Drover::PROGRAM;
my $copy;	# each server's own
my $conf = <<'EOT';
KeepAliveTimeout 600
<Location "/status">
    SetHandler server-status
    Require all granted
</Location>
EOT

# New masters that never serve, and that take their time.
sub never {
	return Drover::Upgrade::install(undef, "#!/bin/sh\nexec sleep 1000\n");
}

sub slowly {
	return Drover::Upgrade::install(undef,
	    "#!/bin/sh\nsleep 1\nexec $program \"\$@\"\n");
}

# What the master answers over its control socket.
sub control {
	my ($s, $command) = @_;
	my $socket = IO::Socket::UNIX->new(Peer => $s->dir . '/logs/drover.sock')
	    or die "control socket: $!";
	print {$socket} "$command\n";
	local $/;
	return <$socket> // '';
}

# The pid of the next master, once it is started.
sub next_master {
	my ($s, $count) = @_;
	my @lines = $s->wait_log('error', qr/is started as master/, $count // 1);
	return $lines[-1] =~ /as master (\d+)/ ? $1 : die 'no next master';
}

at_once 'what can be wrong with the new one' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf);
	my ($c, $pid) = ($s->connect, $s->pid);
	is($c->get('/')->{status}, 200, 'a connection');
	my @workers = $s->workers;
	my $fds = Drover::Upgrade::descriptors($s);
	my $good = "$conf\nUpgradeTimeout 60";
	my $script = sub {
		Drover::Upgrade::install(undef, "#!/bin/sh\n$_[0]\n");
	};
	my $taken = IO::Socket::INET->new(Listen => 1,
	    LocalAddr => '127.0.0.1') or die "listen: $!";
	my @cases = (
		['missing', qr/cannot run \Q$copy\E: No such file/,
		    sub { unlink $copy }],
		['not executable', qr/cannot run .*: Permission denied/,
		    sub { Drover::Upgrade::install(); chmod 0644, $copy }],
		['no program', qr/cannot run .*: Exec format error/,
		    sub { Drover::Upgrade::install(undef, "\1\2\3\n") }],
		['one that ends', qr/master \d+ ended with status 3/,
		    sub { $script->('exit 3') }],
		['one that dies', qr/master \d+ was killed by SIGKILL/,
		    sub { $script->('kill -9 $$') }],
		['a broken configuration', qr/httpd\.conf:\d+:9: error: /,
		    sub { $s->set_conf("$conf\nWorkers four\nTimeout 10x") }],
		['a log that cannot be', qr{none/log: No such file},
		    sub { $s->set_conf("$conf\nErrorLog none/log") }],
		# A master that has given up root's powers cannot tell by whom.
		['a port in use', qr/cannot listen on .*: (?:in use by|Address)/,
		    sub { $s->set_conf("$conf\nListen 127.0.0.1:{PORT}\n" .
			'Listen 127.0.0.1:' . $taken->sockport) }],
	);
	my $count = 0;
	for my $case (@cases) {
		my ($name, $why, $break) = @$case;
		$break->();
		ok(!Drover::Upgrade::upgrade($s), "$name: no upgrade");
		my @said = $s->wait_log('error',
		    qr/upgrade failed and nothing has changed: /, ++$count);
		like($said[-1], $why, 'and why');
		my $u = JSON::PP::decode_json(
		    $c->get('/status?json')->{body})->{upgrade};
		is($u->{last}, 'failed', 'the status page has it');
		like($u->{error}, $why, 'with the reason');
		Drover::Upgrade::install();
		$s->set_conf($good);
	}
	like($s->log('error'), qr/Timeout 10x/, 'every error is in the log');
	unlink $copy;
	my $asked = control($s, 'upgrade');
	like($asked, qr/^failed .*\Q$copy\E: No such file/m,
	    'who asks over the control socket is told, too');
	ok(!Drover::Upgrade::outcome($s), 'as is the service manager');
	Drover::Upgrade::install();
	is(Drover::slurp($s->pid_file), "$pid\n", 'the pid file is as it was');
	is_deeply([$s->workers], \@workers, 'and so are the workers');
	like($s->run('-k', 'start')->{out}, qr/already running/,
	    'nobody else may start');
	ok($s->wait_until(sub {
		Drover::Upgrade::descriptors($s) == $fds;
	}), 'no descriptor is left over');
	like(control($s, 'upgrade'), qr/^done master \d+ is the server$/m,
	    'a good one is taken');
	ok(Drover::Upgrade::outcome($s), 'by another master');
	like(control($s, 'status'), qr/^text last upgrade: succeeded, /m,
	    'which has the control socket');
	is($c->get('/')->{status}, 200, 'the connection is still there');
	$s->stop;
};

at_once 'an old master that says nothing any more' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf);
	my ($old, $worker) = ($s->pid, $s->workers);
	# It is not quiet as long as this one may accept.
	kill 'STOP', $worker;
	my $inode = (stat $s->control_socket)[1];
	$s->signal('USR2');
	ok($s->wait_until(sub {
		((stat $s->control_socket)[1] // 0) != $inode;
	}), 'another has the control socket');
	kill 'STOP', $old;
	my ($new) = Drover::slurp($s->pid_file) =~ /(\d+)/;
	Drover::Upgrade::follow($s, $new);
	local $SIG{ALRM} = sub { die 'no answer' };
	alarm 60 * $Drover::SCALE;
	my $asked = control($s, 'graceful');
	alarm 0;
	like($asked, qr/^done serving with 2 workers, generation 2$/m,
	    'does not keep the new one from a reload');
	kill 'CONT', $old, $worker;
	ok(Drover::Upgrade::alone($s), 'it goes once it can');
	$s->stop;
};

at_once 'one that does not serve in time' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => "$conf\nUpgradeTimeout 1");
	never();
	ok(!Drover::Upgrade::upgrade($s), 'no upgrade');
	my $next = next_master($s);
	ok($s->wait_log('error', qr/$next did not serve within UpgradeTimeout/),
	    'and why');
	is($s->get('/')->{status}, 200, 'it serves on');
	$s->stop;
	ok(!Drover::Process::stat_of($next), 'the other is gone');
	Drover::Upgrade::install();
	# One that would have served later: it sees that it is not wanted.
	my $again = Drover->start(conf => "$conf\nUpgradeTimeout 1");
	Drover::Upgrade::install(undef,
	    "#!/bin/sh\nsleep 2\nexec $program \"\$@\"\n");
	ok(!Drover::Upgrade::upgrade($again), 'no upgrade');
	$next = next_master($again);
	ok($again->wait_log('error', qr/master $next ended with status 1/, 1,
	    30), 'the late one goes by itself');
	is(Drover::slurp($again->pid_file), $again->pid . "\n",
	    'the pid file is as it was');
	like($again->run('-k', 'start')->{out}, qr/already running/,
	    'and locked');
	Drover::Upgrade::install();
	$again->set_conf("$conf\nUpgradeTimeout 60");
	$again->signal('USR1');
	ok($again->wait_notify(qr/^STATUS=serving.*generation 2$/m), 'a reload');
	ok(Drover::Upgrade::upgrade($again), 'and an upgrade in time');
	$again->stop;
};

at_once 'a worker of it that does not start' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf);
	my $c = $s->connect;
	is($c->get('/')->{status}, 200, 'a connection');
	# The first ones do, and take connections that come now.
	my $load = Drover::Load->start($s, keep => 2, once => 2);
	$s->set_conf("$conf\nWorkers 60");
	Drover::Upgrade::install(undef,
	    "#!/bin/sh\nulimit -n 64\nexec $program \"\$@\"\n");
	for my $n (1 .. 3) {
		ok(!Drover::Upgrade::upgrade($s), 'no upgrade');
		my $next = next_master($s, $n);
		$s->wait_log('error', qr/nothing has changed: a worker could/,
		    $n);
		ok($s->wait_until(sub { !Drover::Process::stat_of($next) }),
		    'the next one goes');
	}
	my $r = $load->stop;
	is($r->{failed} + $r->{stale}, 0, "none of $r->{answered} failed") or
	    diag(@{ $r->{errors} }[0 .. 5]);
	is($c->get('/')->{status}, 200, 'the connection is there');
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
	Drover::Upgrade::install();
};

at_once 'killed before it serves' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf);
	never();
	$s->signal('USR2');
	my $next = next_master($s);
	$s->signal('USR2');
	ok($s->wait_log('error', qr/no upgrade: an upgrade is under way/),
	    'a second one is refused');
	kill 'KILL', $next;
	ok(!Drover::Upgrade::outcome($s), 'no upgrade');
	ok($s->wait_log('error', qr/$next was killed by SIGKILL/), 'and why');
	is(Drover::slurp($s->pid_file), $s->pid . "\n", 'the pid file');
	Drover::Upgrade::install();
	# While the master is stopped they can only pile up.
	$s->signal('STOP');
	$s->signal('USR2') for 1 .. 5;
	$s->signal('CONT');
	ok(Drover::Upgrade::outcome($s), 'several signals are one upgrade');
	ok(Drover::Upgrade::alone($s), 'and one master');
	is($s->get('/')->{status}, 200, 'it serves');
	$s->stop;
};

at_once 'the old one is killed' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf);
	my $port = $s->port;
	slowly();
	$s->signal('USR2');
	my $next = next_master($s);
	$s->signal('KILL');
	ok($s->wait_notify(qr/^READY=1\nMAINPID=$next$/m),
	    'before the new one serves: that is the server');
	Drover::Upgrade::follow($s, $next);
	ok(Drover::Upgrade::alone($s), 'alone');
	is($s->get('/')->{status}, 200, 'it serves');
	is(Drover::slurp($s->pid_file), "$next\n", 'the pid file');
	Drover::Upgrade::install();
	ok(Drover::Upgrade::upgrade($s), 'it can be upgraded');
	my $c = $s->connect;
	$c->send("GET / HTTP/1.1\r\n");
	is($s->get('/')->{status}, 200, 'it serves') for 1 .. 3;
	my $old = $s->pid;
	ok(Drover::Upgrade::upgrade($s), 'and again');
	kill 'KILL', $old;
	ok(Drover::Upgrade::alone($s), 'the old one was killed after that');
	is($s->get('/')->{status}, 200, 'the new one serves');
	is(Drover::slurp($s->pid_file), $s->pid . "\n", 'the pid file');
	ok(Drover::Upgrade::upgrade($s), 'and once more');
	$s->stop;
};

at_once 'the new one is killed once it serves' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => $conf,
	    files => { 'index.html' => "hello\n", big => 'x' x 30_000_000 });
	my $down = $s->connect;
	$down->request('GET', '/big');
	is($s->get('/')->{status}, 200, 'a download') for 1 .. 3;
	my $old = $s->pid;
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	kill 'KILL', $s->pid;
	ok($s->wait_log('error', qr/the master that was the server is gone/),
	    'the old one says so');
	my $next = Drover->new(conf => $conf, port => $s->port);
	ok($next->launch, 'another can be started at once');
	is($next->get('/')->{status}, 200, 'which serves');
	is(length $down->response->{body}, 30_000_000, 'the download is whole');
	ok($s->wait_until(sub {
		waitpid($old, POSIX::WNOHANG()) == $old ||
		    !Drover::Process::stat_of($old);
	}, 30), 'then the old one ends');
	$next->stop;
	$s->stop;
};

for my $signal (qw(TERM QUIT)) {
	at_once "$signal while the new one starts" => sub {
		$copy = Drover::Upgrade::copy();
		my $s = Drover->start(conf => $conf);
		never();
		$s->signal('USR2');
		my $next = next_master($s);
		$s->signal($signal);
		# A graceful stop waits for what the next may have accepted;
		# this one never answers.
		kill 'KILL', $next if $signal eq 'QUIT';
		is($s->wait_end(20), 0, 'the server ends');
		ok(!Drover::Process::stat_of($next), 'and so does the next');
		ok(!-e $s->pid_file, 'the pid file is gone');
		$s->stop;
		Drover::Upgrade::install();
	};
}

at_once 'so many may drain' => sub {
	$copy = Drover::Upgrade::copy();
	my $s = Drover->start(conf => "$conf\nWorkers 1",
	    files => { 'index.html' => "hello\n", big => 'x' x 30_000_000 });
	my @down;
	for my $n (1 .. 8) {
		push @down, $s->connect;
		$down[-1]->request('GET', '/big');
		# With one worker this is answered after that was begun.
		is($s->get('/')->{status}, 200, "download $n");
		ok(Drover::Upgrade::upgrade($s), "upgrade $n");
	}
	$s->signal('USR2');
	ok($s->wait_log('error', qr/no upgrade: 8 generations still drain/),
	    'the next is refused');
	is(length shift(@down)->response->{body}, 30_000_000, 'one has its file');
	ok($s->wait_until(sub {
		!Drover::Process::stat_of($s->{old}[0]) ||
		    waitpid $s->{child}, POSIX::WNOHANG();
	}, 30), 'its master is gone');
	push @down, $s->connect;
	$down[-1]->request('GET', '/big');
	is($s->get('/')->{status}, 200, 'another download');
	ok(Drover::Upgrade::upgrade($s), 'and another upgrade');
	is(length $_->response->{body}, 30_000_000, 'a whole file') for @down;
	ok(Drover::Upgrade::alone($s), 'then one master is left');
	# A connection of the oldest came to the newest.
	is($down[0]->get('/')->{status}, 200, 'with the connections of all');
	$s->stop;
};

run_at_once;
done_testing;
