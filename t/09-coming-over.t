#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The pages for those who come from Apache and from nginx: their examples are
# right, what they name is there, and the site of nginx and its translation
# answer alike.  A comment before each example says what it is.
use strict;
use warnings;
use Drover;
use Drover::Others;
use File::Path qw(make_path);
use Test::More;

my $build = $ENV{TOP_BUILDDIR} // "$Drover::SRC/build";
my %page = map { $_ => Drover::slurp("$build/man/drover-from-$_.7") }
    qw(apache nginx);

# [[kind, text], ...] of the examples of a page.
sub examples {
	my ($name) = @_;
	my @found;
	while ($page{$name} =~ /(?:^\.\\" (\w+)\n)?^\.Bd [^\n]*\n(.*?)^\.Ed$/msg) {
		my ($kind, $text) = ($1 // 'none', $2);
		like($kind, qr/^(?:conf|nginx|shell|table|unit)$/,
		    "$name: an example is a $kind");
		push @found, [$kind, $text =~ s/\\e/\\/gr];
	}
	return @found;
}

# Folders and the port are the test's.
sub settle {
	my ($text) = @_;
	$text =~ s/^Listen 80$/Listen 127.0.0.1:{PORT}/mg;
	$text =~ s/^    listen 80\b/    listen 127.0.0.1:{PORT}/mg;
	$text =~ s/\*:80>/127.0.0.1:{PORT}>/g;
	$text =~ s{/srv\b}{{DIR}/srv}g;
	return $text;
}

my @examples = map { examples($_) } sort keys %page;
for my $example (grep { $_->[0] eq 'conf' } @examples) {
	my ($name) = $example->[1] =~ /^([^#\n].*)/m;
	my $s = Drover->new;
	make_path(map { $s->dir . "/srv/$_" } qw(www docs));
	$s->set_conf(settle($example->[1]));
	my $run = $s->run('-t');
	is($run->{status}, 0, "$name ...: is right");
	is($run->{err}, "Syntax OK\n", '... and nothing is said of it');
}

# ---- What they name --------------------------------------------------------

my %there = map { $_ => 1 }
    Drover->new->run('-L')->{out} =~ /^(<?\w+)/mg;
my $t = Drover->new;
for my $name (sort keys %page) {
	# Behind .Ic, up to the next macro, as far as they begin as names do.
	my %named = map { $_ => 1 } map { s/ (?:Cm|Li|Pa|Qq|Ns) .*//r =~
	    /(?:^|\s)(<?[A-Z]\w+)/g } $page{$name} =~ /\bIc (.*)$/mg;
	delete $named{Ic};
	cmp_ok(scalar keys %named, '>', 15, "$name: it names directives");
	for my $word (sort keys %named) {
		next if $there{$word};
		$t->set_conf($word =~ /^<(.*)/ ? "$word x>\n</$1>" : "$word x");
		like($t->run('-t')->{err}, qr/\Q$word\E>? \((?:core|mod_\w+)\)/,
		    "$name: $word is known to be lacking");
	}
}

my ($modules) = $page{apache} =~ /^There is the work of(.*?)^\.Pp/ms;
is(join(' ', sort $modules =~ /\b(mod_\w+)/g),
    join(' ', sort map { /^  (mod_\w+)\.c$/ ? $1 : () }
	split /\n/, Drover->new->run('-l')->{out}),
    'apache: the modules are those of drover -l');
my ($lacking) = $page{apache} =~ /^There are not, yet:(.*?)^\.Pp/ms;
for my $module ($lacking =~ /\bmod_(\w+)/g) {
	$t->set_conf("LoadModule ${module}_module x");
	like($t->run('-t')->{err}, qr/Drover has no ${module}_module/,
	    "apache: mod_$module is lacking");
}

# ---- The site of nginx and its translation ---------------------------------

my ($theirs) = map { $_->[1] } grep { $_->[0] eq 'nginx' } @examples;
my ($ours) = map { $_->[1] } grep { $_->[1] =~ /^Listen 80$/m } @examples;
my $s = Drover->new(conf => settle($ours));
my %file = ('www/index.html' => "the index\n", 'www/a.txt' => "a\n",
    'www/404.html' => "nothing there\n", 'www/assets/a.css' => "p {}\n",
    'www/new.html' => "new\n", 'www/internal/a.txt' => "secret\n",
    'www/dump.sql' => "secret\n", 'docs/d.txt' => "d\n");
$s->file("srv/$_", $file{$_}) for keys %file;
$s->launch or die $s->stderr;
my $nginx_conf = settle($theirs);
$nginx_conf =~ s/\{DIR\}/$s->dir/ge;
make_path($s->dir . '/nginx/logs');
my $nginx = Drover::Others->start('nginx', $s->dir, $s->dir . '/srv/www',
    servers => $nginx_conf);
diag('no nginx here: only Drover is asked') if !$nginx;
my @asked = (
	['www.example.org', '/', 200], ['www.example.org', '/a.txt', 200],
	['a.example.net', '/a.txt', 200], ['nobody.example', '/a.txt', 200],
	['www.example.org', '/some/page', 200],
	['www.example.org', '/assets/a.css', 200],
	['www.example.org', '/assets/none.css', 404],
	['www.example.org', '/assets/none', 404],
	['www.example.org', '/docs/', 200],
	['www.example.org', '/docs/d.txt', 200],
	['www.example.org', '/docs/none', 404],
	['www.example.org', '/old', 301], ['www.example.org', '/new.html', 200],
	['www.example.org', '/internal/a.txt', 403],
	['www.example.org', '/dump.sql', 403],
	['www.example.org', '/dump.SQL', 403],
	['example.org', '/', 301], ['example.org', '/b/c?d=e', 301],
);

# What matters of an answer, in words.
sub answer {
	my ($port, $host, $path) = @_;
	my $conn = $s->connect($port);
	$conn->request('GET', $path, '', Host => $host, Accept => 'text/html',
	    Connection => 'close');
	my $r = $conn->response;
	$conn->close;
	my $to = $r->{header}{location} // '';
	$to =~ s{^http://\Q$host\E(?::\d+)?/}{/};
	my $body = $path eq '/docs/' || $r->{status} =~ /301|403/ ? '' :
	    $r->{body};
	return join ' / ', $r->{status}, $to, $body,
	    $r->{header}{'x-content-type-options'} // '',
	    ($r->{header}{'cache-control'} // '') =~ /max-age/ ? 'kept' : '';
}

for my $row (@asked) {
	my ($host, $path, $status) = @$row;
	my $mine = answer($s->port, $host, $path);
	like($mine, qr{^$status /}, "$host$path: $status");
	is($mine, answer($nginx->port, $host, $path), '... as from nginx')
	    if $nginx;
}
$s->stop;
$nginx->stop if $nginx;
done_testing;
