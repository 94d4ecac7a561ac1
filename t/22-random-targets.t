#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Targets put together at random, under all rules for their slashes, against
# what RFC 3986 says of them in another language.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Drover;

my $seed = $ENV{SEED} // time;
srand $seed;

my @hosts = map { my $slashes = $_;
	map { { name => lc "$slashes-$_.test", slashes => $slashes,
	    merge => $_ } } qw(On Off) } qw(Off On NoDecode);
my $s = Drover->start(conf => "MaxKeepAliveRequests 0\n" .
    join '', map { <<"EOT" } @hosts);
<VirtualHost 127.0.0.1:{PORT}>
    ServerName $_->{name}
    AllowEncodedSlashes $_->{slashes}
    MergeSlashes $_->{merge}
    <Location "/">
        SetHandler echo
    </Location>
</VirtualHost>
EOT

my @pieces = ('a', 'b.', 'c;', 'dir', '/', '/', '/', '//', '.', '.', '..',
    '..', '%2e', '%2E', '%2f', '%2F', '\\', '%5c', '%25', '%252e', '%252f',
    '%61', '%0a', '%', '%zz', '%00', '..;', 'n' x 300);

sub random_target {
	my $text = join '', map { $pieces[rand @pieces] } 1 .. 1 + rand 12;
	# What is no escape ends the matter: few of those.
	$text =~ s/%(?![0-9a-f]{2})|%00/x/gi if rand() < 0.9;
	$text =~ s/%2f/x/gi if rand() < 0.5;
	# Two pieces may have made an escape; JSON has no bytes but UTF-8.
	$text =~ s/%[89a-f](?=[0-9a-f])/%6/gi;
	return "/$text";
}

# The status, and the path where that is 200.
sub expected {
	my ($target, $host) = @_;
	return 400 if $target =~ /%(?![0-9a-f]{2})|%00/i;
	return 404 if $host->{slashes} eq 'Off' && $target =~ /%2f/i;
	my $kept = $host->{slashes} eq 'NoDecode';
	$target =~ s/%(..)/$kept && lc $1 eq '2f' ? "%$1" : chr hex $1/ge;
	my (undef, @segments) = split m{/}, $target, -1;
	my $is_folder = $segments[-1] =~ /^\.{0,2}\z/;
	pop @segments if $segments[-1] =~ /^\.?\z/;
	my @path;
	for my $segment (@segments) {
		if ($segment eq '..') {
			return 400 if !@path;
			pop @path;
		} elsif ($segment ne '.' &&
		    ($segment ne '' || $host->{merge} eq 'Off')) {
			push @path, $segment;
		}
	}
	return 404 if grep { /^\./ } @path;
	return (200, join '/', '', @path, $is_folder ? '' : ()) if @path;
	return (200, '/');
}

my ($c, @wrong, %seen);
for (1 .. 3000) {
	my $host = $hosts[rand @hosts];
	my $target = random_target();
	my ($status, $path) = expected($target, $host);
	$c //= $s->connect;
	my $r = $c->get($target, Host => $host->{name},
	    Accept => 'application/json');
	my $got = $r->{status} == 200 ?
	    JSON::PP::decode_json($r->{body})->{path} : undef;
	$seen{$r->{status}}++;
	push @wrong, "$host->{name} $target: $r->{status} " . ($got // '')
	    if $r->{status} != $status || ($got // '') ne ($path // '');
	undef $c if ($r->{header}{connection} // '') eq 'close';
}
is(scalar @wrong, 0, 'targets mean what they should')
    or diag("seed $seed", map { "$_\n" } '', grep { defined } @wrong[0 .. 9]);
is(join(' ', sort keys %seen), '200 400 404', 'of all kinds, and no other');
cmp_ok($seen{$_} // 0, '>', 100, "many with $_") for 200, 400, 404;
$s->stop;
done_testing;
