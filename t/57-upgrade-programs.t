#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Log programs over an upgrade: the new master goes on with those that run, and
# for a while the loggers of two masters write to one pipe.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Drover::Upgrade;
use Test::More;

plan skip_all => 'valgrind has no pidfd_open' if $Drover::VALGRIND;

my $program;

# Appends its lines to a file; says when it begins and when its input has
# ended.  With a number it reads no more than 4 KiB in so many ms.
my $writer = <<'EOT';
#!/usr/bin/perl
use IO::Handle;
open my $out, '>>', $ARGV[0] or die "$ARGV[0]: $!";
$out->autoflush(1);
print {$out} "begin $$\n";
print STDERR "writer $$ begins\n" if $ARGV[1] // '' eq 'say';
while (sysread STDIN, my $some, $ARGV[1] ? 4096 : 65536) {
	print {$out} $some;
	print STDERR "writer $$ reads\n" if $some =~ /say/;
	select undef, undef, undef, $ARGV[1] / 1000 if $ARGV[1];
}
print {$out} "end $$\n";
EOT

my $to_out = 'CustomLog "|{DIR}/writer {DIR}/logs/out" combined';

sub server {
	my ($conf) = @_;
	$program = Drover::Upgrade::copy();
	my $s = Drover->new;
	chmod 0755, $s->file('writer', $writer);
	$s->set_conf($conf);
	return $s;
}

