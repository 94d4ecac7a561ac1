#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# drover -t: what is right, and how each thing that is not is named.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Stock;

my $s = Drover->new;
my $file = $s->conf_file;

my $run = $s->run('-t');
is($run->{status}, 0, 'a right configuration');
is($run->{err}, "Syntax OK\n", 'it says so');

# Each with the column and the text of its error.
my @faults = (
	['StartServers four', 14,
	    'StartServers: "four" is not a whole number'],
	['Timeout 10x', 9,
	    'Timeout: "10x" is not a duration such as 5, 500ms, 5s or 2min'],
	['Listen 70000', 8,
	    'Listen: port 70000 is out of range: from 1 to 65535'],
	['LimitRequestLine 5k', 18,
	    'LimitRequestLine: "5k" is not a number of bytes; write 5120'],
	['KeepAlive maybe', 11, 'KeepAlive: "maybe" is neither On nor Off'],
	['ServerAlias "a', 13,
	    'unterminated quote: the closing " is missing'],
	['<Directory /x>', 1,
	    '<Directory> is not closed: </Directory> is missing'],
	['</Directory>', 1,
	    '</Directory> closes nothing: no <Directory> is open'],
	['Timout 5', 1, 'unknown directive Timout; did you mean Timeout?'],
	['Timeout 5 # seconds', 11,
	    'a comment needs a line of its own: Timeout seconds'],
	['Timeout', 1, 'an argument is missing: Timeout seconds'],
	['RewriteBase /x', 1, 'RewriteBase (mod_rewrite) is not ' .
	    'supported by Drover, and without it something else would be ' .
	    'served; UnsupportedModules warn allows that'],
	['Include missing/*.conf', 9,
	    "no file matches $s->{dir}/missing/*.conf"],
	['Require all granted', 1, 'Require may not stand outside of all ' .
	    'sections, only in <Directory>, <Files> or <Location>'],
);
for my $fault (@faults) {
	my ($line, $column, $text) = @$fault;
	$s->set_conf("$line\n");
	my @lines = split /\n/, Drover::slurp($file);
	my ($number) = reverse grep { $lines[$_ - 1] eq $line } 1 .. @lines;
	$run = $s->run('-t');
	is($run->{status}, 1, "$line: refused");
	my ($got) = $run->{err} =~
	    /^\Q$file\E:$number:$column: error: (.*)$/m;
	is($got, $text, "$line: named");
	my $blanks = ' ' x (4 + $column - 1);
	like($run->{err}, qr/^    \Q$line\E\n$blanks\^$/m, "$line: a caret");
}

# All errors come in one run, in the order of the text.
$s->set_conf("Timeout 10x\nInclude more.conf\nKeepAlive 1\n");
$s->file('more.conf', "Workers x\n<Files a/b>\n</Files>\n");
$run = $s->run('-t');
is_deeply([$run->{err} =~ /error: (\w+|<\w+>)/g],
    [qw(Timeout Workers <Files> KeepAlive)], 'all in one run, in order');
my $broken = Drover->new(conf => "Timeout 10x\n");
is($broken->run('-D', 'FOREGROUND')->{status}, 1,
    'nothing starts from a broken configuration');

# Two listeners of one port: both places.
$s->set_conf("Listen {PORT}\nListen {PORT}\n");
my $port = $s->port;
$run = $s->run('-t');
like($run->{err}, qr/^\Q$file\E:\d+:8: error: Listen: 0\.0\.0\.0:$port is taken already, by 0\.0\.0\.0:$port of \Q$file\E:\d+\n/,
    'a port that is listened on twice');

# Said twice: the later one, with both places; -c says nothing.
$s->set_conf("Timeout 5\nTimeout 6\n");
$run = $s->run('-t');
like($run->{err}, qr/^\Q$file\E:\d+:1: warning: Timeout is set again; its value of \Q$file\E:\d+ no longer holds\n/,
    'set twice');
like($run->{err}, qr/^Syntax OK$/m, 'a warning is no error');
$s->set_conf("Timeout 5\n");
$run = $s->run('-t', '-c', 'Timeout 7', '-C', 'Timeout 8');
is($run->{err}, "Syntax OK\n", '-c and -C override in silence');
$run = $s->run('-t', '-c', 'Timeout x');
like($run->{err}, qr/^-c:1:9: error: /, 'an error of -c');

# Names given on the command line.
$s->set_conf("<IfDefine BROKEN>\nTimeout x\n</IfDefine>\n");
is($s->run('-t')->{status}, 0, 'without -D');
is($s->run('-t', '-D', 'BROKEN')->{status}, 1, 'with -D');

# A configuration such as Apache's own, as it is delivered.
my $stock = Drover->new(bare => 1,
    conf => Drover::Stock::conf('nobody', '#65534'));
$stock->file('conf/mime.types', "text/html html\n");
$run = $stock->run('-t');
is($run->{status}, 0, 'stock: accepted');
like($run->{err}, qr/: warning: ScriptAlias: .* are answered by 501\n/,
    'stock: with a warning of its CGI directory');
my %warned = map { $_ => 1 }
    $run->{err} =~ /warning: Drover has no (\w+)_module: /g;
ok($warned{auth_basic} && !$warned{headers} && !$warned{mime} && !$warned{dir},
    'stock: a warning for each module that Drover lacks');

# What has to run is another thing.
my @cgi = ('-C', 'LoadModule cgid_module modules/mod_cgid.so');
$run = $stock->run('-t', @cgi);
is($run->{status}, 1, 'stock with CGI: refused');
like($run->{err}, qr/: error: ScriptAlias: .* with UnsupportedModules warn\n/,
    '... for its CGI directory');
is($stock->run('-t', @cgi, '-c', 'UnsupportedModules warn')->{status}, 0,
    '... but with UnsupportedModules warn');

done_testing;
