#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What <Files> close is closed by the name that a URL has for them, be it a
# file's or not: a handler asks for no file, a folder may be asked for without
# its slash, and a path may go on behind a file or behind what is not there.
# Each row has who of these is let in, and the rules of the folder that they
# are in.  Where apache2 is installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

# "st" is not there, "h" is a file; both have a handler.  "d" is a folder, and
# for what is missing there is a FallbackResource; "alias" leads to "d/".
my @paths = ('GET st', 'GET st/', 'GET st/x', 'GET st/x/y', 'GET h', 'GET h/',
    'GET h/x', 'GET d', 'POST d', 'OPTIONS d', 'GET d/', 'GET gone',
    'GET gone/y', 'GET gone/y/z', 'GET alias');

my @rows = map { [split ' ', $_, 2] } grep { /\S/ } split /\n/, <<'EOT';
+++++++++++++++ AuthMerging Off
+++++++++++++++ <Files "a.txt"> | Require all denied | </Files>
----+++++++++++ <Files "st"> | Require all denied | </Files>
++++---++++++++ <Files "h"> | Require all denied | </Files>
+++++++---+++++ <Files "d"> | Require all denied | </Files>
+++++++++++---+ <Files "gone"> | Require all denied | </Files>
+++++++++++++++ <Files "x"> | Require all denied | </Files>
--------------- <Files "*"> | Require all denied | </Files>
--------------+ <FilesMatch "."> | Require all denied | </FilesMatch>
--------------+ <FilesMatch "."> | Order allow,deny | </FilesMatch>
++++++++++-+++- <FilesMatch "^$"> | Require all denied | </FilesMatch>
+++++++----+++- <FilesMatch "^d?$"> | Require all denied | </FilesMatch>
EOT

my (%files, $conf) = ('all' => "file\n");
for my $i (0 .. $#rows) {
	my $rule = $rows[$i][1] =~ s/ \| /\n/gr;
	$files{"$i/$_"} = "file\n" for qw(a.txt h d/index.html);
	$conf .= "Alias /$i/alias \"{ROOT}/$i/d/\"\n" .
	    "<Directory \"{ROOT}/$i\">\nFallbackResource /all\n$rule\n" .
	    "</Directory>\n<LocationMatch \"^/$i/(st|h)\">\n" .
	    "SetHandler server-status\n</LocationMatch>\n";
}
my $s = Drover->new(files => \%files);
my $root = $s->dir . '/htdocs';
$conf =~ s/\{ROOT\}/$root/g;

sub answers {
	my ($port, $i) = @_;
	my $all = '';
	for my $asked (@paths) {
		my ($method, $path) = split ' ', $asked;
		my $socket = IO::Socket::INET->new("127.0.0.1:$port");
		print $socket "$method /$i/$path HTTP/1.1\r\n",
		    "Host: localhost\r\nConnection: close\r\n",
		    "Content-Length: 0\r\n\r\n";
		my ($status) = <$socket> =~ m{^HTTP/1\.1 (\d+)};
		$all .= $status == 403 ? '-' : $status =~ /^(2..|301|405)$/ ?
		    '+' : '?';
	}
	return $all;
}

$s->set_conf($conf);
ok($s->launch, 'Drover starts') or diag($s->stderr);
is(answers($s->port, $_), $rows[$_][0], $rows[$_][1]) for 0 .. $#rows;
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s,
	    [qw(access_compat alias authz_host dir status)], $conf);
	skip $apache, scalar @rows unless ref $apache;
	is(answers($apache->port, $_), $rows[$_][0], "Apache: $rows[$_][1]")
	    for 0 .. $#rows;
	$apache->stop;
}
done_testing;
