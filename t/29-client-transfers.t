#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# drover-request sends: bodies, with and without a length, with Expect, and an
# answer that comes before they are out; redirects and what goes along; what a
# terminal gets to see.
use strict;
use warnings;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);
use Drover;
use Drover::AtOnce;
use Drover::Request;

my $dir = Drover::folder();
my $size = 3 * 1024 * 1024;

sub file {
	my ($name, $content) = @_;
	open my $out, '>:raw', "$dir/$name" or die "$dir/$name: $!";
	print {$out} $content;
	close $out or die "$dir/$name: $!";
	return "$dir/$name";
}
my $small = file('small', "small\n");
my $big = file('big', 'x' x $size);

# Reads a body of either framing.
sub body {
	my ($peer, $head) = @_;
	my ($length) = $head =~ /^Content-Length: (\d+)\r$/m;
	return $peer->bytes($length) if defined $length;
	return '' if $head !~ /^Transfer-Encoding: chunked\r$/m;
	my $body = '';
	while (1) {
		my $line = '';
		$line .= $peer->bytes(1) while $line !~ /\r\n\z/;
		my $chunk = $peer->bytes(hex($line =~ s/\r\n//r) + 2);
		return $body if $chunk eq "\r\n";
		$body .= substr $chunk, 0, -2;
	}
}

# ---- Bodies ----------------------------------------------------------------

# A server that says how many bytes it got, and how they came.
my $server = Drover::Request->serve(sub {
	my ($peer) = @_;
	while (defined(my $head = $peer->head)) {
		$peer->send("HTTP/1.1 100 Continue\r\n\r\n")
		    if $head =~ /^Expect:/m;
		my $body = body($peer, $head);
		my @said = grep { $head =~ /^$_/m }
		    qw(Expect Transfer-Encoding Content-Length);
		$peer->answer('200 OK', join ' ', $head =~ /^(\w+ \S+)/,
		    length $body, @said);
	}
});
my $url = $server->url('/p');
my @sent = (
	[['-d', "\@$small"], 'POST /p 5 Content-Length'],
	[['--data-binary', "\@$small"], 'POST /p 6 Content-Length'],
	[['-d', ''], 'POST /p 0 Content-Length'],
	[['-T', $small], 'PUT /p 6 Content-Length'],
	[['-X', 'PATCH', '-T', $small], 'PATCH /p 6 Content-Length'],
	[['-T', $big], "PUT /p $size Expect Content-Length"],
	[['-H', 'Expect:', '-T', $big], "PUT /p $size Content-Length"],
	[['--data-binary', "\@$big"], "POST /p $size Expect Content-Length"],
	[['-H', 'Transfer-Encoding: chunked', '-T', $small],
	    'PUT /p 6 Transfer-Encoding'],
	[['-0', '-T', $big], "PUT /p $size Content-Length"],
);
for my $row (@sent) {
	my ($args, $said) = @$row;
	is(request(@$args, $url)->{out}, $said, "@$args" =~ s/\Q$dir\E//r);
}
is(request('-T', $small, $server->url('/d/'))->{out},
    'PUT /d/small 6 Content-Length', '-T to a folder names the file');
is(request({ stdin => $small }, '-T', '-', $url)->{out},
    'PUT /p 6 Content-Length', 'a file on standard input has a length');
my $pipe = sub {
	return request({ command => ['sh', '-c', 'cat "$0" | "$@"', $big,
	    $Drover::Request::PROGRAM, @_] });
};
is($pipe->('-T', '-', $url)->{out}, "PUT /p $size Expect Transfer-Encoding",
    'a pipe is sent in chunks');
is($pipe->('--data-binary', '@-', $url)->{out},
    "POST /p $size Expect Content-Length", '... but -d knows its length');
is($pipe->('-0', '-T', '-', $url)->{status}, 2, '... which 1.0 needs');
like(request('-F', 'a=b', '-F', "f=\@$big;type=x/y", $url)->{out},
    qr/^POST \/p (\d+) Expect Content-Length$/, '-F');
like($server->received, qr{\r\nContent-Disposition:\ form-data;\ name="f";
    \ filename="big"\r\nContent-Type:\ x/y\r\n\r\nxxx}x, '... as a form');
is(request('-d', 'a', map { "$url$_" } 1 .. 3)->{out}, join('', map {
    "POST /p$_ 1 Content-Length" } 1 .. 3), 'a body for each URL');
$server->stop;

# ---- Expect, and answers that come early ------------------------------------

# The body comes after the 100, and not before.
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	my $head = $peer->head;
	IO::Select->new($peer->socket)->can_read(0.1);
	my $early = IO::Select->new($peer->socket)->can_read(0) ||
	    $peer->bytes(0) ne '';
	$peer->send("HTTP/1.1 100 Continue\r\n\r\n");
	$peer->answer('200 OK', ($early ? 'early ' : 'waited ') .
	    length body($peer, $head));
});
is(request('-T', $big, $server->url)->{out}, "waited $size",
    'the body waits for 100');
$server->stop;

$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->answer('200 OK', length body($peer, $peer->head));
});
my $start = time;
is(request('-T', $big, $server->url)->{out}, $size,
    'a server that does not know Expect gets it after a second');
