#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What was to be run, or made a page of, by something that Drover lacks: by
# whatever way it was named and is asked for, no byte of it is sent.
use strict;
use warnings;
use Test::More;
use Drover;

my $source = "<?php \$password = 'SECRET'; ?>\n";
my @names = qw(x.php x.PHP x.php.txt x.txt.php x.php.de x.php.gz x.php.br
    x.php.bak sub/index.php list/x.php);
# Directory, and what is said there.  Those by an extension in any place of the
# name, by the last one that has a type, and by other means.
my %anywhere = (
	add => 'AddHandler application/x-httpd-php .php',
	cgi => "Options +ExecCGI\nAddHandler cgi-script php",
	map => 'AddHandler type-map .php',
	filter => 'AddOutputFilter DEFLATE;INCLUDES .php',
	both => "AddHandler php .php\nRemoveOutputFilter .php",
);
my %by_type = (
	type => 'AddType application/x-httpd-php .php',
	parsed => 'AddType text/x-server-parsed-html .php',
	bytype => "AddType text/x-src .php\n" .
	    'AddOutputFilterByType INCLUDES;DEFLATE text/plain text/x-src',
	action => "AddType text/x-src .php\nAction text/x-src /cgi-bin/php",
	default => "ForceType text/html\nXBitHack On",
);
my %others = (
	force => 'ForceType application/x-httpd-php',
	set => 'SetHandler php-script',
	fpm => "<FilesMatch \"\\.(?i:php)\">\nSetHandler " .
	    '"proxy:unix:/run/php/php-fpm.sock|fcgi://localhost"' .
	    "\n</FilesMatch>",
	files => "<Files \"*\">\nSetHandler application/x-httpd-php\n</Files>",
	setfilter => 'SetOutputFilter DEFLATE;PHP',
	xbit => "ForceType text/html\nXBitHack Full",
);
my %ways = (%anywhere, %by_type, %others);

my $conf = <<'EOT';
UnsupportedModules warn
MaxKeepAliveRequests 0
AddLanguage de .de
DirectoryIndex index.php
ErrorDocument 404 /add/x.php
ScriptAlias "/alias/" "{DIR}/cgi-bin/"
ScriptAliasMatch "^/match/" "{DIR}/cgi-bin/"
<Location "/placed">
    ScriptAlias "{DIR}/htdocs/add/x.txt"
</Location>
<LocationMatch "^/matched-place/">
    ScriptAlias "{DIR}/cgi-bin/any"
</LocationMatch>
<Directory "{DIR}/cgi-bin">
    Require all granted
    Options +ExecCGI +Indexes
</Directory>
<Location "/scripted">
    Script GET /cgi-bin/any
</Location>
# Other ways to a file.
<IfDirective AcceptPathInfo>
    AcceptPathInfo On
</IfDirective>
AliasMatch "^/aliased/(.*)$" "{DIR}/htdocs/add/$1"
UserDir "{DIR}/htdocs/*"
<Location "/within">
    AliasPreservePath On
    Alias "{DIR}/htdocs/add"
</Location>
<Location "/single">
    Alias "{DIR}/htdocs/type/x.php"
</Location>
<IfDirective FallbackResource>
    <Directory "{DIR}/htdocs/fallback">
        FallbackResource /add/x.php
    </Directory>
</IfDirective>
<IfDirective HeaderName>
    HeaderName x.php
    ReadmeName /type/x.php
</IfDirective>
Alias "/straight" "{DIR}/htdocs/add/x.php"
MergeSlashes Off
ProxyPass "/passed/not" "!"
ProxyPass "/passed" "http://127.0.0.1:9/" retry=0
ProxyPassMatch "^/matched/not/" "!"
ProxyPassMatch "^/matched/.*\\.(?i:php)(/.*)?$" "fcgi://127.0.0.1:9000{DIR}"
<Location "/located">
    ProxyPass "http://127.0.0.1:9/"
</Location>
<Location "/located/not">
    ProxyPass "!"
</Location>
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName by-name
    ServerAlias *.by-name
    VirtualDocumentRoot "{DIR}/htdocs/%1"
</VirtualHost>
<VirtualHost *>
    ServerName other
    ProxyPass "/add/plain.txt" "http://127.0.0.1:9/"
</VirtualHost>
EOT
for my $way (sort keys %ways) {
	$conf .= "<Directory \"{DIR}/htdocs/$way\">\n$ways{$way}\n" .
	    "Options +Indexes\n</Directory>\n";
}
my @proxied = qw(passed matched located);
my %tree = map { my $way = $_; map { ("$way/$_" => $source) } @names }
    keys %ways, @proxied;
