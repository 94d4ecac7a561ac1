#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Files that stand beside others in a content coding (PrecompressedFiles): which
# is sent by Accept-Encoding (RFC 9110, 12.5.3), and that each is a
# representation of its own in everything that follows.
use strict;
use warnings;
use File::Find qw(find);
use IO::Compress::Gzip qw(gzip $GzipError);
use POSIX qw(mkfifo);
use Test::More;
use Drover;
use Drover::Messages qw(run);
use Drover::Messages::Codings;

# Large enough for none of them to be kept in memory but the smallest.
srand 9110;
my $page = join '', map { sprintf "<p>%x</p>\n", rand 1 << 31 } 1 .. 10000;
gzip(\$page, \my $gz) or die $GzipError;
my $br = 'brotli' x 100;	# smallest
my $zst = 'zstandard' x 4000;
my %content = (identity => $page, gzip => $gz, br => $br, zstd => $zst);
my %table = Drover::Messages::Codings::files();

my $s = Drover->start(conf => <<'EOF', files => {
MaxKeepAliveRequests 0
KeepAliveTimeout 100
AddType application/x-httpd-php .php
AddEncoding x-own .cz
AddEncoding x-gzip .gz
AddLanguage de .de
Alias "/off" "{DIR}/htdocs"
<Location "/off">
    PrecompressedFiles Off
</Location>
<Files "closed.html">
    Require all denied
</Files>
<Files "*.gz">
    Require all denied
</Files>
<Directory "{DIR}/htdocs/links">
    Options -FollowSymLinks
</Directory>
EOF
	'own.html.cz' => $page, 'own.html.cz.gz' => $gz,
	'page.html.de' => $page, 'page.html.de.gz' => $gz,
	'page.html' => $page, 'page.html.gz' => $gz, 'page.html.br' => $br,
	'page.html.zst' => $zst, 'plain.html' => $page,
	'dir/index.html' => $page, 'dir/index.html.gz' => $gz,
	'stale.html' => $page, 'stale.html.gz' => 'stale',
	'closed.html' => $page, 'closed.html.gz' => $gz,
	'only.html.gz' => $gz, 'folder.html' => $page,
	'folder.html.gz/x' => '', '.hidden' => $page, '.hidden.gz' => $gz,
	'links/a.html' => $page, 'links/b.html' => $page,
	'links/b.html.gz' => $gz, 'a.html' => $page, 'small' => 'x',
	'small.br' => $br, 'two.gz' => $gz, 'two.gz.gz' => $gz,
	'run.php' => 'secret', 'run.php.gz' => 'secret',
	'load.html' => $page, probe => "probe\n", 'fifo.html' => $page,
	map { ("table/$_" => $table{$_}) } keys %table });
my $htdocs = $s->dir . '/htdocs';
my $old = time - 1000;
sub date {
	my ($time, @names) = @_;
	utime $time, $time, map { "$htdocs/$_" } @names or die "utime: $!";
	return;
}
mkfifo "$htdocs/fifo.html.gz", 0644 or die "mkfifo: $!";
find(sub { utime $old, $old, $_ or die "utime: $!" if -f }, $htdocs);
date($old - 2, 'stale.html.gz');
symlink '../page.html.gz', "$htdocs/links/a.html.gz" or die "symlink: $!";
symlink 'page.html.gz', "$htdocs/a.html.gz" or die "symlink: $!";

my $conn = $s->connect;
sub get {
	my ($path, $accept, @fields) = @_;
	unshift @fields, 'Accept-Encoding' => $accept if defined $accept;
	return $conn->get($path, @fields);
}

# All that may be asked for, of small files.
my %tag;
for my $coding (keys %content) {
	ok($s->wait_until(sub {
		my $r = get('/table/all.txt', $coding);
		$tag{$coding} = $r->{header}{etag};
		return $tag{$coding} =~ /^"/;
	}), "a strong tag of $coding");
}
run($s, [Drover::Messages::Codings::rows('/table', %tag)]);

# The same of larger ones, which are sent from the file.
subtest('from the file' => sub {
	for my $coding (sort keys %content) {
		my $r = get('/page.html', $coding);
		ok($r->{body} eq $content{$coding}, "$coding: its bytes");
		my $length = length $content{$coding};
		is($r->{header}{'content-length'}, $length, '... length');

		$conn->request('HEAD', '/page.html', '',
		    'Accept-Encoding' => $coding);
		my $head = $conn->response(1);
		$_->{header}{date} = '' for $head, $r;
		is_deeply($head->{header}, $r->{header}, '... HEAD');

		my $part = get('/page.html', $coding, Range => 'bytes=10-19',
		    'If-Range' => $r->{header}{etag});
		is($part->{status}, 206, '... 206');
		is($part->{body}, substr($content{$coding}, 10, 10),
		    '... of its bytes');
		is($part->{header}{'content-range'}, "bytes 10-19/$length",
		    '... of its length');
		is($part->{header}{$_}, $r->{header}{$_}, "... the same $_")
		    for 'content-encoding', 'content-type', 'vary', 'etag';
	}
	date($old + 500, 'page.html.zst');
	ok($s->wait_until(sub {
		get('/page.html', 'zstd')->{header}{'last-modified'} ne
		    get('/page.html', 'br')->{header}{'last-modified'};
	}), 'Last-Modified is that of the form');
});

