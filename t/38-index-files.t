#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Files above and below a listing are there only if the client would get them;
# names, texts and queries cannot bring HTML of their own; what is said about
# IndexOptions that cannot be; Drover's own page; Debian's settings.
use strict;
use warnings;
use Drover;
use Test::More;

# Files that are not shown, and others that are, by what names them.
my %text = ('open.html' => 'html', 'open.txt' => 'text', 'a b.html' => 'space',
    'deep/open.html' => 'deep');
my @shown = ('open.html', 'open.txt', '/text/open.html', 'a%20b.html',
    'deep/../open.html', 'deep/open.html', '/else/open.html');
my @closed = qw(denied.html source.php source.php.html type.phtml run.html
    filtered.html packed.html.gz picture.png .hidden.html moved.html
    handled.txt deep/closed.html out.html);
my @nowhere = ('missing.html', 'deep', 'deep/', '/text/../../conf/httpd.conf',
    'http://localhost/text/open.html', '/server-status', 'open.html%00',
    '/text%2fopen.html', '%zz.html', 'open.html?x', '/denied/open.html');
my @names = (@shown, @closed, @nowhere);

my %files = map { ("text/$_" => "THE FILE $_ & <more>\n") } keys %text,
    grep { $_ ne 'out.html' } @closed;
my $sections = '';
for my $i (0 .. $#names) {
	$files{"$i/a.txt"} = '';
	my $name = $names[$i] =~ m{^(?:/|http)} ? $names[$i] :
	    "../text/$names[$i]";
	$sections .= "<Directory \"{DIR}/htdocs/$i\">\nHeaderName \"$name\"\n" .
	    "ReadmeName \"$name\"\nIndexOptions None\n</Directory>\n";
}
my %odd = map { ("odd/$_" => '') } ('<b>', '"onclick="x', "new\nline",
    "latin\xe4", 'javascript:x', "\xe2\x82\xac" x 30, 'a&lt;b');
my %titles = ('title/a.html' => "<!DOCTYPE html>\n<TITLE\nlang=en> One &amp;\n" .
    "two</title><p>x", 'title/b.html' => '<title><script> is text</title>',
    'title/c.html' => '<title>no</title>', 'title/d.txt' => '<title>SECRET',
    'title/denied.html' => '<title>SECRET</title>',
    'title/source.php.html' => '<title>SECRET</title>',
    'title/run.html' => '<title>SECRET</title>',
    'title/filtered.html' => '<title>SECRET</title>');
my $long = "<&y\n" x 20000;

my $s = Drover->start(files => {
	%files, %odd, 'own/a.txt' => 'a', 'own/TOP.html' => "<p>on top</p>\n",
	'denied/open.html' => 'THE FILE', 'own/END.txt' => "<end>\n",
	'long/TEXT.txt' => $long, 'long/HTML.html' => $long, 'empty/a' => '',
	'empty/E.txt' => '', 'tracked/a' => '', 'forbidden/a' => '',
	'forbidden/b' => '', "raw/latin\xe4<" => '', 'debian/a.txt' => '',
	'debian/b.tar' => '', 'debian/HEADER.html' => "<h1>Head</h1>\n",
	'debian/sub/x' => '', 'debian/c.sh' => '', 'debian/x~' => '',
	'remote/a' => '', 'remote/ten' => '',
	'env/bad.html' => 'THE BAD', 'env/good.html' => 'THE GOOD',
	'env/me.txt' => '', 'else/open.html' => "THE FILE\n", %titles },
    conf => <<"EOT");
Options Indexes FollowSymLinks
UnsupportedModules warn
AddHandler php-script .php
AddType application/x-httpd-php .phtml
AddEncoding x-gzip .gz
Alias "/else/" "{DIR}/htdocs/else/"
Redirect "/text/moved.html" "/elsewhere"
<Files "*.html">
    Require all granted
</Files>
<Location "/denied/">
    Require all denied
</Location>
<FilesMatch "^(denied|closed)\\.">
    Require all denied
</FilesMatch>
SetEnvIf X-Bad . BAD
SetEnvIf X-Good . GOOD
<Files bad.html>
    <RequireAll>
        Require all granted
        Require not env BAD
    </RequireAll>
</Files>
<Files good.html>
    Require env GOOD
</Files>
<FilesMatch "^(?<WHO>me|you)\\.txt\$">
    Require env MATCH_WHO
</FilesMatch>
<Directory "{DIR}/htdocs/env">
    HeaderName bad.html
    ReadmeName good.html
</Directory>
RemoteIPHeader X-Client
RemoteIPInternalProxy 127.0.0.1
<Files ten>
    Require ip 10.0.0.1
</Files>
<Files run.html>
    SetHandler cgi-script
</Files>
<Files handled.txt>
    SetHandler server-status
</Files>
<Files filtered.html>
    SetOutputFilter INCLUDES
</Files>
$sections
<Directory "{DIR}/htdocs/odd">
    IndexOptions FancyIndexing HTMLTable IconWidth
    DefaultIcon "/a\\"b"
    AddAlt "\\"><x>" b