# The programs that have begun to write to a log, one after the other.
sub begun {
	my ($s, $log) = @_;
	my @pids = $s->log($log // 'logs/out') =~ /^begin (\d+)$/mg;
	return @pids;
}

at_once 'one program serves before and after' => sub {
	my $s = server($to_out . "\n" .
	    'CustomLog "|$exec {DIR}/writer {DIR}/logs/shell" combined' . "\n" .
	    'CustomLog "|{DIR}/writer  {DIR}/logs/b\'la\'nks 0" combined');
	ok($s->launch, 'it starts');
	is($s->get('/?0')->{status}, 200, 'a request');
	my @logs = map { "logs/$_" } qw(out shell blanks);
	ok($s->wait_log($_, qr/\?0 /), "$_ has its line") for @logs;
	my $load = Drover::Load->start($s, keep => 2, once => 1);
	my $fds = Drover::Upgrade::descriptors($s);
	for my $n (1 .. 3) {
		ok(Drover::Upgrade::upgrade($s), "upgrade $n");
	}
	ok(Drover::Upgrade::alone($s), 'the old masters are gone');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	cmp_ok(Drover::Upgrade::descriptors($s), '<=', $fds + 4,
	    'as many descriptors, and those of processes');
	for my $log (@logs) {
		my ($pid) = begun($s, $log);
		ok(Drover::Process::stat_of($pid), "the program of $log lives");
	}
	is($s->log('error') =~ /log program/ ? $s->log('error') : '', '',
	    'nothing to complain of');
	$s->stop;
	for my $log (@logs) {
		my ($pid, @others) = begun($s, $log);
		is("@others", '', "$log had one");
		like($s->log($log), qr/^end $pid\n\z/m, 'which read all');
		is_deeply([$load->missing($s->log($log))], [],
		    'no line is missing, none is twice');
	}
};

# 20 KiB of one letter, of which a line consists.
sub long {
	my ($name) = @_;
	my $letter = ('a' .. 'z')[rand 26];
	return "GET /?$name HTTP/1.1\r\nHost: localhost\r\n" .
	    join '', map { "X-$_: " . $letter x 6800 . "\r\n" } qw(A B C);
}

at_once 'lines of two masters do not mix' => sub {
	my ($count, $s) = (100, server(<<'EOT'));
Workers 1
KeepAliveTimeout 600
RequestReadTimeout header=0
CustomLog "|{DIR}/writer {DIR}/logs/out 3" "<%U%q %{X-A}i%{X-B}i%{X-C}i>"
EOT
	ok($s->launch, 'it starts');
	my @old = map { $s->connect } 1 .. $count;
	$old[$_]->send(long("old.$_")) for 0 .. $#old;
	is($s->get('/?0')->{status}, 200, 'a request');
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	my @new = map { $s->connect } 1 .. $count;
	for my $n (0 .. $#new) {
		$new[$n]->send(long("new.$n") . "\r\n");
		$old[$n]->send("\r\n");
	}
	is(scalar(grep { $_->response->{status} != 200 } @old, @new), 0,
	    'all are answered');
	undef @old;
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	# A stop does not wait for one that reads so slowly.
	$s->wait_log('logs/out', qr/>$/, 2 * $count + 1, 60);
	$s->stop;
	my $log = $s->log('logs/out');
	my @lines = $log =~ m{^</index\.html\?(\S+) ([a-z])\2{20399}>$}mg;
	my %seen;
	my $i = 0;
	$seen{$_}++ for grep { $i++ % 2 == 0 } @lines;
	is_deeply([sort keys %seen], [sort map { ("old.$_", "new.$_") }
	    0 .. $count - 1], 'each line is whole');
	is(scalar(grep { $_ != 1 } values %seen), 0, 'and there once');
	is(scalar(begun($s)), 1, 'by one program');
	is(scalar(() = $log =~ /\n/g), 2 * $count + 3, 'there is nothing else');
};

at_once 'it is the new master that looks after it' => sub {
	my $s = server($to_out);
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	# The old master stays for as long as this is not over.
	my $half = $s->connect;
	$half->send("GET /?half HTTP/1.1\r\n");
	is($s->get('/?0')->{status}, 200, 'a request');
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	my ($first) = begun($s);
	kill 'KILL', $first;
	ok($s->wait_log('logs/out', qr/^begin/, 2), 'it is started again');
	my (undef, $second) = begun($s);
	is(Drover::Process::stat_of($second)->{parent}, $s->pid,
	    'by the new master');
	is(scalar $s->wait_log('error',
	    qr/log program .*\(pid $first\) has ended/), 1, 'which says so');
	is($s->get('/?1')->{status}, 200, 'a request to it');
	$half->send("Host: localhost\r\n\r\n");
	is($half->response->{status}, 200, 'and the end of one to the old');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	is(scalar $s->wait_log('logs/out', qr{\?(?:half|1) }, 2), 2,
	    'both lines are there');
	# One that was started by the master before that, and is replaced.
	ok(Drover::Upgrade::upgrade($s), 'another upgrade');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'a restart');
	ok($s->wait_log('logs/out', qr/^end $second$/), 'the program ends');
	ok($s->wait_log('logs/out', qr/^begin/, 3), 'and another begins');
	$s->stop;
	is(scalar(begun($s)), 3, 'three there were');
};

at_once 'one that does not see its end is made to' => sub {
	my $s = server('CustomLog "|{DIR}/deaf {DIR}/logs/out" combined');
	chmod 0755, $s->file('deaf', "#!/bin/sh\necho begin \$\$ >\$1\n" .
	    "exec sleep 1000\n");
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	my ($pid) = begun($s);
	ok(Drover::Process::stat_of($pid), 'but not the program');
	$s->stop;
	ok(!Drover::Process::stat_of($pid), 'with the server it is');
};

# It takes long until that is sure.
$ENV{DROVER_LONG} and
at_once 'one that hangs is ended by the new master' => sub {
	my $s = server('CustomLog "|{DIR}/deaf {DIR}/logs/out" ' .
	    '"%U%q %{X-A}i%{X-B}i%{X-C}i"');
	chmod 0755, $s->file('deaf', "#!/bin/sh\n" .
	    "test -e \$1 && exec cat >>\$1\necho first \$\$ >\$1\n" .
	    "exec sleep 1000\n");
	ok($s->launch, 'it starts');
	my ($pid) = $s->wait_log('logs/out', qr/^first/);
	($pid) = $pid =~ /(\d+)/;
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	my $c = $s->connect;
	$c->send(long($_) . "\r\n"), $c->response for 1 .. 80;
	ok($s->wait_log('error', qr/\(pid $pid\) takes no lines, it is asked/,
	    1, 30 * $Drover::SCALE), 'it is asked to end');
	ok($s->wait_log('error', qr/\(pid $pid\) has ended/), 'and does');
	ok($s->wait_log('logs/out', qr{\?1 }), 'the next reads its pipe');
	$s->stop;
};

