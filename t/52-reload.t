#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# New configurations: nothing is dropped by a graceful restart, and a broken
# one changes nothing.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Test::More;

# Reloads, and waits until the new generation serves.
sub reload {
	my ($s, $signal) = @_;
	$s->signal($signal // 'USR1');
	$s->wait_notify(qr/^RELOADING=1$/m) or return 0;
	my $said = $s->wait_notify(qr/^READY=1$/m) or return 0;
	return $said =~ /^STATUS=serving with/m;
}

# The Listen line of the first port comes before.
sub with {
	my ($s, $conf) = @_;
	return $s->set_conf($conf);
}

at_once 'graceful restarts under load' => sub {
	my $s = Drover->start;
	my $load = Drover::Load->start($s, keep => 3, once => 2);
	my %seen = map { $_ => 1 } $s->workers;
	for my $round (1 .. 10) {
		ok(reload($s), "restart $round");
		$seen{$_}++ for $s->workers;
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed") or
	    diag(@{ $r->{errors} }[0 .. 5]);
	is($r->{stale}, 0, 'and no kept connection was closed');
	cmp_ok(scalar keys %seen, '>=', 12, 'there were new workers');
	$s->stop;
	is_deeply([$load->missing($s->log('access'))], [],
	    'every answered request has its line');
};

at_once 'an idle connection is handed over' => sub {
	my $s = Drover->start(conf => 'KeepAliveTimeout 60');
	my $c = $s->connect;
	is($c->get('/')->{body}, "hello\n", 'one request');
	my @old = $s->workers;
	for (1 .. 3) {
		ok(reload($s), 'a graceful restart');
		is($c->get('/')->{body}, "hello\n", 'the next request');
	}
	ok($s->wait_until(sub {
		!grep { Drover::Process::stat_of($_) } @old;
	}), 'the old workers are gone');
	$s->stop;
};

at_once 'a connection that is at a request is answered first' => sub {
	my $s = Drover->start;
	my $c = $s->connect;
	$c->send("GET / HTTP/1.1\r\nHost: localhost\r\n");
	# It is accepted and read when this later one is answered.
	is($s->get('/')->{status}, 200, 'the server is there') for 1 .. 3;
	ok(reload($s), 'a graceful restart');
	$c->send("\r\n");
	is($c->response->{body}, "hello\n", 'the answer comes');
	$s->stop;
};

at_once 'HUP: old workers end at once' => sub {
	my $s = Drover->start(conf => 'KeepAliveTimeout 60');
	my $c = $s->connect;
	is($c->get('/')->{body}, "hello\n", 'one request');
	my @old = $s->workers;
	ok(reload($s, 'HUP'), 'a restart');
	ok($s->wait_until(sub {
		!grep { Drover::Process::stat_of($_) } @old;
	}, 2), 'the old workers are gone');
	ok($c->closed, 'and with them their connections');
	is($s->get('/')->{status}, 200, 'it serves');
	$s->stop;
};

at_once 'settings change' => sub {
	my $s = Drover->start(conf => 'DocumentRoot "{DIR}/htdocs"',
	    files => { 'index.html' => "one\n", 'sub/index.html' => "two\n" });
	is($s->get('/')->{body}, "one\n", 'before');
	with($s, "DocumentRoot \"{DIR}/htdocs/sub\"\nWorkers 3");
	ok(reload($s), 'a graceful restart');
	is($s->get('/')->{body}, "two\n", 'after');
	is(scalar @{ [$s->workers] }, 3, 'there are more workers')
	    if $s->wait_until(sub { $s->workers == 3 });
	$s->stop;
};

at_once 'listeners come and go' => sub {
	my $s = Drover->start(conf => "Listen 127.0.0.1:{PORT}\n" .
	    'Listen 127.0.0.1:{PORT2}');
	my $port2 = $s->port(2);
	my $c = $s->connect($port2);
	is($c->get('/')->{status}, 200, 'two are there');
	with($s, 'Listen 127.0.0.1:{PORT}');
	ok(reload($s), 'a graceful restart without the second');
	is($c->get('/')->{status}, 200, 'its connections go on');
	ok($s->wait_until(sub { !eval { $s->connect($port2); 1 } }),
	    'no new ones are taken');
	is($s->get('/')->{status}, 200, 'the first is there');
	with($s, "Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:{PORT2}");
	ok(reload($s), 'a graceful restart with it');
	is($s->connect($port2)->get('/')->{status}, 200, 'it is back');
	$s->stop;
};

at_once 'a removed listener resets nobody' => sub {
	my $s = Drover->start(conf => "Listen 127.0.0.1:{PORT}\n" .
	    'Listen 127.0.0.1:{PORT2}');
	my $port2 = $s->port(2);
	# They wait in the listener's queue while the workers cannot accept.
	my @workers = $s->workers;
	kill 'STOP', @workers;
	my @waiting = map { $s->connect($port2) } 1 .. 20;
	$_->request('GET', '/') for @waiting;
	with($s, 'Listen 127.0.0.1:{PORT}');
	ok(reload($s), 'a graceful restart without the second');
	kill 'CONT', @workers;
	my @answers = map { eval { $_->response } } @waiting;
	is(scalar(grep { $_ && $_->{status} == 200 } @answers), 20,
	    'all who had connected are answered');
	$s->stop;
};

at_once 'a broken configuration changes nothing' => sub {
	my $s = Drover->start(conf => 'Workers 2');
	my @old = $s->workers;
	my $load = Drover::Load->start($s, keep => 2, once => 1);
	for my $signal (qw(USR1 HUP)) {
		with($s, "Workers four\nTimeout 10x");
		ok(!reload($s, $signal), "$signal: it says that it failed");
		ok($s->wait_log('error', qr/httpd\.conf:\d+:9: error: /),
		    'the error log has the place');
	}
	my ($line) = $s->wait_log('error', qr/Timeout 10x/);
	ok($line, 'and every error of the run');
	ok($s->wait_log('error', qr/nothing has changed/), 'and what follows');
	with($s, "Workers 2\nErrorLog \"{DIR}/none/error_log\"");
	ok(!reload($s), 'a log that cannot be opened');
	ok($s->wait_log('error', qr{none/error_log: No such file}), 'says so');
	my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr =>
	    '127.0.0.1') or die "listen: $!";
	with($s, 'Listen 127.0.0.1:' . $taken->sockport);
	ok(!reload($s), 'a port that is in use');
	ok($s->wait_log('error', qr/in use/), 'says so');
	is_deeply([$s->workers], \@old, 'the workers are the same');
	my $r = $load->stop;
	is($r->{failed} + $r->{stale}, 0, "none of $r->{answered} failed");
	with($s, 'Workers 2');
	ok(reload($s), 'a good one is taken');
	$s->stop;
};

at_once 'several signals are one restart' => sub {
	my $s = Drover->start;
	# While the master is stopped they can only pile up.
	$s->signal('STOP');
	$s->signal('USR1') for 1 .. 20;
	$s->signal('CONT');
	ok($s->wait_notify(qr/^STATUS=serving with.*generation 2$/m),
	    'the second generation serves');
	$s->signal('USR1');
	ok($s->wait_notify(qr/^STATUS=serving with.*generation 3$/m),
	    'the next is the third');
	$s->stop;
};

at_once 'logs are reopened' => sub {
	my $s = Drover->start;
	is($s->get('/?first')->{status}, 200, 'one request');
	$s->wait_log('access', qr/first/);
	rename $s->log_path('access'), $s->log_path('logs/old') or die $!;
	ok(reload($s), 'a graceful restart');
	is($s->get('/?second')->{status}, 200, 'another');
	is(scalar $s->wait_log('access', qr/second/), 1, 'in the new file');
	is(scalar(() = $s->log('logs/old') =~ /first/g), 1,
	    'the old one has the first');
	# Without a signal, within a second.
	rename $s->log_path('access'), $s->log_path('logs/older') or die $!;
	ok($s->wait_until(sub { -e $s->log_path('access') }),
	    'a moved file is noticed');
	# It is there a moment before the logger writes to it.
	ok($s->wait_until(sub {
		$s->get('/?third')->{status} == 200 &&
		    $s->log('access') =~ /third/;
	}), 'lines come to the newest file');
	$s->stop;
};

at_once 'another ErrorLog' => sub {
	my $s = Drover->new;
	ok($s->launch_daemon, 'it starts');
	# Once by a reload that fails, and so must not leave it there.
	$s->set_conf("ErrorLog logs/other\nCustomLog none/log combined");
	$s->signal('USR1');
	ok($s->wait_log('error', qr/nothing has changed/), 'one that fails');
	$s->set_conf("ErrorLog logs/other\n" .
	    'CustomLog "|$cat; echo written >&2" combined');
	$s->signal('USR1');
	ok($s->wait_log('logs/other', qr/generation 3/), 'the master follows');
	ok($s->wait_until(sub { $s->workers == 2 }), 'two new workers');
	kill 'KILL', ($s->workers)[0];
	ok($s->wait_log('logs/other', qr/was killed/), 'and stays there');
	$s->signal('USR1');
	ok($s->wait_log('logs/other', qr/^written$/),
	    'so does what programs say');
	$s->stop;
};

run_at_once;
done_testing;
