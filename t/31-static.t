#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Static files over both versions of HTTP/1: their fields, methods, conditions,
# directories, and what is never served.
use strict;
use warnings;
use Test::More;
use Drover;

my $large = join '', map { sprintf "%07d\n", $_ } 1 .. 40000;
my $s = Drover->start(
    conf => <<'EOF',
DirectoryIndex index.html index.txt
AddType text/x-sheep .baa
<Directory "{DIR}/htdocs/bare">
    DirectoryIndex disabled
</Directory>
<Directory "{DIR}/htdocs/secret">
    Require all denied
</Directory>
<Files "untold">
    DefaultType None
</Files>
<Directory "{DIR}/htdocs/shut">
    DefaultType application/x-shut
</Directory>
<Files "*.bak">
    Require all denied
</Files>
EOF
    files => {
	'index.html' => "<p>index\n", 'a.txt' => "hello\n",
	'empty.txt' => '', 'large.bin' => $large, 'noending' => 'x', 'untold' => 'x', 'shut/x' => 'x',
	'dir/index.txt' => "dir\n", 'bare/index.html' => 'no',
	'secret/index.html' => 'no', 'old.bak' => 'no', '.env' => 'no',
	'.git/config' => 'no', '.well-known/x.txt' => "known\n",
	'with space.txt' => "space\n", 'sheep.baa' => 'b', 'm.mjs' => '',
	'w.wasm' => '', 'a.avif' => '', 'f.woff2' => '',
	'm.webmanifest' => '', 'i.svg' => '', 'UPPER.HTML' => '',
	'two.txt.html' => '', 'dir/index.html.d/x' => '',
    });
