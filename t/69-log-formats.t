#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The formats that need no LogFormat: every line has the exact grammar that
# readers of such logs expect, and gives back what was sent, whatever that is.
use strict;
use warnings;
use Drover;
use Encode qw(decode);
use Test::More;

my %files = ('a.txt' => "hello\n", 'index.html' => "index\n");

# Values of a header, one request for each.
my @hostile = ('plain', '"', '\\', '\\"', '" 200 1 "-" "forged', "a\tb",
    "\xff\xfe", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3", "\xed\xa0\x80",
    "\xc0\xaf", '%h%s%n', '</script>', '\\u0000\\n', '{"a":1}', "'", '-', '0',
    ' x ', 'y' x 7000, "\xf0\x9f\x98\x80" x 1500, '"' x 7000);

# Requests as they are sent, each on a connection of its own.
my $end = "Host: localhost\r\nConnection: close\r\n\r\n";
my @requests = (
	(map { "GET /a.txt HTTP/1.1\r\nUser-Agent: $_\r\nReferer: $_\r\n$end" }
	    @hostile),
	(map { "GET $_ HTTP/1.1\r\n$end" } '/', '/%22%0a%1b%c3%a4%ff', '/?"',
	    '/?a=%22\\', '/' . 'z' x 7000, '/?' . '%22' x 2000,
	    'http://u:secret@localhost/'),
	"GET /a.txt HTTP/1.0\r\n\r\n", "HEAD /a.txt HTTP/1.1\r\n$end",
	"FO\"O /a.txt HTTP/1.1\r\n$end", "GET / HTTP/1.1\r\n\x01\x02\r\n$end",
	"\x16\x03\x01\"\\\x00\xff\r\n\r\n", "\"\r\n\r\n", "GET /\r\n\r\n",
	"GET /a.txt HTTP/1.1\r\nHost: \"\r\n\r\n",
	"GET /a.txt HTTP/1.1\r\nHost: LocalHost\r\nConnection: close\r\n" .
	    "User-Agent:\r\nUser-Agent: 2\r\n\r\n");

my @names = qw(common combined combinedio vhost_combined referer agent json);
my $s = Drover->start(files => \%files, conf => join("\n", 'Workers 1',
    map { "CustomLog logs/$_ $_" } @names));
$s->raw($_) for @requests;
my %lines;
for my $name (@names) {
	my @lines = $s->wait_log("logs/$name", qr/^/, scalar @requests);
	is(scalar @lines, scalar @requests, "$name: a line for each request");
	chomp @lines;
	$lines{$name} = \@lines;
}
$s->stop;

my $quoted = qr/"((?:[ !#-\[\]-~]|\\["\\bnrtv]|\\x[0-9a-f]{2}|\\\.\.\.)*)"/;
my $common = qr{127\.0\.0\.1\ -\ -
    \ \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\ [+-]\d{4}\]
    \ $quoted\ \d{3}}x;
