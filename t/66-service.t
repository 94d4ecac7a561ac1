#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The installed unit under a systemd of its own: namespaces around it, a layer
# over the file system that takes what is installed and written, a network
# of a loopback alone.  Nothing of that outlives the test or is seen
# outside; where it cannot be had, the test is skipped.
use strict;
use warnings;
use Drover;
use Drover::Installed;
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'for root' if $> != 0;
plan skip_all => 'a program that is watched needs more than the unit allows'
    if $Drover::VALGRIND ||
    Drover::slurp($Drover::PROGRAM) =~ /__asan_init|__gcov_exit/;
my ($systemd) = grep { -x } qw(/lib/systemd/systemd /usr/lib/systemd/systemd);
plan skip_all => 'no systemd' if !$systemd;
for my $name (qw(unshare mount pivot_root systemctl systemd-sysusers)) {
	plan skip_all => "no $name" if !Drover::Installed::program($name);
}

my $i = Drover::Installed->make;
plan skip_all => 'systemd does not look below this prefix'
    if $i->dir('systemdsystemunitdir') !~ m{^/(?:usr/(?:local/)?)?lib/};
my $dir = Drover::folder();
my $conf = $i->path('serverroot', 'conf/httpd.conf');
my $text = Drover::slurp($conf);
is($text =~ s/^Listen 8080$/Listen 127.0.0.1:80/mg, 1, 'a port for root');
$i->write($conf, $text);

# The first process of the new namespaces.  Everything is written behind
# pivot_root alone, where a link cannot lead out of the layer either; settings
# of the kernel, which are everybody's, can be read only.
$i->write("$dir/boot", <<"EOF2");
set -e
cd $dir
mount -t tmpfs tmpfs layer
mkdir layer/upper layer/work layer/root
mount -t overlay overlay layer/root \\
    -o lowerdir=/,upperdir=$dir/layer/upper,workdir=$dir/layer/work
cd layer/root
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs dev
for d in null zero full random urandom tty; do
	: >dev/\$d
	mount --bind /dev/\$d dev/\$d
done
mount --bind $dir .$dir
pivot_root . mnt
umount -l /mnt
grep -q ' / / [^-]* - overlay ' /proc/self/mountinfo
cp -a $dir/root/. /
rm -rf /etc/systemd/system/*.wants /lib/systemd/system/*.wants
cat >/etc/systemd/system/try.service <<X
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh $dir/try
X
ln -s pts/ptmx /dev/ptmx
mkdir /dev/pts /dev/shm
: >/dev/console
export container=other
exec $systemd --system --unit=try.service --show-status=no \\
    </dev/null >/dev/null 2>&1
EOF2

# What is tried there: "name result" lines.
my %at = map { $_ => $i->dir($_) } qw(serverroot logdir rundir bindir
    sbindir);
$i->write("$dir/try", <<"EOF2");
exec 2>$dir/out/said >$dir/out/results
PATH=$at{sbindir}:$at{bindir}:/usr/sbin:/usr/bin:/sbin:/bin
ask() {
	n=\$((n + 1))
	drover-request -s -f -o /dev/null http://127.0.0.1/?n=\$n
	echo "\$1 \$?"
}
n=0
master() { cat $at{rundir}/drover.pid; }
systemd-sysusers drover.conf
systemd-tmpfiles --create drover.conf
systemctl start drover; echo start \$?
ask serves
systemctl show -P StatusText drover | sed 's/^/status /'
for p in \$(cat /proc/\$(master)/task/*/children); do
	sed -n 's/^\\(Uid\\|CapEff\\|CapBnd\\|Seccomp_filters\\):[[:space:]]*/\\1 /p' /proc/\$p/status
done
sed -n 's/^Seccomp_filters:[[:space:]]*/MasterFilters /p' /proc/\$(master)/status
systemctl reload drover; echo reload \$?
ask serves-on
echo Foo >>$at{serverroot}/conf/httpd.conf
systemctl reload drover; echo reload-wrong \$?
ask serves-still
sed -i '/^Foo\$/d' $at{serverroot}/conf/httpd.conf
old=\$(master)
drover -k upgrade; echo upgrade \$?
echo main-pid \$((\$(systemctl show -P MainPID drover) - \$(master)))
[ \$(master) = \$old ]; echo same-master \$?
ask serves-upgraded
systemctl show -P ActiveState drover | sed 's/^/state-upgraded /'
old=\$(master)
kill -KILL \$old
for t in \$(seq 300); do
	new=\$(master)
	[ "\${new:-\$old}" = \$old ] || break
	sleep 0.1
