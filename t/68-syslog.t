#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ErrorLog syslog, end to end: the server runs where /dev/log leads to a
# socket of this test.  ErrorLog stderr, which the journal reads or a file is.
use strict;
use warnings;
use Drover;
use IO::Select;
use Socket;
use Test::More;

my $program = $Drover::PROGRAM;

# ---- A /dev of its own -----------------------------------------------------

# A server that does not run yet, and a program that will run it with a /dev
# whose log leads to DIR/syslog.
sub make {
	my (%option) = @_;
	my $s = Drover->new(%option);
	my $dir = $s->dir;
	my $back = $> == 0 ? '' : 'unshare -U --map-user=' . $> .
	    ' --map-group=' . ($) + 0);
	$s->file('inside', <<"EOF");
set -e
mkdir -p $dir/dev
for name in null zero full random urandom; do
	: > $dir/dev/\$name
	mount --bind /dev/\$name $dir/dev/\$name
done
ln -sfn /proc/self/fd $dir/dev/fd
ln -sfn $dir/syslog $dir/dev/log
mount --rbind $dir/dev /dev
exec $back "\$@"
EOF
	my $unshare = $> == 0 ? 'unshare -m' : 'unshare -rm';
	my $run = $s->file('run',
	    "#!/bin/sh\nexec $unshare sh $dir/inside \"\$0.program\" \"\$@\"\n");
	symlink $program, "$run.program" or die "symlink: $!";
	chmod 0755, $run;
	return $s;
}

sub can_unshare {
	return 0 if $Drover::VALGRIND;
	my $s = make();
	local $Drover::PROGRAM = $s->dir . '/run';
	return $s->run('-v')->{status} eq '0';
}

# ---- A syslogd -------------------------------------------------------------

sub listen_log {
	my ($s) = @_;
	my $path = $s->dir . '/syslog';
	unlink $path;
	socket my $socket, PF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
	bind $socket, pack_sockaddr_un($path) or die "$path: $!";
	chmod 0666, $path;
	return $socket;
}

# The next datagram that matches; undef when time is up.
sub heard {
	my ($socket, $regex) = @_;
	my $select = IO::Select->new($socket);
	while ($select->can_read(20 * $Drover::SCALE)) {
		recv $socket, my $message, 65536, 0;
		return $message if $message =~ $regex;
	}
	return undef;
}

my $month = qr/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;
my $stamp = qr/$month [ \d]\d \d\d:\d\d:\d\d/;

# As a syslogd writes it into a file.
sub is_counted {
	my ($s, $message) = @_;
	my ($f2b) = grep { -x } map { "$_/fail2ban-regex" } split /:/, $ENV{PATH};
	return if !$f2b;
	$message =~ s/^<\d+>($stamp) /$1 host /;
	my $log = $s->file('logs/messages', "$message\n");
	my $said = qx($f2b $log 'apache-auth[logging=syslog,_daemon=web]');
	like($said, qr/ 1 matched/, 'fail2ban counts it');
}

subtest 'syslog' => sub {
	plan skip_all => 'no namespace of its own' if !can_unshare();
	my $s = make(conf => "ErrorLog syslog:local3:web\nLogLevel info\n" .
	    "<Location /closed>\nRequire all denied\n</Location>\n");
	my $socket = listen_log($s);
	local $Drover::PROGRAM = $s->dir . '/run';
	ok($s->launch, 'it starts') or diag($s->stderr);
	my $pid = $s->pid;
	like(heard($socket, qr/serving/), qr/^<157>$stamp\ web\[\d+\]:\ 
	    \[master:notice\]\ \[pid\ $pid\]\ serving\ with\ 2\ workers/x,
	    'facility, severity, time, tag');
	is($s->get('/closed')->{status}, 403, 'a refusal');
	my $denied = heard($socket, qr/AH01630/);
	like($denied, qr/^<155>$stamp\ web\[\d+\]:\ 
	    \[authz_core:error\]\ \[pid\ \d+\]\ \[client\ 127\.0\.0\.1:\d+\]\ 
	    AH01630:\ client\ denied\ /x, 'has its own severity');
	is_counted($s, $denied);
	# Nobody is there, then somebody else.
	close $socket;
	unlink $s->dir . '/syslog';
	is($s->get('/closed?between')->{status}, 403, 'who asks is answered')
	    for 1 .. 5;
	$socket = listen_log($s);
	is($s->get('/absent')->{status}, 404, 'and then');
	like(heard($socket, qr/AH01630|AH00128/), qr/AH01630/,
	    'the next one hears what was said before he came');
	ok(heard($socket, qr/AH00128/), 'and what is said now');
	$s->stop;
	like(heard($socket, qr/lines before/), qr/^<157>.*\[logger:notice\]/,
	    'to the end');
	ok(!-e $s->log_path('error'), 'no file');
};