cmp_ok(time - $start, '>=', 1, '... really after one');
$server->stop;

$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->answer('403 No', 'no');
	$peer->rest;
});
is(request('-T', $big, $server->url)->{out}, 'no',
    'refused before the body');
unlike($server->received, qr/xxx/, '... which then is not sent');
$server->stop;

$server = Drover::Request->serve(sub {
	my ($peer, $count) = @_;
	my $head = $peer->head;
	return $peer->answer('417 No', 'no') if $head =~ /^Expect:/m;
	$peer->answer('200 OK', "$count " . length body($peer, $head));
});
is(request('-T', $big, $server->url)->{out}, "2 $size",
    '417: once more without Expect');
$server->stop;

# In the middle of the body.
my $huge = file('huge', 'x' x (32 * 1024 * 1024));
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->bytes(1000);
	$peer->answer('413 Too much', 'too much');
	$peer->rest;
});
my $r = request('-i', '-H', 'Expect:', '-T', $huge, $server->url);
like($r->{out}, qr/^HTTP\/1\.1 413 .*too much\z/s,
    '413 in the middle of the body is seen');
is($r->{status}, 0, '... and is an answer');
cmp_ok(length $server->received, '<', -s $huge, '... the rest is not sent');
$server->stop;

$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->bytes(1000);
	$peer->reset;
});
$r = request('-H', 'Expect:', '-T', $huge, $server->url);
like($r->{status}, qr/^(?:55|56)$/, 'a reset in the middle of the body');
$server->stop;

# Both directions at once: neither waits for the other.
my $much = 8 * 1024 * 1024;
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	my $head = $peer->head;
	$peer->answer('200 OK', 'y' x $much);
	body($peer, $head);
});
$r = request('-m', 30 * $Drover::SCALE, '-H', 'Expect:', '-T', $huge,
    $server->url);
is($r->{status}, 0, 'an answer is read while the body is sent');
is(length $r->{out}, $much, '... all of it');
$server->stop;

# A pipe that says nothing does not keep the answer.
my $fifo = "$dir/fifo";
POSIX::mkfifo($fifo, 0600) or die "$fifo: $!";
open my $writer, '+<', $fifo or die "$fifo: $!";
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	$peer->head;
	$peer->answer('400 No', 'no');
	$peer->rest;
});
$r = request('-m', 30 * $Drover::SCALE, '-H', 'Expect:', '-T', $fifo,
    $server->url);
is("$r->{status} $r->{out}", '0 no', 'a silent pipe does not hide an answer');
$server->stop;
close $writer;

