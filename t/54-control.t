#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The control socket: where it is (ControlSocket), that what is asked for is
# the case when it is answered, and drover -k over it.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Stalled;
use IO::Socket::UNIX;
use JSON::PP;
use Test::More;

# What the master answers to a line: { last, said, and lists of all kinds }.
sub asks {
	my ($s, $line, $path) = @_;
	my $socket = IO::Socket::UNIX->new(Peer => $path // $s->control_socket)
	    or return { last => "connect: $!" };
	local $SIG{ALRM} = sub { die "no answer to $line" };
	alarm 60 * $Drover::SCALE;
	print {$socket} "$line\n";
	my %answer;
	local $_;
	while (<$socket>) {
		chomp;
		my ($kind, $text) = /^(\w+) ?(.*)$/ or die "what is $_";
		push @{ $answer{$kind} }, $text;
		@answer{qw(last said)} = ($kind, $text);
	}
	alarm 0;
	return \%answer;
}

# The generations of the living workers.
sub generations {
	my ($s) = @_;
	my $status = decode_json(asks($s, 'status json')->{text}[0] // '');
	return join ' ', map { $_->{generation} } @{ $status->{workers} };
}

sub status {
	my ($s) = @_;
	my $answer = asks($s, 'status json');
	is($answer->{last}, 'done', 'status json');
	return decode_json($answer->{text}[0]);
}

at_once 'where it is' => sub {
	my $s = Drover->start;
	ok(-S $s->control_socket, 'beside the pid file');
	is((stat $s->control_socket)[2] & 07777, 0600, 'for its user alone');
	is((stat _)[4], $>, 'who is the one who started it');
	like($s->run('-S')->{out}, qr{^ControlSocket: "@{[$s->control_socket]}"$}m,
	    '-S shows it');
	$s->set_conf('ControlSocket logs/other');
	is(asks($s, 'graceful')->{last}, 'done', 'a reload with another');
	ok(!-e $s->control_socket, 'takes the first away');
	my $other = $s->log_path('logs/other');
	is(asks($s, 'status', $other)->{last}, 'done', 'and has the other');
	$s->set_conf('ControlSocket none');
	is(asks($s, 'graceful', $other)->{last}, 'done', 'a reload with none');
	ok(!-e $other, 'leaves none');
	like($s->run('-S')->{out}, qr{^ControlSocket: none$}m, 'as -S shows');
	$s->set_conf('');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 4$/), 'a signal');
	is(asks($s, 'status')->{last}, 'done', 'brings it back');
	unlink $s->control_socket or die $!;
	$s->signal('USR1');
	ok($s->wait_log('error', qr/generation 5$/), 'a reload');
	is(asks($s, 'status')->{last}, 'done', 'makes one that was removed');
	$s->stop;
	ok(!-e $s->control_socket, 'it goes with the server');
	is(join(' ', glob "$s->{dir}/logs/*.new"), '', 'and nothing stays');
};

at_once 'a configuration that fails' => sub {
	my $s = Drover->start;
	# Late: the logs cannot be opened.
	$s->set_conf("ControlSocket logs/other\nCustomLog none/log combined");
	my $answer = asks($s, 'graceful');
	is($answer->{last}, 'failed', 'is told');
	like($answer->{failed}[0], qr{none/log: No such file}, 'with its reason');
	ok(!-e $s->log_path("logs/$_"), "$_ is not there")
	    for qw(other other.new);
	is(status($s)->{reload}{last}, 'failed', 'the first goes on');
	is(generations($s), '1 1', 'with its workers');
	$s->set_conf("Timeout 10x\nWorkers four");
	$answer = asks($s, 'restart');
	is($answer->{last}, 'failed', 'errors of the settings');
	is($answer->{failed}[0], 'the configuration has errors', 'are told');
	is(scalar(grep { /httpd\.conf:\d+:\d+: error/ } @{ $answer->{error} }),
	    2, 'all of them');
	# More than there is room for.
	$s->set_conf(join '', map { "Nonsense$_ x\n" } 1 .. 60);
	$answer = asks($s, 'graceful');
	is($answer->{error}[-1], 'there is more in the error log',
	    'the rest is elsewhere');
	like($answer->{error}[-2], qr/^ +\^$/, 'and no line is torn');
	is(scalar $s->wait_log('error', qr/unknown directive Nonsense/, 60),
	    60, 'where all are');
	$s->set_conf('');
	$s->stop;
};

