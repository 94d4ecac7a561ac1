#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What the extensions of a file's name say: Content-Type, Content-Encoding and
# Content-Language, by settings of the kind that Debian's Apache comes with.
# Where apache2 is installed it is asked for the same files with the same
# settings, and has to say the same.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Others;

my $shared = <<'EOT';
TypesConfig {TYPES}
DefaultType none
AddType application/x-compress .Z
AddType application/x-gzip .gz .tgz
AddType application/x-bzip2 .bz2
AddType text/html .shtml
AddType TEXT/X-Mixed .mixed
AddType "text/x-params;A=b;charset=KOI8-R;c=d" .params
AddLanguage de .de
AddLanguage en .en
# es is a type in most files of types.
RemoveType es
AddLanguage es .es
AddLanguage fr .fr
AddLanguage pl .po
AddLanguage pt-BR .pt-br
RemoveType tr
AddLanguage tr .tr
AddLanguage zh-CN .zh-cn
AddCharset us-ascii .ascii .us-ascii
AddCharset ISO-8859-1 .iso8859-1 .latin1
AddCharset ISO-8859-2 .iso8859-2 .latin2 .cen
AddCharset Big5 .Big5 .big5 .b5
AddCharset KOI8-R .koi8-r .koi8-ru
AddCharset UTF-8 .utf8
AddCharset EUC-TW .euc-tw
<Directory "{ROOT}/coded">
    AddEncoding x-compress .Z
    AddEncoding x-gzip .gz .tgz
    AddEncoding br .br
</Directory>
<Directory "{ROOT}/coded/not">
    RemoveEncoding .gz
    RemoveType .gz
</Directory>
<Directory "{ROOT}/utf8">
    AddDefaultCharset UTF-8
    DefaultLanguage nl-NL
</Directory>
<Directory "{ROOT}/utf8/on">
    AddDefaultCharset On
</Directory>
<Directory "{ROOT}/utf8/off">
    AddDefaultCharset Off
    DefaultLanguage x-klingon
</Directory>
<Directory "{ROOT}/forced">
    ForceType text/html
    AddEncoding x-gzip .gz
</Directory>
<Directory "{ROOT}/forced/not">
    ForceType None
</Directory>
<Directory "{ROOT}/forced/charset">
    ForceType "text/plain; charset=x-own"
    AddDefaultCharset utf-8
</Directory>
<Directory "{ROOT}/removed">
    RemoveType .txt .mixed
    RemoveCharset utf8
    RemoveLanguage de
</Directory>
<Directory "{ROOT}/removed/again">
    AddType text/x-again .txt
    AddCharset x-again utf8
    AddLanguage again de
</Directory>
<Directory "{ROOT}/both">
    AddLanguage x-new .de .new
    RemoveLanguage .de
    RemoveType .txt .html
    AddType text/x-new .txt
    RemoveCharset .utf8
    AddCharset x-new .utf8 .new
</Directory>
<Files "forced.*">
    ForceType text/x-file
</Files>
ErrorDocument 404 /utf8/error.html.de.latin1
AddHandler server-status .st
AddHandler default-handler .dh
AddHandler None .no
<Directory "{ROOT}/set">
    SetHandler server-status
</Directory>
<Directory "{ROOT}/set/none">
    SetHandler none
</Directory>
<Directory "{ROOT}/set/default">
    SetHandler default-handler
</Directory>
<Directory "{ROOT}/unset">
    RemoveHandler .st
</Directory>
<Directory "{ROOT}/unset/again">
    AddHandler server-status st
</Directory>
<Directory "{ROOT}/neither">
    RemoveHandler .st .new
    AddHandler server-status .st .new
</Directory>
EOT

