#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Alias, AliasMatch, and Alias within <Location>: where they lead, which one
# holds, what stays closed.
use strict;
use warnings;
use Drover;
use Drover::Sandbox;
use Drover::Table;
use Test::More;

my $conf = <<'EOT';
LogLevel info
<Directory "{DIR}">
Require all granted
Options Indexes
</Directory>
<Directory "{DIR}/other/closed">
Require all denied
</Directory>
Alias /one "{DIR}/other/x"
AliasMatch ^/one/x "{DIR}/htdocs/a.txt"
AliasMatch ^/two/a "{DIR}/htdocs/a.txt"
Alias /two "{DIR}/other/x"
AliasMatch ^/m/(.*)$ "{DIR}/other/$1"
AliasMatch (?i)^/CI/([a-z]+)/?(.*) "{DIR}/other/$1/$2"
AliasMatch ^/anch "{DIR}/other/a.txt"
AliasMatch ^/whole "{DIR}/other/x"
AliasMatch ^/none/(x)?(y)?(.*) "{DIR}/other/$1$2$9a.txt"
AliasMatch mid/(\w+) "{DIR}/other/$1.txt"
AliasMatch ^/esc/(.*) "{DIR}/other/\$1$$&\x-$0"
AliasMatch ^/named/(?<file>\w+) "{DIR}/other/$1.txt"
AliasMatch ^/dots/(.*)/(.*) "{DIR}/other/x/.$1/$2"
AliasMatch ^/users/([^/]+)/(.*) "{DIR}/homes/$1/pages/$2"
Alias /taken "{DIR}/other/x"
Redirect /taken /elsewhere
Redirect /won /elsewhere
<Location /won>
Alias "{DIR}/other/a.txt"
</Location>
<Location /here>
Alias "{DIR}/other/a.txt"
</Location>
<Location /here/deep>
Alias "{DIR}/other/x/a.txt"
</Location>
AliasMatch ^/here "{DIR}/htdocs/a.txt"
<LocationMatch "^/here/[0-9]">
Alias "{DIR}/htdocs/a.txt"
</LocationMatch>
<Location /kept>
AliasPreservePath On
Alias "{DIR}/other"
</Location>
<Location /kept-slash/>
AliasPreservePath On
Alias "{DIR}/other/"
</Location>
<Location /folder>
Alias "{DIR}/other/x"
</Location>
EOT

my $s = Drover->new(files => { 'a.txt' => "root a\n",
    'one-more.txt' => "one more\n" });
$s->file(@$_) for (
	['other/a.txt', "other a\n"], ['other/x/a.txt', "x a\n"],
	['other/a b.txt', "blank\n"], ['other/closed/a.txt', 'no'],
	['other/$1$$&x-/esc/f', "escaped\n"], ['other/xya.txt', "xy\n"],
	['homes/ann/pages/a.txt', "ann\n"], ['homes/a.txt', 'no'],
	['other/x/.dot/a.txt', "dot\n"],
);
compare_answers($s, [qw(alias dir autoindex)], $conf, <<'EOT');
/one/a.txt               200 x a
/one                     301 /one/
/one//a.txt              200 x a
//one/a.txt              200 x a
/one%2Fa.txt             404
/%6Fne/a.txt             200 x a
/one-more.txt            200 one more
/one/../a.txt            200 root a
/one/x                   404
/two/a.txt               200 root a
/two/b                   404
/two/                    200
/m/a.txt                 200 other a
/m//a.txt                200 other a
/m/a%20b.txt             200 blank
/m/%61.txt               200 other a
/m/x/../a.txt            200 other a
/m/..%2Fhtdocs/a.txt     404
/m/x                     301 /m/x/
/m/x/                    200
/m/closed/a.txt          403
/ci/x/a.txt              200 x a
/ci/X/a.txt              404
/anchor/whatever         200 other a
/whole                   301 /whole/
/none/xy                 200 xy
/none/                   200 other a
/pre/mid/a/after         200 other a
/esc/f                   200 escaped
/named/a                 200 other a
/dots/dot/a.txt          404 // 200 dot
/dots/.%2F/a.txt         404
/users/ann/a.txt         200 ann
/users/bob/a.txt         404
/taken/a.txt             302 /elsewhere/a.txt
/won                     302 /elsewhere
/here                    200 other a
/here/                   200 other a
/here/more/of/it         200 other a
/hereafter               200 root a
/here/deep               200 x a
/here/1                  200 root a
/kept/a.txt              200 other a
/kept/x/a.txt            200 x a
/kept/kept/a.txt         404
/kept/x                  301 /kept/x/
/kept-slash/a.txt        200 other a
/folder                  301 /folder/
EOT

# What a request adds cannot lead out of the folder before the first group.
$s->set_conf(<<"EOT");
AliasMatch ^/f([^/]*)(.*) "@{[$s->dir]}/homes/.\$1\$2"
<Directory "@{[$s->dir]}">
Require all granted
</Directory>
EOT
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/f./other/a.txt')->{status}, 403, 'dots beside dots');
ok($s->wait_log('error', qr{leads out of \S+/homes: \.\./other/a\.txt}),
    '... and the log says so');
is($s->get('/f/other/a.txt')->{status}, 403, 'a dot for a segment');
$s->stop;

# The sandbox lets workers read that folder, and follows it if it is replaced.
SKIP: {
	my $why = Drover::Sandbox::lacks();
	skip $why, 4 if $why;
	my $dir = $s->dir;
	$s->set_conf(<<"EOT");
Sandbox require
<Directory "$dir">
Require all granted
</Directory>
AliasMatch ^/u/(\\w+)/(.*) "$dir/homes/\$1/pages/\$2"
<Location /l>
Alias "$dir/other/a.txt"
</Location>
EOT
	ok($s->launch, 'in the sandbox') or diag($s->stderr);
	is($s->get('/u/ann/a.txt')->{body}, "ann\n", 'below the fixed folder');
	is($s->get('/l')->{body}, "other a\n", 'the Alias of a section');
	$s->file('new/ann/pages/a.txt', "new\n");
	rename "$dir/homes", "$dir/homes.old" or die "rename: $!";
	rename "$dir/new", "$dir/homes" or die "rename: $!";
	ok($s->wait_until(sub { $s->get('/u/ann/a.txt')->{body} eq "new\n" },
	    30), 'the folder is replaced');
	$s->stop;
}

my @bad = (
	['AliasMatch ( /x', qr/:\d+:13: error: .*missing closing parenthesis/],
	['AliasMatch ^/x/(.*) /$1', qr/a folder has to stand before/],
	['AliasMatch ^/x/(.*) $1', qr/a folder has to stand before/],
	['Alias /tmp', qr/outside of <Location> Alias needs/],
	["<Location /x>\nAlias /y /tmp\n</Location>", qr/needs a path alone/],
	["<Directory /x>\nAlias /tmp\n</Directory>", qr/in <Location> alone/],
	["<Files x>\nAlias /tmp\n</Files>", qr/in <Location> alone/],
	["<LocationMatch ^/(?<N>.)>\nAlias /tmp/%{env:MATCH_N}\n" .
	    '</LocationMatch>', qr/AliasMatch takes \$1/],
	["<Location /x>\nAliasMatch ^/y /tmp\n</Location>",
	    qr/AliasMatch may not stand/],
);
for (@bad) {
	$s->set_conf($_->[0]);
	my $run = $s->run('-t');
	like($run->{err}, $_->[1], $_->[0]);
	is($run->{status}, 1, '... is an error');
}
done_testing;
