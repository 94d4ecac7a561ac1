# SPDX-License-Identifier: BSD-2-Clause
#
# Transfers that last as long as the test wants: a download and an upload, each
# slow, in a process of its own, until it is told to come to its end.
#
#	my $s = Drover->start(conf => $Drover::Lasting::CONF);
#	my $transfers = Drover::Lasting->start_both($s);
#	... whatever is to happen meanwhile ...
#	Drover::Lasting::check_both($transfers);
package Drover::Lasting;

use strict;
use warnings;
use Digest::SHA;
use Drover;
use POSIX ();
use Test::More ();
use Time::HiRes qw(sleep);

# What a server needs for both: for an upload a handler, and time.
our $CONF = <<'EOT';
MaxKeepAliveRequests 0
KeepAliveTimeout 600
RequestReadTimeout body=0
<Location "/echo">
    SetHandler echo
</Location>
EOT

my %ends;	# of all that run, by pid: no other one may keep them open

# A sparse file below htdocs that is no two times the same; its digest.
sub file {
	my ($server, $name, $size) = @_;
	my $path = $server->dir . "/htdocs/$name";
	open my $out, '+>', $path or die "$path: $!";
	truncate $out, $size or die "$path: $!";
	for (my $at = 0; $at < $size; $at += 1000003) {
		sysseek $out, $at, 0 or die "$path: $!";
		syswrite $out, "here is byte $at\n" if $at + 30 < $size;
	}
	my $digest = Digest::SHA->new(1)->addfile($path)->hexdigest;
	close $out;
	return $digest;
}

# Runs sub in a process; it is given what says whether the end is wanted, and
# returns texts.
sub run {
	my ($class, $sub) = @_;
	pipe my $end_read, my $end_write or die "pipe: $!";
	pipe my $out_read, my $out_write or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if ($pid) {
		$ends{$pid} = $end_write;
		return bless { pid => $pid, out => $out_read }, $class;
	}
	%ends = ();
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
	close $end_write;
	my $select = IO::Select->new($end_read);
	my @texts = eval { $sub->(sub { $select->can_read(0) }) };
	@texts = ("died: $@") if $@;
	print $out_write join "\0", @texts;
	close $out_write;
	POSIX::_exit(0);
}

# Lets it come to its end; what it returns.
sub finish {
	my ($l) = @_;
	delete $ends{ $l->{pid} };
	local $/;
	my $text = readline $l->{out};
	waitpid $l->{pid}, 0;
	my @texts = split /\0/, $text // '', -1;
	return wantarray ? @texts : $texts[0];
}

# finish gives the digest of the body.  What is read before that is a third of
# it at most, so that the server cannot have sent it all.
sub download {
	my ($class, $server, $path, $size) = @_;
	return $class->run(sub { _download($server, $path, @_) });
}

sub _download {
	my ($server, $path, $end_wanted) = @_;
	my $conn = $server->connect;
	my ($socket, $digest) = ($conn->socket, Digest::SHA->new(1));
	my ($text, $got, $length) = ('', 0);
	$conn->request('GET', $path);
	until (defined $length) {
		sysread $socket, $text, 16384, length $text or die 'no head';
		$text =~ s{^(HTTP/1.1 200 .*?)\r\n\r\n}{}s or next;
		($length) = $1 =~ /^Content-Length: (\d+)/mi or die 'no length';
	}
	while (1) {
		$digest->add($text);
		$got += length $text;
		return $digest->hexdigest if $got >= $length;
		sleep 0.05 if !$end_wanted->();
		sleep 0.05 until $got < $length / 3 || $end_wanted->();
		IO::Select->new($socket)->can_read(60 * $Drover::SCALE)
		    or die "stalled at $got";
		sysread($socket, $text, 65536) // die "at $got: $!";
		die "ended at $got of $length" if $text eq '';
	}
}

# In chunks, a line each; finish gives what was sent and the answer.
sub upload {
	my ($class, $server, $path) = @_;
	return $class->run(sub { _upload($server, $path, @_) });
}

sub _upload {
	my ($server, $path, $end_wanted) = @_;
	my $conn = $server->connect;
	my $sent = '';
	$conn->request('POST', $path, '', 'Transfer-Encoding' => 'chunked',
	    'Content-Type' => 'text/plain');
	for (my $n = 0; $n < 100 || !$end_wanted->(); $n++) {
		# A server shows so much of a body, and no more.
		my $line = length $sent < 30000 ? "line $n\n" : '';
		$conn->send(sprintf "%x\r\n%s\r\n", length $line, $line)
		    or die "closed at $n" if length $line;
		$sent .= $line;
		sleep 0.05 if !$end_wanted->();
	}
	$conn->send("0\r\n\r\n");
	my $r = $conn->response(0, 60);
	die "answered with $r->{status}" if $r->{status} != 200;
	return ($sent, $r->{body});
}

# A download of /big, which is made for it, and an upload.
sub start_both {
	my ($class, $server) = @_;
	my $digest = file($server, 'big', 32 << 20);
	return { digest => $digest,
		download => $class->download($server, '/big'),
		upload => $class->upload($server, '/echo') };
}

# Lets them come to their ends, and tests that these are good.
sub check_both {
	my ($transfers) = @_;
	Test::More::is($transfers->{download}->finish, $transfers->{digest},
	    'the download is whole');
	my ($sent, $page) = $transfers->{upload}->finish;
	Test::More::ok(length($sent) > 100 && index($page, $sent) >= 0,
	    'so is the upload');
	return;
}

1;
