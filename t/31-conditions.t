#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Conditional requests (RFC 9110, 13): each field against what is true of a
# file, in the precedence of 13.2.2; Range with If-Range; and methods that act.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(conf => <<'EOF', files => {
MaxKeepAliveRequests 0
Alias "/echo" "{DIR}/htdocs/small"
<Location "/echo">
    SetHandler echo
</Location>
EOF
	small => "0123456789\n", large => "0123456789\n" x 10000,
	new => "0123456789\n" });
my $htdocs = $s->dir . '/htdocs';
my $old = 784111777;
my ($before, $then, $after) = map { "Sun, 06 Nov 1994 08:49:$_ GMT" }
    36, 37, 38;
my $future = 'Fri, 31 Dec 9999 23:59:59 GMT';
my @other_forms = ('Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994');
my @no_dates = ('', 'yesterday', '784111777', 'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC', 'Sun, 31 Feb 1994 08:49:37 GMT',
    "$then, $then", "\"$then\"", 'Sun, 06 Nov 1994 24:49:37 GMT');

# Each row: the section, the fields, and the status of a GET.  TAG is the tag.
my @rows = (
	['13.1.1', ['If-Match' => 'TAG'], 200],
	['13.1.1', ['If-Match' => '*'], 200],
	['13.1.1', ['If-Match' => '"x", TAG'], 200],
	['13.1.1', ['If-Match' => '"x",TAG,"y"'], 200],
	['13.1.1', ['If-Match' => ', ,TAG'], 200],
	['13.1.1', ['If-Match' => '"x"'], 412],
	['13.1.1', ['If-Match' => 'W/TAG'], 412],
	['13.1.1', ['If-Match' => 'BARE'], 412],
	['13.1.1', ['If-Match' => ''], 412],
	['13.1.2', ['If-None-Match' => 'TAG'], 304],
	['13.1.2', ['If-None-Match' => 'W/TAG'], 304],
	['13.1.2', ['If-None-Match' => '*'], 304],
	['13.1.2', ['If-None-Match' => '"x", "a,b", TAG'], 304],
	['13.1.2', ['If-None-Match' => '"x"'], 200],
	['13.1.2', ['If-None-Match' => 'w/TAG'], 200],
	['13.1.2', ['If-None-Match' => 'BARE'], 200],
	['13.1.2', ['If-None-Match' => ''], 200],
	['13.1.3', ['If-Modified-Since' => $then], 304],
	['13.1.3', ['If-Modified-Since' => $after], 304],
	['13.1.3', ['If-Modified-Since' => $before], 200],
	['13.1.3', ['If-Modified-Since' => $future], 200],
	(map { ['13.1.3', ['If-Modified-Since' => $_], 304] } @other_forms),
	(map { ['13.1.3', ['If-Modified-Since' => $_], 200] } @no_dates),
	['13.1.3', ['If-None-Match' => '"x"', 'If-Modified-Since' => $after],
	    200],
	['13.1.3', ['If-None-Match' => 'TAG', 'If-Modified-Since' => $before],
	    304],
	['13.1.4', ['If-Unmodified-Since' => $then], 200],
	['13.1.4', ['If-Unmodified-Since' => $after], 200],
	['13.1.4', ['If-Unmodified-Since' => $future], 200],
	['13.1.4', ['If-Unmodified-Since' => $before], 412],
	(map { ['13.1.4', ['If-Unmodified-Since' => $_], 200] } @other_forms,
	    @no_dates),
	['13.1.4', ['If-Match' => 'TAG', 'If-Unmodified-Since' => $before],
	    200],
	['13.2.2', ['If-Match' => '"x"', 'If-None-Match' => 'TAG'], 412],
	['13.2.2', ['If-Match' => 'TAG', 'If-None-Match' => 'TAG'], 304],
	['13.2.2', ['If-Unmodified-Since' => $before,
	    'If-None-Match' => 'TAG'], 412],
	['13.2.2', ['If-Unmodified-Since' => $then,
	    'If-Modified-Since' => $then], 304],
	['13.1.5', ['If-Range' => 'TAG'], 200],
	['13.1.5', ['If-Range' => '"x"'], 200],
);
# With a Range.
my @range_rows = (
	['13.1.5', ['If-Range' => 'TAG'], 206],
	['13.1.5', ['If-Range' => $then], 206],
	(map { ['13.1.5', ['If-Range' => $_], 206] } @other_forms),
	(map { ['13.1.5', ['If-Range' => $_], 200] } @no_dates, $before,
	    $after, $future, 'W/TAG', '"x"', '*', 'TAG, "x"', 'BARE', '"'),
	['13.2.2', ['If-Match' => '"x"'], 412],
	['13.2.2', ['If-Match' => 'TAG', 'If-Range' => 'TAG'], 206],
	['13.2.2', ['If-Match' => 'TAG', 'If-Range' => '"x"'], 200],
	['13.2.2', ['If-None-Match' => 'TAG'], 304],
	['13.2.2', ['If-None-Match' => '"x"'], 206],
	['13.2.2', ['If-Modified-Since' => $then], 304],
	['13.2.2', ['If-Modified-Since' => $before], 206],
	['13.2.2', ['If-Unmodified-Since' => $before], 412],
);

