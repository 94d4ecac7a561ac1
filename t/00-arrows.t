#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The rooms of src/ include what the ROOM lines of ARCHITECTURE allow and
# nothing else, and every allowed room stands lower in that list.
use strict;
use warnings;
use File::Find;
use Test::More;

my $src = $ENV{TOP_SRCDIR} // '.';

# Reads the ROOM lines into { room => { allowed => 1, ... } }, and their order.
sub read_map {
	my (%may_use, @order);
	open my $in, '<', "$src/ARCHITECTURE" or die "ARCHITECTURE: $!";
	while (<$in>) {
		my ($room, $list) = /^ROOM\s+(\w+)\s+MAY USE\b(.*)$/ or next;
		push @order, $room;
		$may_use{$room} = { map { $_ => 1 } split ' ', $list };
	}
	return (\%may_use, @order);
}

# The sources below src/, as paths relative to it.
sub sources {
	my @found;
	find({ no_chdir => 1, wanted => sub {
		push @found, $1 if m{^\Q$src\E/src/(.+\.[ch])$};
	} }, "$src/src");
	return sort @found;
}

# The complaints about one file.
sub complaints {
	my ($file, $may_use) = @_;
	my ($room) = $file =~ m{^([^/]+)/} or return "$file: in no room";
	my $allowed = $may_use->{$room} or return "$file: room $room unknown";
	my @bad;
	open my $in, '<', "$src/src/$file" or die "$file: $!";
	while (<$in>) {
		my ($name) = /^\s*#\s*include\s*"([^"]+)"/ or next;
		next if $name eq 'config.h';
		my ($target) = $name =~ m{^(\w+)/};
		if (!defined $target || !-f "$src/src/$name") {
			push @bad, "$file:$.: $name is no file of src/";
		} elsif ($target ne $room && !$allowed->{$target}) {
			push @bad, "$file:$.: $room may not use $target ($name)";
		}
	}
	return @bad;
}

my ($may_use, @order) = read_map();
cmp_ok(scalar @order, '>=', 2, 'ARCHITECTURE has ROOM lines');
my %height = map { $order[$_] => @order - $_ } 0 .. $#order;
is(scalar keys %height, scalar @order, 'no room stands twice');

my @upward;
for my $room (@order) {
	for my $used (sort keys %{ $may_use->{$room} }) {
		next if exists $height{$used} && $height{$used} < $height{$room};
		push @upward, "$room -> $used";
	}
}
is_deeply(\@upward, [], 'every arrow points downward to a room');

my @folders = map { m{/([^/]+)/$} } glob "\Q$src\E/src/*/";
is_deeply([grep { !$may_use->{$_} } @folders], [],
    'every folder of src/ has a ROOM line');
is_deeply([grep { !-d "$src/src/$_" } @order], [],
    'every ROOM line has a folder');

my @bad = map { complaints($_, $may_use) } sources();
is_deeply(\@bad, [], 'no include against the arrows');
diag($_) for @bad;

done_testing;
