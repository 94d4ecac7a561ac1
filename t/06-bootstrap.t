#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# bootstrap: what it installs, as whom, what it does in which order and what
# it does not do again.  Nothing is really built: every tool is a stand-in
# that notes its call.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp ();
use Test::More;

my $src = $ENV{TOP_SRCDIR} // '.';
my $dir = File::Temp::tempdir('drover-bootstrap-XXXXXX', TMPDIR => 1,
    CLEANUP => 1);
mkdir "$dir/$_" or die "$dir/$_: $!" for qw(tree bin tree/src tree/t tree/m4);
copy("$src/bootstrap", "$dir/tree/bootstrap") or die "bootstrap: $!";

# A stand-in: notes its call, then runs the lines.
sub tool {
	my ($name, $lines) = @_;
	unlink "$dir/bin/$name";
	open my $out, '>', "$dir/bin/$name" or die "$name: $!";
	print {$out} "#!/bin/sh\necho \"$name \$*\" >>'$dir/calls'\n",
	    $lines // '', "\n";
	close $out;
	chmod 0755, "$dir/bin/$name";
	return;
}

# The real thing.
sub need {
	for my $name (@_) {
		my ($path) = grep { -x } map { "$_/$name" } split /:/,
		    "$ENV{PATH}:/bin:/usr/bin";
		symlink $path // die("no $name"), "$dir/bin/$name"
		    or die "$name: $!";
	}
	return;
}

sub touch {
	my ($name, $age) = @_;
	open my $out, '>>', "$dir/tree/$name" or die "$name: $!";
	close $out;
	my $time = time - $age;
	utime $time, $time, "$dir/tree/$name" or die "$name: $!";
	return;
}

# Runs it by a shell; its status, what it said, and the calls of the tools
# that do something.
sub bootstrap {
	my ($shell, @args) = @_;
	unlink "$dir/calls";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		%ENV = (PATH => "$dir/bin", TMPDIR => $dir);
		open STDOUT, '>', "$dir/said" or die;
		open STDERR, '>&', \*STDOUT or die;
		open STDIN, '<', '/dev/null' or die;
		exec $shell, "$dir/tree/bootstrap", @args or die;
	}
	waitpid $pid, 0;
	my $status = $? >> 8;
	my ($said, $calls) = map { slurp("$dir/$_") } qw(said calls);
	return ($status, $said, [grep {
		/^(?:apt-get|sudo|autoreconf|configure|make) /
	} split /\n/, $calls]);
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or return '';
	local $/;
	return scalar(<$in>) // '';
}

need(qw(sh mktemp rm cat dirname find mkdir env ln awk));
tool($_) for qw(gcc perl curl automake);
tool('nproc', 'echo 3');
tool('make');
tool('id', "cat '$dir/user'");
tool('pkg-config', "test -e '$dir/installed' || test \"\$2\" != " .
    "'libconfig >= 1.5'");
tool('autoreconf', <<'EOF2');
printf '#!/bin/sh\necho "configure $*" >>%s/../calls\n>config.status\n' \
    "$PWD" >configure
env chmod +x configure
>Makefile.in
>config.h.in
EOF2
need('chmod');
my @apt = ('apt-get', "case \"\$*\" in *install*) >'$dir/installed';; esac");

sub user {
	open my $out, '>', "$dir/user" or die;
	print {$out} "$_[0]\n";
	return;
}
touch($_, 100) for qw(configure.ac Makefile.am src/room.am);

my $make = "make -C build -j 3 --no-print-directory";
my ($status, $said, $calls);

# What is missing and cannot be installed.
user(1000);
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is($status, 1, 'another system: it stops');
like($said, qr/^bootstrap: please install: libconfig 1\.5;/m,
    'and says what is missing');
is("@$calls", '', 'and does nothing');
tool(@apt);
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is($status, 1, 'neither root nor sudo: it stops');
like($said, qr/^bootstrap: please run as root: apt-get install libconfig-dev$/m,
    'and says what to do');
