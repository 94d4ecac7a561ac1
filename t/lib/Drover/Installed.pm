# SPDX-License-Identifier: BSD-2-Clause
#
# What `make install' makes, in a folder of its own: files, and a server that
# is started from them.
#
#	my $i = Drover::Installed->make;
#	$i->path('sbindir', 'drover')	where it is here
#	$i->install; $i->uninstall;	once more; away with it
#	$i->relocate;			what was installed finds itself here
#
# Which folders there are comes from the Makefile, in INSTALL_DIRS.
package Drover::Installed;

use strict;
use warnings;
use Drover;
use File::Find;
use Test::More ();

my $build = $ENV{TOP_BUILDDIR} // "$Drover::SRC/build";

# Installs below a folder of the test.
sub make {
	my ($class) = @_;
	Test::More::plan(skip_all => 'not run by make') if !$ENV{INSTALL_DIRS};
	Test::More::plan(skip_all => 'configured to leave something out')
	    if $ENV{INSTALL_DIRS} =~ /=(?: |$)/;
	my $i = bless { root => Drover::folder() . '/root',
	    dirs => { map { /^(\w+)=(.+)/ } split ' ', $ENV{INSTALL_DIRS} },
	}, $class;
	$i->install;
	return $i;
}

sub install { return $_[0]->_make('install') }
sub uninstall { return $_[0]->_make('uninstall') }

# make, with nothing of the make that runs the tests; dies with what it said.
sub _make {
	my ($i, $target) = @_;
	my $log = Drover::folder() . "/make-$target";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES)};
		umask 0022;
		open STDOUT, '>', $log or die "$log: $!";
		open STDERR, '>&', \*STDOUT or die "$log: $!";
		exec 'make', '-C', $build, $target, "DESTDIR=$i->{root}"
		    or die "make: $!";
	}
	waitpid $pid, 0;
	die "make $target:\n" . Drover::slurp($log) if $? != 0;
	return;
}

sub root { return $_[0]{root} }
# Where a folder is once it is installed, and where it is here.
sub dir { return $_[0]{dirs}{ $_[1] } // die "no $_[1] in INSTALL_DIRS" }
sub path { my ($i, $dir, $name) = @_; return join '/', $i->{root} .
    $i->dir($dir), $name // () }

# { path below the root => "mode" or "-> target" }, folders only where they
# are told from others by their mode.
sub files {
	my ($i) = @_;
	my %found;
	find({ no_chdir => 1, wanted => sub {
		my $name = substr $_, length $i->{root};
		my $mode = sprintf '%04o', (lstat)[2] & 07777;
		return $found{$name} = '-> ' . readlink if -l;
		return $found{$name} = $mode if -f _;
		$found{"$name/"} = $mode if $mode ne '0755';
	} }, $i->{root});
	return \%found;
}

# Puts the root before the installed paths, in links and in texts.
sub relocate {
	my ($i) = @_;
	for my $link (map { $i->path('serverroot', $_) } qw(htdocs logs)) {
		my $target = readlink $link // die "$link: $!";
		unlink $link;
		symlink "$i->{root}$target", $link or die "$link: $!";
	}
	for my $file (@_[1 .. $#_]) {
		my $text = Drover::slurp($file);
		for my $dir (values %{ $i->{dirs} }) {
			$text =~ s/(?<![\w.])\Q$dir\E(?![\w-])/$i->{root}$dir/g;
		}
		$i->write($file, $text);
	}
	return;
}

sub write {
	my ($i, $file, $text) = @_;
	open my $out, '>', $file or die "$file: $!";
	print {$out} $text;
	close $out or die "$file: $!";
	return;
}

# Runs a command to its end: its status and all that it said.
sub run {
	my ($i, @command) = @_;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT or die;
		open STDIN, '<', '/dev/null' or die;
		{ no warnings 'exec'; exec { $command[0] } @command; }
		print "$command[0]: $!\n";
		POSIX::_exit(127);
	}
	local $/;
	my $said = <$out> // '';
	close $out;
	return ($? >> 8, $said);
}

# The path of a program, also of one for root; undef.
sub program {
	my ($name) = @_;
	return (grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/sbin',
	    '/usr/sbin', '/bin', '/usr/bin')[0];
}

1;
