#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# VirtualDocumentRoot and VirtualDocumentRootIP: what becomes of a name, that
# none leads out of the root, and that VirtualScriptAlias runs and sends
# nothing.
use strict;
use warnings;
use Drover;
use Drover::Sandbox;
use Drover::Table;
use Test::More;

# What each format makes of each name; the folders are there, with their own
# path in a file.  Apache knows empty parts, which lead to the folder above.
my @names = ('www.Domain.example.com', 'ab', 'a.b.', '.evil.com');
my @formats = (
	['%0', 'www.domain.example.com', 'ab', 'a.b', undef],
	['%1', qw(www ab a _)],
	['%2', qw(domain _ b evil)],
	['%-1', qw(com ab b com)],
	['%-2', qw(example _ a evil)],
	['%2+', qw(domain.example.com _ b evil.com)],
	['%1+', 'www.domain.example.com', 'ab', 'a.b', undef],
	['%-2+', 'www.domain.example', '_', 'a', undef],
	['%1.1', qw(w a a _)],
	['%1.2', qw(w b _ _)],
	['%1.-1', qw(w b a _)],
	['%1.2+', qw(ww b _ _)],
	['%1.-2+', qw(ww a _ _)],
	['%3.1/%3.2/%2', qw(e/x/domain _/_/_ _/_/b c/o/evil)],
	['%9', qw(_ _ _ _)],
	['%-2.1', qw(e _ a e)],
	['%3+', qw(example.com _ _ com)],
	['%-1.2', qw(o b _ o)],
	['%2.0', qw(domain _ b evil)],
	['%1.9', qw(_ _ _ _)],
	['x-%%-%p', qw(x-%-80 x-%-80 x-%-80 x-%-80)],
);

my $s = Drover->new;
my $dir = $s->dir;
my ($conf, $own, $there) = ("UseCanonicalName Off\n" .
    "<Directory \"$dir\">\nRequire all granted\n</Directory>\n");
for my $i (0 .. $#formats) {
	my ($format, @paths) = @{$formats[$i]};
	$s->file("v$i/$_/z/f", "$_\n") for grep { defined } @paths;
}
# One server for each would take long: a port of its own makes a host.
my @ports = map { Drover::free_port() } @formats;
for my $i (0 .. $#formats) {
	$conf .= "Listen 127.0.0.1:$ports[$i]\n" .
	    "<VirtualHost 127.0.0.1:$ports[$i]>\n" .
	    "VirtualDocumentRoot \"$dir/v$i/$formats[$i][0]/z\"\n" .
	    "</VirtualHost>\n";
}

sub ask_formats {
	my ($who) = @_;
	for my $i (0 .. $#formats) {
		my ($format, @paths) = @{$formats[$i]};
		for my $n (0 .. $#names) {
			# A name that Apache cuts to nothing, and a port that
			# it takes from <VirtualHost>.
			next if $who eq 'Apache' &&
			    ($names[$n] =~ /^\./ || $format =~ /%p/);
			my $wanted = defined $paths[$n] ? "200 $paths[$n]"
			    : '404';
			is(Drover::Table::ask($ports[$i],
			    "/f | Host: $names[$n]", $wanted =~ / /),
			    $wanted, "$who: $format of $names[$n]");
		}
	}
	return;
}
$s->set_conf($conf);
ok($s->launch, 'it starts') or diag($s->stderr);
ask_formats('Drover');
$s->stop;
SKIP: {
	my $apache = Drover::Apache->start($s, ['vhost_alias'], $conf);
	skip $apache, 1 unless ref $apache;
	ask_formats('Apache');
	$apache->stop;
}

