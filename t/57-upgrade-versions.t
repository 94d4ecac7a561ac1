#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A new master of another version: what the two say to each other keeps its
# meaning, and connections that the new one cannot adopt end gracefully.  The
# test is the other version.
use strict;
use warnings;
use Drover;
use Drover::Upgrade;
use Test::More;

my $program = Drover::Upgrade::copy();

# A master that serves one request on each connection, and says of itself what
# the test wants: SERVING is 1003, TAKE_OVER 1101, TAKEN 1005, QUIET 1102.
my $stand_in = <<'EOT';
#!/usr/bin/perl
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket;
my ($format, $giver, $channel, @given) = split / /, $ENV{DROVER_UPGRADE};
my ($fd) = $given[0] =~ /^(\d+)=/;
open my $old, '+<&=', $channel or die $!;
my $listener = IO::Socket::INET->new_from_fd($fd, '+<') or die $!;
# The flag is one for all who have the socket.
$listener->blocking(0);
sub say_to {
	my ($type, $value) = @_;
	send $old, pack('LLQLL', $type, 0, $value, 0, 0), 0;
}
# What nobody knows yet is passed over.
say_to(1999, 0);
say_to(1003, VERSION);
my $select = IO::Select->new($old, $listener);
while (1) {
	for my $ready ($select->can_read) {
		if ($ready != $listener) {
			my $n = recv $old, my $message, 8192, 0;
			$select->remove($old), next if !length $message;
			my ($type) = unpack 'L', $message;
			say_to(1005, 0) if $type == 1101;
			symlink 'x', "$0.quiet" if $type == 1102;
			next;
		}
		my $client = $listener->accept or next;
		$client->blocking(1);
		my $head = '';
		$head .= $_ // last while defined($_ = <$client>) && /\S/;
		print {$client} "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n" .
		    "Connection: close\r\n\r\nother\n";
		close $client;
	}
}
EOT

subtest 'connections that it does not adopt' => sub {
	my $s = Drover->start(conf => "KeepAliveTimeout 60\n",
	    files => { 'index.html' => "hello\n", big => 'x' x 30_000_000 });
	my ($idle, $quiet, $down) = map { $s->connect } 1 .. 3;
	is($_->get('/')->{body}, "hello\n", 'a connection') for $idle, $quiet;
	$down->request('GET', '/big');
	is($s->get('/')->{status}, 200, 'the server is there') for 1 .. 3;
	# Half a request is no idle connection.
	$idle->send("GET / HTTP/1.1\r\n");
	Drover::Upgrade::install(undef, $stand_in =~ s/VERSION/7/r);
	$s->signal('USR2');
	my ($line) = $s->wait_log('error', qr/\) drains; its version does not/);
	ok($line, 'the old master knows of it');
	ok($s->wait_until(sub { -l "$program.quiet" }, 30),
	    'none of its workers accepts');
	$idle->send("Host: localhost\r\n\r\n");
	my $r = $idle->response;
	is($r->{body}, "hello\n", 'a connection is answered');
	is($r->{header}{connection}, 'close', 'and is told that it ends');
	ok($quiet->closed(20 * $Drover::SCALE), 'one that is quiet is closed');
	is($s->get('/')->{body}, "other\n", 'the other serves who comes now');
	my ($other) = $line =~ /master (\d+) serves/;
	is(length $down->response->{body}, 30_000_000, 'a transfer is whole');
	is($s->wait_end(20 * $Drover::SCALE), 0, 'then the old master ends');
	ok(Drover::Process::stat_of($other), 'but not the other');
	kill 'KILL', $other;
	$s->stop;
	Drover::Upgrade::install();
};

subtest 'a variable that another version made' => sub {
	my $s = Drover->new;
	ok(!$s->launch(env => { DROVER_UPGRADE => '2 7 9' }),
	    'it does not start');
	like($s->stderr, qr/DROVER_UPGRADE is of another version/, 'and why');
	ok(!$s->launch(env => { DROVER_UPGRADE => '1 7 9 x' }), 'nor here');
	like($s->stderr, qr/DROVER_UPGRADE makes no sense/, 'and why');
	ok(!$s->launch(env => { DROVER_UPGRADE => '1 7 999' }), 'nor here');
	like($s->stderr, qr/DROVER_UPGRADE: descriptor 999: /, 'and why');
};

done_testing;
