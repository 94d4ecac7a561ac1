#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Listening sockets that a service manager has opened: used by their address,
# kept over reloads and upgrades, and never closed for good.
use strict;
use warnings;
use Drover;
use Drover::Upgrade;
use Fcntl;
use IO::Socket::INET;
use IO::Socket::IP;
use Test::More;

Drover::Upgrade::copy();

# Descriptors from 3 on are the sockets, as sd_listen_fds(3) says; then the
# program.  Run by the helper in the program's place.
my $activate = Drover::folder() . '/activate';
open my $out, '>', $activate or die "$activate: $!";
print {$out} <<'EOT';
#!/usr/bin/perl
use POSIX ();
my $program = $ENV{ACTIVATE_PROGRAM};
my @fds = split /,/, $ENV{ACTIVATE_FDS};
POSIX::dup2($fds[$_], 100 + $_) for 0 .. $#fds;
POSIX::dup2(100 + $_, 3 + $_), POSIX::close(100 + $_) for 0 .. $#fds;
POSIX::close($_) for 3 + @fds .. 99;
$ENV{LISTEN_FDS} //= scalar @fds;
$ENV{LISTEN_PID} //= $$;
exec { $program } $program, @ARGV;
die "$program: $!";
EOT
close $out;
chmod 0755, $activate;

# Sockets that survive exec.
sub give {
	my (@sockets) = @_;
	fcntl $_, F_SETFD, 0 for @sockets;
	return (ACTIVATE_PROGRAM => $Drover::PROGRAM,
	    ACTIVATE_FDS => join ',', map { fileno $_ } @sockets);
}

sub listening {
	my ($address, %more) = @_;
	my $class = $more{V6Only} || exists $more{V6Only} ?
	    'IO::Socket::IP' : 'IO::Socket::INET';
	my $socket = $class->new(Listen => 10, LocalAddr => $address,
	    LocalPort => Drover::free_port(), ReuseAddr => 1,
	    Proto => 'tcp', %more);
	return $socket;
}

sub launch {
	my ($s, $env, @args) = @_;
	local $Drover::PROGRAM = $activate;
	return $s->launch(env => $env, args => \@args);
}

sub reload {
	my ($s) = @_;
	$s->signal('USR1');
	my $said = $s->wait_notify(qr/^READY=1$/m) or return 0;
	return $said =~ /^STATUS=serving with/m;
}

subtest 'sockets are used by their address' => sub {
	my ($one, $two) = map { listening('127.0.0.1') } 1, 2;
	my $conf = "Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:" .
	    $two->sockport . "\nListen 127.0.0.1:" . $one->sockport;
	my $s = Drover->new(conf => $conf);
	# Who is there before the server waits for it.
	my $early = $s->connect($one->sockport);
	ok(launch($s, { give($one, $two), LISTEN_FDNAMES => 'web:other' }),
	    'it starts');
	is($early->get('/')->{status}, 200, 'one was there before it');
	is($s->connect($_->sockport)->get('/')->{status}, 200, 'a given one')
	    for $one, $two;
	is($s->get('/')->{status}, 200, 'one of its own');
	ok(reload($s), 'a reload');
	is($s->connect($_->sockport)->get('/')->{status}, 200, 'still there')
	    for $one, $two;
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	is($s->connect($_->sockport)->get('/')->{status}, 200, 'and there')
	    for $one, $two;
	$s->stop;
	my $waits = $s->connect($one->sockport);
	ok($waits, 'who comes after the end waits for the next');
	my $next = Drover->new(conf => $conf, port => $s->port);
	ok(launch($next, { give($one, $two) }), 'which is started with it');
	is($waits->get('/')->{status}, 200, 'and answers');
	$next->stop;
};

subtest 'a Listen that comes and goes' => sub {
	my $given = listening('127.0.0.1');
	my $port = $given->sockport;
	my $s = Drover->new(conf => 'Listen 127.0.0.1:{PORT}');
	ok(launch($s, { give($given) }), 'it starts without it');
	like($s->stderr . $s->log('error'),
	    qr/127\.0\.0\.1:$port comes from the service manager and has no/,
	    'and says so');
	for my $round (1, 2) {
		$s->set_conf("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:$port");
		ok(reload($s), 'it is added');
		is($s->connect($port)->get('/')->{status}, 200, 'and there');
		$s->set_conf('Listen 127.0.0.1:{PORT}');
		ok($round == 1 ? reload($s) : Drover::Upgrade::upgrade($s),
		    'it is removed');
	}
	$s->set_conf("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:$port");
	ok(Drover::Upgrade::upgrade($s), 'it is added by an upgrade');
	is($s->connect($port)->get('/')->{status}, 200, 'and there');
	$s->stop;
};