my $text = "text\n";
my $params = 'text/x-params; a=b; charset=koi8-r; c=d';
# Name, and what is said of it; nothing: as Apache says.
my @rows = (
	['a.html', 'text/html', undef, undef],
	['a.html.de', 'text/html', undef, 'de'],
	['a.de.html', 'text/html', undef, 'de'],
	['a.HTML.DE', 'text/html', undef, 'de'],
	['a.html.de.fr', 'text/html', undef, 'de,fr'],
	['a.html.pt-br', 'text/html', undef, 'pt-br'],
	['a.html.zh-cn'], ['a.html.es'], ['a.es', undef, undef, 'es'],
	['a.tr', undef, undef, 'tr'], ['a.html.po'], ['a.po'], ['a.de.de.html'],
	['de.html', 'text/html', undef, undef], ['a..html'], ['a.html.'], ['html'], ['a.de'],
	['a.html.unknown', 'text/html', undef, undef],
	['a.html.bak.orig~'], ['a.unknown.html.de'], ['a.unknown'],
	['a', undef, undef, undef], ['a.'], ['a.b.c.d'],
	['a.txt.html', 'text/html', undef, undef], ['a.html.txt'],
	['a.css'], ['a.js'], ['a.json'], ['a.png'], ['a.svg'], ['a.xml'],
	['a.xhtml'], ['a.pdf'], ['a.wasm'], ['a.woff2'], ['a.mp4'],
	['a.mixed', 'text/x-mixed', undef, undef], ['a.mixed.de'],
	['a.params', $params, undef, undef],
	['a.params.utf8', $params =~ s/koi8-r/utf-8/r, undef, undef],
	['a.shtml'], ['a.shtml.de'], ['a.php.html'],
	['a.html.utf8', 'text/html; charset=utf-8', undef, undef],
	['a.utf8.html', 'text/html; charset=utf-8', undef, undef],
	['a.utf8.latin1.html', 'text/html; charset=iso-8859-1', undef, undef],
	['a.html.de.utf8', 'text/html; charset=utf-8', undef, 'de'],
	['a.txt.koi8-r'], ['a.txt.Big5'], ['a.txt.us-ascii'], ['a.txt.cen'],
	['a.utf8', undef, undef, undef], ['a.utf8.de'], ['a.css.latin1'],
	['a.txt.euc-tw'], ['a.tar'],
	['a.tar.gz', 'application/x-gzip', undef, undef],
	['a.tgz'], ['a.html.gz'], ['a.Z'], ['a.tar.Z'], ['a.tar.bz2'], ['a.z'],
	['with.html/a', undef, undef, undef], ['with.html/a.txt'],
	['coded/a.tar.gz', 'application/x-gzip', 'x-gzip', undef],
	['coded/a.html.gz'], ['coded/a.html.de.gz.Z'], ['coded/a.gz.de.html'],
	['coded/a.br', undef, 'br', undef], ['coded/a.html.br'],
	['coded/a.html'], ['coded/a.unknown.tgz'], ['coded/a.gz.gz'],
	['coded/not/a.html.gz', 'text/html', undef, undef],
	['coded/not/a.html.Z', 'application/x-compress', 'x-compress', undef],
	['utf8/a.html', 'text/html; charset=UTF-8', undef, 'nl-NL'],
	['utf8/a.txt', 'text/plain; charset=UTF-8', undef, 'nl-NL'],
	['utf8/a.css'], ['utf8/a.xml'], ['utf8/a'], ['utf8/a.de'],
	['utf8/a.html.latin1'], ['utf8/a.params'], ['utf8/a.shtml'],
	['utf8/on/a.html', 'text/html; charset=iso-8859-1', undef, 'nl-NL'],
	['utf8/off/a.html', 'text/html', undef, 'x-klingon'],
	['forced/a', 'text/html', undef, undef], ['forced/a.txt.gz.de'],
	['forced/a.txt.utf8'], ['forced/a.params'],
	['forced/not/a', undef, undef, undef], ['forced/not/a.txt'],
	['forced/charset/a.html', 'text/plain; charset=x-own', undef, undef],
	['forced/charset/a.utf8'],
	['forced.html', 'text/x-file', undef, undef], ['forced.de.html'],
	['removed/a.txt', undef, undef, undef], ['removed/a.html.utf8.de'],
	['removed/a.mixed'], ['removed/a.txt.fr'],
	['removed/again/a.txt.utf8.de', 'text/x-again; charset=x-again',
	    undef, 'again'],
	['both/a.txt', 'text/x-new', undef, undef], ['both/a.html'],
	['both/a.css.utf8', 'text/css', undef, undef],
	['both/a.css.de.new', 'text/css; charset=x-new', undef, 'x-new'],
);
# Name, and whether the file is sent: else the status page is.
my %answers = (
	'a.st' => 0, 'a.ST' => 0, 'a.st.txt' => 0, 'a.st.bak' => 0,
	'a.txt.st' => 0, 'a.dh.st' => 0, 'a.no.st' => 0, 'a.st.dh' => 1,
	'a.st.no' => 1, 'st.txt' => 1, 'd.st/a.txt' => 1, 'd.st/a.st' => 0,
	'set/a.txt' => 0, 'set/none/a.txt' => 1, 'set/none/a.st' => 0,
	'set/default/a.st' => 1, 'unset/a.st' => 1, 'unset/a.st.txt' => 1,
	'unset/below/a.st' => 1, 'unset/again/a.st' => 0, 'neither/a.st' => 1,
	'neither/a.new' => 1,
);
my %files = map { $_ => $text } keys %answers, map { $_->[0] } @rows,
    ['utf8/error.html.de.latin1'];