# Asks by a method; the answer is looked at more closely.
sub check {
	my ($conn, $path, $tag, $method, $row, @more) = @_;
	my ($section, $fields, $status) = @$row;
	my $bare = $tag =~ tr/"//dr;
	my @fields = map { s/BARE/$bare/r =~ s/TAG/$tag/gr } @$fields;
	my $name = join ' ', $section, $method, $path, @fields, @more;
	$conn->request($method, $path, '', @fields, @more);
	my $r = $conn->response($method eq 'HEAD');
	$status = 200 if $method eq 'HEAD' && $status == 206;
	is($r->{status}, $status, $name);
	return if $status != 304;
	# 15.4.5: what a cache needs, and nothing about content.
	is(join(' ', sort grep { !/^connection$/ } keys %{ $r->{header} }),
	    'date etag last-modified server', "$name: its fields");
	is($r->{header}{etag}, $tag, "$name: the tag");
	return;
}

for my $path ('/small', '/large') {
	utime $old, $old, "$htdocs$path" or die "utime: $!";
	# A file that just changed has a weak tag.
	my $tag = $s->wait_until(sub {
		my $header = $s->get($path)->{header};
		return $header->{etag} =~ /^"/ &&
		    $header->{'last-modified'} eq $then && $header->{etag};
	});
	ok($tag, "$path: a strong tag");
	my $conn = $s->connect;
	for my $method ('GET', 'HEAD') {
		check($conn, $path, $tag, $method, $_) for @rows;
		check($conn, $path, $tag, $method, $_, Range => 'bytes=1-2')
		    for @range_rows;
	}
	is($conn->get($path, Range => 'bytes=999999-', 'If-Range' => $tag)
	    ->{status}, 416, "$path: If-Range, and it is not there");
	is($conn->get($path, Range => 'bytes=999999-', 'If-Range' => '"x"')
	    ->{status}, 200, "$path: it may have been there");
}

# A list may take several lines.
my $tag = $s->get('/small')->{header}{etag};
for my $row (['If-None-Match', 304], ['If-Match', 200]) {
	my ($field, $status) = @$row;
	like($s->raw("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" .
	    "$field: \"x\"\r\n$field: \"y\", $tag\r\n\r\n"),
	    qr{^HTTP/1.1 $status }, "$field on two lines");
}

# A date is no strong validator of a file that changed in this second.
my $now = time + 1;
utime $now, $now, "$htdocs/new" or die "utime: $!";
my $r = $s->get('/new');
$r = $s->get('/new', Range => 'bytes=0-1', 'If-Range' =>
    $r->{header}{'last-modified'});
ok($r->{status} == 200 || $r->{header}{date} ne $r->{header}{'last-modified'},
    '8.8.2.2 a date of this second') or diag(explain($r->{header}));

# Conditions are for what would be done (13.2.1).
my @none = ('If-Match' => '"x"', 'If-None-Match' => '*');
is($s->get('/missing', @none)->{status}, 404, 'nothing there');
is($s->request('DELETE', '/small', '', @none)->{status}, 405, 'not allowed');
is($s->request('OPTIONS', '/small', '', @none)->{status}, 200, 'OPTIONS');

# A method that acts is asked before it does, and before its body comes.
for my $row (['If-Match' => '"x"', 412], ['If-Match' => '*', 200],
    ['If-None-Match' => '*', 412], ['If-None-Match' => '"x"', 200],
    ['If-Modified-Since' => $future, 200]) {
	my ($field, $value, $status) = @$row;
	is($s->request('POST', '/echo', 'a=b', $field => $value)->{status},
	    $status, "13.2.1 POST with $field: $value");
}
my $conn = $s->connect;
$conn->send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n" .
    "Expect: 100-continue\r\nIf-Match: \"x\"\r\n\r\n");
$r = $conn->response;
is($r->{status}, 412, 'the body is not asked for');
is(scalar @{ $r->{interim} }, 0, '... at all');

$s->stop;
done_testing;
