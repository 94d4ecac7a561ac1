#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# RewriteRule under UnsupportedModules warn: what one closes stays closed, and
# what one gives to somebody else to run is not sent.
use strict;
use warnings;
use Test::More;
use Drover;

my @files = qw(a.txt secret/a.txt Secret/a.txt open/a.txt a.php gone/a
    dir/secret/a dir/a.bak dir/a dir/off/a.bak dir/on/a.bak dir/sub/a
    host/a run/a.cgi only/index.html only/b typed/a.phps legal/a);
my $conf = <<'EOT';
UnsupportedModules warn
MergeSlashes Off
RewriteEngine On
RewriteRule "^/secret" - [F]
RewriteCond %{HTTP_USER_AGENT} never
RewriteRule "^/open/closed" "-" [L,NC,forbidden]
RewriteRule ^/gone - [G]
RewriteRule ^/legal - [R=451,L]
RewriteRule ^/ask - [R=401]
RewriteRule "^(/.*\.php)$" "fcgi://127.0.0.1:9000/$1" [P]
RewriteRule \.cgi$ - [H=cgi-script]
RewriteRule \.phps$ - [T=application/x-httpd-php-source]
RewriteRule ^/a\.txt$ /elsewhere [R=302]
RewriteRule !^/ - [F]
<Directory "{DIR}/htdocs/dir">
    RewriteEngine On
    RewriteRule ^secret/ - [F]
    RewriteRule \.bak$ - [F,L]
</Directory>
<Directory "{DIR}/htdocs/dir/off">
    RewriteEngine Off
</Directory>
<Directory "{DIR}/htdocs/dir/sub">
    RewriteRule ^a$ - [F]
</Directory>
<Directory "{DIR}/htdocs/only">
    RewriteRule ^index\.html$ - [F]
</Directory>
<VirtualHost *>
    ServerName localhost
    RewriteOptions Inherit
</VirtualHost>
<VirtualHost *>
    ServerName own
    RewriteRule ^/host - [F]
    RewriteEngine On
</VirtualHost>
<VirtualHost *>
    ServerName off
    RewriteRule ^/host - [F]
    <Location /host/on>
        RewriteEngine On
    </Location>
</VirtualHost>
EOT
my $s = Drover->start(conf => $conf, files => { map { $_ => "$_\n" } @files });

my @rows = (
	['/a.txt', 200], ['/open/a.txt', 200], ['/Secret/a.txt', 200],
	['/secret/a.txt', 403], ['/secret', 403], ['/secrets', 403],
	['//secret/a.txt', 403], ['/%73ecret/a.txt', 403],
	['/open/../secret/a.txt', 403], ['/OPEN/Closed', 403],
	['/gone/a', 410], ['/legal/a', 451], ['/ask', 403],
	['/a.php', 501], ['//a.php', 501], ['/a.php?x', 501],
	['/run/a.cgi', 501], ['/typed/a.phps', 501],
	['/dir/a', 200], ['/dir/a.bak', 403], ['/dir/secret/a', 403],
	['/dir//secret//a', 403],
	['/dir/off/a.bak', 200], ['/dir/on/a.bak', 403], ['/dir/sub/a', 403],
	# An index has the name that it is asked for by.
	['/only/', 403], ['/only/index.html', 403], ['/only/b', 200],
);
my $conn = $s->connect;
for my $row (@rows) {
	my ($path, $status) = @$row;
	for my $method ('GET', 'HEAD') {
		$conn->request($method, $path, '');
		my $r = $conn->response($method eq 'HEAD');
		is($r->{status}, $status, "$method $path: $status");
		$conn = $s->connect
		    if ($r->{header}{connection} // '') eq 'close';
	}
}
# Hosts have their own, and the main server's where they say so.
my @hosts = (['own', '/host/a', 403], ['own', '/secret/a.txt', 200],
    ['off', '/host/a', 200], ['off', '/host/on', 403],
    ['off', '/dir/a.bak', 403],
    ['localhost', '/host/a', 200]);
for my $row (@hosts) {
	my ($host, $path, $status) = @$row;
	is($s->get($path, Host => $host)->{status}, $status, "$host$path");
}
$s->wait_log('error', qr{rewrite:warn.*closed by a RewriteRule\S* .*: /gone/a$}m);
$s->stop;

# What is said of it.
my $t = Drover->new;
for my $line ('RewriteRule ^/a - [F]', 'RewriteRule ^/a /b',
    'RewriteRule ^/a /b [P]') {
	$t->set_conf("RewriteEngine On\n$line");
	my $run = $t->run('-t');
	is($run->{status}, 1, "$line: refused");
	like($run->{err}, qr/error: RewriteRule: Drover rewrites nothing/,
	    '... with the reason');
	$t->set_conf("UnsupportedModules warn\n$line");
	$run = $t->run('-t');
	is($run->{status}, 0, '... but with UnsupportedModules warn');
	like($run->{err}, $line =~ /\[/ ? qr/warning: .* is answered by \d+,/ :
	    qr/warning: .* leaves this rule out/, '... told of');
}
my %wrong = ('RewriteRule ^( - [F]' => qr/missing closing/,
    'RewriteRule !^( - [F]' => qr/missing closing/,
    'RewriteRule a b F' => qr/flags stand in brackets/,
    'RewriteEngine maybe' => qr/neither On nor Off/);
for my $line (sort keys %wrong) {
	$t->set_conf("UnsupportedModules warn\n$line");
	like($t->run('-t')->{err}, qr/error: .*$wrong{$line}/, $line);
}
done_testing;