my @fields = qw(content-type content-encoding content-language);

sub site {
	my ($root) = @_;
	my $types = -r '/etc/mime.types' ? '/etc/mime.types'
	    : "$Drover::SRC/conf/mime.types";
	return $shared =~ s/\{ROOT\}/$root/gr =~ s/\{TYPES\}/$types/gr;
}

my $s = Drover->new(files => \%files);
my $root = $s->dir . '/htdocs';
$s->set_conf(site($root));
ok($s->launch, 'it starts') or diag($s->stderr);
my $other = Drover::Others->start('apache', $s->dir, $root,
    conf => site($root), modules => ['status']);

sub said {
	my ($port, $path) = @_;
	my $r = Drover::Conn->new($port)->get("/$path", Host => 'localhost',
	    Connection => 'close');
	return join ' | ', $r->{status}, map { $r->{header}{$_} // '-' } @fields;
}

for my $row (@rows) {
	my ($path, @expected) = @$row;
	my $said = said($s->port, $path);
	is($said, join(' | ', 200, map { $_ // '-' } @expected), $path)
	    if @expected;
	is($said, said($other->port, $path), "$path: as Apache") if $other;
	like($said, qr/^200 /, "$path is there") if !$other && !@expected;
}
cmp_ok(scalar @rows, '>=', 60, 'a table of many');

sub sends_file {
	my ($port, $path) = @_;
	my $r = Drover::Conn->new($port)->get("/$path", Host => 'localhost',
	    Connection => 'close');
	return $r->{status} != 200 ? $r->{status} : $r->{body} eq $text ? 1 : 0;
}
for my $path (sort keys %answers) {
	my $file = sends_file($s->port, $path);
	is($file, $answers{$path}, "$path: who answers");
	is($file, sends_file($other->port, $path), "$path: as Apache")
	    if $other;
}
# A directory has no handler by its name, and errors have the name of their
# documents.
for my $path ('d.st', 'missing.css.fr', 'missing.txt') {
	my $said = said($s->port, $path);
	is($said =~ s/utf-8/iso-8859-1/r, said($other->port, $path),
	    "$path: as Apache") if $other;
	is($said, '404 | text/html; charset=iso-8859-1 | - | de',
	    "$path: its document") if $path ne 'd.st';
}

# Conditions, ranges and methods leave them what they are.
my $conn = $s->connect;
my $got = $conn->get('/coded/a.html.de.gz.Z');
my %is = map { $_ => $got->{header}{$_} } @fields, 'etag';
$conn->request('HEAD', '/coded/a.html.de.gz.Z', '');
my $head = $conn->response(1);
my $part = $conn->get('/coded/a.html.de.gz.Z', Range => 'bytes=0-1');
is($part->{status}, 206, 'a range');
for my $field (@fields) {
	is($head->{header}{$field}, $is{$field}, "HEAD: $field");
	is($part->{header}{$field}, $is{$field}, "206: $field");
}
my $same = $conn->get('/coded/a.html.de.gz.Z', 'If-None-Match' => $is{etag});
is($same->{status}, 304, 'not modified');
is($same->{header}{$_}, undef, "304: no $_") for @fields;
# A coding that the client did not ask for is the file's own.
is($conn->get('/coded/a.unknown.tgz', 'Accept-Encoding' => 'identity')->{status}, 200,
    'sent as it is');
is($conn->get('/coded/a.unknown.tgz', 'Accept-Encoding' => '*;q=0')->{status}, 200,
    '... whatever is accepted');
$s->stop;
$other->stop if $other;
done_testing;