at_once 'what is in its place' => sub {
	my $s = Drover->start;
	kill 'KILL', $s->pid;
	$s->wait_end;
	ok(-S $s->control_socket, 'a killed master leaves it behind');
	$s->wait_until(sub { !$s->_own_processes }) or die 'orphans';
	ok($s->launch, 'the next one starts');
	is(status($s)->{server}{pid}, $s->pid, 'and has it');
	$s->stop;
	# What is no socket is not touched.
	my $file = $s->file('logs/mine', "mine\n");
	$s->set_conf('ControlSocket logs/mine');
	my $run = $s->run('-k', 'start');
	is($run->{status}, 1, 'a file in its place: no start');
	like($run->{err}, qr/ControlSocket: .*mine is there, and is no socket/,
	    'and why');
	is(Drover::slurp($file), "mine\n", 'the file is as it was');
	$s->set_conf('ControlSocket none/here');
	like($s->run('-k', 'start')->{err}, qr{none/here.*No such file},
	    'no folder: no start');
	like($s->run('-t')->{err}, qr{control socket .*none/here: folder},
	    '-t says so before');
	# Two that want one.
	my $one = Drover->start;
	$s->set_conf('ControlSocket ' . $one->control_socket);
	like($s->run('-k', 'start')->{err},
	    qr/process @{[$one->pid]} listens at .* already/, 'a living one');
	is(status($one)->{server}{pid}, $one->pid, 'it keeps its own');
	$one->stop;
	# Longer than an address of a socket.
	my $long = 'logs/' . 'x' x 100 . '/' . 'y' x 50;
	mkdir $s->{dir} . '/' . substr $long, 0, 105 or die $!;
	$s->set_conf("ControlSocket $long");
	ok($s->launch, 'a long path');
	is($s->run('-k', 'graceful')->{status}, 0, 'can be reached');
	like($s->log('error'), qr/graceful \(asked by process/, 'indeed');
	$s->stop;
	ok(!-e "$s->{dir}/$long", 'and is removed');
};

at_once 'done means done' => sub {
	my $s = Drover->start;
	is(generations($s), '1 1', 'workers of the first generation');
	for my $n (2 .. 4) {
		my $command = $n % 2 ? 'restart' : 'graceful';
		is(asks($s, $command)->{said},
		    "serving with 2 workers, generation $n", $command);
		# Old ones may still be there, draining.
		is(scalar(grep { $_ == $n } split ' ', generations($s)), 2,
		    'they serve already');
	}
	# Several at once: each is told of a reload that began after it asked.
	my @clients = map { IO::Socket::UNIX->new(Peer => $s->control_socket) }
	    1 .. 5;
	print {$_} "graceful\n" for @clients;
	like(<$_>, qr/^(?:progress.*|done serving with 2 workers, generation \d+)$/,
	    'one of several') for @clients;
	# The logs are the new ones when it is said.
	rename $s->log_path('access'), $s->log_path('logs/old') or die $!;
	is(asks($s, 'reopen')->{last}, 'done', 'reopen');
	is(-s $s->log_path('access'), 0, 'the new file is there');
	my $size = -s $s->log_path('logs/old');
	$s->get('/?new');
	ok($s->wait_log('access', qr/new/), 'and has what comes');
	is(-s $s->log_path('logs/old'), $size, 'the old one nothing more');
	$s->stop;
};

at_once 'a stop under way' => sub {
	my ($s, $c) = Drover::Stalled::start();
	my $waits = IO::Socket::UNIX->new(Peer => $s->control_socket);
	print {$waits} "graceful-stop\n";
	is(<$waits>, "progress 1 connection is left\n", 'graceful-stop tells');
	is(status($s)->{server}{state}, 'stopping', 'it can be looked at');
	is(asks($s, $_)->{said}, 'the server is being stopped', "no $_")
	    for qw(graceful restart reopen), 'log-level debug';
	is(<$waits>, "progress 1 connection is left\n", 'and tells on');
	is(length $c->response(0, 30)->{body}, $Drover::Stalled::SIZE,
	    'the rest arrives');
	my @last = <$waits>;
	is($last[-1], "done the server has stopped\n", 'then it is done');
	is($s->wait_end, 0, 'and gone');
	$s->stop;
	($s, $c) = Drover::Stalled::start();
	$waits = IO::Socket::UNIX->new(Peer => $s->control_socket);
	print {$waits} "graceful-stop\n";
	is(<$waits>, "progress 1 connection is left\n", 'one that is hurried');
	is(asks($s, 'stop')->{last}, 'done', 'by stop');
	@last = <$waits>;
	is($last[-1], "done the server has stopped\n", 'is done, too');
	$s->stop;
};

at_once 'drover -k hears what became of it' => sub {
	my ($s, $c) = Drover::Stalled::start();
	is($s->run('-k', 'graceful')->{status}, 0, 'graceful');
	is(status($s)->{server}{generation}, 2, 'has been done');
	is($s->run('-k', 'restart')->{status}, 0, 'restart');
	is(status($s)->{server}{generation}, 3, 'has been done');
	unlike($s->log('error'), qr/SIGHUP|SIGUSR1/, 'without a signal');
	# Only a reload finds this out.
	my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr =>
	    '127.0.0.1') or die "listen: $!";
	my $port = $taken->sockport;
	$s->set_conf("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:$port");
	my $run = $s->run('-k', 'graceful');
	is($run->{status}, 1, 'one that fails');
	like($run->{err}, qr/^drover: .*127\.0\.0\.1:$port.*in use/, 'and why');
	is(status($s)->{server}{generation}, 3, 'nothing has changed');
	$s->set_conf('');
	$s->stop;
	($s, $c) = Drover::Stalled::start();
	is($s->run('-k', 'graceful-stop')->{status}, 0,
	    'graceful-stop does not wait for the end');
	is(status($s)->{server}{state}, 'stopping', 'it has begun');
	$run = $s->run('-k', 'graceful');
	is($run->{status}, 1, 'then graceful is refused');
	like($run->{err}, qr/^drover: the server is being stopped$/m, 'and why');
	is($s->run('-k', 'stop')->{status}, 0, 'stop');
	is($s->wait_end, 0, 'ends it');
	$s->stop;
};

