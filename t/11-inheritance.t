#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What an inner section makes of what holds outside of it: Options with + and -
# and without, lists that add and lists that replace.  The tables are Apache's
# answers; where apache2 is installed it is asked again.
use strict;
use warnings;
use Drover;
use Drover::Others;
use Test::More;

# Options of a folder, of one below it, and of that as a location; whether it is
# listed then, and whether a link in it is followed.
my @options = (
	# The two examples of Apache's manual.
	['Indexes FollowSymLinks', 'Includes', '', 0, 0],
	['Indexes FollowSymLinks', '+Includes -Indexes', '', 0, 1],
	['None', '+Indexes', '', 1, 0],
	['None', '+FollowSymLinks', '', 0, 1],
	['All', '-Indexes', '', 0, 1],
	['All', '-FollowSymLinks', '', 1, 0],
	['Indexes', 'FollowSymLinks', '', 0, 1],
	['Indexes', '+FollowSymLinks', '', 1, 1],
	['+Indexes', '-FollowSymLinks', '', 1, 0],
	['+Indexes', '', '', 1, 1],
	['-FollowSymLinks', '+FollowSymLinks', '', 0, 1],
	['-FollowSymLinks +Indexes', '-Indexes', '', 0, 0],
	['-Indexes', 'Indexes', '', 1, 0],
	['None', 'All', '', 1, 1],
	['All', 'None', '', 0, 0],
	['None', 'SymLinksIfOwnerMatch', '', 0, 1],
	['FollowSymLinks', 'SymLinksIfOwnerMatch', '', 0, 1],
	['Indexes', 'None', '+Indexes', 1, 0],
	['None', '+Indexes', '-Indexes', 0, 0],
	# Links are not for locations to say.
	['None', 'Indexes', 'FollowSymLinks', 0, 0],
	['All', 'All', 'None', 0, 1],
	# Two lines of one section.
	['None', "Indexes\n    Options +FollowSymLinks", '', 1, 1],
	['All', "-Indexes\n    Options -FollowSymLinks", '', 0, 0],
	['All', "-Indexes\n    Options +Indexes", '', 1, 1],
	['Indexes', "+FollowSymLinks\n    Options None", '', 0, 0],
);

my $conf = '';
for my $i (0 .. $#options) {
	my ($outer, $inner, $location) = @{ $options[$i] };
	$conf .= "<Directory \"{ROOT}/o$i\">\n    Options $outer\n</Directory>\n";
	$conf .= "<Directory \"{ROOT}/o$i/in\">\n    Options $inner\n" .
	    "</Directory>\n" if $inner;
	$conf .= "<Location \"/o$i/in\">\n    Options $location\n</Location>\n"
	    if $location;
}

$conf .= <<'EOT';
Alias "/al" "{ROOT}/lists/other"
AddType text/outer .one .two
Redirect "/red" "http://main.test/to"
ErrorDocument 404 "outer 404"
ErrorDocument 403 "outer 403"
<Directory "{ROOT}/lists">
    DirectoryIndex a.html b.html
</Directory>
<Directory "{ROOT}/lists/in">
    DirectoryIndex b.html
    AddType text/inner .two .three
    ErrorDocument 404 "inner 404"
</Directory>
<Directory "{ROOT}/lists/twice">
    DirectoryIndex a.html
    DirectoryIndex b.html
</Directory>
<Directory "{ROOT}/lists/none">
    DirectoryIndex disabled
    Options None
</Directory>
<Location "/lists/in/shut">
    Require all denied
</Location>
<VirtualHost *>
    ServerName localhost
</VirtualHost>
<VirtualHost *>
    ServerName host
    Alias "/al" "{ROOT}/lists/in"
    AddType text/host .one
    Redirect "/red" "http://host.test/to"
    ErrorDocument 404 "host 404"
</VirtualHost>
EOT

