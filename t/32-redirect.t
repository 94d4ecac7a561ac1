#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Redirect, RedirectMatch and their short forms: where they send, which one
# holds, and that nothing in a request changes the host it is sent to.
use strict;
use warnings;
use Drover;
use Drover::Table;
use Test::More;

my $conf = <<'EOT';
<Directory "{DIR}">
Require all granted
</Directory>
Redirect /first /one
RedirectMatch ^/first /two
RedirectMatch ^/r1/([^/]*)/(.*)$ http://x.example/$2/$1
RedirectMatch permanent ^/r2$ /r2-new
RedirectMatch 410 ^/r3
RedirectMatch gone \.bak$
RedirectMatch seeother ^/r4(.*) /n$1?x=1
RedirectMatch ^/r5(.*) /n$1#frag
RedirectMatch ^/r6/(.*) $1
RedirectMatch ^/r7(.*) //evil$1
RedirectMatch ^/r8(.*) http://x.example$1
RedirectMatch ^/r9/(de|fr)/(.*) http://www.example.$1/$2
RedirectMatch ^/r10/(.*) http://$1.example/
RedirectMatch ^/q/(.*) /find?q=$1&page=1
RedirectMatch 404 ^/secret
RedirectMatch ^/dollars "/a$$b&c\$1"
RedirectMatch (?i)^/case /any
RedirectMatch 307 ^/path/(?<what>\w+) /what/$1
RedirectMatch "^/w(.*)e$" /whole$0/$1/$9
Redirect 404 /gone4
Redirect 301 /withquery http://x.example/n/?a=b
Redirect temp /fragment /n#there
Redirect 308 /p308 /q308
<Location /sec>
Redirect permanent http://sec.example/x
</Location>
<Location /sec2>
RedirectMatch ^/sec2/(.*) http://sec.example/y/$1
</Location>
<LocationMatch "^/sec3/[a-z]+$">
Redirect /s3
</LocationMatch>
<Directory "{ROOT}/d">
Redirect temp /d/old /d/new
RedirectMatch ^/d/(.*)\.htm$ /d/$1.html
</Directory>
<Directory "{ROOT}/closed">
Require all denied
Redirect /elsewhere
</Directory>
<Files moved.txt>
Redirect 301 /found.txt
</Files>
<Location /closed/too>
Require all denied
Redirect /opened
</Location>
<Location /gone>
Redirect gone
</Location>
<Location /st>
Redirect 403
</Location>
<Location /relative>
RedirectRelative On
Redirect /b
</Location>
RedirectMatch ^/both /of-host
<Location /both>
Redirect /of-location
</Location>
<Location /nest>
Redirect 410
</Location>
<Location /nest/in>
Redirect /nested
</Location>
<Location /bare>
RedirectMatch ^/bare/m /of-regex
Redirect /bare/p /of-path
Redirect gone
Redirect 301 /last
</Location>
<Location /bare/in>
RedirectMatch ^/bare/in/m /of-inner-regex
</Location>
<Directory "{ROOT}/alone">
Redirect /alone/x /of-path
Redirect /of-folder
</Directory>
<Directory "{ROOT}/alone/in">
RedirectMatch ^/alone/in/x /of-inner-regex
</Directory>
Redirect 410 /index1/index.html
RedirectMatch 403 ^/index2/index
Redirect 410 /index3/none.html
RedirectTemp /t1 http://t.example/
RedirectPermanent /t2 http://t.example/
EOT

my $s = Drover->new(files => { 'd/a.txt' => "a\n", 'closed/a.txt' => 'no',
    (map { ("index$_/index.html" => "$_\n") } 1 .. 4),
    (map { ("alone/$_" => "$_\n") } qw(x y in/x)),
    'd/moved.txt' => 'no' });
