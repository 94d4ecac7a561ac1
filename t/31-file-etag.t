#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Entity tags of files (FileETag): strong ones change with the content, however
# soon, and what they are made of is a matter of settings.
use strict;
use warnings;
use Test::More;
use Drover;

my $s = Drover->start(conf => <<'EOF', files => { a => "12345\n" });
Alias "/all" "{DIR}/htdocs"
Alias "/none" "{DIR}/htdocs"
Alias "/inode" "{DIR}/htdocs"
Alias "/less" "{DIR}/htdocs"
Alias "/size" "{DIR}/htdocs"
<Location "/all">
    FileETag All
</Location>
<Location "/none">
    FileETag None
</Location>
<Location "/inode">
    FileETag INode
</Location>
<Location "/less">
    FileETag +INode -MTime
</Location>
<Location "/size">
    FileETag Size
</Location>
EOF
my $path = $s->dir . '/htdocs/a';

sub tag { return $s->get($_[0])->{header}{etag} }

# In place, at once, of the same size.
sub rewrite {
	my ($content) = @_;
	open my $out, '+<', $path or die "$path: $!";
	print {$out} $content;
	close $out or die "$path: $!";
	return;
}

# The tag of the first answer that the caller calls right, once it is strong
# if the settings allow.  Each worker has a cache of its own, 5 ms behind at
# most: what a tag stands for is known only from the answer that bears it.
sub tag_when {
	my ($url, $right) = @_;
	return $s->wait_until(sub {
		my $r = $s->get($url);
		return $right->($r) ? $r->{header}{etag} : undef;
	});
}

sub is_strong { return $_[0]{header}{etag} =~ /^"/ }

# The strong tag, once the file has rested for a moment; of this content.
sub strong_tag {
	my ($url, $content) = @_;
	return tag_when($url, sub {
		is_strong($_[0]) && (!defined $content || $_[0]{body} eq $content);
	});
}

subtest('rewritten in one second' => sub {
	my (%tags, %dates);
	my $count = 20;
	for my $i (1 .. $count) {
		my $content = sprintf "%05d\n", $i;
		rewrite($content);
		my $tag = strong_tag('/a', $content);
		ok(!$tags{$tag}++, "version $i has a tag of its own");
		my $r = $s->get('/a');
		$dates{$r->{header}{'last-modified'}} = 1;
	}
	cmp_ok(scalar keys %dates, '<', $count, 'some have the same date');
});

subtest('rewritten all the time' => sub {
	my (%strong, $weak);
	for my $i (1 .. 200) {
		# The server may still know what was there 5 ms ago.
		rewrite(sprintf "%05d\n", $i % 10);
		my $r = $s->get('/a');
		my $tag = $r->{header}{etag};
		$weak++ if $tag =~ m{^W/};
		($strong{$tag} //= $r->{body}) eq $r->{body} or
		    fail("$tag is for $r->{body} and $strong{$tag}")
		    if $tag =~ /^"/;
	}
	cmp_ok($weak, '>', 0, 'weak tags');
});

subtest('what tags are made of' => sub {
	my %before = map { $_ => strong_tag($_) } '/a', '/all/a';
	$before{$_} = tag($_) for '/inode/a', '/less/a', '/size/a';
	is(tag('/none/a'), undef, 'None: no tag');
	is($s->get('/none/a', 'If-None-Match' => $before{'/a'})->{status},
	    200, '... and no other is its');
	like($before{$_}, qr{^W/"}, "$_: weak without MTime")
	    for '/inode/a', '/less/a', '/size/a';
	my %different = reverse %before;
	is(scalar keys %different, keys %before, 'each is another');

	# Another file of the same size and date takes its place.
	my $time = 784111777;
	my $dated = sub { $_[0]{header}{'last-modified'} =~ /1994/ };
	my $other = sub { $dated->($_[0]) && $_[0]{body} eq "abcde\n" };
	utime $time, $time, $path or die "$path: $!";
	$before{$_} = tag_when($_, sub { $dated->($_[0]) && is_strong($_[0]) })
	    for '/a', '/all/a';
	$before{$_} = tag_when($_, $dated) for '/inode/a', '/less/a', '/size/a';
	my $ino = (stat $path)[1];
	$s->file('htdocs/b', "abcde\n");
	utime $time, $time, $s->dir . '/htdocs/b' or die "utime: $!";
	rename $s->dir . '/htdocs/b', $path or die "rename: $!";
	isnt((stat $path)[1], $ino, 'another inode');
	my %after = map { $_ => tag_when($_, $other) }
	    '/inode/a', '/less/a', '/size/a';
	$after{$_} = tag_when($_, sub { $other->($_[0]) && is_strong($_[0]) })
	    for '/a', '/all/a';
	is($after{'/a'}, $before{'/a'}, 'the same, as on another server');
	isnt($after{'/all/a'}, $before{'/all/a'}, 'All knows the inode');
	isnt($after{'/inode/a'}, $before{'/inode/a'}, '... INode too');
	isnt($after{'/less/a'}, $before{'/less/a'}, '... and +INode -MTime');
	is($after{'/size/a'}, $before{'/size/a'}, 'Size knows the size alone');
});

subtest('renamed over' => sub {
	my %tags;
	for my $i (1 .. 10) {
		my $content = sprintf "%05d\n", $i;
		$s->file('htdocs/a', $content);
		ok(!$tags{strong_tag('/a', $content)}++,
		    "version $i has a tag of its own");
	}
});

$s->stop;
done_testing;
