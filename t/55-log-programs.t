#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that logs are piped to: the master starts them, again when they
# end, and lets them finish.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Load;
use Test::More;

# A program that appends its lines to a file; it says when it begins and when
# its input has ended.
sub writer {
	my ($s) = @_;
	my $path = $s->file('writer', <<'EOF');
#!/usr/bin/perl
open my $out, '>>', $ARGV[0] or die "$ARGV[0]: $!";
$out->autoflush(1);
use IO::Handle;
print {$out} "begin $$\n";
print {$out} $_ while <STDIN>;
print {$out} "end $$\n";
print STDERR "writer is done\n" if $ARGV[1];
EOF
	chmod 0755, $path;
	return $path;
}

sub server {
	my ($conf) = @_;
	my $s = Drover->new;
	writer($s);
	$s->set_conf($conf);
	return $s;
}

at_once 'lines reach a program, and it ends with the server' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	is($s->get("/?$_")->{status}, 200, 'a request') for 1 .. 3;
	is(scalar $s->wait_log('logs/out', qr/"GET/, 3), 3, 'three lines');
	my ($pid) = $s->log('logs/out') =~ /^begin (\d+)$/m;
	is(Drover::Process::stat_of($pid)->{parent}, $s->pid,
	    'the master started it');
	$s->stop;
	like($s->log('logs/out'), qr/^end $pid\n\z/m, 'it read all');
};

at_once 'a shell' => sub {
	my $s = server(
	    'CustomLog "|$cat | sed s/GET/got/ >>{DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	is($s->get("/?shell")->{status}, 200, 'a request');
	$s->stop;
	like($s->log('logs/out'), qr{"got /\?shell}, 'its pipe was run');
};

# As Apache has it: "|" and "||" need no shell, so none changes the words.
at_once 'arguments' => sub {
	my $s = Drover->new;
	chmod 0755, $s->file('arguments', "#!/bin/sh\n" .
	    "out=\$1; shift\nprintf '<%s>' \"\$@\" >\$out; cat >/dev/null\n");
	$s->set_conf(join "\n", map {
		qq(CustomLog "$_->[1]\{DIR}/arguments {DIR}/logs/$_->[0] ) .
		    q('one two' \"three four\" fi\ ve $HOME x\y '' * 'a\"b' >o") .
		    ' common'
	} ['a', '|'], ['b', '||'], ['c', '|| ']);
	ok($s->launch, 'it starts');
	is(join('', $s->wait_log("logs/$_", qr/<>o>/)), '<one two>' .
	    '<three four><fi ve><$HOME><xy><><*><a"b><>o>', "program $_")
	    for 'a' .. 'c';
	$s->stop;
};

# However it is run.
for my $bars ('||', '|$') {
	at_once "$bars is started again" => sub {
		my $s = server("CustomLog \"$bars\{DIR}/writer " .
		    '{DIR}/logs/out" combined');
		ok($s->launch, 'it starts');
		is($s->get('/?1')->{status}, 200, 'a request');
		ok($s->wait_log('logs/out', qr/\?1 /), 'its line');
		my ($pid) = $s->log('logs/out') =~ /^begin (\d+)$/m;
		kill 'KILL', $pid;
		ok($s->wait_log('logs/out', qr/^begin/, 2), 'another begins');
		is($s->get('/?2')->{status}, 200, 'a request');
		ok($s->wait_log('logs/out', qr/\?2 /), 'its line');
		$s->stop;
		like($s->log('logs/out'), qr/^end \d+\n\z/m, 'it read all');
	};
}

at_once 'one that is killed is started again' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	my $load = Drover::Load->start($s, keep => 1, pause => 0.005);
	# One that lived for a while is replaced at once.
	sleep 1;
	my ($pid) = $s->log('logs/out') =~ /^begin (\d+)$/m;
	kill 'KILL', $pid;
	ok($s->wait_log('logs/out', qr/^begin/, 2), 'another begins');
	ok($s->wait_log('error', qr/log program .*\(pid $pid\) was killed/),
	    'the error log says so');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	# What it had read and not written is lost: on a busy machine as much as
	# perl reads at once.
	my @missing = $load->missing($s->log('logs/out'));
	cmp_ok(scalar @missing, '<=', 8192 / length '127.0.0.1 "GET /?1.1"',
	    'and at most its last lines') or diag(@missing);
};

at_once 'what is in the pipe of one that is killed' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	$s->get("/?$_") for 1 .. 5;
	is(scalar $s->wait_log('logs/out', qr/\?\d /, 5), 5, 'five lines');
	my ($pid) = $s->log('logs/out') =~ /^begin (\d+)$/m;
	kill 'STOP', $pid;
	$s->wait_until(sub {
		Drover::Process::stat_of($pid)->{state} eq 'T';
	});
	$s->get("/?$_") for 6 .. 10;
	kill 'KILL', $pid;
	is(scalar $s->wait_log('logs/out', qr/\?\d+ /, 10), 10,
	    'is left to the next');
	$s->stop;
};

at_once 'a restart starts it anew' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out" combined');
	ok($s->launch, 'it starts');
	my $load = Drover::Load->start($s, keep => 2);
	for my $generation (2 .. 4) {
		$s->signal('USR1');
		ok($s->wait_notify(qr/generation $generation$/m), 'restart');
	}
	my $r = $load->stop;
	is($r->{failed} + $r->{stale}, 0, "none of $r->{answered} failed");
	$s->stop;
	ok($s->wait_log('logs/out', qr/^end/, 4), 'all four came to an end');
	is_deeply([$load->missing($s->log('logs/out'))], [],
	    'no line was lost');
};

at_once 'what it says on standard error is logged by a daemon' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out say" combined');
	ok($s->launch_daemon, 'it starts');
	my ($pid) = $s->wait_log('logs/out', qr/^begin/);
	($pid) = $pid =~ /(\d+)/;
	$s->signal('USR1');
	ok($s->wait_log('logs/out', qr/^end $pid/), 'the first one ends');
	ok($s->wait_log('error', qr/writer is done/), 'in the error log');
	$s->stop;
};

# A server whose program does not live, with lines for it in its pipe.
sub with_dead_program {
	my $s = server('CustomLog "|{DIR}/picky {DIR}/logs/out" combined');
	chmod 0755, $s->file('picky', "#!/bin/sh\n" .
	    "test -e '$s->{dir}/broken' && exit 1\nexec cat >>\$1\n");
	ok($s->launch, 'it starts');
	is($s->get('/?0')->{status}, 200, 'a request');
	ok($s->wait_log('logs/out', qr/\?0 /), 'its line');
	$s->file('broken', '');
	kill 'KILL', $s->children(qr/\bcat\b/);
	ok($s->wait_log('error', qr/log program .* ended with status 1/),
	    'the program cannot go on');
	is($s->get("/?$_")->{status}, 200, 'a request') for 1 .. 20;
	# When the logger has written these to the pipe cannot be seen.
	sleep 0.2;
	unlink "$s->{dir}/broken";
	return $s;
}

at_once 'a program that is dead at a restart gets its lines' => sub {
	my $s = with_dead_program();
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'a restart');
	is($s->get('/?21')->{status}, 200, 'a request');
	is(scalar $s->wait_log('logs/out', qr/\?\d+ /, 22), 22, 'all lines');
	$s->stop;
};

