# SPDX-License-Identifier: BSD-2-Clause
#
# A server with the conf/httpd.conf and htdocs of the tree, below a ServerRoot
# laid out as ./bootstrap run and make install do it.  Only the port is another.
package Drover::Shipped;

use strict;
use warnings;
use Drover;

# Not launched yet; extra is put at the end of its conf.
sub make {
	my ($extra) = @_;
	my $conf = conf();
	$conf =~ s/^Listen 8080$/Listen {PORT}/m;
	my $s = Drover->new(bare => 1, conf => $conf . ($extra // ''),
	    files => {});
	rmdir $s->dir . '/htdocs' or die "htdocs: $!";
	symlink "$Drover::SRC/htdocs", $s->dir . '/htdocs' or die "htdocs: $!";
	symlink "$Drover::SRC/conf/mime.types", $s->dir . '/conf/mime.types'
	    or die "mime.types: $!";
	return $s;
}

sub conf {
	return Drover::slurp("$Drover::SRC/conf/httpd.conf");
}

1;