subtest 'one socket for both families' => sub {
	my $both = eval { listening('::', V6Only => 0) };
	plan skip_all => 'no IPv6' if !$both;
	my $port = $both->sockport;
	my $s = Drover->new(conf => "Listen $port\nListen 127.0.0.1:{PORT}");
	ok(launch($s, { give($both) }), 'it starts');
	for my $round (1 .. 2) {
		is($s->connect($port)->get('/')->{status}, 200, 'IPv4');
		my $c = IO::Socket::IP->new(PeerHost => '::1',
		    PeerPort => $port) or die "::1: $!";
		print {$c} "GET / HTTP/1.0\r\n\r\n";
		like(scalar <$c>, qr/ 200 /, 'IPv6');
		ok(reload($s), 'and again after a reload') if $round == 1;
	}
	$s->stop;
};

subtest 'what cannot be used' => sub {
	my $s = Drover->new;
	open my $file, '<', '/dev/null' or die $!;
	my $udp = IO::Socket::INET->new(Proto => 'udp',
	    LocalAddr => '127.0.0.1') or die $!;
	ok(launch($s, { give($file, $udp),
	    LISTEN_FDNAMES => 'first:second:third' }), 'it starts');
	like($s->stderr, qr/descriptor 3 \(first\) is no socket that listens/,
	    'and says what it was given');
	like($s->stderr, qr/descriptor 4 \(second\) is no/, 'each by its name');
	is($s->get('/')->{status}, 200, 'it serves');
	$s->stop;
	my $given = listening('127.0.0.1');
	ok(!launch($s, { give($given), LISTEN_FDS => 'two' }),
	    'it does not start with a number that is none');
	like($s->stderr, qr/LISTEN_FDS is no number/, 'and says so');
	# A process that started the server was meant, not the server.
	ok(launch($s, { give($given), LISTEN_PID => 1 }), 'another process');
	is($s->get('/')->{status}, 200, 'it serves');
	my $link = readlink '/proc/self/fd/' . fileno $given;
	is((grep { (readlink // '') eq $link }
	    glob '/proc/' . ($s->workers)[0] . '/fd/*'), 0,
	    'and passes none on');
	$s->stop;
};

subtest 'as a daemon' => sub {
	my $given = listening('127.0.0.1');
	my $s = Drover->new(conf => "Listen 127.0.0.1:{PORT}\n" .
	    'Listen 127.0.0.1:' . $given->sockport);
	local @ENV{'ACTIVATE_PROGRAM', 'ACTIVATE_FDS'} =
	    @{ { give($given) } }{'ACTIVATE_PROGRAM', 'ACTIVATE_FDS'};
	{
		local $Drover::PROGRAM = $activate;
		ok($s->launch_daemon, 'it starts');
	}
	is($s->connect($given->sockport)->get('/')->{status}, 200,
	    'and has the socket');
	$s->stop;
};

subtest 'systemd-socket-activate' => sub {
	my ($tool) = grep { -x } map { "$_/systemd-socket-activate" }
	    split /:/, $ENV{PATH};
	plan skip_all => 'no systemd-socket-activate' if !$tool;
	plan skip_all => 'the program runs under another' if $Drover::VALGRIND;
	my $port = Drover::free_port();
	my $s = Drover->new(conf => "Listen 127.0.0.1:$port");
	$s->{notify} = $s->_notify_socket;
	$s->{pid} = fork // die "fork: $!";
	if (!$s->{pid}) {
		setpgrp 0, 0;
		open STDERR, '>', $s->dir . '/stderr';
		no warnings 'exec';
		exec $tool, '-l', "127.0.0.1:$port", '--fdname=web',
		    "--setenv=NOTIFY_SOCKET=" . $s->dir . '/notify',
		    $Drover::PROGRAM, '-d', $s->dir, '-f', $s->conf_file,
		    '-D', 'FOREGROUND';
		POSIX::_exit(127);
	}
	$s->{group} = $s->{pid};
	my $c = $s->wait_until(sub { eval { $s->connect($port) } });
	# The first who connects starts it, in the tool's place.
	$c->request('GET', '/');
	is($c->response->{status}, 200, 'the first is answered');
	ok($s->wait_notify(qr/^READY=1$/m), 'it says so');
	is($s->connect($port)->get('/')->{status}, 200, 'and the next');
	$s->stop;
};

done_testing;