at_once 'a program that is dead at the end gets its lines' => sub {
	my $s = with_dead_program();
	$s->stop;
	is(scalar $s->wait_log('logs/out', qr/\?\d+ /, 21), 21, 'all lines');
};

at_once 'a program that says a lot at once' => sub {
	my $s = Drover->new;
	# More than a pipe holds, and it does not ask whether it was written.
	chmod 0755, $s->file('talker', <<'EOF');
#!/usr/bin/perl
$| = 1;
print STDERR "a line as programs write them, number $_\n" for 1 .. 5000;
print STDERR "that was all\n";
1 while <STDIN>;
EOF
	$s->set_conf('CustomLog "|{DIR}/talker" combined');
	ok($s->launch_daemon, 'it starts');
	ok($s->wait_log('error', qr/^that was all$/), 'it has said all');
	is(scalar $s->wait_log('error',
	    qr/^a line as programs write them, number \d+$/, 5000), 5000,
	    'nothing of it is lost');
	$s->stop;
};

at_once 'a daemon and all it starts let go of who started it' => sub {
	my $s = server('CustomLog "|{DIR}/writer {DIR}/logs/out" combined' .
	    "\n" . 'CustomLog "|$echo to standard output; cat >/dev/null" common');
	ok($s->launch_daemon, 'it starts');
	my @pids = ($s->pid, map { $_->{pid} }
	    Drover::Process::descendants($s->pid));
	cmp_ok(scalar @pids, '>=', 6, 'workers, logger, programs');
	# What reads the start's output would wait for its end.
	my @held = grep { (readlink $_ // '') =~ m{/run\.(?:out|err)$} }
	    map { glob "/proc/$_/fd/*" } @pids;
	is("@held", '', 'nobody has its output');
	ok($s->wait_log('error', qr/^to standard output$/),
	    'what a program says there is logged');
	$s->stop;
};

at_once 'standard streams' => sub {
	my $s = Drover->start(conf => "CustomLog /dev/stdout combined\n" .
	    'ErrorLog stderr');
	is($s->get('/?streams')->{status}, 200, 'a request');
	$s->wait_until(sub { Drover::slurp($s->dir . '/stdout') =~ /streams/ });
	like(Drover::slurp($s->dir . '/stdout'), qr{"GET /\?streams},
	    'a line for it');
	like($s->stderr, qr/serving with 2 workers/, 'errors go there');
	$s->stop;
};

run_at_once;
done_testing;
