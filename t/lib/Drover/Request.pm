# SPDX-License-Identifier: BSD-2-Clause
#
# drover-request under test, and servers for it that do what a script says.
#
#	my $r = request('-i', $url);		# { status, out, err }
#	my $server = Drover::Request->serve(sub {
#	    my ($peer, $count) = @_;		# the count-th connection
#	    $peer->head;			# reads a request's head
#	    $peer->send("HTTP/1.1 200 OK\r\n\r\n");
#	});
#	request($server->url('/'));
#	like($server->received, qr/^GET/);	# all that was read
#	$server->stop;
#
# A connection is closed when the script returns.
package Drover::Request;

use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(dirname);
use IO::Socket::INET;
use POSIX ();

use Drover;

our @EXPORT = qw(request on_terminal);
our $PROGRAM = $ENV{DROVER_REQUEST} //
    dirname($Drover::PROGRAM) . '/drover-request';

my $creator = $$;
my ($runs, @servers) = (0);

# Runs it to its end.  The first argument may be a hash: stdin and stdout
# (paths), cwd, command (what to run in its place).
sub request {
	my $option = ref $_[0] ? shift : {};
	my @command = $option->{command} ? @{ $option->{command} } :
	    ($PROGRAM, @_);
	my ($out, $err) = map { Drover::folder() . '/request.' . $_ }
	    ++$runs . '.out', "$runs.err";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		chdir($option->{cwd} // '.') or POSIX::_exit(126);
		open STDIN, '<', $option->{stdin} // '/dev/null'
		    or POSIX::_exit(126);
		open STDOUT, '>', $option->{stdout} // $out
		    or POSIX::_exit(126);
		open STDERR, '>', $err or POSIX::_exit(126);
		{ no warnings 'exec'; exec { $command[0] } @command; }
		POSIX::_exit(127);
	}
	my $status = Drover::Process::wait_child($pid, 60 * $Drover::SCALE);
	if (!defined $status) {
		kill 'KILL', $pid;
		waitpid $pid, 0;
		$status = 'time is up';
	}
	return { status => $status, out => Drover::slurp($out),
	    err => Drover::slurp($err) };
}

# The same on a terminal, where out is what the terminal got.  stdout and
# stderr may be sent elsewhere: on_terminal({ stderr => path }, ...).  undef
# where there is no script(1) that can do it.
sub on_terminal {
	my $option = ref $_[0] ? shift : {};
	my ($script) = grep { -x } map { "$_/script" } split /:/, $ENV{PATH};
	return undef if !defined $script;
	my $line = join ' ', map { "'" . s/'/'\\''/gr . "'" } $PROGRAM, @_;
	$line .= " >'$option->{stdout}'" if $option->{stdout};
	$line .= " 2>'$option->{stderr}'" if $option->{stderr};
	my $r = request({ command => [$script, '-qec', $line, '/dev/null'] });
	return $r->{err} =~ /invalid option|usage/i ? undef : $r;
}

# ---- Servers --------------------------------------------------------------

sub serve {
	my ($class, $script) = @_;
	my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    Listen => 16, ReuseAddr => 1) or die "listen: $@";
	my $log = Drover::folder() . '/served.' . (@servers + 1);
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		$SIG{PIPE} = 'IGNORE';
		$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
		alarm 120 * $Drover::SCALE;
		my $count = 0;
		while (my $socket = $listener->accept) {
			my $peer = Drover::Request::Peer->new($socket, $log);
			eval { $script->($peer, ++$count); };
			print STDERR "# server: $@" if $@;
			close $socket;
		}
		POSIX::_exit(0);
	}
	my $s = bless { pid => $pid, log => $log,
	    port => $listener->sockport }, $class;
	push @servers, $s;
	return $s;
}

sub port { return $_[0]{port} }
sub url { return "http://127.0.0.1:$_[0]{port}" . ($_[1] // '/') }
# Everything that its connections have read, in one text.
sub received { return Drover::slurp($_[0]{log}) }

sub stop {
	my ($s) = @_;
	return if !$s->{pid};
	kill 'KILL', $s->{pid};
	waitpid $s->{pid}, 0;
	delete $s->{pid};
	return;
}

END {
	if ($$ == $creator) {
		my $status = $?;
		$_->stop for @servers;
		$? = $status;
	}
}

package Drover::Request::Peer;

use strict;
use warnings;
use Socket qw(IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_LINGER);

sub new {
	my ($class, $socket, $log) = @_;
	setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
	open my $out, '>>:raw', $log or die "$log: $!";
	$out->autoflush(1);
	return bless { socket => $socket, in => '', log => $out }, $class;
}

sub socket { return $_[0]{socket} }

# Reads more; false at the end.
sub fill {
	my ($p) = @_;
	my $n = sysread $p->{socket}, my $bytes, 65536;
	return 0 if !$n;
	print { $p->{log} } $bytes;
	$p->{in} .= $bytes;
	return $n;
}

# The next request's head; undef at the end.
sub head {
	my ($p) = @_;
	my $end;
	while (($end = index $p->{in}, "\r\n\r\n") < 0) {
		$p->fill or return undef;
	}
	return substr $p->{in}, 0, $end + 4, '';
}

# The next count bytes, or what there is before the end.
sub bytes {
	my ($p, $count) = @_;
	while (length $p->{in} < $count) {
		$p->fill or last;
	}
	return substr $p->{in}, 0, $count, '';
}

# All until the client closes.
sub rest {
	my ($p) = @_;
	1 while $p->fill;
	return $p->bytes(length $p->{in});
}

sub send {
	my ($p, $bytes) = @_;
	while (length $bytes) {
		my $n = syswrite $p->{socket}, $bytes;
		return 0 if !defined $n;
		substr $bytes, 0, $n, '';
	}
	return 1;
}

# An answer with a length; fields as text with their line ends.
sub answer {
	my ($p, $status, $body, $fields) = @_;
	return $p->send("HTTP/1.1 $status\r\n" . ($fields // '') .
	    'Content-Length: ' . length($body) . "\r\n\r\n$body");
}

# Closes with a reset.
sub reset {
	my ($p) = @_;
	setsockopt $p->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	return close $p->{socket};
}

1;
