#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# <Files> that close what is in a folder close its listing as well: the folder
# has an empty name, and an index that would be closed closes it though there
# is none.  Each row has what is said, and who of these is let in: a folder to
# list, one with an index, a file, and a folder below.  Where apache2 is
# installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

my @rows = map { [split ' ', $_, 2] } grep { /\S/ } split /\n/, <<'EOT';
+-++ <Files "b.txt"> | Require all denied | </Files>
---- <Files "*"> | Require all denied | </Files>
---- <Files "?*"> | Require all denied | </Files>
---- <FilesMatch ".*"> | Require all denied | </FilesMatch>
--+- <FilesMatch "^$"> | Require all denied | </FilesMatch>
---- <FilesMatch "^(?!b)"> | Order deny,allow | Deny from all | </FilesMatch>
--+- <FilesMatch "^(?!a|index)"> | Require all denied | </FilesMatch>
++-+ <FilesMatch "\.txt$"> | Require all denied | </FilesMatch>
--+- <Files "index.html"> | Require all denied | </Files>
++++ <Files "index.html"> | Require all denied | </Files> | DirectoryIndex none.html
-++- DirectoryIndex none.txt index.html | <Files "none.txt"> | Require all denied | </Files>
++-+ DirectoryIndex disabled | <Files "*.*"> | Require all denied | </Files>
EOT

my (%files, $conf);
# The index of the first one is closed by its URL, further down.
for my $i (0 .. $#rows) {
	my $rule = $rows[$i][1] =~ s/ \| /\n/gr;
	$files{"$i/$_"} = "file\n" for qw(d/a.txt i/index.html i/a.txt d/e/b);
	$conf .= "<Directory \"{ROOT}/$i\">\nOptions Indexes\n$rule\n" .
	    "</Directory>\n";
}
my $s = Drover->new(files => \%files);
my $root = $s->dir . '/htdocs';
$conf =~ s/\{ROOT\}/$root/g;

sub answers {
	my ($get, $i) = @_;
	my $all = '';
	for my $path ("/$i/d/", "/$i/i/", "/$i/d/a.txt", "/$i/d/e/") {
		my $status = $get->($path);
		$all .= $status == 403 ? '-' : $status == 200 ? '+' : '?';
	}
	return $all;
}

$conf .= "RedirectMatch 403 ^/0/i/index\\.html\$\n";
$s->set_conf($conf);
ok($s->launch, 'Drover starts') or diag($s->stderr);
my $conn = $s->connect;
my $get = sub {
	$conn->request('GET', $_[0], '');
	return $conn->response->{status};
};
is(answers($get, $_), $rows[$_][0], $rows[$_][1]) for 0 .. $#rows;
ok($s->wait_log('error', qr{autoindex:error.*an index of it would be closed}),
    'the log says why');
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s,
	    [qw(access_compat alias authz_host autoindex dir)], $conf);
	skip $apache, scalar @rows unless ref $apache;
	my $ask = sub {
		my $socket = IO::Socket::INET->new(
		    '127.0.0.1:' . $apache->port) or return 0;
		print $socket "GET $_[0] HTTP/1.0\r\n\r\n";
		return <$socket> =~ m{^HTTP/1\.1 (\d+)} ? $1 : 0;
	};
	is(answers($ask, $_), $rows[$_][0], "Apache: $rows[$_][1]")
	    for 0 .. $#rows;
	$apache->stop;
}
done_testing;
