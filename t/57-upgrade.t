#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# USR2: another binary takes the listeners over, and no client notices.  What
# fails is tried in 57-upgrade-fails.t, load in 92-upgrade-under-load.t.
use strict;
use warnings;
use Cwd ();
use Drover;
use Drover::Load;
use Drover::Upgrade;
use JSON::PP ();
use Test::More;

Drover::Upgrade::copy();

sub status {
	my ($s) = @_;
	return JSON::PP::decode_json($s->get('/status?json')->{body});
}

my $with_status = <<'EOT';
<Location "/status">
    SetHandler server-status
    Require all granted
</Location>
EOT

subtest 'an idle connection goes through both masters' => sub {
	my $s = Drover->start(conf => "KeepAliveTimeout 60\n$with_status");
	my $c = $s->connect;
	is($c->get('/?1')->{status}, 200, 'a request to the first');
	is(status($s)->{upgrade}{last}, 'none', 'there was no upgrade');
	my ($first, @first) = ($s->pid, $s->workers);
	my $fds = Drover::Upgrade::descriptors($s);
	for my $n (1 .. 4) {
		Drover::Upgrade::install();
		ok(Drover::Upgrade::upgrade($s), "upgrade $n");
		is($c->get("/?2.$n")->{status}, 200, 'the connection is there');
		is(Drover::slurp($s->pid_file), $s->pid . "\n",
		    'the pid file names the new master');
	}
	ok(Drover::Upgrade::alone($s), 'the old masters are gone');
	isnt($s->pid, $first, 'it is another process');
	ok(!(grep { Drover::Process::stat_of($_) } @first),
	    'and so are their workers');
	# One descriptor for the standard input of a foreground that it keeps.
	cmp_ok(Drover::Upgrade::descriptors($s), '<=', $fds + 1,
	    'descriptors are as many as before');
	my $u = status($s)->{upgrade};
	is($u->{last}, 'succeeded', 'the status page has the last one');
	is($u->{before}, $s->{old}[-1], 'and who was before');
	like($s->get('/status')->{body}, qr/Last upgrade/, 'for people, too');
	is(scalar $s->wait_log('access', qr{GET /\?[12]}), 5,
	    'each request has its line');
	$s->stop;
};

subtest 'a request under way is answered by whom it was sent to' => sub {
	my $s = Drover->start(conf => "KeepAliveTimeout 600\n",
	    files => { 'index.html' => "hello\n", big => 'x' x 30_000_000 });
	my ($down, $half) = map { $s->connect } 1 .. 2;
	$down->request('GET', '/big');
	$half->send("GET /?half HTTP/1.1\r\n");
	is($s->get('/')->{status}, 200, 'the server is there') for 1 .. 3;
	my $old = $s->pid;
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	is($s->get('/')->{status}, 200, 'new clients are answered');
	ok(Drover::Process::stat_of($old), 'the old master is still there');
	is(Drover::slurp($s->pid_file), $s->pid . "\n",
	    'though the pid file is not its own');
	$half->send("Host: localhost\r\n\r\n");
	is($half->response->{status}, 200, 'the half request is answered');
	is($half->get('/?later')->{status}, 200, 'and its connection goes on');
	# Those between the first and the last go; the last hears the first.
	for my $n (2, 3) {
		ok(Drover::Upgrade::upgrade($s), "upgrade $n");
		my $middle = $s->{old}[-1];
		next if $n == 2;
		ok($s->wait_until(sub { !Drover::Process::stat_of($middle) }),
		    'the one between is gone');
	}
	my $r = $down->response;
	is(length $r->{body}, 30_000_000, 'the transfer is whole');
	is($down->get('/?last')->{status}, 200,
	    'and its connection goes on, two masters later');
	ok(Drover::Upgrade::alone($s), 'then the old master goes');
	is(Drover::slurp($s->pid_file), $s->pid . "\n",
	    'and leaves the pid file');
	$s->stop;
};

my $daemon;
END { kill 'KILL', $daemon if defined $daemon }

