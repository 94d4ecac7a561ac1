#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The installed server as a daemon, from the installed settings: where its pid
# file and logs are, and that logrotate with the installed file loses no line
# of it under load.
use strict;
use warnings;
use Drover;
use Drover::Installed;
use Drover::Load;
use Test::More;

# A server whose ServerRoot is the installed one.
package Drover::Daemon {
	our @ISA = ('Drover');
	sub pid_file { return $_[0]{pid_file} }
}

my $i = Drover::Installed->make;
my $conf = $i->path('serverroot', 'conf/httpd.conf');
my $rotation = $i->path('logrotatedir', 'drover');
$i->relocate($conf, $rotation);

# The user is not on this machine, and the port is somebody else's.
my $port = Drover::free_port();
my ($user) = Drover::unprivileged();
my $text = Drover::slurp($conf);
is($text =~ s/^User drover$/User $user/mg, 1, 'a user of its own');
is($text =~ s/^Listen 8080$/Listen 127.0.0.1:$port/mg, 1, 'port 8080');
$text .= "Sandbox off\n" if Drover::is_watched();
$i->write($conf, $text);

$Drover::PROGRAM = $i->path('sbindir', 'drover');
my $s = bless Drover->new(port => $port), 'Drover::Daemon';
$s->{dir} = $i->path('serverroot');
$s->{pid_file} = $i->path('rundir', 'drover.pid');

my $checked = $s->run('-t');
like(delete $checked->{out}, qr/^Directives: \d+ applied\n\z/, 'all has effect');
is_deeply($checked, { status => 0, err => "Syntax OK\n" },
    'drover -t');
ok($s->launch_daemon, 'it starts') or BAIL_OUT($s->log('run.err'));
ok(-s $s->pid_file, 'with its pid file where such are');
ok($s->wait_until(sub { -s $i->path('logdir', 'error_log') }),
    'and its logs where such are');
is($s->get('/')->{body}, Drover::slurp("$Drover::SRC/htdocs/index.html"),
    'the welcome page');
is($s->run('-k', 'graceful')->{status}, 0, 'a reload as the unit does it');
ok($s->wait_log('error', qr/generation 2$/), '... is done');

subtest 'logrotate under load' => sub {
	my $logrotate = Drover::Installed::program('logrotate') //
	    plan skip_all => 'no logrotate';
	my $log = $i->path('logdir', 'access_log');
	my $load = Drover::Load->start($s, keep => 2, once => 1,
	    pause => 0.001);
	for my $n (1 .. 4) {
		my ($status, $said) = $i->run($logrotate, '-f', '-s',
		    $i->root . '.state', $rotation);
		is($status, 0, 'rotated') or diag($said);
		ok($s->wait_until(sub { -s $log }), 'a new log is written to');
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed")
	    or diag(@{ $r->{errors} });
	my @old = glob "$log.*";
	is(join(' ', map { /access_log(.*)/ } @old), '.1 .2.gz .3.gz .4.gz',
	    'all but the last are compressed');
	my ($status, $lines) = $i->run('zcat', '-f', @old, $log);
	is_deeply([$load->missing($lines)], [], 'each request has its line');
	is(() = $lines =~ /^(?!127\.0\.0\.1 - - \[.* "-" "-"$)./mg, 0,
	    'every line is whole');
};

is($s->run('-k', 'stop')->{status}, 0, 'it stops');
ok(!-e $s->pid_file, 'and takes its pid file away');
$s->stop;

# A port that only root may have and nobody has.
sub low_port {
	for my $port (700 .. 1023) {
		return $port if IO::Socket::INET->new(Listen => 1,
		    LocalAddr => '127.0.0.1', LocalPort => $port);
	}
	plan skip_all => 'all low ports are taken';
}

subtest 'the unit leaves root what it needs' => sub {
	my $setpriv = Drover::Installed::program('setpriv');
	plan skip_all => 'for root' if $> != 0;
	plan skip_all => 'no setpriv' if !$setpriv;
	my $unit = Drover::slurp($i->path('systemdsystemunitdir',
	    'drover.service'));
	my @may = map { map { '+' . lc s/^CAP_//r } split }
	    $unit =~ /^CapabilityBoundingSet=(.*)/mg;
	cmp_ok(scalar @may, '>', 2, "@may");
	my $bounded = Drover::folder() . '/bounded';
	$i->write($bounded, "#!/bin/sh\nexec $setpriv --bounding-set " .
	    join(',', '-all', @may) . " $Drover::PROGRAM \"\$@\"\n");
	chmod 0755, $bounded or die "$bounded: $!";
	local $Drover::PROGRAM = $bounded;

	# Pages that are open to the workers' user alone.
	my $s = Drover->new(port => low_port(), conf =>
	    "DocumentRoot \"{DIR}/htdocs/site\"\nWorkerTimeout 1\n",
	    files => { 'site/index.html' => "hello\n" });
	my @user = getpwnam $user;
	for my $path (map { $s->dir . "/htdocs$_" } '', '/site',
	    '/site/index.html') {
		chown @user[2, 3], $path or die "$path: $!";
		chmod -d $path ? 0700 : 0600, $path or die "$path: $!";
	}
	ok($s->launch, 'it starts') or diag($s->stderr);
	my ($bits) = Drover::slurp("/proc/$s->{pid}/status") =~
	    /^CapBnd:\s+(\w+)/m;
	is(unpack('%32b*', pack 'Q', hex $bits), scalar @may, 'bounded');
	is($s->get('/')->{body}, "hello\n", 'it serves');
	$s->signal('USR1');
	ok($s->wait_notify(qr/generation 2$/m), 'it reloads');
	my ($stuck) = $s->workers;
	kill 'STOP', $stuck;
	ok($s->wait_until(sub { !grep { $_ == $stuck } $s->workers }, 30),
	    'it replaces a worker that is stuck');
	is($s->get('/')->{body}, "hello\n", 'it serves on');
	is($s->log('error') =~ /Operation not permitted/, '',
	    'nothing was refused');
	$s->stop('QUIT');
};
done_testing;
