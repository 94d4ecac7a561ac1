#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Which host answers - by address, port, name, wildcard, ServerPath - and what
# it calls itself in redirects and logs.  The tables are Apache's answers but
# where a redirect stays a path; where apache2 is installed it is asked again.
use strict;
use warnings;
use Drover;
use Drover::Others;
use IO::Socket::IP;
use Test::More;

my ($PORT, $PORT2) = map { Drover::free_port() } 1, 2;

# Sections that differ in what a URL of the host is made of.
my $settings = '';
for my $which (qw(On-On On-Off Off-On Off-Off)) {
	my ($on, $port) = split /-/, $which;
	$settings .= <<"EOT";
<Location "/$which">
    UseCanonicalName $on
    UseCanonicalPhysicalPort $port
</Location>
EOT
}

my $conf = <<'EOT';
LogFormat "%U|%v|%V|%p|%{local}p" hosts
CustomLog logs/hosts hosts
<Location "/here">
    UseCanonicalName On
</Location>
<Location "/ways/sub">
    UseCanonicalName Off
</Location>
EOT
$conf .= $settings . <<'EOT';
<VirtualHost 127.0.0.1:{P1}>
    ServerName first
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName Main.test:99
    ServerAlias *.many.test w?ld.* [::1]
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName https://secure.test
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName https://port.test:444
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName plain.test
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName canon.test:98
    ServerAlias other.test
    UseCanonicalName On
    Redirect 302 "/r" "/to"
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName ways.test
    ServerPath /ways
    DocumentRoot "{ROOT}/ways"
</VirtualHost>
<VirtualHost 127.0.0.1:{P1}>
    ServerName slash.test
    ServerPath /slash/
    DocumentRoot "{ROOT}/ways"
</VirtualHost>
<VirtualHost 127.0.0.1:{P2} 127.0.0.2:{P1}>
    ServerName two.test
</VirtualHost>
<VirtualHost 127.0.0.3:*>
    ServerName anyport.test
</VirtualHost>
<VirtualHost _default_:{P1}>
    ServerName rest.test
</VirtualHost>
<VirtualHost *>
    ServerName any.test
</VirtualHost>
EOT
my $six = IO::Socket::IP->new(LocalHost => '::1', Listen => 1) ? 1 : 0;
$conf .= <<'EOT' if $six;
<VirtualHost [::1]:{P1}>
    ServerName six.test
</VirtualHost>
EOT
my $listen = join '', map { "Listen $_\n" } '127.0.0.1:{P1}',
    '127.0.0.1:{P2}', '127.0.0.2:{P1}', '127.0.0.3:{P2}', '127.0.0.4:{P1}',
    '127.0.0.4:{P2}', $six ? '[::1]:{P1}' : ();

my $s = Drover->new(files => { map { $_ => "x\n" }
    'here/x/f', 'ways/f.txt', 'ways/sub/f.txt', 'ways/index.html',
    (map { ("On-$_/dir/f", "Off-$_/dir/f") } qw(On Off)) });
my $root = $s->dir . '/htdocs';

