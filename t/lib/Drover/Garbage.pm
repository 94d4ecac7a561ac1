# SPDX-License-Identifier: BSD-2-Clause
#
# Bytes that no client should send: random ones, requests with faults, halves
# of requests.  srand() says which.
package Drover::Garbage;

use strict;
use warnings;
use Exporter 'import';

use Drover::Mixed;

our @EXPORT_OK = qw(garbage);

# What it asks for, beside Drover::Mixed::files().
our $CONF = <<'EOT';
ErrorDocument 404 /next
<Directory "{DIR}/htdocs/bare">
    Options Indexes
</Directory>
<Location "/echo">
    SetHandler echo
</Location>
<Location "/status">
    SetHandler server-status
</Location>
EOT
# What /a.txt becomes now and then.
my @targets = qw(/echo /echo /echo /bare/ /status /none /dir /empty);

sub one_of { return $_[rand @_] }

my @rows = map { $_->{bytes} } Drover::Mixed::all();
my @words = ("\r\n", "\n", "\r", ' ', "\t", "\0", ':', '/', '..', '%', '%00',
    '"', ',', ';', '=', '0', '-', "\xff", 'HTTP/1.1', '/echo', '?a=b',
    "Transfer-Encoding: chunked\r\n", "Content-Length: 9\r\n", "\r\n\r\n",
    "Expect: 100-continue\r\n", "Range: bytes=0-1,5-\r\n", "If-Match: *\r\n",
    "Connection: close\r\n", "Content-Type: multipart/form-data; boundary=x\r\n",
    "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\n", "5\r\nabcde\r\n",
    "Accept-Encoding: gzip;q=0.5, *;q=0\r\n", "0\r\n\r\n", 'A' x 9000);

sub noise { return join '', map { chr int rand 256 } 1 .. rand one_of(9, 5000) }

sub mutated {
	my $text = one_of(@rows);
	$text =~ s{/a\.txt}{one_of(@targets)}e if rand() < 0.3;
	for (1 .. 1 + rand 4) {
		my $at = int rand length $text;
		my $size = 1 + int rand one_of(2, 30);
		my $what = int rand 6;
		substr($text, $at, 1) = chr int rand 256 if $what == 0;
		substr($text, $at, 0) = one_of(@words) if $what == 1;
		substr($text, $at, $size) = '' if $what == 2;
		substr($text, $at, 0) = substr $text, $at, $size if $what == 3;
		substr($text, $at) = one_of(@rows) if $what == 4;
		substr($text, $at, $size) = one_of(@words) if $what == 5;
		last if !length $text;
	}
	return $text;
}

sub half {
	my $text = rand() < 0.5 ? one_of(@rows) : mutated();
	return substr $text, 0, rand length $text;
}

sub garbage { return one_of(\&noise, \&mutated, \&mutated, \&half)->() }

1;
