#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What a first user meets: the conf/httpd.conf and htdocs of the tree.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Shipped;

my %type = (
	html => 'text/html', css => 'text/css', txt => 'text/plain',
	svg => 'image/svg+xml', png => 'image/png',
	ico => 'image/vnd.microsoft.icon', csv => 'text/csv',
	json => 'application/json',
);

my $conf = Drover::Shipped::conf();
like($conf, qr/^Listen 8080$/m, 'it listens on port 8080');
my $s = Drover::Shipped::make();

# A clone below /root is behind a door that the workers cannot pass.
chmod 0700, $s->dir if $> == 0;

my $checked = $s->run('-t');
like(delete $checked->{out}, qr/^Directives: \d+ applied\n\z/, 'all has effect');
is_deeply($checked, { status => 0, err => "Syntax OK\n" },
    'drover -t takes the configuration as it is, without a warning');
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr);

my $requests = 0;
sub get {
	$requests++;
	return $s->get(@_);
}

my $htdocs = "$Drover::SRC/htdocs";
for my $file (map { glob "$htdocs/$_*.*" } '', 'flock/', 'flock/lambs/') {
	my $name = substr $file, length "$htdocs/";
	my ($ending) = $name =~ /\.(\w+)$/;
	my $r = get("/$name");
	is($r->{status}, 200, "$name is there");
	ok($r->{body} eq Drover::slurp($file), '... as it is in the tree');
	like($r->{header}{'content-type'}, qr/^\Q$type{$ending}\E(?:;|$)/,
	    '... with its type');
}

my $index = get('/');
is($index->{status}, 200, '/ is a page');
is($index->{body}, Drover::slurp("$Drover::SRC/htdocs/index.html"),
    '... index.html');
my %links = map { $_ => 1 }
    $index->{body} =~ /(?:href|src|action)="([^"]+)"/g;
my $missing = qr/no-such/;
$missing = qr/no-such|server-status/ if $conf !~ /server-status/;
for my $link (sort keys %links) {
	unlike($link, qr{^\w+:|^//}, "$link is of this server");
	is(get($link =~ m{^/} ? $link : "/$link")->{status},
	    $link =~ $missing ? 404 : 200, "$link answers");
}
ok($links{$_}, "the first page leads to $_")
    for qw(hello.txt sheep.png flock/ no-such-page /echo /server-status);

is(join(' ', get('/flock/')->{body} =~ m{<td><a[^>]* href="([^"]*)">}g),
    'lambs/ about.txt bell.svg breeds.csv count.json', 'a folder is listed');
$requests++;
like($s->request('POST', '/echo', 'name=Dolly&breed=Merino', 'Content-Type' =>
    'application/x-www-form-urlencoded')->{body}, qr{Dolly.*Merino}s,
    'the form is answered');

unlike(get('/../conf/httpd.conf')->{status}, qr/^200/, 'nothing above htdocs');
is(get('/.hidden')->{status} =~ /^40[34]$/, 1, 'no hidden files');

is(scalar $s->wait_log('access',
    qr/^127\.0\.0\.1 - - \[[^]]+\] "(?:GET|POST) [^"]*" \d{3} \S+ "-" "-"$/, $requests),
    $requests, 'a line in the combined format for each request');
is(join('', grep { /:(?:error|crit|alert|emerg)\]/ && !/AH00126/ }
    split /^/m, $s->log('error')), '', 'nothing went wrong on the way');
$s->stop;
done_testing;
