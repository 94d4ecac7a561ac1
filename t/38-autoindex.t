#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Listings of directories: where there is one, what is in it and what is not,
# in which order, for people and for programs, and one that is very large.
use strict;
use warnings;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(time);
use Drover;

my @odd = ('a b', 'per%cent', 'que?ry', 'ha#sh', 'se;mi', "new\nline",
    'javascript:alert(1)', '<b>&amp;"\'', "latin\xe4", 'back\\slash', '~a',
    'plus+', "\xe2\x82\xac");
my %odd = map { ("odd/$_" => $_) } @odd;

my $s = Drover->start(files => {
	'index.html' => 'i', 'list/b.txt' => 'b' x 2000, 'list/a.txt' => 'a',
	'list/C.txt' => 'c' x 100, 'list/sub/x' => 'x', 'list/Dir/x' => 'x',
	'list/.hidden' => '', 'list/.git/config' => '',
	'list/.well-known/x' => '', 'list/x.bak' => '', 'list/note~' => '',
	'list/sub/note~' => '', 'list/run.php' => '', 'list/moved' => '',
	'list/no/x' => '', 'shut/a.txt' => '', 'with/index.html' => "index\n",
	'bad/index.html' => 'no', 'denied/a' => '', 'links/a' => '',
	'none/x' => '', 'sized/a' => 'a', 'sized/b' => 'bb', %odd }, conf => <<'EOT');
Options FollowSymLinks
Workers 1
AddType application/x-httpd-php .php
Alias "/else/" "{DIR}/other/"
IndexIgnore *~
<Directory "{DIR}/other">
    Options Indexes
    Require all granted
</Directory>
<Directory "{DIR}/htdocs">
    Options Indexes FollowSymLinks
</Directory>
<Directory "{DIR}/htdocs/sized">
    IndexOrderDefault Descending Size
</Directory>
<Directory "{DIR}/htdocs/list/sub">
    IndexIgnore x
</Directory>
<Directory "{DIR}/htdocs/links/never">
    Options -FollowSymLinks
</Directory>
<Directory "{DIR}/htdocs/shut">
    Options -Indexes
</Directory>
<Files "*.bak">
    Require all denied
</Files>
<Directory "{DIR}/htdocs/list/no">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/denied">
    Require all denied
</Directory>
<Location "/list/moved">
    Redirect "/elsewhere"
</Location>
EOT
my $dir = $s->dir;
my $htdocs = "$dir/htdocs";

sub json {
	my ($path) = @_;
	my $r = $s->get($path, Accept => 'application/json');
	return $r->{body};
}

# The names in the order of the page's links, as they stand in it.
sub names {
	my ($path) = @_;
	my $body = $s->get($path)->{body};
	return join ' ', $body =~ m{<td><a[^>]* href="([^"]*)">}g;
}

# ---- Where there is one ----
is($s->get('/list/')->{status}, 200, 'Options Indexes: a listing');
is($s->get('/shut/')->{status}, 403, 'without: 403');
is($s->get('/denied/')->{status}, 403, 'nothing where all is denied');
is($s->get('/with/')->{body}, "index\n", 'an index goes before');
my $r = $s->get('/list');
is("$r->{status} $r->{header}{location}", '301 /list/', 'a / is put behind');
for my $method (qw(POST PUT)) {
	$r = $s->request($method, '/list/', '');
	is("$r->{status} $r->{header}{allow}", '405 GET, HEAD, OPTIONS', $method);
}
is($s->get('/missing/')->{status}, 404, 'nothing there: 404');

# ---- The page ----
$r = $s->get('/list/');
is($r->{header}{'content-type'}, 'text/html; charset=utf-8', 'it is HTML');
is($r->{header}{vary}, 'Accept', '... which depends on Accept');
ok(!$r->{header}{etag} && !$r->{header}{'last-modified'}, '... not dated');
like($r->{body}, qr{<title>Index of /list/</title>}, '... with a title');
like($r->{body}, qr{<html lang="en">.*<main>.*<h1>.*</main></body></html>\n\z}s,
    '... whole');
