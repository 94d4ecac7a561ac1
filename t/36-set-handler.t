#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# SetHandler: what it names answers, be there a file, a directory or nothing,
# where the checks of files still hold; and a name that is lacking never makes
# a script a file.
use strict;
use warnings;
use Test::More;
use Drover;

my %files = ('a.php' => "<?php secret ?>\n", 'a.txt' => "text\n");
my $conf = <<'EOT';
<Files *.php>
    SetHandler "proxy:unix:/run/php.sock|fcgi://localhost"
</Files>
EOT

my $s = Drover->new(conf => $conf);
my $run = $s->run('-t');
is($run->{status}, 1, 'a handler that is lacking is an error');
like($run->{err}, qr{httpd\.conf:\d+:16:\ error:\ SetHandler:\ Drover\ has\ no
    \ handler\ "proxy:.*?".*with\ UnsupportedModules\ warn}x,
    'it is named, and what can be done');
$s->set_conf("SetHandler Noen\n");
like($s->run('-t')->{err}, qr/has no handler "Noen"/, 'a mistyped name');
$s->set_conf("SetHandler None\n<Files a>\nSetHandler default-handler\n</Files>");
is($s->run('-t')->{status}, 0, 'none is no handler that is lacking');

$s = Drover->start(conf => "${conf}UnsupportedModules warn\n",
    files => \%files);
is($s->get('/a.php')->{status}, 501, 'UnsupportedModules warn: 501');
unlike($s->get('/a.php')->{body}, qr/secret/, 'and not a byte of the file');
is($s->get('/a.txt')->{body}, "text\n", 'others are served');
$s->wait_log('error', qr{worker.*not supported: \S+/a\.php});
$s->stop;

my %tree = map { $_ => "file\n" } qw(
    index.html d/index.html d/a.html d/.secret d/files/index.html closed/a
    overridden/.htaccess overridden/a x/index.x x/a.x);
$s = Drover->start(conf => <<'EOT', files => \%tree);
DirectoryIndex index.x index.html
<Location "/nothing">
    SetHandler echo
</Location>
<Location "/nothing/files">
    SetHandler none
</Location>
<Directory "{DIR}/htdocs/d">
    SetHandler echo
</Directory>
<Directory "{DIR}/htdocs/d/files">
    SetHandler default-handler
</Directory>
<Directory "{DIR}/htdocs/closed">
    SetHandler echo
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/overridden">
    SetHandler echo
    AllowOverride All
</Directory>
<Files "*.x">
    SetHandler Echo
</Files>
EOT
my $echo = qr{<h1>Echo</h1>};
my $file = qr{^file\n\z};
my @rows = (
	['/nothing', 200, $echo],
	['/nothing/at/all', 200, $echo],
	['/nothings', 404],
	['/nothing/files', 404],
	['/', 200, $file],
	# A directory: neither its slash nor its index is looked for.
	['/d', 200, $echo],
	['/d/', 200, $echo],
	['/d/a.html', 200, $echo],
	['/d/none', 200, $echo],
	['/d/files/', 200, $file],
	['/d/files', 301],
	# The index of another directory has its own handler.
	['/x/', 200, $echo],
	['/x/a.x', 200, $echo],
	['/x', 301],
	# What is closed stays so.
	['/d/.secret', 404],
	['/closed', 403],
	['/closed/a', 403],
	['/overridden', 403],
	['/overridden/a', 403],
);
for my $row (@rows) {
	my ($path, $status, $body) = @$row;
	my $r = $s->get($path);
	is($r->{status}, $status, "$path: $status");
	like($r->{body}, $body, "$path: who answers") if $body;
}
is($s->get('/x/')->{body} =~ /Path<.*?<td>(.*?)</ && $1, '/x/index.x',
    'an index has a path of its own');
$s->stop;
done_testing;