at_once 'what it says on standard error is logged on' => sub {
	my $s = server($to_out);
	ok($s->launch_daemon, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	for my $n (1, 2) {
		is($s->run('-k', 'upgrade')->{status}, 0, "upgrade $n");
		Drover::Upgrade::follow($s,
		    Drover::slurp($s->pid_file) =~ s/\n//r);
	}
	ok(Drover::Upgrade::alone($s), 'the old masters are gone');
	is($s->get('/?say')->{status}, 200, 'a request');
	my ($pid) = begun($s);
	ok($s->wait_log('error', qr/^writer $pid reads$/), 'it says something');
	ok(Drover::Process::stat_of($pid), 'and lives');
	is($s->run('-k', 'stop')->{status}, 0, 'the end');
	is(scalar(begun($s)), 1, 'there was one program');
	$s->{status} = 0;
	$s->stop;
};

at_once 'an upgrade that fails leaves it to the old master' => sub {
	my $s = server("$to_out\nUpgradeTimeout 60");
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	my $fds = Drover::Upgrade::descriptors($s);
	for my $case (['exit 3', qr/ended with status 3/],
	    ["exec $program.real -C 'MaxRequests' \"\$@\"", qr/./],
	    ["exec $program.real -c 'CustomLog |/none common' \"\$@\"",
	    qr{/none}]) {
		Drover::Upgrade::install();
		rename $program, "$program.real" or die "$program: $!";
		Drover::Upgrade::install(undef, "#!/bin/sh\n$case->[0]\n");
		ok(!Drover::Upgrade::upgrade($s), "an upgrade to $case->[0]");
		ok($s->wait_log('error', qr/upgrade failed.*$case->[1]/),
		    'it fails');
	}
	Drover::Upgrade::install();
	is($s->get('/?1')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?1 /), 'has its line');
	my ($pid, @others) = begun($s);
	is("@others", '', 'of the same program');
	is(Drover::Upgrade::descriptors($s), $fds, 'no descriptor is left');
	kill 'KILL', $pid;
	ok($s->wait_log('logs/out', qr/^begin/, 2), 'it is started again');
	my (undef, $second) = begun($s);
	is(Drover::Process::stat_of($second)->{parent}, $s->pid, 'by it');
	$s->stop;
	like($s->log('logs/out'), qr/^end $second\n\z/m, 'and sees its end');
};

at_once 'it dies while the new master starts' => sub {
	my $s = server($to_out);
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	Drover::Upgrade::install();
	rename $program, "$program.real" or die "$program: $!";
	my $go = $s->dir . '/go';
	Drover::Upgrade::install(undef, "#!/bin/sh\n" .
	    "until test -e $go; do sleep 0.05; done\n" .
	    "exec $program.real \"\$@\"\n");
	$s->signal('USR2');
	ok($s->wait_log('error', qr/is started as master/), 'an upgrade');
	kill 'KILL', begun($s);
	ok($s->wait_log('logs/out', qr/^begin/, 2), 'it is started again');
	$s->file('go', '');
	ok(Drover::Upgrade::outcome($s), 'the new master serves');
	ok(Drover::Upgrade::alone($s), 'the old one is gone');
	is($s->get('/?1')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?1 /), 'has its line');
	is(scalar(begun($s)), 2, 'no third program began');
	Drover::Upgrade::install();
	$s->stop;
};

