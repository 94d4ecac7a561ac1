#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Parts of files (RFC 9110, 14): what comes is compared with the file, for one
# range and for many, from memory and from the file, over both versions of
# HTTP/1; what asks for too much, or for nothing that is there.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Messages qw(run);
use Drover::Messages::Ranges;

srand 9110;
my $large = join '', map { sprintf "%07d\n", $_ } 1 .. 40000;
my %file = (small => substr($large, 0, 1000), large => $large,
    probe => "probe\n", 'small-empty' => '', 'small-one' => 'x',
    'page.html' => "<p>hello\n", 'typed.txt' => "hello\n");
my $s = Drover->start(conf => <<'EOF', files => \%file);
MaxKeepAliveRequests 0
Alias "/untold" "{DIR}/htdocs/small"
<Location "/untold">
    DefaultType none
</Location>
Alias "/none" "{DIR}/htdocs/large"
Alias "/few" "{DIR}/htdocs/large"
Alias "/unlimited" "{DIR}/htdocs/large"
Alias "/orderly" "{DIR}/htdocs/large"
<Location "/none">
    MaxRanges none
</Location>
<Location "/few">
    MaxRanges 3
    MaxRangeOverlaps 1
    MaxRangeReversals 1
</Location>
<Location "/orderly">
    MaxRanges default
    MaxRangeOverlaps none
    MaxRangeReversals none
</Location>
<Location "/unlimited">
    MaxRanges unlimited
    MaxRangeOverlaps unlimited
    MaxRangeReversals unlimited
</Location>
<Files "page.html">
    MaxRanges 1
    MaxRangeOverlaps default
    MaxRangeReversals default
</Files>
EOF
my $htdocs = $s->dir . '/htdocs';

# The parts of a multipart/byteranges as [first, last, length, type, bytes];
# dies where it is not exactly one.
sub parts {
	my ($r) = @_;
	my ($boundary) = $r->{header}{'content-type'} =~
	    m{^multipart/byteranges; boundary=([0-9a-f]{20,70})$}
	    or die "type: $r->{header}{'content-type'}\n";
	my @parts;
	my $rest = "\r\n$r->{body}";
	my $head = qr{\r\n--$boundary\r\n(?:Content-Type:[ ]([^\r]*)\r\n)?
	    Content-Range:[ ]bytes[ ](\d+)-(\d+)/(\d+)\r\n\r\n}x;
	while ($rest =~ s/^$head//) {
		my ($type, $first, $last, $length) = ($1, $2, $3, $4);
		my $bytes = substr $rest, 0, $last - $first + 1, '';
		push @parts, [$first, $last, $length, $type, $bytes];
	}
	die 'rest: ' . substr($rest, 0, 100) . "\n"
	    if $rest ne "\r\n--$boundary--\r\n";
	return @parts;
}

# What is wrong with an answer to ranges that are all there; '' if nothing.
sub wrong {
	my ($r, $file, @ranges) = @_;
	my $length = length $file{$file};
	return "status $r->{status}" if $r->{status} != 206;
	return 'Content-Length' if $r->{header}{'content-length'} !=
	    length $r->{body};
	if (@ranges == 1) {
		my ($first, $last) = @{ $ranges[0] };
		return "Content-Range $r->{header}{'content-range'}"
		    if $r->{header}{'content-range'} ne
		    "bytes $first-$last/$length";
		return 'bytes' if $r->{body} ne
		    substr $file{$file}, $first, $last - $first + 1;
		return '';
	}
	return 'Content-Range' if exists $r->{header}{'content-range'};
	my @parts = eval { parts($r) };
	return $@ if $@ ne '';
	return 'number of parts' if @parts != @ranges;
	for my $i (0 .. $#ranges) {
		my ($first, $last) = @{ $ranges[$i] };
		return "part $i" if "@{ $parts[$i] }[0 .. 2]" ne
		    "$first $last $length";
		return "bytes of part $i" if $parts[$i][4] ne
		    substr $file{$file}, $first, $last - $first + 1;
	}
	return '';
}

sub range {
	my ($path, $range, @more) = @_;
	return $s->get($path, Range => $range, @more);
}

# ---- one answer, all of it -------------------------------------------------

