#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# drover-request against Drover: what is asked, what is shown and where it
# goes, how it ends.  Answers that a server should not give: t/28.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Request;

my $big = join '', map { "line $_\n" } 1 .. 400_000;
# The loopback has its IPv6 address.
my $six = Drover::slurp('/proc/net/if_inet6') =~ /^0{31}1 /m;
my $s = Drover->start(files => {
	'index.html' => "<p>first\n", 'a.txt' => "text a\n",
	'b.txt' => "text b\n", 'one/who' => "one\n", 'two/who' => "two\n",
	'big.txt' => $big, 'empty' => '',
}, conf => ($six ? "Listen 127.0.0.1:{PORT}\nListen [::1]:{PORT}\n" : '') .
    <<'EOT');
Redirect 302 /moved /a.txt
Redirect 307 /kept /a.txt
Redirect 302 /round /round
Redirect 302 /away http://other.test:{PORT2}/
<VirtualHost 127.0.0.1:{PORT}>
    ServerName one.test
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName two.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
EOT
my $port = $s->port;
my $url = $s->url;
my $dir = $s->dir;

# Arguments behind the URL of a path; status; what is written.
my @shown = (
	['/', [], 0, "<p>first\n"],
	['/a.txt', [], 0, "text a\n"],
	['/a.txt?x=y#z', [], 0, "text a\n"],
	['/empty', [], 0, ''],
	['/big.txt', [], 0, $big],
	['/big.txt', ['--http1.0'], 0, $big],
	['/a.txt', ['-f'], 0, "text a\n"],
	['/none', ['-f'], 22, ''],
	['/none', [], 0, qr/404/],
	['/a.txt', ['-d', 'x=y'], 0, qr/405/],
	['/a.txt', ['-I'], 0, qr{\AHTTP/1\.1 200 OK\r\n.*\r\n\r\n\z}s],
	['/a.txt', ['-X', 'HEAD'], 0, ''],
	['/a.txt', ['-i'], 0,
	    qr{\AHTTP/1\.1 200 OK\r\n(?:[^\n]+\r\n)+\r\ntext a\n\z}],
	['/', ['-X', 'OPTIONS', '-i'], 0, qr/^Allow: GET, HEAD, OPTIONS\r$/m],
	['/moved', [], 0, qr/302|Found/],
	['/moved', ['-L'], 0, "text a\n"],
	['/kept', ['-L', '-d', 'x'], 0, qr/405/],
	['/round', ['-L'], 47, ''],
	['/round', ['-L', '--max-redirs', '0'], 47, ''],
	['/a.txt', ['-H', 'If-None-Match: *', '-i'], 0, qr/^HTTP\S+ 304.*\n\r\n\z/s],
	['/who', ['-H', 'Host: two.test'], 0, "two\n"],
	['/../a.txt', [], 0, qr/400/],
);
for my $row (@shown) {
	my ($path, $args, $status, $out) = @$row;
	my $r = request(@$args, "$url$path");
	my $name = join ' ', @$args, $path;
	is($r->{status}, $status, "$name: exit code");
	ref $out ? like($r->{out}, $out, "$name: output") :
	    ok($r->{out} eq $out, "$name: output");
	is($r->{err} eq '', $status == 0, "$name: complains if it failed");
}
is(request("127.0.0.1:$port/a.txt")->{out}, "text a\n", 'without http://');
SKIP: {
	skip 'no IPv6', 1 if !$six;
	is(request("http://[::1]:$port/a.txt")->{out}, "text a\n", 'IPv6');
}
is(request('-s', '-f', "$url/none")->{err}, '', '-s says nothing');
like(request('-sS', '-f', "$url/none")->{err}, qr/404/, '-sS does');
is(request('--resolve', "two.test:$port:127.0.0.1",
    "http://two.test:$port/who")->{out}, "two\n", '--resolve');
is(request('-L', '--resolve', '*:' . $s->port(2) . ':127.0.0.1',
    "$url/away")->{status}, 7, 'a redirect to where nobody listens');

# The line in the log is what the server understood.
request('--http1.0', '-A', 'Agent/1', '-e', 'http://from/', "$url/a.txt?log");
my ($line) = $s->wait_log('access', qr/\?log/);
like($line, qr{"GET /a\.txt\?log HTTP/1\.0" 200 7 "http://from/" "Agent/1"$},
    '--http1.0, -A, -e');

