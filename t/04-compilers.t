#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What the other compiler says: the tree has no warning under gcc and under
# clang, whichever of the two built it.  Only in builds with --enable-werror,
# for a compiler of next year may warn of what nobody knows today.
use strict;
use warnings;
use Cwd qw(abs_path);
use Test::More;

my $src = abs_path($ENV{TOP_SRCDIR} // '.');
my $build = $ENV{TOP_BUILDDIR} // "$src/build";
my @flags = split ' ', $ENV{WARN_CFLAGS} // '';
plan skip_all => 'not a build with --enable-werror'
    if !grep { $_ eq '-Werror' } @flags;

# The families as configure knows them by their macros.
sub is_clang {
	my $macros = qx(echo | @_ -dM -E -x c - 2>/dev/null);
	return $? != 0 ? undef : $macros =~ /^#define __clang__ /m ? 1 : 0;
}

my $built_by_clang = is_clang($ENV{CC} // 'cc');
my ($other) = grep { (is_clang($_) // $built_by_clang) != $built_by_clang }
    qw(gcc clang clang-14 clang-16 clang-19);
plan skip_all => 'there is no other compiler' if !defined $other;

# _FORTIFY_SOURCE gives some of the C library's functions a body.
my @command = ($other, '-fsyntax-only', '-O2', '-U_FORTIFY_SOURCE',
    '-D_FORTIFY_SOURCE=2', @flags, '-DHTTPD_ROOT="/"',
    '-DSERVER_CONFIG_FILE="httpd.conf"', '-DSBINDIR="/"',
    '-DCONTROL_SOCKET="/"', "-I$build", "-I$src/src",
    "-I$src/t/unit", "-I$src/t/fuzz");
for my $room (map { m{^\Q$src\E/(.+)$} } glob "\Q$src\E/src/* \Q$src\E/t/*") {
	my @files = glob "\Q$src\E/$room/*.c" or next;
	my $said = '';
	if (open my $out, '-|') {
		local $/;
		$said = <$out>;
		close $out;
	} else {
		open STDERR, '>&', \*STDOUT;
		exec @command, @files;
		exit 127;
	}
	ok($? == 0 && $said eq '', "$other has nothing to say of $room")
	    or diag($said);
}
done_testing;
