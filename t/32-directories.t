#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What answers for a directory and for what is not there: DirectoryIndex,
# DirectoryIndexRedirect, DirectorySlash, FallbackResource; and what follows the
# path of a file, AcceptPathInfo.
use strict;
use warnings;
use Drover;
use Drover::Table;
use Test::More;

my $conf = <<'EOT';
<Directory "{DIR}">
Require all granted
Options Indexes
</Directory>
<Directory "{ROOT}/app">
FallbackResource /app/index.html
</Directory>
<Directory "{ROOT}/app/plain">
FallbackResource disabled
</Directory>
<Directory "{ROOT}/app/closed">
Require all denied
</Directory>
<Directory "{ROOT}/e">
DirectorySlash Off
DirectoryIndex /a.txt
</Directory>
<Directory "{ROOT}/bare">
DirectorySlash Off
</Directory>
<Directory "{ROOT}/shut">
DirectorySlash Off
Options -Indexes
</Directory>
<Directory "{ROOT}/d/nested">
FallbackResource /app/
</Directory>
Alias /i-redirect "{ROOT}/d"
<Location /i-redirect>
DirectoryIndexRedirect On
</Location>
Alias /i-second "{ROOT}/d"
<Location /i-second>
DirectoryIndexRedirect permanent
DirectoryIndex missing other.html index.html
</Location>
Alias /i-host "{ROOT}/d"
<Location /i-host>
DirectoryIndex /none.txt missing /e/../a.txt
</Location>
Alias /i-both "{ROOT}/d"
<Location /i-both>
DirectoryIndex other.html /a.txt
DirectoryIndexRedirect seeother
</Location>
Alias /i-none "{ROOT}/d"
<Location /i-none>
DirectoryIndex disabled
Options -Indexes
</Location>
Alias /i-nowhere "{ROOT}/d"
<Location /i-nowhere>
DirectoryIndex /none.txt /neither.txt
Options -Indexes
</Location>
Alias /i-moved "{ROOT}/d"
<Location /i-moved>
DirectoryIndex /app/deep
Options -Indexes
</Location>
Alias /pi "{ROOT}"
<Location /pi>
AcceptPathInfo On
</Location>
Alias /one-file "{ROOT}/a.txt"
<Location /one-file>
AcceptPathInfo On
</Location>
Alias /po "{ROOT}"
<Location /po>
AcceptPathInfo Off
</Location>
Alias /loop "{ROOT}/bare"
<Location /loop>
FallbackResource /loop/none
</Location>
Alias /back "{ROOT}/bare"
<Location /back>
FallbackResource /a.txt
</Location>
Alias /chain "{ROOT}/bare"
<Location /chain>
FallbackResource /back/none
</Location>
<Files deny.txt>
Require all denied
</Files>
EOT

my %files = (
	'index.html' => "root\n", 'a.txt' => "a\n", 'd/index.html' => "d\n",
	'd/other.html' => "other\n", 'app/index.html' => "app\n",
	'd/nested/f' => '', 'app/plain/f' => '', 'app/closed/f' => 'no',
	'app/logo.svg' => "logo\n", 'e/f' => '', 'bare/f' => '',
	'shut/f' => '', 'deny.txt' => 'no',
);
my $table = <<'EOT';
/app                      301 /app/
/app/                     200 app
/app/users                200 app
/app/users/7?tab=1        200 app
/app/users/               200 app
/app/.x/y                 404 // 200 app
/app/logo.svg             200 logo
/app/plain/users          404
/app/plain/               200
/app/closed/users         403
/app/index.html/more      404
/app/%2e%2e/users         404
/d/nested/                200 app
/d/nested/x               200 app
OPTIONS /app/users        200
DELETE /app/users         405
/e/                       200 a
/e                        200
/bare                     200
/bare/                    200
/shut                     403
/shut/                    403
/d                        301 /d/
/d?a=b                    301 /d/?a=b
POST /d                   405 // 301 /d/
/i-redirect/              302 /i-redirect/index.html
/i-redirect/?a            302 /i-redirect/index.html?a // 302 /i-redirect/index.html
/i-second/                301 /i-second/other.html
/i-host/                  200 a
/i-both/                  303 /i-both/other.html
/i-none/                  403
/i-nowhere/               403
/i-moved/                 403 // 200 app
/a.txt/more               404
/a.txt/                   404
/pi/a.txt/more            200 a
/pi/a.txt/                200 a
/pi/a.txt//more/..        200 a
/pi/d/more                404
/pi/d/index.html/a/b      200 d
/pi/none/x                404
/pi/deny.txt              403
/pi/deny.txt/more         403
/one-file                 200 a
/one-file/more            200 a
/po/a.txt/more            404
/po/a.txt                 200 a
/deny.txt/more            403
/back/x                   200 a
/back/                    200 a
/chain/x                  200 a
/loop/x                   500
/loop/                    500
EOT
my $s = Drover->new(files => \%files);
compare_answers($s, [qw(alias dir autoindex)], $conf, $table);
like($s->log('error'), qr{\[dir:error\] .*FallbackResource /loop/none is itself},
    'a fallback that is not there is told of');

