# SPDX-License-Identifier: BSD-2-Clause
#
# A server for one black-box test: own folder, own port, own processes.
#
#	my $s = Drover->start(
#	    conf => "KeepAlive Off\n",
#	    files => { 'a.txt' => "hello\n" });
#	is($s->get('/a.txt')->{body}, "hello\n");
#	$s->wait_log('access', qr{GET /a.txt});
#	$s->stop;
#	done_testing;
#
# {DIR}, {PORT}, {PORT2}, {PORT3}... in conf stand for the folder and for free
# ports.  Paths in conf are below {DIR}: conf/ htdocs/ logs/.  A directive at
# the start of a line of conf takes the place of the helper's own (Listen,
# Workers, ErrorLog...).
#
# From the environment, set by the Makefile: DROVER (the program), TOP_SRCDIR.
# DROVER_VALGRIND=1 runs the server under valgrind, DROVER_EXTRA_CONF is put
# at the end of every httpd.conf.  What valgrind or a sanitizer reports fails
# the test at stop().  A folder stays only when its test failed.
package Drover;

use strict;
use warnings;
use Cwd ();
use Fcntl;
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp ();
use IO::Select;
use POSIX qw(WNOHANG);
use Socket;
use Test::More ();
use Time::HiRes qw(sleep time);

use Drover::Conn;
use Drover::Port qw(free_port);
use Drover::Process;

