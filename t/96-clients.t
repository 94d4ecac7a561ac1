#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Clients that others wrote: curl goes on with downloads and fetches in parts,
# Python's keep connections and send bodies, wrk asks without pause.  Each is
# skipped where it is not installed.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Drover;
use Drover::AtOnce;

my $large = join '', map { sprintf "%07d\n", $_ } 1 .. 200_000;
my $s = Drover->start(files => { large => $large, small => 'x' x 9000,
    'a.txt' => "a file\n",
    'dir/index.html' => "<p>dir\n" }, conf => <<'EOT');
MaxKeepAliveRequests 0
<Location "/echo">
    SetHandler echo
</Location>
EOT
chdir $s->dir or die;

sub have {
	my ($program) = @_;
	return !!grep { -x "$_/$program" } split /:/, $ENV{PATH};
}

# Runs a program to its end: its exit status, and what it said.
sub run {
	my (@command) = @_;
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>&', \*STDOUT;
		{ no warnings 'exec'; exec { $command[0] } @command; }
		POSIX::_exit(127);
	}
	local $/;
	my $said = <$out> // '';
	close $out;
	return ($? >> 8, $said);
}

# Its status, and all that it printed; "/path" is on the server.
sub curl {
	my (@args) = @_;
	s{^(?=/)}{$s->url}e for @args;
	my ($status, $said) = run('curl', '-sS', '--max-time', 60, @args);
	return { status => $status, out => $said };
}

