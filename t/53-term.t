#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TERM ends a server at once, whoever would have it wait: a download that is
# not read, an upload that does not come, a client that sends a byte now and
# then, a log program that reads nothing.  The next one starts at once.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Test::More;

# Clients that would be there for long.
sub hold_up {
	my ($s) = @_;
	my $download = $s->connect;
	$download->request('GET', '/big');
	IO::Select->new($download->socket)->can_read(10 * $Drover::SCALE)
	    or die 'no answer';
	my $upload = $s->connect;
	$upload->send("POST /echo HTTP/1.1\r\nHost: h\r\n" .
	    "Content-Length: 1000\r\n\r\nbegin");
	my $head = $s->connect;
	$head->send("GET / HT");
	my $silent = $s->connect;
	my $idle = $s->connect;
	is($idle->get('/')->{status}, 200, 'it serves');
	return ($download, $upload, $head, $silent, $idle);
}

sub again_and_again {
	my ($s, $rounds, $more) = @_;
	for my $round (1 .. $rounds) {
		ok($s->launch, "round $round: it starts at once") or
		    diag($s->stderr);
		my @clients = hold_up($s);
		$more->($clients[-1]) if $more;
		$s->signal('TERM');
		is($s->wait_end(4), 0, 'it ends at once');
		ok(!eval { $s->connect; 1 }, 'the port is free');
		# No process is left, with the next one's start.
		$s->stop;
	}
	return;
}

my %files = (big => 'x' x (32 << 20), 'index.html' => "hello\n");
my $echo = "<Location /echo>\nSetHandler echo\n</Location>\n";

at_once 'clients that wait' => sub {
	my $s = Drover->new(files => \%files, conf => $echo);
	again_and_again($s, 10);
	is(scalar $s->wait_log('access', qr{"GET / HTTP/1.1" 200 }, 10), 10,
	    'every answer has its line');
	is(scalar(() = $s->log('access') =~ m{"GET /big HTTP}g), 10,
	    'and so have those that were cut') if !$Drover::VALGRIND;
};

# Its pipe is full after some lines.  The logger waits for it, but not for long,
# and the master then for its end.
sub stuck {
	my ($s) = @_;
	$s->set_conf($echo . 'CustomLog "||{DIR}/stuck" "%s ' .
	    'y' x 30000 . "\"\nErrorLog logs/error_log\n");
	chmod 0755, $s->file('stuck', "#!/bin/sh\nexec sleep 600\n");
	return $s;
}

at_once 'a log program that reads nothing' => sub {
	my $s = stuck(Drover->new(files => \%files));
	my $rounds = $ENV{DROVER_LONG} ? 10 : 3;
	again_and_again($s, $rounds, sub {
		my ($client) = @_;
		$client->get('/') for 1 .. 50;
	});
	my @lost = $s->wait_log('error', qr{stuck lost \d+ lines}, $rounds);
	is(scalar @lost, $rounds, 'and it is said how many lines are lost');
};

at_once 'TERM after QUIT, which waits for a program' => sub {
	my $s = stuck(Drover->new(files => \%files));
	ok($s->launch, 'it starts');
	my $client = $s->connect;
	$client->get('/') for 1 .. 50;
	$s->signal('QUIT');
	ok($client->closed(10), 'it ends gracefully');
	$s->signal('TERM');
	is($s->wait_end(4), 0, 'TERM ends it before the five seconds');
	$s->stop;
};

run_at_once;
done_testing;
