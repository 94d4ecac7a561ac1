#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What is below the root and no file that may be sent: FIFOs, sockets, devices,
# what is closed to the worker, names that lead nowhere.  All are refused at
# once, and no answer tells of the file system.
use strict;
use warnings;
use Fcntl qw(O_NONBLOCK O_WRONLY);
use IO::Socket::UNIX;
use POSIX ();
use Test::More;
use Time::Local qw(timegm);
use Drover;
use Drover::Messages qw(asked run site);

my $long = 'n' x 255;
my %site = site();
$site{conf} = "Workers 1\n$site{conf}" . <<'EOT';
<Directory "{DIR}/htdocs/*list*">
    Options +Indexes
</Directory>
<Location "/todoc">
    ErrorDocument 404 /fifo
</Location>
EOT
$site{files}{$_} = "x\n" for 'file.txt', 'shut.txt', 'shut/x', 'future',
    'bare/x', 'list/x', 'index/other', 'both.txt', 'unlisted/x';
my $s = Drover->new(%site);
my $root = $s->dir . '/htdocs';
my (@sockets, %devices);
rename "$root/a", "$root/$long" or die "rename: $!";
sub fifo {
	my ($name) = @_;
	POSIX::mkfifo("$root/$name", 0666) or die "$name: $!";
	return;
}
fifo($_) for qw(fifo list/fifo index/index.html both.txt.gz only.txt.gz
    list/.fifo);
for my $name ('socket', 'list/socket') {
	# The whole path may be too long for one.
	chdir "$root/" . ($name =~ s{[^/]*$}{}r) or die "$root: $!";
	push @sockets, IO::Socket::UNIX->new(Listen => 1,
	    Local => $name =~ s{.*/}{}r) or die "$name: $!";
}
chdir '/' or die "/: $!";
for my $device (['char', 'c', 1, 3], ['block', 'b', 7, 250]) {
	my ($name, @numbers) = @$device;
	$devices{$name} = $> == 0 && system('mknod', '-m', '666',
	    "$root/$name", @numbers) == 0;
}
symlink "$root/$_->[0]", "$root/$_->[1]" or die "$_->[1]: $!"
    for ['loop', 'loop'], ['fifo', 'tofifo'], ['nowhere', 'dangling'],
    ['file.txt', 'tofile'];
symlink '/dev/zero', "$root/tozero" or die "tozero: $!";
symlink '/etc/passwd', "$root/topasswd" or die "topasswd: $!";
symlink '/proc/self/fd/0', "$root/toproc" or die "toproc: $!";
chmod 0, "$root/shut.txt", "$root/shut" or die "chmod: $!";
# Who may not read a directory cannot list it.
chmod 0311, "$root/unlisted" or die "chmod: $!";
utime 4102444799, 4102444799, "$root/future" or die "utime: $!";
$s->launch or die $s->stderr;

# Any answer: of HTML, and without a word about files.
my $secret = qr{\Q$root\E|htdocs|passwd|fifo|directory|permission|symbolic
    |ENO|EACC|No\ such|/tmp}xi;
