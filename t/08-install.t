#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# make install: what it puts where, that the programs for which files are meant
# accept them, and that it never takes an administrator's work away.
use strict;
use warnings;
use Drover;
use Drover::Installed;
use File::Find;
use Test::More;

my $i = Drover::Installed->make;

# Relative paths of the files below a folder of the source.
sub tree {
	my ($dir) = @_;
	my @found;
	find({ no_chdir => 1, wanted => sub {
		push @found, substr $_, length "$Drover::SRC/$dir/" if -f;
	} }, "$Drover::SRC/$dir");
	return @found;
}

sub installed {
	my ($dir, @names) = @_;
	return map { $i->dir($dir) . "/$_" } @names;
}

my %expect = (
	(map { $_ => '0755' } installed('bindir', 'drover-request'),
	    installed('sbindir', 'drover', 'droverctl')),
	(map { $_ => '0644' }
	    installed('serverroot', 'conf/httpd.conf', 'conf/mime.types'),
	    installed('htdocsdir', tree('htdocs')),
	    installed('systemdsystemunitdir', 'drover.service'),
	    installed('sysusersdir', 'drover.conf'),
	    installed('tmpfilesdir', 'drover.conf'),
	    installed('logrotatedir', 'drover'),
	    installed('bashcompletiondir', 'drover', 'drover-request',
	    'droverctl'),
	    installed('zshcompletiondir', '_drover', '_drover-request',
	    '_droverctl'),
	    installed('man1dir', 'drover-request.1'),
	    installed('man5dir', 'httpd.conf.5'),
	    installed('man7dir', 'drover-from-apache.7',
		'drover-from-nginx.7'),
	    installed('man8dir', 'drover.8', 'droverctl.8')),
	$i->dir('serverroot') . '/htdocs' => '-> ' . $i->dir('htdocsdir'),
	$i->dir('serverroot') . '/logs' => '-> ' . $i->dir('logdir'),
	$i->dir('logdir') . '/' => '0750',
);
is_deeply($i->files, \%expect, 'all that is installed, with its modes');
ok(-d $i->path('rundir'), 'a folder for the pid file');

my $conf = $i->path('serverroot', 'conf/httpd.conf');
my $rotation = $i->path('logrotatedir', 'drover');
my $unit = $i->path('systemdsystemunitdir', 'drover.service');

subtest 'the settings are those of the tree but for user and pid file' => sub {
	my @tree = split /^/m, Drover::slurp("$Drover::SRC/conf/httpd.conf");
	my @new = split /^/m, Drover::slurp($conf);
	is(scalar @new, scalar @tree, 'as many lines');
	is(join('', map { $new[$_] eq $tree[$_] ? () : $new[$_] } 0 .. $#new),
	    "User drover\nPidFile \"" . $i->dir('rundir') .
	    "/drover.pid\"\n", 'those that differ');
	cmp_ok(scalar @tree, '<', 90, 'they can be read in one go');
};

subtest 'nothing is left to put in' => sub {
	for my $file ($conf, $rotation, $unit, map { $i->path($_,
	    'drover.conf') } qw(sysusersdir tmpfilesdir)) {
		unlike(Drover::slurp($file), qr/\@(?!system-service)\w+\@?|\$\{/,
		    $file);
	}
};

subtest 'systemd takes the unit' => sub {
	my $analyze = Drover::Installed::program('systemd-analyze') //
	    plan skip_all => 'no systemd-analyze';
	my $text = Drover::slurp($unit);
	my $drover = $i->dir('sbindir') . '/drover';
	my $copy = $i->root . '.service';
	is($text =~ s/=\Q$drover\E /=$i->{root}$drover /g, 2,
	    'it starts and reloads the program');
	$i->write($copy, $text);
	my ($status, $said) = $i->run($analyze, 'verify', '--man=no', $copy);
	# Other units of this machine may have their own troubles.
	my @ours = grep { /drover/ } split /^/m, $said;
	is("@ours", '', 'without a word');
	is($status, 0, 'as right');
	($status, $said) = $i->run($analyze, 'security', '--offline=true',
	    '--threshold=30', '--no-pager', $copy);
	SKIP: {
		skip 'systemd before version 250', 1 if $said =~ /offline/;
		is($status, 0, 'and as less exposed than 3.0') or diag($said);
	}
};

subtest 'systemd makes the user and the folders' => sub {
	my ($users, $files) = map { Drover::Installed::program($_) }
	    qw(systemd-sysusers systemd-tmpfiles);
	plan skip_all => 'not here' if !$users || !$files;
	plan skip_all => 'for root' if $> != 0;
	my $root = Drover::folder() . '/machine';
	mkdir $_ or die "$_: $!" for $root, "$root/etc";
	$i->write("$root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
	$i->write("$root/etc/group", "root:x:0:\nadm:x:4:\n");
	my ($status, $said) = $i->run($users, "--root=$root",
	    $i->path('sysusersdir', 'drover.conf'));
	is($status, 0, 'sysusers') or diag($said);
	like(Drover::slurp("$root/etc/passwd"),
	    qr{^drover:[^:]*:\d+:\d+:[^:]*:[^:]*:\S*/nologin$}m, 'the user');
	($status, $said) = $i->run($files, '--create', "--root=$root",
	    $i->path('tmpfilesdir', 'drover.conf'));
	is($status, 0, 'tmpfiles') or diag($said);
	my @log = stat $root . $i->dir('logdir');
	is(sprintf('%04o %d %d', $log[2] & 07777, @log[4, 5]), '2750 0 4',
	    'logs for root and adm');
	my @run = stat $root . $i->dir('rundir');
	is(sprintf('%04o %d %d', $run[2] & 07777, @run[4, 5]), '0755 0 0',
	    'the pid file for all to read');
};

subtest 'logrotate takes its file' => sub {
	my $logrotate = Drover::Installed::program('logrotate') //
	    plan skip_all => 'no logrotate';
	my ($status, $said) = $i->run($logrotate, '-d', $rotation);
	is($status, 0, 'as right');
	unlike($said, qr/^error:|^warning: (?!logrotate in debug)/m,
	    'without a complaint');
	like($said, qr/^rotating pattern: .*  after 1 days \(14 rotations\)$/m,
	    'daily, two weeks');
};

subtest 'once more' => sub {
	my $mime = $i->path('serverroot', 'conf/mime.types');
	$i->write($conf, "# mine\n");
	$i->write($rotation, "# mine too\n");
	unlink $mime, $i->path('sbindir', 'drover') or die "unlink: $!";
	$i->install;
	is(Drover::slurp($conf), "# mine\n", 'an edited httpd.conf stays');
	is(Drover::slurp($rotation), "# mine too\n", '... and the rotation');
	ok(-s $mime, 'what is not there is installed');
	$i->write($i->path('logdir', 'access_log'), "a line\n");
	is_deeply($i->files, { %expect,
	    $i->dir('logdir') . '/access_log' => '0644' }, 'the same files');
};

subtest 'uninstall' => sub {
	$i->uninstall;
	is_deeply($i->files, {
		(map { $_ => '0644' } installed('serverroot', 'conf/httpd.conf'),
		    installed('logrotatedir', 'drover'),
		    installed('logdir', 'access_log')),
		$i->dir('logdir') . '/' => '0750',
	}, 'only what was edited or written stays');
	ok(!-e $i->path($_), "no $_") for qw(htdocsdir rundir);
};

done_testing;
