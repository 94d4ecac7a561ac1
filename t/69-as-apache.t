#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The same settings and the same requests to Apache 2.4 and to Drover: the
# lines of their access logs are the same.  Only where apache2 is installed.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Drover::Conn;
use Test::More;

# What both servers read.
my $shared = <<'EOC';
LogFormat "%h %{c}h %a %{c}a %A %l %u|%H %m %q|%r|%U %>U %<U|%s %>s %<s" request
CustomLog logs/request request
CustomLog logs/server "%v %V %p %{canonical}p %X %{x}n|%L" env=!nothing
CustomLog logs/file "%200I|%200f|%R|%200b %200B|%200{content-type}o|%200{Content-Length}o|%200{Last-Modified}o|%200{Connection}o|%{No}o"
CustomLog logs/fields "%{Referer}i|%{User-Agent}i|%{X-a}i|%{Cookie}i|%{A}C %{a}C %{b}C %{c}C %{d}C|%{n}n"
CustomLog logs/variables "%{URI}e|%{INNER}e|%{LAST}e|%{TWICE}e|%{NONE}e|%{CHAIN}e|%{PARTS}e|%{EMPTY}e|%{SET}e|%{LATE}e|%{PASSED}e|%{BROWSER}e|%{OUT}e|%{PROTO}e"
CustomLog logs/conditions "%200s %!200s %404,501>s %>404s %!400,501{User-Agent}i"
CustomLog logs/time "%{%Y}t %{begin:%Y-%m}t %{end:%Y}t %{x}t"
CustomLog logs/text "a\tb \d \\\\ %%s%%"
CustomLog logs/local "%m" env=LOCAL
CustomLog logs/never "%m" env=!LOCAL
SetEnvIf Request_URI ^(.*)$ URI=$1
SetEnvIf ^X-[ab]$ ^(.*)$ LAST=$1
SetEnvIf X-Twice ^(.*)$ TWICE=$1
SetEnvIf X-None ^$ NONE
SetEnvIf NONE ^1$ CHAIN=yes
SetEnvIf Request_Method (G)(E)T PARTS=[$1$2$3$0&\$1]
SetEnvIf Request_Method . EMPTY= GONE
SetEnvIf GONE . !GONE
SetEnvIf Request_Protocol ^(.*)$ PROTO=$1
SetEnvIf Remote_Addr ^127 LOCAL
SetEnvIf Request_URI . SET=early
BrowserMatchNoCase ^MOZ(.)* BROWSER=$0
SetEnv SET late
SetEnv LATE "a b"
SetEnv OUT 1
UnsetEnv OUT
PassEnv PASSED
Redirect /old /a.txt
<Directory "{ROOT}">
    Require all granted
    SetEnvIf Request_URI ^(.*)$ INNER=$1
</Directory>
<Location "/closed">
    Require all denied
</Location>
GlobalLog logs/global "%v %p %{LATE}e %U"
TransferLog logs/transfer
LogFormat "server %v %U"
LogFormat "named %v %U" named
CustomLog logs/named named
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName own
    CustomLog logs/own named
    LogFormat "own %v %U" named
    SetEnv LATE own
</VirtualHost>
<VirtualHost *>
    ServerName transfer:8099
    LogFormat "host %v %U"
    LogFormat "unused %v %U" named
    UnsetEnv LATE
</VirtualHost>
<VirtualHost *>
    ServerName both
    TransferLog logs/both
    SetEnvIf Request_URI . !LOCAL SET=both
    SetEnvIf LOCAL ^$ URI=second
</VirtualHost>
EOC
my @logs = $shared =~ m{logs/(\w+)}g;

my @one = map { "$_\r\nConnection: close\r\n\r\n" } (
	"GET /a.txt?x=1 HTTP/1.1\r\nHost: localhost\r\n" .
	    "User-Agent: Moz \"x\" \\ \xc3\xbc\t|\r\nReferer: http://r/\r\n" .
	    "Cookie: a=1; A=2; b=\"q x\"; c = 3 ;d=4=5\r\nX-a: yes",
	"GET /sub/ HTTP/1.1\r\nHost: LocalHost:99\r\nUser-Agent: one\r\n" .
	    "user-agent: two\r\nReferer: r1\r\nReferer: r2\r\nX-b: 1\r\n" .
	    "X-a: 2\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-None: here",
	"HEAD /%61.txt HTTP/1.1\r\nHost: localhost\r\nCookie: b; c=;a= x",
	"GET /a.txt HTTP/1.0",
	"GET http://other/a.txt? HTTP/1.1\r\nHost: localhost",
	"GET /%22%5c%09%c3%a4 HTTP/1.1\r\nHost: localhost",
	"GET /old/x?y HTTP/1.1\r\nHost: localhost",
	"GET /closed HTTP/1.1\r\nHost: localhost\r\nUser-Agent: MozA",
	"GET /a.txt HTTP/1.1\r\nHost: localhost\r\nBad Field: x",
	(map { "GET /a.txt HTTP/1.1\r\nHost: $_" } qw(own transfer both)),
);

# ---- The two servers ------------------------------------------------------

$ENV{PASSED} = 'passed';
my $s = Drover->new(files => { 'a.txt' => "hello\n",
    'sub/index.html' => "index\n" });
my $dir = $s->dir;
my $root = "$dir/htdocs";
$shared =~ s/\{ROOT\}/$root/;

sub talk {
	my ($port) = @_;
	for my $request (@one) {
		my $conn = Drover::Conn->new($port);
		$conn->send($request);
		$conn->read_all;
	}
	# Two on a connection that the client ends.
	my $conn = Drover::Conn->new($port);
	$conn->get($_, Host => 'localhost') for '/a.txt', '/nope';
	$conn->close;
	return;
}

$s->set_conf("Workers 1\nDirectoryIndex index.html\n$shared");
my $apache = Drover::Apache->start($s, [qw(dir alias env setenvif mime)],
    "DirectoryIndex index.html\nTypesConfig $Drover::SRC/conf/mime.types\n" .
    $shared);
plan skip_all => $apache unless ref $apache;
ok($s->launch, 'Drover starts') or diag($s->stderr);
talk($apache->port);
talk($s->port);
my $count = @one + 2;
for my $name ('apache/logs/global', 'logs/global') {
	is(scalar $s->wait_log($name, qr/^/, $count), $count, $name);
}
$s->stop;
is($apache->stop, 0, 'Apache ends');

# ---- What they wrote ------------------------------------------------------

# Apache makes an id for what an error log would say at any level.
sub lines {
	my ($name) = @_;
	my @lines = split /\n/, Drover::slurp("$dir/$name");
	s/\|[\w+\/]{11}$/|-/ for @lines;
	return @lines;
}

for my $log (@logs) {
	my @theirs = lines("apache/logs/$log");
	my @ours = lines("logs/$log");
	is(scalar @ours, scalar @theirs, "$log: as many lines");
	is($ours[$_], $theirs[$_], "$log: line $_") for 0 .. $#theirs;
}

done_testing;