my $old = 784111777;
utime $old, $old, $s->dir . '/htdocs/a.txt' or die "utime: $!";
mkdir $s->dir . '/htdocs/dir/index.html' or die "mkdir: $!";
# A file that just changed has a weak tag.
ok($s->wait_until(sub { $s->get('/a.txt')->{header}{etag} =~ /^"/ }),
    'a tag becomes strong');

# What curl gets: status, fields by lower-case name, body.
sub curl {
	my @args = @_;
	my $run = $s->curl('-i', @args);
	my ($head, $body) = split /\r\n\r\n/, $run->{out}, 2;
	my ($first, @lines) = split /\r\n/, $head;
	my %r = (body => $body, error => $run->{err});
	($r{status}) = $first =~ m{^HTTP/1.1 (\d{3}) };
	for (@lines) {
		my ($name, $value) = /^([^:]+): (.*)$/ or next;
		$r{lc $name} = $value;
	}
	return \%r;
}

Drover::for_each_framing(sub {
	my ($name, @framing) = @_;
	my $get = sub { return curl(@framing, @_) };

	my $r = $get->('/a.txt');
	is($r->{status}, 200, 'a file');
	is($r->{body}, "hello\n", '... as it is');
	is($r->{'content-type'}, 'text/plain', '... its type');
	is($r->{'content-length'}, 6, '... its length');
	is($r->{'last-modified'}, 'Sun, 06 Nov 1994 08:49:37 GMT',
	    '... its date');
	like($r->{etag}, qr/^"[0-9a-f]{16}"$/, '... a strong tag');

	my $h = $get->('-I', '/a.txt');
	is($h->{status}, 200, 'HEAD');
	is($h->{body}, '', '... has no body');
	is($h->{$_}, $r->{$_}, "... the same $_") for qw(content-length
	    content-type last-modified etag);

	is($get->('-H', "If-None-Match: $r->{etag}", '/a.txt')->{status}, 304,
	    'If-None-Match with its tag');
	is($get->('-H', "If-None-Match: W/$r->{etag}", '/a.txt')->{status},
	    304, '... which may be weak');
	is($get->('-H', 'If-None-Match: "x"', '/a.txt')->{status}, 200,
	    '... with another');
	is($get->('-H', "If-Modified-Since: $r->{'last-modified'}",
	    '/a.txt')->{status}, 304, 'If-Modified-Since');
	is($get->('-H', 'If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT',
	    '/a.txt')->{status}, 200, '... a second before');
	is($get->('-H', 'If-Match: "x"', '/a.txt')->{status}, 412,
	    'If-Match with another tag');
	my $n = $get->('-H', "If-None-Match: $r->{etag}", '/a.txt');
	is($n->{etag}, $r->{etag}, 'a 304 has the tag');
	ok(!exists $n->{'content-type'}, '... and no type');

	$r = $get->('/large.bin');
	is($r->{'content-length'}, length $large, 'a large file');
	ok($r->{body} eq $large, '... as it is');
	$r = $get->('/empty.txt');
	is($r->{'content-length'}, 0, 'an empty file');
	is($r->{status}, 200, '... is there');
});

my %type = (
	'noending' => 'application/octet-stream', 'untold' => undef,
	'shut/x' => 'application/x-shut', 'sheep.baa' => 'text/x-sheep',
	'm.mjs' => 'text/javascript', 'w.wasm' => 'application/wasm',
	'a.avif' => 'image/avif', 'f.woff2' => 'font/woff2',
	'm.webmanifest' => 'application/manifest+json',
	'i.svg' => 'image/svg+xml', 'UPPER.HTML' => 'text/html',
	'two.txt.html' => 'text/html',
);
for my $name (sort keys %type) {
	is($s->get("/$name")->{header}{'content-type'}, $type{$name},
	    "type of $name");
}

my @rows = (
	[GET => '/', 200, undef, "<p>index\n"],
	[GET => '/dir/', 200, undef, "dir\n"],
	[GET => '/dir', 301, '/dir/'],
	[GET => '/dir?q=1', 301, '/dir/?q=1'],
	[GET => '//dir', 301, '/dir/'],
	[GET => '/bare/', 403],
	[GET => '/secret/', 403],
	[GET => '/secret', 403],
	[GET => '/secret/index.html', 403],
	[GET => '/old.bak', 403],
	[GET => '/missing.bak', 403],
	[GET => '/.env', 404],
	[GET => '/.git/config', 404],
	[GET => '/%2egit/config', 404],
	[GET => '/.well-known/x.txt', 200, undef, "known\n"],
	[GET => '/with%20space.txt', 200, undef, "space\n"],
	[GET => '/missing', 404],
	[GET => '/a.txt/', 404],
	[GET => '/a.txt/more', 404],
	[GET => '/dir/../a.txt', 200, undef, "hello\n"],
	[GET => '/%2e%2e/conf/httpd.conf', 400],
	[GET => '/../conf/httpd.conf', 400],
	[GET => '/' . 'a' x 300, 404],
	[GET => '/' . 'a/' x 2500, 404],
	[POST => '/a.txt', 405],
	[PUT => '/a.txt', 405],
	[DELETE => '/a.txt', 405],
	[OPTIONS => '/a.txt', 200],
	[OPTIONS => '*', 200],
	[BREW => '/a.txt', 501],
);
for my $row (@rows) {
	my ($method, $target, $status, $location, $body) = @$row;
	my $r = $s->request($method, $target, '');
	my $name = "$method " . substr $target, 0, 40;
	is($r->{status}, $status, $name);
	is($r->{header}{location}, $location, "$name: Location")
	    if defined $location || $status == 301;
	is($r->{body}, $body, "$name: body") if defined $body;
	is($r->{header}{allow}, $target eq '*' ? 'GET, HEAD, POST, OPTIONS' :
	    'GET, HEAD, OPTIONS', "$name: Allow")
	    if $status == 405 || $method eq 'OPTIONS';
}

# The connection stays in step over everything that a client may be told.
my $conn = $s->connect;
for my $row (@rows) {
	my ($method, $target, $status) = @$row;
	$conn->request($method, $target, '');
	my $r = $conn->response;
	$conn = $s->connect if ($r->{header}{connection} // '') eq 'close';
	is($r->{status}, $status, "kept alive: $method " . substr $target, 0, 40);
}

$s->wait_log('error', qr/names that begin with a dot/);
$s->stop;
done_testing;