subtest 'curl' => sub {
	plan skip_all => 'no curl' if !Drover::have_curl();
	for my $have (0, 1, 700_001, length($large) - 1) {
		$s->file('part', substr $large, 0, $have);
		is(curl('-C', '-', '-o', 'part', '/large')->{status},
		    0, "it goes on behind $have bytes");
		ok(Drover::slurp('part') eq $large, "$have: and has all");
	}
	$s->file('part', $large);
	is(curl('-C', '-', '-o', 'part', '/large')->{status}, 0,
	    'nothing is left to do');
	ok(Drover::slurp('part') eq $large, 'it has all');
	my %ranges = ('0-9' => [0, 10], '-5' => [-5], '1599990-' => [1_599_990],
	    '8-15' => [8, 8], '0-99999999' => [0]);
	for my $range (sort keys %ranges) {
		my ($at, $size) = @{ $ranges{$range} };
		ok(curl('-r', $range, '/large')->{out} eq
		    substr($large, $at, $size // length $large), "-r $range");
	}
	like(curl('-r', '0-1,4-5', '/large')->{out},
	    qr/bytes 0-1.*\r\n\r\n00\r\n--.*bytes 4-5.*\r\n\r\n00\r\n--/s,
	    'two ranges');
	my @parts = map { ('-r', $_ * 50_000 . '-' . ($_ * 50_000 + 49_999),
	    '-o', "p$_", '/large', '--next', '-sS') } 0 .. 31;
	splice @parts, -2;
	my $parts = curl('-Z', '--parallel-max', 20, @parts);
	is($parts->{status}, 0, 'in 32 parts') or diag($parts->{out});
	ok(join('', map { Drover::slurp("p$_") } 0 .. 31) eq $large, 'all of it');
	my $many = curl('-Z', '--parallel-max', 50,
	    $s->url('/a.txt?[1-300]'));
	is(scalar(() = $many->{out} =~ /a file\n/g), 300, '300 requests');
	is(curl('-Lw', '%{num_redirects} %{num_connects}', '-o', 'dir.html',
	    '/dir')->{out}, '1 1',
	    'a redirect on the same connection');
	is(curl('-z', 'htdocs/a.txt', '-o', 'newer', '-w', '%{http_code}',
	    '/a.txt')->{out}, 304, 'only if it is newer');
};

subtest 'curl sends' => sub {
	plan skip_all => 'no curl' if !Drover::have_curl();
	$s->file('body', 'x' x 3_000_000);
	for my $way (['-T', 'body'], ['--data-binary', "\@./body"],
	    ['-T', 'body', '-H', 'Transfer-Encoding: chunked'],
	    ['-T', 'body', '-H', 'Expect: 100-continue'],
	    ['-F', "file=\@./body"]) {
		my $r = curl(@$way, '-X', 'POST', '-H',
		    'Accept: application/json', '-w', '%{http_code}', '/echo');
		is($r->{status}, 0, "@$way: it ends well");
		like($r->{out}, qr/"size": ?3\d{6}\b.*200\z/s, 'and was read');
	}
};

# The status of each answer and how many connections it took.
my $HTTP_CLIENT = <<'EOT';
import http.client, sys
c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=10)
opened = 0
connect = c.connect
def counted():
    global opened
    opened += 1
    connect()
c.connect = counted
def ask(method, path, body=None, headers={}, **more):
    c.request(method, path, body, headers, **more)
    r = c.getresponse()
    data = r.read()
    print(method, path, r.status)
    return r, data
r, data = ask('GET', '/a.txt')
ask('GET', '/a.txt', headers={'If-None-Match': r.headers['ETag']})
ask('HEAD', '/large')
ask('GET', '/large', headers={'Range': 'bytes=100-199'})
ask('GET', '/none')
ask('GET', '/dir')
ask('POST', '/a.txt', b'x' * 5000)
ask('POST', '/a.txt', iter([b'x' * 1000] * 5), encode_chunked=True,
    headers={'Transfer-Encoding': 'chunked'})
ask('OPTIONS', '*')
ask('BREW', '/a.txt')
for i in range(200):
    c.request('GET', '/a.txt')
    assert c.getresponse().read() == b'a file\n'
print('connections', opened)
EOT

my $REQUESTS = <<'EOT';
import io, requests, sys
base = 'http://127.0.0.1:' + sys.argv[1]
s = requests.Session()
s.trust_env = False
assert s.get(base + '/a.txt').text == 'a file\n'
r = s.get(base + '/dir')
assert r.url == base + '/dir/' and [h.status_code for h in r.history] == [301]
r = s.get(base + '/large', headers={'Range': 'bytes=-8'})
assert r.status_code == 206 and r.text == '0200000\n'
json = {'Accept': 'application/json'}
def echo(**what):
    r = s.post(base + '/echo', headers=json, **what)
    assert r.status_code == 200, r.status_code
    return r.json()
assert 'bb' in str(echo(data={'a': 'bb'}))
assert 'name.txt' in str(echo(files={'f': ('name.txt', io.BytesIO(b'x' * 99))}))
assert echo(data=(b'x' * 1000 for i in range(500)))['body']['size'] == 500000
with s.get(base + '/large', stream=True) as r:
    assert sum(len(b) for b in r.iter_content(1000)) == 1600000
assert s.get(base + '/../../etc/passwd').status_code == 404
print('fine')
EOT

# A Python that has the module, or skips.
sub python {
	my ($module) = @_;
	for my $python ('python3', '/usr/bin/python3') {
		my ($status) = run($python, '-c', "import $module");
		return $python if $status == 0;
	}
	plan skip_all => "no python3 with $module";
	return;
}

subtest 'http.client' => sub {
	my $python = python('http.client') // return;
	my ($status, $said) = run($python, $s->file('client.py', $HTTP_CLIENT),
	    $s->port);
	is($status, 0, 'it ends well');
	is($said, <<'EOT', 'the answers, on one connection');
GET /a.txt 200
GET /a.txt 304
HEAD /large 200
GET /large 206
GET /none 404
GET /dir 301
POST /a.txt 405
POST /a.txt 405
OPTIONS * 200
BREW /a.txt 501
connections 1
EOT
};

subtest 'requests' => sub {
	my $python = python('requests') // return;
	my ($status, $said) = run($python, $s->file('req.py', $REQUESTS),
	    $s->port);
	is($said, "fine\n", 'a session');
};

my $pipeline = $s->file('pipeline.lua', <<'EOT');
init = function(args)
    local r = {}
    for i = 1, 16 do
        r[i] = wrk.format(i % 4 == 0 and "POST" or "GET",
            i % 3 == 0 and "/a.txt" or "/echo", {["Content-Length"] = "3"}, "abc")
    end
    all = table.concat(r)
end
request = function() return all end
EOT
my %ways = ('many connections' => ['-c', 300],
    'one' => ['-c', 1, '-t', 1],
    'connections that close' => ['-c', 20, '-H', 'Connection: close'],
    'ranges' => ['-c', 20, '-H', 'Range: bytes=5-9,100-,-7'],
    'pipelines with bodies' => ['-c', 20, '-s', $pipeline]);
for my $way (sort keys %ways) {
	at_once "wrk: $way" => sub {
		plan skip_all => 'no wrk' if !have('wrk');
		my ($status, $said) = run('wrk', '-t', 2, '-d', 1,
		    @{ $ways{$way} }, $s->url('/small'));
		is($status, 0, $way);
		like($said, qr/ [1-9]\d* requests in /, "$way: answered");
		unlike($said, qr/Socket errors/, "$way: no errors");
	};
}
run_at_once;

is($s->get('/a.txt')->{body}, "a file\n", 'the server goes on');
chdir '/';
$s->stop;
done_testing;
