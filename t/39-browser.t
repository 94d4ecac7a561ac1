#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What a look at the pages would find, found by Chromium: pictures that do not
# load, windows that scroll sideways, text that cannot be read, fields without
# names.  A page of the test (t/lib/probe.html) loads each page into a frame of
# some width, looks at it from inside, and says what is wrong.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Process;
use Drover::Shipped;

my ($chromium) = grep { -x } map { my $dir = $_; map { "$dir/$_" }
    qw(chromium chromium-browser google-chrome) } split /:/, $ENV{PATH};
plan skip_all => 'no chromium' if !defined $chromium;

my $s = Drover::Shipped::make(<<'EOF');
Alias "/probe/" "{DIR}/probe/"
<Directory "{DIR}/probe">
    Options Indexes
    Require all granted
</Directory>
<Directory "{DIR}/probe/table">
    IndexOptions FancyIndexing HTMLTable IconWidth=1 IconHeight=1
    AddIcon /probe/icons/dot.gif ^^BLANKICON^^ ..
    AddIconByType (TXT,/probe/icons/dot.gif) text/*
    DefaultIcon /probe/icons/dot.gif
    AddDescription "some <b>text</b>" .txt
</Directory>
EOF
my $dir = $s->dir . '/probe';
mkdir $dir or die "mkdir: $!";
for my $name (qw(long table table/sub icons)) {
	mkdir "$dir/$name" or die "mkdir: $!";
}
sub put {
	my ($name, $text) = @_;
	open my $out, '>', "$dir/$name" or die "open: $!";
	print $out $text;
	close $out or die "close: $!";
	return;
}
put("long/$_.txt", '') for 'a' x 200, 'two words', '<b>bold<b>';
put('table/<&">.txt', '');
put('icons/dot.gif', pack 'H*', '47494638396101000100800000112233ffffff' .
    '2c00000000010001000002024401003b');
put('probe.html', Drover::slurp("$Drover::SRC/t/lib/probe.html"));
put('bad.html', <<'EOF');
<!DOCTYPE html><html><head><title>bad</title></head><body>
<script>no_such_function();</script>
<img src="missing.png" alt="x"><p style="color:#888;background:#fff">pale</p>
<div style="width:2000px">wide</div><input>
<a href="/" style="outline:0">a link without a focus</a>
EOF
$s->launch or BAIL_OUT($s->stderr);

# Runs Chromium; what the page came to and what its console said.
sub browse {
	my ($path, @options) = @_;
	my ($out, $err) = map { $s->dir . "/chromium.$_" } qw(out err);
	my $pid = $s->_spawn([$chromium, '--headless', '--disable-gpu',
	    ($> == 0 ? '--no-sandbox' : ()), '--no-first-run',
	    '--disable-breakpad', '--disable-dev-shm-usage',
	    '--user-data-dir=' . $s->dir . '/chromium',
	    '--enable-logging=stderr', '--window-size=1400,1000',
	    '--virtual-time-budget=60000', @options, '--dump-dom',
	    $s->url($path)], $out, $err);
	my $status = Drover::Process::wait_child($pid, 120 * $Drover::SCALE);
	if (!defined $status) {
		kill 'KILL', $pid;
		waitpid $pid, 0;
	}
	return { out => Drover::slurp($out),
	    console => join '', grep { /CONSOLE/ } split /^/m,
	    Drover::slurp($err) };
}

# The problems of the pages, one a line.
sub look {
	my ($scheme, $widths, @pages) = @_;
	s/([&;?=])/sprintf '%%%02X', ord $1/ge for @pages;
	my $query = join '&', $scheme, (map { "width=$_" } @$widths),
	    map { "page=$_" } @pages;
	my $r = browse("/probe/probe.html?$query", $scheme eq 'dark' ?
	    '--blink-settings=preferredColorScheme=0' : ());
	my ($problems) = $r->{out} =~ /BEGIN\n(.*)END/s;
	diag($r->{out}) if !defined $problems;
	return ($problems, $r->{console});
}

# What is wrong is found.
my ($found, $said) = look('light', [800], '/probe/bad.html');
like($found, qr/$_/, "found: $_") for 'scrolls sideways', 'no image',
    '404 for', 'contrast', 'no name', 'focus is not seen';
like($said, qr/no_such_function/, 'the console is heard');

my @pages = ('/', '/no-such-page', '/flock/', '/flock/lambs/?C=S;O=D',
    '/probe/long/', '/echo?a=b');
push @pages, '/server-status' if Drover::Shipped::conf() =~ /server-status/;
for my $scheme ('light', 'dark') {
	($found, $said) = look($scheme, [1280, 360, 320], @pages);
	is($found, '', "$scheme: every page looks as it should");
	is($said, '', "$scheme: nothing on the console");
}
# Apache's table has no style of ours, and a picture in each row.
($found, $said) = look('light', [1280, 640], '/probe/table/');
is(join('', grep { !/focus is not seen/ } split /^/m, $found), '',
    'a listing with icons looks as it should');
my $table = browse('/probe/table/')->{out};
my $icons = () = $table =~ /<td[^>]*><img src="[^"]*dot\.gif"/g;
is($icons, 3, '... with the parent, a folder and a file');
$s->stop;

# The pictures of README can be taken again.
my $pictures = $s->dir . '/pictures';
mkdir $pictures or die "mkdir: $!";
SKIP: {
	my $build = $Drover::PROGRAM =~ s{/[^/]*$}{}r;
	skip 'no drover-request', 3 if !-x "$build/drover-request";
	local $ENV{SECONDS_OF_LOAD} = 1;
	is(system("'$Drover::SRC/bench/screenshots' '$build' '$pictures' " .
	    ">'$pictures/out' 2>&1"), 0, 'bench/screenshots') or
	    diag(Drover::slurp("$pictures/out"));
	for my $name (qw(welcome server-status)) {
		my (undef, $width, $height) = unpack 'a16NN',
		    Drover::slurp("$pictures/$name.png");
		cmp_ok(($width // 0) * ($height // 0), '>=', 1000 * 800,
		    "... takes $name.png");
	}
}
done_testing;
