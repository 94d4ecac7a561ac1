#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What may be read follows the configuration, also where links, replaced files
# and folders that are closed to User make that difficult.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Sandbox;
use Test::More;

my $why = Drover::Sandbox::lacks();
plan skip_all => $why if $why;

my $granted = <<'EOT';
Sandbox require
<Directory "{DIR}">
    Require all granted
</Directory>
EOT

sub link_to {
	my ($target, $path) = @_;
	symlink $target, $path or die "$path: $!";
	return;
}

# Asks until what is answered matches; every answer before that is the old one.
sub turns_into {
	my ($s, $path, $old, $new) = @_;
	my @others;
	my $ok = $s->wait_until(sub {
		my $r = $s->get($path);
		return 1 if $r->{body} eq $new;
		push @others, "$r->{status} $r->{body}" if $r->{body} ne $old;
		return 0;
	}, 30);
	is("@others", '', "$path: the old or the new, and no error");
	return ok($ok, "$path: the new one in the end");
}

at_once 'links' => sub {
	my $s = Drover->new(conf => $granted . <<'EOT',
Alias "/second" "{DIR}/second"
Alias "/one" "{DIR}/single/link.txt"
EOT
	    files => { 'a.txt' => "a\n" });
	my $dir = $s->dir;
	$s->file('second/b.txt', "b\n");
	$s->file('single/one.txt', "one\n");
	$s->file('single/secret.txt', "secret\n");
	link_to('one.txt', "$dir/single/link.txt");
	link_to("$dir/second", "$dir/htdocs/to-second");
	link_to('../second/b.txt', "$dir/htdocs/relative.txt");
	link_to("$dir/single/secret.txt", "$dir/htdocs/secret.txt");
	link_to('/etc', "$dir/htdocs/etc");
	ok($s->launch, 'it starts') or diag($s->stderr);
	is($s->get('/to-second/b.txt')->{body}, "b\n", 'into another root');
	is($s->get('/relative.txt')->{body}, "b\n", 'a relative one');
	is($s->get('/one')->{body}, "one\n", 'a single file that is a link');
	is($s->get("/$_")->{status}, 403, "$_: out of all roots")
	    for qw(secret.txt etc/passwd);
	$s->stop;
};

at_once 'a single file that is replaced' => sub {
	my $s = Drover->new(conf => $granted . <<'EOT');
Alias "/one" "{DIR}/single/one.txt"
EOT
	$s->file('single/one.txt', "one\n");
	ok($s->launch, 'it starts') or diag($s->stderr);
	is($s->get('/one')->{body}, "one\n", 'as it was');
	$s->file('single/one.txt', "another one\n");
	turns_into($s, '/one', "one\n", "another one\n");
	$s->stop;
};

at_once 'a root that is replaced' => sub {
	my $s = Drover->start(conf => "Sandbox require\n",
	    files => { 'a.txt' => "old\n" });
	my $root = $s->dir . '/htdocs';
	is($s->get('/a.txt')->{body}, "old\n", 'as it was');
	$s->file('new/a.txt', "new\n");
	# Nothing stands there between these two; workers do not look.
	rename $root, "$root.old" or die "rename: $!";
	rename $s->dir . '/new', $root or die "rename: $!";
	turns_into($s, '/a.txt', "old\n", "new\n");
	$s->stop;
};

at_once 'a root that is not there yet' => sub {
	my $s = Drover->start(conf => $granted . <<'EOT');
Alias "/later" "{DIR}/later"
EOT
	is($s->get('/later/a.txt')->{status}, 404, 'nothing');
	$s->file('later/a.txt', "a\n");
	ok($s->wait_until(sub { $s->get('/later/a.txt')->{status} == 200 },
	    30), 'it is served once it is there');
	$s->stop;
};

at_once 'a root in a folder that only root may enter' => sub {
	plan skip_all => 'for root' if $> != 0;
	my $s = Drover->new(conf => $granted . <<'EOT');
DocumentRoot "{DIR}/closed/htdocs"
Alias "/one" "{DIR}/closed/one.txt"
EOT
	$s->file('closed/htdocs/a.txt', "a\n");
	$s->file('closed/one.txt', "one\n");
	chmod 0700, $s->dir . '/closed' or die "chmod: $!";
	ok($s->launch, 'it starts') or diag($s->stderr);
	is($s->get('/a.txt')->{body}, "a\n", 'is served');
	$s->stop;
};
run_at_once;
done_testing;
