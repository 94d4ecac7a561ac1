# SPDX-License-Identifier: BSD-2-Clause
#
# A configuration, and what becomes of requests under it: asked of Drover, and
# of Apache where that is installed.
#
#	my $s = Drover->new(...);
#	compare_answers($s, [qw(alias dir)], $conf, <<'EOT');
#	/a.txt         200 a
#	HEAD /old      301 /new
#	/x | Accept: text/html | 404
#	/differs       403 // 200 b
#	EOT
#
# A line is a request and what is answered: a status, and for one below 300 the
# first line of the body if one is given, for others Location (without the
# server's own name).  Fields of the request stand between "|".  Behind "//"
# is what Apache answers where Drover does something else.  {DIR} and {ROOT}
# are put in, Host is localhost.
package Drover::Table;

use strict;
use warnings;
use Exporter 'import';
use IO::Socket::INET;
use Test::More;

use Drover::Apache;

our @EXPORT = qw(compare_answers ask_table nested_directories);

# Of texts "OUTER // INNER", with " | " between lines: (files, configuration) with
# a directory for each, called by its number from 0, and one called "in" inside,
# where f.txt is.
sub nested_directories {
	my (@texts) = @_;
	my (%files, $conf);
	for my $i (0 .. $#texts) {
		my ($outer, $inner) = map { s/ \| /\n/gr } split m{ // }, $texts[$i];
		$files{"$i/in/f.txt"} = "file\n";
		$conf .= "<Directory \"{ROOT}/$i\">\n$outer\n</Directory>\n";
		$conf .= "<Directory \"{ROOT}/$i/in\">\n$inner\n</Directory>\n"
		    if defined $inner;
	}
	return (\%files, $conf);
}

sub ask {
	my ($port, $request, $full) = @_;
	my ($line, @fields) = split / *\| */, $request;
	my ($method, $path) = $line =~ /^(?:([A-Z]+) )?(\S+)$/;
	push @fields, 'Host: localhost' unless grep { /^Host:/ } @fields;
	my $socket = IO::Socket::INET->new("127.0.0.1:$port") or return '!';
	print $socket join("\r\n", ($method // 'GET') . " $path HTTP/1.1",
	    @fields, 'Connection: close', 'Content-Length: 0', '', '');
	my $answer = do { local $/; <$socket> } // '';
	my ($status) = $answer =~ m{^HTTP/1\.1 (\d{3}) };
	return '!' unless $status;
	my ($more) = $status < 300 ? $answer =~ /\r\n\r\n([^\r\n]*)/
	    : $answer =~ /^Location: ([^\r]*)/mi;
	return $status if !$full || !defined $more || $more eq '';
	$more =~ s{^http://localhost(?=[:/]|$)}{};
	$more =~ s{^:$port(?=/|$)}{};
	return "$status $more";
}

sub rows {
	my ($text) = @_;
	my @rows;
	for (grep { /\S/ } split /\n/, $text) {
		my ($request, $wanted) = /^(.*?\S)\s+(\d{3}\b.*)$/ or die $_;
		my ($here, $there) = split m{ // }, $wanted;
		$request =~ s/ *\|$//;
		push @rows, [$request, $here, $there // $here];
	}
	return @rows;
}

# All rows of a server that runs; $there: as for Apache.
sub ask_table {
	my ($port, $text, $there) = @_;
	for (rows($text)) {
		my $wanted = $_->[$there ? 2 : 1];
		is(ask($port, $_->[0], $wanted =~ / /), $wanted,
		    ($there ? 'Apache: ' : '') . $_->[0]);
	}
	return;
}

# Leaves Drover stopped; its error log is there.  own: what only Drover reads.
sub compare_answers {
	my ($s, $modules, $conf, $text, %args) = @_;
	my $dir = $s->dir;
	s/\{DIR\}/$dir/g, s/\{ROOT\}/$dir\/htdocs/g for $conf, $text;
	$s->set_conf(($args{own} // '') . $conf);
	ok($s->launch, 'Drover starts') or return diag($s->stderr);
	ask_table($s->port, $text);
	$s->stop;
	return if $args{no_apache};
	my $apache = Drover::Apache->start($s, $modules,
	    ($args{apache} // '') . $conf);
	SKIP: {
		skip $apache, scalar(() = rows($text)) unless ref $apache;
		ask_table($apache->port, $text, 1);
		$apache->stop;
	}
	return;
}

1;
