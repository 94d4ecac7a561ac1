#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# UseCanonicalName and UseCanonicalPhysicalPort within sections: what the host
# is called in redirects and by %V there.  A path in Location is completed as a
# client does.  Where apache2 is installed it is asked the same.
use strict;
use warnings;
use Drover;
use Drover::Apache;
use Test::More;

my $conf = <<'EOT';
ServerName main.test
LogFormat "%U %V" names
CustomLog logs/names names
Redirect /r1 /to
Redirect /loc/r2 /to
Redirect /match/r3 /to
Redirect /phys/r4 /to
Redirect /both/r5 /to
Redirect /away/r6 http://x.example/
RedirectMatch ^/loc/m(.*) /m$1
<Location /loc>
    UseCanonicalName On
</Location>
<Location /in>
    UseCanonicalName On
    Redirect /to
</Location>
<Location /away>
    UseCanonicalName On
</Location>
<LocationMatch ^/match/>
    UseCanonicalName On
</LocationMatch>
<Location /phys>
    UseCanonicalPhysicalPort On
</Location>
<Location /both>
    UseCanonicalName On
    UseCanonicalPhysicalPort On
</Location>
<Location /off>
    UseCanonicalName Off
    Redirect /to
</Location>
<Location /verbatim>
    UseCanonicalName On
    RedirectRelative On
    Redirect /to
</Location>
<Directory "{DIR}/htdocs/dir">
    UseCanonicalName On
    Redirect /dir/r7 /to
</Directory>
<Files f.txt>
    UseCanonicalName On
</Files>
EOT

# A path, where it leads (- is nowhere), and what the host is called in the log.
my @rows = map { [split] } split /\n/, <<'EOT';
/r1         http://name.test/to         name.test
/loc/r2     http://main.test/to         main.test
/loc/mx     http://main.test/mx         main.test
/loc/none   -                           main.test
/in         http://main.test/to         main.test
/in/x       http://main.test/to         main.test
/match/r3   http://main.test/to         main.test
/phys/r4    http://name.test:{PORT}/to  name.test
/both/r5    http://main.test:{PORT}/to  main.test
/away/r6    http://x.example/           main.test
/off        http://name.test/to         name.test
/verbatim   http://name.test/to         main.test
/dir        http://main.test/dir/       main.test
/dir/r7     http://main.test/to         main.test
/sub        http://name.test/sub/       name.test
/sub/f.txt  -                           main.test
EOT
my $canonical = "UseCanonicalName On\n";
my %host_on = map { $_ => 1 } qw(/r1 /sub);

sub check {
	my ($what, $port, $s, $wanted) = @_;
	for my $row (@rows) {
		my $c = $s->connect($port);
		$c->send("GET $row->[0] HTTP/1.1\r\nHost: name.test\r\n" .
		    "Connection: close\r\n\r\n");
		my $to = $c->response->{header}{location} // '-';
		$c->close;
		is($to =~ s{^/}{http://name.test/}r,
		    $wanted->($row->[1], $row->[0]) =~ s/\{PORT\}/$port/r,
		    "$what: $row->[0]");
	}
}

sub names {
	my ($text) = @_;
	return join '', map { "$_\n" } sort split /\n/, $text;
}

my $named = names(join "\n", map { "$_->[0] $_->[2]" } @rows);
my $plain = sub { $_[0] };
my $s = Drover->new(conf => $conf,
    files => { 'dir/a' => 'a', 'sub/f.txt' => 'f' });
ok($s->launch, 'it starts') or diag($s->stderr);
check('Drover', $s->port, $s, $plain);
$s->stop;
is(names(Drover::slurp("$s->{dir}/logs/names")), $named, '%V');

SKIP: {
	my $apache = Drover::Apache->start($s, [qw(alias dir)],
	    $conf =~ s/\{DIR\}/$s->{dir}/gr);
	skip $apache, scalar @rows + 1 if !ref $apache;
	check('Apache', $apache->port, $s, $plain);
	$apache->stop;
	is(names(Drover::slurp("$s->{dir}/apache/logs/names")), $named,
	    'Apache: %V');
}

# A section takes back what the host says.
$s->set_conf($canonical . $conf);
ok($s->launch, 'UseCanonicalName On for all') or diag($s->stderr);
check('all', $s->port, $s, sub {
	my ($to, $path) = @_;
	return $host_on{$path} || $path eq '/phys/r4' ?
	    $to =~ s/name\.test/main.test/r : $to;
});
$s->stop;

done_testing;