my $s = Drover->new(conf => $conf, files => {
	%tree, 'scripted/a' => $source, 'add/once.php' => $source,
	(map { ("$_/not/a.php" => "open\n") } @proxied),
	'fallback/a' => "a\n", 'add/d.php/a.txt' => "in a directory\n", 'add/plain.txt' => "plain\n",
});
$s->file("cgi-bin/$_", $source) for @names;
system 'chmod', '-R', 'a+rx', $s->dir . '/htdocs', $s->dir . '/cgi-bin';
# What stands beside a file in a coding must not be older.
my $old = time - 1000;
utime $old, $old, map { $s->dir . "/htdocs/$_" } keys %tree;
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr . $s->log('error'));

my $conn = $s->connect;
my %status;
my $asked = 0;
# One request; what comes back is looked through as a whole.
sub ask {
	my ($method, $target, @fields) = @_;
	$conn->request($method, $target, '', @fields);
	my $r = $conn->response($method eq 'HEAD');
	my $all = join "\n", $r->{body}, %{ $r->{header} };
	$asked++;
	ok(0, "$method $target @fields: the source is sent")
	    if $all =~ /SECRET|<\?php/;
	# Nor does its length or its tag stand for it.
	ok(0, "$method $target @fields: what it is is told")
	    if $r->{status} < 300 && defined $r->{header}{etag} &&
	    $target =~ /php/;
	$conn = $s->connect if ($r->{header}{connection} // '') eq 'close';
	return $r->{status};
}

# Whatever is asked of one file.
sub ask_all {
	my ($file) = @_;
	my @wrong;
	my @asked = (
		['GET', $file], ['HEAD', $file], ['POST', $file],
		['OPTIONS', $file], ['PUT', $file], ['DELETE', $file],
		['GET', "$file?a=b"], ['GET', "$file?"], ['GET', "/$file"],
		['GET', "/.$file"], ['GET', "/none/..$file"],
		['GET', $file =~ s/\./%2e/r], ['GET', $file =~ s/x/%78/r],
		['GET', "http://localhost$file"],
		['GET', $file, Range => 'bytes=0-5'],
		['GET', $file, Range => 'bytes=-5,0-2'],
		['GET', $file, 'If-None-Match' => '*'],
		['GET', $file, 'If-Match' => '"x"'],
		['GET', $file, 'If-Modified-Since' =>
		    'Sun, 06 Nov 1994 08:49:37 GMT'],
		map({ ['GET', $file, 'Accept-Encoding' => $_] }
		    'gzip', 'br', 'gzip, br, *;q=0', '*;q=0'),
	);
	for my $case (@asked) {
		my $status = ask(@$case);
		my $expected = $case->[0] =~ /POST|PUT|DELETE/ ?
		    qr/^(?:501|405)$/ : $case->[0] eq 'OPTIONS' ?
		    qr/^(?:501|200)$/ : qr/^501$/;
		push @wrong, "@$case: $status" if $status !~ $expected;
	}
	# Paths that lead to nothing, or should.
	ask(@$_) for (
		['GET', "$file/"], ['GET', "$file/info"],
		['GET', "$file/x.txt"], ['GET', "$file%00"],
		['GET', "$file%00.txt"], ['GET', "$file%20"], ['GET', "$file;a"],
		['GET', "$file%2f"], ['GET', "$file/."], ['GET', "$file/.."],
		['GET', "$file%5c"], ['GET', "$file\\"], ['GET', "${file}::\$DATA"],
	);
	is(join('; ', @wrong), '', "$file: 501");
	return;
}

for my $way (sort keys %ways) {
	ask_all("/$way/x.php");
	ask_all("/$way/x.PHP") if $way ne 'action';
	if ($anywhere{$way} || $others{$way}) {
		is(ask('GET', "/$way/$_"), 501, "/$way/$_: 501")
		    for qw(x.php.txt x.txt.php x.php.de x.php.gz x.php.bak);
	} else {
		is(ask('GET', "/$way/x.txt.php"), 501, "/$way/x.txt.php: 501");
	}
	is(ask('GET', "/$way/sub/"), 501, "/$way/sub/: its index, 501");
	is(ask('HEAD', "/$way/sub/"), 501, "HEAD /$way/sub/: its index, 501");
	ask('GET', "/$way/list/");
	ask('GET', "/$way/sub");
	ask('GET', "/$way/list/", Accept => 'application/json');
}
for my $way (@proxied) {
	ask_all("/$way/x.php");
	ask_all("/$way/x.PHP");
	is(ask('GET', "/$way/sub/"), 501, "/$way/sub/: its index, 501");
	is($s->get("/$way/not/a.php")->{body}, "open\n", "/$way/not: not");
}
is(ask('GET', $_), 501, "$_: 501") for qw(/passed/x.php/info /passed /located
    /passed/none /matched/x.php/info /located/x.txt /passed/x.php.txt);
is($s->get('/add/plain.txt', Host => 'other')->{status}, 501,
    'a host has its own');
is(ask('GET', "/passed/x.php", Host => 'other'), 501, '... and others\'');
is(ask('GET', "/$_/x.php"), 501, "/$_: 501") for qw(alias match);
is(ask('GET', "/$_"), 501, "/$_: 501") for qw(alias/ alias/none alias/sub/
    match/ match/x alias/x.php/info alias/list/ match/list/);
is(ask('GET', $_), 501, "$_: ScriptAlias in a section")
    for qw(/placed /placed/more /matched-place/x);
is(ask('GET', '/alias'), 404, 'no slash, no ScriptAlias');
is(ask($_, '/scripted/a?q'), 501, "a Script for $_ with a query")
    for 'GET', 'HEAD';

is(ask('GET', '/straight'), 501, 'an Alias for one file');
is(ask('GET', $_), 501, "$_: 501") for qw(/aliased/x.php /aliased/x.PHP
    /aliased/sub/ /within/x.php /within/x.php.txt /within/sub/ /single
    /~add/x.php /~add/x.php/more /~add/sub/ /~type/x.php);
is(ask('GET', "/$_", Host => 'add.by-name'), 501, "$_ by the host's name: 501")
    for qw(x.php x.php/more x.php.txt sub/);
is(ask('GET', "/type/x.php$_"), ask('GET', "/add/x.php$_"),
    "x.php$_: the same by a type") for '/info', '/info.txt', '/x.html';
for my $accept ('text/html', '*/*', 'application/json') {
	ask('GET', $_, Accept => $accept) for '/fallback/none',
	    '/fallback/none/', '/fallback/none.html', '/aliased/x.php',
	    '/aliased/x.PHP', '/aliased/sub/', '/aliased/list/',
	    '/straight/', '/straight/info';
}

is(ask('GET', '/nowhere/at/all'), 404, 'a 404 whose document is a source');
cmp_ok($asked, '>=', 800, 'many have asked');

# Others are what they are.
is($s->get('/add/plain.txt')->{body}, "plain\n", 'another file');
is($s->get('/add/d.php/a.txt')->{body}, "in a directory\n",
    'in a directory of such a name');
is($s->get('/add/d.php')->{status}, 301, 'the directory itself');
is($s->get('/scripted/a')->{body}, $source, 'GET without a query');

# Each is told once, with the reason.
is($s->get('/add/once.php')->{status}, 501, 'once');
$s->wait_log('error', qr{/add/once\.php});
is(scalar(() = $s->log('error') =~ m{/add/once\.php}g), 1, '... told once');
like($s->log('error'), $_, 'the reason') for (
	qr{worker:warn.*the handler "application/x-httpd-php" is not supported: \S+/add/once\.php},
	qr{worker:warn.*the handler "proxy:unix:\S+" is not supported: \S+/fpm/x\.php},
	qr{worker:warn.*the handler "cgi-script" is not supported: \S+/cgi-bin/x\.php},
	qr{static:warn.*a script of type application/x-httpd-php is not sent as a file: \S+/type/x\.php},
	qr{static:warn.*the filter "INCLUDES" is not supported: \S+/filter/x\.php},
	qr{proxy:warn.*the server that answers here is not asked: /passed/x\.php},
	qr{actions:warn.*the program for text/x-src is not supported: /action/x\.php},
);
$s->stop;

# ---- What is said at the start ---------------------------------------------

my @refused = ('SetHandler php', 'SetOutputFilter INCLUDES',
    'AddOutputFilterByType DEFLATE;INCLUDES text/html', 'XBitHack Full',
    'Action image/gif /x', 'Script PUT /x', 'ProxyPass / http://localhost/',
    'ProxyPassMatch \.php$ fcgi://localhost:9000/srv',
    "LoadModule cgi_module x\nScriptAlias /cgi-bin/ {DIR}/cgi-bin/",
    "LoadModule cgi_module x\n<Location /c>\nScriptAlias {DIR}/cgi-bin/\n" .
	'</Location>',
    "LoadModule cgid_module x\nScriptAliasMatch ^/c/ {DIR}/cgi-bin/");
my @warned = ('AddHandler cgi-script .cgi', 'AddOutputFilter INCLUDES .shtml',
    'ScriptAlias /cgi-bin/ {DIR}/cgi-bin/', 'AddHandler type-map var',
    'AddOutputFilter DEFLATE .js', 'SetOutputFilter BROTLI_COMPRESS;deflate',
    'AddOutputFilterByType DEFLATE text/html text/css',
    'AddInputFilter DEFLATE .x', 'SetInputFilter DEFLATE',
    'RemoveInputFilter .x', 'LanguagePriority en de',
    'ForceLanguagePriority Prefer Fallback', 'CacheNegotiatedDocs On',
    'MultiviewsMatch Any', 'Options MultiViews',
    "<Directory />\nModMimeUsePathInfo On\n</Directory>");
my @silent = ('AddHandler echo .echo', 'RemoveHandler .cgi',
    'RemoveOutputFilter .shtml', 'SetOutputFilter none', 'XBitHack Off',
    'SetHandler none', 'AddHandler default-handler .x');
my $t = Drover->new;
for my $line (@refused) {
	my ($name) = $line =~ /(\w+) [^\n]*(?:\n<.*)?$/;
	$t->set_conf($line);
	my $run = $t->run('-t');
	is($run->{status}, 1, "$name is refused");
	like($run->{err}, qr/error: $name: Drover /, '... by its name');
	$t->set_conf("UnsupportedModules warn\n$line");
	$run = $t->run('-t');
	is($run->{status}, 0, "... but with UnsupportedModules warn");
	like($run->{err}, qr/warning: $name: Drover /, '... told of');
}
for my $case (['ProxyPass /', 'missing'], ['ProxyPass x http://y/', 'begins'],
    ['ProxyPassMatch ^( http://y/', 'missing closing'],
    ['ScriptAliasMatch ^( /', 'missing closing'],
    ['ScriptAlias x /', 'begins']) {
	$t->set_conf("UnsupportedModules warn\n$case->[0]");
	my $run = $t->run('-t');
	like($run->{err}, qr/error: .*$case->[1]/, "$case->[0] is wrong");
}
# What Drover cannot tell whether it holds: not even with a warning.
for my $inside ('SetHandler php', 'AddType application/x-httpd-php .php',
    'Require all denied', 'Deny from all', 'SetEnvIf Host . closed',
    '<RequireAll>|Require all granted|</RequireAll>', 'Options -Indexes',
    '<Files a.php>|SetHandler php|</Files>', 'RewriteRule . - [F]',
    '<If "false">|ForceType application/x-httpd-php|</If>', 'Redirect /a /b') {
	for my $section ('If "true"', 'ElseIf "true"', 'Else') {
		my ($word) = $section =~ /(\w+)/;
		my $text = $inside =~ s/\|/\n/gr;
		$t->set_conf("UnsupportedModules warn\n" .
		    "<$section>\nHeader set A b\n$text\n</$word>");
		my $run = $t->run('-t');
		is($run->{status}, 1, "<$section> $inside");
		is(scalar(() = $run->{err} =~ /error: .* inside <$word> is not/g),
		    1, '... refused once');
	}
}
$t->set_conf("UnsupportedModules warn\n<If \"true\">\nHeader set A b\n" .
    "<Files a>\nErrorDocument 404 text\nExpiresActive On\n</Files>\n</If>");
my $if = $t->run('-t');
is($if->{status}, 0, 'how an answer looks may be lost');
like($if->{err}, qr/warning: <If> .* is left out/, '... with a warning');

for my $line (@warned) {
	my ($name) = $line =~ /^(?:<.*>\n)?(\w+)/;
	$t->set_conf($line);
	my $run = $t->run('-t');
	is($run->{status}, 0, "$line: accepted");
	like($run->{err}, qr/warning: $name: /, '... with a warning');
}
$t->set_conf(join "\n", @warned[0 .. 3]);
like($t->run('-t')->{out}, qr/\b4 unsupported\b/,
    'the report counts what is closed');
for my $line (@silent) {
	$t->set_conf($line);
	is($t->run('-t')->{err}, "Syntax OK\n", "$line: nothing to say");
}
done_testing;
