#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The access log: one line for each request, whatever became of it, at once,
# in exactly the format that was asked for.
use strict;
use warnings;
use Drover;
use POSIX qw(mktime);
use Test::More;
use Time::HiRes qw(time);

my %files = ('a.txt' => "hello\n", 'index.html' => "index\n");

# The lines of a log, without their newlines; dies if the last is not whole.
sub lines {
	my ($s, $name, $count) = @_;
	my @lines = $s->wait_log($name, qr/^/, $count);
	is(scalar @lines, $count, "$name has $count lines");
	chomp or fail("$name: a torn line: $_") for @lines;
	return @lines;
}

# The time of "[20/Nov/2026:08:26:27 +0000]".
sub time_of {
	my ($text) = @_;
	my %month;
	@month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 0 .. 11;
	my ($day, $month, $year, $h, $m, $s, $sign, $oh, $om) = $text =~
	    m{^\[(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\]$}
	    or return 0;
	local $ENV{TZ} = 'UTC';
	POSIX::tzset();
	my $time = mktime($s, $m, $h, $day, $month{$month}, $year - 1900);
	return $time - "${sign}1" * ($oh * 3600 + $om * 60);
}

# Workers 1: lines of two workers within the logger's nap may change places.
subtest 'combined' => sub {
	my $s = Drover->start(files => \%files, conf => 'Workers 1');
	my $before = int time;
	my @requests = (
		[['GET', '/a.txt'], 200, 6],
		[['GET', '/a.txt?x=1&y', '', Referer => 'http://ref/',
			'User-Agent' => 'test/1 (a "quote" \ and é)'], 200, 6],
		[['HEAD', '/a.txt'], 200, '-'],
		[['GET', '/absent'], 404, qr/\d+/],
		[['GET', '/%2e%2e/'], 400, qr/\d+/],
		[['BREW', '/'], 501, qr/\d+/],
		[['GET', '/'], 200, 6],
	);
	for my $r (@requests) {
		my $answer = $s->request(@{ $r->[0] }[0, 1],
		    @{ $r->[0] } > 2 ? @{ $r->[0] }[2 .. $#{ $r->[0] }] : '');
		is($answer->{status}, $r->[1], "@{ $r->[0] }[0, 1]");
		$r->[2] = length $answer->{body} if ref $r->[2];
	}
	my @lines = lines($s, 'access', scalar @requests);
	for my $i (0 .. $#requests) {
		my ($request, $status, $bytes) = @{ $requests[$i] };
		my ($time) = $lines[$i] =~ /(\[.*?\])/;
		my ($referer, $agent) = $i == 1 ? ('http://ref/',
		    'test/1 (a \"quote\" \\\\ and \xc3\xa9)') : ('-', '-');
		is($lines[$i], "127.0.0.1 - - $time " .
		    "\"$request->[0] $request->[1] HTTP/1.1\" $status " .
		    "$bytes \"$referer\" \"$agent\"", "line $i");
		ok(time_of($time) >= $before && time_of($time) <= time,
		    'at that time');
	}
	$s->stop;
};

subtest 'every letter' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOC');
LogFormat "%a|%A|%{c}a|%l|%u|%m|%U|%q|%H|%s|%>s|%B|%k|%X|%v|%V" first
LogFormat "%p|%{local}p|%{canonical}p|%f|%L|%%|%R|%I|%O|%S" second
LogFormat "%{Content-Type}o|%{Content-Length}o|%{nosuch}o|%{X-A}i|%{b}C" third
LogFormat "%D %T %{ms}T %{us}T %{s}T|%{%Y-%m-%d}t|%{sec}t.%{usec_frac}t" time
LogFormat "%404{X-A}i|%!404{X-A}i|%<s|%200,206>s" conditions
LogFormat "%s|%>s|%b" short
CustomLog logs/1 first
CustomLog logs/2 second
CustomLog logs/3 third
CustomLog logs/time time
CustomLog logs/conditions conditions
CustomLog logs/short short
CustomLog logs/own "a %{X-A}i\tz"
EOC
	my $port = $s->port;
	my $dir = $s->dir;
	my $conn = $s->connect;
	my @headers = ('X-A' => 'one', Cookie => 'a=1; b=two',
	    Host => "localhost:$port");
	my @answers = map { $conn->get($_, @headers) }
	    '/a%2etxt?q', '/absent';
	$conn->get('/a.txt', @headers, Connection => 'close');
	my @first = lines($s, 'logs/1', 3);
	my $error = length $answers[1]{body};
	is($first[0], '127.0.0.1|127.0.0.1|127.0.0.1|-|-|GET|/a.txt|?q|' .
	    'HTTP/1.1|200|200|6|0|+|localhost|localhost', 'first');
	is($first[1], '127.0.0.1|127.0.0.1|127.0.0.1|-|-|GET|/absent||' .
	    "HTTP/1.1|404|404|$error|1|+|localhost|localhost", 'not found');
	like($first[2], qr/\|2\|-\|localhost\|localhost$/, 'the last');
	my @second = lines($s, 'logs/2', 3);
	my ($in, $out, $sum) = $second[0] =~ /(\d+)\|(\d+)\|(\d+)$/;
	like($second[0], qr{^80\|$port\|80\|$dir/htdocs/a.txt\|-\|%\|-\|},
	    'second');
	cmp_ok($in, '>', 60, 'bytes received');
	cmp_ok($out, '>', 100, 'bytes sent');
	is($sum, $in + $out, 'and both');
	is((lines($s, 'logs/3', 3))[0],
	    'text/plain' . ($answers[0]{header}{'content-type'} =~
		/^text\/plain(.*)/)[0] . '|6|-|one|two', 'fields');
	for my $line (lines($s, 'logs/time', 3)) {
		my ($us, $s1, $ms, $us2, $s2, $date, $sec) = $line =~
		    /^(\d+) (\d+) (\d+) (\d+) (\d+)\|(\S{10})\|(\d+)\.\d{6}$/;
		ok(defined $sec && abs(time - $sec) < 60 * $Drover::SCALE,
		    $line);
		ok($us < 60e6 && $us2 >= $us && $ms <= $us2 / 1000 &&
		    $s1 == int($us / 1e6), 'times agree');
	}
	is_deeply([lines($s, 'logs/conditions', 3)],
	    ['-|one|200|200', 'one|-|404|-', '-|one|200|200'], 'conditions');
	is((lines($s, 'logs/own', 3))[0], "a one\tz", 'a tab');
	is($s->get('/a.txt', 'If-None-Match', '*')->{status}, 304, 'a 304');
	is((lines($s, 'logs/short', 4))[3], '304|304|-',
	    'is one before and after');
	$s->raw("GET /a.txt HTTP/1.1\r\nHost: localhost\r\n" .
	    "Transfer-Encoding: chunked\r\n\r\nx\r\n");
	like((lines($s, 'logs/short', 5))[4], qr/^400\|400\|/,
	    'a body that is none, behind what was answered with 200');
	$s->stop;
};

subtest 'pipelined, malformed, aborted' => sub {
	my $s = Drover->start(files => \%files, conf => "Workers 1\n" .
	    'CustomLog logs/access_log "%>s %B %X \"%r\""');
	my $get = "GET /a.txt?%d HTTP/1.1\r\nHost: localhost\r\n\r\n";
	my $answer = $s->raw(join('', map { sprintf $get, $_ } 1 .. 20) .
	    "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	is(() = $answer =~ /^HTTP/mg, 21, '21 answers');
	my @lines = lines($s, 'access', 21);
	is_deeply([@lines[0 .. 19]],
	    [map { "200 6 + \"GET /a.txt?$_ HTTP/1.1\"" } 1 .. 20],
	    'in their order');
	like($s->raw("GET / HTTP/1.1\r\nHost: a\r\nBad Field: x\r\n\r\n"),
	    qr{^HTTP/1.1 400 }, 'a bad field');
	like($s->raw("\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n"),
	    qr{^HTTP/1.[01] 400 }, 'TLS on a plain port');
	@lines = (lines($s, 'access', 23))[21, 22];
	like($lines[0], qr{^400 \d+ - "GET / HTTP/1.1"$}, 'its line');
	like($lines[1], qr{^400 \d+ - "(?:-|\\x16\\x03.*)"$}, 'and its line');
	# A client that goes in the middle of a large answer.
	# (So large that no socket buffer holds it.)
	truncate $s->file('htdocs/big', ''), 50_000_000;
	my $conn = $s->connect;
	$conn->request('GET', '/big', '');
	sysread $conn->socket, my $some, 1000;
	$conn->abort;
	my ($aborted) = (lines($s, 'access', 24))[23];
	my ($bytes) = $aborted =~ m{^200 (\d+) X "GET /big HTTP/1.1"$};
	ok(defined $bytes && $bytes < 50_000_000, "aborted: $aborted");
	# One that sends nothing has no line.
	$s->connect->close;
	$s->get('/a.txt');
	lines($s, 'access', 25);
	$s->stop;
};

subtest 'hosts' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOC');
Workers 1
CustomLog logs/main "main %v %U"
CustomLog logs/too "too %U"
<VirtualHost *:{PORT}>
    ServerName one
    CustomLog logs/one "one %v %V %U"
</VirtualHost>
<VirtualHost *:{PORT}>
    ServerName two
    ServerAlias zwei
</VirtualHost>
EOC
	$s->get("/$_", Host => $_) for qw(one two zwei other);
	is_deeply([lines($s, 'logs/one', 2)],
	    ['one one one /one', 'one one other /other'], 'its own log');
	is_deeply([lines($s, 'logs/main', 2)],
	    ['main two /two', 'main two /zwei'], "the server's");
	is_deeply([lines($s, 'logs/too', 2)], ['too /two', 'too /zwei'],
	    'and all of them');
	$s->stop;
};

# Workers need not be able to read the zone's file: it is known before.
subtest 'the zone of the times' => sub {
	my $s = Drover->new(files => \%files);
	my $zone = $s->file('zone', pack 'a4 x16 N6 l> C C a4',
	    'TZif', 0, 0, 0, 0, 1, 4, 34200, 0, 0, 'XYZ');
	ok($s->launch(env => { TZ => ":$zone" }), 'it starts');
	unlink $zone;
	$s->get('/a.txt');
	my ($time) = join('', lines($s, 'access', 1)) =~ /(\[.*?\])/;
	like($time, qr/ \+0930\]$/, "$time: of the file that was there");
	cmp_ok(abs(time - time_of($time)), '<', 60 * $Drover::SCALE, 'and now');
	$s->stop;
};

subtest 'the line is there when tail -f looks' => sub {
	my $s = Drover->start(files => \%files);
	my @waits;
	for my $i (1 .. 20) {
		$s->get("/a.txt?$i");
		my $since = time;
		$s->wait_log('access', qr/a\.txt\?$i /) or fail("line $i");
		push @waits, time - $since;
	}
	my ($median) = (sort { $a <=> $b } @waits)[10];
	# wait_log looks every 10 ms.
	cmp_ok($median, '<', 0.1 * $Drover::SCALE, "after $median s");
	$s->stop;
};

done_testing;
