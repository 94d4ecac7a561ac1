#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What drover explain says is what the server does: some hundred requests under
# several configurations, each asked of both.  The heads of the answers are the
# same byte for byte but for dates, and so is the file that the access log
# names.  Now and then it is asked of the dump of the configuration, which is
# to mean the same.
use strict;
use warnings;
use Test::More;
use Drover;

my %files = (
	'index.html' => "home\n", 'a.txt' => "aaaa\n", 'b.png' => "png\n",
	'page.html' => "page\n" x 99, 'page.html.gz' => "gz\n",
	'data.tar.gz' => "tgz\n", 'de.html.de' => "deutsch\n",
	'run.php' => "<?php 1;\n", 'run.php.txt' => "<?php 1;\n",
	'.git/config' => "git\n", '.well-known/x' => "known\n",
	'sub/index.html' => "sub\n", 'sub/a.txt' => "sub a\n",
	'sub/deep/a.txt' => "deep\n", 'list/x.txt' => "x\n", 'list/y/z' => "z\n",
	'closed/a.txt' => "closed\n", 'err/404.html' => "nothing\n",
	'err/403.html' => "closed\n", 'spa/index.html' => "app\n",
	'spa/app.js' => "js\n", 'ht/.htaccess' => "Require all denied\n",
	'ht/a.txt' => "ht\n", 'two/a.txt' => "two\n", 'two/index.html' => "2\n",
	'sp ace.txt' => "space\n", 'q?m.txt' => "mark\n",
);

my @paths = ('/', '/a.txt', '/b.png', '/page.html', '/data.tar.gz',
    '/de.html.de', '/run.php', '/run.php.txt', '/.git/config',
    '/.well-known/x', '/sub', '/sub/', '/sub/a.txt?x=y', '/sub/deep/a.txt',
    '/sub/../a.txt', '/list', '/list/', '/list/?C=S;O=D', '/closed/a.txt',
    '/none', '/err/404.html', '/spa/x', '/spa/x.js', '/spa/a/b/', '/ht/a.txt',
    '/two/', '/sp%20ace.txt', '/q%3Fm.txt', '/link.txt', '/link/a.txt',
    '/unreadable', '/a.txt/more', '/a%2Fb', '/a%00', '//a.txt', '/%2e%2e/x',
    '/old', '/old/x?q=1', '/gone/x', '/al/a.txt', '/al', '/m/a', '/echo');
my @ways = (['HEAD'], ['POST', 'Content-Length' => 0], ['OPTIONS'],
    ['GET', Range => 'bytes=1-2'], ['GET', Range => 'bytes=999-'],
    ['GET', 'If-None-Match' => '*'], ['GET', 'If-Match' => '"other"'],
    ['GET', 'If-Modified-Since' => 'Fri, 31 Dec 2100 23:59:59 GMT'],
    ['GET', 'Accept-Encoding' => 'gzip'], ['GET', Accept => 'text/html'],
    ['GET', Accept => 'application/json'], ['GET', 'User-Agent' => 'a bot'],
    ['GET', Host => 'two.test'], ['GET', Host => 'www.two.test:8080'],
    ['GET', 'X-Forwarded-For' => '198.51.100.7'], ['DELETE'], ['PUT'],
    ['TRACE'], ['NONE'], ['GET', Expect => '100-continue']);

my $access = <<'EOT';
<Location /sub>
    <RequireAny>
        Require ip 198.51.100.0/24
        Require env BOT
    </RequireAny>
</Location>
<Directory "{DIR}/htdocs/closed">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/list">
    Options +Indexes
</Directory>
<Files "*.png">
    Require method GET HEAD
</Files>
<Location "/two">
    Order deny,allow
    Deny from all
    Allow from env=BOT
</Location>
<LocationMatch "^/spa">
    <Limit POST>
        Require all denied
    </Limit>
</LocationMatch>
<Directory "{DIR}/htdocs/ht">
    AllowOverride All
</Directory>
SetEnvIf User-Agent bot BOT
EOT

my $mapped = <<'EOT';
Alias /al "{DIR}/htdocs/sub"
AliasMatch ^/m/(.)$ "{DIR}/htdocs/$1.txt"
Redirect permanent /old https://new.test/there
RedirectMatch gone ^/gone/(.)
<Directory "{DIR}/htdocs/spa">
    FallbackResource /spa/index.html
</Directory>
<Directory "{DIR}/htdocs/two">
    DirectoryIndex none.html /a.txt
</Directory>
<Directory "{DIR}/htdocs/sub">
    DirectorySlash Off
    AcceptPathInfo On
</Directory>
<Location "/echo">
    SetHandler echo
</Location>
AddHandler php-script .php
UnsupportedModules warn
EOT

