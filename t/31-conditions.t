#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Conditional requests (RFC 9110, 13) about files, from memory and not: the
# table, and what does not fit in it.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run);
use Drover::Messages::Conditions;

my $s = Drover->start(conf => <<'EOF', files => {
MaxKeepAliveRequests 0
Alias "/echo" "{DIR}/htdocs/small"
<Location "/echo">
    SetHandler echo
</Location>
EOF
	small => "0123456789\n", large => "0123456789\n" x 10000,
	new => "0123456789\n", probe => "probe\n" });
my $htdocs = $s->dir . '/htdocs';

my $tag;
for my $path ('/large', '/small') {
	my $changed = $Drover::Messages::Conditions::CHANGED;
	utime $changed, $changed, "$htdocs$path" or die "utime: $!";
	# A file that just changed has a weak tag.
	$tag = $s->wait_until(sub {
		my $header = $s->get($path)->{header};
		return $header->{etag} =~ /^"/ && $header->{'last-modified'} eq
		    $Drover::Messages::Conditions::THEN && $header->{etag};
	});
	ok($tag, "$path: a strong tag");
	run($s, [Drover::Messages::Conditions::rows($path, $tag)]);
	my @behind = (Range => 'bytes=999999-');
	is($s->get($path, @behind, 'If-Range' => $tag)->{status}, 416,
	    "$path: If-Range, and it is not there");
	is($s->get($path, @behind, 'If-Range' => '"x"')->{status}, 200,
	    "$path: it may have been there");
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
    ['If-Modified-Since' => $Drover::Messages::Conditions::FUTURE, 200]) {
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