our $SRC = Cwd::abs_path($ENV{TOP_SRCDIR} // dirname(__FILE__) . '/../..');
our $PROGRAM = $ENV{DROVER} // "$SRC/build/drover";
our $CTL = ($ENV{DROVER} // "$SRC/build/drover") . 'ctl';
our $VALGRIND = $ENV{DROVER_VALGRIND} ? $ENV{VALGRIND} || 'valgrind' : undef;

# Every bound on time is multiplied by it.  Bounds are generous: they end a
# test that hangs, they do not measure.
our $SCALE = $VALGRIND ? 10 : 1;

my $creator = $$;
my @running;	# servers not yet stopped
my ($folder, $servers);
my $watched;

# ---- Making and starting --------------------------------------------------

# The folder and its files, nothing started.  Options: conf, files, port,
# bare (conf is the whole httpd.conf), trespasses (the sandbox is to refuse).
sub new {
	my ($class, %option) = @_;
	my $dir = folder() . '/' . ++$servers;
	my $reports = "$dir.reports";
	make_path($reports, map { "$dir/$_" } qw(conf htdocs logs));
	# Where a test that closes doors below dir will not hide them.
	chmod 01777, $reports or die "$reports: $!";
	my $s = bless {
		dir => $dir, reports => $reports, conf => $option{conf} // '',
		bare => $option{bare}, ports => {},
		trespasses => $option{trespasses},
	}, $class;
	$s->{ports}{PORT} = $option{port} if $option{port};
	my $files = $option{files} // { 'index.html' => "hello\n" };
	$s->file("htdocs/$_", $files->{$_}) for sort keys %$files;
	$s->write_conf;
	return $s;
}

# The folder of the whole test, which has a folder for each of its servers.
sub folder {
	return $folder if defined $folder;
	my ($test) = $0 =~ m{([^/]*?)(?:\.t)?$};
	$folder = File::Temp::tempdir("drover-$test-XXXXXX", TMPDIR => 1);
	# Workers run as another user when the test runs as root.
	chmod 0755, $folder or die "$folder: $!";
	return $folder;
}

# new and launch; dies with what the server said if it does not start.
sub start {
	my ($class, %option) = @_;
	my $s;
	for my $try (1 .. 3) {
		$s = $class->new(%option);
		return $s if $s->launch(%option);
		# Somebody outside of these tests may have taken the port.
		last if $option{port} || $s->stderr !~ /in use/i;
	}
	die "drover did not start, it ended with $s->{status}:\n" .
	    $s->stderr . $s->log('error');
}

# Starts the server in the foreground and waits until it says READY.  False
# if it ended instead: see exit_status() and stderr().  Options: args (more
# arguments), env (more environment), stdin (a path, /dev/null unless given),
# by (a command that runs it: pid is that command's).
sub launch {
	my ($s, %option) = @_;
	my @command = (@{ $option{by} // [] }, $s->_instrument, $PROGRAM, '-d', $s->{dir},
	    '-f', $s->conf_file, @{ $option{args} // [] }, '-D', 'FOREGROUND');
	delete $s->{status};
	$s->{notify} //= $s->_notify_socket;
	$s->{pid} = $s->_spawn(\@command, "$s->{dir}/stdout",
	    "$s->{dir}/stderr", $option{env}, $option{stdin});
	$s->{group} = $s->{pid};
	push @running, $s;
	my $end = time + 30 * $SCALE;
	while (!$s->wait_notify(qr/^READY=1$/m, 0.05)) {
		next if !$s->_reap && time < $end;
		Test::More::diag('drover: not ready in time') if time >= $end;
		$s->kill_all;
		return 0;
	}
	return 1;
}

# Starts it as a daemon (drover -k start), which returns once it serves.
# False if it failed.
sub launch_daemon {
	my ($s, @args) = @_;
	my $run = $s->run(@args, '-k', 'start');
	$s->{status} = $run->{status};
	return 0 if $run->{status} != 0;
	($s->{pid}) = slurp($s->pid_file) =~ /^(\d+)\n\z/
	    or die 'no pid in ' . $s->pid_file;
	my $process = Drover::Process::stat_of($s->{pid})
	    or die "the pid file names $s->{pid}, which does not live";
	delete $s->{status};
	$s->{daemon} = 1;
	$s->{group} = $process->{group};
	push @running, $s;
	return 1;
}

# Runs the program to its end, "drover -t" say: { status, out, err }, where
# status is the exit status, or "signal N".
sub run {
	my ($s, @args) = @_;
	return $s->_run($PROGRAM, @args);
}

# The same with droverctl.
sub ctl {
	my ($s, @args) = @_;
	return $s->_run($CTL, @args);
}

sub _run {
	my ($s, $program, @args) = @_;
	my ($out, $err) = map { "$s->{dir}/run.$_" } qw(out err);
	my $pid = $s->_spawn([$s->_instrument, $program, '-d', $s->{dir}, '-f',
	    $s->conf_file, @args], $out, $err);
	my $status = Drover::Process::wait_child($pid, 60 * $SCALE);
	if (!defined $status) {
		kill 'KILL', $pid;
		waitpid $pid, 0;
		$status = 'time is up';
	}
	return { status => $status, out => slurp($out), err => slurp($err) };
}

sub _spawn {
	my ($s, $command, $out, $err, $env, $in) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	# A group of its own, by which stop() finds what is left over.
	setpgrp 0, 0;
	%ENV = (%ENV, $s->_environment, %{ $env // {} });
	open STDIN, '<', $in // '/dev/null' or POSIX::_exit(126);
	open STDOUT, '>', $out or POSIX::_exit(126);
	open STDERR, '>', $err or POSIX::_exit(126);
	{ no warnings 'exec'; exec { $command->[0] } @$command; }
	print STDERR "$command->[0]: $!\n";
	POSIX::_exit(127);
}

sub _instrument {
	my ($s) = @_;
	return () if !$VALGRIND;
	# It is the server that is watched, not the programs that it runs.
	return ($VALGRIND, '-q', '--error-exitcode=99', '--leak-check=full',
	    '--show-leak-kinds=definite', '--errors-for-leak-kinds=definite',
	    '--trace-children=yes',
	    '--trace-children-skip=/bin/*,/usr/*,' . folder() . '/*',
	    '--vgdb=no', "--log-file=$s->{reports}/valgrind.%p");
}

sub _environment {
	my ($s) = @_;
	my $log = "log_path=$s->{reports}/sanitizer";
	return (
		NOTIFY_SOCKET => "$s->{dir}/notify",
		# By which what is left over is found.
		DROVER_TEST => $s->{dir},
		ASAN_OPTIONS => join(':', grep { defined } $log,
		    'exitcode=99:abort_on_error=0', $ENV{ASAN_OPTIONS}),
		UBSAN_OPTIONS => join(':', grep { defined } $log,
		    'print_stacktrace=1', $ENV{UBSAN_OPTIONS}),
	);
}

# ---- Readiness ------------------------------------------------------------

sub _notify_socket {
	my ($s) = @_;
	socket my $socket, PF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
	bind $socket, pack_sockaddr_un("$s->{dir}/notify") or die "bind: $!";
	chmod 0777, "$s->{dir}/notify";
	return $socket;
}

# Waits for a message to the service manager that matches (READY=1,
# RELOADING=1, STOPPING=1) and returns it; undef when time is up.
sub wait_notify {
	my ($s, $regex, $seconds) = @_;
	my $end = time + ($seconds // 30 * $SCALE);
	while ((my $left = $end - time) > 0) {
		IO::Select->new($s->{notify})->can_read($left) or next;
		defined recv $s->{notify}, my $message, 4096, 0 or die "recv: $!";
		return $message if $message =~ $regex;
	}
	return undef;
}

# ---- Files ----------------------------------------------------------------

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', $path or return '';
	local $/;
	return scalar(<$in>) // '';
}

# Writes a file below the folder as a whole: it is never seen half written.
# Returns its path.
sub file {
	my ($s, $name, $content) = @_;
	my $path = "$s->{dir}/$name";
	make_path(dirname($path));
	open my $out, '>:raw', "$path.new" or die "$path.new: $!";
	print {$out} $content;
	close $out or die "$path.new: $!";
	rename "$path.new", $path or die "$path: $!";
	return $path;
}

# Replaces what the test adds to httpd.conf, for a reload.
sub set_conf {
	my ($s, $conf) = @_;
	$s->{conf} = $conf;
	return $s->write_conf;
}

sub write_conf {
	my ($s) = @_;
	my $text = $s->{bare} ? '' : $s->_default_conf;
	$text .= "$s->{conf}\n" . ($ENV{DROVER_EXTRA_CONF} // '') . "\n";
	$text .= "Sandbox off\n" if is_watched() && $text !~ /^Sandbox\s/m;
	$text =~ s/\{DIR\}/$s->{dir}/g;
	$text =~ s/\{(PORT\d*)\}/$s->{ports}{$1} \/\/= free_port()/ge;
	return $s->file('conf/httpd.conf', $text);
}

# What every server needs, without what the test sets itself.
sub _default_conf {
	my ($s) = @_;
	my ($user, $group) = unprivileged();
	my @lines = ('ServerRoot "{DIR}"', 'Listen 127.0.0.1:{PORT}',
	    'ServerName localhost', 'PidFile "logs/drover.pid"',
	    ($> == 0 ? ("User $user", "Group $group") : ()),
	    'Workers 2', 'DocumentRoot "{DIR}/htdocs"',
	    "TypesConfig \"$SRC/conf/mime.types\"",
	    'ErrorLog "logs/error_log"', 'LogLevel info',
	    'CustomLog "logs/access_log" combined');
	my $text = 'LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" ' .
	    "\\\"%{User-Agent}i\\\"\" combined\n";
	for my $line (@lines) {
		my ($name) = split ' ', $line;
		$text .= "$line\n" unless $s->{conf} =~ /^\Q$name\E\s/mi;
	}
	return $text . <<'EOF';
<Directory "/">
    AllowOverride None
    Require all denied
</Directory>
<Directory "{DIR}/htdocs">
    Require all granted
</Directory>
EOF
}

# Whether the program runs under valgrind, or was built with sanitizers or to
# count its lines: these make calls of their own, which a sandbox refuses.
sub is_watched {
	$watched //= $VALGRIND ||
	    slurp($PROGRAM) =~ /__asan_init|__gcov_exit/ ? 1 : 0;
	return $watched;
}

# User and group that a root master gives its workers.
sub unprivileged {
	for my $user ('www-data', 'nobody') {
		my @entry = getpwnam $user or next;
		return ($user, scalar getgrgid $entry[3]);
	}
	die 'neither www-data nor nobody';
}

# ---- Looking --------------------------------------------------------------

sub dir { return $_[0]{dir} }
sub pid { return $_[0]{pid} }
sub port { return $_[0]{ports}{ 'PORT' . ($_[1] // '') } }
sub url { return 'http://127.0.0.1:' . $_[0]->port . ($_[1] // '') }
sub conf_file { return "$_[0]{dir}/conf/httpd.conf" }
sub pid_file { return "$_[0]{dir}/logs/drover.pid" }
sub control_socket { return "$_[0]{dir}/logs/drover.sock" }
sub stderr { return slurp("$_[0]{dir}/stderr") }
# After the end: the exit status, or "signal N".
sub exit_status { return $_[0]{status} }

# The text of a log: log('access'), log('error'), log('logs/other').
sub log {
	my ($s, $name) = @_;
	return slurp($s->log_path($name));
}

sub log_path {
	my ($s, $name) = @_;
	return "$s->{dir}/" . ($name =~ m{/} ? $name : "logs/${name}_log");
}

# Waits until at least count lines match and returns them all; fewer lines
# when time is up.  One may write: is(scalar $s->wait_log(...), 3).
sub wait_log {
	my ($s, $name, $regex, $count, $seconds) = @_;
	my $end = time + ($seconds // 10) * $SCALE;
	my @found;
	do {
		@found = grep { /$regex/ } split /(?<=\n)/, $s->log($name);
		return @found if @found >= ($count // 1);
		sleep 0.01;
	} while (time < $end);
	Test::More::diag("$name log: " . @found . " lines match $regex");
	return @found;
}

# Waits until sub is true and returns what it returned.
sub wait_until {
	my ($s, $sub, $seconds) = @_;
	my $end = time + ($seconds // 10) * $SCALE;
	while (1) {
		my $result = $sub->();
		return $result if $result || time >= $end;
		sleep 0.01;
	}
}

# Pids of the master's children whose title says so, sorted.
sub workers { return $_[0]->children(qr/worker/) }

sub children {
	my ($s, $title) = @_;
	return grep { Drover::Process::title($_) =~ $title }
	    Drover::Process::children($s->{pid});
}

# ---- Talking --------------------------------------------------------------

sub connect {
	my ($s, $port) = @_;
	return Drover::Conn->new($port // $s->port);
}

# One request on a connection of its own; headers as a list of name, value.
sub get {
	my ($s, $path, @headers) = @_;
	return $s->request('GET', $path, '', @headers);
}

sub request {
	my ($s, $method, $path, $body, @headers) = @_;
	my $conn = $s->connect;
	$conn->request($method, $path, $body, Connection => 'close', @headers);
	my $response = $conn->response($method eq 'HEAD');
	$conn->close;
	return $response;
}

# Sends bytes as they are, and reads until the server closes or time is up.
sub raw {
	my ($s, $bytes, $seconds) = @_;
	my $conn = $s->connect;
	$conn->send($bytes);
	return $conn->read_all($seconds);
}

# The same, each byte in a segment of its own.
sub raw_bytewise {
	my ($s, $bytes, $seconds) = @_;
	my $conn = $s->connect;
	for my $byte (split //, $bytes) {
		$conn->send($byte) or last;
		# Nothing tells that the server has read it.
		sleep 0.0003;
	}
	return $conn->read_all($seconds);
}

# Runs curl; an argument that begins with "/" is a path on this server.
# { status, out, err }.
sub curl {
	my ($s, @args) = @_;
	s{^(?=/)}{$s->url}e for @args;
	my ($out, $err) = map { "$s->{dir}/curl.$_" } qw(out err);
	my $pid = $s->_spawn(['curl', '-sS', '--max-time', 30 * $SCALE, @args],
	    $out, $err);
	my $status = Drover::Process::wait_child($pid, 60 * $SCALE);
	return { status => $status, out => slurp($out), err => slurp($err) };
}

sub have_curl {
	return !!grep { -x "$_/curl" } split /:/, $ENV{PATH};
}

# Calls sub once for each way to speak to the server, as a subtest: with the
# way's name and curl's arguments for it.
sub for_each_framing {
	my ($sub) = @_;
	my @framings = (
		['http/1.0', '--http1.0'],
		['http/1.1', '--http1.1'],
	);
	for my $framing (@framings) {
		my ($name, @curl) = @$framing;
		Test::More::subtest($name => sub {
			Test::More::plan(skip_all => 'no curl')
			    if !have_curl();
			$sub->($name, @curl);
		});
	}
	return;
}

# ---- Ending ---------------------------------------------------------------

sub signal {
	my ($s, $name) = @_;
	return kill $name, $s->{pid};
}

# Waits for the master's end; its exit status, undef when time is up.
sub wait_end {
	my ($s, $seconds) = @_;
	$s->wait_until(sub { $s->_reap }, $seconds // 10);
	return $s->{status};
}

# True once the master has ended; a daemon's status is not known.
sub _reap {
	my ($s) = @_;
	return 1 if defined $s->{status};
	if ($s->{daemon}) {
		$s->{status} = 0 if !Drover::Process::stat_of($s->{pid});
	} elsif (waitpid($s->{pid}, WNOHANG) == $s->{pid}) {
		$s->{status} = Drover::Process::status($?);
	}
	return defined $s->{status};
}

# Ends the server, by TERM unless another signal is named, and checks as one
# test that it ended in time with status 0, left no process behind, that neither
# valgrind nor a sanitizer complained, and that the sandbox had nothing to
# refuse.
sub stop {
	my ($s, $signal, $seconds) = @_;
	my @known = Drover::Process::descendants($s->{pid});
	$s->signal($signal // 'TERM') if !defined $s->{status};
	my @bad;
	my $status = $s->wait_end($seconds);
	push @bad, 'it did not end in time' if !defined $status;
	push @bad, "it ended with $status" if defined $status && $status ne '0';
	push @bad, map { "left over: $_->{pid} $_->{title}" }
	    $s->_left_over(@known);
	push @bad, $s->reports;
	push @bad, grep { !$s->{trespasses} }
	    $s->log('error') =~ /(the sandbox refused \w+)/g;
	$s->kill_all;
	my $ok = Test::More::ok(!@bad, 'the server stops and leaves nothing');
	Test::More::diag($_) for @bad;
	if (!$ok) {
		my @log = split /^/m, $s->log('error');
		splice @log, 0, -20;
		Test::More::diag(map { "error_log: $_" } @log);
	}
	return $ok;
}

# What still lives of the server a moment after the master's end.  (A worker
# learns of it by a signal, and may be in the middle of a thing.)
sub _left_over {
	my ($s, @known) = @_;
	my @left;
	$s->wait_until(sub {
		@left = grep { $_->{pid} != $$ }
		    (Drover::Process::living($s->{group}, @known),
		    $s->_own_processes);
		return !@left;
	}, 2);
	return @left;
}

# Whoever it started, log programs too, whose parent may be gone.
sub _own_processes {
	my ($s) = @_;
	return Drover::Process::with_variable("DROVER_TEST=$s->{dir}");
}

# The texts of what valgrind and the sanitizers complained about.  valgrind
# also warns, with "--", of a system call that it does not know: the program
# has its fallback for that.  gcc's UBSan writes to standard error whatever
# its options say, and for a worker that ends in the error log.
sub reports {
	my ($s) = @_;
	my @texts = map { slurp($_) } glob "$s->{reports}/*";
	s/^--\d+--.*\n//mg for @texts;
	push @texts, grep { /: runtime error: |Sanitizer/ }
	    map { split /^/m } $s->stderr, $s->log('error');
	return grep { /\S/ } @texts;
}

# For what did not end by itself.
sub kill_all {
	my ($s) = @_;
	if (!$s->{daemon} && !defined $s->{status}) {
		kill 'KILL', $s->{pid};
		waitpid $s->{pid}, 0;
		$s->{status} = 'killed';
	}
	kill 'KILL', grep { $_ != $$ } map { $_->{pid} }
	    Drover::Process::living($s->{group}), $s->_own_processes;
	@running = grep { $_ != $s } @running;
	return;
}

$SIG{$_} //= sub { exit 1 } for qw(INT TERM HUP);

# In a child of the test: what it makes is its own, and what there is is not.
sub become_other {
	folder();
	($creator, @running) = ($$);
	$folder .= "/$$";
	mkdir $folder or die "$folder: $!";
	return;
}

# Servers that were not stopped; true if there are some.
sub end_others {
	my @left = @running;
	for my $s (@left) {
		Test::More::diag("server $s->{pid} was not stopped");
		$s->kill_all;
	}
	return @left > 0;
}

END {
	if ($$ == $creator) {
		my $status = $?;
		$status ||= 1 if end_others();
		my $fine = $status == 0 &&
		    Test::More->builder->is_passing;
		if (defined $folder) {
			$fine ? remove_tree($folder) :
			    Test::More::diag("kept: $folder");
		}
		$? = $status;
	}
}

1;
