#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The configurations that Apache is delivered with load unchanged and serve:
# a tree in the layout of Debian's package, with its envvars and its links in
# mods-enabled; that package's own files where it is installed; and one file
# like that of Apache's source.  APACHE_TREE may name another /etc/apache2.
use strict;
use warnings;
use File::Path qw(make_path);
use Test::More;
use Drover;
use Drover::Stock;

my ($user, $group) = Drover::unprivileged();
my $mime = (grep { -e } '/etc/mime.types', "$Drover::SRC/conf/mime.types")[0];

# ---- a tree like Debian's, in words of our own ----

my %tree = (
	'envvars' => <<"EOT",
unset HOME
export APACHE_RUN_USER=$user
export APACHE_RUN_GROUP=$group
export APACHE_RUN_DIR=/var/run/apache2
export APACHE_PID_FILE=/var/run/apache2/apache2.pid
export APACHE_LOCK_DIR=/var/lock/apache2
export APACHE_LOG_DIR=/var/log/apache2
export LANG=C
EOT
	'apache2.conf' => <<'EOT',
DefaultRuntimeDir ${APACHE_RUN_DIR}
PidFile ${APACHE_PID_FILE}
Timeout 200
KeepAlive On
MaxKeepAliveRequests 50
KeepAliveTimeout 4
User ${APACHE_RUN_USER}
Group ${APACHE_RUN_GROUP}
HostnameLookups Off
ErrorLog ${APACHE_LOG_DIR}/error.log
LogLevel warn
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
	Options FollowSymLinks
	AllowOverride None
	Require all denied
</Directory>
<Directory /usr/share>
	AllowOverride None
	Require all granted
</Directory>
<Directory /var/www/>
	Options Indexes FollowSymLinks
	AllowOverride None
	Require all granted
</Directory>
AccessFileName .htaccess
<FilesMatch "^\.ht">
	Require all denied
</FilesMatch>
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O" vhost_combined
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined
LogFormat "%h %l %u %t \"%r\" %>s %O" common
LogFormat "%{Referer}i -> %U" referer
LogFormat "%{User-agent}i" agent
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
EOT
	'ports.conf' => <<'EOT',
Listen 80
<IfModule ssl_module>
	Listen 443
</IfModule>
<IfModule mod_gnutls.c>
	Listen 443
</IfModule>
EOT
	'sites-available/000-default.conf' => <<'EOT',
<VirtualHost *:80>
	ServerAdmin root@localhost
	DocumentRoot /var/www/html
	ErrorLog ${APACHE_LOG_DIR}/error.log
	CustomLog ${APACHE_LOG_DIR}/access.log combined
</VirtualHost>
EOT
	'conf-available/charset.conf' => "# AddDefaultCharset UTF-8\n",
	'conf-available/other-vhosts-access-log.conf' =>
	    "CustomLog \${APACHE_LOG_DIR}/other_vhosts_access.log vhost_combined\n",
	'conf-available/security.conf' =>
	    "ServerTokens OS\nServerSignature On\nTraceEnable Off\n",
	'conf-available/serve-cgi-bin.conf' => <<'EOT',
<IfModule mod_alias.c>
	<IfModule mod_cgi.c>
		Define ENABLE_USR_LIB_CGI_BIN
	</IfModule>
	<IfDefine ENABLE_USR_LIB_CGI_BIN>
		ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/
		<Directory "/usr/lib/cgi-bin">
			AllowOverride None
			Options +ExecCGI -MultiViews +SymLinksIfOwnerMatch
			Require all granted
		</Directory>
	</IfDefine>
</IfModule>
EOT
);
my %settings = (
	alias => <<'EOT',
<IfModule alias_module>
	Alias /icons/ "/usr/share/apache2/icons/"
	<Directory "/usr/share/apache2/icons">
		Options FollowSymlinks
		AllowOverride None
		Require all granted
	</Directory>
</IfModule>
EOT
	autoindex => <<'EOT',
<IfModule mod_autoindex.c>
	IndexOptions FancyIndexing VersionSort HTMLTable NameWidth=* DescriptionWidth=* Charset=UTF-8
	AddIconByEncoding (CMP,/icons/packed.gif) x-gzip
	AddIconByType (TXT,/icons/text.gif) text/*
	AddIconByType (IMG,/icons/image.gif) image/*
	AddIcon /icons/back.gif ..
	AddIcon /icons/folder.gif ^^DIRECTORY^^
	AddIcon /icons/blank.gif ^^BLANKICON^^
	DefaultIcon /icons/unknown.gif
	ReadmeName README.html
	HeaderName HEADER.html
	IndexIgnore .??* *~ *#
</IfModule>
EOT
	deflate => <<'EOT',
<IfModule mod_deflate.c>
	<IfModule mod_filter.c>
		AddOutputFilterByType DEFLATE text/html text/plain
		AddOutputFilterByType DEFLATE application/xml
	</IfModule>
</IfModule>
EOT
	dir => "DirectoryIndex index.html index.cgi index.php\n",
	mime => <<"EOT",
TypesConfig $mime
AddType application/x-gzip .gz .tgz
AddLanguage de .de
AddLanguage pt-BR .pt-br
RemoveType es
AddCharset UTF-8 .utf8
AddHandler type-map var
AddType text/html .shtml
<IfModule mod_include.c>
	AddOutputFilter INCLUDES .shtml
</IfModule>
EOT
	mpm_event => <<'EOT',
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadLimit 64
ThreadsPerChild 25
MaxRequestWorkers 150
MaxConnectionsPerChild 0
EOT
	negotiation =>
	    "LanguagePriority en de\nForceLanguagePriority Prefer Fallback\n",
	reqtimeout => "RequestReadTimeout header=20-40,minrate=500\n" .
	    "RequestReadTimeout body=10,minrate=500\n",
	setenvif => qq{BrowserMatch "Mozilla/2" nokeepalive\n} .
	    qq{BrowserMatch "Java/1\\.0" force-response-1.0\n},
	status => <<'EOT',
<IfModule mod_status.c>
	<Location /server-status>
		SetHandler server-status
		Require local
	</Location>
	ExtendedStatus On
	<IfModule mod_proxy.c>
		ProxyStatus On
	</IfModule>
</IfModule>
EOT
);
for my $module (qw(access_compat alias auth_basic authn_core authn_file
    authz_core authz_host authz_user autoindex deflate dir env filter mime
    mpm_event negotiation reqtimeout setenvif status)) {
	$tree{"mods-available/$module.load"} = "# Depends: nothing\n" .
	    "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so\n";
	$tree{"mods-available/$module.conf"} = $settings{$module}
	    if $settings{$module};
}

# Writes it below the server's folder, with the links.
sub write_tree {
	my ($s) = @_;
	make_path(map { "$s->{dir}/apache2/$_-enabled" } qw(mods conf sites));
	for my $name (sort keys %tree) {
		$s->file("apache2/$name", $tree{$name});
		my $link = $name =~ s/-available/-enabled/r;
		next if $link eq $name;
		symlink "../$name", "$s->{dir}/apache2/$link"
		    or die "$link: $!";
	}
}

# ---- loading and serving a tree ----

# What its envvars set, with the folders that are the test's own.
sub environment {
	my ($s) = @_;
	my $dir = "$s->{dir}/apache2";
	my %own = (APACHE_RUN_DIR => $s->{dir}, APACHE_LOCK_DIR => $s->{dir},
	    APACHE_PID_FILE => $s->pid_file, APACHE_LOG_DIR => "$s->{dir}/logs");
	local $ENV{APACHE_CONFDIR} = $dir;
	my %set = map { /^(APACHE_\w+)=(.*)/ ? ($1 => $2) : () }
	    qx(sh -c '. "$dir/envvars"; env');
	is(scalar(grep { !defined $set{$_} } keys %own), 0, 'the envvars');
	return { %set, %own };
}

# drover -f .../apache2.conf and nothing else.
sub drover {
	my ($s, $env, @args) = @_;
	local %ENV = (%ENV, %$env);
	my @command = ($Drover::PROGRAM, '-f', "$s->{dir}/apache2/apache2.conf",
	    @args);
	my $out = qx(@{[join ' ', map { "'$_'" } @command]} 2>&1);
	return ($? >> 8, $out);
}

# The names in the report.
sub unsupported {
	my ($said) = @_;
	my ($list) = $said =~ /^Unsupported:\n((?:  .*\n)*)/m;
	return join ' ', ($list // '') =~ /^  (\w+)/mg;
}

sub loads {
	my ($s, $env) = @_;
	my ($status, $said) = drover($s, $env, '-t', '-T');
	is($status, 0, 'it loads unchanged') or diag($said);
	my %times;
	$times{$_}++ for $said =~ /: warning: (\w+)(?::| \()/g;
	is_deeply([grep { $times{$_} > 1 && $_ ne 'Drover' } sort keys %times],
	    [], 'with one warning for a name at most');
	is(unsupported($said), 'AddHandler', 'of all, type-map is unsupported');
	like($said, qr/^Syntax OK$/m, 'and all is well');
	(undef, $said) = drover($s, $env, '-T', '-D', 'DUMP_INCLUDES');
	like($said, qr{^    \(\d+\) .*/$_$}m, "$_ is read")
	    for qw(mods-enabled/mime.load mods-enabled/mime.conf ports.conf
	    conf-enabled/security.conf sites-enabled/000-default.conf);
}