at_once 'the old master is killed while the new one starts' => sub {
	my $s = server("UpgradeTimeout 60\n$to_out");
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	my ($first) = begun($s);
	Drover::Upgrade::install();
	rename $program, "$program.real" or die "$program: $!";
	my $go = $s->dir . '/go';
	Drover::Upgrade::install(undef, "#!/bin/sh\n" .
	    "until test -e $go; do sleep 0.05; done\n" .
	    "exec $program.real \"\$@\"\n");
	$s->signal('USR2');
	my ($line) = $s->wait_log('error', qr/is started as master/);
	$s->signal('KILL');
	Drover::Upgrade::follow($s, $line =~ /as master (\d+)/);
	ok(Drover::Upgrade::alone($s), 'it is gone');
	$s->file('go', '');
	ok($s->wait_log('logs/out', qr/^begin/, 2, 30), 'it starts its own');
	ok($s->wait_log('logs/out', qr/^end $first$/), 'that one sees its end');
	is($s->get('/?1')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?1 /), 'has its line');
	Drover::Upgrade::install();
	$s->stop;
};

at_once 'a configuration without it' => sub {
	my $s = server("$to_out\n" .
	    'CustomLog "|{DIR}/writer {DIR}/logs/stays" combined');
	ok($s->launch, 'it starts');
	ok($s->wait_log("logs/$_", qr/^begin/), 'a program') for qw(out stays);
	my $half = $s->connect;
	$half->send("GET /?half HTTP/1.1\r\n");
	is($s->get('/?0')->{status}, 200, 'a request');
	$s->set_conf('CustomLog "|{DIR}/writer {DIR}/logs/stays" combined' .
	    "\n" . 'CustomLog "|{DIR}/writer {DIR}/logs/new" combined');
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	ok($s->wait_log('logs/new', qr/^begin/), 'a new program begins');
	my ($pid) = begun($s);
	ok(Drover::Process::stat_of($pid), 'the other one is still there');
	$half->send("Host: localhost\r\n\r\n");
	is($half->response->{status}, 200, 'the last request of the old one');
	ok($s->wait_log('logs/out', qr/^end $pid$/), 'then it ends');
	like($s->log('logs/out'), qr/\?half /, 'with its last line');
	ok(Drover::Upgrade::alone($s), 'and so does the old master');
	$s->stop;
	is(scalar(begun($s, 'logs/stays')), 1, 'what is in both was one');
};

at_once 'a master that tells nothing of them' => sub {
	my $s = server($to_out);
	ok($s->launch, 'it starts');
	ok($s->wait_log('logs/out', qr/^begin/), 'and its program');
	Drover::Upgrade::install();
	rename $program, "$program.real" or die "$program: $!";
	Drover::Upgrade::install(undef, <<'END' =~ s/PROGRAM/$program/r);
#!/usr/bin/perl
my @words = split / /, delete $ENV{DROVER_UPGRADE_LOGS};
require POSIX;
POSIX::close($_) for @words[4, 5];
exec 'PROGRAM.real', @ARGV;
END
	ok(Drover::Upgrade::upgrade($s), 'an upgrade');
	ok(Drover::Upgrade::alone($s), 'the old master is gone');
	my ($first) = begun($s);
	ok($s->wait_log('logs/out', qr/^end $first$/), 'so is its program');
	ok($s->wait_log('logs/out', qr/^begin/, 2), 'the new one has another');
	Drover::Upgrade::install();
	$s->stop;
};

at_once 'a variable that makes no sense' => sub {
	my $s = Drover->new;
	my %upgrade = (DROVER_UPGRADE => '1 7 9');
	for my $text ('1', '2 0 0', '1 0 0 ', '1 0 0 1 2 3 direct 1 x',
	    '1 0 0 1 3 4 direct 2 x', '1 0 0 1 1022 1023 direct 1 x') {
		ok(!$s->launch(env => { DROVER_UPGRADE => '1 1 1000',
		    DROVER_UPGRADE_LOGS => $text }), "'$text'");
	}
	is($s->log('error') // '', '', 'nothing was begun');
};

run_at_once;
done_testing;
