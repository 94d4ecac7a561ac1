# SPDX-License-Identifier: BSD-2-Clause
#
# What came back on a connection, taken apart into answers.
#
#	my $r = Drover::Answers::read($bytes, $first_is_head);
#	$r->{answers}[0]{status};	# header, body as in Drover::Conn
#	$r->{fault};			# what no server may send; '' if fine
#
# An answer without a status line, as HTTP/0.9 has it, has the status 0.
package Drover::Answers;

use strict;
use warnings;

sub read {
	my ($bytes, $head) = @_;
	my @answers;
	my $fault = '';
	while (length $bytes && $fault eq '') {
		(my $answer, $fault) = _answer(\$bytes, $head && !@answers);
		push @answers, $answer
		    if $answer && $answer->{status} !~ /^1/;
	}
	return { answers => \@answers, fault => $fault };
}

# One, cut off the bytes; and what is wrong with it.
sub _answer {
	my ($bytes, $head) = @_;
	if ($$bytes !~ m{^HTTP/}) {
		my $r = { status => 0, header => {}, body => $$bytes };
		$$bytes = '';
		return ($r, '');
	}
	$$bytes =~ s/\A(.*?\r\n)\r\n//s or return (undef, 'no end of a head');
	my ($line, @lines) = split /\r\n/, $1;
	my ($status) = $line =~ m{^HTTP/1\.[01] ([1-5]\d\d) [^\x00-\x1f]*$}
	    or return (undef, "status line: $line");
	my $r = { status => $status, header => {}, body => '' };
	for (@lines) {
		my ($name, $value) = /^([!#-'*+.^_`|~0-9A-Za-z-]+): ?(.*?)[ \t]*$/
		    or return (undef, "field: $_");
		return (undef, "field: $_") if $value =~ /[\x00-\x08\n-\x1f]/;
		my $known = $r->{header}{ lc $name };
		$r->{header}{ lc $name } = defined $known ? "$known, $value" :
		    $value;
	}
	return ($r, '') if $head || $status =~ /^(?:1..|204|304)$/;
	return ($r, _body($bytes, $r));
}

sub _body {
	my ($bytes, $r) = @_;
	my ($coding, $length) =
	    @{ $r->{header} }{ 'transfer-encoding', 'content-length' };
	return 'two lengths' if defined $coding && defined $length;
	if (defined $coding) {
		return 'chunks' if !_chunks($bytes, $r);
	} elsif (defined $length) {
		return "length: $length" if $length !~ /^\d+$/;
		return 'cut off' if $length > length $$bytes;
		$r->{body} = substr $$bytes, 0, $length, '';
	} else {
		$r->{body} = $$bytes;
		$$bytes = '';
	}
	return '';
}

sub _chunks {
	my ($bytes, $r) = @_;
	while ($$bytes =~ s/\A([0-9a-fA-F]{1,15})\r\n//) {
		my $size = hex $1;
		return $$bytes =~ s/\A\r\n// if $size == 0;
		return 0 if $size + 2 > length $$bytes;
		$r->{body} .= substr $$bytes, 0, $size, '';
		return 0 if $$bytes !~ s/\A\r\n//;
	}
	return 0;
}

1;