like($r->{body}, qr{<td><a href="b\.txt">b\.txt</a></td><td><time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ">\d{4}-\d\d-\d\d \d\d:\d\d</time></td><td class="number" title="2000 bytes">2\.0K</td>},
    'a file: name, date and size');
like($r->{body}, qr{href="sub/">sub/</a></td><td><time [^<]*</time></td><td class="number">-</td>},
    'a directory has a / and no size');
my $h = $s->request('HEAD', '/list/');
is($h->{body}, '', 'HEAD: no page');
is($h->{header}{$_}, $r->{header}{$_}, "... the same $_")
    for qw(content-type vary);
my $conn = $s->connect;
is($conn->get('/list/')->{status}, 200, 'a connection is kept') for 1 .. 2;

Drover::for_each_framing(sub {
	my ($name, @framing) = @_;
	for my $path ('/list/', '/list/sub/') {
		my $run = $s->curl('-i', @framing, $path);
		is($run->{status}, 0, "$path arrives whole");
		like($run->{out}, qr{\AHTTP/1\.1 200 .*</html>\n\z}s, '... a page');
	}
});

# ---- What is in it ----
is(names('/list/'), '.well-known/ Dir/ sub/ a.txt b.txt C.txt moved',
    'directories first, then by name; what would be refused is not shown');
is(names('/list/sub/'), '', 'IndexIgnore adds up');

symlink 'a', "$htdocs/links/good" or die "symlink: $!";
symlink 'missing', "$htdocs/links/broken";
symlink '/etc/passwd', "$htdocs/links/out";
symlink '../list', "$htdocs/links/dir";
symlink '../denied', "$htdocs/links/denied";
mkdir "$htdocs/links/never" or die "mkdir: $!";
symlink '../a', "$htdocs/links/never/a";
system 'mkfifo', "$htdocs/links/fifo";
is(names('/links/'), 'denied/ dir/ never/ a good',
    'links as far as they may be followed, and no FIFOs');
is(names('/links/never/'), '', 'no links without FollowSymLinks');

# ---- Parents ----
mkdir "$dir/other";
mkdir "$dir/other/sub";
# An Alias that was not there has its workers soon.
ok($s->wait_until(sub { $s->get('/else/sub/')->{status} == 200 }),
    'a folder that was made later');
unlike(json('/'), qr/Parent|\A\[/, '/ has an index');
my %parent = ('/list/' => 1, '/else/' => 0, '/else/sub/' => 1,
    '/list/sub/' => 1);
for my $path (sort keys %parent) {
	my $up = $s->get($path)->{body} =~ m{<a class="up" href="\.\./">} || 0;
	is($up, $parent{$path}, "$path: parent link");
}
rename "$htdocs/index.html", "$htdocs/was.html" or die "rename: $!";
ok($s->wait_until(sub { $s->get('/')->{body} =~ /Index of/ }),
    'the root is listed');
unlike($s->get('/')->{body}, qr/class="up"/, '... and has no parent');
rename "$htdocs/was.html", "$htdocs/index.html" or die "rename: $!";

# ---- Names of all kinds ----
my $page = $s->get('/odd/')->{body};
my @links = $page =~ m{<td><a href="([^"]*)">}g;
is(scalar @links, scalar @odd, 'every odd name is there');
is(join(' ', grep { !/^[A-Za-z0-9._~%-]+$/ } @links), '',
    'their links are encoded');
unlike($page, qr{<b>|href="javascript:}, 'none is taken for HTML or a scheme');
like($page, qr{>&lt;b&gt;&amp;amp;&quot;&#39;</a>}, '... but escaped');
for my $link (@links) {
	my $name = $link =~ s/%(..)/chr hex $1/ger;
	my $r = $s->get("/odd/$link");
	is($r->{status}, 200, "$link leads to a file");
	is($r->{body}, $odd{"odd/$name"}, '... to that file');
}

# ---- Order ----
utime 1000, 1000, "$htdocs/list/b.txt";
utime 2000, 2000, "$htdocs/list/a.txt";
utime 3000, 3000, "$htdocs/list/C.txt";
utime 4000, 4000, "$htdocs/list/Dir";
utime 5000, 5000, "$htdocs/list/sub";
my %order = (
	'C=N;O=A' => 'Dir/ sub/ a.txt b.txt C.txt',
	'C=N;O=D' => 'sub/ Dir/ C.txt b.txt a.txt',
	'C=M;O=A' => 'Dir/ sub/ b.txt a.txt C.txt',
	'C=M;O=D' => 'sub/ Dir/ C.txt a.txt b.txt',
	'C=S;O=A' => 'Dir/ sub/ a.txt C.txt b.txt',
	'C=S;O=D' => 'sub/ Dir/ b.txt C.txt a.txt',
	'C=D;O=D' => 'sub/ Dir/ C.txt b.txt a.txt',
	'C=M&O=D' => 'sub/ Dir/ C.txt a.txt b.txt',
	'O=D&C=S' => 'sub/ Dir/ b.txt C.txt a.txt',
	'O=D' => 'sub/ Dir/ C.txt b.txt a.txt',
	'C=M' => 'Dir/ sub/ b.txt a.txt C.txt',
	'' => 'Dir/ sub/ a.txt b.txt C.txt',
	'C=X;O=Z;C;;&=' => 'Dir/ sub/ a.txt b.txt C.txt',
);
for my $query (sort keys %order) {
	my $names = names("/list/?$query");
	$names =~ s/(?:^| )(?:\.well-known\/|moved)//g;
	is($names =~ s/^ //r, $order{$query}, "order ?$query");
}
my %links = (
	'' => 'C=N;O=D C=M;O=A C=S;O=A', 'C=N;O=D' => 'C=N;O=A C=M;O=A C=S;O=A',
	'C=M;O=A' => 'C=N;O=A C=M;O=D C=S;O=A',
	'C=S;O=D' => 'C=N;O=A C=M;O=A C=S;O=A',
);
for my $query (sort keys %links) {
	my $body = $s->get("/list/?$query")->{body};
	is(join(' ', $body =~ m{<a href="\?([^"]*)">}g), $links{$query},
	    "sort links of ?$query");
	like($body, $query =~ /O=D/ ? qr/aria-sort="descending"/ :
	    qr/aria-sort="ascending"/, '... which column is it');
}

is(names('/sized/'), 'b a', 'IndexOrderDefault');
is(names('/sized/?C=N;O=A'), 'a b', '... and a link');
like($s->get('/sized/')->{body}, qr{aria-sort="descending"><a href="\?C=S;O=A">},
    '... as the page shows it');
for my $bad ('Up Name', 'Ascending Colour', 'Ascending') {
	my $run = Drover->new(conf => "IndexOrderDefault $bad\n")->run('-t');
	is($run->{status}, 1, "IndexOrderDefault $bad is an error");
}

# ---- JSON ----
$r = $s->get('/list/?C=S;O=D', Accept => 'application/json');
is($r->{header}{'content-type'}, 'application/json', 'JSON for programs');
is($r->{header}{vary}, 'Accept', '... which depends on Accept');
like($r->{body}, qr/\{"name":"b\.txt","type":"file","size":2000,"modified":"1970-01-01T00:16:40Z"\},\n\{"name":"C\.txt"/,
    '... in the same order');
for my $accept ('*/*', 'text/html,*/*;q=0.8', 'application/json;q=0.1,text/*') {
	is($s->get('/list/', Accept => $accept)->{header}{'content-type'},
	    'text/html; charset=utf-8', "HTML for $accept");
}
SKIP: {
	eval { require JSON::PP } or skip 'no JSON::PP', 3;
	my $decode = JSON::PP->new->utf8;
	my $list = $decode->decode(json('/odd/'));
	is(scalar @$list, scalar @odd, 'JSON of odd names');
	is_deeply([sort keys %{ $list->[0] }], [qw(modified name size type)],
	    '... their members');
	is_deeply($decode->decode(json('/list/sub/')), [], 'an empty array');
}

# ---- A large one ----
my $large = "$htdocs/large";
mkdir $large or die "mkdir: $!";
my $many = $Drover::VALGRIND ? 1000 : 20000;
for my $i (1 .. $many) {
	open my $out, '>', sprintf '%s/file-%05d.txt', $large, $i * 7919 % 20011
	    or die "open: $!";
}
# While another lists it over and over, a small file is had in between.
my $busy = $s->connect;
my $small = $s->connect;
my ($longest, $got) = (0, 0);
for (1 .. 3) {
	$busy->send("GET /large/ HTTP/1.1\r\nHost: a\r\n\r\n");
	for (1 .. 5) {
		my $begin = time;
		$got++ if $small->get('/list/a.txt')->{status} == 200;
		my $time = time - $begin;
		$longest = $time if $time > $longest;
	}
	my $r = $busy->response;
	my @all = $r->{body} =~ m{href="(file-\d+\.txt)">}g;
	is(scalar @all, $many, "$many files are listed");
	is_deeply(\@all, [sort @all], '... in order');
	like($r->{body}, qr{</html>\n\z}, '... to the end');
}
is($got, 15, 'others are answered meanwhile');
note sprintf 'the longest took %.1f ms', $longest * 1000;
# Who goes away in the middle leaves nothing behind; nor does it stop others.
for (1 .. 5) {
	my $gone = $s->connect;
	$gone->send("GET /large/ HTTP/1.1\r\nHost: a\r\n\r\n");
	$gone->close;
}
is($s->get('/list/a.txt')->{status}, 200, 'clients that go away do no harm');
my ($worker) = $s->workers;
ok($s->wait_until(sub {
	!grep { (readlink // '') =~ /large/ } glob "/proc/$worker/fd/*";
}), 'no directory stays open');

# ---- What cannot be read ----
chmod 0, "$htdocs/none" or die "chmod: $!";
is($s->get('/none/')->{status}, 403, 'a directory that is closed to us');
chmod 0755, "$htdocs/none";
my @errors = grep { /:(?:error|crit|alert)\]/ } split /^/m, $s->log('error');
is(join('', grep { !/AH0(?:0132|1276|1630): / } @errors), '',
    'no errors are logged');
is(scalar(grep { /AH01630: / } @errors), 1,
    '... nor is what a listing does not show');
$s->stop;
done_testing;
