#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A row of directives whose field has another type than the row says does not
# compile.
use strict;
use warnings;
use Cwd qw(abs_path);
use Test::More;

my $src = abs_path($ENV{TOP_SRCDIR} // '.');
my $build = $ENV{TOP_BUILDDIR} // "$src/build";
my @compiler = split ' ', $ENV{CC} // 'cc';

# True if the row compiles with a field of the type; and what was said.
sub compiles {
	my ($type, $row) = @_;
	my $text = <<"EOF2";
#include "config.h"
#include "conf/directive.h"
struct thing_conf { $type field; };
static const struct directive_keyword words[] = { { NULL, 0 } };
static int parse_it(const struct directive_use *u, void *f);
extern const struct directive rows[], *use_all;
const struct directive rows[] = { $row, { .name = NULL } };
static int parse_it(const struct directive_use *u, void *f)
{ return u == f || words == f; }
void *const users[] = { (void *)parse_it };
EOF2
	pipe my $read, my $write or die "pipe: $!";
	my $pid = open my $out, '-|';
	if (!$pid) {
		close $write;
		open STDIN, '<&', $read;
		open STDERR, '>&', \*STDOUT;
		exec @compiler, '-std=gnu11', '-fsyntax-only', "-I$build",
		    "-I$src/src", '-x', 'c', '-';
		exit 127;
	}
	close $read;
	print {$write} $text;
	close $write;
	local $/;
	my $said = <$out>;
	close $out;
	return ($? == 0, $said);
}

my %row = (
	bool => 'DIRECTIVE_FLAG("X", IN_ANY, thing_conf, field, "On", "h")',
	int => 'DIRECTIVE_INT("X", IN_ANY, thing_conf, field, "1", 0, 9, "h")',
	int64_t => 'DIRECTIVE_SIZE("X", IN_ANY, thing_conf, field, "1", 0, 9, ' .
	    '"h")',
	'const char *' => 'DIRECTIVE_STRING("X", IN_ANY, thing_conf, field, ' .
	    '"a", "word", "h")',
	'struct span' => 'DIRECTIVE_CUSTOM("X", IN_ANY, thing_conf, field, ' .
	    'struct span, NULL, "a", "h", .parse = parse_it, .min_args = 1, ' .
	    '.max_args = 1)',
);
my ($ok) = compiles('int', $row{int});
plan skip_all => "@compiler does not compile" if !$ok && $? >> 8 == 127;
for my $type (sort keys %row) {
	my ($name) = $row{$type} =~ /^(\w+)/;
	my ($same, $said) = compiles($type, $row{$type});
	ok($same, "$name with a field of type $type") or diag($said);
	for my $other (sort('unsigned', 'char *', keys %row)) {
		next if $other eq $type;
		ok(!(compiles($other, $row{$type}))[0],
		    "$name: not with $other");
	}
}
done_testing;
