#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Who gets in: Require and its sections, Order, Allow, Deny and Satisfy, how
# they go together, and what a section inside makes of them; and RewriteEngine,
# which closes where links may not be followed.  Each row has the
# rules of a folder, those of one inside it ("//"), and who gets the file in
# there: GET, GET with a variable set, POST and OPTIONS, first by 127.0.0.1,
# then by 127.0.0.2.  Where apache2 is installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use IO::Socket::IP;
use Drover::Table;
use Test::More;

my @rows = map { [split ' ', $_, 2] } grep { /\S/ } split /\n/, <<'EOT';
++++++++ Require all granted
-------- Require all denied
-------- Require all denied | AuthzSendForbiddenOnFailure On
-------- <IfSection RequireNone> | Require all denied | </IfSection>
++++++++ Require all granted | Require all denied
++++++++ Require local
-+---+-- Require env E
-+---+-- Require env F E
++--++-- Require method GET
--++--++ Require method POST OPTIONS
----++++ Require ip 127.0.0.2 10.0.0.0/8
++++---- Require ip 127.0.0.0/255.255.255.254
++++++++ Require ip 127
++++++++ Require ip 127.0. 10.1
-------- Require ip ::1 2001:db8::/32
++++---- Require host localhost
++++++++ Require ip 127.0.0.2/24
++++++++ Require ip 127.0.0.1/255.0.255.0
+-+++-++ <RequireAll> | Require all granted | Require not env E | </RequireAll>
++++---- <RequireAll> | Require all granted | Require not ip 127.0.0.2 | </RequireAll>
++-+++-+ <RequireAll> | Require not method POST | Require all granted | </RequireAll>
-------- <RequireAll> | Require not all granted | Require env E | </RequireAll>
-+---+-- <RequireAll> | Require not all denied | Require env E | </RequireAll>
-------- <RequireAll> | Require not local | Require all granted | </RequireAll>
++-+++-+ <RequireAll> | Require method GET OPTIONS | Require ip 127 | </RequireAll>
+--++--+ <RequireAll> | Require all granted | <RequireNone> | Require env E | Require method POST | </RequireNone> | </RequireAll>
-+--++++ <RequireAny> | Require ip 127.0.0.2 | <RequireAll> | Require ip 127.0.0.1 | Require env E | </RequireAll> | </RequireAny>
+-++++++ <RequireAny> | <RequireAll> | Require all granted | Require not env E | </RequireAll> | Require ip 127.0.0.2 | </RequireAny>
-+------ <RequireAll> | <RequireAny> | Require env E | </RequireAny> | <RequireNone> | Require ip 127.0.0.2 | </RequireNone> | </RequireAll>
++++++++ <RequireAll> | Require all denied | </RequireAll> | <RequireAll> | Require all granted | </RequireAll>
--++--++ <Limit GET> | Require all denied | </Limit>
++++++++ <Limit GET> | Require all denied | </Limit> | Require local
++--++-- <LimitExcept GET> | Require all denied | </LimitExcept>
-+++-+++ <Limit GET> | <RequireAll> | Require all granted | Require env E | </RequireAll> | </Limit>
++-+++-+ <RequireAll> | Require all granted | <Limit POST> | Require all denied | </Limit> | </RequireAll>
++-+++-+ <RequireAny> | <Limit POST> | Require all denied | </Limit> | </RequireAny>
--+-++++ <RequireAny> | <Limit POST> | Require all granted | </Limit> | Require ip 127.0.0.2 | </RequireAny>
++-+++++ <RequireAll> | <Limit POST> | Require ip 127.0.0.2 | </Limit> | </RequireAll>
+--++--+ <RequireAll> | <Limit POST> | Require all denied | </Limit> | Require not env E | </RequireAll>
++++++-+ <RequireAll> | Require all granted | <RequireNone> | <Limit POST> | Require ip 127.0.0.2 | </Limit> | </RequireNone> | </RequireAll>
+-+++--+ <RequireAll> | Require all granted | <RequireNone> | <Limit POST> | Require ip 127.0.0.2 | </Limit> | Require env E | </RequireNone> | </RequireAll>
----++++ Require env E // Require ip 127.0.0.2
-+---+-- Require env E // Options None
++++++++ Require all denied // <Limit POST> | Require all granted | </Limit>
-+---+-- Require all denied // AuthMerging Or | Require env E
-+------ Require env E // AuthMerging And | Require ip 127.0.0.1
-+---+-- Require env E // AuthMerging And
-+---+-- Require env E // AuthMerging Or
++++++++ Require env E // AuthMerging Off
++++---- Require env E // AuthMerging Off | Require ip 127.0.0.1
-+---+-- AuthMerging And // Require env E
-+---+-- AuthMerging And | Require ip 127.0.0.2 // Require env E
--+---+- Require all denied // AuthMerging Or | <Limit POST> | Require all granted | </Limit>
++-+++-+ Require all granted // AuthMerging And | <Limit POST> | Require all denied | </Limit>
+-+++-++ Require all granted // AuthMerging And | <RequireAll> | Require not env E | Require all granted | </RequireAll>
-+---+-- Require env E // AuthMerging And | <Limit POST> | Require ip 127.0.0.2 | </Limit>
-+---++- Require env E // AuthMerging Or | <Limit POST> | Require ip 127.0.0.2 | </Limit>
----++++ <Limit POST> | Require env E | </Limit> // AuthMerging Or | Require ip 127.0.0.2
----++-+ <Limit POST> | Require env E | </Limit> // AuthMerging And | Require ip 127.0.0.2
-------- Require all granted | Order deny,allow | Deny from all
++++++++ Require all granted | Order allow,deny | Allow from all
----++++ Require all granted | Order allow,deny | Allow from 127.0.0.2
++++---- Require all granted | Order allow,deny | Allow from all | Deny from 127.0.0.2
----++++ Require all granted | Order deny,allow | Deny from all | Allow from 127.0.0.2
++++---- Require all granted | Order mutual-failure | Allow from 127 | Deny from 127.0.0.2
-------- Require all granted | Order mutual-failure
-+---+-- Require all granted | Order allow,deny | Allow from env=E
-+---+-- Require all granted | Order deny,allow | Deny from env=!E
+-+++-++ Require all granted | Deny from env=E
++++++++ Require all granted | Allow from env=E
-------- Require all granted | Order allow,deny
++++++++ Require all granted | Order deny,allow
----++++ Require all granted | Order Allow,Deny | Allow from 127.0.0.0/255.255.255.255 127.0.0.2/32
-------- Require all granted | Order Deny,Allow | Deny from 127.0.0. env=E
----+-++ Require all granted | Deny from localhost | Deny from env=E
-------- Allow from 127.0.0.1
-------- Order allow,deny | Allow from all
----++++ Require all denied | Satisfy Any | Deny from all | Allow from 127.0.0.2
++++++++ Require all denied | Satisfy Any
-+--++++ Require env E | Satisfy Any | Order allow,deny | Allow from 127.0.0.2
-----+-- Require env E | Satisfy All | Order allow,deny | Allow from 127.0.0.2
++--++-- Require all denied | <Limit GET> | Satisfy Any | </Limit>
++--++-- Require all granted | <Limit GET> | Satisfy Any | </Limit> | Deny from all
++++++++ Require all granted | Deny from all // Allow from 127.0.0.2
++++---- Require all granted | Order allow,deny | Allow from all // Deny from 127.0.0.2
++++++++ Require all granted | Order allow,deny // Satisfy All
-------- Require all granted | Order allow,deny // Options None
-------- Require all granted | Satisfy Any | Deny from all // Require all denied
-------- Require all denied | Satisfy Any // Order deny,allow
++-+++-+ Require all granted | <Limit POST> | Deny from all | </Limit>
++--++-- Require all granted | <LimitExcept GET> | Order allow,deny | </LimitExcept>
++--++-- Require all granted | Order allow,deny | <Limit GET> | Allow from all | </Limit>
-------- Require all granted | Deny from all | <Limit POST> | Order allow,deny | Allow from 127.0.0.2 | </Limit>
++++++++ Require all granted | RewriteEngine On
++++++++ Require all granted | RewriteEngine On | Options SymLinksIfOwnerMatch
-------- Require all granted | RewriteEngine On | Options None
-------- Require all granted | RewriteEngine On // Options Indexes
++++++++ Require all granted | RewriteEngine On | Options None // RewriteEngine Off
++++++++ Require all granted | RewriteEngine On | Options None // Options FollowSymLinks
++++++++ Require all granted | RewriteEngine Off | Options None
EOT