# What is known whoever asks: the address, and other ways to a file.
$s->file('ip/127.0.0.1/f', "ip\n");
$s->file('ip/127/f', "part\n");
$s->file('alias/f', "alias\n");
$s->file('named/x.test/.git/f', 'no');
$s->file('named/x.test/d/index.html', "d\n");
$s->file('named/f', 'no');
$s->file('named/secret.php', 'no');
my $hosts = "Host: x.test";
compare_answers($s, [qw(alias dir vhost_alias)], <<'EOT', <<'EOT');
<Directory "{DIR}">
Require all granted
</Directory>
Alias /alias "{DIR}/alias"
VirtualDocumentRootIP "{DIR}/ip/%0"
EOT
/f                       200 ip
/f | Host: x.test        200 ip
/alias/f                 200 alias
/none                    404
EOT
compare_answers($s, [qw(alias dir vhost_alias)], <<'EOT', <<'EOT');
UseCanonicalName Off
<Directory "{DIR}">
Require all granted
</Directory>
VirtualDocumentRoot "{DIR}/named/%0"
EOT
/d/ | Host: x.test       200 d
/d/ | Host: X.TEST       200 d
/d/ | Host: x.test:81    200 d
/d/ | Host: x.test.      200 d
/d | Host: x.test        301 /d/ // 301 http://x.test/d/
/.git/f | Host: x.test   404 // 200
/f | Host: y.test        404
/f | Host: .             404 // 400
/f | Host: ..            404 // 400
/f | Host: a..b          404 // 400
/f | Host: ../named      400
/f | Host: %2e%2e        404 // 400
/f | Host: x.test/..     400
EOT

# A ServerPath finds the host and is a folder of its root like any other.
$s->file('named/p.test/way/f', "way\n");
$s->file('named/p.test/f', "top\n");
compare_answers($s, [qw(alias dir vhost_alias)], <<'EOT', <<'EOT');
UseCanonicalName Off
<Directory "{DIR}">
Require all granted
</Directory>
<VirtualHost *>
ServerName p.test
ServerPath /way
VirtualDocumentRoot "{DIR}/named/%0"
</VirtualHost>
EOT
/way/f | Host: p.test       200 way
/f | Host: p.test           200 top
/way | Host: p.test         301 /way/ // 301 http://p.test/way/
/way/way/f | Host: p.test   404
EOT

SKIP: {
	my $why = Drover::Sandbox::lacks();
	skip $why, 2 if $why;
	$s->set_conf("Sandbox require\n<Directory \"$dir\">\n" .
	    "Require all granted\n</Directory>\n" .
	    "VirtualDocumentRoot \"$dir/named/%0\"\n");
	ok($s->launch, 'in the sandbox') or diag($s->stderr);
	is($s->get('/d/', Host => 'x.test')->{body}, "d\n",
	    'what is below the folder');
	$s->stop;
}

# No program is run or sent; a host may have none of it.
$s->file('named/x.test/cgi-bin/f', 'no');
$s->set_conf(<<"EOT");
<Directory "$dir">
Require all granted
</Directory>
VirtualDocumentRoot "$dir/named/%0"
VirtualScriptAlias "$dir/named/%0/cgi-bin"
<VirtualHost *>
ServerName x.test
</VirtualHost>
<VirtualHost *>
ServerName none.test
VirtualDocumentRoot none
VirtualScriptAliasIP none
</VirtualHost>
EOT
$s->file('htdocs/f', "plain\n");
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/cgi-bin/f', Host => 'x.test')->{status}, 501, 'a program');
is($s->get('/d/', Host => 'x.test')->{body}, "d\n", 'a file');
is($s->get('/f', Host => 'none.test')->{body}, "plain\n", 'none');
$s->stop;

my @bad = (
	['VirtualDocumentRoot x/%0', qr/no absolute path, and not none/],
	['VirtualDocumentRoot /%0', qr/a folder has to stand before/],
	['VirtualDocumentRoot /x/%+', qr/:\d+:24: error: .*stands a digit/],
	['VirtualDocumentRootIP /x/%-', qr/stands a digit/],
	['VirtualDocumentRoot /x/%', qr/stands a digit/],
	["LoadModule cgi_module x\nVirtualScriptAlias /x/%0",
	    qr/error: VirtualScriptAlias: Drover runs no programs/],
);
for (@bad) {
	$s->set_conf($_->[0]);
	my $run = $s->run('-t');
	like($run->{err}, $_->[1], $_->[0]);
	is($run->{status}, 1, '... is an error');
}
done_testing;
