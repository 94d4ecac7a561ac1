#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What a section of any kind closes stays closed, however its path is spelt:
# escapes, "//", "..", bytes that are no UTF-8, a NUL, 64 KiB.  A pattern that
# takes too long neither opens nor closes.
use strict;
use warnings;
use Test::More;
use Drover;

my $closed = "SECRET\n";
my %files = (
	'open.txt' => "open\n", 'plain/d/f' => $closed, 'wild/x/f' => $closed,
	'tilde/f' => $closed, 'match/a/f' => $closed, 'names/file.key' => $closed,
	'names/file.pem' => $closed, 'names/x.priv' => $closed,
	'names/in/inner' => $closed, 'names/in/inm' => $closed,
	'loc/f' => $closed, 'locwild/any/f' => $closed, 'loctilde/f' => $closed,
	'locmatch/f' => $closed, 'slow/f' => $closed, 'slow/open' => "open\n",
);
plan skip_all => 'valgrind is slower than the bound of a pattern'
    if $Drover::VALGRIND;
my $s = Drover->start(files => \%files, conf => <<'EOT');
LimitRequestLine 65536
LogFormat "%>s %{MATCH_TAIL}e %{SEEN}e" groups
CustomLog logs/groups groups
<Directory "{DIR}/htdocs/plain">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/w*d">
    Require all denied
</Directory>
<Directory ~ "/htdocs/tilde/">
    Require all denied
</Directory>
<DirectoryMatch "/htdocs/match(?<tail>/.*)">
    SetEnvIf MATCH_TAIL "(.+)" SEEN=<$1>
    Require all denied
</DirectoryMatch>
<Files "*.key">
    Require all denied
</Files>
<Files ~ "\.pem$">
    Require all denied
</Files>
<FilesMatch "\.(?:priv|secret)$">
    Require all denied
</FilesMatch>
<DirectoryMatch "/names/">
    <Files inner>
        Require all denied
    </Files>
    <FilesMatch "^inm$">
        Require all denied
    </FilesMatch>
</DirectoryMatch>
<Location "/loc">
    Require all denied
</Location>
<Location "/locwild/*/f">
    Require all denied
</Location>
<Location ~ "^/loctilde/">
    Require all denied
</Location>
<LocationMatch "^/locmatch/">
    Require all denied
</LocationMatch>
<LocationMatch "^/slow/(a|aa)+$">
    Require all granted
</LocationMatch>
<Directory "{DIR}/htdocs/slow">
    Require all denied
</Directory>
<Files "open">
    Require all granted
</Files>
EOT

my @paths = map { "/$_" } sort grep { $files{$_} eq $closed } keys %files;

sub status_of {
	my ($target) = @_;
	my $conn = $s->connect;
	$conn->send("GET $target HTTP/1.1\r\nHost: localhost\r\n" .
	    "Connection: close\r\n\r\n");
	my $answer = $conn->read_all;
	return ($answer =~ m{^HTTP/1.1 (\d+) } ? $1 : 'none',
	    $answer =~ /SECRET/);
}

# All spellings that come to the same path, and some that come to none.
sub spellings {
	my ($path) = @_;
	my @all = ($path, "/$path", $path =~ s{/}{//}gr, $path =~ s{/}{/./}gr,
	    $path =~ s{/}{/x/../}gr, $path =~ s{/}{///.//}gr, "/..$path",
	    "/open.txt/..$path", $path =~ s{/}{%2f}gr,
	    $path =~ s{(?<=.)/}{%2F}gr, $path =~ s{/}{\\}gr,
	    $path =~ s{/}{%5c}gr, "$path%00", "$path%00.txt", "$path/",
	    "$path/more", "$path%2f", "$path;x", "$path?x=/open.txt",
	    "$path%20", "$path.", "\xff$path", "$path\xff", "$path%ff",
	    "/%ff%fe/..$path", "/%c0%af..$path", "/%c0%ae%c0%ae/$path",
	    "$path%0a", "$path\n", uc $path);
	push @all, join '', map { $_ eq '/' ? $_ : sprintf '%%%02x', ord }
	    split //, $path;
	push @all, '/' . 'x/../' x 12800 . substr($path, 1), '/' x 65000 . $path,
	    '/.' x 32000 . $path, $path . 'a' x 64000, $path . '/a' x 32000,
	    $path . '%ff' x 21000;
	return @all;
}

my %seen;
for my $path (@paths) {
	my @leaks;
	for my $spelling (spellings($path)) {
		my ($status, $leaks) = status_of($spelling);
		$seen{$status}++;
		push @leaks, substr($spelling, 0, 60) if $leaks;
		push @leaks, 'no answer to ' . substr($spelling, 0, 60)
		    if $status eq 'none';
	}
	is("@leaks", '', "$path stays closed");
	is((status_of($path))[0], 403, "$path is refused");
}
is_deeply([grep { !/^(?:400|403|404|414)$/ } sort keys %seen], [],
    'what hostile paths are answered') or diag(explain \%seen);
is($s->get('/open.txt')->{body}, "open\n", 'other files are open');
is($s->get('/slow/open')->{body}, "open\n", 'and what was opened');
ok(scalar $s->wait_log('logs/groups', qr{^403 /a/f </a/f>$}m),
    'a named group is a variable');

# Neither opened nor closed.
my ($status) = status_of('/slow/' . 'a' x 8000 . 'b');
is($status, 500, 'a pattern that takes too long');
is(scalar $s->wait_log('error',
    qr/\[worker:warn\].*the pattern of the section at \S+httpd.conf:\d+ takes /),
    1, 'and is named');
is((status_of('/slow/aa'))[0], 404, 'one that does not');
is(() = $s->log('error') =~ /takes too long/g, 1, 'once');
$s->stop;
done_testing;