my ($files, $conf) = nested_directories(map { $_->[1] } @rows);

my $s = Drover->new(files => $files);
my $root = $s->dir . '/htdocs';
$conf =~ s/\{ROOT\}/$root/g;
$conf = "SetEnvIf X-E . E=1\n<Directory \"$root\">\nRequire all denied\n" .
    "</Directory>\n$conf";

# Refused or not; what becomes of a request that is not is not asked here.
sub ask {
	my ($port, $from, $method, $path, $fields) = @_;
	my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1',
	    PeerPort => $port, LocalHost => $from) or return '!';
	print $socket "$method $path HTTP/1.1\r\nHost: localhost\r\n",
	    "Connection: close\r\nContent-Length: 0\r\n$fields\r\n";
	my $line = <$socket> // '';
	my ($status) = $line =~ m{^HTTP/1\.1 (\d{3}) };
	return !$status ? '!' : $status == 403 ? '-' : '+';
}

sub answers {
	my ($port, $path) = @_;
	my $all = '';
	for my $from ('127.0.0.1', '127.0.0.2') {
		$all .= ask($port, $from, @$_) for ['GET', $path, ''],
		    ['GET', $path, "X-E: 1\r\n"], ['POST', $path, ''],
		    ['OPTIONS', $path, ''];
	}
	return $all;
}

$s->set_conf($conf);
ok($s->launch, 'Drover starts') or diag($s->stderr);
for my $i (0 .. $#rows) {
	is(answers($s->port, "/$i/in/f.txt"), $rows[$i][0], $rows[$i][1]);
}

# Programs that watch the log know these lines.
my ($authz) = grep { $rows[$_][1] eq 'Require all denied' } 0 .. $#rows;
my ($compat) = grep { $rows[$_][1] =~ /\| Order allow,deny$/ } 0 .. $#rows;
my $denied = "client denied by server configuration: $root";
ok($s->wait_log('error',
    qr{\[authz_core:error\] .*AH01630: \Q$denied\E/$authz/in/f\.txt$}),
    'a refusal by Require');
ok($s->wait_log('error',
    qr{\[access_compat:error\] .*AH01797: \Q$denied\E/$compat/in/f\.txt$}),
    'a refusal by Order');
$s->stop;

SKIP: {
	my $apache = Drover::Apache->start($s,
	    [qw(access_compat authz_host rewrite setenvif)], $conf);
	skip $apache, scalar @rows unless ref $apache;
	is(answers($apache->port, "/$_/in/f.txt"), $rows[$_][0],
	    "Apache: $rows[$_][1]") for 0 .. $#rows;
	$apache->stop;
}
done_testing;
