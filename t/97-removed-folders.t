#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What the server has been given is taken away while it serves: the folder of
# its pid file and control socket, its documents, the right to read them.  It
# serves what is left, in whole answers, and goes on once things are back.
use strict;
use warnings;
use Drover;
use Drover::Load;
use File::Path qw(remove_tree);
use IO::Select;
use Test::More;

my @conf = (conf => <<'EOT', files => { 'index.html' => "hello\n",
Workers 2
MaxKeepAliveRequests 0
PidFile "run/drover.pid"
ControlSocket "run/drover.sock"
EOT
    'deep/a' => 'a' x 100, big => 'b' x 4_000_000 });

sub start_server {
	my $s = Drover->new(@conf);
	mkdir $s->dir . '/run' or die "run: $!";
	$s->launch or die $s->stderr . $s->log('error');
	return $s;
}

subtest 'the run folder' => sub {
	my $s = start_server();
	my @workers = $s->workers;
	my $load = Drover::Load->start($s, keep => 1, once => 1,
	    pause => 0.005);
	remove_tree($s->dir . '/run');
	is($s->get('/')->{status}, 200, 'it serves without it');
	$s->signal('USR1');
	$s->wait_until(sub { $s->log('error') =~
	    /generation 2|nothing has changed/ });
	is($s->get('/')->{status}, 200, '... and after a reload, come what may');
	mkdir $s->dir . '/run' or die "run: $!";
	$s->signal('USR1');
	ok(scalar $s->wait_log('error', qr/generation [23]$/),
	    'it can be reloaded once it is back');
	ok(-e $s->dir . '/run/drover.pid', '... and has its pid file');
	my $r = $load->stop;
	is($r->{failed}, 0, 'no request failed') or diag(@{ $r->{errors} });
	ok($s->wait_until(sub { !$load->missing($s->log('access')) }),
	    'each has its line');
	$s->stop;
};

# A client in the middle of a large file.
sub slow_client {
	my ($s) = @_;
	my $conn = $s->connect;
	$conn->request('GET', '/big');
	IO::Select->new($conn->socket)->can_read(10 * $Drover::SCALE);
	return $conn;
}

subtest 'documents' => sub {
	my $s = start_server();
	my $htdocs = $s->dir . '/htdocs';
	my @workers = $s->workers;
	my $stays = $s->connect;
	is($stays->get('/deep/a')->{status}, 200, 'all is there');

	my @slow = map { slow_client($s) } 1 .. 4;
	chmod 0, "$htdocs/big", "$htdocs/deep" or die "chmod: $!";
	is(length $_->response->{body}, 4_000_000,
	    'what was begun is sent, readable or not') for @slow;
	SKIP: {
		skip 'root reads all', 2 if $> == 0 && !workers_are_others($s);
		ok($s->wait_until(sub {
			$stays->get('/big')->{status} == 403;
		}), 'then the file is forbidden');
		ok($s->wait_until(sub {
			$stays->get('/deep/a')->{status} == 403;
		}), 'what is in the folder as well');
	}
	chmod 0755, "$htdocs/big", "$htdocs/deep" or die "chmod: $!";
	ok($s->wait_until(sub { $stays->get('/big')->{status} == 200 &&
	    $stays->get('/deep/a')->{status} == 200 }), 'until it is not');

	@slow = map { slow_client($s) } 1 .. 4;
	rename $htdocs, "$htdocs.away" or die "rename: $!";
	remove_tree("$htdocs.away");
	is(length $_->response->{body}, 4_000_000,
	    'what was begun is sent, removed or not') for @slow;
	ok($s->wait_until(sub { $stays->get('/')->{status} =~ /^(?:403|404)$/ }),
	    'nothing is left of the documents');
	is($stays->get('/deep/a')->{status}, 404, '... at all');
	$s->file('htdocs/index.html', "again\n");
	ok($s->wait_until(sub {
		my $r = eval { $s->get('/') };
		$r && $r->{status} == 200 && $r->{body} eq "again\n";
	}, 20), 'until they are there again');
	$s->stop;
};

sub workers_are_others {
	my ($s) = @_;
	return !grep { (stat "/proc/$_")[4] == 0 } $s->workers;
}
done_testing;