# ---- Redirects --------------------------------------------------------------

# Says what it is asked; /STATUS/where leads to where.
sub redirecting {
	my ($target) = @_;
	return Drover::Request->serve(sub {
		my ($peer) = @_;
		while (defined(my $head = $peer->head)) {
			my $body = body($peer, $head);
			my ($method, $path) = $head =~ /^(\w+) (\S+)/;
			if ($path =~ m{^/(3\d\d)(.*)}) {
				$peer->answer("$1 Go", 'gone', 'Location: ' .
				    ($target // '') . "$2\r\n");
				next;
			}
			$peer->answer('200 OK', "$method $path '$body'\n");
		}
	});
}
my $there = redirecting();
my $here = redirecting('http://localhost:' . $there->port);
$server = redirecting();
my @redirects = (
	['/302/x', ['-L'], "GET /x ''"],
	['/302/x', [], 'gone'],
	['/302/302/303/x', ['-L'], "GET /x ''"],
	['/302?y', ['-L'], "GET /302?y ''"],
	['/301/x', ['-L', '-d', 'b'], "GET /x ''"],
	['/302/x', ['-L', '-d', 'b'], "GET /x ''"],
	['/303/x', ['-L', '-d', 'b'], "GET /x ''"],
	['/303/x', ['-L', '-X', 'PUT', '-d', 'b'], "GET /x ''"],
	['/302/x', ['-L', '-X', 'PUT', '-d', 'b'], "PUT /x 'b'"],
	['/307/x', ['-L', '-d', 'b'], "POST /x 'b'"],
	['/308/307/x', ['-L', '-F', 'a=b'], qr{^POST /x '--.*--\r\n'$}s],
	['/307/x', ['-L', '-T', $small], qr{^PUT /x 'small}],
	['/y', ['-L', '--request-target', '/302/x'], "GET /x ''"],
	['/300/x', ['-L'], 'gone'],
	['/304/x', ['-L'], ''],
);
for my $row (@redirects) {
	my ($path, $args, $out) = @$row;
	my $name = "@$args $path" =~ s/\Q$dir\E//r;
	if ($path eq '/302?y') {	# to itself: it never ends
		is(request(@$args, $server->url($path))->{status}, 47, $name);
		next;
	}
	my $got = request(@$args, $server->url($path))->{out} =~ s/\n\z//r;
	ref $out ? like($got, $out, $name) : is($got, $out, $name);
}
$r = request('-Lv', $server->url('/302/302/x'));
is(scalar(() = $r->{err} =~ /^\* connected/mg), 1,
    'a redirect goes over the same connection');
is($pipe->('-L', '-T', '-', $server->url('/307/x'))->{status}, 65,
    'a body from a pipe cannot be sent twice');
like(request('-iL', $server->url('/302/x'))->{out},
    qr{\AHTTP/1\.1\ 302\ Go\r\n.*\r\n\r\nHTTP/1\.1\ 200\ OK\r\n.*GET}sx,
    '-i shows the heads on the way, without their bodies');
for my $bad (['https://x/', 1], ['ftp://x/', 1], ['http:///', 3],
    ["/\e", 8], ['http://x:y/', 3]) {
	my ($location, $status) = @$bad;
	my $bad_server = Drover::Request->serve(sub {
		my ($peer) = @_;
		$peer->head;
		$peer->answer('302 Go', '', "Location: $location\r\n");
	});
	$r = request('-L', $bad_server->url);
	is($r->{status}, $status, "to '" . $location =~ s/\e/ESC/r . "'");
	unlike($r->{err}, qr/[^ -~\n]/, '... which is plain text');
	$bad_server->stop;
}

# What is meant for one server does not reach another, a port is another.
my @secrets = ('-u', 'me:word', '-H', 'Cookie: a=b', '-H',
    'Proxy-Authorization: c', '-H', 'X-Else: d');
request('-L', @secrets, $server->url('/302/x'));
is(scalar(() = $server->received =~
    /^(?:Authorization: Basic bWU6d29yZA==|Cookie: a=b)\r$/mg), 4,
    'the same server gets credentials again');
$r = request('-L', @secrets, $here->url('/302/x'));
is($r->{out}, "GET /x ''\n", 'another server is asked');
like($there->received, qr/^X-Else: d\r$/m, '... with what -H says');
unlike($there->received, qr/^(?:Proxy-)?Authorization|^Cookie/mi,
    '... but without credentials');
request('-L', '-H', 'Authorization: e', '-H', 'Host: f',
    $here->url('/302/x') =~ s{//}{//user:word@}r);
unlike($there->received, qr/^Authorization|^Host: f/mi,
    '... of any kind, and it is called by its name');
$_->stop for $server, $here, $there;

# ---- Terminals --------------------------------------------------------------

my %page = (
	'/text' => "text \xc3\xa4\n", '/nul' => "a\0b", '/latin' => "\xe4\xff\n",
	'/late' => 'x' x 100_000 . "\0", '/escape' => "a\e[2Jb\x9b\n",
	'/control' => "a\e]0;title\ab\n", '/cut' => "text \xc3",
);
$server = Drover::Request->serve(sub {
	my ($peer) = @_;
	my ($path) = ($peer->head // '') =~ /^\w+ (\S+)/;
	$peer->answer('200 OK', $page{$path},
	    "X-Odd: \xc2\x9b2J\r\n");
});
SKIP: {
	$r = on_terminal($server->url('/text'));
	skip 'no script(1) that gives a terminal', 1 if !defined $r;
	is($r->{out}, "text \xc3\xa4\r\n", 'text is shown');
	for my $path (qw(/nul /latin /late /escape /cut)) {
		$r = on_terminal($server->url($path));
		is($r->{status}, 23, "$path is no text");
		unlike($r->{out}, qr/[\0\e\x80-\xff]/, '... and is not shown');
		like($r->{out}, qr/-o FILE/, '... but what can be done');
	}
	is(on_terminal($server->url('/control'))->{out},
	    "a\\x1b]0;title\\x07b\r\n", 'controls in a text are escaped');
	is(on_terminal('-o', '-', $server->url('/nul'))->{out}, "a\0b",
	    '-o - shows it as it is');
	is(on_terminal({ stdout => "$dir/nul" }, $server->url('/nul'))
	    ->{status}, 0, 'a file takes it as well');
	is(Drover::slurp("$dir/nul"), "a\0b", '... as it is');
	unlike(on_terminal('-iv', $server->url('/text'))->{out},
	    qr/\xc2\x9b/, 'no control in a head reaches a terminal');
}
$server->stop;

# What a terminal shows of a download that lasts until a line of progress must
# have been shown.
sub slow_download {
	my (@args) = @_;
	my $slow = Drover::Request->serve(sub {
		my ($peer) = @_;
		$peer->head;
		$peer->send("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n");
		for (1 .. 60) {
			$peer->send('x');
			sleep 0.03;
		}
	});
	my $r = on_terminal(@args, $slow->url);
	$slow->stop;
	plan skip_all => 'no script(1) that gives a terminal' if !defined $r;
	return $r->{out};
}
at_once 'progress of a long download' => sub {
	my $out = slow_download('-o', "$dir/slow");
	like($out, qr/\r +\d+%  /, 'is shown');
	like($out, qr/\r 100%  [^\r]*\r\n\z/, '... up to its end');
	is(-s "$dir/slow", 60, '... to a file');
};
at_once 'none with -s' => sub {
	is(slow_download('-s', '-o', "$dir/silent"), '', 'nothing');
};
at_once 'none over the text itself' => sub {
	is(slow_download(), 'x' x 60, 'which is shown');
};
run_at_once;
done_testing;
