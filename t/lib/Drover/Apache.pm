# SPDX-License-Identifier: BSD-2-Clause
#
# Apache 2.4 beside a Drover server, over the same files, to compare with.
#
#	my $apache = Drover::Apache->start($s, [qw(alias dir)], $conf);
#	plan skip_all => $apache unless ref $apache;
#	$apache->port;
#	$apache->stop;
#
# It serves the server's htdocs and has a folder of its own, "apache" in the
# server's, with logs/ in it.  Of modules it loads those named, mpm_event and
# authz_core.  {PORT} in the settings stands for its port.
package Drover::Apache;

use strict;
use warnings;
use File::Path qw(make_path);
use IO::Socket::INET;
use POSIX ();

use Drover;
use Drover::Process;

my $MODULES = '/usr/lib/apache2/modules';
my $creator = $$;
my @running;

# The server, or why there is none.
sub start {
	my ($class, $s, $modules, $text) = @_;
	my ($program) = grep { -x } map { "$_/apache2" }
	    split(/:/, $ENV{PATH}), '/usr/sbin';
	my @load = ('mpm_event', 'authz_core', @$modules);
	my @missing = grep { !-e "$MODULES/mod_$_.so" } @load;
	return 'no apache2 here' unless $program;
	return "no mod_$missing[0] here" if @missing;

	my $dir = $s->dir;
	my $port = Drover::free_port();
	my ($user, $group) = Drover::unprivileged();
	make_path("$dir/apache/logs");
	$text =~ s/\{PORT\}/$port/g;
	my $conf = $s->file('apache/httpd.conf', join("\n",
	    (map { "LoadModule ${_}_module $MODULES/mod_$_.so" } @load),
	    "ServerRoot $dir/apache", "Listen 127.0.0.1:$port",
	    'ServerName localhost', "PidFile $dir/apache/pid",
	    "DefaultRuntimeDir $dir/apache", "Mutex file:$dir/apache default",
	    'StartServers 1', 'ThreadsPerChild 2', 'MaxRequestWorkers 2',
	    'ServerLimit 1', 'MinSpareThreads 1', 'MaxSpareThreads 2',
	    ($> == 0 ? ("User $user", "Group $group") : ()),
	    'ErrorLog logs/error_log', "DocumentRoot $dir/htdocs", $text, ''));
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/apache/out";
		open STDERR, '>&', \*STDOUT;
		{ no warnings 'exec';
		exec $program, '-f', $conf, '-D', 'FOREGROUND'; }
		POSIX::_exit(127);
	}
	my $self = bless { pid => $pid, port => $port, dir => "$dir/apache" },
	    $class;
	push @running, $self;
	my $up = $s->wait_until(sub {
		IO::Socket::INET->new("127.0.0.1:$port") || $self->gone }, 20);
	return $self if ref $up;
	$self->stop;
	return 'apache2 does not start: ' . Drover::slurp("$dir/apache/out");
}

# "Apache/2.4.x" as the program says it.
sub version {
	my ($program) = grep { -x } map { "$_/apache2" }
	    split(/:/, $ENV{PATH}), '/usr/sbin' or return '';
	return qx($program -v) =~ m{version: (\S+)} ? $1 : '';
}

sub port { return $_[0]->{port} }
sub pid { return $_[0]->{pid} }

sub gone {
	my ($self) = @_;
	delete $self->{pid}
	    if $self->{pid} && waitpid($self->{pid}, POSIX::WNOHANG()) > 0;
	return !$self->{pid};
}

# Its exit status; undef: it was gone already.
sub stop {
	my ($self) = @_;
	return if $self->gone;
	my $pid = delete $self->{pid};
	kill 'TERM', $pid;
	my $status = Drover::Process::wait_child($pid, 30 * $Drover::SCALE);
	return $status if defined $status;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return $?;
}

END {
	local $?;
	if ($$ == $creator) {
		$_->stop for @running;
	}
}

1;