subtest 'syslog alone' => sub {
	plan skip_all => 'no namespace of its own' if !can_unshare();
	my $s = make(conf => "ErrorLog syslog\nLogLevel notice\n");
	my $socket = listen_log($s);
	local $Drover::PROGRAM = $s->dir . '/run';
	ok($s->launch, 'it starts') or diag($s->stderr);
	like(heard($socket, qr/serving/),
	    qr/^<189>$stamp drover\[\d+\]: \[master:notice\]/,
	    'is local7, and our own name');
	$s->stop;
};

subtest 'access logs' => sub {
	plan skip_all => 'no namespace of its own' if !can_unshare();
	my $s = make(conf => "CustomLog syslog:local1:site agent\n" .
	    "GlobalLog syslog:user '{\"agent\":\"%{User-Agent}i\"}' escape=json\n" .
	    "TransferLog syslog::both\n");
	my $socket = listen_log($s);
	local $Drover::PROGRAM = $s->dir . '/run';
	ok($s->launch, 'it starts') or diag($s->stderr);
	# What a client sends gives the line no severity.
	is($s->get('/?1', 'User-Agent' => "<0>$_")->{status}, 200, 'a request')
	    for 'one', 'x' x 8000;
	like(heard($socket, qr/site/), qr/^<142>$stamp site\[\d+\]: <0>one$/,
	    'facility, severity, tag');
	like(heard($socket, qr/agent/),
	    qr/^<14>$stamp drover\[\d+\]: \{"agent":"<0>one"\}$/, 'json');
	like(heard($socket, qr/both/),
	    qr/^<190>$stamp both\[\d+\]: 127\.0\.0\.1 - - \[/, 'the default');
	$s->stop;
	ok(!-e $s->dir . '/syslog:user', 'no files');
};

# ---- Standard streams ------------------------------------------------------

# As a service manager would start it, its standard error being that inode.
sub launch_in_journal {
	my ($s, $inode_more) = @_;
	my @stat = stat $s->file('stderr', '');
	return $s->launch(env => { JOURNAL_STREAM =>
	    "$stat[0]:" . ($stat[1] + $inode_more) });
}

subtest 'the journal' => sub {
	my $s = Drover->new(conf => "ErrorLog stderr\nLogLevel info\n" .
	    "CustomLog /dev/stderr \"asked %U\"\n");
	ok(launch_in_journal($s, 0), 'it starts') or diag($s->stderr);
	$s->get('/absent');
	$s->stop;
	like($s->stderr, qr/^<5>\[master:notice\] \[pid \d+\] serving/m,
	    'severity, and no time');
	like($s->stderr, qr/^<6>\[core:info\] .* AH00128/m, 'of a request');
	like($s->stderr, qr/^<5>\[logger:notice\] .*lines before/m,
	    'of the logger');
	like($s->stderr, qr/^<6>asked \/absent$/m, 'of access lines');
};

subtest 'the journal hears why it does not start' => sub {
	my $s = Drover->new(conf => "NoSuch x\n");
	ok(!launch_in_journal($s, 0), 'an error in httpd.conf');
	my @lines = split /\n/, $s->stderr;
	like($lines[0], qr/^<3>.*unknown directive NoSuch/, 'with a severity');
	is((grep { !/^<3>/ } @lines), 0, 'in each line') or diag(@lines);
	$s->set_conf("CustomLog absent/log common\n");
	ok(!launch_in_journal($s, 0), 'a folder that is missing');
	like($s->stderr, qr/\A<3>drover: cannot open .*\n\z/, 'likewise');
};

subtest 'standard error that it does not read' => sub {
	for my $name (qw(stderr /dev/stderr /proc/self/fd/2)) {
		my $s = Drover->new(conf => "ErrorLog $name\n");
		ok(launch_in_journal($s, 1), 'it starts') or diag($s->stderr);
		$s->stop;
		like($s->stderr,
		    qr/^\[[^]]+ \d{4}\] \[master:notice\] .*serving/m, $name);
	}
};

subtest 'standard output' => sub {
	for my $name (qw(stdout /dev/stdout)) {
		my $s = Drover->start(conf => "CustomLog $name \"asked %U\"\n");
		$s->get('/absent');
		$s->stop;
		is(Drover::slurp($s->dir . '/stdout'), "asked /absent\n", $name);
	}
};

done_testing;
