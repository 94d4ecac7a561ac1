#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The folder of logs removed, and files replaced by what is no file: the
# server goes on with what it has open, says so once, and follows as soon as
# there is a file again.
use strict;
use warnings;
use Drover;
use Drover::AtOnce;
use Drover::Ledger;
use Drover::Load;
use File::Path qw(remove_tree);
use POSIX ();
use Test::More;

# What the logger has open under that path, though it be deleted.
sub open_text {
	my ($s, $name) = @_;
	my $path = $s->log_path($name);
	my ($logger) = $s->children(qr/logger/);
	for my $fd (glob "/proc/$logger/fd/*") {
		my $to = readlink $fd // next;
		return Drover::slurp($fd) if $to =~ /^\Q$path\E(?: \(deleted\))?$/;
	}
	return '';
}

sub server {
	return Drover->start(conf => Drover::Ledger::CONF . join '',
	    map { "$_\n" } 'CustomLog logs/access_log combined env=!unlogged',
	    'PidFile drover.pid', @_);
}

at_once 'the folder is removed, and made again' => sub {
	my $s = server();
	my $load = Drover::Load->start($s, keep => 2, once => 1, pause => 0.002);
	# An entry made while it is emptied would keep it.
	$s->wait_until(sub { remove_tree("$s->{dir}/logs"); !-e "$s->{dir}/logs" });
	ok($s->wait_until(sub { open_text($s, 'error') =~
	    /cannot open log file .*access_log: .*there is no directory/ }),
	    'it says that it is gone');
	my $before = open_text($s, 'access');
	ok($s->wait_until(sub { open_text($s, 'access') ne $before }),
	    'and goes on with the file that it has');
	sleep 2;	# two looks more
	my @said = open_text($s, 'error') =~ /cannot open log file (.*?):/g;
	is(scalar @said, 2, 'said once for each log') or diag(@said);
	# The last of the old files, and how many lines came after it was read.
	my $old = do {
		my ($logger) = $s->children(qr/logger/);
		my ($fd) = grep { (readlink $_ // '') =~ /access_log/ }
		    glob "/proc/$logger/fd/*";
		open my $in, '<', $fd or die "$fd: $!";
		$in;
	};
	mkdir "$s->{dir}/logs" or die;
	ok($s->wait_log('error', qr/log file .*access_log is open again/),
	    'it is open again, and the error log says so');
	ok($s->wait_log('access', qr/GET/), 'and lines come');
	my $r = $load->stop;
	is($r->{failed}, 0, "none of $r->{answered} failed");
	my $row = Drover::Ledger::row($s, 'access_log');
	is($row->{lost}, 0, 'no line was lost');
	$s->stop;
	my $text = do { local $/; <$old> } . $s->log('access');
	is_deeply([$load->missing($text)], [],
	    'each request has its line in one of the two');
};

# What stands there instead: how it is made, and what is said of it.
my @replacements = (
	['a folder', sub { mkdir $_[0] }, qr/Is a directory/],
	['a fifo that nobody reads', sub { POSIX::mkfifo($_[0], 0666) },
	    qr/No such device or address/],
	['a link to nowhere', sub { symlink '/nowhere/at/all', $_[0] },
	    qr/No such file/],
);
for my $row (@replacements) {
	my ($what, $make, $reason) = @$row;
	at_once "the file becomes $what" => sub {
		my $s = server();
		$s->get('/?1');
		ok($s->wait_log('access', qr/\?1 /), 'a line');
		my $path = $s->log_path('access');
		# It is there at once: nobody makes a new file before.
		$make->("$path.new") or die "$what: $!";
		rename $path, "$path.old" or die;
		rename "$path.new", $path or die;
		ok($s->wait_log('error', qr/cannot open log file .*$reason/),
		    'it is said');
		is($s->get('/?2')->{status}, 200, 'requests are answered');
		ok($s->wait_log('logs/access_log.old', qr/\?2 /),
		    'what is open is used');
		-d $path && !-l $path ? rmdir $path : unlink $path;
		ok($s->wait_log('error', qr/access_log is open again/),
		    'there is a file again');
		is($s->get('/?3')->{status}, 200, 'a request');
		ok($s->wait_log('access', qr/\?3 /), 'its line');
		Drover::Ledger::agrees($s, 'access_log',
		    ['access', 'logs/access_log.old'], 3);
		$s->stop;
	};
}

at_once 'it becomes a link to a device that is full' => sub {
	my $s = server();
	my $path = $s->log_path('access');
	symlink '/dev/full', "$path.new" or die;
	rename "$path.new", $path or die;
	# Nothing of what is logged there shows whether it was opened.
	ok($s->wait_until(sub {
		$s->get('/?x');
		$s->log('error') =~ /cannot write to \S+access_log: No space/;
	}), 'that no line can be written is said');
	unlink $path;
	ok($s->wait_until(sub { -e $path }), 'a file is made');
	is($s->get('/?y')->{status}, 200, 'a request');
	ok($s->wait_log('access', qr/\?y /), 'its line');
	my $row = Drover::Ledger::row($s, 'access_log');
	is($row->{appended}, $row->{written} + $row->{lost}, 'the ledger agrees');
	is($row->{lost}, 0, 'what waited was written to the file');
	$s->stop;
} if -w '/dev/full';

at_once 'mode and owner change' => sub {
	my $s = server();
	my $path = $s->log_path('access');
	chmod 0, $path or die;
	chown 1, 1, $path if $> == 0;
	is($s->get('/?1')->{status}, 200, 'a request');
	ok($s->wait_until(sub { -s $path }), 'its line');
	$s->signal('USR1');
	if ($> == 0) {
		ok($s->wait_notify(qr/generation 2$/m), 'root may reopen it');
	} else {
		ok($s->wait_log('error', qr/log file .*: Permission denied/),
		    'a reload that cannot open it changes nothing');
	}
	is($s->get('/?2')->{status}, 200, 'a request');
	chmod 0644, $path or die;
	ok($s->wait_log('access', qr/\?2 /), 'its line');
	Drover::Ledger::agrees($s, 'access_log', ['access'], 2);
	$s->stop;
};

# A fifo that is the log from the start on.
at_once 'a fifo whose reader goes, and another comes' => sub {
	my $s = Drover->new;
	POSIX::mkfifo("$s->{dir}/fifo", 0666) or die;
	$s->set_conf("CustomLog $s->{dir}/fifo common\n");
	# Not to wait for a writer, and to be there when it starts.
	sysopen my $in, "$s->{dir}/fifo", Fcntl::O_RDONLY | Fcntl::O_NONBLOCK
	    or die;
	ok($s->launch, 'it starts') or return;
	my $text = '';
	my $wait = sub {
		my ($regex) = @_;
		return $s->wait_until(sub {
			sysread $in, $text, 65536, length $text;
			return $text =~ $regex;
		});
	};
	$s->get('/?1');
	ok($wait->(qr/\?1 /), 'a line');
	close $in;
	is($s->get('/?2')->{status}, 200, 'nobody reads, requests are answered');
	ok($s->wait_log('error', qr/cannot write to \S+fifo/), 'it is said');
	sysopen $in, "$s->{dir}/fifo", Fcntl::O_RDONLY | Fcntl::O_NONBLOCK
	    or die;
	ok($s->wait_log('error', qr/fifo is open again/), 'it is opened again');
	$s->get('/?3');
	ok($wait->(qr/\?3 /), 'and has lines');
	$s->stop;
};

run_at_once;
done_testing;