subtest('curl' => sub {
	for my $path ('/page.html', '/dir/', '/plain.html') {
		my $run = $s->curl('--compressed', '-H',
		    'Accept-Encoding: gzip', $path);
		ok($run->{out} eq $page, "$path as it was");
	}
	my $run = $s->curl('-i', '/page.html');
	unlike($run->{out}, qr/^Content-Encoding:/mi, 'not asked for');
});

# path, Accept-Encoding, status, Content-Encoding, Vary
my @cases = (
	['nothing beside it', '/plain.html', 'gzip, br', 200, undef, 0],
	['... and nothing accepted', '/plain.html', '*;q=0', 406, undef, 1],
	['the index', '/dir/', 'gzip', 200, 'gzip', 1],
	['... without', '/dir/', undef, 200, undef, 1],
	['older', '/stale.html', 'gzip', 200, undef, 0],
	['the file is closed', '/closed.html', 'gzip', 403, undef, 0],
	['the sibling alone is', '/page.html.gz', undef, 403, undef, 0],
	['... and there is no other', '/only.html', 'gzip', 404, undef, 0],
	['a folder', '/folder.html', 'gzip', 200, undef, 0],
	['a FIFO', '/fifo.html', 'gzip', 200, undef, 0],
	['a dotfile', '/.hidden', 'gzip', 404, undef, 0],
	['a script', '/run.php', 'gzip', 501, undef, 0],
	['a coding of its own', '/own.html.cz', 'gzip', 200, 'x-own', 0],
	['... refused', '/own.html.cz', '*;q=0', 200, 'x-own', 0],
	['a language', '/page.html.de', 'gzip', 200, 'gzip', 1],
	['a link', '/a.html', 'gzip', 200, 'gzip', 1],
	['a link, not allowed', '/links/a.html', 'gzip', 200, undef, 0],
	['no link', '/links/b.html', 'gzip', 200, 'gzip', 1],
	['larger, but preferred', '/small', 'br', 200, 'br', 1],
	['larger, as good', '/small', '*', 200, undef, 1],
	['Off', '/off/page.html', 'gzip', 200, undef, 0],
	['a directory that is redirected', '/dir', 'gzip', 301, undef, 0],
	['itself in a coding', '/two.gz', 'gzip', 403, undef, 0],
	['a sibling by its own name', '/page.html.br', 'br', 200, undef, 0],
	['missing', '/missing', 'gzip', 404, undef, 0],
);
for my $case (@cases) {
	my ($name, $path, $accept, $status, $coding, $varies) = @$case;
	my $r = get($path, $accept);
	is($r->{status}, $status, "$name: $status");
	is($r->{header}{'content-encoding'}, $coding,
	    "$name: " . ($coding // 'as it is'));
	is($r->{header}{vary}, $varies ? 'Accept-Encoding' : undef,
	    "$name: Vary");
}

# The coded form has the name of the file.
is(get('/page.html.de', 'gzip')->{header}{'content-language'}, 'de',
    'the language of the file');
is(get('/page.html.de', 'gzip')->{header}{'content-type'}, 'text/html',
    '... and its type');

# Several ranges of a coded form.
my $r = get('/page.html', 'gzip', Range => 'bytes=0-1,5-9');
is($r->{status}, 206, 'several ranges');
like($r->{body}, qr{\r\n\r\n\Q@{[substr $gz, 5, 5]}\E\r\n--}s, '... of it');

subtest('they come and go' => sub {
	my $coding = sub {
		return get('/load.html', 'gzip')
		    ->{header}{'content-encoding'} // 'identity';
	};
	# The file is in use all the time.
	is($coding->(), 'identity', 'none');
	$s->file('htdocs/load.html.gz', $gz);
	ok($s->wait_until(sub { $coding->() eq 'gzip' }, 30), 'added');
	$s->file('htdocs/load.html.gz', $gz . 'x');
	ok($s->wait_until(sub {
		get('/load.html', 'gzip')->{body} eq $gz . 'x';
	}), 'replaced');
	unlink "$htdocs/load.html.gz" or die "unlink: $!";
	ok($s->wait_until(sub { $coding->() eq 'identity' }), 'removed');
	$s->file('htdocs/load.html.gz', $gz);
	ok($s->wait_until(sub { $coding->() eq 'gzip' }, 30), 'added again');
	# The file changes, and its sibling is of what it was.
	date($old - 1, 'load.html.gz');
	ok($s->wait_until(sub { $coding->() eq 'identity' }), 'older');
	date($old - 1, 'load.html');
	ok($s->wait_until(sub { $coding->() eq 'gzip' }, 30), 'as old');
	$s->file('htdocs/load.html', 'new');
	ok($s->wait_until(sub { get('/load.html', 'gzip')->{body} eq 'new' }),
	    'the file is another');
	ok(!grep { $coding->() ne 'identity' } 1 .. 100, '... and stays so');
});

$s->stop;
done_testing;