# Address, port, request line, Host, and what is to be in the log: the path, the
# host, its name as a client sees it, its port.
my @hosts = (
	['127.0.0.1', 1, '/', 'first', 'first|first|80'],
	['127.0.0.1', 1, '/', 'FIRST.:5', 'first|first|80'],
	['127.0.0.1', 1, '/', 'main.test', 'Main.test|main.test|99'],
	['127.0.0.1', 1, '/', 'x.many.test', 'Main.test|x.many.test|99'],
	['127.0.0.1', 1, '/', 'A.b.MANY.test', 'Main.test|a.b.many.test|99'],
	['127.0.0.1', 1, '/', 'many.test', 'first|many.test|80'],
	['127.0.0.1', 1, '/', 'wild.x', 'Main.test|wild.x|99'],
	['127.0.0.1', 1, '/', 'wld.x', 'first|wld.x|80'],
	['127.0.0.1', 1, '/', 'secure.test', 'secure.test|secure.test|443'],
	['127.0.0.1', 1, '/', 'port.test', 'port.test|port.test|444'],
	['127.0.0.1', 1, '/', 'any.test', 'first|any.test|80'],
	['127.0.0.1', 1, '/', '', 'first|first|80'],
	['127.0.0.1', 1, '/here', 'plain.test', 'plain.test|plain.test|80'],
	['127.0.0.1', 1, '/here', 'x.many.test', 'Main.test|Main.test|99'],
	['127.0.0.1', 2, '/', 'first', 'two.test|first|80'],
	['127.0.0.2', 1, '/', 'first', 'two.test|first|80'],
	['127.0.0.3', 2, '/', 'two.test', 'anyport.test|two.test|80'],
	['127.0.0.4', 1, '/', 'any.test', 'rest.test|any.test|80'],
	['127.0.0.4', 2, '/', 'rest.test', 'any.test|rest.test|80'],
	$six ? ['::1', 1, '/', 'first', 'six.test|first|80'] : (),
	# ServerPath without Host: as sent, but for slashes before it.
	['127.0.0.1', 1, '/ways/f.txt', '', 'ways.test|ways.test|80'],
	['127.0.0.1', 1, '//ways/f.txt', '', 'ways.test|ways.test|80'],
	['127.0.0.1', 1, '/ways/../f.txt', '', 'ways.test|ways.test|80'],
	['127.0.0.1', 1, '/waysf.txt', '', 'first|first|80'],
	['127.0.0.1', 1, '/Ways/f.txt', '', 'first|first|80'],
	['127.0.0.1', 1, '/%77ays/f.txt', '', 'first|first|80'],
	['127.0.0.1', 1, '/slash', '', 'first|first|80'],
	['127.0.0.1', 1, '/slash/f.txt', '', 'slash.test|slash.test|80'],
	['127.0.0.1', 1, '/ways/f.txt', 'first', 'first|first|80'],
	['127.0.0.2', 1, '/ways/f.txt', '', 'two.test|two.test|80'],
);

# ServerPath is left out of what is looked for, with and without Host.
my @paths = (
	# path, Host, status, Location
	['/ways', '', 301, '/ways/'],
	['/ways/', '', 200],
	['/ways/f.txt', '', 200],
	['/ways//sub/f.txt', '', 200],
	['/ways/sub', '', 301, '/ways/sub/'],
	['/ways/../f.txt', '', 200],
	['/wayssub', '', 404],
	['/ways', 'ways.test', 301, '/ways/'],
	['/ways/f.txt', 'ways.test', 200],
	['/%77ays/f.txt', 'ways.test', 200],
	['/f.txt', 'ways.test', 200],
	['/ways/ways/f.txt', 'ways.test', 404],
	['/waysf.txt', 'ways.test', 404],
	['/ways/f.txt', 'first', 200],
	['/slash/f.txt', 'slash.test', 200],
	['/slashf.txt', 'slash.test', 404],
	['/slash', 'slash.test', 404],
);

# Section, Host, and what stands before a path; P is the port.
my @names = (
	['On-Off', 'main.test', 'http://Main.test:99'],
	['On-Off', 'x.many.test:5', 'http://Main.test:99'],
	['On-Off', 'secure.test', 'https://secure.test'],
	['On-Off', 'port.test', 'https://port.test:444'],
	['On-Off', 'plain.test:77', 'http://plain.test'],
	['On-On', 'main.test', 'http://Main.test:99'],
	['On-On', 'secure.test', 'https://secure.test:P'],
	['On-On', 'port.test', 'https://port.test:444'],
	['On-On', 'plain.test:77', 'http://plain.test:P'],
	['Off-On', 'main.test', 'http://main.test:P'],
	['Off-On', 'x.many.test:5', 'http://x.many.test:5'],
	['Off-On', 'secure.test', 'https://secure.test:P'],
	['Off-On', 'secure.test:443', 'https://secure.test'],
	['Off-On', 'plain.test:80', 'http://plain.test'],
	['Off-On', '[::1]:6', 'http://[::1]:6'],
	['Off-On', '', 'http://first:P'],
	['On-Off', '', 'http://first'],
);
# Drover leaves these to the client.
my @left = (
	['Off-Off', 'main.test', 'http://main.test:99'],
	['Off-Off', 'x.many.test:5', 'http://x.many.test:5'],
	['Off-Off', 'plain.test', 'http://plain.test'],
	['Off-Off', '', 'http://first'],
);