subtest 'a daemon, with relative paths and settings of its arguments' => sub {
	my $s = Drover->new(conf => '');
	my $here = Cwd::getcwd();
	my $dir = $s->dir;
	chdir "$dir/.." or die "$dir: $!";
	my $local = $dir =~ s{.*/}{}r;
	my $out = `$Drover::PROGRAM -d $local -f conf/httpd.conf -D X \\
	    -C 'KeepAliveTimeout 30' -c 'AddType text/x-own .own' \\
	    -k start 2>&1`;
	chdir $here or die "$here: $!";
	is($?, 0, 'it starts') or diag $out;
	$s->file('htdocs/a.own', 'own');
	$s->{daemon} = 1;
	($s->{pid}) = Drover::slurp($s->pid_file) =~ /^(\d+)/;
	$daemon = $s->pid;
	$s->{group} = Drover::Process::stat_of($s->pid)->{group};
	is($s->get('/a.own')->{header}{'content-type'}, 'text/x-own',
	    'an argument is heard');
	for my $n (1, 2) {
		my $old = $s->pid;
		is($s->run('-k', 'upgrade')->{status}, 0, '-k upgrade');
		isnt(Drover::slurp($s->pid_file), "$old\n",
		    'another master serves');
		$daemon = Drover::slurp($s->pid_file) =~ s/\n//r;
		Drover::Upgrade::follow($s, $daemon);
		is($s->get('/a.own')->{header}{'content-type'}, 'text/x-own',
		    'with the same arguments');
	}
	ok(Drover::Upgrade::alone($s), 'the old ones are gone');
	is(readlink '/proc/' . $s->pid . '/cwd', '/', 'it stands at the root');
	is(readlink '/proc/' . $s->pid . '/fd/2', '/dev/null',
	    'and holds no stream of another');
	is($s->run('-k', 'stop')->{status}, 0, 'it is found and stopped');
	ok(!Drover::Process::stat_of($s->pid), 'and gone');
	$daemon = undef;
	ok(!-e $s->pid_file, 'so is the pid file');
	$s->{status} = 0;
	$s->stop;
};

subtest 'other settings, other listeners' => sub {
	my $s = Drover->start(conf => "Listen 127.0.0.1:{PORT}\n" .
	    "Listen 127.0.0.1:{PORT2}\nWorkers 1\nKeepAliveTimeout 600");
	my ($gone, $port2) = ($s->connect($s->port(2)), $s->port(2));
	is($gone->get('/')->{status}, 200, 'two listeners');
	# They wait there while nobody can accept.
	my @workers = $s->workers;
	kill 'STOP', @workers;
	my @waiting = map { $s->connect($port2) } 1 .. 10;
	$_->request('GET', '/?waiting') for @waiting;
	$s->set_conf("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:{PORT3}\n" .
	    "Workers 3\nKeepAliveTimeout 600");
	$s->signal('USR2');
	ok($s->wait_log('error', qr/\) drains/), 'the next master serves');
	kill 'CONT', @workers;
	ok(Drover::Upgrade::outcome($s), 'an upgrade');
	my @answers = map { eval { $_->response } } @waiting;
	is(scalar(grep { $_ && $_->{status} == 200 } @answers), 10,
	    'all who had connected to the removed one are answered');
	ok($s->wait_until(sub { !eval { $s->connect($port2); 1 } }),
	    'nobody listens there any more');
	is($gone->get('/')->{status}, 200, 'a connection of it goes on');
	is($s->connect($s->port(3))->get('/')->{status}, 200,
	    'the added one is there');
	is($s->get('/')->{status}, 200, 'and the one that stayed');
	is(scalar(my @now = $s->workers), 3, 'there are more workers');
	ok(Drover::Upgrade::alone($s), 'the old one is gone');
	$s->stop;
};

subtest 'another pid file' => sub {
	my $s = Drover->start(conf => 'PidFile logs/one.pid');
	my $old = $s->pid;
	$s->set_conf('PidFile logs/drover.pid');
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	is(Drover::slurp($s->pid_file), $s->pid . "\n", 'it is written');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	ok(!-e $s->dir . '/logs/one.pid', 'and its pid file');
	$s->stop;
};

