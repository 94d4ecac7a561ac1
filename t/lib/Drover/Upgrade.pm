# SPDX-License-Identifier: BSD-2-Clause
#
# A server whose binary is replaced.  It runs a copy of the program, so that a
# test may put another thing in its place.
package Drover::Upgrade;

use strict;
use warnings;
use Drover;
use File::Copy ();
use POSIX qw(WNOHANG);

my $original = $Drover::PROGRAM;

# Lets this test's servers run a copy; its path.
sub copy {
	$Drover::PROGRAM = Drover::folder() . '/drover';
	install($original);
	return $Drover::PROGRAM;
}

# Puts a file, or a text, in the place of the copy: it becomes another file, as
# with an installation.
sub install {
	my ($file, $text) = @_;
	my $new = "$Drover::PROGRAM.new";
	if (defined $text) {
		open my $out, '>', $new or die "$new: $!";
		print {$out} $text;
		close $out or die "$new: $!";
	} else {
		File::Copy::copy($file // $original, $new) or die "$new: $!";
	}
	chmod 0755, $new or die "$new: $!";
	rename $new, $Drover::PROGRAM or die "$Drover::PROGRAM: $!";
	return;
}

# USR2, and waits for what comes of it: true when another master is the server,
# which is this one's process from then on.
sub upgrade {
	my ($s, $seconds) = @_;
	$s->signal('USR2');
	return outcome($s, $seconds);
}

# What was asked for ends with a READY, of the new master or of the old one.
sub outcome {
	my ($s, $seconds) = @_;
	my $said = $s->wait_notify(qr/^READY=1$/m, $seconds // 60 * $Drover::SCALE);
	my ($pid) = ($said // '') =~ /^MAINPID=(\d+)$/m or return 0;
	return 0 if $pid == $s->pid;
	follow($s, $pid);
	return 1;
}

# That process is the server now.
sub follow {
	my ($s, $pid) = @_;
	push @{ $s->{old} }, $s->pid;
	$s->{child} //= $s->pid if !$s->{daemon};
	$s->{pid} = $pid;
	$s->{daemon} = 1;
	return;
}

# True once all masters before this one have ended.
sub alone {
	my ($s, $seconds) = @_;
	return $s->wait_until(sub {
		waitpid $s->{child}, WNOHANG if defined $s->{child};
		return !grep { Drover::Process::stat_of($_) }
		    @{ $s->{old} // [] };
	}, $seconds // 30);
}

# Open descriptors of the master.
sub descriptors {
	my ($s) = @_;
	opendir my $dir, '/proc/' . $s->pid . '/fd' or return -1;
	return scalar grep { /^\d+$/ } readdir $dir;
}

1;