compare_answers($s, ['alias', 'dir'], $conf, <<'EOT');
/first/x                 302 /one/x
/r1/a/b%20c/d            302 http://x.example/b%20c/d/a
/r1/a/b?q=1              302 http://x.example/b/a?q=1
/r1/%E4/%22              302 http://x.example/%22/%E4 // 302 http://x.example/%22/%e4
/r2                      301 /r2-new
/r2?x                    301 /r2-new?x
/r2/                     404
/r3x                     410
/x/foo.bak               410
/r4/x?y=2                303 /n/x?x=1
/r4%0D%0AX:y             303 /n%0D%0AX:y?x=1 // 303 /n%0d%0aX:y?x=1
/r5/x?y                  302 /n/x?y#frag // 302 /n/x#frag?y
/r6/x                    500
/r6/%2Fx.example/        404
/r7/x                    302 /evil/x // 302 //evil/x
/r8/a?b                  302 http://x.example/a?b
/r8                      302 http://x.example
/r8//x                   302 http://x.example/x
/r8.evil                 302 http://x.example/.evil // 302 http://x.example.evil
/r8@evil.example/        302 http://x.example/@evil.example/ // 302 http://x.example@evil.example/
/r9/de/a                 302 http://www.example.de/a
/r10/a%40b               302 http://a%40b.example/ // 302 http://a@b.example/
/q/a%26b%3Dc%2Bd         302 /find?q=a%26b%3Dc%2Bd&page=1 // 302 /find?q=a&b=c+d&page=1
/q/a?more                302 /find?q=a&page=1
/secret/x                404
/dollars                 302 /a$$b&c$1
/CaSe                    302 /any
/path/abc                307 /what/abc
/where                   302 /whole/where/her/
/gone4/x                 404
/withquery/x?z           301 http://x.example/n/?a=b/x
/fragment?x              302 /n?x#there // 302 /n#there?x
/p308/a%2520             308 /q308/a%2520
POST /p308               308 /q308
/sec                     301 http://sec.example/x
/sec/foo?q               301 http://sec.example/x?q
/second                  404
/sec2/foo?q              302 http://sec.example/y/foo?q
/bare                    301 /last
/bare/m                  301 /last
/bare/p                  301 /last
/bare/in/m               301 /last
/alone/x                 302 /of-folder
/alone/y                 302 /of-folder
/alone/in/x              302 /of-folder
/index1/                 410
/index2/                 403
/index3/                 200
/index4/                 200
/sec3/abc                302 /s3
/sec3/1                  404
/d/old/x                 302 /d/new/x
/d/page.htm              302 /d/page.html
/d/a.txt                 200 a
/d/moved.txt             301 /found.txt
/closed/a.txt            403
/closed/too/x            302 /opened
/gone/x                  410
/st                      403
/relative                302 /b
/both                    302 /of-location
/both/x                  302 /of-location
/nest                    410
/nest/in/x               302 /nested
/t1x                     404
/t1/a                    302 http://t.example/a // 302 http://t.example//a
/t2/a                    301 http://t.example/a // 301 http://t.example//a
EOT
like($s->log('error'), qr{\[alias:error\] .*AH00674: cannot redirect '/r6/x' to},
    'a group that is no URL is told of');

# Whoever would answer what was there.
my $root = $s->dir . '/htdocs';
$s->file('htdocs/d/x.php', 'no');
$s->set_conf(<<"EOT");
<Directory "$root/d">
AddHandler php .php
RedirectMatch ^/d/(.*)\\.php\$ /new/\$1
</Directory>
<Directory "$root/e">
SetHandler echo
Redirect /e/x /new
</Directory>
EOT
$s->file('htdocs/e/f', '');
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/d/x.php')->{header}{location}, '/new/x',
    'before a handler that is lacking');
is($s->get('/e/x')->{header}{location}, '/new', 'before one that is chosen');
is($s->get('/e/y')->{status}, 200, '... which answers for the others');
$s->stop;

# A path stays one where RedirectRelative says so.
$s->set_conf(<<'EOT');
ServerName canonical.example:8080
UseCanonicalName On
Redirect /a /b
<Location /r>
RedirectRelative On
Redirect /b
</Location>
EOT
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/a')->{header}{location}, 'http://canonical.example:8080/b',
    'UseCanonicalName');
is($s->get('/r')->{header}{location}, '/b', 'RedirectRelative');
$s->stop;

my @bad = (
	['RedirectMatch ^/x', qr/needs a regular expression and a URL/],
	['RedirectMatch gone ^/x /y', qr/and no URL/],
	['RedirectMatch ^/(x /y', qr/:\d+:19: error: .*missing closing/],
	['RedirectMatch ^/x b', qr/neither a URL/],
	['RedirectMatch 333 ^/x /b', qr/"333" is no status/],
	["<Location /x>\nRedirect /%{env:A}\n</Location>",
	    qr/expressions are not supported: RedirectMatch takes \$1/],
);
for (@bad) {
	$s->set_conf($_->[0]);
	my $run = $s->run('-t');
	like($run->{err}, $_->[1], $_->[0]);
	is($run->{status}, 1, '... is an error');
}
for ('Redirect /a /a', 'Redirect /a /a/b', 'Redirect / /all') {
	$s->set_conf($_);
	my $run = $s->run('-t');
	like($run->{err}, qr/warning: .*leads to itself/, $_);
	is($run->{status}, 0, '... is a warning');
}
$s->set_conf("<Location /x>\nRedirect gone\nRedirect /b\n</Location>");
like($s->run('-t')->{err}, qr/warning: Redirect: the one of line \d+ no longer/,
    'two for all of a section: a warning');
done_testing;
