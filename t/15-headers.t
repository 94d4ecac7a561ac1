#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Header and RequestHeader.  Each row has the status and fields of an answer,
# what is said about its folder, and the request.  Of fields those are looked at
# whose names begin with X- or are named by the directives, by name.  Where
# apache2 is installed it is asked the same, but for rows that begin with "!", in
# which Drover differs.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

my @rows = map { [split m{ // }, $_, 3] } grep { /^[^#]/ } split /\n/, <<'EOT';
# Verbs.
200 X-A: 1 // Header set X-A 1
200 X-A: 1 // Header set X-A: 1
200 X-A: 1 // header ONSUCCESS SET X-A 1
200 X-A: 2 // Header set X-A 1 | Header set x-a 2
200 X-A: 2 // Header add X-A 1 | Header add X-A 3 | Header set X-A 2
200 X-A: 1 | X-A: 2 // Header add X-A 1 | Header add X-A 2
200 X-A: 1, 2 // Header append X-A 1 | Header append X-A 2
200 X-A: 1, 3 | X-A: 2 // Header add X-A 1 | Header add X-A 2 | Header append X-A 3
200 X-A: 1, 2 // Header merge X-A 1 | Header merge X-A 2 | Header merge X-A 1
200 X-A: "1, 2", 2 // Header set X-A "\"1, 2\"" | Header merge X-A 2 | Header merge X-A 2
200 // Header set X-A 1 | Header unset x-a
200 // Header add X-A 1 | Header add X-A 2 | Header unset X-A
200 X-A: 1 // Header setifempty X-A 1 | Header setifempty X-A 2
200 X-A:  // Header set X-A "" | Header setifempty X-A 2
200 X-A: hell0 world // Header set X-A "hello world" | Header edit X-A o 0
200 X-A: hell0 w0rld // Header set X-A "hello world" | Header edit* X-A o 0
200 X-A: world hello // Header set X-A "hello world" | Header edit X-A "(\w+) (\w+)" "$2 $1"
200 X-A: [&|l|$0||%] // Header set X-A "l" | Header edit X-A "l" "[&|$0|\$0|$1|%%]"
200 X-A: a // Header set X-A a | Header edit X-A A b
200 X-A: b // Header set X-A a | Header edit X-A (?i)A b
200 X-A:  // Header set X-A a | Header edit X-A a ""
200 X-A: bbb // Header set X-A aaa | Header edit* X-A ^a b
200 X-A: x1 | X-A: x2 // Header add X-A 1 | Header add X-A 2 | Header edit X-A ^ x
200 // Header edit X-A a b
200 X-One: 1 // Header echo ^X-One$ // GET f.txt X-One: 1 | X-Two: 2
!200 X-One: 1 // Header echo ^x-one$ // GET f.txt X-One: 1
!200 X-Early: 1 | X-One: 1 // Header echo ^ // GET f.txt X-One: 1
# Values.
200 X-A: t=N D=N // Header set X-A "%t %D"
!200 X-A: (null) // Header set X-A %{HTTPS}s
200 X-A: v|(null)|% // Header set X-A %{V}e|%{NONE}e|%% // GET f.txt X-V: 1
200 X-A: (null) // Header set X-A %{V}e
200 X-A: 1(null)1 // Header set X-A ab | Header edit X-A .+ 1%{NONE}e1
200 X-A: a	b // Header set X-A "a\tb"
!404 X-A: a  X-B: 1 // SetEnvIf Request_URI (?s)/(a.*) U=$1 | Header always set X-A %{U}e // GET a%0d%0aX-B:%201
# Conditions.
200 X-A: 1 // Header set X-A 1 env=V // GET f.txt X-V: 1
200 // Header set X-A 1 env=V
200 X-A: 1 // Header set X-A 1 env=!V
200 X-A: 1 // Header set X-A 1 | Header unset X-A env=V
# The two tables.
200 X-A: 1 | X-A: 2 // Header set X-A 2 | Header always set X-A 1
200 X-A: 1 // Header set X-A 1 | Header always unset X-A
200 X-A: 1 // Header always set X-A 1 | Header unset X-A
206 X-A: 1 | X-B: 2 // Header always set X-A 1 | Header set X-B 2 // GET f.txt Range: bytes=0-0
304 X-A: 1 | X-B: 2 // Header always set X-A 1 | Header set X-B 2 // GET f.txt If-None-Match: *
200 X-A: 1 | X-B: 2 // Header always set X-A 1 | Header set X-B 2 // HEAD f.txt
200 X-A: 1 | X-B: 2 // Header always set X-A 1 | Header set X-B 2 // OPTIONS f.txt
404 X-A: 1 // Header always set X-A 1 | Header set X-B 2 // GET none
416 X-A: 1 // Header always set X-A 1 | Header set X-B 2 // GET f.txt Range: bytes=99-
!412 X-A: 1 // Header always set X-A 1 | Header set X-B 2 // GET f.txt If-Match: "no"
405 X-A: 1 // Header always set X-A 1 | Header set X-B 2 // PUT f.txt
403 X-A: 1 // Header always set X-A 1 | Header set X-B 2 | Require all denied
404 X-A: 1 // Header always set X-A 1 | Header set X-B 2 | ErrorDocument 404 "text" // GET none
404 X-Doc: 1 | X-Doc-Always: 1 // Header always set X-A 1 | Header set X-B 2 | ErrorDocument 404 /doc.html // GET none
302 Location: http://example.com/ | X-A: 1 // Header always set X-A 1 | Header set X-B 2 | ErrorDocument 404 http://example.com/ // GET none
301 Location: http://example.com/ | X-A: 1 // Redirect 301 http://example.com/ | Header always set X-A 1 | Header set X-B 2 | Header edit Location com org | Header always edit Location com org
302 Location: /b | Location: http://example.com/ // Redirect 302 http://example.com/ | Header always set Location /b
# What handlers set.
200 Content-Type: a/b; c=d // Header set Content-Type "a/b; c=d"
200 Content-Type: a/b // Header always set Content-Type a/b
404 Content-Type: a/b // Header always set Content-Type a/b // GET none
200 // Header unset Content-Type
200 Content-Type: text/plain // Header append Content-Type x
200 Content-Type: text/x // Header edit Content-Type plain x
!200 Content-Type: text/plain // Header setifempty Content-Type a/b
206 Content-Type: a/b // Header set Content-Type a/b // GET f.txt Range: bytes=0-0
206 Content-Type: multipart/byteranges // Header set Content-Type a/b // GET f.txt Range: bytes=0-0,2-2
200 ETag: "x" // Header set ETag "\"x\""
304 ETag: "x" // Header set ETag "\"x\"" // GET f.txt If-None-Match: *
200 // Header unset ETag
200 // Header always unset Last-Modified | Header unset Last-Modified
200 Last-Modified: now // Header edit Last-Modified .+ now
200 Accept-Ranges: none // Header set Accept-Ranges none
200 Content-Length: 5 // Header set Content-Length 3
!200 Content-Length: 5 // Header always set Content-Length 3
200 Connection: close // Header set Connection close
!200 // Header set Connection upgrade
!200 // Header unset Connection | Header set Transfer-Encoding chunked
200 Cache-Control: no-store // Header set Cache-Control no-store
!200 Vary: A, B // Header merge Vary A | Header merge Vary B | Header merge Vary A
# Outer ones come first.
200 X-Main: main, here // Header append X-Main here
# Requests.
200 X-One: 2 // RequestHeader set X-One 2 | Header echo ^X-One$ // GET f.txt X-One: 1
200 X-One: 1, 2 // RequestHeader append X-One 2 | Header echo ^X-One$ // GET f.txt X-One: 1
200 // RequestHeader unset X-One | Header echo ^X-One$ // GET f.txt X-One: 1
200 X-One: 2 // RequestHeader edit X-One 1 2 | Header echo ^X-One$ // GET f.txt X-One: 1
200 X-One: a // RequestHeader edit* X-One 1 "" | Header echo ^X-One$ // GET f.txt X-One: 1a1
200 X-One: 1 // RequestHeader setifempty X-One 2 | Header echo ^X-One$ // GET f.txt X-One: 1
200 X-One: 1, 2 // RequestHeader merge X-One 2 | Header echo ^X-One$ // GET f.txt X-One: 1, 2
200 X-One: v // RequestHeader set X-One %{V}e | Header echo ^X-One$ // GET f.txt X-V: 1
200 // RequestHeader unset Range | RequestHeader unset If-None-Match // GET f.txt Range: bytes=0-0 | If-None-Match: *
200 // RequestHeader unset Range env=!W // GET f.txt Range: bytes=0-0
206 // RequestHeader unset Range env=W // GET f.txt Range: bytes=0-0
206 // RequestHeader set Range bytes=1-2 // GET f.txt
!200 X-A: -a-b // Header set X-A ab | Header edit* X-A x* -
200 X-E: seen // Header set X-E %{EARLY}e
200 X-L: (null) // RequestHeader set X-Late 1 | SetEnvIf X-Late . LATE=1 | Header set X-L %{LATE}e
200 X-One: 1, 2 // RequestHeader append X-One 2 | Header echo ^X-One$ // GET . X-One: 1
EOT


my (%files, $conf);
my $first = <<'EOT';
DirectoryIndex f.txt
SetEnvIf X-V . V=v
RequestHeader set X-Early 1 early
SetEnvIf X-Early . EARLY=seen
Header append X-Main main env=MAIN
Header always set X-Always 1 env=!ROW
SetEnvIf Request_URI . ROW=1
<Location /doc.html>
Header set X-Doc 1
Header always set X-Doc-Always 1
</Location>
EOT

$files{'doc.html'} = "<p>error\n";
for my $i (0 .. $#rows) {
	my $said = $rows[$i][1] =~ s/ \| /\n/gr;
	$first .= "$1 /$i/f.txt $2\n" if $said =~ s/^(Redirect \d+) (\S+)//m;
	$files{"$i/f.txt"} = "file\n";
	$conf .= "<Location /$i>\n$said\n</Location>\n";
	$conf .= "SetEnvIf Request_URI ^/$i/ MAIN=1\n" if $said =~ /X-Main/;
}

# What a row is about.
sub is_looked_at {
	my ($name, $said) = @_;
	return $name =~ /^X-/i || $said =~ /\b(?:set|unset|edit|append|merge|setifempty) \Q$name\E\b/i ||
	    $name eq 'Location';
}

sub ask {
	my ($port, $i) = @_;
	my ($want, $said, $request) = @{ $rows[$i] };
	my ($method, $path, $fields) = split / /, $request // 'GET f.txt', 3;
	my $c = Drover::Conn->new($port);
	$c->request($method, "/$i/" . ($path eq '.' ? '' : $path),
	    $method eq 'PUT' ? 'x' : '',
	    map { split /: /, $_, 2 } split / \| /, $fields // '');
	my $r = $c->response($method eq 'HEAD');
	$c->close;
	my @fields = sort { $a->[0] cmp $b->[0] || $a->[1] cmp $b->[1] }
	    grep { is_looked_at($_->[0], $said) } @{ $r->{fields} };
	my $answer = join ' ', $r->{status},
	    join ' | ', map { "$_->[0]: $_->[1]" } @fields;
	$answer =~ s/\b([tD])=\d+/$1=N/g;
	$answer =~ s{(multipart/byteranges).*}{$1};
	return $answer =~ s/ +$//r;
}

sub wanted { return $rows[$_[0]][0] =~ s/^!//r =~ s/ +$//r }

$files{"$_/f.txt"} = "file\n" for qw(logged closed);
my $s = Drover->new(files => \%files);
$s->set_conf("$first$conf" . <<'EOT');
LogFormat "%U o=%{X-O}o i=%{X-I}i n=%{N}n" fields
CustomLog logs/fields_log fields
<Location /logged>
Header set X-O out
Header note X-O N
RequestHeader set X-I changed
</Location>
<Location /closed>
Header merge Connection close
</Location>
EOT
ok($s->launch, 'Drover starts') or diag($s->stderr);
is(ask($s->port, $_), wanted($_), join ' <- ', grep { defined }
    @{ $rows[$_] }[1, 2]) for 0 .. $#rows;

# Logs see what has become of them; errors have the fields of always alone.
$s->get('/logged/f.txt', 'X-I', 'sent');
ok($s->wait_log('fields', qr{^/logged/f.txt o=out i=changed n=out$}m),
    'logged as they were changed, with a note');
$s->get('/logged/none');
ok($s->wait_log('fields', qr{^/logged/none o=- i=changed n=-$}m),
    'no note of an error');
my $bad = $s->raw("GET / HTTP/1.1\r\nX Y: z\r\n\r\n");
like($bad, qr{^HTTP/1.1 400 .*^X-Always: 1\r$}ms, 'a request that is none');

# A client can have fields sent back, and be told of a close.
my $c = $s->connect;
$c->request('GET', '/closed/f.txt');
is($c->response->{header}{connection}, 'close', 'Connection: close is meant');
is($c->response, undef, 'and done');
$c->close;
$s->stop;

SKIP: {
	my @same = grep { $rows[$_][0] !~ /^!/ } 0 .. $#rows;
	my $apache = Drover::Apache->start($s,
	    [qw(headers setenvif dir mime alias)],
	    "TypesConfig /etc/mime.types\n$first$conf");
	skip $apache, scalar @same unless ref $apache;
	is(ask($apache->port, $_), wanted($_), "Apache: $rows[$_][1]")
	    for @same;
	$apache->stop;
}
done_testing;
