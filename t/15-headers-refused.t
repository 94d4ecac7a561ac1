#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What Header and RequestHeader take and do not take, with the place of the
# mistake (column) and what is said about it.
use strict;
use warnings;
use Drover;
use Test::More;

my @rows = (
	['Header set', 8, 'the name of a field belongs behind it'],
	['Header always', 8, 'what to do belongs behind it'],
	['Header set X', 12, 'a value belongs behind it'],
	['Header edit X a', 13, 'a pattern and what takes its place belong'],
	['Header put X a', 8, '"put" is none of set, append, .* echo'],
	['Header set X y foo', 16, '"foo" is neither early nor env='],
	['Header unset X y', 16, '"y" is neither early nor env='],
	['Header echo X y', 15, '"y" is neither early nor env='],
	['Header set X y env=a b', 22, 'one condition is all that may follow'],
	['Header set X y env=', 16, q{a variable's name is missing}],
	['Header set X y env=!', 16, q{a variable's name is missing}],
	['Header set "X Y" a', 12, 'cannot be the name of a field'],
	['Header set "" a', 12, 'cannot be the name of a field'],
	['Header set "X(Y" a', 12, 'cannot be the name of a field'],
	['Header set : a', 12, 'cannot be the name of a field'],
	['Header set X "a\nb"', 14, q{a field's value is one line of text}],
	['Header set X "a\rb"', 14, q{a field's value is one line of text}],
	['Header edit X a "b\n"', 17, q{a field's value is one line of text}],
	["Header set X \"a\x01\"", 14, q{a field's value is one line of text}],
	['Header set X 5%', 14, 'a percent sign is written as %%'],
	['Header set X %Z', 14, '"%Z" is not known'],
	['Header set X %l', 14, '"%l" is not supported'],
	['Header set X %{A', 14, 'goes on with a name'],
	['Header set X %{A}', 14, 'goes on with a name'],
	['Header set X %{A}q', 14, '"%\{A}q" is not known'],
	['Header set X expr=%{HTTP_HOST}', 14, 'expressions \(expr=\) are not'],
	['Header set X a expr=true', 16, 'expressions \(expr=\) are not'],
	['Header unset X expr=true', 16, 'expressions \(expr=\) are not'],
	['RequestHeader unset X expr=true', 23, 'expressions \(expr=\) are not'],
	['Header echo (', 13, 'no regular expression'],
	['Header edit X (a b', 17, 'no regular expression'],
	['RequestHeader echo X', 15, 'RequestHeader knows no "echo"'],
	['RequestHeader note X a', 15, 'RequestHeader knows no "note"'],
	['RequestHeader always set X a', 15, '"always" is none of set,'],
);
my @inside = (
	['Header set X a early', 16, 'before it is known which sections hold'],
	['RequestHeader set X a early', 23, 'before it is known which sections'],
);
my @warned = (
	['Header set Content-Length 3', 12, 'where a message ends'],
	['Header always unset Transfer-Encoding', 21, 'where a message ends'],
	['Header unset Server', 14, 'as in Apache; see ServerTokens'],
	['Header set Date x', 12, 'as in Apache'],
	['Header append Content-Type x', 8, 'a message has one type'],
	['RequestHeader unset Connection', 21, 'between the client and the'],
	['RequestHeader set Content-Length 3', 19, 'where a message ends'],
);

my $s = Drover->new;

sub test_all {
	my ($kind, $before, $after, @all) = @_;
	$s->set_conf(join '', map { "$before$_->[0]\n$after" } @all);
	my $run = $s->run('-d', $s->dir, '-f', $s->conf_file, '-t');
	is($run->{status}, $kind eq 'error' ? 1 : 0, "drover -t, $kind");
	for my $row (@all) {
		my ($line, $column, $text) = @$row;
		my $shown = '    ' . $line =~ tr/\x01/?/r;
		like($run->{err},
		    qr{:\d+:$column: $kind: .*$text.*\n\Q$shown\E\n}, $line);
	}
	return;
}

test_all('error', '', '', @rows);
test_all('error', "<Location /x>\n", "</Location>\n", @inside);
test_all('warning', '', '', @warned);
done_testing;
