#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Where a URI leads: DocumentRoot and DirectoryIndex of each host, Alias,
# Redirect and its short forms, Require.
use strict;
use warnings;
use Test::More;
use Drover;

my $conf = <<'EOF';
Alias "/img" "{DIR}/images"
Alias "/one.ico" "{DIR}/images/icon.ico"
Alias "/missing" "{DIR}/not-there"
Redirect permanent "/old" "http://new.example/there"
RedirectTemp "/temp" "/elsewhere"
RedirectPermanent "/perm" "https://perm.example"
Redirect gone "/away"
Redirect seeother "/form" "/thanks"
<Directory "{DIR}/images">
    Require all granted
</Directory>
<Directory "{DIR}/images/private">
    Require all denied
</Directory>
<Location "/open/closed">
    Require all denied
</Location>
<Location "/moved">
    Redirect 308 "/a.txt"
</Location>
<Directory "{DIR}/other">
    Require all granted
    DirectoryIndex start.html
</Directory>
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName other.example
    DocumentRoot "{DIR}/other"
    Alias "/img" "{DIR}/other/img"
    Redirect "/temp" "/here"
</VirtualHost>
EOF
my $s = Drover->new(conf => $conf, files => {
	'index.html' => "main\n", 'a.txt' => "a\n", 'open/a.txt' => "o\n",
	'open/closed/a.txt' => 'no', 'open/closed2.txt' => "2\n",
});
$s->file(@$_) for (
	['images/a.txt', "image\n"], ['images/icon.ico', "icon\n"],
	['images/private/a.txt', 'no'], ['images-2/a.txt', 'no'],
	['other/start.html', "start\n"], ['other/index.html', 'no'],
	['other/img/a.txt', "other image\n"],
);
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr . $s->log('error'));

my @rows = (
	['/', 200, "main\n"],
	['/a.txt', 200, "a\n"],
	['/img/a.txt', 200, "image\n"],
	['/img', 301, '/img/'],
	['/img-2/a.txt', 404],
	['/img/../a.txt', 200, "a\n"],
	['/img/..%2f..%2fa.txt', 404],
	['/img/private/a.txt', 403],
	['/one.ico', 200, "icon\n"],
	['/one.ico/more', 404],
	['/missing/x', 403],
	['/open/missing', 404],
	['/old/x?y=z', 301, 'http://new.example/there/x?y=z'],
	['/older', 404],
	['/old/a%20b', 301, 'http://new.example/there/a%20b'],
	['/temp/x', 302, '/elsewhere/x'],
	['/perm/x', 301, 'https://perm.example/x'],
	['/away/x', 410],
	['/form', 303, '/thanks'],
	['/moved/x', 308, '/a.txt'],
	['/open/a.txt', 200, "o\n"],
	['/open/closed/a.txt', 403],
	['/open/closed', 403],
	['/open/closed2.txt', 200, "2\n"],
	['other.example/', 200, "start\n"],
	['other.example/a.txt', 404],
	['other.example/img/a.txt', 200, "other image\n"],
	['other.example/one.ico', 200, "icon\n"],
	['other.example/temp/x', 302, '/here/x'],
	['other.example/old', 301, 'http://new.example/there'],
);
for my $row (@rows) {
	my ($target, $status, $what) = @$row;
	my ($host, $path) = $target =~ m{^([^/]*)(.*)$};
	my $r = $s->get($path, Host => $host || 'localhost');
	is($r->{status}, $status, $target);
	is($status < 300 ? $r->{body} : $r->{header}{location}, $what,
	    "$target: " . ($status < 300 ? 'its body' : 'Location'))
	    if defined $what;
}

# A Location never leads to another host by what the client sent.
for my $path ('/temp//evil.example', '/temp/%2F/evil.example',
    '/temp/%5Cevil.example', '/temp/%0d%0aSet-Cookie:%20a=b') {
	my $r = $s->get($path);
	unlike($r->{header}{location} // '/', qr{^//|^/\\|[\r\n]},
	    "$path stays here");
	ok(!$r->{header}{'set-cookie'}, '... and adds no field');
}
$s->stop;

# What cannot be meant is an error, a place that is not there yet a warning.
my %bad = (
	'Require valid-user' => qr/"valid-user" is not supported/,
	'Options Indexes +FollowSymLinks' => qr/either all options/,
	'AllowOverride Some' => qr/"Some" is none of None, All, AuthConfig/,
	'DirectoryIndex ../x' => qr/leads out/,
	'Redirect 200 /a /b' => qr/no status/,
);
for my $line (sort keys %bad) {
	$s->set_conf("<Directory /x>\n$line\n</Directory>\n");
	my $run = $s->run('-t');
	is($run->{status}, 1, "$line: refused");
	like($run->{err}, $bad{$line}, '... with the reason');
}
$s->set_conf('DocumentRoot nowhere');
is($s->run('-t')->{status}, 1, 'a DocumentRoot that is not there: refused');
$s->set_conf("<VirtualHost *>\nDocumentRoot nowhere\n</VirtualHost>\n");
my $run = $s->run('-t');
is($run->{status}, 0, '... that of a host: not');
like($run->{err}, qr/warning: .*does not exist/, '... but a warning');
done_testing;