my %grammar = (
	common => qr/^$common (?:\d+|-)$/,
	combined => qr/^$common (?:\d+|-) $quoted $quoted$/,
	combinedio => qr/^$common (?:\d+|-) $quoted $quoted \d+ \d+$/,
	vhost_combined => qr/^localhost:80 $common \d+ $quoted $quoted$/,
	referer => qr/^(?:[ !#-\[\]-~]|\\[ -~])* -> (?:[!#-\[\]-~]|\\[ -~])+$/,
	agent => qr/^(?:[ !#-\[\]-~]|\\[ -~])*$/,
);
for my $name (sort keys %grammar) {
	my @bad = grep { !/$grammar{$name}/ } @{ $lines{$name} };
	is(scalar @bad, 0, "$name: all have its grammar") or
	    diag(map { substr($_, 0, 300) . "\n" } @bad);
}

# What stands in quotes, as it was sent.
sub unquote {
	my ($text) = @_;
	my %letter = (b => "\b", n => "\n", r => "\r", t => "\t",
	    v => "\x0b", '"' => '"', '\\' => '\\');
	$text =~ s/\\(?:x([0-9a-f]{2})|(.))/defined $1 ? chr hex $1 : $letter{$2}/gse;
	return $text;
}

subtest 'what was sent is what is logged' => sub {
	for my $i (0 .. $#hostile) {
		my ($sent) = $hostile[$i] =~ /^\s*(.*?)\s*$/s;
		my (undef, $referer, $agent) =
		    $lines{combined}[$i] =~ $grammar{combined};
		my $what = "value $i: " . substr unpack('H*', $sent), 0, 40;
		# Longer ones are cut, and say so.
		for my $logged ($referer, $agent) {
			if ($logged =~ s/\\\.\.\.$//) {
				cmp_ok(length $logged, '>', 8000, "$what: cut");
				$sent = substr $sent, 0,
				    length unquote($logged);
			}
			ok(unquote($logged) eq $sent, $what);
		}
	}
	my ($line) = grep { /XXXX/ } @{ $lines{common} };
	like($line, qr{"GET http://u:XXXXXXXX\@localhost/ HTTP/1.1" 400},
	    'but for passwords');
	is((grep { /secret/ } map { @$_ } values %lines), 0, 'nowhere');
};

subtest 'json' => sub {
	plan skip_all => 'no JSON::PP' unless eval { require JSON::PP; 1 };
	my @parsed = map { eval { JSON::PP->new->utf8->decode($_) } || $@ }
	    @{ $lines{json} };
	my @bad = grep { !ref } @parsed;
	is(scalar @bad, 0, 'a reader of JSON takes every line') or diag(@bad);
	my %keys = map { join(' ', sort keys %$_) => 1 } grep { ref } @parsed;
	is(join('|', keys %keys), 'bytes client duration_us host method path ' .
	    'protocol query referer request server status time user_agent',
	    'keys');
	for my $i (0 .. $#hostile) {
		my ($sent) = $hostile[$i] =~ /^\s*(.*?)\s*$/s;
		# Bytes that are no UTF-8 come as characters of their number.
		my $copy = eval { decode('UTF-8', my $bytes = $sent,
		    Encode::FB_CROAK) } // $sent;
		my $logged = $parsed[$i]{user_agent};
		$copy = substr $copy, 0, length $logged if
		    $logged =~ s/\x{2026}$//;
		ok($logged eq $copy, "value $i");
	}
	my %first = %{ $parsed[0] };
	like($first{time},
	    qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/, 'time');
	is("@first{qw(client host server method path query protocol)}",
	    '127.0.0.1 localhost localhost GET /a.txt  HTTP/1.1', 'request');
	like($lines{json}[0], qr/"status":200,"bytes":6,/, 'numbers');
	like($lines{json}[0], qr/"duration_us":\d+}$/, 'duration');
	like($parsed[-1]{user_agent}, qr/^, 2$/, 'two fields');
	is($parsed[-1]{host}, 'localhost', 'in small letters');
};

subtest 'the error log tells of the same' => sub {
	my $server = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
ErrorLogFormat "%L %{c}L %M"
CustomLog logs/ids "%L %{c}L %U"
<Location "/closed">
    Require all denied
</Location>
EOC
	my $conn = $server->connect;
	$conn->get($_) for '/a.txt', '/closed', '/a.txt';
	my @ids = map { [split] } $server->wait_log('logs/ids', qr/^/, 3);
	is("$ids[0][0] $ids[0][1]", '- -', 'nothing to tell');
	like($ids[1][0], qr{^[A-Za-z0-9+/]{11}$}, 'an id of the request');
	ok($server->wait_log('error', qr/^\Q$ids[1][0] $ids[1][1]\E .*denied/),
	    'in the error log, too');
	is($ids[2][0], '-', 'not of the next');
	is($ids[2][1], $ids[1][1], 'of the same connection');
	$conn->close;
	$server->stop;
};

# Known as far as somebody has read the body.
subtest 'trailers' => sub {
	my $server = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
CustomLog logs/trailers "%{X-Sum}^ti|%{b}^ti|%{X-Sum}i|%{X-Sum}^to|%>s"
<Location "/echo">
    SetHandler echo
</Location>
EOC
	my $post = "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" .
	    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n%s\r\n";
	my $trailers = "x-sum: \"1\"\r\nB:\r\n";
	like($server->raw(sprintf $post, '/echo', $trailers),
	    qr{^HTTP/1.1 200 }, 'read');
	$server->raw_bytewise(sprintf $post, '/echo', $trailers);
	$server->raw(sprintf $post, '/echo', '');
	$server->raw(sprintf $post, '/echo', 'A: ' . 'y' x 8000 . "\r\n" .
	    "X-Sum: last\r\n");
	$server->raw(sprintf $post, '/a.txt', $trailers);
	chomp(my @lines = $server->wait_log('logs/trailers', qr/^/, 5));
	is_deeply(\@lines, ['\\"1\\"||-|-|200', '\\"1\\"||-|-|200',
	    '-|-|-|-|200', 'last|-|-|-|200', '\\"1\\"||-|-|405'], 'logged');
	$server->stop;
};

subtest 'formats of one\'s own' => sub {
	my $server = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
LogFormat '{"agent":%{User-Agent}i,"status":%>s,"none":%b}' own escape=json
CustomLog logs/own own
CustomLog logs/inline '["%r","%{X}i"]' escape=json
GlobalLog logs/global "%v"
LogIOTrackTTFB On
CustomLog logs/first "%^FB %D"
<Location "/index.html">
    LogIOTrackTTFB Off
</Location>
<VirtualHost *:{PORT}>
    ServerName one
    CustomLog logs/one "one %U"
</VirtualHost>
<VirtualHost *:{PORT}>
    ServerName two
</VirtualHost>
EOC
	my @two = (Host => 'two');
	$server->get('/a.txt', 'User-Agent' => 'a"b', X => "\xff\\", @two);
	$server->get('/a.txt', 'User-Agent' => '17', 'If-None-Match' => '*',
	    @two);
	$server->get('/index.html', @two);
	$server->get('/a.txt', Host => 'one');
	my @own = $server->wait_log('logs/own', qr/^/, 3);
	is($own[0], qq({"agent":"a\\"b","status":200,"none":6}\n), 'quotes');
	is($own[1], qq({"agent":17,"status":304,"none":null}\n), 'a number');
	is(($server->wait_log('logs/inline', qr/^/, 3))[0],
	    qq(["GET /a.txt HTTP/1.1","\\u00ff\\\\"]\n), 'without a name');
	is(join('', $server->wait_log('logs/global', qr/^/, 4)),
	    "two\ntwo\ntwo\none\n", 'GlobalLog has them all');
	is(join('', $server->wait_log('logs/one', qr/^/, 1)), "one /a.txt\n",
	    'a log of the host');
	my @first = $server->wait_log('logs/first', qr/^/, 3);
	my ($byte, $all) = $first[0] =~ /^(\d+) (\d+)$/;
	ok(defined $all && $byte <= $all, 'time to the first byte');
	like($first[2], qr/^- \d+$/, 'where it is asked for');
	$server->stop;
};

done_testing;
