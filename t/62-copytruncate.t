#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Logs that are copied and then emptied, as logrotate does it with
# copytruncate: no hole of zeros is left, and no line is torn.  What is written
# between copy and truncation is lost; by whom, nobody can tell.
use strict;
use warnings;
use Drover;
use Drover::Load;
use Test::More;

# All files hold whole lines of this server, and nothing else.
sub whole_lines {
	my ($s, @names) = @_;
	my $text = join '', map { $s->log($_) } @names;
	is(() = $text =~ /\0/g, 0, 'no zeros');
	my @torn = grep { !/^127\.0\.0\.1 - - \[.*\] "GET \S+ HTTP.*"-" "-"\n\z/ }
	    split /(?<=\n)/, $text;
	is("@torn", '', 'whole lines');
	return $text;
}

subtest 'emptied between requests' => sub {
	my $s = Drover->start;
	for my $round (1 .. 3) {
		is($s->get("/?$round")->{status}, 200, 'a request');
		ok($s->wait_log('access', qr/\?$round /), 'its line');
		my $text = $s->log('access');
		$s->file("logs/copy$round", $text);
		truncate $s->log_path('access'), 0;
	}
	is($s->get('/?4')->{status}, 200, 'a request');
	ok($s->wait_log('access', qr/\?4 /), 'its line');
	my @lines = split /\n/, whole_lines($s, 'access',
	    map { "logs/copy$_" } 1 .. 3);
	is(scalar @lines, 4, 'each has its line');
	$s->stop;
};

# The truncation comes between any two writes of the logger.
subtest 'emptied under load' => sub {
	my $s = Drover->start;
	my $load = Drover::Load->start($s, keep => 2, once => 1);
	my $text = '';
	for (1 .. 20) {
		ok($s->wait_log('access', qr/GET/), 'lines');
		$text .= $s->log('access');
		truncate $s->log_path('access'), 0;
	}
	ok($s->wait_log('access', qr/GET/), 'lines');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	$s->file('logs/copies', $text);
	# A copy may end within a line that is being written.
	my %seen = map { $_ => 1 } whole_lines($s, 'access') =~
	    m{\?(\d+\.\d+) }g;
	unlike($text, qr/\0/, 'no zeros in the copies');
	ok(scalar keys %seen, 'the file in place has lines');
};

subtest 'by logrotate' => sub {
	my ($logrotate) = grep { -x } map { "$_/logrotate" }
	    split(/:/, $ENV{PATH}), '/usr/sbin', '/sbin';
	plan skip_all => 'no logrotate' if !$logrotate;
	my $s = Drover->start;
	my $owner = getpwuid $>;
	my $group = getgrgid((split ' ', $))[0]);
	plan skip_all => 'a user without name' if !$owner || !$group;
	my $conf = $s->file('rotate.conf', <<"EOC");
$s->{dir}/logs/access_log {
    su $owner $group
    rotate 100
    copytruncate
    nocompress
    missingok
}
EOC
	chmod 0644, $conf;
	chmod 0755, "$s->{dir}/logs";
	my $load = Drover::Load->start($s, keep => 2, pause => 0.001);
	for my $n (1 .. 5) {
		ok($s->wait_log('access', qr/GET/), 'lines');
		is(system($logrotate, '-f', '-s', "$s->{dir}/rotate.state",
		    $conf), 0, 'rotated');
	}
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	$s->stop;
	my @copies = map { "logs/access_log.$_" } 1 .. 5;
	unlike(join('', map { $s->log($_) } 'access', @copies), qr/\0/,
	    'no zeros');
	my %count;
	$count{$_}++ for map { m{\?(\d+\.\d+) HTTP.*"-"\n}g }
	    map { $s->log($_) } 'access', @copies;
	is(scalar(grep { $_ > 1 } values %count), 0, 'no line twice');
	cmp_ok(scalar keys %count, '>', 0, 'lines');
	whole_lines($s, 'access');
};

done_testing;
