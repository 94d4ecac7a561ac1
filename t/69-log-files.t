#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Log files: their mode and owner, what their names are relative to, and what
# is said of those that cannot be.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Test::More;

sub mode {
	my ($s, $name) = @_;
	return sprintf '%04o', (stat $s->log_path($name))[2] & 07777;
}

at_once 'mode and owner' => sub {
	for my $row ([022 => '0644'], [027 => '0640'], [077 => '0600']) {
		my ($mask, $mode) = @$row;
		my $before = umask $mask;
		my $s = Drover->new(conf => "CustomLog logs/kept common\n" .
		    "CustomLog logs/access_log combined\n");
		umask $before;
		# Workers are to find what they serve all the same.
		chmod 0755, map { $s->dir . $_ } '', qw(/htdocs /conf /logs);
		chmod 0644, $s->dir . '/htdocs/index.html', $s->conf_file;
		chmod 0604, $s->file('logs/kept', "before\n");
		umask $mask;
		ok($s->launch, "umask 0${\sprintf '%o', $mask}")
		    or diag($s->stderr);
		umask $before;
		is(mode($s, $_), $mode, "$_ log") for qw(access error);
		is((stat $s->log_path('access'))[4], $>,
		    'owned by who starts the server');
		is($s->get('/')->{status}, 200, 'written by others');
		ok($s->wait_log('access', qr/GET/), 'for it is open');
		is(mode($s, 'logs/kept'), '0604', 'what was there keeps its mode');
		like($s->log('logs/kept'), qr/\Abefore\n127/, 'and its lines');
		$s->stop;
	}
};

at_once 'names' => sub {
	my $s = Drover->start(conf => "ErrorLog \"logs/../logs/e\"\n" .
	    "CustomLog other common\n" .
	    "<VirtualHost 127.0.0.1:{PORT}>\nErrorLog \"{DIR}/abs\"\n" .
	    "LogLevel info\n</VirtualHost>\n");
	$s->get('/absent');
	$s->stop;
	like($s->log('logs/e'), qr/serving/, 'relative to ServerRoot');
	like(Drover::slurp($s->dir . '/other'), qr/absent/, 'in any folder');
	like(Drover::slurp($s->dir . '/abs'), qr/AH00128/, 'absolute');
};

at_once 'a folder that is missing' => sub {
	my $s = Drover->new(conf => "CustomLog absent/more/log common\n");
	ok(!$s->launch, 'it does not start');
	my $dir = $s->dir;
	is($s->stderr, "drover: cannot open log file $dir/absent/more/log: No " .
	    "such file or directory (there is no directory $dir/absent)\n",
	    'and names it');
	$s->set_conf('');
	ok($s->launch, 'it starts') or diag($s->stderr);
	$s->set_conf("CustomLog absent/more/log common\n");
	$s->signal('USR1');
	ok($s->wait_log('error', qr{no directory \Q$dir\E/absent\)}),
	    'a reload says so in the error log');
	is($s->get('/')->{status}, 200, 'and it goes on');
	$s->stop;
};

at_once 'a folder that goes' => sub {
	my $s = Drover->new(conf => "CustomLog \"{DIR}/gone/log\" common\n");
	mkdir $s->dir . '/gone' or die "gone: $!";
	ok($s->launch, 'it starts') or diag($s->stderr);
	rename $s->dir . '/gone', $s->dir . '/away' or die "gone: $!";
	ok($s->wait_log('error', qr{/gone/log: No such file .*; going on with}),
	    'it is missed');
	$s->get('/?still');
	$s->stop;
	like(Drover::slurp($s->dir . '/away/log'), qr/still/, 'but not lost');
};

at_once 'links where User may write' => sub {
	plan skip_all => 'not root' if $> != 0;
	my ($user) = Drover::unprivileged();
	my $s = Drover->new(conf => "CustomLog \"{DIR}/theirs/log\" common\n");
	my ($theirs, $victim) = map { $s->dir . $_ } qw(/theirs /victim);
	mkdir $theirs or die "theirs: $!";
	chown +(getpwnam $user)[2, 3], $theirs;
	symlink $victim, "$theirs/log" or die "symlink: $!";
	ok(!$s->launch, 'it does not start');
	my $why = qr/"log" on its way is a symbolic link in a directory that /;
	like($s->stderr, qr/${why}User may write/, 'and says why');
	ok(!-e $victim, 'nothing was made');
	unlink "$theirs/log";
	ok($s->launch, 'without it does') or diag($s->stderr);
	rename "$theirs/log", "$theirs/old" or die "rename: $!";
	symlink $victim, "$theirs/log" or die "symlink: $!";
	ok($s->wait_log('error', $why),
	    'one that comes later is not followed either');
	$s->stop;
	ok(!-e $victim, 'nothing was made');
};

run_at_once;
done_testing;