my @configurations = (
	['nothing', ''],
	['access', $access . <<'EOT'],
ErrorDocument 403 /err/403.html
ErrorDocument 404 /err/404.html
ErrorDocument 405 /none
RemoteIPHeader X-Forwarded-For
RemoteIPTrustedProxy 127.0.0.1
EOT
	['mapping', $mapped],
	['fields', $access . $mapped . <<'EOT'],
ErrorDocument 404 "<p>nothing"
ErrorDocument 410 https://gone.test/
Header set X-Set "%{BOT}e"
Header append X-Set more
Header add Set-Cookie a=b
Header add Set-Cookie c=d
Header always set X-Always "%{HTTPS}s" env=!BOT
Header unset ETag
Header echo ^User
RequestHeader unset Range early
ExpiresActive On
ExpiresDefault "modification plus 1 month"
ExpiresByType image/png A60
AddLanguage de .de
AddEncoding x-gzip .gz
AddDefaultCharset utf-8
<FilesMatch "\.txt$">
    ForceType text/x-note
    Header set X-File yes
</FilesMatch>
<Directory "{DIR}/htdocs">
    Options Indexes SymLinksIfOwnerMatch
</Directory>
IndexOptions FancyIndexing HTMLTable
ServerTokens Full
EOT
	['hosts', <<'EOT'],
<VirtualHost 127.0.0.1:{PORT}>
    ServerName localhost
    Redirect /old /two/
    <Directory "{DIR}/htdocs">
        Options -FollowSymLinks
    </Directory>
</VirtualHost>
<VirtualHost *:{PORT}>
    ServerName never.test
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName two.test
    ServerAlias *.two.test
    DocumentRoot "{DIR}/htdocs/two"
    Alias /list "{DIR}/htdocs/list"
    TraceEnable On
    <Location />
        Header set X-Two "%{REQUEST_SCHEME}e"
    </Location>
</VirtualHost>
EOT
);

# The answer as the server sends it, up to the empty line.
sub served {
	my ($s, $method, $path, @fields) = @_;
	my $text = "$method $path HTTP/1.1\r\n";
	while (my ($name, $value) = splice @fields, 0, 2) {
		$text .= "$name: $value\r\n";
	}
	my $answer = $s->raw("$text\r\n");
	$answer =~ s/\AHTTP\/1\.1 100 .*?\r\n\r\n//s;
	return $answer =~ s/\r\n\r\n.*//sr =~ s/\r\n/\n/gr;
}

# The answer and the last file that were explained.
sub explained {
	my ($s, $conf, $method, $path, @fields) = @_;
	my @options;
	while (my ($name, $value) = splice @fields, 0, 2) {
		push @options, '-H', "$name: $value";
	}
	my $r = $s->run('-f', $conf, 'explain', $method, $path, @options);
	return ("exit status $r->{status}: $r->{err}") if $r->{status} != 0;
	my ($head) = $r->{out} =~ /^Answer *\n((?:    .*\n)+)\z/m;
	my ($file) = reverse $r->{out} =~ /^File       (.*) \(below/mg;
	return ($head =~ s/^    //mgr =~ s/\n\z//r, $file);
}

# Without what changes with the second, and with the age of a new file.
sub undated {
	return $_[0] =~ s/^(Date|Expires): .*$/$1/mgr =~ s/max-age=\d+//r
	    =~ s/^(ETag: )W\//$1/mr;
}

for my $i (0 .. $#configurations) {
	my ($name, $text) = @{ $configurations[$i] };
	my $s = Drover->new(files => \%files, conf => <<"EOT" . $text);
Workers 1
LogFormat "%r %f" asked
CustomLog "{DIR}/logs/asked" asked
EOT
	my $root = $s->dir . '/htdocs';
	symlink 'a.txt', "$root/link.txt" or die "link.txt: $!";
	symlink 'sub', "$root/link" or die "link: $!";
	$s->file('htdocs/unreadable', 'x');
	chmod 0, "$root/unreadable" or die "unreadable: $!";
	ok($s->launch, "$name: it starts") or BAIL_OUT($s->stderr);
	my $dump = $s->run('-D', 'DUMP_CONFIG');
	is($dump->{status}, 0, '... it can be dumped');
	$s->file('conf/dump.cfg', $dump->{out});

	my (@wrong, $asked, @explained);
	my $n = $i;
	for my $path (@paths) {
		for my $way (['GET'], $ways[$n++ % @ways]) {
			my ($method, @fields) = @$way;
			my @request = ($method, $path, @fields,
			    Connection => 'close');
			push @request, Host => 'localhost'
			    if !grep { $_ eq 'Host' } @fields;
			my $conf = 'conf/' . ($n % 4 ? 'httpd.conf' : 'dump.cfg');
			my ($told, $file) = explained($s, $conf, @request);
			my $is = served($s, @request);
			$asked++;
			push @explained, "$method $path HTTP/1.1 "
			    . ($file // '-') if $is =~ /\A\S+ 20/;
			push @wrong, "@request ($conf)\n--- served\n$is\n"
			    . "--- explained\n$told\n"
			    if undated($told) ne undated($is);
		}
	}
	is(scalar @wrong, 0, "... $asked answers are as they were explained")
	    or diag(@wrong);
	$s->stop;
	my %logged = map { $_ => 1 } split /\n/, $s->log('logs/asked');
	is(join("\n", grep { !$logged{$_} } @explained), '',
	    '... and so are ' . @explained . ' files');
}
done_testing;