</Directory>
<Directory "{DIR}/htdocs/raw">
    IndexOptions Charset=ISO-8859-1 Type=text/x-list
</Directory>
<Directory "{DIR}/htdocs/own">
    HeaderName TOP.html
    ReadmeName END.txt
    IndexStyleSheet "/s.css?a&b"
    IndexHeadInsert "<meta name=\\"m\\">"
    AddDescription "an <i>a</i>" a.txt
</Directory>
<Directory "{DIR}/htdocs/long">
    HeaderName TEXT.txt
    ReadmeName HTML.html
    IndexOptions None
</Directory>
<Directory "{DIR}/htdocs/empty">
    HeaderName E.txt
    IndexOptions None
</Directory>
<Directory "{DIR}/htdocs/tracked">
    IndexOptions TrackModified
</Directory>
<Directory "{DIR}/htdocs/title">
    IndexOptions FancyIndexing ScanHTMLTitles ShowForbidden
    AddDescription "a description" c.html
</Directory>
<Directory "{DIR}/htdocs/forbidden">
    IndexOptions ShowForbidden
    <Files b>
        Require all denied
    </Files>
</Directory>
<Directory "{DIR}/htdocs/debian">
    IndexOptions FancyIndexing VersionSort HTMLTable NameWidth=* DescriptionWidth=* Charset=UTF-8
    AddIconByType (TXT,/icons/text.gif) text/*
    AddIcon /icons/tar.gif .tar
    AddIcon /icons/script.gif .conf .sh
    AddIcon /icons/back.gif ..
    AddIcon /icons/folder.gif ^^DIRECTORY^^
    AddIcon /icons/blank.gif ^^BLANKICON^^
    DefaultIcon /icons/unknown.gif
    ReadmeName README.html
    HeaderName HEADER.html
    IndexIgnore .??* *~ *# RCS CVS *,v *,t
</Directory>
EOT
my $htdocs = $s->dir . '/htdocs';
symlink '/etc/passwd', "$htdocs/text/out.html" or die "symlink: $!";

symlink '/etc/hostname', "$htdocs/title/link.html" or die "symlink: $!";

sub page { return $s->get($_[0])->{body} }

# ---- What a client would not get is not shown ----
for my $i (0 .. $#names) {
	my $page = page("/$i/");
	like($page, qr{<li><a href="a\.txt">}, "HeaderName $names[$i]: a page");
	my $count = () = $page =~ /THE FILE|root:/g;
	is($count, $i < @shown ? 2 : 0,
	    $i < @shown ? '... with the file' : '... without it');
}
like(page('/0/'), qr{<body>\nTHE FILE open\.html & <more>\n<ul>}, 'HTML as it is');
like(page('/1/'), qr{<pre>\nTHE FILE open\.txt &amp; &lt;more&gt;\n</pre>\n<ul>},
    'text as text');
my $page = page('/long/');
like($page, qr{<pre>\n(?:&lt;&amp;y\n){20000}</pre>\n<ul>}, 'a long text');
ok(index($page, "</ul>\n$long</body>") > 0, 'a long page of HTML');
like(page('/empty/'), qr{<body>\n<pre>\n</pre>\n<ul>}, 'an empty one');
unlike($s->get('/own/', Accept => 'application/json')->{body},
    qr/on top|end/, 'JSON has no room for files');

# ---- Nor are names; who the client is a proxy may say ----
like($s->get('/remote/', 'X-Client' => '10.0.0.1')->{body}, qr/"ten"/,
    'a name for a client');
unlike($s->get('/remote/', 'X-Client' => '10.0.0.2')->{body}, qr/"ten"/,
    '... but not for another');

my %env = ('' => 'bad.html me.txt BAD', 'X-Bad' => 'me.txt',
    'X-Good' => 'bad.html good.html me.txt BAD GOOD');
for my $field (sort keys %env) {
	my $page = $s->get('/env/', $field ? ($field => 1) : ())->{body};
	my @seen = $page =~ /<td><a href="([^"]*)"/g;
	is(join(' ', @seen, $page =~ /THE (\w+)/g), $env{$field},
	    "variables of '$field' count");
}

# ---- Drover's own page ----
$page = page('/own/');
like($page, qr{<link rel="stylesheet" href="/s\.css\?a&amp;b"><meta name="m"></head>},
    'IndexStyleSheet and IndexHeadInsert');
like($page, qr{</h1>\n<p>on top</p>\n<p><a class="up".*</table>\n<pre>\n&lt;end&gt;\n</pre>\n</main>}s,
    'HeaderName and ReadmeName');
like($page, qr{<a href="\?C=D;O=A">Description</a>.*a\.txt.*<td>an <i>a</i></td></tr>}s,
    'AddDescription');

like(page('/own/?P=[ab]*'), qr{href="\?C=N;O=D;P=%5Bab%5D%2A">Name.*href="a\.txt"}s,
    'its links keep the pattern');
unlike(page('/own/?P=[bc]*'), qr{href="a\.txt"}, '... which counts');

# ---- Names and texts of all kinds ----
$page = page('/odd/');
unlike($page, qr/<b>|<x>|"onclick|"javascript:/, 'no HTML in names');
like($page, qr{<img src="/a&quot;b" alt="\[&quot;&gt;&lt;x&gt;\]" width="20">},
    'nor in icons');
like($page, qr{href="latin%E4">latin\\xe4</a>}, 'no UTF-8: escaped');
like($page, qr{>(?:\xe2\x82\xac){20}\.\.&gt;</a>}, 'cut between characters');
$page = page('/odd/?P=%22%3E%3Cx%3E*;F=1');
like($page, qr{href="\?C=N;O=D;F=1;P=%22%3E%3Cx%3E%2A"}, 'a query as data');
unlike($page, qr/<x>/, '... no HTML');
is(page('/odd/?P=' . 'x' x 200), page('/odd/'), 'a pattern too long is none');
is(page('/odd/?P=%zz'), page('/odd/'), '... nor is one that is no text');
my $r = $s->get('/raw/');
is($r->{header}{'content-type'}, 'text/x-list;charset=ISO-8859-1',
    'Type and Charset');
like($r->{body}, qr{> latin\xe4&lt;</a>}, '... for the bytes as they are');

# ---- What else options do ----
like(page('/forbidden/'), qr{<li><a href="b"> b</a></li>}, 'ShowForbidden');
is($s->get('/forbidden/b')->{status}, 403, '... and no more than that');
$r = $s->get('/tracked/');
ok($r->{header}{etag} && $r->{header}{'last-modified'}, 'TrackModified');
is($s->get('/tracked/', 'If-None-Match' => $r->{header}{etag})->{status}, 304,
    '... for conditions');
isnt($s->get('/tracked/', Accept => 'application/json')->{header}{etag},
    $r->{header}{etag}, '... another one for JSON');
$page = page('/title/');
like($page, qr{href="a\.html">.* \d+ +One &amp; two\n}, 'ScanHTMLTitles');
like($page, qr{href="b\.html">.* \d+ +&lt;script&gt; is text\n}, '... no HTML');
like($page, qr{href="c\.html">.*\d+ +a description\n}, '... a description first');
unlike($page, qr/SECRET/, '... nothing of what is closed, or leads elsewhere');
unlike($s->get('/title/?F=0')->{body}, qr/two/, '... none in a plain list');

# ---- Debian's settings ----
$page = page('/debian/');
for my $row (['..' => 'back.gif', 'PARENTDIR', '/'],
    ['a.txt' => 'text.gif', 'TXT', 'a.txt'],
    ['b.tar' => 'tar.gif', '   ', 'b.tar'],
    ['c.sh' => 'script.gif', '   ', 'c.sh'],
    ['sub' => 'folder.gif', 'DIR', 'sub/']) {
	my ($name, $icon, $text, $link) = @$row;
	like($page, qr{<img src="/icons/\Q$icon\E" alt="\[$text\]"></td><td><a href="\Q$link\E">},
	    "Debian's icon of $name");
}
like($page, qr{<body>\n<h1>Head</h1>\n  <table>\n   <tr><th valign="top"><img src="/icons/blank\.gif"},
    '... its header');
unlike($page, qr/x~/, '... what it ignores');
$s->stop;

# ---- What cannot be ----
my %bad = (
	'IndexOptions Fancy' => qr/"Fancy" is no word of IndexOptions/,
	'IndexOptions None FancyIndexing' => qr/None stands alone/,
	'IndexOptions NameWidth=4' => qr/NameWidth needs a number from 5/,
	'IndexOptions NameWidth' => qr/NameWidth needs a number from 5/,
	'IndexOptions NameWidth=x' => qr/NameWidth needs a number from 5/,
	'IndexOptions DescriptionWidth=11' => qr/DescriptionWidth needs/,
	'IndexOptions IconWidth=*' => qr/IconWidth needs/,
	'IndexOptions IconHeight=0' => qr/IconHeight needs/,
	'IndexOptions -NameWidth=9' => qr/-NameWidth stands alone/,
	'IndexOptions XHTML=1' => qr/XHTML takes no value/,
	'IndexOptions Charset' => qr/Charset needs a value/,
	'IndexOptions Charset=a;b' => qr/";" cannot stand in a Charset/,
	'IndexOptions "Type=a b"' => qr/" " cannot stand in a Type/,
	'FancyIndexing On' => qr/IndexOptions FancyIndexing/,
	'AddIcon (TXT /x' => qr/\(text,URL\)/,
	'AddIcon (TXT,/x .txt' => qr/\(text,URL\)/,
	'AddIcon (,/x) .txt' => qr/\(text,URL\)/,
	'AddIcon (TXT,) .txt' => qr/\(text,URL\)/,
	'AddIconByType /x' => qr/AddIconByType/,
	'IndexIgnoreReset Yes' => qr/IndexIgnoreReset|On/,
);
for my $line (sort keys %bad) {
	my $run = Drover->new(conf => "$line\n")->run('-t');
	is($run->{status}, 1, "$line: an error");
	like($run->{err} . $run->{out}, $bad{$line}, '... that says what');
}
done_testing;