at_once 'drover -k without it sends signals' => sub {
	my $s = Drover->start(conf => "ControlSocket none\n");
	is($s->run('-k', 'graceful')->{status}, 0, 'graceful');
	ok($s->wait_log('error', qr/SIGUSR1: restarting gracefully/), 'USR1');
	ok($s->wait_log('error', qr/generation 2$/), 'is done later');
	is($s->run('-k', 'stop')->{status}, 0, 'stop');
	is($s->wait_end, 0, 'ends it');
	$s->stop;
	# Without a pid file the socket tells which process it is.
	$s = Drover->start(conf => "PidFile none\nControlSocket logs/ctl\n");
	is($s->run('-k', 'graceful')->{status}, 0, 'graceful');
	like($s->log('error'), qr/generation 2$/m, 'is done');
	like($s->run('-k', 'start')->{out},
	    qr/^drover \(pid @{[$s->pid]}\) already running$/, 'it runs');
	is($s->run('-k', 'stop')->{status}, 0, 'stop');
	is($s->wait_end, 0, 'ends it');
	like($s->run('-k', 'stop')->{out}, qr/^drover: not running$/,
	    'then it does not');
	$s->stop;
	# Somebody else listens there.
	$s = Drover->start;
	unlink $s->control_socket or die $!;
	my $other = IO::Socket::UNIX->new(Listen => 1,
	    Local => $s->control_socket) or die $!;
	is($s->run('-k', 'restart')->{status}, 0, 'restart');
	ok($s->wait_log('error', qr/SIGHUP: restarting/), 'HUP');
	$s->stop;
};

run_at_once;
done_testing;
