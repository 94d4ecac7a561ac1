#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A graceful stop under clients of every kind: who has connected is answered,
# what lasts is finished, and each has its line; in the middle of a restart,
# too.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Counted;
use Drover::Lasting;
use Test::More;
use Time::HiRes qw(sleep);

my %kinds = (
	k => ['-k', '-c', 8],		# kept alive
	o => ['-c', 8],			# one connection for each request
	p => ['-k', '-p', 8, '-w', 3, '-c', 4],	# pipelined
	w => ['-k', '-w', 15, '-c', 20],	# slow to ask
);
my $conf = <<'EOT';
Workers 2
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Location "/echo">
    SetHandler echo
</Location>
EOT

sub start {
	return Drover->start(conf => $conf,
	    files => { map { $_ => 'x' x 1024 } keys %kinds });
}

# Starts all clients, calls sub, and waits for the end: what of those who had
# connected failed, or has not its one line, as texts.
sub stop_under_load {
	my ($sub) = @_;
	my $s = start();
	my %load = map { $_ => Drover::Counted->start($s, "/$_",
	    @{ $kinds{$_} }, '-l', 1024, '-s', 60) } sort keys %kinds;
	$s->wait_log('access', qr{/$_\?}, 30) for keys %kinds;
	$sub->($s);
	my @bad;
	push @bad, 'it did not end' if !defined $s->wait_end(60);
	for my $kind (sort keys %load) {
		my $c = $load{$kind}->finish;
		# Once it is gone, connecting is refused: that is no loss.
		my $failed = $c->{failed} - $c->{refused};
		push @bad, "$kind: $failed of $c->{answered} failed" if $failed;
		my ($missing, $double) = $load{$kind}->unlogged;
		push @bad, "$kind: @$missing have no line, @$double have more"
		    if @$missing + @$double;
	}
	$s->stop;
	return @bad;
}

my $rounds = $ENV{DROVER_LONG} ? 40 : 3;

at_once 'under load' => sub {
	plan skip_all => 'no load client' if !Drover::Counted::program();
	for my $round (1 .. $rounds) {
		my @bad = stop_under_load(sub {
			my ($s) = @_;
			return $s->signal('QUIT') if $round % 2;
			is($s->run('-k', 'graceful-stop')->{status}, 0,
			    '-k graceful-stop');
		});
		is("@bad", '', "round $round: nothing is lost");
	}
};

at_once 'in the middle of a restart' => sub {
	plan skip_all => 'no load client' if !Drover::Counted::program();
	for my $round (1 .. $rounds) {
		my @bad = stop_under_load(sub {
			my ($s) = @_;
			$s->signal('USR1');
			# Anywhere in it.
			sleep 0.06 * $round / $rounds;
			$s->signal('QUIT');
		});
		is("@bad", '', "round $round: nothing is lost");
	}
};

at_once 'transfers are finished, and nothing begins anew' => sub {
	my $s = start();
	my $big = Drover::Lasting::file($s, 'big', 100 << 20);
	my $download = Drover::Lasting->download($s, '/big');
	my $upload = Drover::Lasting->upload($s, '/echo');
	# Both are there when these later ones are answered by either worker.
	is($s->get('/k')->{status}, 200, 'it serves') for 1 .. 4;
	my @idle = map { $s->connect } 1 .. 3;
	$_->get('/k') for @idle;
	$s->signal('QUIT');
	is(scalar(grep { $_->closed } @idle), 3, 'idle clients are let go');
	ok(!eval { $s->connect; 1 }, 'nobody can connect');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/the server stops: it does not restart/),
	    'a restart is refused');
	$s->signal('HUP');
	ok($s->wait_log('error', qr/does not restart/, 2), 'any');
	is($download->finish, $big, 'the download is whole');
	ok(!defined $s->wait_end(0.2), 'the server waits for the upload');
	my ($sent, $page) = $upload->finish;
	ok(length($sent) > 100 && index($page, $sent) >= 0, 'it is, too');
	is($s->wait_end(30), 0, 'then the server ends');
	unlike($s->log('error'), qr/generation 2/, 'it was the one generation');
	is(scalar(() = $s->log('access') =~ m{"(?:GET /big|POST /echo) }g), 2,
	    'each transfer has its line');
	$s->stop;
};

at_once 'who waits to be accepted' => sub {
	my $s = start();
	my @workers = $s->workers;
	kill 'STOP', @workers;
	my @waiting = map { $s->connect } 1 .. 40;
	$_->request('GET', '/k') for @waiting[0 .. 19];
	$s->signal('QUIT');
	ok($s->wait_log('error', qr/SIGQUIT/), 'a graceful stop');
	# Some ask only now.
	$_->request('GET', '/k') for @waiting[20 .. 39];
	kill 'CONT', @workers;
	my @answers = map { eval { $_->response } } @waiting;
	is(scalar(grep { $_ && $_->{status} == 200 } @answers), 40,
	    'is answered');
	is(scalar(grep { $_->closed } @waiting), 40, 'and then let go');
	is($s->wait_end(30), 0, 'then the server ends');
	$s->stop;
};

run_at_once;
done_testing;
