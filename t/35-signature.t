#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ServerSignature and ServerAdmin: who signs the pages that the server makes.
# Where apache2 is installed it signs them alike.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

my $conf = <<'EOT';
Options +Indexes
DirectoryIndex disabled
Redirect 500 /broken
Redirect 503 /busy
Redirect 302 /away http://x.example/
Redirect 500 /mail/broken
<Directory "{DIR}/htdocs">
    ServerSignature On
</Directory>
<Directory "{DIR}/htdocs/off">
    ServerSignature Off
</Directory>
<Location /mail>
    ServerSignature EMail
</Location>
<Location /canonical>
    UseCanonicalName On
</Location>
<Location /port>
    UseCanonicalName On
    UseCanonicalPhysicalPort On
</Location>
<Location /readme>
    ReadmeName /off/a.txt
</Location>
<Location /table>
    IndexOptions FancyIndexing HTMLTable
</Location>
<Location /header>
    HeaderName /off/a.txt
</Location>
EOT
my $admin = "ServerAdmin \"me&you\@x.example\"\n";
my %files = map { ("$_/a.txt" => "a\n") } qw(list off mail readme table header);

# A path, a Host, and what stands between "Server at" and the end of the line;
# {PORT} is that of the connection.
my @rows = (
	['/none', 'name.test', 'name.test Port 80'],
	['/none', 'name.test:81', 'name.test Port 81'],
	['/list/', 'name.test', 'name.test Port 80'],
	['/table/', 'name.test', 'name.test Port 80'],
	['/header/', 'name.test', 'name.test Port 80'],
	['/readme/', 'name.test', ''],
	['/off/', 'name.test', ''],
	['/off/none', 'name.test', ''],
	['/broken', 'name.test', ''],
	['/mail/', 'name.test:82',
	    '<a href="mailto:me&amp;you@x.example">name.test</a> Port 82'],
	['/mail/none', 'name.test',
	    '<a href="mailto:me&amp;you@x.example">name.test</a> Port 80'],
	['/mail/broken', 'name.test',
	    '<a href="mailto:me&amp;you@x.example">name.test</a> Port 80'],
	['/canonical', 'name.test:83', 'main.test Port 80'],
	['/port', 'name.test:83', 'main.test Port {PORT}'],
);

# The answer; its body without the headers' bytes.
sub ask {
	my ($s, $port, $path, $host) = @_;
	my $c = $s->connect($port);
	$c->send("GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n");
	my $r = $c->response;
	$c->close;
	return $r;
}

# What its line says; the program's own name is $program.
sub line {
	my ($r, $program) = @_;
	return $r->{body} =~ m{<address>\Q$program\E Server at (.*)</address>\n.*</html>}s
	    ? $1 : $r->{body} =~ /<address|Server at/ ? $r->{body} : '';
}

my $s = Drover->new(conf => "ServerName main.test\n$admin$conf",
    files => \%files);
ok($s->launch, 'it starts') or diag($s->stderr);
my $name = sub { $_[0]->[2] =~ s/\{PORT\}/$_[1]/r };
for my $row (@rows) {
	my $own = line(ask($s, $s->port, @$row[0, 1]), 'Drover');
	is($own, $name->($row, $s->port), "$row->[0] of $row->[1]");
}
my $r = ask($s, $s->port, '/broken', 'x');
like($r->{body}, qr{<p>Please tell me&amp;you\@x\.example when}, 'whom to tell');
unlike(ask($s, $s->port, '/busy', 'x')->{body}, qr/me&/, '... of a 500 alone');
$r = ask($s, $s->port, '/none', 'x');
is($r->{header}{'content-length'}, length $r->{body}, 'the length of all');
like($r->{body}, qr{<hr>\n<address>.*</address>\n</main></body></html>\n\z},
    'at the end');
my $c = $s->connect;
$c->request('HEAD', '/none', '', Host => 'x', Connection => 'close');
is($c->response(1)->{header}{'content-length'}, length $r->{body}, 'HEAD as GET');
$c->close;
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s, [qw(alias autoindex dir mime)],
	    "ServerName main.test\nTypesConfig /dev/null\nAddType text/plain .txt\n" .
	    "ServerTokens Prod\n$admin" . $conf =~ s/\{DIR\}/$s->{dir}/gr);
	skip $apache, scalar @rows if !ref $apache;
	for my $row (@rows) {
		is(line(ask($s, $apache->port, @$row[0, 1]), 'Apache'),
		    $name->($row, $apache->port), "Apache: $row->[0] of $row->[1]");
	}
	$apache->stop;
}

# ---- by default, of hosts, and in other words ----

$s->set_conf(<<'EOT');
ServerName main.test
ServerTokens Min
Redirect 500 /broken
<VirtualHost *>
    ServerName a.test:8443
    UseCanonicalName On
    ServerSignature EMail
</VirtualHost>
<VirtualHost *>
    ServerName b.test
    ServerSignature EMail
    ServerAdmin https://b.test/"help"
</VirtualHost>
<VirtualHost *>
    ServerName c.test
    ServerAdmin c@c.test
</VirtualHost>
EOT
ok($s->launch, 'hosts') or diag($s->stderr);
my ($version) = $s->run('-v')->{out} =~ m{(Drover/[\d.]+)};
is(line(ask($s, $s->port, '/none', 'a.test'), $version), 'a.test Port 8443',
    'EMail without an address; the tokens');
is(line(ask($s, $s->port, '/none', 'b.test'), $version),
    '<a href="https://b.test/&quot;help&quot;">b.test</a> Port 80', 'a URL');
is(line(ask($s, $s->port, '/none', 'c.test'), $version), '', 'Off by default');
$s->stop;

$s->set_conf("ServerSignature Loud\nServerAdmin a b\n<Directory />\n" .
    "ServerAdmin x\n</Directory>\n");
my $err = $s->run('-t')->{err};
like($err, qr/:17: error: ServerSignature: "Loud" is none of/, 'a strange word');
like($err, qr/error: more arguments than it takes: ServerAdmin/, 'two addresses');
like($err, qr/error: ServerAdmin may not stand inside/, 'of hosts alone');

done_testing;
