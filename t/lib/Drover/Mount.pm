# SPDX-License-Identifier: BSD-2-Clause
#
# Small file systems of a test's own, which nobody else sees.
#
#	my ($disk) = Drover::Mount->small('1m') or plan skip_all => '...';
#	$disk->fill; ... $disk->make_room;
#
# The first call runs the whole test again in a mount namespace where that is
# there, as root or, where users may have namespaces, as who it is.
package Drover::Mount;

use strict;
use warnings;
use Drover;
use File::Temp ();
use POSIX ();

# As many as count says, or one.
sub small {
	my ($class, $size, $count) = @_;
	my $top = $ENV{DROVER_TEST_MOUNT} ||
	    File::Temp::tempdir('drover-mount-XXXXXX', TMPDIR => 1);
	my @at = map { "$top/$_" } 1 .. $count // 1;
	if (!$ENV{DROVER_TEST_MOUNT}) {
		mkdir $_ or die "$_: $!" for @at;
		chmod 0755, $top;
		local $ENV{DROVER_TEST_MOUNT} = $top;
		my @way = _way($size, @at);
		my $status = @way &&
		    system @way, $^X, (map { "-I$_" } @INC), $0;
		rmdir for @at, $top;
		@way or return;
		# The plan and the result are that one's.
		POSIX::_exit($status >> 8 || ($status != 0));
	}
	return map { bless { at => $_ }, $class } @at;
}

# The command before a command that is to have the file systems.
sub _way {
	my ($size, @at) = @_;
	my $mount = join '', (map {
	    "mount -t tmpfs -o size=$size,mode=755 none $_ && " } @at), 'exec';
	my ($uid, $gid) = ($>, $) + 0);
	my @way = $uid == 0 ? ('unshare', '-m', 'sh', '-c', "$mount \"\$@\"", '-')
	    : ('unshare', '-Urm', 'sh', '-c', "$mount unshare -U " .
		"--map-user=$uid --map-group=$gid \"\$@\"", '-');
	open my $err, '>&', \*STDERR or die "dup: $!";
	open STDERR, '>', '/dev/null';
	no warnings 'exec';
	my $works = system(@way, 'true') == 0;
	open STDERR, '>&', $err;
	return $works ? @way : ();
}

sub at { return $_[0]{at} }

# Not a byte more finds room.
sub fill {
	my ($disk) = @_;
	open my $out, '>>', "$disk->{at}/filler" or die "filler: $!";
	for my $size (4096, 1) {
		1 while defined syswrite $out, 'x' x $size;
	}
	return close $out;
}

sub make_room {
	my ($disk) = @_;
	return truncate "$disk->{at}/filler", 0;
}

1;