# What a page is for, and what only Apache's way answers by it.
my $fallback = <<'EOT';
<Directory "{DIR}">
Require all granted
</Directory>
<Directory "{ROOT}/app">
FallbackResource /app/index.html
</Directory>
EOT
my $requests = <<'EOT';
/app/x | Accept: text/html                             200 app
/app/x | Accept: text/html,application/xml;q=0.9       200 app
/app/x | Accept: */*                                   200 app
HEAD /app/x                                            200
/app/x | Accept: application/json                      404 // 200 app
/app/x | Accept: text/html;q=0, */*                    404 // 200 app
/app/x | Accept: image/*                               404 // 200 app
POST /app/x                                            404 // 200 app
/app/x.js                                              404 // 200 app
/app/x.php | Accept: text/html                         404 // 200 app
/app/x.php/                                            404 // 200 app
/app/a.b/c                                             200 app
/app/%78%2ejs                                          404 // 200 app
EOT
compare_answers($s, ['dir'], $fallback, $requests);

# FallbackRequests all is as Apache.
(my $as_apache = $requests) =~ s{\d\d\d(?: app)? // }{}g;
# But a file answers to no POST.
$as_apache =~ s/^(POST .*)200 app$/${1}405/m;
compare_answers($s, ['dir'], $fallback, $as_apache, no_apache => 1,
    own => "FallbackRequests all\n");

# The answer depends on Accept, and says so.
$s->set_conf("FallbackResource /index.html\n");
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/x')->{header}{vary}, 'Accept', 'Vary of a fallback');
is($s->get('/')->{header}{vary}, undef, '... and of no other');
is($s->get('/x', 'If-None-Match' => '*')->{status}, 304,
    'a fallback has validators');
$s->stop;

# No script becomes a page, nor is one sent: as fallback, index, or before what
# follows it.
my $root = $s->dir . '/htdocs';
$s->file('htdocs/run/x.php', "<?php secret ?>\n");
$s->file('htdocs/plain/f', '');
$s->set_conf(<<"EOT");
<Directory "$root/run">
AddHandler php .php
DirectoryIndex x.php
AcceptPathInfo On
</Directory>
<Directory "$root/plain">
FallbackResource /run/x.php
DirectoryIndex /run/x.php
DirectoryCheckHandler Off
</Directory>
EOT
ok($s->launch, 'it starts') or diag($s->stderr);
for ('/run/', '/run/x.php', '/run/x.php/more', '/plain/', '/plain/none') {
	my $r = $s->get($_);
	is($r->{status}, 501, "$_: not run");
	unlike($r->{body}, qr/secret/, '... and not sent');
}
is($s->get("/plain/$_")->{status}, 404, "$_: a script that is missing")
    for 'none.php', 'none.php/';
$s->stop;

# Handlers take any path.  What follows a file is no variable, as in Apache.
$s->set_conf("LogFormat \"%U [%{PATH_INFO}e]\" info\n" .
    "CustomLog logs/info info\nAcceptPathInfo On\n" .
    "<Location /echo>\nSetHandler echo\nAcceptPathInfo Off\n" .
    "</Location>\n");
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/echo/a/b')->{status}, 200, 'a path behind a handler');
is($s->get('/plain/f/a/b')->{status}, 200, 'a path behind a file');
$s->stop;
is(Drover::slurp("$s->{dir}/logs/info"), "/echo/a/b [-]\n/plain/f/a/b [-]\n",
    'PATH_INFO is for programs');
done_testing;
