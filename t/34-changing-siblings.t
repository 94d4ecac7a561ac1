#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Files and their precompressed siblings that are replaced, removed and added
# under load: each answer is one form of one version, and says which.
use strict;
use warnings;
use IO::Compress::Gzip qw(gzip $GzipError);
use Test::More;
use Time::HiRes qw(utime);
use Drover;
use Drover::Lasting;

plan skip_all => 'too slow under valgrind to meet each form'
    if $Drover::VALGRIND;

my $s = Drover->start(conf => "Workers 2\nMaxKeepAliveRequests 0\n");
my $htdocs = $s->dir . '/htdocs';

# Small and large, of either form.
srand 34;
my @text = map { join '', map { sprintf "%x\n", rand 1 << 31 } 1 .. $_ }
    1, 100, 5000, 20000;
my @coded = map { gzip(\$_, \my $gz) or die $GzipError; $gz } @text;
my %form = ((map { $text[$_] => "text $_" } 0 .. $#text),
    (map { $coded[$_] => "gzip $_" } 0 .. $#text));

# A file appears with its date, as a whole.
sub put {
	my ($name, $content, $date) = @_;
	open my $out, '>:raw', "$htdocs/new" or die "new: $!";
	print {$out} $content;
	close $out or die "new: $!";
	utime $date, $date, "$htdocs/new" or die "new: $!";
	rename "$htdocs/new", "$htdocs/$name" or die "rename: $!";
	return;
}

# Asks until the end is wanted; "count, count of gzip" or what was wrong.
sub client {
	my ($end_wanted) = @_;
	my $conn = $s->connect;
	my (%tags, $count, $gzip);
	until ($end_wanted->()) {
		my $accept = $count++ % 3 ? 'gzip, br' : 'identity';
		my $r = $conn->get('/page', 'Accept-Encoding' => $accept);
		return "status $r->{status}" if $r->{status} != 200;
		my $form = $form{ $r->{body} } // return 'unknown body';
		my $coding = $r->{header}{'content-encoding'} // '';
		return "$form with Content-Encoding: $coding"
		    if $coding ne ($form =~ /^gzip/ ? 'gzip' : '');
		return "$form for $accept"
		    if $accept eq 'identity' && $coding ne '';
		return "$form without Vary"
		    if $coding ne '' &&
		    ($r->{header}{vary} // '') ne 'Accept-Encoding';
		my $tag = $r->{header}{etag};
		return "one tag for $form and $tags{$tag}: $tag"
		    if $tag =~ /^"/ && ($tags{$tag} //= $form) ne $form;
		$gzip++ if $coding ne '';
	}
	return "$count, $gzip";
}

# Dates are in the past, so that files are settled as soon as they can be.
my $date = time - 100_000;
put('page', $text[0], $date);
put('page.gz', $coded[0], $date);
my $steps = $ENV{DROVER_LONG} ? 20000 : $Drover::VALGRIND ? 200 : 1000;
my @clients = map { Drover::Lasting->run(\&client) } 1 .. 2;
my $version = 0;
for my $i (1 .. $steps) {
	my $what = int rand 4;
	if ($what == 0) {
		unlink "$htdocs/page.gz";
	} elsif ($what == 1) {
		put('page.gz', $coded[$version], $date);
	} else {
		$version = int rand @text;
		put('page', $text[$version], ++$date);
		put('page.gz', $coded[$version], $date) if $what == 2;
	}
	# Long enough for tags to become strong.
	Time::HiRes::sleep(0.06) if $i % 100 == 0;
}
like(scalar $_->finish, qr/^[1-9]\d*, [1-9]\d*$/, "$steps changes: all right")
    for @clients;

# Afterwards it is the last version.
put('page', $text[1], ++$date);
put('page.gz', $coded[1], $date);
ok($s->wait_until(sub {
	$s->get('/page', 'Accept-Encoding' => 'gzip')->{body} eq $coded[1];
}), 'the last version');
$s->stop;
done_testing;