# The port and the folders of the machine become the test's own.
sub move {
	my ($s) = @_;
	my ($dir, $port) = ($s->{dir}, $s->port);
	for my $path (glob("\Q$dir\E/apache2/*.conf \Q$dir\E/apache2/*-available/*.conf")) {
		my $text = Drover::slurp($path);
		$text =~ s/^(\s*Listen) 80$/$1 127.0.0.1:$port/mg;
		$text =~ s/\*:80>/*:$port>/g;
		$text =~ s{/var/www\b}{$dir/www}g;
		$text =~ s{/usr/share/apache2/icons}{$dir/icons}g;
		$s->file($path =~ s{^\Q$dir\E/}{}r, $text);
	}
	my %files = ('www/html/index.html' => "<p>It works\n",
	    'www/html/.htaccess' => "secret\n", 'www/html/a.html.de' => "ja\n",
	    'www/html/list/one.txt' => "1\n", 'www/html/list/two~' => "2\n",
	    'www/html/page.var' => "secret\n", 'www/html/x.php' => "<?php\n",
	    'icons/text.gif' => "GIF89a");
	$s->file($_, $files{$_}) for keys %files;
}

sub serves {
	my ($s, $env) = @_;
	my $dir = "$s->{dir}/apache2";
	$s->launch(env => $env, args => ['-d', $dir, '-f', 'apache2.conf',
	    Drover::is_watched() ? ('-c', 'Sandbox off') : ()])
	    or return ok(0, 'it starts') || diag($s->stderr);
	my $r = $s->get('/');
	is("$r->{status} $r->{header}{'content-type'} $r->{body}",
	    "200 text/html <p>It works\n", 'the default site');
	like($r->{header}{server}, qr{^Drover/[\d.]+ \(Linux\)$},
	    'ServerTokens OS');
	$r = $s->get('/server-status?auto');
	is($r->{status}, 200, 'server-status');
	like($r->{body}, qr/^Total Accesses: \d+$/m, '... extended');
	$r = $s->get('/icons/text.gif');
	is("$r->{status} $r->{header}{'content-type'}", '200 image/gif',
	    'an icon');
	$r = $s->get('/a.html.de');
	is("$r->{status} $r->{header}{'content-language'}", '200 de',
	    'a language');
	is($s->get("/$_->[0]")->{status}, $_->[1], "/$_->[0]: $_->[1]")
	    for ['.htaccess', 403], ['none', 404], ['page.var', 501],
	    ['icons/', 403], ['cgi-bin/x', 404];
	like($s->get('/none')->{body}, qr{<address>Drover/[\d.]+ \(Linux\) Server at },
	    'ServerSignature On');
	is($s->request('TRACE', '/', '')->{status}, 405, 'TraceEnable Off');
	$r = $s->get('/list/');
	is($r->{status}, 200, 'a listing');
	like($r->{body}, qr/one\.txt/, '... of what is there');
	unlike($r->{body}, qr/two~/, '... but for IndexIgnore');
	ok($s->wait_until(sub {
	    Drover::slurp("$s->{dir}/logs/access.log") =~
		m{^127\.0\.0\.1 - - \[.*\] "GET /list/ HTTP/1\.1" 200 \d+ "-" "-"$}m
	}), 'the access log of the site');
	is(Drover::slurp("$s->{dir}/logs/other_vhosts_access.log"), '',
	    'and not that of others');
	like(Drover::slurp("$s->{dir}/logs/error.log"),
	    qr/AH01630: client denied by server configuration: .*\.htaccess/,
	    'the error log');
	unlike(Drover::slurp("$s->{dir}/logs/error.log"), qr/cannot open/,
	    'no word about a DocumentRoot that nobody set');
	$s->stop;
}

subtest 'a tree in the layout of Debian' => sub {
	my $s = Drover->new;
	write_tree($s);
	my $env = environment($s);
	loads($s, $env);
	move($s);
	serves($s, $env);
};

subtest 'the files of the package' => sub {
	my $tree = $ENV{APACHE_TREE} // '/etc/apache2';
	plan skip_all => "no $tree/apache2.conf" if !-e "$tree/apache2.conf";
	plan skip_all => 'no /etc/mime.types' if !-e '/etc/mime.types';
	my $s = Drover->new;
	is(system('cp', '-a', $tree, "$s->{dir}/apache2"), 0, 'a copy');
	my $env = environment($s);
	plan skip_all => "no user $env->{APACHE_RUN_USER}"
	    if !defined getpwnam $env->{APACHE_RUN_USER};
	loads($s, $env);
	move($s);
	serves($s, $env);
};

# ---- one file, as the source of Apache has it ----

subtest 'the file of the source' => sub {
	my $text = Drover::Stock::conf($user, $group) . "PidFile logs/drover.pid\n";
	my $s = Drover->new(bare => 1, conf => $text, files => {
		'index.html' => "<p>It works\n", '.htpasswd' => "x\n",
		'list/one.gz' => 'x', 'list/.hidden' => 'x' });
	$s->file('conf/mime.types', "text/html html\n");
	$s->file('cgi-bin/test', "#!/bin/sh\necho secret\n");
	my $r = $s->run('-t');
	is($r->{status}, 0, 'it loads unchanged') or diag($r->{err});
	is(unsupported($r->{out}), 'ScriptAlias', 'of all, CGI is unsupported');
	ok($s->launch, 'it starts') or return diag($s->stderr);
	$r = $s->get('/');
	is("$r->{status} $r->{header}{'content-type'} $r->{body}",
	    "200 text/html <p>It works\n", 'the first page');
	is($s->get('/.htpasswd')->{status}, 403, '.ht* is closed');
	$r = $s->get('/list/');
	like($r->{body}, qr/one\.gz/, 'a listing');
	is($s->get('/list/one.gz')->{header}{'content-type'},
	    'application/x-gzip', 'a type');
	$r = $s->get('/cgi-bin/test');
	is($r->{status}, 501, 'no program is run');
	unlike($r->{body}, qr/secret/, '... nor sent');
	ok($s->wait_log('access', qr{"GET /cgi-bin/test HTTP/1\.1" 501 \d+$}m),
	    'the access log');
	$s->stop;
};

done_testing;
