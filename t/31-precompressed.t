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
use Test::More;
use Drover;

my $page = join '', map { "<p>line $_</p>\n" } 1 .. 4000;
gzip(\$page, \my $gz) or die $GzipError;
my $br = 'brotli' x 100;	# smallest
my $zst = 'zstandard' x 200;
my %content = (identity => $page, gzip => $gz, br => $br, zstd => $zst);

my $s = Drover->start(conf => <<'EOF', files => {
MaxKeepAliveRequests 0
AddType application/x-httpd-php .php
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
	'load.html' => $page });
my $htdocs = $s->dir . '/htdocs';
my $old = time - 1000;
sub date {
	my ($time, @names) = @_;
	utime $time, $time, map { "$htdocs/$_" } @names or die "utime: $!";
	return;
}
find(sub { utime $old, $old, $_ or die "utime: $!" if -f }, $htdocs);
date($old - 2, 'stale.html.gz');
symlink '../page.html.gz', "$htdocs/links/a.html.gz" or die "symlink: $!";
symlink 'page.html.gz', "$htdocs/a.html.gz" or die "symlink: $!";

# Files that were just made have weak tags for a moment.
ok($s->wait_until(sub { $s->get('/page.html')->{header}{etag} =~ /^"/ }),
    'a strong tag');
my $conn = $s->connect;
sub get {
	my ($path, $accept, @fields) = @_;
	unshift @fields, 'Accept-Encoding' => $accept if defined $accept;
	return $conn->get($path, @fields);
}

# Accept-Encoding, and what it gets of page.html; undef: 406.
my @rows = (
	[undef, 'identity'],
	['', 'identity'],
	['gzip, deflate, br, zstd', 'br'],
	['gzip, deflate', 'gzip'],
	['deflate', 'identity'],
	['gzip', 'gzip'], ['x-gzip', 'gzip'], ['GZIP', 'gzip'],
	['br', 'br'], ['zstd', 'zstd'],
	['*', 'br'],
	['gzip;q=1.0, br;q=0.9', 'gzip'],
	['gzip;q=0.5, br;q=0.5, zstd;q=0.6', 'zstd'],
	['gzip;q=0.001', 'gzip'],
	['gzip;q=0', 'identity'],
	['gzip;q=0.4, identity;q=0.5', 'identity'],
	['*;q=0.4, identity', 'identity'],
	['br;q=0, *', 'zstd'],
	['identity;q=0', undef],
	['identity;q=0, gzip;q=0.1', 'gzip'],
	['identity;q=0, *', 'br'],
	['*;q=0', undef],
	['*;q=0, zstd', 'zstd'],
	['*;q=0, identity;q=0.1', 'identity'],
	['deflate, *;q=0', undef],
	['gzip;q=nonsense', 'identity'],
);
subtest('by Accept-Encoding' => sub {
	for my $row (@rows) {
		my ($accept, $coding) = @$row;
		my $name = defined $accept ? "\"$accept\"" : 'no field';
		my $r = get('/page.html', $accept);
		is($r->{header}{vary}, 'Accept-Encoding', "$name: Vary");
		is($r->{status}, defined $coding ? 200 : 406, "$name: status");
		next if !defined $coding;
		is($r->{header}{'content-encoding'} // 'identity', $coding,
		    "$name: $coding");
		ok($r->{body} eq $content{$coding}, '... its bytes');
		is($r->{header}{'content-type'}, 'text/html', '... its type');
	}
});

subtest('every form is a representation of its own' => sub {
	my %tags;
	for my $coding (sort keys %content) {
		my $r = get('/page.html', $coding);
		my $tag = $r->{header}{etag};
		ok(!$tags{$tag}++, "$coding: a tag of its own");
		my $length = length $content{$coding};
		is($r->{header}{'content-length'}, $length, '... length');

		$conn->request('HEAD', '/page.html', '',
		    'Accept-Encoding' => $coding);
		my $head = $conn->response(1);
		$_->{header}{date} = '' for $head, $r;
		is_deeply($head->{header}, $r->{header}, '... HEAD');

		my $same = get('/page.html', $coding,
		    'If-None-Match' => $tag);
		is($same->{status}, 304, '... 304');
		is($same->{header}{etag}, $tag, '... its tag');
		is($same->{header}{vary}, 'Accept-Encoding', '... Vary');
		is($same->{header}{$_}, undef, "... no $_")
		    for 'content-encoding', 'content-type', 'content-length';
		is(get('/page.html', $coding, 'If-Match' => $tag)->{status},
		    200, '... If-Match');

		my $part = get('/page.html', $coding, Range => 'bytes=10-19',
		    'If-Range' => $tag);
		is($part->{status}, 206, '... 206');
		is($part->{body}, substr($content{$coding}, 10, 10),
		    '... of its bytes');
		is($part->{header}{'content-range'}, "bytes 10-19/$length",
		    '... of its length');
		is($part->{header}{$_}, $r->{header}{$_}, "... the same $_")
		    for 'content-encoding', 'content-type', 'vary', 'etag';
		is(get('/page.html', $coding, Range => "bytes=$length-")
		    ->{status}, 416, '... 416 behind its end');
	}
	# What is known of one says nothing of another.
	my ($one, $other) = map { get('/page.html', $_)->{header}{etag} }
	    'gzip', 'br';
	is(get('/page.html', 'br', 'If-None-Match' => $one)->{status}, 200,
	    'the tag of another: 200');
	is(get('/page.html', 'br', 'If-Match' => $one)->{status}, 412,
	    '... 412');
	is(get('/page.html', 'br', Range => 'bytes=0-9', 'If-Range' => $one)
	    ->{status}, 200, '... no part to go with it');
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
	['a dotfile', '/.hidden', 'gzip', 404, undef, 0],
	['a script', '/run.php', 'gzip', 403, undef, 0],
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
