#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The first process of a container: a user without a name, not a file that can
# be written, logs on the standard streams, children of others to be reaped,
# and TERM to end it all.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Installed;
use Drover::Process;

plan skip_all => 'valgrind writes files' if $Drover::VALGRIND;
for my $name (qw(unshare mount setpriv nsenter)) {
	plan skip_all => "no $name" if !Drover::Installed::program($name);
}
# As root any user's; anybody else needs a user namespace, and is one there.
my @user = $> == 0 ? ('setpriv', '--reuid=54321', '--regid=54321',
    '--clear-groups', '--no-new-privs') : ();
my @spaces = ($> == 0 ? () : ('--map-current-user', '--keep-caps'), '--mount', '--pid',
    '--mount-proc', '--fork', '--kill-child=KILL');
plan skip_all => 'no namespaces for this user'
    if system("unshare @spaces true >/dev/null 2>&1") != 0;

my $s = Drover->new(conf => <<'EOF');
PidFile none
ErrorLog stderr
LogFormat "%U %>s" short
CustomLog stdout short
EOF
# Below a mount of its own nothing is mounted that could be written, but for
# what the kernel makes of it: /proc and /dev.
my $enclose = 'mount -o remount,bind,ro /; for m in $(awk \'{ print $2 }\' ' .
    '/proc/mounts | sort -u); do case $m in /|/proc|/dev|/dev/pts) ;; *) ' .
    'mount -o remount,bind,ro "$m" 2>/dev/null ;; esac; done; ' .
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
my @by = ('unshare', @spaces, 'sh', '-c', $enclose, $s->dir, @user);
my $started = $s->launch(by => \@by);
ok($started, 'it starts') or BAIL_OUT($s->stderr);

my ($first) = Drover::Process::children($s->pid);
my @inside = split ' ', (Drover::slurp("/proc/$first/status") =~
    /^NSpid:(.*)$/m)[0];
is($inside[-1], 1, 'as the first process');
is(system('nsenter', '-t', $first, '-m', ($> ? '-U' : ()),
    '--preserve-credentials', 'sh', '-c', 'exec 2>/dev/null; ' .
    'for d in "$0/logs" /tmp /dev/shm /; do ! touch $d/written || exit 1; done',
    $s->dir) >> 8, 0, 'nothing can be written')
    or diag(Drover::slurp("/proc/$first/mounts"));
is($s->get('/')->{status}, 200, 'it serves');
ok($s->wait_log('/stdout', qr{^/index\.html 200$}), 'a line on stdout');
like($s->stderr, qr/serving with 2 workers, generation 1$/m,
    'and what it says on stderr');
SKIP: {
	skip 'not root', 1 if $> != 0;
	my @ids = map { Drover::slurp("/proc/$_/status") =~ /^Uid:\t(\d+)/m }
	    $first, Drover::Process::children($first);
	is("@ids", join(' ', (54321) x @ids), 'all are that user');
}

# Who is left behind in a container is the first process's child.
system('nsenter', '-t', $first, '-p', ($> ? '-U' : ()),
    '--preserve-credentials', 'sh', '-c', 'sleep 0.2 & exit 0');
sub strangers {
	return grep { !grep { /drover/ } Drover::Process::title($_) }
	    Drover::Process::children($first);
}
ok($s->wait_until(sub { !strangers() }), 'orphans are reaped');

kill 'USR1', $first;
ok($s->wait_until(sub { $s->stderr =~ /generation 2$/m }), 'a restart');
is($s->get('/')->{status}, 200, 'it serves on');
kill 'TERM', $first;
is($s->wait_end, 0, 'TERM ends it');
$s->stop;
done_testing;
