#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# IndexOptions and the rows that go with it.  Each row of the table has what is
# said about a folder, what about one inside it ("//"), a query behind "?", and
# what the listing of the inner one is to be: its form (a plain list, columns, a
# table) and its links in their order.  Where apache2 is installed its page is
# to be the same one, but for white space and how links are encoded.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use IO::Socket::INET;
use Test::More;

my %in = ('a.txt' => 'aaa', 'B.txt' => 'bb', 'c.html' => 'c' x 2000,
    'f-10.gz' => 'x', 'f-9.txt.gz' => 'xx', 'f-1.05' => '', 'core' => 'core',
    'secret' => 's', 'long-' . 'n' x 30 . '.txt' => '', '<&">' => '',
    'README.html' => "<TITLE>read &lt;me></title>\n<p>read</p>\n", 'NOTES.txt' => "<notes> & more\n",
    'sub/x' => '', 'Dir/x' => '');

my $PLAIN = '<&"> B.txt Dir/ NOTES.txt README.html a.txt c.html core f-1.05 ' .
    'f-10.gz f-9.txt.gz long- sub/';
my $NOCASE = '<&"> a.txt B.txt c.html core Dir/ f-1.05 f-10.gz f-9.txt.gz ' .
    'long- NOTES.txt README.html sub/';
my $DOWN = join ' ', reverse split / /, $PLAIN;
my $FOLDERS = 'Dir/ sub/ <&"> B.txt NOTES.txt README.html a.txt c.html core ' .
    'f-1.05 f-10.gz f-9.txt.gz long-';

