# SPDX-License-Identifier: BSD-2-Clause
#
# What the server says of its logs while it runs, held against the files.
#
#	my $s = Drover->start(conf => Drover::Ledger::CONF .
#	    "CustomLog logs/access_log combined env=!unlogged\n");
#	...
#	Drover::Ledger::agrees($s, 'access_log', ['access', 'logs/old'], 17);
package Drover::Ledger;

use strict;
use warnings;
use Drover;
use JSON::PP ();
use Test::More ();

# A page that says it, and whose requests are not logged.
use constant CONF => <<'EOF';
SetEnvIf Request_URI "^/ledger" unlogged
<Location "/ledger">
    SetHandler server-status
    Require all granted
</Location>
EOF

# The row of the log whose target ends so:
# { appended, written, lost, queued, stuck }.
sub row {
	my ($s, $target) = @_;
	my $body = $s->get('/ledger?json')->{body} // return;
	my $page = eval { JSON::PP::decode_json($body) } // return;
	my ($row) = grep { $_->{target} =~ /\Q$target\E$/ } @{ $page->{logs} };
	return $row;
}

sub lines {
	my ($s, @files) = @_;
	my $count = 0;
	$count += () = (m{^/} ? Drover::slurp($_) : $s->log($_)) =~ /\n/g
	    for @files;
	return $count;
}

# Two tests: once that many lines at least have come out of the rings, and none
# of them waits any more, appended = written + lost, and written are as many
# lines as the files have.  Returns the row.
sub agrees {
	my ($s, $target, $files, $appended) = @_;
	my ($row, $lines);
	$s->wait_until(sub {
		$row = row($s, $target) // return 0;
		$lines = lines($s, @$files);
		return $row->{appended} >= $appended && $row->{queued} == 0 &&
		    $row->{written} == $lines;
	});
	Test::More::is($row->{appended},
	    $row->{written} + $row->{lost} + $row->{queued},
	    "$target: appended = written + lost + queued");
	Test::More::is($row->{written}, $lines,
	    "$target: written is what the files have");
	return $row;
}

1;