is("@$calls", '', 'and does nothing');

# What can be.
tool('sudo', '"$@"');
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is($status, 0, 'with sudo: done') or diag($said);
my $install = 'apt-get -q -y install --no-install-recommends libconfig-dev';
is(join("\n", @$calls), join("\n",
    'sudo apt-get -q update', 'apt-get -q update',
    "sudo env DEBIAN_FRONTEND=noninteractive $install", $install,
    'autoreconf -fi', 'configure ', "$make all"),
    'installed by name, then all in order');
unlink "$dir/installed", map { "$dir/tree/$_" } qw(configure Makefile.in
    config.h.in build/config.status build/configure-options);
user(0);
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is(join("\n", @$calls), join("\n", 'apt-get -q update', $install,
    'autoreconf -fi', 'configure ', "$make all"), 'root needs no sudo');

# What is done is not done again.
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is("@$calls", "$make all", 'once more: only make');
($status, $said, $calls) = bootstrap("$dir/bin/sh", 'check', '--', '--a', '--b');
is(join("\n", @$calls), join("\n", 'configure --a --b', "$make all",
    "make -C build -j 6 --no-print-directory check"), 'with options');
($status, $said, $calls) = bootstrap("$dir/bin/sh", '--', '--a', '--b');
is("@$calls", "$make all", 'the same options: only make');
($status, $said, $calls) = bootstrap("$dir/bin/sh");
is("@$calls", "$make all", 'none: it stays as it is');
for my $file (qw(configure.ac src/room.am)) {
	touch($file, -100);
	($status, $said, $calls) = bootstrap("$dir/bin/sh");
	is($calls->[0], 'autoreconf -fi', "a newer $file");
	touch($file, 100);
}

# run: the address, where the logs are, and the server in the foreground.
mkdir "$dir/tree/$_" or die "$_: $!" for qw(conf htdocs);
open my $conf, '>', "$dir/tree/conf/httpd.conf" or die "httpd.conf: $!";
print {$conf} "# Listen 1\nListen 127.0.0.1:8081\nListen 2\n";
close $conf;
symlink '../../bin/drover', "$dir/tree/build/drover" or die "drover: $!";
tool('drover', 'exit 7');
for my $time ('first', 'second') {
	($status, $said, $calls) = bootstrap("$dir/bin/sh", 'run');
	is($status, 7, "run, the $time time: the server's own status");
	like($said, qr{http://127\.0\.0\.1:8081/$}m, 'the address');
	like($said, qr{http://127\.0\.0\.1:8081/server-status$}m, 'the status');
	like($said, qr{tail -f build/run/logs/access_log$}m, 'the logs');
	is("@$calls", "$make all", 'nothing but make');
	is(join('', grep { /^drover/ } split /^/m, slurp("$dir/calls")),
	    "drover -d $dir/tree/build/run -D FOREGROUND\n", 'then it starts');
	ok(-e "$dir/tree/build/run/conf/httpd.conf", 'below a ServerRoot');
}

# From elsewhere, and what is not understood.
chdir '/';
is((bootstrap("$dir/bin/sh"))[0], 0, 'from any folder');
for my $args (['sing'], ['run', 'fast'], ['--enable-werror']) {
	($status, $said, $calls) = bootstrap("$dir/bin/sh", @$args);
	is($status, 2, "@$args: refused");
	like($said, qr/^usage: /, "@$args: with the usage");
	is("@$calls", '', "@$args: nothing is done");
}

# POSIX sh, whichever it is.
for my $shell (qw(dash bash busybox ksh mksh yash)) {
	my ($path) = grep { -x } map { "$_/$shell" } qw(/bin /usr/bin) or next;
	my @command = $shell eq 'busybox' ? ($path, 'sh') :
	    $shell eq 'bash' ? ($path, '--posix') : ($path);
	is(system(@command, '-n', "$dir/tree/bootstrap"), 0, "$shell reads it");
}

chdir '/';
done_testing;
