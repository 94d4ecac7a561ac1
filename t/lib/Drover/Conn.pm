# SPDX-License-Identifier: BSD-2-Clause
#
# A client's connection that does what it is told, byte by byte if need be,
# and reads answers strictly: what HTTP/1.1 does not allow dies.
package Drover::Conn;

use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_LINGER);
use Time::HiRes qw(time);

sub new {
	my ($class, $port, $address) = @_;
	my $socket = IO::Socket::INET->new(Proto => 'tcp',
	    PeerAddr => $address // '127.0.0.1', PeerPort => $port,
	    Timeout => 10 * $Drover::SCALE) or die "connect: $port: $@";
	setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
	binmode $socket;
	return bless { socket => $socket, in => '', eof => 0 }, $class;
}

sub socket { return $_[0]{socket} }

# Sends all; false when the server has closed.
sub send {
	my ($c, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	while (length $bytes) {
		my $n = syswrite $c->{socket}, $bytes;
		return 0 if !defined $n;
		substr $bytes, 0, $n, '';
	}
	return 1;
}

sub request {
	my ($c, $method, $target, $body, @headers) = @_;
	my $text = "$method $target HTTP/1.1\r\n";
	my %given;
	my @pairs = @headers;
	while (my ($name, $value) = splice @pairs, 0, 2) {
		# A later one takes the place of the helper's own.
		$given{lc $name} = "$name: $value\r\n";
	}
	$text .= "Host: localhost\r\n" if !$given{host};
	$text .= 'Content-Length: ' . length($body) . "\r\n"
	    if length($body // '') && !$given{'content-length'} &&
	    !$given{'transfer-encoding'};
	return $c->send(join '', $text, (map { $given{$_} } sort keys %given),
	    "\r\n", $body // '');
}

sub get {
	my ($c, $target, @headers) = @_;
	$c->request('GET', $target, '', @headers);
	return $c->response;
}

# More bytes into the buffer.  False at the end; dies when time is up.
sub _fill {
	my ($c, $end) = @_;
	return 0 if $c->{eof};
	my $left = $end - time;
	die "time is up; read so far: $c->{in}\n"
	    if $left <= 0 || !IO::Select->new($c->{socket})->can_read($left);
	my $n = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};
	$c->{error} = $! if !defined $n;
	$c->{eof} = 1 if !$n;
	return $n;
}

sub _line {
	my ($c, $end) = @_;
	while ($c->{in} !~ /\n/) {
		$c->_fill($end) or return undef;
	}
	$c->{in} =~ s/^([^\n]*)\r\n// or die "a line without CR: $c->{in}\n";
	return $1;
}

sub _bytes {
	my ($c, $count, $end) = @_;
	while (length $c->{in} < $count) {
		$c->_fill($end) or die 'closed with ' . length($c->{in}) .
		    " of $count bytes\n";
	}
	return substr $c->{in}, 0, $count, '';
}

sub _fields {
	my ($c, $end) = @_;
	my @fields;
	while (1) {
		my $line = $c->_line($end) // die "closed within fields\n";
		return @fields if $line eq '';
		my ($name, $value) =
		    $line =~ /^([!#\$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/
		    or die "bad field: $line\n";
		push @fields, [$name, $value];
	}
}

# The next answer: { status, reason, version, fields, header, body, interim }.
# fields are pairs in order, header is a hash by lower-case name (several of
# a name joined by ", "), interim holds the 1xx before it.  undef when the
# server closed instead.
sub response {
	my ($c, $head, $seconds) = @_;
	my $end = time + ($seconds // 10) * $Drover::SCALE;
	my @interim;
	while (1) {
		my $line = $c->_line($end);
		if (!defined $line) {
			die "closed within an answer: $c->{in}\n" if $c->{in} ne '';
			return undef;
		}
		my ($version, $status, $reason) =
		    $line =~ m{^HTTP/(\d\.\d) (\d{3}) (.*)$}
		    or die "bad status line: $line\n";
		my $r = { version => $version, status => $status,
		    reason => $reason, fields => [$c->_fields($end)],
		    interim => \@interim };
		for my $field (@{ $r->{fields} }) {
			my $name = lc $field->[0];
			$r->{header}{$name} = defined $r->{header}{$name} ?
			    "$r->{header}{$name}, $field->[1]" : $field->[1];
		}
		if ($status < 200 && $status != 101) {
			push @interim, $r;
			next;
		}
		$r->{body} = $c->_body($r, $head, $end);
		return $r;
	}
}

sub _body {
	my ($c, $r, $head, $end) = @_;
	return '' if $head || $r->{status} =~ /^(?:101|204|304)$/;
	my ($coding, $length) =
	    @{ $r->{header} }{ 'transfer-encoding', 'content-length' };
	die "both Transfer-Encoding and Content-Length\n"
	    if defined $coding && defined $length;
	return $c->_chunks($r, $end) if defined $coding;
	if (defined $length) {
		die "bad Content-Length: $length\n" if $length !~ /^\d+$/;
		return $c->_bytes($length, $end);
	}
	1 while $c->_fill($end);
	my $body = $c->{in};
	$c->{in} = '';
	return $body;
}

sub _chunks {
	my ($c, $r, $end) = @_;
	die "unknown coding\n"
	    if lc $r->{header}{'transfer-encoding'} ne 'chunked';
	my $body = '';
	while (1) {
		my $line = $c->_line($end) // die "closed before a chunk\n";
		$line =~ /^([0-9A-Fa-f]{1,15})(?:[ \t]*;.*)?$/
		    or die "bad chunk size: $line\n";
		my $size = hex $1;
		last if $size == 0;
		$body .= $c->_bytes($size, $end);
		$c->_bytes(2, $end) eq "\r\n" or die "bad end of chunk\n";
	}
	$r->{trailers} = [$c->_fields($end)];
	return $body;
}

# All bytes until the server closes, or as many as came in time.
sub read_all {
	my ($c, $seconds) = @_;
	my $end = time + ($seconds // 5) * $Drover::SCALE;
	eval { 1 while $c->_fill($end); };
	my $all = $c->{in};
	$c->{in} = '';
	return $all;
}

# True when the server has closed, or does within time; bytes that come
# instead stay to be read.
sub closed {
	my ($c, $seconds) = @_;
	my $end = time + ($seconds // 10) * $Drover::SCALE;
	eval { $c->_fill($end); };
	return $c->{eof} && $c->{in} eq '';
}

# No more will be sent; answers can still be read.
sub shut { return shutdown $_[0]{socket}, 1 }

sub close { return CORE::close $_[0]{socket} }

# Ends with a reset.
sub abort {
	my ($c) = @_;
	setsockopt $c->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	return CORE::close $c->{socket};
}

1;
