#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Where directives may stand: as `apache2 -L' has it, or the list says that it
# differs.  What is there and not in Apache is marked, and nothing else is.
use strict;
use warnings;
use Drover;
use Test::More;

my $MODULES = '/usr/lib/apache2/modules';
my @modules = qw(mpm_event access_compat actions alias allowmethods authn_core
    authz_core authz_host autoindex cgid dir env expires filter headers include
    macro mime negotiation proxy remoteip reqtimeout rewrite setenvif status
    userdir vhost_alias);
# Those of prefork, which cannot be loaded beside event.
my @prefork = qw(maxspareservers minspareservers);
# What Apache refuses by itself, later.
my @later = qw(serveralias serverpath);

my ($apache) = grep { -x } map { "$_/apache2" }
    split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'no apache2 here' if !$apache;
my @missing = grep { !-e "$MODULES/mod_$_.so" } @modules;
plan skip_all => "no mod_$missing[0] here" if @missing;

# { name => [contexts, ...] }: whether it may stand outside, and inside.
sub of_apache {
	my $s = Drover->new;
	mkdir $s->dir . '/logs';
	my $conf = $s->file('apache.conf', join '', 'ServerRoot ' . $s->dir .
	    "\nServerName localhost\nListen 127.0.0.1:1\n",
	    map { "LoadModule ${_}_module $MODULES/mod_$_.so\n" } @modules);
	my %found;
	for (split /^(?=\S)/m, qx('$apache' -f '$conf' -L 2>&1)) {
		my ($name) = /^(\S+) \([\w.]+\)$/m or next;
		my ($word) = /^\tAllowed in \*\.conf ((?:only )?\w+)/m or next;
		$found{lc $name} //= [$word !~ /^only inside/ || 0,
		    $word !~ /^only outside/ || 0];
	}
	return \%found;
}

my $theirs = of_apache();
cmp_ok(scalar keys %$theirs, '>', 200, 'Apache lists its directives');
for (split /^(?=\S)/m, Drover->new->run('-L')->{out}) {
	my ($name) = /^(\S+?)>? / or next;
	my ($in) = /^\tIn: (.*)$/m;
	my $key = lc $name;
	my $there = $theirs->{$key} || grep { $_ eq $key } @prefork;
	is(/^\tNot in Apache$/m ? 1 : 0, $there ? 0 : 1,
	    "$name: whether Apache has it");
	next if !$theirs->{$key} || grep { $_ eq $key } @later;
	next if /^\tDiffers from Apache: .*\bstand\b/ms;
	is_deeply([$in =~ /server/ || 0, $in =~ /directory/ || 0],
	    $theirs->{$key}, "$name: where it may stand");
}
done_testing;
