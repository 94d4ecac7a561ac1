# SPDX-License-Identifier: BSD-2-Clause
#
# Requests of all kinds, good and bad, as the bytes that go over an HTTP/1
# connection.
#
#	for my $m (Drover::Mixed::all()) {
#		$m->{group};	# "target"
#		$m->{name};	# "target: /a%00"; unique
#		$m->{bytes};	# the row's own request, and a good one behind
#		$m->{head};	# true where the first request is a HEAD
#	}
#
# Behind each request comes one for /next, which is answered only where the
# server still believes to know where it begins.  {ETAG} and {DATE} in bytes
# stand for the entity-tag and the date that the server gives for /a.txt.
# files() are what the targets ask for.
package Drover::Mixed;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(get row $HOST);
our $HOST = "Host: localhost\r\n";
our $NEXT = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n";
my $TEXT = join '', map { sprintf "%03d\n", $_ } 0 .. 249;

sub files {
	return {
		'a.txt' => $TEXT, 'next' => "the next one\n", 'empty' => '',
		'index.html' => "<p>top\n", 'dir/index.html' => "<p>dir\n",
		'dir/deep/x.html' => "<p>x\n", 'bare/x' => 'x',
		'sp ace.txt' => "space\n", 'per%cent' => "percent\n",
		"\xc3\xa9.txt" => "letter\n", 'plus+.txt' => "plus\n",
		'semi;colon' => "semicolon\n", '..dots' => "dots\n",
		'no-type' => "none\n", 'a:b' => "colon\n", 'inside.txt' => "inside\n",
	};
}

my (@rows, %names);

# A name that has been used gets a number.
sub row {
	my ($group, $what, $request, $alone) = @_;
	my $name = "$group: " . ($what =~ s/\r\n$//r)
	    =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger;
	$name = substr($name, 0, 67) . '...' if length $name > 70;
	my $count = $names{$name}++;
	$name .= ' (' . ($count + 1) . ')' if $count;
	push @rows, { group => $group, name => $name, head => scalar($request =~ /^\s*HEAD /),
		bytes => $request . ($alone ? '' : $NEXT) };
	return;
}

# A GET of a target.
sub get { return "GET $_[0] HTTP/1.1\r\n$HOST\r\n" }

sub all {
	return @rows if @rows;
	for my $part ('Heads', 'Bodies', 'Wishes') {
		require "Drover/Mixed/$part.pm";
		"Drover::Mixed::$part"->can('add')->();
	}
	return @rows;
}

1;