sub page {
	my ($status) = @_;
	return { body => qr{\A(?!.*$secret).*<h1>$status }s,
	    etag => qr/^\(none\)$/, 'last-modified' => qr/^\(none\)$/ };
}
my @rows = (
	# What it is, what is asked for, and the status.
	['a FIFO', '/fifo', 403],
	['a FIFO with a query', '/fifo?x', 403],
	['a FIFO, as a directory', '/fifo/', 403],
	['a FIFO, and below it', '/fifo/x', 403],
	['a link to one', '/tofifo', 403],
	['a socket', '/socket', 403],
	['a socket, as a directory', '/socket/', 403],
	($devices{char} ? ['a character device', '/char', 403] : ()),
	($devices{block} ? ['a block device', '/block', 403] : ()),
	['a link to a device elsewhere', '/tozero', 403],
	['an index that is a FIFO', '/index/', 403],
	['a precompressed file without the file', '/only.txt', 404],
	['the same by its name', '/only.txt.gz', 403],
	['a file that nobody may read', '/shut.txt', 403],
	['a directory that nobody may enter', '/shut/', 403],
	['what is in it', '/shut/x', 403],
	['what would be in it', '/shut/none', 403],
	['a directory without an index', '/bare/', 403],
	['a directory that cannot be read', '/unlisted/', 403],
	['a link to itself', '/loop', 403],
	['below it', '/loop/x', 403],
	['a link to nothing', '/dangling', 404],
	['a link out of the root', '/topasswd', 403],
	['a link to an open file', '/toproc', 403],
	['a file, as a directory', '/file.txt/', 404],
	['a path through a file', '/file.txt/more', 404],
	['a path through a file, longer', '/file.txt/more/and/more', 404],
	['a path through a link to a file', '/tofile/more', 404],
	['nothing', '/none', 404],
	['a directory that is not there', '/none/', 404],
	['a long name', "/${long}n", 404],
	['a long name on the way', "/${long}n/x", 404],
	['a name of a thousand bytes', '/' . 'n' x 1000, 404],
	['a path of five thousand', '/' . 'n/' x 2500, 404],
	['an error document that is a FIFO', '/todoc/x', 404],
);
run($s, [
	(map {
		my ($name, $path, $status) = @$_;
		(['GET', $name, asked("GET $path"), "$status keep",
		    page($status)],
		['HEAD', $name, asked("HEAD $path"), "H$status keep"],
		['Range', $name, asked("GET $path", 'Range: bytes=0-',
		    'Accept-Encoding: gzip', 'If-None-Match: *'),
		    "$status keep", page($status)]);
	} @rows),
	['GET', 'the longest name', asked("GET /$long"), '200 keep'],
	['GET', 'a link to a file', asked('GET /tofile'), '200 keep'],
	['gzip', 'a FIFO beside a file', asked('GET /both.txt',
	    'Accept-Encoding: gzip'), '200 keep', { body => qr/^x$/,
	    'content-encoding' => qr/^\(none\)$/ }],
	(map { ['POST', 'a FIFO', asked("POST $_", 'Content-Length: 1', \'x'),
	    '403 keep'] } qw(/fifo /socket)),
]);
my $list = $s->get('/list/')->{body};
like($list, qr/>x</, 'a listing has the file');
unlike($list, qr/fifo|socket/, '... and nothing else');

# One worker, and everybody is answered: nothing waits for a FIFO's writer.
my @asking = map { $s->connect } 1 .. 20;
$_->request('GET', '/fifo', '') for @asking;
is($s->get('/file.txt')->{status}, 200, 'others are answered meanwhile');
is(join(' ', map { $_->response->{status} } @asking), '403 ' x 19 . 403,
    'and so are they');
ok(!sysopen(my $writer, "$root/fifo", O_WRONLY | O_NONBLOCK) &&
    $!{ENXIO}, 'no worker has it open');

# A file from the future is as old as the answer at most (9110, 8.8.2.1).
my @month = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
sub seconds {
	my ($day, $month, $year, @time) =
	    $_[0] =~ /^\w+, (\d+) (\w+) (\d+) (\d+):(\d+):(\d+) GMT$/
	    or die "no date: $_[0]";
	my ($number) = grep { $month[$_] eq $month } 0 .. 11;
	return timegm(reverse(@time), $day, $number, $year);
}
for my $method ('GET', 'HEAD', 'GET') {
	my $h = $s->request($method, '/future')->{header};
	cmp_ok(seconds($h->{'last-modified'}), '<=', seconds($h->{date}),
	    "$method: Last-Modified is not later than Date");
}

chmod 0755, "$root/shut", "$root/unlisted";
$s->stop;
done_testing;
