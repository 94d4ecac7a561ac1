#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Which modules there are for <IfModule>, -M and what modules do by themselves:
# those that LoadModule names, in a configuration that loads mod_authz_core and
# so all that it wants, and else all that Drover has.  Where Apache is installed
# it says the same.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Apache;

my $modules = '/usr/lib/apache2/modules';
my ($apache) = grep { -x } map { "$_/apache2" } split(/:/, $ENV{PATH}),
    '/usr/sbin';
my %file = (core => 'core.c', http => 'http_core.c',
    mpm_event => 'event.c', mpm_prefork => 'prefork.c');
my @asked = qw(core so http log_config logio version unixd mpm_event
    mpm_prefork authz_core authz_host access_compat alias autoindex dir env
    headers mime setenvif status userdir rewrite);
my @always = qw(core http log_config logio so unixd version);

sub loads {
	return join '', map { "LoadModule ${_}_module $modules/mod_$_.so\n" } @_;
}

# Two names of each, by the file and by the structure.
sub questions {
	return join '', map { my $file = $file{$_} // "mod_$_.c";
	    "<IfModule $file>\nDefine $_\n</IfModule>\n" .
	    "<IfModule !${_}_module>\nUnDefine $_\n</IfModule>\n" } @asked;
}

sub found {
	my ($said) = @_;
	return join ' ', sort grep { !/^DUMP_/ } $said =~ /^Define: (\w+)$/mg;
}

# What is there in such a configuration, by Drover and by Apache.
sub there {
	my ($text) = @_;
	my $s = Drover->new(bare => 1, conf => <<"EOT" . $text . questions());
ServerRoot "{DIR}"
Listen 127.0.0.1:{PORT}
ServerName localhost
PidFile pid
EOT
	my $run = $s->run('-D', 'DUMP_RUN_CFG');
	is($run->{status}, 0, 'it is read') or diag($run->{err});
	my $its = $apache && -e "$modules/mod_mpm_event.so" ?
	    qx($apache -f @{[$s->conf_file]} -t -D DUMP_RUN_CFG 2>&1) : '';
	return (found($run->{out}), $its =~ /^ServerRoot/m ? found($its) : undef);
}

# Each: the text, and what is there of the modules that LoadModule decides.
my @rows = (
	[loads(qw(mpm_event authz_core)), 'authz_core mpm_event'],
	[loads(qw(alias mpm_event authz_core mime)),
	    'alias authz_core mime mpm_event'],
	[loads(qw(mpm_prefork authz_core access_compat authz_host dir env
	    userdir rewrite)),
	    'access_compat authz_core authz_host dir env mpm_prefork rewrite ' .
	    'userdir'],
	# The second stands inside of what does not hold.
	[loads(qw(mpm_event authz_core)) . "<IfModule mod_alias.c>\n" .
	    loads('dir') . "</IfModule>\n<IfModule !mod_alias.c>\n" .
	    loads('alias') . "</IfModule>\n", 'alias authz_core mpm_event'],
);
for my $row (@rows) {
	my ($text, $expected) = @$row;
	my ($own, $its) = there($text);
	my $all = join ' ', sort @always, split / /, $expected;
	is($own, $all, "there are $expected");
	SKIP: {
		skip 'no apache2 here', 1 if !defined $its;
		is($its, $all, '... and in Apache');
	}
}

# ---- what LoadModule does not decide ----

my $rest = join ' ', sort grep { !/^(?:mpm_prefork|rewrite)$/ } @asked;
my $sure = join ' ', sort 'authz_core', 'mpm_event', @always;
for my $row (
    ['', $rest, 'nothing is loaded'],
    [loads('alias'), $rest, 'the others may be compiled in'],
    ["LoadModule php_module x\n", $rest, 'nor does a module decide of others'],
    [loads('authz_core'), $sure, 'some MPM is always there'],
    ["<IfModule !mod_alias.c>\n" . loads('alias') . "</IfModule>\n" .
	loads('authz_core'), join(' ', sort 'alias', split / /, $sure),
	'a module that was there stays']) {
	my ($own) = there($row->[0]);
	is($own, $row->[1], $row->[2]);
}

# ---- what comes of it ----

my $stock = loads(qw(mpm_event authz_core dir)) . <<'EOT';
<IfModule mod_userdir.c>
    UserDir public_html
</IfModule>
Options +Indexes
EOT
my $s = Drover->new(conf => $stock,
    files => { 'index.html' => 'I', 'list/a.txt' => 'a' });
my $run = $s->run('-t');
is("$run->{status} $run->{err}", "0 Syntax OK\n",
    'what is in no module is passed over');
is(join(' ', $s->run('-M')->{out} =~ /^ (\w+)_module \(shared\)$/mg),
    'mpm_event authz_core dir', '-M: what is loaded');
like($s->run('-M')->{out}, qr/^ so_module \(static\)$/m, '... and always there');
unlike($s->run('-M')->{out}, qr/userdir/, '... and nothing else');
ok($s->launch, 'it serves') or diag($s->stderr);
is($s->get('/')->{status}, 200, 'an index');
is($s->get('/list/')->{status}, 404, 'no listing without its module');
$s->stop;
my $its = Drover::Apache->start($s, ['dir'], "Options +Indexes\n");
SKIP: {
	skip $its, 1 if !ref $its;
	my $c = $s->connect($its->port);
	$c->request('GET', '/list/', '');
	is($c->response->{status}, 404, '... in Apache');
	$c->close;
	$its->stop;
}

$s->set_conf("Options +Indexes\n$stock" . loads('autoindex'));
ok($s->launch, 'with it') or diag($s->stderr);
is($s->get('/list/')->{status}, 200, '... there is one');
$s->stop;

$s->set_conf($stock . loads('userdir') . "UserDir public_html\n");
like($s->run('-t')->{err}, qr/:\d+:9: error: UserDir: home directories are not looked up/,
    'a UserDir that counts is refused with the reason');

done_testing;
