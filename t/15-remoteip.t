#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# RemoteIP...: whom a request is taken to come from.  Each row has that address
# as SetEnvIf and access see it, what is left in the field and the proxies
# between ("-": nothing), the host that is asked and the field as it was sent.
# Where apache2 is installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

my @rows = map { [split m{ // }, $_, 3] } grep { /\S/ } split /\n/, <<'EOT';
1.2.3.4 | - | - // open // 1.2.3.4
1.2.3.4 | - | - // open // 1.2.3.4, 5.6.7.8
127.0.0.1 | 10.1.1.1 | - // open // 10.1.1.1
127.0.0.1 | 1.2.3.4, 10.1.1.1 | - // open // 1.2.3.4, 10.1.1.1
127.0.0.1 | 172.31.255.1 | - // open // 172.31.255.1
172.32.0.1 | - | - // open // 172.32.0.1
127.0.0.1 | 192.168.1.1 | - // open // 192.168.1.1
127.0.0.1 | 169.254.1.1 | - // open // 169.254.1.1
127.0.0.1 | 127.0.0.1 | - // open // 127.0.0.1
127.0.0.1 | ::1 | - // open // ::1
127.0.0.1 | fe80::1 | - // open // fe80::1
127.0.0.1 | fc00::1 | - // open // fc00::1
2001:db8::1 | - | - // open // 2001:db8::1
1.2.3.4 | - | - // open // ::ffff:1.2.3.4
127.0.0.1 | foo | - // open // foo
127.0.0.1 | 1.2.3.4, foo | - // open // 1.2.3.4, foo
127.0.0.1 | 1.2.3.4:99 | - // open // 1.2.3.4:99
127.0.0.1 | [2001:db8::1] | - // open // [2001:db8::1]
127.0.0.1 | 1.2.3.4 8.8.8.8 | - // open // 1.2.3.4 8.8.8.8
127.0.0.1 | - | - // open // -
1.2.3.4 | - | 127.0.0.1 // trusted // 1.2.3.4
5.6.7.8 | 1.2.3.4 | 127.0.0.1 // trusted // 1.2.3.4, 5.6.7.8
1.2.3.4 | - | 127.0.0.1, 8.8.8.8 // trusted // 1.2.3.4, 8.8.8.8
1.2.3.4 | - | 127.0.0.1, 8.8.8.8, 8.8.8.9 // trusted // 1.2.3.4,8.8.8.9 ,8.8.8.8
8.8.8.8 | 1.2.3.4, | 127.0.0.1 // trusted // 1.2.3.4,,8.8.8.8
8.8.8.8 | 10.1.1.1 | 127.0.0.1 // trusted // 10.1.1.1, 8.8.8.8
8.8.8.8 | unknown | 127.0.0.1 // trusted // unknown, 8.8.8.8
127.0.0.1 | 10.1.1.1 | sent // trusted // 10.1.1.1 // sent
9.9.9.9 | - | 127.0.0.1 // trusted // 9.9.9.9 // sent
1.2.3.4 | - | - // internal // 1.2.3.4
5.6.7.8 | 1.2.3.4 | - // internal // 1.2.3.4, 5.6.7.8
1.2.3.4 | - | - // internal // 1.2.3.4, 10.1.1.1
10.2.0.1 | - | - // internal // 10.2.0.1
127.0.0.9 | - | - // internal // 127.0.0.9
::1 | - | - // internal // ::1
1.2.3.4 | - | sent // internal // 1.2.3.4 // sent
1.2.3.4 | - | 8.8.8.8 // both // 1.2.3.4, 8.8.8.8
8.8.8.8 | 10.1.1.1 | - // both // 10.1.1.1, 8.8.8.8
10.1.1.1 | 8.8.8.8 | - // both // 8.8.8.8, 10.1.1.1
127.0.0.1 | 1.2.3.4 | - // others // 1.2.3.4
127.0.0.1 | 1.2.3.4 | - // none // 1.2.3.4
1.2.3.4 | - | 127.0.0.1, 8.8.8.8 // listed // 1.2.3.4, 8.8.8.8
10.2.0.1 | - | - // listed-internal // 10.2.0.1
5.6.7.8 | 1.2.3.4 | 127.0.0.1 // lines // 1.2.3.4 | 5.6.7.8
EOT

my %hosts = (
	open => "RemoteIPHeader X-Client\n",
	trusted => "RemoteIPHeader X-Client\nRemoteIPProxiesHeader X-Via\n" .
	    "RemoteIPTrustedProxy 127.0.0.1 8.8.8.0/24\n",
	internal => "RemoteIPHeader x-client\nRemoteIPProxiesHeader X-Via\n" .
	    "RemoteIPInternalProxy 127.0.0.1\nRemoteIPInternalProxy 10.1\n",
	both => "RemoteIPHeader X-Client\nRemoteIPProxiesHeader X-Via\n" .
	    "RemoteIPInternalProxy 127.0.0.1\nRemoteIPTrustedProxy 8.8.8.8\n",
	others => "RemoteIPHeader X-Client\nRemoteIPInternalProxy 127.0.0.2\n",
	none => "RemoteIPInternalProxy 127.0.0.1\n",
	listed => "RemoteIPHeader X-Client\nRemoteIPProxiesHeader X-Via\n" .
	    "RemoteIPTrustedProxyList {LIST}\n",
	'listed-internal' => "RemoteIPHeader X-Client\n" .
	    "RemoteIPInternalProxyList {LIST}\n",
	lines => "RemoteIPHeader X-Client\nRemoteIPProxiesHeader X-Via\n" .
	    "RemoteIPTrustedProxy 127.0.0.1 8.8.8.0/24\n",
);
my $s = Drover->new(files => { f => "file\n", 'own/f' => "own\n",
	'local/f' => "local\n", 'old/f' => "old\n" });
my $list = $s->file('proxies',
    "# ours\n\n127.0.0.1   8.8.8.8 # and more\n  10.0.0.0/8\n");
my $conf = <<'EOT';
<Location /own>
Require ip 1.2.3.4
</Location>
<Location /local>
Require local
</Location>
<Location /old>
Order deny,allow
Deny from all
Allow from 1.2.3.4
</Location>
Header echo ^X-(?:Client|Via)$
Header set X-Addr %{ADDR}e
EOT
for my $name (sort keys %hosts) {
	my $said = $hosts{$name} =~ s/\{LIST\}/$list/r;
	$conf .= "<VirtualHost *>\nServerName $name\n" .
	    "SetEnvIf Remote_Addr (.*) ADDR=\$1\n$said</VirtualHost>\n";
}

sub get {
	my ($port, $host, $path, @fields) = @_;
	my $c = Drover::Conn->new($port);
	$c->send(join "\r\n", "GET $path HTTP/1.1", "Host: $host",
	    'Connection: close', @fields, '', '');
	my $r = $c->response;
	$c->close;
	return $r;
}

sub ask {
	my ($port, $i) = @_;
	my ($want, $host, $sent) = @{ $rows[$i] };
	($sent, my $via) = split m{ // }, $sent;
	my $r = get($port, $host, '/f',
	    ($sent eq '-' ? () : map { "X-Client: $_" } split / \| /, $sent),
	    (defined $via ? "X-Via: $via" : ()));
	return join ' | ', map { $r->{header}{$_} // '-' }
	    qw(x-addr x-client x-via);
}

# Who gets where.
my @access = (
	['trusted', '/own/f', '1.2.3.4', 200], ['trusted', '/own/f', '5.6.7.8', 403],
	['trusted', '/local/f', '1.2.3.4', 403], ['trusted', '/local/f', 'x', 200],
	['internal', '/local/f', '127.0.0.9', 200],
	['trusted', '/old/f', '1.2.3.4', 200], ['trusted', '/old/f', '5.6.7.8', 403],
);
sub access_of {
	my ($port, $row) = @_;
	return get($port, @$row[0, 1], "X-Client: $row->[2]")->{status};
}

$s->set_conf("$conf" . <<'EOT');
LogFormat "%a %{c}a %h %{c}h %{remote}p %{X-Client}i %{remoteip-proxy-ip-list}n" who
CustomLog logs/who_log who
<VirtualHost *>
ServerName errors
RemoteIPHeader X-Client
ErrorLog logs/own_log
ErrorLogFormat connection "from %a"
ErrorLogFormat "%a %{c}a %{remoteip-proxy-ip-list}n %M"
</VirtualHost>
EOT
ok($s->launch, 'Drover starts') or diag($s->stderr);
is(ask($s->port, $_), $rows[$_][0], "$rows[$_][1]: $rows[$_][2]")
    for 0 .. $#rows;
is(access_of($s->port, $_), $_->[3], "$_->[1] for $_->[2]") for @access;
ok($s->wait_log('who', qr{^5\.6\.7\.8 127\.0\.0\.1 5\.6\.7\.8 127\.0\.0\.1 0 1\.2\.3\.4 127\.0\.0\.1$}m),
    'logged for whom and by whom');
ok($s->wait_log('error', qr{\[client 5\.6\.7\.8:0\] AH01630: client denied by }),
    'in the error log, too');

get($s->port, 'errors', '/own/f', 'X-Client: 5.6.7.8');
ok($s->wait_log('own', qr{^5\.6\.7\.8:0 127\.0\.0\.1:\d+ 127\.0\.0\.1 AH01630}m),
    'in its format as well');
like($s->log('own'), qr{^from 127\.0\.0\.1:\d+$}m, 'who has connected');

# On one connection each request is for somebody else.
my $c = $s->connect;
# Apache reads "1.2.3" as 1.2.0.3.
for my $client ('1.2.3.4', '5.6.7.8', '1.2.3', 'no', '2001:db8::7') {
	$c->request('GET', '/f', '', Host => 'trusted', 'X-Client' => $client);
	is($c->response->{header}{'x-addr'},
	    $client =~ /:|(?:\d+\.){3}/ ? $client : '127.0.0.1', "... then for $client");
}
$c->close;
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s,
	    [qw(headers remoteip setenvif authz_host access_compat)], $conf);
	skip $apache, @rows + @access unless ref $apache;
	is(ask($apache->port, $_), $rows[$_][0],
	    "Apache: $rows[$_][1]: $rows[$_][2]") for 0 .. $#rows;
	is(access_of($apache->port, $_), $_->[3], "Apache: $_->[1] for $_->[2]")
	    for @access;
	$apache->stop;
}

# What is refused.
my $bad = $s->file('bad', "10.0.0.1\n\n10.0.0.2 10.0.0.300\n");
$s->set_conf(<<"EOT");
RemoteIPHeader "a b"
RemoteIPHeader Host
RemoteIPProxiesHeader Content-Length
RemoteIPTrustedProxy proxy.example.com
RemoteIPInternalProxy 10.0.0.0/99
RemoteIPTrustedProxyList $bad
RemoteIPInternalProxyList {DIR}/missing
RemoteIPProxyProtocol On
EOT
my $err = $s->run('-t')->{err};
like($err, qr{:16: error: RemoteIPHeader: "a b" cannot be the name of a field}, 'name');
like($err, qr{:16: error: RemoteIPHeader: Host says something else}, 'Host');
like($err, qr{:23: error: RemoteIPProxiesHeader: Content-Length says}, 'length');
like($err, qr{:22: error: RemoteIPTrustedProxy: .*proxy\.example\.com}, 'a name');
like($err, qr{:23: error: RemoteIPInternalProxy: .*99}, 'a mask');
like($err, qr{:26: error: RemoteIPTrustedProxyList: \Q$bad\E:3: .*10\.0\.0\.300}, 'in a file');
like($err, qr{:27: error: RemoteIPInternalProxyList: cannot open .*/missing: No such}, 'no file');
like($err, qr{:23: error: RemoteIPProxyProtocol: the PROXY protocol is not supported}, 'PROXY');
$s->set_conf("UnsupportedModules warn\nRemoteIPProxyProtocol On\n");
like($s->run('-t')->{err}, qr{warning: RemoteIPProxyProtocol: the PROXY}, 'but for a warning');
$s->set_conf("UnsupportedModules warn\nRemoteIPProxyProtocol On\n" .
    "RemoteIPProxyProtocolExceptions 127.0.0.1\n");
like($s->run('-t')->{err}, qr{warning: RemoteIPProxyProtocolExceptions .* is not supported}, 'nor what belongs to it');
# Whoever it may come from is not taken for the client: nobody is.
ok($s->launch, 'it starts') or diag($s->stderr);
for my $header ("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n",
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" . "\x0a\0\0\1" x 3) {
	my $c = $s->connect;
	$c->send("${header}GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	is($c->response->{status}, 400, 'a connection that begins with it');
	$c->close;
}
$s->stop;
$s->set_conf("RemoteIPProxyProtocolExceptions 127.0.0.1\n");
like($s->run('-t')->{err}, qr{:\d+:1: error: RemoteIPProxyProtocolExceptions .* is not supported}, 'by default it is refused');
$s->set_conf("RemoteIPProxyProtocol Off\n");
is($s->run('-t')->{status}, 0, 'and Off is nothing');
done_testing;
