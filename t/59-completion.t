#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Completion in bash and zsh: what is offered behind the programs' names is
# what the programs themselves say of their options.
use strict;
use warnings;
use Drover;
use Test::More;

my $dir = "$Drover::SRC/conf/completion";
my $request = ($ENV{TOP_BUILDDIR} // "$Drover::SRC/build") . '/drover-request';
my $folder = Drover::folder();
mkdir "$folder/bin" or die "bin: $!";
symlink $Drover::PROGRAM, "$folder/bin/drover" or die "drover: $!";
symlink $Drover::CTL, "$folder/bin/droverctl" or die "droverctl: $!";
symlink $request, "$folder/bin/drover-request" or die "drover-request: $!";
$ENV{PATH} = "$folder/bin:$ENV{PATH}";
mkdir "$folder/$_" or die "$_: $!" for qw(here here/sites);
for my $file (qw(here/site.conf here/form)) {
	open my $out, '>', "$folder/$file" or die "$file: $!";
	close $out;
}
chdir "$folder/here" or die "here: $!";

sub have {
	my ($name) = @_;
	return !!grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

# The options of a program that its usage begins lines with.
sub options_of {
	my ($usage) = @_;
	return sort map { /(?<![\w-])(--?[\w.-]+)/g }
	    map { /^ +(-.*?)(?:  |$)/ } split /\n/, $usage;
}

# What bash offers at the end of the words.
sub bash {
	my (@words) = @_;
	my $script = <<'EOF2';
source "$1" || exit
shift
words=("$@")
spec=$(complete -p "$1") || exit
function=${spec#*-F } function=${function%% *}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$function "$1" "${words[COMP_CWORD]}" "${words[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
EOF2
	open my $out, '-|', 'bash', '--norc', '-c', $script, 'bash',
	    "$dir/bash/$words[0]", @words or die "bash: $!";
	my @found = <$out>;
	chomp @found;
	return join ' ', sort grep { length } @found;
}

my $usage = Drover->new->run('-h')->{err};
my ($short) = $usage =~ /\n\n(.*)/s;
my %option = map { $_ => 1 } options_of($short), '-D';
my @commands = $short =~ /^  -k ([a-z-]+)/mg;
my @dumps = $short =~ /-D ([A-Z_]+)/g;
is(scalar @commands, 6, 'the usage can be read');
my @directives = map { /^(\w+) / } split /\n/, Drover->new->run('-L')->{out};

subtest 'bash, drover' => sub {
	plan skip_all => 'no bash' if !have('bash');
	is(bash('drover', ''), join(' ', sort(keys %option, 'explain')),
	    'options and the command');
	is(bash('drover', '-k', ''), join(' ', sort @commands), 'commands');
	is(bash('drover', '-k', 'gr'), 'graceful graceful-stop', '... begun');
	like(bash('drover', '-D', ''), qr/\b$_\b/, "-D $_") for @dumps;
	like(bash('drover', '-e', 'w'), qr/^warn$/, 'levels');
	is(bash('drover', '-c', ''), join(' ', sort @directives),
	    'directives');
	is(bash('drover', '-f', 's'), 'site.conf sites', 'files behind -f');
	is(bash('drover', '-d', 's'), 'sites', 'folders behind -d');
};

subtest 'bash, drover-request' => sub {
	plan skip_all => 'no bash' if !have('bash');
	plan skip_all => 'no drover-request' if !-x $request;
	is(bash('drover-request', '-'), join(' ',
	    options_of(scalar qx('$request' --help))), 'options');
	is(bash('drover-request', ''), '', 'of a URL nothing is known');
	for my $option ('-X', '--request') {
		is(bash('drover-request', $option, 'P'), 'PATCH POST PUT',
		    "methods behind $option");
	}
	is(bash('drover-request', '-o', 's'), 'site.conf sites', 'files');
	is(bash('drover-request', '-d', '@', 'fo'), 'form', '@file');
	is(bash('drover-request', '-d', '@fo'), '@form', '... as one word');
	is(bash('drover-request', '-d', 'fo'), '', 'data is no file');
	is(bash('drover-request', '-A', ''), '', 'nor is text');
};

my $ctl_help = qx('$Drover::CTL' --help);
my @ctl_commands = $ctl_help =~ /^  ([a-z][a-z-]+) /mg;
cmp_ok(scalar @ctl_commands, '>', 9, "droverctl's help can be read");

subtest 'bash, droverctl' => sub {
	plan skip_all => 'no bash' if !have('bash');
	is(bash('droverctl', ''), join(' ', sort @ctl_commands), 'commands');
	is(bash('droverctl', '-d', '/x', 'gr'), 'graceful graceful-stop',
	    '... begun');
	is(bash('droverctl', '-'),
	    join(' ', sort $ctl_help =~ /^  (--?\w+) /mg), 'options');
	is(bash('droverctl', '-s', 's'), 'site.conf sites', 'files behind -s');
	is(bash('droverctl', '-d', 's'), 'sites', 'folders behind -d');
	is(bash('droverctl', 'log-level', 'r'), 'reset', 'levels');
};

# A terminal with a zsh in it: types the line, then Tab and Enter; the words
# that the shell made of it.
sub zsh {
	my ($line) = @_;
	my $script = <<'EOF2';
zmodload zsh/zpty || exit 77
zpty shell "zsh -f -i"
say() { zpty -w shell "$1" }
# wait_for FILE: the terminal must be read all the while.
wait_for() {
	local text end=$((SECONDS + 30))
	until [[ -e $1 ]] || ((SECONDS > end)); do
		zpty -r -t shell text '*' || sleep 0.02
	done
}
say "PS1= PROMPT_EOL_MARK= ; unsetopt zle_bracketed_paste; bindkey '^I' complete-word"
say "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D"
say "take() { print -rl -- \"\$@\" >said.new; mv said.new said }"
say "drover() { [[ \$1 == -L ]] && command drover -L || take \"\$@\" }"
say "droverctl() { [[ \$1 == --help ]] && command droverctl --help || take \"\$@\" }"
say "drover-request() { [[ \$1 == --help ]] && command drover-request --help || take \"\$@\" }"
say "zle-line-init() { : >ready }; zle -N zle-line-init"
wait_for ready
zpty -w -n shell "$2"$'\t\n'
wait_for said
cat said
zpty -d shell
EOF2
	unlink 'said', 'ready';
	open my $out, '-|', 'zsh', '-f', '-c', $script, 'zsh', "$dir/zsh",
	    $line or die "zsh: $!";
	my @words = <$out>;
	chomp @words;
	return join ' ', @words;
}

subtest 'zsh, drover' => sub {
	plan skip_all => 'no zsh' if !have('zsh');
	my $text = Drover::slurp("$dir/zsh/_drover");
	is(join(' ', sort $text =~ /^\t'\*?(--?\w+)\[/mg),
	    join(' ', sort keys %option), 'options');
	is(join(' ', sort $text =~ /^\t\t([a-z-]+)\\:/mg),
	    join(' ', sort @commands), 'commands');
	like($text, qr/-D.*\b$_\b/, "-D $_") for @dumps;
	is(zsh('drover -k graceful-s'), '-k graceful-stop', 'a command');
	is(zsh('drover -c DocumentR'), '-c DocumentRoot', 'a directive');
	is(zsh('drover -f site.'), '-f site.conf', 'a file');
};

subtest 'zsh, droverctl' => sub {
	plan skip_all => 'no zsh' if !have('zsh');
	is(zsh('droverctl graceful-s'), 'graceful-stop', 'a command');
	is(zsh('droverctl --time'), '--timeout', 'an option');
	is(zsh('droverctl -s site.'), '-s site.conf', 'a file');
	is(zsh('droverctl log-level res'), 'log-level reset', 'a level');
};

subtest 'zsh, drover-request' => sub {
	plan skip_all => 'no zsh' if !have('zsh');
	plan skip_all => 'no drover-request' if !-x $request;
	is(zsh('drover-request -X PO'), '-X POST', 'a method');
	is(zsh('drover-request --max-t'), '--max-time', 'an option');
	is(zsh('drover-request -o fo'), '-o form', 'a file');
};

chdir '/';
done_testing;
