# SPDX-License-Identifier: BSD-2-Clause
#
# Clients that ask a server again and again, in processes of their own, while
# the test does something to it.
#
#	my $load = Drover::Load->start($s, keep => 4, once => 2);
#	... 20 graceful restarts ...
#	my $r = $load->stop;
#	is($r->{failed}, 0) or diag(@{ $r->{errors} });
#	is_deeply([$load->missing($s->log('access'))], []);
#
# Every request has a name of its own in its query ("/?3.17"), so the log can
# be held against what was answered.  A request is answered when its answer
# came whole; failed when not, whatever the reason; stale when a kept
# connection ended before the first byte of the answer, where RFC 9112 section
# 9.3.1 lets a client ask again: it is asked again under the same name.
package Drover::Load;

use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

# Options: keep and once (numbers of clients), path, pause (seconds between
# a client's requests), patience (seconds that an answer may take, 10).  Returns once every client has had an answer.
sub start {
	my ($class, $server, %option) = @_;
	my $load = bless { clients => [], port => $server->port,
	    path => $option{path} // '/', pause => $option{pause},
	    patience => ($option{patience} // 10) * $Drover::SCALE }, $class;
	my @kinds = (('keep') x ($option{keep} // 0),
	    ('once') x ($option{once} // 0));
	for my $number (0 .. $#kinds) {
		push @{ $load->{clients} },
		    $load->_client($number, $kinds[$number]);
	}
	for my $client (@{ $load->{clients} }) {
		IO::Select->new($client->{out})->can_read(10 * $Drover::SCALE)
		    or die 'a client got no answer';
		$client->{text} = '';
	}
	return $load;
}

# Ends the clients, each after its current request.
# { answered, failed, stale, errors => [text] }.
sub stop {
	my ($load) = @_;
	my %sum = (answered => 0, failed => 0, stale => 0, errors => []);
	$_->{in} = undef for @{ $load->{clients} };
	for my $client (@{ $load->{clients} }) {
		my $out = $client->{out};
		while (my $line = <$out>) {
			chomp $line;
			next if $line eq 'begun';
			my ($what, $name, $text) = split / /, $line, 3;
			$sum{$what}++;
			$load->{names}{$name} = 1 if $what eq 'answered';
			$load->{again}{$name}++ if $what eq 'stale';
			push @{ $sum{errors} }, "$name: $text\n" if $text;
		}
		waitpid $client->{pid}, 0;
	}
	return \%sum;
}

# After stop: the answered requests that have not exactly one line in the text
# of an access log.  One that was asked again may have a line for each time: a
# worker that is killed just before it sends has staged its line.
sub missing {
	my ($load, $log) = @_;
	my %lines;
	$lines{$1}++ while $log =~ / [^ "?]*\?(\d+\.\d+) HTTP/g;
	return map { "$_: " . ($lines{$_} // 0) . ' lines' } grep {
		my $more = ($lines{$_} // 0) - 1;
		$more < 0 || $more > ($load->{again}{$_} // 0);
	} sort keys %{ $load->{names} };
}

# A client tells what became of each request in a line; it ends when its
# standard pipe is closed.
sub _client {
	my ($load, $number, $kind) = @_;
	pipe my $stop_read, my $stop_write or die "pipe: $!";
	pipe my $out_read, my $out_write or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if ($pid) {
		return { pid => $pid, in => $stop_write, out => $out_read };
	}
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
	$SIG{PIPE} = 'IGNORE';
	close $stop_write;
	close $_->{in} for @{ $load->{clients} };
	eval { $load->_ask_on($number, $kind, $stop_read, $out_write) };
	syswrite $out_write, "failed $number.x $@" if $@;
	POSIX::_exit(0);
}

sub _ask_on {
	my ($load, $number, $kind, $stop, $out) = @_;
	my $select = IO::Select->new($stop);
	# Results are kept until the end, lest a full pipe stops the client.
	my ($results, $socket, $count) = ('', undef, 0);
	until ($select->can_read($load->{pause} // 0)) {
		my $name = "$number." . ++$count;
		my $error = $load->_ask($kind, $name, \$socket, \$results);
		$results .= $error ? "failed $name $error\n" :
		    "answered $name\n";
		syswrite $out, "begun\n" if $count == 1;
	}
	while (length $results) {
		my $n = syswrite $out, $results // last;
		substr $results, 0, $n, '';
	}
	return;
}

# One request, on the kept connection if there is one; '' or what went wrong.
sub _ask {
	my ($load, $kind, $name, $socket, $results) = @_;
	my $close = $kind eq 'once' ? "Connection: close\r\n" : '';
	my $request = "GET $load->{path}?$name HTTP/1.1\r\n" .
	    "Host: localhost\r\n$close\r\n";
	while (1) {
		my $kept = defined $$socket;
		$$socket //= IO::Socket::INET->new(Proto => 'tcp',
		    PeerAddr => '127.0.0.1', PeerPort => $load->{port},
		    Timeout => 10 * $Drover::SCALE)
		    or return "connect: $!";
		setsockopt $$socket, IPPROTO_TCP, TCP_NODELAY, 1;
		syswrite $$socket, $request;
		my ($error, $first, $end) = $load->_answer($$socket);
		$$socket = undef if $error || $end || $close;
		return $error if !$error || $first || !$kept;
		$$results .= "stale $name\n";
	}
}

# Reads an answer: (error, whether a byte of it came, whether the connection
# ends with it).
sub _answer {
	my ($load, $socket) = @_;
	my $text = '';
	my $need;
	my $select = IO::Select->new($socket);
	while (!defined $need || length $text < $need) {
		return ('time is up', 1, 1)
		    if !$select->can_read($load->{patience});
		my $n = sysread $socket, $text, 65536, length $text;
		return (defined $n ? 'closed' : "read: $!", length $text, 1)
		    if !$n;
		next if defined $need;
		my $head = index $text, "\r\n\r\n";
		next if $head < 0;
		my ($length) = $text =~ /^Content-Length: (\d+)\r$/mi
		    or return ("no length: $text", 1, 1);
		$need = $head + 4 + $length;
	}
	return ('more than the answer', 1, 1) if length $text > $need;
	my $end = $text =~ /^Connection: close\r$/mi;
	return ($text =~ /^(HTTP\S+ \d+)/ ? $1 : 'no status', 1, $end)
	    if $text !~ m{^HTTP/1\.1 200 };
	return ('', 1, $end);
}

1;
