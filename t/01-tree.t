#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The tree is in order: nothing generated is tracked, every source and test is
# listed where the build looks, every file says its licence, and neither files
# nor functions grow beyond what a reader can hold.
use strict;
use warnings;
use File::Find;
use Test::More;

my $src = $ENV{TOP_SRCDIR} // '.';
my $FILE_LINES = 600;
my $FUNCTION_LINES = 60;

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', "$src/$path" or die "$path: $!";
	local $/;
	return scalar <$in>;
}

# All regular files below the folders, relative to the top of the tree.
sub files_below {
	my @found;
	my @dirs = grep { -d } map { "$src/$_" } @_;
	find({ no_chdir => 1, wanted => sub {
		push @found, $1 if -f && m{^\Q$src\E/(.+)$};
	} }, @dirs) if @dirs;
	return sort @found;
}

# The complaint list is the test's result, so that it names what to mend.
sub none {
	my ($name, @bad) = @_;
	ok(!@bad, $name);
	diag($_) for @bad;
	return;
}

# Functions as [name, first line, length]: the style puts the name at the left
# margin, the opening brace alone on its line, and the closing one too.
sub functions {
	my ($text) = @_;
	my (@found, $name, $start);
	my $line = 0;
	for (split /\n/, $text) {
		$line++;
		$name = $1 if /^(\w+)\(/;
		$start = $line if /^\{$/;
		if (/^\}$/ && defined $start && defined $name) {
			push @found, [$name, $start, $line - $start + 1];
			undef $start;
			undef $name;
		}
	}
	return @found;
}

my @code = grep { /\.[ch]$/ } files_below('src', 't');
my %text = map { $_ => slurp($_) } @code;

SKIP: {
	my @tracked = -e "$src/.git" ?
	    split /\0/, qx(git -C "$src" ls-files -z 2>/dev/null) : ();
	skip 'not a git checkout', 3 unless @tracked;
	my %top = map { $_ => 1 } qw(.ci .clang-format .gitignore ARCHITECTURE
	    CHANGES Makefile.am README bench bootstrap conf configure.ac htdocs
	    m4 man src t);
	my %seen;
	none('nothing is at the top but what belongs there',
	    grep { !$top{$_} && !$seen{$_}++ } map { m{^([^/]+)} } @tracked);
	none('nothing generated is tracked', grep {
		m{(^|/)(configure|Makefile\.in|Makefile|aclocal\.m4)$} ||
		m{(^|/)(config\.h(\.in)?|config\.status|modules\.c)$} ||
		m{^(build|autom4te)} || /\.(o|a|so|log|trs|gcda|gcno)$/
	} @tracked);
	none('nothing binary is tracked but pictures and inputs', grep {
		!/\.(png|ico|jpg|webp|avif|gif)$/ && !m{^t/fuzz/corpus/} &&
		-f "$src/$_" && -B _ && -s _
	} @tracked);
}

none('every source is in its room.am', grep {
	my ($room) = m{^src/([^/]+)/};
	my $am = -f "$src/src/$room/room.am" ? slurp("src/$room/room.am") : '';
	$am !~ /(?<![\w\/.])\Q$_\E(?![\w.])/;
} grep { m{^src/} && $_ ne 'src/master/modules.c' } @code);

my $units = join '', map { slurp($_) } glob_am();
sub glob_am {
	return grep { m{^t/(unit|fuzz)/[^/]+\.am$} } files_below('t');
}
none('every unit test and fuzz target is listed', grep {
	my ($base) = m{^(.*)\.c$};
	$units !~ /^(?:UNIT_TESTS|FUZZ_TARGETS)\s*\+=.*\Q$base\E(?!\w)/m;
} grep { m{^t/unit/test_\w+\.c$} || m{^t/fuzz/fuzz_\w+\.c$} } @code);

my $list = slurp('t/tests.am');
none('every t/*.t is in t/tests.am', grep {
	$list !~ /^\t\Q$_\E(?: \\)?$/m
} grep { m{^t/[^/]+\.t$} } files_below('t'));

SKIP: {
	my $build = $ENV{TOP_BUILDDIR} // "$src/build";
	skip 'not configured', 1 if !-f "$build/Makefile";
	local @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS)};
	my $said = qx(make -n -C "$build" check-long 2>&1);
	my @tests = grep { m{^t/[^/]+\.t$} && $_ ne 't/01-tree.t' }
	    files_below('t');
	none('make check-long runs those that have a long form', grep {
		my ($base) = /(.*)\.t$/;
		my $long = slurp($_) =~ /DROVER_LONG/;
		!!$long != ($said =~ m{\Q$base\E\.log});
	} @tests);
}

none('every file of code names its licence', grep {
	slurp($_) !~ /^(?:#!.*\n)?.*SPDX-License-Identifier: BSD-2-Clause/
} @code, grep { /\.(?:t|pm|am|m4)$/ } files_below('src', 't', 'm4'));

none("no file is longer than $FILE_LINES lines", map {
	my $lines = ($text{$_} =~ tr/\n//);
	$lines > $FILE_LINES ? "$_: $lines lines" : ();
} @code);

none("no function is longer than $FUNCTION_LINES lines", map {
	my $file = $_;
	map { "$file:$_->[1]: $_->[0] has $_->[2] lines" }
	    grep { $_->[2] > $FUNCTION_LINES } functions($text{$file});
} @code);

done_testing;