my @lists = (
	# host, path, status, type or location, body
	['localhost', '/lists/x.one', 200, 'text/outer', "x\n"],
	['localhost', '/lists/in/x.one', 200, 'text/outer', "x\n"],
	['localhost', '/lists/in/x.two', 200, 'text/inner', "x\n"],
	['localhost', '/lists/in/x.three', 200, 'text/inner', "x\n"],
	['host', '/lists/x.one', 200, 'text/host', "x\n"],
	['host', '/lists/x.two', 200, 'text/outer', "x\n"],
	['host', '/lists/in/x.two', 200, 'text/inner', "x\n"],
	['localhost', '/lists/', 200, 'text/html', "a\n"],
	['localhost', '/lists/in/', 200, 'text/html', "b\n"],
	['localhost', '/lists/twice/', 200, 'text/html', "a\n"],
	['localhost', '/lists/none/', 403],
	['localhost', '/al/x.one', 200, 'text/outer', "other\n"],
	['host', '/al/x.one', 200, 'text/host', "x\n"],
	['localhost', '/red/x', 302, 'http://main.test/to/x'],
	['host', '/red/x', 302, 'http://host.test/to/x'],
	['localhost', '/none', 404, undef, 'outer 404'],
	['localhost', '/lists/in/none', 404, undef, 'inner 404'],
	['localhost', '/lists/in/shut', 403, undef, 'outer 403'],
	['host', '/none', 404, undef, 'host 404'],
	['host', '/lists/in/none', 404, undef, 'inner 404'],
);

my $s = Drover->new(files => {
	'target' => "target\n", 'lists/a.html' => "a\n",
	'lists/b.html' => "b\n", 'lists/in/a.html' => "a\n",
	'lists/in/b.html' => "b\n", 'lists/twice/a.html' => "a\n",
	'lists/twice/b.html' => "b\n", 'lists/none/a.html' => "a\n",
	'lists/other/x.one' => "other\n",
	(map { ("lists/x.$_" => "x\n", "lists/in/x.$_" => "x\n") }
	    qw(one two three)),
	(map { ("o$_/in/file" => "x\n") } 0 .. $#options),
});
my $root = $s->dir . '/htdocs';
symlink '../../target', "$root/o$_/in/link" for 0 .. $#options;

sub get {
	my ($port, $path, $host) = @_;
	my $conn = Drover::Conn->new($port);
	$conn->request('GET', $path, '', Host => $host, Connection => 'close');
	return $conn->response;
}

sub check {
	my ($who, $port) = @_;
	for my $i (0 .. $#options) {
		my ($outer, $inner, $location, $listed, $followed) =
		    @{ $options[$i] };
		(my $name = "$outer, $inner, $location") =~ s/\s+/ /g;
		is(get($port, "/o$i/in/", 'localhost')->{status},
		    $listed ? 200 : 403, "$who: $name: listed: $listed");
		is(get($port, "/o$i/in/link", 'localhost')->{status},
		    $followed ? 200 : 403, "$who: $name: followed: $followed");
	}
	for my $row (@lists) {
		my ($host, $path, $status, $field, $body) = @$row;
		my $r = get($port, $path, $host);
		is($r->{status}, $status, "$who: $host $path");
		my $got = $r->{header}{location} //
		    $r->{header}{'content-type'};
		is($got =~ s/;.*//r, $field, "$who: $host $path: field")
		    if $field;
		is($r->{body}, $body, "$who: $host $path: body") if $body;
	}
	return;
}

(my $ours = $conf) =~ s/\{ROOT\}/$root/g;
$s->set_conf($ours);
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr . $s->log('error'));
check('Drover', $s->port);
$s->stop;

SKIP: {
	my $apache = Drover::Others->start('apache', $s->dir, $root,
	    conf => $conf, modules => ['alias', 'autoindex']) or
	    skip('no apache2', 1);
	check('Apache', $apache->port);
	$apache->stop;
}
done_testing;
