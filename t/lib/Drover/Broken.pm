# SPDX-License-Identifier: BSD-2-Clause
#
# Broken configurations and what drover -t says of them, from t/broken/*.txt:
#
#	== what is wrong | -D NAME		(more arguments, if any)
#	Timeout 10x				(httpd.conf)
#	=+ more.conf				(another file, or folder/)
#	=+ dead.conf -> gone			(or a link)
#	=>					(standard error, all of it)
#	httpd.conf:1:9: error: ...
#
# Names in braces stand for what cannot be seen or is long: {NUL}, {LONG}...
# There is a Listen unless the arguments say "bare"; "root": it takes root to
# see that.
package Drover::Broken;
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);

my %stands_for = (
	NUL => "\0", CR => "\r", ESC => "\e", FF => "\xff", FE => "\xfe",
	BOM => "\xef\xbb\xbf", NBSP => "\xc2\xa0", MANY => 'many' x 100,
	KILO => 'x' x 1024, LONG => 'x' x (1 << 20),
	DEEP => join('', map { "<IfDefine !A$_>\n" } 1 .. 200),
);

# Those of a file: { title, args, bare, root, files => [[path, text], ...],
# says }.
sub read_cases {
	my ($file) = @_;
	my (@cases, $into);
	for my $line (split /^/, Drover::slurp($file)) {
		if ($line =~ /^== (.*?)(?: \| (.*))?\n/) {
			my ($title, $args) = ($1, $2 // '');
			my %is = map { $_ => $args =~ s/^$_$// } qw(bare root);
			push @cases, { title => $title, args => $args, %is,
			    files => [['httpd.conf', '']], says => '' };
			$into = \$cases[-1]{files}[0][1];
		} elsif ($line =~ /^=\+ (.*)\n/) {
			push @{ $cases[-1]{files} }, [$1, ''];
			$into = \$cases[-1]{files}[-1][1];
		} elsif ($line eq "=>\n") {
			$into = \$cases[-1]{says};
		} elsif ($into) {
			$$into .= $line;
		}
	}
	return @cases;
}

# Makes the files of a case in a folder of its own.
sub make_files {
	my ($case, $dir) = @_;
	make_path("$dir/logs", "$dir/htdocs");
	for my $file (@{ $case->{files} }) {
		my ($path, $text) = ("$dir/$file->[0]", $file->[1]);
		my $target = $path =~ s/ -> (.*)// ? $1 : undef;
		$text =~ s/\{([A-Z]+)\}/$stands_for{$1} \/\/ "{$1}"/ge;
		make_path($path =~ m{/$} ? $path : dirname($path));
		next if $path =~ m{/$};
		if (defined $target) {
			symlink $target, $path or die "$path: $!";
			next;
		}
		open my $out, '>:raw', $path or die "$path: $!";
		print {$out} $text;
		close $out or die "$path: $!";
	}
	return;
}

# The arguments of drover for a case in dir.
sub arguments {
	my ($case, $dir) = @_;
	my @args = ('-t', '-d', $dir, '-f', "$dir/httpd.conf");
	push @args, '-C', 'Listen 127.0.0.1:8070' unless $case->{bare};
	push @args, map { s/"//gr } $case->{args} =~ /("[^"]*"|\S+)/g;
	return @args;
}

1;
