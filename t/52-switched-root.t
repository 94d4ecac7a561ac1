#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A root that leads to another directory than before (a link that a deployment
# has switched, a directory that was replaced) makes a new generation by itself.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Counted;
use Test::More;
use Time::HiRes qw(sleep time);

# A server whose DocumentRoot is the link "current" to the first of some
# releases; f is of one length in all, and begins with the release's name.
sub start {
	my ($more) = @_;
	my $s = Drover->new(conf => "Workers 2\nKeepAliveTimeout 600\n" .
	    "MaxKeepAliveRequests 0\nDocumentRoot \"{DIR}/site/current\"\n" .
	    "<Directory \"{DIR}/site\">\nRequire all granted\n</Directory>\n" .
	    ($more // ''));
	mkdir $s->dir . '/site';
	release($s, $_) for 1 .. 4;
	symlink 'r1', $s->dir . '/site/current' or die $!;
	$s->launch or die $s->stderr;
	return $s;
}

sub release {
	my ($s, $n, $name) = @_;
	$name //= "r$n";
	mkdir $s->dir . "/site/$name" or die $!;
	$s->file("site/$name/f", "release $n" . 'x' x 1015);
	return;
}

# As ln -sfn and mv -T do.
sub switch {
	my ($s, $to) = @_;
	my $new = $s->dir . '/site/new';
	symlink $to, $new or die $!;
	rename $new, $s->dir . '/site/current' or die $!;
	return;
}

sub wait_generation {
	my ($s, $n) = @_;
	return !!$s->wait_notify(qr/^STATUS=serving with.*generation $n$/m, 30);
}

# The master has looked twice: a log that was moved is there again only then.
sub look {
	my ($s) = @_;
	for my $n (1 .. 2) {
		rename $s->log_path('access'), $s->log_path("logs/moved$n");
		$s->wait_until(sub { -e $s->log_path('access') }) or return 0;
	}
	return 1;
}

sub releases {
	my ($s, $count) = @_;
	my %seen;
	for (1 .. $count) {
		my ($name) = $s->get('/f')->{body} =~ /^(release \d)/;
		$seen{ $name // 'none' }++;
	}
	return [sort keys %seen];
}

at_once 'a link that is switched under load' => sub {
	my $s = start();
	my $load = Drover::Counted::program() ? { map { $_ =>
	    Drover::Counted->start($s, '/f', ($_ eq 'kept' ? '-k' : ()),
		'-c', 4, '-w', 2, '-l', 1024, '-s', 600) } qw(kept once) } : {};
	my $kept = $s->connect;
	like($kept->get('/f')->{body}, qr/^release 1/, 'the first release');
	for my $n (2 .. ($ENV{DROVER_LONG} ? 4 : 3)) {
		switch($s, "r$n");
		ok(wait_generation($s, $n), 'it is noticed');
		is_deeply(releases($s, 20), ["release $n"], 'what is announced ' .
		    'is served, and nothing else');
		like($kept->get('/f')->{body}, qr/^release $n/,
		    'on a connection that was kept, too');
	}
	for my $kind (sort keys %$load) {
		my $c = $load->{$kind}->finish;
		is($c->{failed} + $c->{left}, 0,
		    "$kind: none of $c->{answered} failed");
	}
	my ($line) = $s->wait_log('error', qr/the root/);
	like($line, qr{notice\].*the root "\S*/site/current"},
	    'the log names the root');
	like($line, qr/is another directory now: new generation$/,
	    'and the reason');
	$s->stop;
};

at_once 'one that is gone for a moment' => sub {
	my $s = start();
	my $current = $s->dir . '/site/current';
	rename $current, "$current.away" or die $!;
	ok(look($s), 'the master has looked');
	rename "$current.away", $current or die $!;
	ok(look($s), 'and again');
	is_deeply(releases($s, 4), ['release 1'], 'it is served as before');
	# Gone, and then another.
	unlink $current or die $!;
	ok(look($s), 'once more');
	unlike($s->log('error'), qr/the root/, 'there was no reason to change');
	switch($s, 'r2');
	ok(wait_generation($s, 2), 'now there is');
	is_deeply(releases($s, 4), ['release 2'], 'it is served');
	$s->stop;
};

at_once 'a directory that is replaced' => sub {
	my $s = start();
	release($s, 3, 'other');
	rename $s->dir . '/site/r1', $s->dir . '/site/before' or die $!;
	rename $s->dir . '/site/other', $s->dir . '/site/r1' or die $!;
	ok(wait_generation($s, 2), 'a new generation');
	is_deeply(releases($s, 4), ['release 3'], 'what is there now is served');
	$s->stop;
};

at_once 'other roots' => sub {
	my $s = start(<<'EOT');
Sandbox off
Alias /second "{DIR}/site/second"
Alias /file "{DIR}/site/second/f"
Alias /later "{DIR}/site/later"
EOT
	is($s->get('/second/f')->{status}, 404, 'it is not there yet');
	symlink 'r2', $s->dir . '/site/second' or die $!;
	ok(wait_generation($s, 2), 'now it is');
	ok($s->wait_log('error', qr{second/?(?:/f)?" is there now}),
	    'and the log says which');
	like($s->get($_)->{body}, qr/^release 2/, $_)
	    for qw(/second/f /file);
	unlink $s->dir . '/site/second' or die $!;
	symlink 'r3', $s->dir . '/site/second' or die $!;
	ok(wait_generation($s, 3), 'another');
	like($s->get($_)->{body}, qr/^release 3/, $_)
	    for qw(/second/f /file);
	# A single file is replaced every day: it is no other root by that, but
	# where a sandbox lets workers at the file alone (t/82-sandbox-roots.t).
	$s->file('site/r3/f.new', 'release 4');
	rename $s->dir . '/site/r3/f.new', $s->dir . '/site/r3/f' or die $!;
	ok(look($s), 'the master has looked');
	is(scalar(() = $s->log('error') =~ /new generation/g), 2,
	    'and found nothing');
	$s->stop;
};

at_once 'a broken configuration by then' => sub {
	my $s = start();
	$s->file('conf/httpd.conf',
	    Drover::slurp($s->conf_file) . "Workers four\n");
	switch($s, 'r2');
	ok($s->wait_log('error', qr/the reload failed and nothing has changed/),
	    'it fails');
	is($s->get('/f')->{status}, 200, 'and the old ones serve');
	$s->write_conf;
	ok(wait_generation($s, 2), 'once it is mended the next try succeeds');
	is_deeply(releases($s, 4), ['release 2'], 'with what is there now');
	$s->stop;
};

at_once 'one that is switched all the time' => sub {
	my $s = start();
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		for my $n (1 .. 3600) {
			switch($s, 'r' . (1 + $n % 4));
			sleep 0.01;
		}
		POSIX::_exit(0);
	}
	my $begin = time;
	ok(wait_generation($s, 3), 'it is followed');
	$s->wait_log('error', qr/the root/, 3);
	kill 'KILL', $pid;
	waitpid $pid, 0;
	my $took = time - $begin;
	my $count = () = $s->log('error') =~ /new generation/g;
	# The first at once, then after 1 s, 2 s, 4 s, ...
	cmp_ok(2 ** ($count - 1) - 1, '<=', $took + 0.2,
	    sprintf '%d times in %.1f s', $count, $took);
	$s->stop;
};

run_at_once;
done_testing;
