#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# -V, -v, -l, -M, -S and -D DUMP_...: in Apache's layout, for scripts that read
# it.  Where Apache is installed it says the same of the same configuration.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->new(bare => 1, conf => <<'EOT');
ServerRoot "{DIR}"
<IfFile "{DIR}/modules.conf">
    <IfModule !mod_status.c>
        Include {DIR}/modules.conf
    </IfModule>
</IfFile>
Listen 127.0.0.1:{PORT}
ServerName main.test
PidFile pid
ErrorLog logs/error_log
DocumentRoot htdocs
Define FOO
Define BAR baz
User nobody
Group {GROUP}
<VirtualHost 127.0.0.1:8181>
    ServerName only.test
    ServerAlias x.only.test *.wild.test
</VirtualHost>
<VirtualHost *:8182>
    ServerName a.test
</VirtualHost>
<VirtualHost *:8182>
    ServerName b.test:99
    ServerAlias b?.test b2.test b3.test
</VirtualHost>
<VirtualHost *:8182>
</VirtualHost>
<VirtualHost [::1]>
    ServerName six.test
</VirtualHost>
<VirtualHost *:8183>
    ServerName c.test
</VirtualHost>
<VirtualHost _default_:8183>
    ServerName d.test
</VirtualHost>
<VirtualHost *>
    ServerName star.test
</VirtualHost>
IncludeOptional inc/*.conf
EOT
my ($group) = (getgrgid((getpwnam 'nobody')[3]))[0];
my $conf = Drover::slurp($s->conf_file) =~ s/\{GROUP\}/$group/r;
$s->file('conf/httpd.conf', $conf);
$s->file('inc/a.conf', "KeepAlive On\n");
$s->file('inc/b.conf', "\nInclude inc/more/c.conf\n");
$s->file('inc/more/c.conf', "Timeout 60\n");

my ($apache) = grep { -x } map { "$_/apache2" } split(/:/, $ENV{PATH}),
    '/usr/sbin';
my $modules = '/usr/lib/apache2/modules';
$apache = undef if !-e "$modules/mod_mpm_event.so";

# Apache's answer; the empty text without one.
sub apache {
	my (@args) = @_;
	return '' if !$apache;
	$s->file('modules.conf', "LoadModule mpm_event_module " .
	    "$modules/mod_mpm_event.so\nDefaultRuntimeDir $s->{dir}\n");
	my $pid = open my $out, '-|';
	if (!$pid) {
		open STDERR, '>', '/dev/null';
		exec $apache, '-f', $s->conf_file, @args;
		exit 127;
	}
	local $/;
	my $said = <$out> // '';
	close $out;
	unlink "$s->{dir}/modules.conf";
	return $said;
}

# The lines of both in which they must agree.
sub agree {
	my ($what, $lines, $own, $its) = @_;
	SKIP: {
		skip 'no apache2 here', 1 if $its eq '';
		my @own = grep { $_ =~ $lines } split /\n/, $own;
		my @its = grep { $_ =~ $lines } split /\n/, $its;
		is_deeply([sort @own], [sort @its], "$what: as Apache says it");
	}
}

sub said {
	my (@args) = @_;
	my $r = $s->run(@args);
	is($r->{status}, 0, "@args") or diag($r->{err});
	return $r->{out};
}

# ---- hosts ----

my $hosts = said('-t', '-D', 'DUMP_VHOSTS');
agree('hosts', qr/./, $hosts, apache('-t', '-D', 'DUMP_VHOSTS'));
my $file = $s->conf_file;
like($hosts, qr/\AVirtualHost configuration:\n127\.0\.0\.1:8181         only\.test \(\Q$file\E:\d+\)\n/,
    'a host alone at its address');
like($hosts, qr/^\*:8182                 is a NameVirtualHost\n         default server a\.test \(.*\)\n         port 8182 namevhost a\.test \(.*\)\n         port 8182 namevhost b\.test \(.*\)\n {17}alias b2\.test\n {17}alias b3\.test\n {17}wild alias b\?\.test\n         port 8182 namevhost main\.test/m,
    'several, with their aliases');

# ---- what it runs with ----

my $run = said('-D', 'DUMP_RUN_CFG');
agree('settings', qr/^(?:ServerRoot|Main|PidFile|User|Group|Define)/, $run,
    apache('-t', '-D', 'DUMP_RUN_CFG'));
like($run, qr{^Main DocumentRoot: "\Q$s->{dir}\E/htdocs"$}m, 'the root');
like($run, qr/^Define: BAR=baz$/m, 'what the file defines');
like($run, qr/^User: name="nobody" id=\d+/m, 'whom it runs as');
SKIP: {
	skip 'the sandbox is off', 1 if Drover::is_watched();
	like($run, qr/^Sandbox: on\n.*^  The worker may read\n    \Q$s->{dir}\E\/htdocs\n/ms,
	    'and what it may do');
}
is(said('-S'), $hosts . ($run =~ s/^(Define: DUMP_RUN_CFG\n)/$1Define: DUMP_VHOSTS\n/mr),
    '-S is both');

# ---- files and modules ----

my $includes = said('-D', 'DUMP_INCLUDES');
my ($before) = $conf =~ /\A(.*?)^IncludeOptional/ms;
my $line = 1 + ($before =~ tr/\n//);
is($includes, <<"EOT", 'which files include which');
Included configuration files:
  (*) $file
    ($line) $s->{dir}/inc/a.conf
    ($line) $s->{dir}/inc/b.conf
      (2) $s->{dir}/inc/more/c.conf
EOT
agree('files', qr/^ +\((?!\*).*inc/, $includes, apache('-t', '-D', 'DUMP_INCLUDES'));

my $loaded = said('-M');
is(said('-t', '-D', 'DUMP_MODULES'), $loaded, '-M is DUMP_MODULES');
like($loaded, qr/\ALoaded Modules:\n(?: \w+_module \(static\)\n)+\z/,
    'modules in their form');
like($loaded, qr/^ $_ /m, "-M has $_")
    for qw(core_module http_module mpm_event_module mime_module);
my $compiled = said('-l');
like($compiled, qr/\ACompiled in modules:\n(?:  \w+\.c\n)+\z/, '-l');
is(scalar(() = $compiled =~ /\.c$/mg), scalar(() = $loaded =~ /static/g),
    'the same modules');

# ---- the program ----

my $build = said('-V');
my @form = (
	qr/\AServer version: \S+\/[\d.]+ \(\w+\)\n/,
	qr/^Server built:   \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/m,
	qr/^Architecture:   \d+-bit$/m,
	qr/^Server MPM:     event\n  threaded:     (?:yes|no)\b.*\n    forked:     yes \(\w+ process count\)$/m,
	qr/^Server compiled with\.\.\.\.\n(?: -D .*\n)+\z/m,
	(map { qr/^ -D $_="[^"\n]+"$/m } qw(HTTPD_ROOT SERVER_CONFIG_FILE
	    DEFAULT_PIDLOG DEFAULT_ERRORLOG AP_TYPES_CONFIG_FILE)),
);
my $its = apache('-V');
for my $form (@form) {
	like($build, $form, '-V');
	SKIP: {
		skip 'no apache2 here', 1 if $its eq '';
		like($its, $form, '... as in Apache');
	}
}
like($build, qr/^Directives:     as of Apache\/2\.4\.\d+,/m,
    'and whose directives it has');
is(said('-v'), join('', map { "$_\n" } (split /\n/, $build)[0, 1]),
    '-v is its beginning');
done_testing;
