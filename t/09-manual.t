#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The manual: httpd.conf(5) has every directive that the program knows, and
# drover(8) every option, each as the program says it; and the pages are
# clean.
use strict;
use warnings;
use Drover;
use Test::More;

my $build = $ENV{TOP_BUILDDIR} // "$Drover::SRC/build";
my @pages = grep { !m{/directives$} } glob "\Q$build\E/man/*.[1578]";
push @pages, glob "\Q$Drover::SRC\E/man/*.[1578]"
    if $build ne $Drover::SRC;

# What mdoc prints of an argument.
sub plain {
	my ($text) = @_;
	$text =~ s/^"(.*)"$/$1/;
	$text =~ s/\\://g;
	$text =~ s/\\\(dq/"/g;
	$text =~ s/\\-/-/g;
	$text =~ s/\\e/\\/g;
	$text =~ s/\\[%&]//g;
	$text =~ s/\n\t?/ /g;
	return $text;
}

# { name => "arguments / what differs / contexts / default" } of drover -L.
sub listed {
	my %found;
	for (split /^(?=\S)/m, Drover->new->run('-L')->{out}) {
		my ($name, $args) = /^(\S+) *(.*?) *>? \(\w+\)$/m
		    or die "what is $_";
		my ($in) = /^\tIn: (.*)$/m;
		my ($default) = /^\tDefault: (.*)$/m;
		my ($differs) = /^\tDiffers from Apache: (.*?)\n\t(?:Not in Apache\n|In: )/ms;
		my $own = /^\tNot in Apache$/m ? 'own' : 'theirs';
		$found{$name} = join ' / ', $args, plain($differs // 'as there'),
		    $own, $in, $default // 'none';
	}
	return \%found;
}

# The same of the page.
sub documented {
	my ($page) = @_;
	my (%found, $name);
	my ($text) = Drover::slurp($page) =~
	    /^\.Sh DIRECTIVES\n(.*?)^\.Sh /ms or die "$page: no directives";
	for (split /^(?=\.It )/m, $text) {
		my ($name, $args) = /^\.It Ic (\S+)(?: Ar (".*?"))?(?: Ns.*)?$/m
		    or next;
		my ($in) = /^\.Em Where :\n(.*)[.;]$/m;
		my ($default) = /^\.Ql (".*") \.$/m;
		my ($differs) = /^\.Em Differs from Apache :\n(.*?)\n\.br$/ms;
		my $own = /^\.Em Not in Apache \.\n\.br$/m ? 'own' : 'theirs';
		$name = plain($name);
		ok(!$found{$name}, "$name is there once");
		$found{$name} = join ' / ', plain($args // ''),
		    plain($differs // 'as there') =~ s/\.$//r, $own, $in,
		    plain($default // 'none');
		like($_, qr/^\.It.*\n[A-Z\$].*[^.]\.$/m,
		    "$name is told of in a sentence");
	}
	return \%found;
}

is_deeply(documented("$build/man/httpd.conf.5"), listed(),
    'httpd.conf(5) has all directives, as drover -L has them');

# Letters of a LogFormat: those that the program does not refuse.
my @letters = ('a' .. 'z', 'A' .. 'Z');
my $s = Drover->new(conf => join '', map { "LogFormat %${_} $_\n" } @letters);
my %unknown = map { $_ => 1 } $s->run('-t')->{err} =~
    /%(\w) is no letter of a format/g;
my ($formats) = Drover::slurp("$build/man/httpd.conf.5") =~
    /^\.Sh THE ACCESS LOG\n(.*?)^\.Sh /ms;
my %told = map { $_ => 1 } map { /(?:%>?|[}])(\w)(?= |$)/mg }
    $formats =~ /^\.It Li (.*)/mg;
is(join('', sort keys %told), join('', sort grep { !$unknown{$_} } @letters),
    'httpd.conf(5) has all letters of log formats');

my ($usage) = Drover->new->run('-h')->{err} =~ /\n\n(.*)/s;
my %option = map { $_ => 1 } $usage =~ /(?:^  |, )-(\w)\b/mg;
$option{D} = 1;
my $text = Drover::slurp("$build/man/drover.8");
my ($list) = $text =~ /^The options are(.*?)^\.Sh /ms;
is(join(' ', sort $list =~ /^\.It Fl (\w)\b/mg), join(' ', sort keys %option),
    'drover(8) has all options of drover -h');
is(join(' ', sort $list =~ /^\.It Cm ([a-z-]+)$/mg),
    join(' ', sort $usage =~ /^  -k ([a-z-]+) /mg), '... and all commands');

# droverctl(8): the commands and options of the program.
my $ctl = Drover::slurp("$build/man/droverctl.8");
my $help = qx('$build/droverctl' --help);
my ($commands) = $ctl =~ /^The commands are:(.*?)^\.El$/ms;
is(join(' ', sort $commands =~ /^\.It Cm ([a-z-]+)/mg),
    join(' ', sort $help =~ /^  ([a-z][a-z-]+) /mg),
    'droverctl(8) has all commands of --help');
is(join(' ', sort map { s/^-/--/r =~ s/^(\w)$/-$1/r }
	map { /\bFl (-?\w[\w-]*)/g } $ctl =~ /^(\.It Fl .*)$/mg),
    join(' ', sort $help =~ /^  (--?\w+) /mg), '... and all options');

# drover-request(1): the options and exit codes of the program.
my $request = Drover::slurp("$Drover::SRC/man/drover-request.1");
is(join(' ', sort $request =~ /^(?:\.It )?\.?Fl (.*?-[\w.-]+)/mg),
    join(' ', sort map { s/^-(\w), -/$1 , /r =~ s/^--/-/r }
	qx('$build/drover-request' --help) =~ /^ +(-\S.*?--[\w.-]+|--[\w.-]+)/mg),
    'drover-request(1) has all options of --help');
my ($codes) = $request =~ /^\.Sh EXIT STATUS\n(.*?)^\.Sh /ms;
is(join(' ', $codes =~ /^\.It (\d+)$/mg),
    join(' ', Drover::slurp("$Drover::SRC/src/client/outcome.h") =~
	/^\tOUTCOME_\w+ = (\d+)/mg), '... and all exit codes');

for my $page (@pages) {
	unlike(Drover::slurp($page), qr/\@\w+\@|^\@/m,
	    "$page: all paths are put in");
}

subtest 'README' => sub {
	my $readme = Drover::slurp("$Drover::SRC/README");
	cmp_ok(scalar($readme =~ tr/\n//), '<=', 160, 'short');
	is(join("\n", grep { length > 80 } split /\n/, $readme), '',
	    'it fits on a terminal');
	my @named = $readme =~ m{(?<![\w./<-])((?:man|conf|bench|src|t|system|
	    completion|htdocs)/(?:[\w./-]*\w)?)}gx;
	cmp_ok(scalar @named, '>', 5, 'it names files');
	is(join(' ', grep { !-e "$Drover::SRC/$_" } @named), '',
	    'that are there');
	my @options = $readme =~ /\bdrover (-\w)/g;
	is(join(' ', grep { !$option{substr $_, 1} } @options), '',
	    'its options too');
};

# Each reader of pages has its own opinion of what is clean.
my @tools = (
	['mandoc', '-Tlint', '-Wwarning'],
	['groff', '-mandoc', '-ww', '-z'],
);
for my $tool (@tools) {
	my ($name) = @$tool;
	SKIP: {
		skip "no $name", scalar @pages
		    if !grep { -x "$_/$name" } split /:/, $ENV{PATH};
		for my $page (@pages) {
			my $said = qx(@$tool '$page' 2>&1);
			is($said, '', "$page: $name has no complaint");
		}
	}
}
done_testing;