subtest 'a reload that comes meanwhile is done by the new one' => sub {
	my $s = Drover->start;
	$s->set_conf('Workers 30');
	$s->signal('USR1');
	ok($s->wait_notify(qr/^RELOADING=1$/m), 'a reload is under way');
	$s->signal('USR2');
	ok($s->wait_notify(qr/^STATUS=serving.*generation 2$/m), 'it ends');
	ok(Drover::Upgrade::outcome($s), 'then the upgrade');
	$s->set_conf('Workers 1');
	$s->signal('STOP');
	$s->signal($_) for qw(USR2 USR1);
	$s->signal('CONT');
	ok(Drover::Upgrade::outcome($s), 'both at once: the upgrade');
	ok($s->wait_notify(qr/^STATUS=serving.*generation 2$/m),
	    'then the reload');
	Drover::Upgrade::install(undef, "#!/bin/sh\nsleep 1\nexec " .
	    "$Drover::PROGRAM.real \"\$@\"\n");
	File::Copy::copy($ENV{DROVER} // "$Drover::SRC/build/drover",
	    "$Drover::PROGRAM.real");
	chmod 0755, "$Drover::PROGRAM.real";
	$s->signal('USR2');
	$s->wait_log('error', qr/is started as master/, 3);
	$s->signal('USR1');
	ok(Drover::Upgrade::outcome($s), 'an upgrade that takes its time');
	ok($s->wait_notify(qr/^STATUS=serving.*generation 2$/m),
	    'the new master has reloaded');
	Drover::Upgrade::install();
	$s->stop;
};

subtest 'log programs' => sub {
	my $s = Drover->start(conf =>
	    "CustomLog \"|\$cat >>{DIR}/logs/access_log\" combined\n" .
	    'ErrorLog "|$cat >>{DIR}/logs/error_log"');
	my @programs = $s->children(qr/cat/);
	my $load = Drover::Load->start($s, keep => 2, once => 2);
	for my $n (1 .. 4) {
		ok(Drover::Upgrade::upgrade($s), "upgrade $n");
	}
	ok(Drover::Upgrade::alone($s), 'one master is left');
	SKIP: {
		skip 'valgrind has no pidfd_open', 1 if $Drover::VALGRIND;
		is(scalar(grep { Drover::Process::stat_of($_) } @programs), 2,
		    'with the two programs');
	}
	my $r = $load->stop;
	is($r->{failed} + $r->{stale}, 0, "none of $r->{answered} failed") or
	    diag(@{ $r->{errors} }[0 .. 5]);
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

# Which is told of by whoever accepts no more, a second later at the latest.
subtest 'stopped at once, when the old one still accepts' => sub {
	my $s = Drover->start(conf => "Workers 1\n",
	    files => { big => 'x' x 30_000_000 });
	my $down = $s->connect;
	$down->request('GET', '/big');
	is($s->get('/nothing')->{status}, 404, 'it serves');
	my ($old, @workers) = ($s->pid, $s->workers);
	kill 'STOP', @workers;
	$s->signal('USR2');
	my ($line) = $s->wait_log('error', qr/\) drains/);
	Drover::Upgrade::follow($s, $line =~ /master (\d+) serves/);
	ok($s->wait_log('error', qr/upgrade: master/), 'an upgrade');
	$s->wait_until(sub { Drover::slurp($s->pid_file) eq $s->pid . "\n" });
	$s->signal('TERM');
	is($s->wait_end(20), 0, 'the new one ends');
	ok($s->wait_until(sub { !Drover::Process::stat_of($old) }, 10),
	    'and so does the old one');
	kill 'CONT', @workers;
	$s->stop;
};

subtest 'stopped at once' => sub {
	my $s = Drover->start(files => { big => 'x' x 30_000_000 });
	my $down = $s->connect;
	$down->request('GET', '/big');
	is($s->get('/nothing')->{status}, 404, 'it serves') for 1 .. 3;
	my $old = $s->pid;
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	ok(Drover::Process::stat_of($old), 'the old master has work to do');
	$s->signal('TERM');
	is($s->wait_end(20), 0, 'the new one ends');
	ok($s->wait_until(sub { !Drover::Process::stat_of($old) }),
	    'and so does the old one');
	my $port = $s->port;
	ok(!eval { $s->connect; 1 }, 'nobody listens');
	$s->stop;
	my $again = Drover->new(port => $port);
	ok($again->launch, 'the port is free');
	$again->stop;
};

done_testing;