sub ask {
	my ($address, $port, $target, $host) = @_;
	my $conn = IO::Socket::IP->new(PeerHost => $address,
	    PeerPort => $port == 1 ? $PORT : $PORT2) or
	    return "$address: $!";
	print {$conn} "GET $target HTTP/1.0\r\n",
	    $host eq '' ? '' : "Host: $host\r\n", "\r\n";
	local $/;
	return <$conn> // '';
}

sub location {
	my ($section, $host, $what) = @_;
	my $answer = ask('127.0.0.1', 1, "/$section/$what", $host);
	return $answer =~ /^Location: (.*?)\r$/mi ? $1 : $answer;
}

sub check {
	my ($who, $dir, $asks_apache) = @_;
	ask(@$_[0 .. 3]) for @hosts;
	my @lines;
	$s->wait_until(sub { @hosts <=
	    (@lines = split /\n/, Drover::slurp("$dir/logs/hosts")) });
	for my $row (@hosts) {
		my ($address, $port, $target, $host, $want) = @$row;
		my ($path, $got) = split /\|/, shift(@lines) // '', 2;
		is($got, "$want|" . ($port == 1 ? $PORT : $PORT2),
		    "$who: $address $port $target $host");
	}
	for my $row (@paths) {
		my ($target, $host, $status, $location) = @$row;
		my $answer = ask('127.0.0.1', 1, $target, $host);
		my ($path) = $answer =~ /^Location: (?:http:\/\/[^\/]+)?(.*?)\r$/mi;
		like($answer, qr{^HTTP/1.1 $status}, "$who: $target $host");
		is($path, $location, "$who: $target $host: Location");
	}
	for my $row (@names, @left) {
		my ($section, $host, $base) = @$row;
		$base =~ s/:P$/:$PORT/;
		$base = '' if !$asks_apache && $section eq 'Off-Off';
		is(location($section, $host, 'dir'), "$base/$section/dir/",
		    "$who: $section $host");
	}
	is(location('r', $_, 'x'), 'http://canon.test:98/to/x',
	    "$who: $_: Redirect") for 'canon.test', 'other.test:7';
	return;
}

for my $text ($conf, $listen) {
	$text =~ s/\{P1\}/$PORT/g;
	$text =~ s/\{P2\}/$PORT2/g;
}
my $ours = "Workers 1\n$listen$conf";
$ours =~ s/\{ROOT\}/$root/g;
$s->set_conf($ours);
ok($s->launch, 'it starts') or BAIL_OUT($s->stderr . $s->log('error'));
check('Drover', $s->dir, 0);
my $run = $s->run('-S');
like($run->{out}, qr/\brest\.test \(/, 'all are shown');
$s->stop;

SKIP: {
	mkdir $s->dir . '/apache';
	mkdir $s->dir . '/apache/logs';
	my $apache = Drover::Others->start('apache', $s->dir, $root,
	    conf => "$listen$conf", modules => ['alias', 'setenvif']) or
	    skip('no apache2', 1);
	check('Apache', $s->dir . '/apache', 1);
	$apache->stop;
}

# What is said of what differs, and of what cannot be.
my $other = Drover->new(conf => <<'EOT');
UseCanonicalName DNS
UseCanonicalPhysicalPort maybe
<VirtualHost *>
    ServerPath nowhere
</VirtualHost>
ServerPath /x
EOT
$run = $other->run('-t');
like($run->{err}, qr/:\d+:18: warning: UseCanonicalName: DNS has no effect: no name is looked up/,
    'DNS');
like($run->{err}, qr/:26: error: UseCanonicalPhysicalPort: "maybe" is neither/,
    'a flag');
like($run->{err}, qr/:16: error: ServerPath: "nowhere" does not begin with \//,
    'a path');
like($run->{err}, qr/error: ServerPath may not stand outside of all sections/,
    'its place');
is($run->{status}, 1, 'the status');
done_testing;