my @rows = (
	['IndexOptions None', "list $PLAIN"],
	['IndexOptions FancyIndexing', "pre $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable', "table $PLAIN"],
	['IndexOptions FancyIndexing XHTML', "pre $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable XHTML', "table $PLAIN"],
	['IndexOptions FancyIndexing | IndexOptions HTMLTable', "table $PLAIN"],
	['IndexOptions FancyIndexing IgnoreCase', "pre $NOCASE"],
	['IndexOptions FancyIndexing FoldersFirst', "pre $FOLDERS"],
	['IndexOptions FancyIndexing FoldersFirst IgnoreCase',
	    'pre Dir/ sub/ <&"> a.txt B.txt c.html core f-1.05 f-10.gz ' .
	    'f-9.txt.gz long- NOTES.txt README.html'],
	['IndexOptions FancyIndexing VersionSort', 'pre <&"> B.txt Dir/ ' .
	    'NOTES.txt README.html a.txt c.html core f-1.05 f-9.txt.gz ' .
	    'f-10.gz long- sub/'],
	['IndexOptions FancyIndexing VersionSort IgnoreCase',
	    'pre <&"> a.txt B.txt c.html core Dir/ f-1.05 f-9.txt.gz f-10.gz ' .
	    'long- NOTES.txt README.html sub/'],
	['IndexOptions VersionSort ? V=0', "list $PLAIN"],
	['IndexOptions FancyIndexing FoldersFirst ? C=N;O=D',
	    'pre sub/ Dir/ long- f-9.txt.gz f-10.gz f-1.05 core c.html a.txt ' .
	    'README.html NOTES.txt B.txt <&">'],
	['IndexOptions FancyIndexing ? C=S;O=A',
	    'pre Dir/ sub/ <&"> f-1.05 long- f-10.gz B.txt f-9.txt.gz a.txt ' .
	    'core NOTES.txt README.html c.html'],
	['IndexOptions FancyIndexing ? C=S;O=D',
	    'pre c.html README.html NOTES.txt core a.txt f-9.txt.gz B.txt ' .
	    'f-10.gz long- f-1.05 <&"> sub/ Dir/'],
	['IndexOptions FancyIndexing ? C=M', "pre $DOWN"],
	['IndexOptions FancyIndexing ? C=M;O=D', "pre $PLAIN"],
	['IndexOptions FancyIndexing ? O=D', "pre $DOWN"],
	['IndexOptions FancyIndexing ? C=N&O=D', "pre $DOWN"],
	['IndexOptions FancyIndexing | AddDescription two a.txt | ' .
	    'AddDescription one core c.html ? C=D;O=A',
	    'pre <&"> B.txt Dir/ NOTES.txt README.html f-1.05 f-10.gz ' .
	    'f-9.txt.gz long- sub/ c.html core a.txt'],
	['IndexOptions FancyIndexing | IndexOrderDefault Descending Size',
	    'pre c.html README.html NOTES.txt core a.txt f-9.txt.gz B.txt ' .
	    'f-10.gz long- f-1.05 <&"> sub/ Dir/'],
	['IndexOptions FancyIndexing | IndexOrderDefault Descending Date ? C=M',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | IndexOrderDefault Ascending Description',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing IgnoreClient ? C=N;O=D;F=0;P=a*',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressColumnSorting ? C=N;O=D',
	    "pre $DOWN"],
	['IndexOptions None ? F=1', "pre $PLAIN"],
	['IndexOptions None ? F=2', "table $PLAIN"],
	['IndexOptions FancyIndexing ? F=0', "list $PLAIN"],
	['IndexOptions FancyIndexing ? C=N;O=D;F=2;V=1;P=%5b<ab%5d*',
	    'table a.txt <&">'],
	['IndexOptions FancyIndexing SuppressIcon', "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressSize', "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressLastModified', "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressDescription', "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressRules', "pre $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable SuppressIcon', "table $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable SuppressSize SuppressRules',
	    "table $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable SuppressLastModified ' .
	    'SuppressDescription', "table $PLAIN"],
	['IndexOptions FancyIndexing UseOldDateFormat', "pre $PLAIN"],
	['IndexOptions FancyIndexing NameWidth=10', "pre $PLAIN"],
	['IndexOptions FancyIndexing NameWidth=* HTMLTable', "table $PLAIN"],
	['IndexOptions FancyIndexing ShowForbidden',
	    'pre ' . $PLAIN =~ s/ sub/ secret sub/r],
	# Icons and what stands for them.
	['IndexOptions FancyIndexing | DefaultIcon /i/d | AddIcon /i/t .txt | ' .
	    'AddIcon (DIR2,/i/dir) ^^DIRECTORY^^ | AddIcon /i/b ^^BLANKICON^^' .
	    ' | AddIcon /i/up ..', "pre $PLAIN"],
	['IndexOptions FancyIndexing HTMLTable IconsAreLinks IconHeight ' .
	    'IconWidth=12 | DefaultIcon /i/d | AddIcon /i/b ^^BLANKICON^^',
	    "table $PLAIN"],
	['IndexOptions FancyIndexing IconsAreLinks XHTML IconWidth | ' .
	    'AddIconByType (T,/i/t) text/* | AddIconByEncoding (Z,/i/z) x-gzip',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | AddIcon /i/1 core */Dir *.05 f-*',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | DefaultIcon /i/d | AddAlt text .txt | ' .
	    'AddAltByType html text/html | AddAltByEncoding gz x-gzip | ' .
	    'AddAlt up ..', "pre $PLAIN"],
	['IndexOptions FancyIndexing | AddIcon /i/outer .txt | ' .
	    'AddIconByType /i/html text/html // AddIcon /i/inner a.txt | ' .
	    'AddIconByType /i/in text/plain', "pre $PLAIN"],
	# Descriptions.
	['IndexOptions FancyIndexing | AddDescription "<b>bold</b> &amp;" .txt' .
	    ' | AddDescription dir sub | AddDescription up .. | ' .
	    'AddDescription odd c*e | AddDescription path */c.html',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | AddDescription ' .
	    '"0123456789012345678901234567890123456789" a.txt', "pre $PLAIN"],
	['IndexOptions FancyIndexing DescriptionWidth=12 HTMLTable | ' .
	    'AddDescription "0 <b>2</b> &lt;56789012345" a.txt',
	    "table $PLAIN"],
	['IndexOptions FancyIndexing DescriptionWidth=* | AddDescription ' .
	    '"0123456789012345678901234567890123456789" a.txt', "pre $PLAIN"],
	['IndexOptions FancyIndexing SuppressIcon SuppressSize ' .
	    'SuppressLastModified | AddDescription "' . '0123456789' x 6 .
	    '" a.txt', "pre $PLAIN"],
	['IndexOptions FancyIndexing | AddDescription outer .txt // ' .
	    'AddDescription inner a.txt', "pre $PLAIN"],
	['IndexOptions FancyIndexing ScanHTMLTitles', "pre $PLAIN"],
	['IndexOptions FancyIndexing ScanHTMLTitles ? C=D',
	    'pre ' . $PLAIN =~ s/README\.html (.*)/$1 README.html/r],
	# Inheritance.
	['IndexOptions FancyIndexing // IndexOptions +SuppressSize',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing // IndexOptions IgnoreCase',
	    "list $NOCASE"],
	['IndexOptions FancyIndexing IgnoreCase // IndexOptions -IgnoreCase',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing // IndexOptions -FancyIndexing',
	    "list $PLAIN"],
	['IndexOptions FancyIndexing // IndexOptions None', "list $PLAIN"],
	['IndexOptions +FancyIndexing // IndexOptions +SuppressSize ' .
	    'FancyIndexing', "pre $PLAIN"],
	['IndexOptions FancyIndexing NameWidth=50 // IndexOptions ' .
	    'FancyIndexing', "pre $PLAIN"],
	['IndexOptions FancyIndexing NameWidth=50 // IndexOptions -NameWidth',
	    "pre $PLAIN"],
	# What is not shown.
	['IndexOptions FancyIndexing | IndexIgnore *.gz .. // IndexIgnore f-*',
	    'pre ' . $PLAIN =~ s/f-1\.05 f-10\.gz f-9\.txt\.gz //r],
	['IndexOptions FancyIndexing | IndexIgnore *.gz // IndexIgnoreReset On' .
	    ' | IndexIgnore a*', 'pre ' . $PLAIN =~ s/a\.txt //r],
	['IndexOptions FancyIndexing | IndexIgnore *.gz // IndexIgnoreReset ' .
	    'Off', 'pre ' . $PLAIN =~ s/f-10\.gz f-9\.txt\.gz //r],
	# Files above and below.
	['IndexOptions None | HeaderName README.html | ReadmeName NOTES.txt',
	    "list $PLAIN"],
	['IndexOptions FancyIndexing | HeaderName NOTES.txt | ' .
	    'ReadmeName README.html', "pre $PLAIN"],
	['IndexOptions FancyIndexing | HeaderName missing | ReadmeName f-10.gz',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | HeaderName sub/x | ReadmeName secret',
	    "pre $PLAIN"],
	['IndexOptions FancyIndexing | HeaderName ../in/README.html | ' .
	    'ReadmeName /top.txt', "pre $PLAIN"],
	['IndexOptions SuppressHTMLPreamble | HeaderName README.html',
	    "list $PLAIN"],
	['IndexOptions SuppressHTMLPreamble | HeaderName README.html | ' .
	    'ReadmeName README.html', "list $PLAIN"],
	['IndexOptions SuppressHTMLPreamble | HeaderName NOTES.txt | ' .
	    'ReadmeName README.html', "list $PLAIN"],
	['IndexOptions None | IndexStyleSheet /s.css | IndexHeadInsert ' .
	    '"<meta name=m>"', "list $PLAIN"],
	['IndexOptions FancyIndexing XHTML | IndexStyleSheet /s.css',
	    "pre $PLAIN"],
);

my (%files, $conf);
for my $i (0 .. $#rows) {
	my ($text) = split / \? /, $rows[$i][0];
	my ($outer, $inner) = map { s/ \| /\n/gr } split m{ // }, $text;
	$files{"$i/in/$_"} = $in{$_} for keys %in;
	$conf .= "<Directory \"{ROOT}/$i\">\n$outer\n</Directory>\n";
	$conf .= "<Directory \"{ROOT}/$i/in\">\n$inner\n</Directory>\n"
	    if defined $inner;
}
$files{'top.txt'} = "on top\n";

my $s = Drover->new(files => \%files);
my $root = $s->dir . '/htdocs';
# Dates against the order of names; folders' last, since files change them.
for my $i (0 .. $#rows) {
	my $time = 1e9;
	utime $time, $time += 1e6, "$root/$i/in/$_" for reverse sort keys %in;
	for my $name ('<&">', 'B.txt', 'Dir', 'NOTES.txt', 'README.html',
	    'a.txt', 'c.html', 'core', 'f-1.05', 'f-10.gz', 'f-9.txt.gz',
	    'long-' . 'n' x 30 . '.txt', 'secret', 'sub') {
		$time -= 1e6;
		utime $time, $time, "$root/$i/in/$name";
	}
}
$s->file('types', "text/plain txt\ntext/html html\n");
$conf =~ s/\{ROOT\}/$root/g;
$conf = 'TypesConfig "' . $s->dir . "/types\"\nAddEncoding x-gzip .gz\n" .
    "<Directory \"$root\">\nOptions Indexes\nRequire all granted\n" .
    "</Directory>\n<Files secret>\nRequire all denied\n</Files>\n$conf";

# The body of a page of that port.
sub page {
	my ($port, $path) = @_;
	my $socket = IO::Socket::INET->new("127.0.0.1:$port") or return '';
	print $socket "GET $path HTTP/1.0\r\nHost: localhost\r\n\r\n";
	my $answer = do { local $/; <$socket> } // '';
	return $answer =~ s/\A.*?\r\n\r\n//sr;
}

sub path {
	my ($i) = @_;
	my (undef, $query) = split / \? /, $rows[$i][0];
	$query =~ s/</%3C/g if defined $query;
	return "/$i/in/" . (defined $query ? "?$query" : '');
}

sub decode {
	my ($text) = @_;
	$text =~ s/&(lt|gt|quot|amp|\#39);/
	    {lt => '<', gt => '>', quot => '"', amp => '&', '#39' => "'"}->{$1}
	    /gex;
	return $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger;
}

# What is the same for whoever looks at it.
sub normal {
	my ($page) = @_;
	# Without an icon Apache leaves a link without content.
	$page =~ s{<a href="[^"]*">\s*</a>}{}g;
	$page =~ s{(href="|>)([^"<>]*)}{$1 . decode($2)}ge;
	$page =~ s/href="\.\//href="/g;
	$page =~ s/\s+/ /g;
	return $page =~ s/ (?=<|$)//gr;
}

sub shape {
	my ($page) = @_;
	my $form = $page =~ /<table>/ ? 'table' : $page =~ /<pre>.*<a href=/s &&
	    $page !~ /<li>/ ? 'pre' : $page =~ /<li>/ ? 'list' : 'none';
	my %seen;
	my @links = grep { !/^[?\/]/ && !$seen{$_}++ }
	    map { decode($_) } $page =~ m{<a href="([^"]*)"}g;
	s/^(?:long-).*/long-/ for @links;
	return join ' ', $form, @links;
}

$s->set_conf($conf);
ok($s->launch, 'Drover starts') or BAIL_OUT($s->stderr);
my @pages = map { page($s->port, path($_)) } 0 .. $#rows;
is(shape($pages[$_]), $rows[$_][1], $rows[$_][0]) for 0 .. $#rows;
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s,
	    [qw(autoindex authz_host mime)], $conf);
	skip $apache, scalar @rows unless ref $apache;
	is(normal($pages[$_]), normal(page($apache->port, path($_))),
	    "as Apache: $rows[$_][0]") for 0 .. $#rows;
	$apache->stop;
}
done_testing;