# Several URLs: one connection where the server allows.
my $r = request('-v', map { "$url/$_" } qw(a.txt b.txt none a.txt));
is($r->{out} =~ s/<!.*<\/html>\s*//sr, "text a\ntext b\ntext a\n",
    'several URLs, in their order');
is(scalar(() = $r->{err} =~ /^\* connected to /mg), 1, '... one connection');
$r = request('-v', '-0', map { "$url/$_" } qw(a.txt b.txt));
is(scalar(() = $r->{err} =~ /^\* connected to /mg), 2,
    '1.0: a connection each');
$r = request("$url/a.txt", 'http://127.0.0.1:' . $s->port(2), "$url/b.txt");
is($r->{status}, 7, 'the first failure is the exit code');
is($r->{out}, "text a\ntext b\n", '... and the others are fetched');

# -v: both directions.
$r = request('-v', '-X', 'POST', '--data-raw', "a=b\nc\e[1m", "$url/a.txt");
like($r->{err}, qr{^> POST /a\.txt HTTP/1\.1$}m, '-v: the request line');
like($r->{err}, qr{^> Content-Length: 9$}m, '-v: a field sent');
like($r->{err}, qr/^\} a=b\n\} c\\x1b\[1m$/m, '-v: the body sent, escaped');
like($r->{err}, qr{^< HTTP/1\.1 405 }m, '-v: the status line');
like($r->{err}, qr/^< Allow: /m, '-v: a field received');
like($r->{err}, qr/^\{ /m, '-v: the body received');
my $short = request('-v', "$url/big.txt")->{err};
cmp_ok(length $short, '<', 4000, '-v: a long body in short');
like($short, qr/^\{ \[\d+ more bytes\]$/m, '... with the bytes left out');
cmp_ok(length request('-vv', "$url/big.txt")->{err}, '>', length $big,
    '-vv: all of it');

# Where it is written to.
my $file = "$dir/out";
$r = request('-o', $file, "$url/big.txt");
is($r->{out}, '', '-o: nothing to standard output');
is($r->{err}, '', '-o: no progress where there is no terminal');
ok(Drover::slurp($file) eq $big, '-o: the file');
request('-o', $file, "$url/empty");
is(-s $file, 0, '-o: a file for an empty answer too');
$r = request('-fo', "$dir/none", "$url/none");
is($r->{status}, 22, '-f with -o: the exit code');
ok(!-e "$dir/none", '... and no file');
$r = request('-o', "$dir/1", '-o', "$dir/2", map { "$url/$_" }
    qw(a.txt b.txt a.txt));
is(Drover::slurp("$dir/1") . Drover::slurp("$dir/2"), "text a\ntext b\n",
    '-o for each URL');
is($r->{out}, "text a\n", '... those beyond go to standard output');
is(request('-o', "$dir/no/such", "$url/a.txt")->{status}, 23,
    '-o that cannot be made');
is(request({ stdout => '/dev/full' }, "$url/big.txt")->{status}, 23,
    'standard output is full');
request({ cwd => $dir }, '-O', "$url/a.txt?x/y");
is(Drover::slurp("$dir/a.txt"), "text a\n", '-O: named by the URL');
is(request({ cwd => $dir }, '-O', "$url/")->{status}, 23,
    '-O: the URL names no file');

# How it ends.
my @ends = (
	[2], [2, '--wonders', $url], [2, '-d', 'a', '-I', $url],
	[2, '-H', "A: b\r\nC: d", $url],
	[3, 'http://'], [3, "$url:x/"], [3, "http://a b/"], [3, "$url/\n"],
	[1, "https://127.0.0.1:$port/"], [1, "ftp://127.0.0.1:$port/"],
	[6, "http://no-such-name.invalid:$port/"],
	[6, '--resolve', "x:$port:name", "http://x:$port/"],
	[7, 'http://127.0.0.1:' . $s->port(2)],
	[7, 'http://[::1]:' . $s->port(2)],
	[26, '-d', "\@$dir/missing", $url], [26, '-T', $dir, $url],
	[26, '-F', "a=\@$dir/missing", $url],
);
for my $row (@ends) {
	my ($status, @args) = @$row;
	my $name = join(' ', @args) =~ s/[^ -~]/?/gr;
	my $end = request(@args);
	is($end->{status}, $status, "'$name' ends with $status");
	like($end->{err}, qr/^drover-request: ./, '... and says why');
}
is(request('--help')->{status}, 0, '--help');
like(request('-V')->{out}, qr/^drover-request \d/, '--version');

$s->stop;
done_testing;