for my $name ('small', 'large', 'page.html') {
	# Once it is the tag that it will have: at first it is a weak one.
	my $whole = $s->wait_until(sub {
		my $r = $s->get("/$name");
		return $r->{header}{etag} =~ /^"/ && $r;
	});
	is($whole->{header}{'accept-ranges'}, 'bytes', "$name: is said");
	my $r = range("/$name", 'bytes=1-3');
	is(wrong($r, $name, [1, 3]), '', "$name: one range");
	is($r->{header}{$_}, $whole->{header}{$_}, "$name: the same $_")
	    for qw(content-type etag last-modified server);
	ok(defined $r->{header}{date}, "$name: Date");
	my %seen;
	$seen{lc $_->[0]}++ for @{ $r->{fields} };
	is(join(' ', grep { $seen{$_} > 1 } keys %seen), '',
	    "$name: no field twice");
	my $head = $s->request('HEAD', "/$name", '', Range => 'bytes=1-3');
	is($head->{status}, 200, "$name: HEAD has no ranges");
	is($head->{header}{'content-length'}, length $file{$name},
	    "$name: HEAD has the fields of GET");
	is($head->{header}{'accept-ranges'}, 'bytes', "$name: HEAD says it");
}
{
	my $r = range('/small', 'bytes=0-0,-1');
	is(wrong($r, 'small', [0, 0], [999, 999]), '', 'two ranges');
	is(join(' ', map { $_->[3] // '-' } parts($r)),
	    'application/octet-stream application/octet-stream',
	    'each with its type');
	is(join(' ', map { $_->[3] // '-' }
	    parts(range('/untold', 'bytes=0-0,-1'))), '- -', 'no type, no type');
	my $other = range('/small', 'bytes=0-0,-1');
	isnt($other->{header}{'content-type'}, $r->{header}{'content-type'},
	    'another boundary for each answer');
	like($s->get('/large', Range => 'bytes=9-9,0-0')->{body},
	    qr{^--[0-9a-f]+\r\nContent-Type:[ ]\S+\r\n
		Content-Range:[ ]bytes[ ]9-9/320000\r\n\r\n}x,
	    'from a file as well');
	my @typed = parts(range('/typed.txt', 'bytes=0-0,2-2'));
	is(join(' ', map { $_->[3] } @typed), 'text/plain text/plain',
	    'each part has the type');
}
SKIP: {
	skip 'no curl', 1 if !Drover::have_curl();
	Drover::for_each_framing(\&ask_curl);
}
sub ask_curl {
	my ($name, @framing) = @_;
	my @rows = (['3-5', 3], ['-7', 7], ['319990-', 10]);
	for my $row (@rows) {
		my $run = $s->curl(@framing, '-i', '-r', $row->[0], '/large');
		my ($head, $body) = split /\r\n\r\n/, $run->{out}, 2;
		like($head, qr{^HTTP/1.1 206 Partial Content\r\n},
		    "curl -r $row->[0]");
		is(length $body, $row->[1], '... its length');
		cmp_ok(index($large, $body), '>=', 0, '... its bytes');
	}
	my $run = $s->curl(@framing, '-r', '0-1,9-12,70000-200000', '/large');
	my ($boundary) = $run->{out} =~ /^--([0-9a-f]+)/;
	is(wrong({ status => 206, body => $run->{out}, header => {
	    'content-length' => length $run->{out}, 'content-type' =>
	    "multipart/byteranges; boundary=$boundary" } }, 'large',
	    [0, 1], [9, 12], [70000, 200000]), '', 'curl -r with three');
	my $to = $s->dir . '/resumed';
	for my $there (0, 1, 100_000, 319_999) {
		open my $out, '>', $to or die "$to: $!";
		print {$out} substr $large, 0, $there;
		close $out or die "$to: $!";
		is($s->curl(@framing, '-C', '-', "-o$to", '/large')->{status},
		    0, "curl -C - behind $there bytes");
		ok(Drover::slurp($to) eq $large, '... the whole file');
	}
	return;
}

# ---- values ----------------------------------------------------------------

run($s, [Drover::Messages::Ranges::rows('/small', $file{small})]);

# ---- bounds ----------------------------------------------------------------

sub outcome {
	my ($path, @specs) = @_;
	my $r = range($path, 'bytes=' . join ',', @specs);
	return 'whole' if $r->{status} == 200 && $r->{body} eq $large;
	return $r->{status} if $r->{status} != 206;
	return 1 if exists $r->{header}{'content-range'};
	return scalar parts($r);
}

# So many single bytes, first to last.
sub single {
	return map { $_ * 9 . '-' . $_ * 9 } 1 .. $_[0];
}
is(outcome('/large', ('0-') x 50), 'whole', '50 times all of it: once');
is(outcome('/unlimited', ('0-') x 2), 'whole',
    'more than the file is the file, whatever the limits');
is(outcome('/large', single(200)), 200, '200 ranges');
is(outcome('/large', single(201)), 'whole', '201 ranges');
is(outcome('/large', map { "$_-" } 400_000 .. 400_200), 'whole',
    '... of which none is there');
is(outcome('/unlimited', single(700)), 700, 'more where that is allowed');
is(outcome('/large', ('5-6') x 21), 21, '20 overlaps');
is(outcome('/large', ('5-6') x 22), 'whole', '21 overlaps');
is(outcome('/large', reverse single(21)), 21, '20 reversals');
is(outcome('/large', reverse single(22)), 'whole', '21 reversals');
is(outcome('/unlimited', reverse single(22)), 22, 'where that is allowed');
is(outcome('/few', '1-2', '4-5', '7-8'), 3, 'MaxRanges 3');
is(outcome('/few', '1-2', '4-5', '7-8', '9-9'), 'whole', '... not 4');
is(outcome('/few', '1-2', '2-5', '5-8'), 'whole', 'MaxRangeOverlaps 1');
is(outcome('/few', '1-2', '2-5', '6-8'), 3, '... touching is none');
is(outcome('/few', '7-8', '4-5', '1-2'), 'whole', 'MaxRangeReversals 1');
is(outcome('/orderly', '1-2', '2-3'), 'whole', 'MaxRangeOverlaps none');
is(outcome('/orderly', '4-5', '2-3'), 'whole', 'MaxRangeReversals none');
is(outcome('/orderly', '2-3', '4-5'), 2, 'two that harm nobody');
is(outcome('/none', '0-1'), 'whole', 'MaxRanges none');
ok(!exists $s->get('/none')->{header}{'accept-ranges'}, '... and not said');
is(range('/page.html', 'bytes=0-0,2-2')->{status}, 200, 'MaxRanges 1');
is(range('/page.html', 'bytes=0-0')->{status}, 206, '... is one');

# ---- any ranges, compared with the file ------------------------------------

sub random_spec {
	my ($length) = @_;
	my $first = int rand $length;
	my $last = $first + int rand(rand() < 0.5 ? 20 : $length - $first);
	$last = $length - 1 if $last >= $length;
	return (["$first-$last", $first, $last],
	    ["$first-", $first, $length - 1],
	    ['-' . ($length - $first), $first, $length - 1])
	    [rand() < 0.8 ? 0 : 1 + int rand 2];
}

my $conn = $s->connect;
my %bad;
for (1 .. ($Drover::VALGRIND ? 60 : 600)) {
	my $name = rand() < 0.5 ? 'small' : 'large';
	my $length = length $file{$name};
	my (@specs, $sum);
	do {
		@specs = map { random_spec($length) } 1 .. 1 + int rand 6;
		$sum = 0;
		$sum += $_->[2] - $_->[1] + 1 for @specs;
	} while ($sum > $length);
	my $set = join ',', map { $_->[0] } @specs;
	my $r = $conn->get("/$name", Range => "bytes=$set");
	my $wrong = wrong($r, $name, map { [@$_[1, 2]] } @specs);
	$bad{"$name $set: $wrong"}++ if $wrong ne '';
}
is(join("\n", sort keys %bad), '', 'random ranges on one connection');

# Pipelined, with whole files between; the answers come in order.
$conn = $s->connect;
my @asked;
for (1 .. 60) {
	my $name = ('small', 'large', 'probe')[rand 3];
	my @ranges = $name eq 'probe' ? () : map {
		[10 * $_, 10 * $_ + int rand 9] } 1 .. 1 + int rand 3;
	push @asked, [$name, @ranges];
	$conn->request('GET', "/$name", '', !@ranges ? () : (Range =>
	    'bytes=' . join ',', map { "$_->[0]-$_->[1]" } @ranges));
}
%bad = ();
for my $row (@asked) {
	my ($name, @ranges) = @$row;
	my $r = $conn->response;
	$bad{$name}++ if @ranges ? wrong($r, $name, @ranges) ne ''
	    : $r->{body} ne $file{$name};
}
is(join(' ', %bad), '', 'pipelined');

$s->wait_log('access', qr{"GET /large HTTP/1.1" 206 });
$s->stop;
done_testing;
