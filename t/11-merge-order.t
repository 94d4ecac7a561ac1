#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# In which order sections merge, of the server and of a host, and what their
# regular expressions see.  Each section adds its label to a variable that the
# access log shows.  The tables are Apache's answers; where apache2 is installed
# it is asked again.
use strict;
use warnings;
use Drover;
use Drover::Others;
use Test::More;

# A section with its label, and what stands in it.
sub section {
	my ($kind, $argument, $label, @inside) = @_;
	return join "\n", "<$kind $argument>",
	    "SetEnvIf ORDER ^(.*)\$ \"ORDER=\$1 $label\"", @inside,
	    "</" . (split ' ', $kind)[0] . '>';
}

sub file { return section('Files', 'f.txt', $_[0]) }

my $conf = join "\n", 'MergeSlashes Off',
    'LogFormat "%v %U%{ORDER}e" order', 'CustomLog logs/order order',
    'LogFormat "%U d=%{MATCH_D}e e=%{MATCH_E}e f=%{MATCH_F}e l=%{MATCH_L}e ' .
    'x=%{MATCH_MIXED_1}e u=%{MATCH_UNSET}e" groups',
    'CustomLog logs/groups groups',
    section('LocationMatch', '"^/(?<L>.*)"', 'LocationMatch'),
    section('Location', '/a', 'Location/a'),
    section('Location', '~ /b/', 'Location~'),
    section('Location', '"/*/b/*"', 'Location*'),
    section('Location', '/', 'Location/'),
    section('FilesMatch', '^(?<F>f.*)', 'FilesMatch'),
    section('Files', 'f.txt', 'Files'),
    section('Files', '~ "(?<MiXed_1>t)(?<unset>x)?$"', 'Files~'),
    section('Files', '"*.t?t"', 'Files*'),
    # Those with fewer slashes first.
    section('DirectoryMatch', '"/a(?<D>/.*)?$"', 'Match1', file('in-Match1')),
    section('Directory', '~ "htdocs.*b(?<E>[^b]*)$"', '~0', file('in-~0')),
    section('DirectoryMatch', 'htdocs/a/b', 'Match2', file('in-Match2')),
    section('DirectoryMatch', 'htdocs.*b', 'Match0', section('FilesMatch', 'f.t', 'in-Match0')),
    section('Directory', '"{ROOT}/*/b"', '*b', file('in-*b')),
    section('Directory', '"{ROOT}/a/b"', 'b', file('in-b')),
    section('Directory', '"{ROOT}"', 'root', file('in-root')),
    section('Directory', '/', '/', file('in-/')),
    section('Directory', '"{ROOT}/"', 'root2'),
    '<VirtualHost *>', 'ServerName localhost', '</VirtualHost>',
    '<VirtualHost *>', 'ServerName host',
    section('Location', '/a', 'hLocation/a'),
    section('LocationMatch', '.', 'hLocationMatch'),
    section('Files', '"f.*"', 'hFiles'),
    section('DirectoryMatch', 'htdocs/a', 'hMatch1', file('in-hMatch1')),
    section('Directory', '/', 'h/', file('in-h/')),
    section('Directory', '"{ROOT}/a"', 'ha', file('in-ha')),
    '</VirtualHost>', '';

my %orders = (
	'localhost /a/b/f.txt' => '/ root root2 *b b ~0 Match0 Match1 Match2 ' .
	    'FilesMatch Files Files~ Files* in-/ in-root in-*b in-b in-~0 ' .
	    'in-Match0 in-Match1 in-Match2 LocationMatch Location/a ' .
	    'Location~ Location* Location/',
	'host /a/b/f.txt' => '/ h/ root root2 ha *b b ~0 Match0 hMatch1 Match1 ' .
	    'Match2 FilesMatch Files Files~ Files* hFiles in-/ in-h/ in-root ' .
	    'in-ha in-*b in-b in-~0 in-Match0 in-hMatch1 in-Match1 in-Match2 ' .
	    'LocationMatch Location/a Location~ Location* Location/ ' .
	    'hLocation/a hLocationMatch',
	'localhost /a//b//f.txt' => '/ root root2 *b b ~0 Match0 Match1 Match2 ' .
	    'FilesMatch Files Files~ Files* in-/ in-root in-*b in-b in-~0 ' .
	    'in-Match0 in-Match1 in-Match2 LocationMatch Location/a ' .
	    'Location~ Location* Location/',
	'host /x.txt' => '/ h/ root root2 Files~ Files* LocationMatch ' .
	    'Location/ hLocationMatch',
	'localhost /f.txt' => '/ root root2 FilesMatch Files Files~ Files* ' .
	    'in-/ in-root LocationMatch Location/',
	'localhost /ab' => '/ root root2 ~0 Match0 LocationMatch Location/',
);

my %groups = (
	'/a/b/f.txt' => 'd=/b/f.txt e=/f.txt f=f.txt l=a/b/f.txt x=t u=-',
	'/x.txt' => 'd=- e=- f=- l=x.txt x=t u=-',
	'/ab' => 'd=- e= f=- l=ab x=- u=-',
	'/f.txt' => 'd=- e=- f=f.txt l=f.txt x=t u=-',
	'/a//b//f.txt' => 'd=/b/f.txt e=/f.txt f=f.txt l=a//b//f.txt x=t u=-',
);

my $s = Drover->new(files => {
	map { $_ => "x\n" } qw(a/b/f.txt f.txt x.txt a/x.txt ab) });
my $root = $s->dir . '/htdocs';
(my $ours = $conf) =~ s/\{ROOT\}/$root/g;
$s->set_conf($ours);
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr . $s->log('error'));

sub ask {
	my ($port) = @_;
	for my $row (sort keys %orders) {
		my ($host, $path) = split ' ', $row;
		my $conn = Drover::Conn->new($port);
		$conn->send("GET $path HTTP/1.1\r\nHost: $host\r\n" .
		    "Connection: close\r\n\r\n");
		$conn->read_all;
	}
	return;
}

sub check_logs {
	my ($who, $dir) = @_;
	my $count = keys %orders;
	$s->wait_until(sub {
		2 * $count == map { split /\n/, Drover::slurp("$dir/logs/$_") }
		    qw(order groups) });
	my (%order, %group);
	for (split /\n/, Drover::slurp("$dir/logs/order")) {
		my ($host, $path, $order) = split ' ', $_, 3;
		$order{"$host $path"} = $order;
	}
	for (split /\n/, Drover::slurp("$dir/logs/groups")) {
		my ($path, $values) = split ' ', $_, 2;
		$group{$path} = $values;
	}
	is($order{$_}, $orders{$_}, "$who: $_") for sort keys %orders;
	is($group{$_}, $groups{$_}, "$who: groups of $_") for sort keys %groups;
	return;
}

ask($s->port);
check_logs('Drover', $s->dir);
$s->stop;

SKIP: {
	mkdir $s->dir . '/apache';
	mkdir $s->dir . '/apache/logs';
	my $apache = Drover::Others->start('apache', $s->dir, $root,
	    conf => $conf, modules => ['setenvif']) or
	    skip('no apache2', keys(%orders) + keys(%groups));
	ask($apache->port);
	check_logs('Apache', $s->dir . '/apache');
	$apache->stop;
}

done_testing;
