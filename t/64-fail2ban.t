#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What operators search the error log for and fail2ban counts: refusals in
# Apache's words, one line for each, with the client.  Where fail2ban is
# installed its own filters read the log.
use strict;
use warnings;
use Drover;
use IO::Socket::IP;
use Test::More;

# The regular expressions of fail2ban's filters, cut down to what decides.
my $client = qr/^\[[^\]]+\]\ \[\S+:\S+\]\ \[pid\ \d+\]\ 
    \[client\ 127\.0\.0\.1:\d{1,5}\]\ /x;
my $missing = qr/File does not exist: /;
my $block = qr{\/?((ext)?mail|(typo3/|admin/|)(pma|(php)?[Mm]y[Aa]dmin)|
    wp-(login|signup|admin)\.php|cgi-bin|mysqladmin)[^,]*}x;
my %filter = (
	'apache-auth' =>
	    qr/${client}AH\d+: client denied by server configuration\b/,
	'apache-noscript' => qr{${client}AH001(?:28|30):\ $missing
	    /\S*(?:php(?:[45]|[.-]cgi)?|\.asp|\.exe|\.pl|\bcgi-bin/)\b}x,
	'apache-overflows' => qr/$client
	    (?:(?:AH001[23][456]:\ )?Invalid\ (method|URI)\ in\ request\b|
	    (?:AH00565:\ )?request\ failed:\ URI\ too\ long\ \(longer\ than\ |
	    request\ failed:\ erroneous\ characters\ after\ protocol\ string:|
	    (?:AH00566:\ )?request\ failed:\ invalid\ characters\ in\ URI\b)/x,
	'apache-nohome' => qr{${client}AH00128: $missing.*/~.*},
	'apache-botsearch' =>
	    qr{${client}AH\d+: $missing\S*/htdocs/$block(, referer: \S+)?\s*$},
);

sub get {
	my ($target, @more) = @_;
	return join "\r\n", "GET $target HTTP/1.1", 'Host: x', @more, '', '';
}

my $long = 'a' x 9000;
my $tls = 'possible attempt to establish SSL connection on non-SSL port';
# A request, the module and level, the text ({ROOT} is the DocumentRoot), and
# the filter that counts it.
my @rows = (
	[get('/absent'), 'core:info',
	    'AH00128: File does not exist: {ROOT}/absent'],
	[get('/absent', 'Referer: http://a/b'), 'core:info',
	    'AH00128: File does not exist: {ROOT}/absent, referer: http://a/b'],
	[get('/index.html/more'), 'core:info',
	    'AH00130: File does not exist: {ROOT}/index.html/more'],
	[get('/shop.php?id=1'), 'core:info',
	    'AH00128: File does not exist: {ROOT}/shop.php', 'apache-noscript'],
	[get('/~root/'), 'core:info',
	    'AH00128: File does not exist: {ROOT}/~root/', 'apache-nohome'],
	[get('/phpmyadmin/', 'Referer: http://a/'), 'core:info',
	    'AH00128: File does not exist: {ROOT}/phpmyadmin/, ' .
	    'referer: http://a/', 'apache-botsearch'],
	[get('/denied/a.txt'), 'authz_core:error', 'AH01630: client denied ' .
	    'by server configuration: {ROOT}/denied/a.txt', 'apache-auth'],
	[get('/closed'), 'authz_core:error', 'AH01630: client denied by ' .
	    'server configuration: {ROOT}/closed', 'apache-auth'],
	[get('/empty/'), 'autoindex:error', 'AH01276: Cannot serve directory ' .
	    '{ROOT}/empty/: No matching DirectoryIndex (index.html index.htm) ' .
	    'found, and server-generated directory index forbidden by ' .
	    'Options directive'],
	[get('/passwd'), 'core:error', 'AH00037: Symbolic link not allowed ' .
	    'or link target not accessible: {ROOT}/passwd'],
	[get('/unreadable'), 'core:error',
	    'AH00132: file permissions deny server access: {ROOT}/unreadable'],
	[get('/../../etc/passwd'), 'core:error',
	    'AH00126: Invalid URI in request GET /../../etc/passwd HTTP/1.1',
	    'apache-overflows'],
	[get('/%zz'), 'core:error',
	    'AH00126: Invalid URI in request GET /%zz HTTP/1.1',
	    'apache-overflows'],
	[get('/a%2Fb'), 'core:info', "AH00026: found %2f (encoded '/') in " .
	    'URI path (/a%2Fb), returning 404'],
	["BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 'core:error',
	    'AH00135: Invalid method in request BREW / HTTP/1.1',
	    'apache-overflows'],
	["\x16\x03\x01\x02\r\n\r\n", 'core:info', 'AH00134: Invalid method ' .
	    "in request \\x16\\x03\\x01\\x02 - $tls", 'apache-overflows'],
	[get("/$long"), 'core:info',
	    'AH00565: request failed: URI too long (longer than 8190)',
	    'apache-overflows'],
	[get("/\x80"), 'core:info', 'request failed: invalid characters in ' .
	    'URI: GET /\x80 HTTP/1.1', 'apache-overflows'],
	["GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", 'core:info',
	    'request failed: erroneous characters after protocol string: ' .
	    'GET / HTTP/1.1 x', 'apache-overflows'],
	["GET / HTTP/1.1\r\n\r\n", 'core:info', 'AH00569: client sent ' .
	    'HTTP/1.1 request without hostname (see RFC2616 section 14.23): /'],
	["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 'core:info',
	    'AH00550: Client sent malformed Host header: a b'],
	[get('/', 'Content-Length: x'), 'core:info',
	    'AH10242: client sent invalid Content-Length (x): /'],
	[get('/', 'Transfer-Encoding: foo'), 'core:info',
	    'AH02539: client sent unknown Transfer-Encoding (foo): /'],
	[get('/', 'Expect: tea'), 'core:info', 'AH00570: client sent an ' .
	    'unrecognized expectation value of Expect: tea'],
	[get('/', "X: $long"), 'core:info',
	    'request failed: header field too long: GET / HTTP/1.1'],
);

my $conf = <<'EOF';
DirectoryIndex index.html index.htm
<Directory "{DIR}/htdocs/denied">
    Require all denied
</Directory>
<Location "/closed">
    Require all denied
</Location>
EOF

sub start {
	my ($more) = @_;
	my $s = Drover->new(conf => ($more // '') . $conf, files => {
		'index.html' => "x\n", 'denied/a.txt' => "x\n",
		'empty/x/y' => '', unreadable => '' });
	my $root = $s->dir . '/htdocs';
	symlink '/etc/passwd', "$root/passwd" or die "symlink: $!";
	chmod 0, "$root/unreadable" or die "chmod: $!";
	$s->launch or die $s->stderr;
	return $s;
}

my $s = start();
my %expected;
for my $row (@rows) {
	my ($bytes, $who, $text, $filter) = @$row;
	my $conn = $s->connect;
	my $port = $conn->socket->sockport;
	$conn->send($bytes);
	$conn->response;
	$text =~ s/\{ROOT\}/$s->dir . '\/htdocs'/e;
	my ($line) = $s->wait_log('error', qr/client 127\.0\.0\.1:$port\]/);
	my $seen = $line // '';
	$seen =~ s/^\[[^\]]*\] //;
	$seen =~ s/\[pid \d+\]/[pid P]/;
	is($seen, "[$who] [pid P] [client 127.0.0.1:$port] $text\n", $row->[2]);
	my @counted = grep { ($line // '') =~ $filter{$_} } sort keys %filter;
	is("@counted", $filter // '', 'counted by ' . ($filter // 'nobody'));
	push @{ $expected{$filter} }, $line if $filter;
	$conn->close;
}

subtest "fail2ban's own filters" => sub {
	my ($program) = grep { -x }
	    map { "$_/fail2ban-regex" } split /:/, $ENV{PATH};
	plan skip_all => 'no fail2ban-regex' if !$program;
	for my $filter (sort keys %filter) {
		my $with = $filter eq 'apache-botsearch' ?
		    $filter . '[webroot="' . $s->dir . '/htdocs/"]' : $filter;
		open my $out, '-|', $program, '--print-all-matched',
		    '--print-no-missed', $s->log_path('error'), $with or die "$program: $!";
		my @matched = grep { s/^\|\s+(?=\[\w+ \w+ \d+ )// } <$out>;
		close $out;
		is(join('', @matched), join('', @{ $expected{$filter} }),
		    "$filter finds the same");
	}
};
$s->stop;

subtest 'one line for each request' => sub {
	my $server = start();
	my $conn = $server->connect;
	for (1 .. 30) {
		$conn->request('GET', '/denied/a.txt', '');
		$conn->response;
	}
	is(scalar $server->wait_log('error', qr/\[authz_core:error\]/, 30), 30,
	    'of one client for one file, too');
	$conn->close;
	$server->stop;
	unlike($server->log('error'), qr/came again/, 'none is collapsed');
};

subtest 'with the LogLevel that is the default' => sub {
	my $server = start("LogLevel warn\n");
	is($server->get("/$_->[0]")->{status}, $_->[1], $_->[0])
	    for [absent => 404], ['denied/a.txt' => 403];
	ok($server->wait_log('error', qr/AH01630/), 'who is denied is named');
	$server->stop;
	unlike($server->log('error'), qr/AH00128/, 'what is missing is not');
};

subtest 'a request that does not come' => sub {
	my $server = start("Timeout 1\n<Location /echo>\nSetHandler echo\n" .
	    "Require all granted\n</Location>\n");
	my %late = (header => "GET /slow HTTP/1.1\r\nHost: x\r\n",
	    body => "POST /echo HTTP/1.1\r\nHost: x\r\n" .
	    "Content-Length: 5\r\n\r\nab");
	for my $what (sort keys %late) {
		my $conn = $server->connect;
		$conn->send($late{$what});
		is($conn->response->{status}, 408, "late $what");
		my $port = $conn->socket->sockport;
		ok($server->wait_log('error', qr/\[reqtimeout:info\] .*
		    :$port\]\ AH01382:\ Request\ $what\ read\ timeout$/x),
		    'is told of');
		$conn->close;
	}
	$server->stop;
};

subtest 'an IPv6 address' => sub {
	my $free = IO::Socket::IP->new(LocalHost => '::1', Listen => 1)
	    or plan skip_all => 'no IPv6';
	my $port = $free->sockport;
	close $free;
	my $server = start("Listen 127.0.0.1:{PORT}\nListen [::1]:$port\n");
	my $conn = IO::Socket::IP->new(PeerHost => '::1', PeerPort => $port)
	    or die "::1: $!";
	print {$conn} get('/denied/a.txt', 'Connection: close');
	1 while <$conn>;
	# Without brackets filters would take the port for a part of it.
	ok($server->wait_log('error', qr/\[client \[::1\]:\d+\] AH01630/),
	    'stands in brackets');
	$server->stop;
};

done_testing;
