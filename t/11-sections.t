#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# <Directory>, <Files>, <Location> and <VirtualHost> as a client sees them.
# Each section gives the files that it holds for a type of its own; the last
# one in the order of merging wins.
use strict;
use warnings;
use Test::More;
use Drover;

my %files = map { $_ => "x\n" } qw(
    a.x f.x loc/a.x loc/f.x loc/deep/a.x locked.x
    d/a.x d/f.x d/e/a.x d/e/f.x wild/one/a.x wild/two/b/a.x
    closed/a.x closed/open/a.x h/a.x .htsecret d/.ht.x
);
my $s = Drover->start(files => \%files, conf => <<'EOT');
AddType text/server .x
<Location /loc>
    AddType text/loc .x
</Location>
<Location /loc/*/a.x>
    AddType text/wildloc .x
</Location>
<Files f.x>
    AddType text/file .x
</Files>
<Directory "{DIR}/htdocs/d/e">
    AddType text/e .x
</Directory>
<Directory "{DIR}/htdocs/d">
    AddType text/d .x
    <Files f.?>
        AddType text/file-in-d .x
    </Files>
</Directory>
<Directory "{DIR}/htdocs/wild/*">
    AddType text/wild .x
</Directory>
<Directory "{DIR}/htdocs/closed">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/closed/open">
    Require all granted
</Directory>
<Files locked.*>
    Require all denied
</Files>
<Files ".ht*">
    Require all denied
</Files>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName main.test
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName host.test
    ServerAlias *.host.test
    AddType text/host .x
    <Directory "{DIR}/htdocs/d">
        AddType text/host-d .x
    </Directory>
    <Location />
        AddType text/host-loc .y
    </Location>
    <Location /h>
        Require all denied
    </Location>
</VirtualHost>
EOT

my @table = (
	# host, path, status, type
	['main.test', '/a.x', 200, 'text/server'],
	['main.test', '/f.x', 200, 'text/file'],
	['main.test', '/loc/a.x', 200, 'text/loc'],
	['main.test', '/loc/f.x', 200, 'text/loc'],
	['main.test', '/loc/deep/a.x', 200, 'text/wildloc'],
	['main.test', '/d/a.x', 200, 'text/d'],
	['main.test', '/d/f.x', 200, 'text/file-in-d'],
	['main.test', '/d/e/a.x', 200, 'text/e'],
	['main.test', '/d/e/f.x', 200, 'text/file-in-d'],
	['main.test', '/wild/one/a.x', 200, 'text/wild'],
	['main.test', '/wild/two/b/a.x', 200, 'text/wild'],
	['main.test', '/closed/a.x', 403],
	['main.test', '/closed/open/a.x', 200, 'text/server'],
	['main.test', '/locked.x', 403],
	['main.test', '/d/.ht.x', 403],
	['main.test', '/h/a.x', 200, 'text/server'],
	# The same sections are left by other spellings of a path.
	['main.test', '/loc/../closed/a.x', 403],
	['main.test', '/%63losed/a.x', 403],
	['main.test', '/closed//a.x', 403],
	['main.test', '/closed/open/../a.x', 403],
	['main.test', '/locked%2ex', 403],
	# What a host adds, after what is outside of it.
	['host.test', '/a.x', 200, 'text/host'],
	['host.test', '/d/a.x', 200, 'text/host-d'],
	['host.test', '/d/e/a.x', 200, 'text/e'],
	['www.host.test', '/loc/a.x', 200, 'text/loc'],
	['host.test', '/h/a.x', 403],
	['host.test', '/h', 403],
	['host.test', '/%68/a.x', 403],
	['host.test', '/closed/a.x', 403],
);
for my $row (@table) {
	my ($host, $path, $status, $type) = @$row;
	my $r = $s->get($path, Host => $host);
	is($r->{status}, $status, "$host$path: status");
	is($r->{header}{'content-type'}, $type, "$host$path: type") if $type;
}

$s->stop;
done_testing;
