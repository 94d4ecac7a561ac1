#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The same requests under the same configurations, to Apache 2.4 and to Drover:
# status, fields and bodies are the same, but for what is named below.  What
# Apache answered is kept in t/same/record, so this needs none; where apache2
# is installed it is asked, too, and the record must be right.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Apache;
use Drover::Same qw(ask asked configurations different_parts make_site
    read_record requests write_record);

my @modules = qw(access_compat alias allowmethods autoindex authz_host dir env
    expires headers macro mime remoteip setenvif userdir vhost_alias);

# What differs, on purpose: configurations, parts of the answer, requests.  A
# row that no longer differs anywhere fails.
my @rows = map { [split ' ', $_, 3] } grep { /^[^#\s]/ }
    split /\n/, Drover::slurp("$Drover::SRC/t/same/differences");

my $only = $ENV{DROVER_ONLY} // '.';
my @requests = requests();
my @configurations = grep { $_->[0] =~ /$only/ } configurations();
my $record = read_record();
my %differing;	# row -> where it differs still

my $s = Drover->new(files => {});
make_site($s);
my $dir = $s->dir;

sub settings {
	my ($text) = @_;
	$text =~ s/\{DIR\}/$dir/g;
	$text =~ s/\{ROOT\}/$dir\/htdocs/g;
	return "MaxKeepAliveRequests 0\n$text";
}

sub rows_of {
	my ($name, $request) = @_;
	return grep { my ($conf, undef, $what) = @{ $rows[$_] };
	    $name =~ /^(?:$conf)/ && $request =~ /^(?:$what)$/ } 0 .. $#rows;
}

# Whether a row speaks of a part of an answer of Drover's.
sub excuses {
	my ($row, $part, $ours) = @_;
	my ($status, $parts) = $row->[1] =~ /^(?:(\d+):)?(.*)/;
	return 0 if defined $status && $ours !~ /^status: $status$/m;
	my %parts = map { $_ => 1 } split /,/, $parts;
	return $parts{$part} || $parts{all} || $parts{fields} &&
	    $part !~ /^(?:status|reason|body|title|list|order)$/;
}

sub ask_drover {
	my ($text) = @_;
	$s->set_conf(settings($text));
	if (!$s->launch) {
		diag($s->stderr);
		return;
	}
	my @answers = ask($s->port, $dir, @requests);
	$s->stop;
	return @answers;
}

# Its answers, or why there are none.
sub ask_apache {
	my ($text) = @_;
	my $apache = Drover::Apache->start($s, \@modules, join "\n",
	    "TypesConfig $Drover::SRC/conf/mime.types", '<Directory />',
	    'AllowOverride None', 'Require all denied', '</Directory>',
	    "<Directory $dir/htdocs>", 'Require all granted', '</Directory>',
	    settings($text));
	return $apache unless ref $apache;
	my @answers = ask($apache->port, $dir, @requests);
	$apache->stop;
	return \@answers;
}

# Whether answers are the same but for what may differ.
sub compare {
	my ($name, $i, $ours, $theirs) = @_;
	my @bad;
	my @rows_here = rows_of($name, $requests[$i]);
	for my $part (different_parts($ours, $theirs)) {
		my @found = grep { excuses($rows[$_], $part, $ours) } @rows_here;
		$differing{$_}++ for @found;
		push @bad, $part if !@found;
	}
	diag("$name: $requests[$i]: @bad\nDrover:\n${ours}Apache:\n$theirs")
	    if @bad;
	return !@bad;
}

my $version = Drover::Apache::version();
my $anew = $ENV{DROVER_RECORD} && $version;
my %now;
is($record->{asked}, asked(), 'the record is of these questions') if !$anew;
for my $configuration (@configurations) {
	my ($name, $text) = @$configuration;
	my @ours = ask_drover($text);
	is(scalar @ours, scalar @requests, "$name: Drover answers");
	my $theirs = $version ? ask_apache($text) : 'no apache2 here';
	$now{$name} = $theirs if ref $theirs;
	$theirs = "the record is of $record->{version}"
	    if ref $theirs && !$anew && $record->{version} ne $version;
	my $recorded = $anew ? $now{$name} : $record->{answers}{$name};
	SKIP: {
		skip $theirs, 1 if !ref $theirs;
		is_deeply($theirs, $recorded, "$name: Apache, as recorded");
	}
	is(scalar(grep { !compare($name, $_, $ours[$_], $recorded->[$_]) }
	    0 .. $#ours), 0, "$name: Drover, as Apache");
}
write_record($version, \%now) if $anew && $only eq '.';

for my $i ($only eq '.' ? (0 .. $#rows) : ()) {
	ok($differing{$i}, "differs: @{ $rows[$i] }");
}
done_testing;