done
ask comes-back
systemctl stop drover; echo stop \$?
echo Foo >>$at{serverroot}/conf/httpd.conf
systemctl start drover; echo start-wrong \$?
systemctl show -P ActiveState drover | sed 's/^/state /'
cp $at{logdir}/access_log $at{logdir}/error_log $dir/out
mv $dir/out/results $dir/out/done
EOF2
mkdir "$dir/$_" or die "$_: $!" for qw(layer out groups);

# Runs it all in a group of its own, so that systemd finds itself at the top.
my $group = "$dir/groups/drover-test-$$";
my $enter = "mount -t cgroup2 cgroup2 $dir/groups && mkdir $group && " .
    "echo \$\$ >$group/cgroup.procs && umount $dir/groups && " .
    "exec unshare -C -p -f -u -i -n --kill-child=KILL sh $dir/boot";
my ($pid, $ended);
END { stop_all() }
$pid = fork // die "fork: $!";
if (!$pid) {
	open STDOUT, '>', "$dir/said" or die;
	open STDERR, '>&', \*STDOUT or die;
	exec 'unshare', '-m', '--propagation', 'private', 'sh', '-c', $enter
	    or die "unshare: $!";
}
my $end = time + 90;
until (-e "$dir/out/done" || $ended || time > $end) {
	$ended = waitpid($pid, WNOHANG) == $pid;
	sleep 0.05;
}
stop_all();
sub stop_all {
	return if !$pid || $ended;
	kill 'KILL', $pid;
	waitpid $pid, 0;
	$ended = 1;
	return;
}
# The group can go once its last process is gone.
for (1 .. 100) {
	last if system('unshare', '-m', '--propagation', 'private', 'sh', '-c',
	    "mount -t cgroup2 cgroup2 $dir/groups 2>&- || exit 0; test ! -d " .
	    "$group || find $group -depth -type d -exec rmdir {} + 2>&-") == 0;
	sleep 0.1;
}

SKIP: {
	skip 'no systemd can be started here: ' . Drover::slurp("$dir/said"), 1
	    if !-e "$dir/out/results" && !-e "$dir/out/done";
	my @results = split /\n/, Drover::slurp("$dir/out/done") ||
	    Drover::slurp("$dir/out/results");
	my %result = map { split / /, $_, 2 } @results;
	ok(-e "$dir/out/done", 'it ran to the end') or diag(@results);
	is($result{start}, 0, 'it starts') or
	    diag(Drover::slurp("$dir/out/said"));
	is($result{serves}, 0, 'it serves');
	like($result{status}, qr/^serving with .*generation 1$/, 'and says so');
	my @bits = grep { /^CapEff/ } @results;
	cmp_ok(scalar @bits, '>', 1, 'it has children');
	is("@bits", join(' ', ('CapEff 0000000000000000') x @bits),
	    'without a privilege');
	is((grep { /^Uid 0\b/ } @results), 0, 'none is root');
	is((grep { /^CapBnd 0{16}$/ } @results), scalar @bits,
	    'nor can they have one');
	# The unit brings some, which the master has as well.
	my %filters = map { $_ => 1 } grep { /^Seccomp_filters/ } @results;
	my ($master) = map { /^MasterFilters (\d+)/ } @results;
	is(join(' ', keys %filters), 'Seccomp_filters ' . ($master + 1),
	    'each with a filter of its own');
	is($result{reload}, 0, 'a reload');
	is($result{'serves-on'}, 0, 'it serves on');
	isnt($result{'reload-wrong'}, 0, 'a reload of wrong settings fails');
	is($result{'serves-still'}, 0, 'it serves still');
	is($result{upgrade}, 0, 'an upgrade');
	is($result{'same-master'}, 1, 'to another master');
	is($result{'main-pid'}, 0, 'which systemd knows');
	is($result{'serves-upgraded'}, 0, 'and which serves');
	is($result{'state-upgraded'}, 'active', 'the unit is active');
	is($result{'comes-back'}, 0, 'it is started again when killed');
	is($result{stop}, 0, 'it stops');
	isnt($result{'start-wrong'}, 0, 'wrong settings do not start');
	is($result{state}, 'failed', 'and are not tried again');
	my $log = Drover::slurp("$dir/out/access_log");
	is(join(' ', $log =~ /\?n=(\d)/g), '1 2 3 4 5', 'all is logged');
	my $errors = Drover::slurp("$dir/out/error_log");
	like($errors, qr/SIGQUIT: stopping gracefully/, 'the stop is graceful');
	unlike($errors, qr/Operation not permitted|Read-only/,
	    'nothing was refused');
}
done_testing;
