#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The second syntax: -D DUMP_CONFIG writes it, a file named *.cfg is read in
# it, and both mean the same.  And -L, the list of directives.
use strict;
use warnings;
use Test::More;
use Drover;

my %files = ('a.txt' => "a\n", 'two/a.txt' => "two\n", 'shut/a.txt' => "x\n");
my $s = Drover->new(files => \%files, conf => <<'EOT');
Define KIND "text/x-kind"
<IfDefine MORE>
    Include more.conf
</IfDefine>
<VirtualHost *>
    ServerName one.test
    AddType ${KIND} .txt
    <Directory "{DIR}/htdocs/shut">
        <LimitExcept OPTIONS>
            Require all denied
        </LimitExcept>
    </Directory>
</VirtualHost>
<VirtualHost *>
    ServerName two.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
EOT
$s->file('more.conf', "LogLevel debug\n");

sub without_comments {
	return $_[0] =~ s/(?:^|\t)# .*$//mgr;
}

# What a client gets, for two configurations that are to be the same.
sub answers {
	my @got;
	for my $request (['one.test', '/a.txt'], ['one.test', '/shut/a.txt'],
	    ['two.test', '/a.txt'], ['two.test', '/shut/a.txt']) {
		my $r = $s->get($request->[1], Host => $request->[0]);
		push @got, join ' ', $r->{status}, $r->{status} == 200 ?
		    ($r->{header}{'content-type'}, $r->{body}) : ();
	}
	return \@got;
}

my $first = $s->run('-D', 'DUMP_CONFIG', '-D', 'MORE');
is($first->{status}, 0, 'a dump');
my $file = $s->conf_file;
like($first->{out}, qr/^\t\{ name = "Listen"; args = \( "127\.0\.0\.1:\d+" \); \},\t# \Q$file\E:\d+$/m,
    'a statement and where it comes from');
like($first->{out}, qr/\{ name = "LogLevel"; args = \( "debug" \); \},\t# \Q$s->{dir}\E\/more\.conf:1$/m,
    'of an included file');
like($first->{out}, qr/"AddType"; args = \( "text\/x-kind", "\.txt" \)/,
    'variables are put in');
unlike($first->{out}, qr/IfDefine|"Include"|"Define"/,
    'nothing is left to be decided');

# Read back it means the same.
my $cfg = $s->file('conf/dump.cfg', $first->{out});
my $second = $s->run('-f', $cfg, '-D', 'DUMP_CONFIG');
is($second->{status}, 0, 'a dump of the dump');
is(without_comments($second->{out}), without_comments($first->{out}),
    'it is the same');

ok($s->launch, 'it starts from httpd.conf');
my $answers = answers();
is_deeply($answers, ["200 text/x-kind a\n", '403', "200 text/plain two\n",
    '404'], 'answers');
$s->stop;
ok($s->launch(args => ['-f', $cfg]), 'it starts from the dump');
is_deeply(answers(), $answers, 'the same answers');
$s->stop;

# Written by hand.
my $port = $s->port;
my ($user, $group) = Drover::unprivileged();
my $hand = $s->file('conf/hand.cfg', <<"EOT");
# A comment
ServerRoot = "$s->{dir}";
Listen = "127.0.0.1:$port";
@{[ $> == 0 ? "User = \"$user\"; Group = \"$group\";" : '' ]}
@{[ Drover::is_watched() ? 'Sandbox = "off";' : '' ]}
PidFile = "logs/drover.pid";
Workers = 1;
KeepAlive = true;			// a bool
TypesConfig = "$Drover::SRC/conf/mime.types";
Define = ( "ROOT", "$s->{dir}/htdocs" );
DocumentRoot = "\${ROOT}";
ErrorLog = "logs/error_log";
LogLevel = "info";
AddType = ( ("text/x-one", ".txt"), ["text/x-more", ".a", ".b"] );
Directory = { args = "\${ROOT}"; Require = ("all", "granted"); };
VirtualHost = (
	{ args = "*"; ServerName = "one.test";
	  AddType = ("text/x-kind", ".txt");
	  Location = { args = "/shut"; Require = ("all", "denied"); }; },
	{ args = "*"; ServerName = "two.test";
	  DocumentRoot = "\${ROOT}/two";
	  AddType = ("text/plain", ".txt"); }
);
EOT
is($s->run('-t', '-f', $hand)->{err}, "Syntax OK\n", 'by hand: -t');
ok($s->launch(args => ['-f', $hand]), 'by hand: it starts');
is_deeply([@{ answers() }[0 .. 2]], [@$answers[0 .. 2]],
    'by hand: the same answers');
$s->stop;

my $bad = $s->file('conf/bad.cfg', "Listen = 5000000000;\n");
my $run = $s->run('-t', '-f', $bad);
is($run->{status}, 1, 'a number that would be cut: refused');
is($run->{err}, <<"EOT", 'a number that would be cut: named');
$bad:1:10: error: this number does not fit 32 bits; write it with an L at its end, or as a string
    Listen = 5000000000;
             ^
EOT
$bad = $s->file('conf/bad.cfg', "Listen = \"$port\";\n\nTimeout = \"x\";\n");
$run = $s->run('-t', '-f', $bad);
is($run->{err}, <<"EOT", 'an error in a .cfg: its line');
$bad:3: error: Timeout: "x" is not a duration such as 5, 500ms, 5s or 2min
    Timeout = "x";
EOT
is($s->run('-D', 'DUMP_CONFIG', '-f', $bad)->{out}, '',
    'no dump of what is broken');

my $list = $s->run('-L');
is($list->{status}, 0, '-L');
like($list->{out}, qr/^Timeout seconds \(\w+\)\n(?:\t.+\n)+\tIn: server, virtual host\n\tDefault: \d+\n/m,
    '-L: a directive with its contexts and its default');
like($list->{out}, qr/^<VirtualHost address\[:port\] \.\.\.> \(core\)$/m,
    '-L: a section');
my @names = map { lc s/^<//r } $list->{out} =~ /^(\S+)/mg;
is_deeply(\@names, [sort @names], '-L: in order of the names');

done_testing;
