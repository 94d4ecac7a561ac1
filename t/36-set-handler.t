#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# SetHandler: a name that is lacking never makes a script a file.
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
done_testing;
