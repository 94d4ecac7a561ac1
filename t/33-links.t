#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Symbolic links under Options, out of a root into another and nowhere else;
# a DocumentRoot that is a link and is switched; .htaccess; special files.
# All once more as on a kernel without openat2.
use strict;
use warnings;
use POSIX qw(mkfifo);
use Test::More;
use Drover;

my $conf = <<'EOF';
DocumentRoot "{DIR}/current"
<Directory "{DIR}">
    Require all granted
</Directory>
<Directory "{DIR}/current/closed">
    Options None
</Directory>
<Directory "{DIR}/current/owner">
    Options SymLinksIfOwnerMatch
</Directory>
<Directory "{DIR}/current/override">
    AllowOverride All
</Directory>
<Directory "{DIR}/current/listed">
    AllowOverrideList Require Redirect
</Directory>
<Directory "{DIR}/current/unlisted">
    AllowOverrideList None
</Directory>
AccessFileName .htaccess rules.conf
Alias "/second" "{DIR}/second"
EOF

sub link_to {
	my ($s, $name, $target) = @_;
	my $path = $s->dir . "/$name";
	$target =~ s/\{DIR\}/$s->dir/ge;
	symlink $target, "$path.new" or die "$path: $!";
	rename "$path.new", $path or die "$path: $!";
	return;
}

sub make {
	my $s = Drover->new(conf => $conf, files => {});
	$s->file("v1/$_", "1 $_\n")
	    for qw(a.txt dir/a.txt closed/a.txt owner/a.txt override/a.txt
	    override/sub/a.txt override/other/a.txt listed/a.txt
	    unlisted/a.txt);
	$s->file('v2/a.txt', "2 a.txt\n");
	$s->file('second/b.txt', "second\n");
	$s->file('secret.txt', 'no');
	$s->file("v1/$_", "Require all denied\n") for qw(
	    override/sub/.htaccess override/other/rules.conf listed/.htaccess
	    unlisted/.htaccess);
	link_to($s, 'current', 'v1');
	link_to($s, "v1/$_->[0]", $_->[1]) for (
		['rel.txt', 'a.txt'], ['abs.txt', '{DIR}/v1/a.txt'],
		['abs-by-link.txt', '{DIR}/current/a.txt'], ['to-dir', 'dir'],
		['to-second', '{DIR}/second'], ['up.txt', '../second/b.txt'],
		['out.txt', '{DIR}/secret.txt'], ['rel-out.txt',
		'../secret.txt'], ['etc', '/etc'], ['loop', 'loop'],
		['dangling', 'nothing'], ['closed/rel.txt', '../a.txt'],
		['owner/own.txt', 'a.txt'], ['owner/etc', '/etc/passwd'],
		['device', '/dev/zero'],
	);
	mkfifo($s->dir . '/v1/fifo', 0644) or die "mkfifo: $!";
	return $s;
}

my @rows = (
	['/a.txt', 200, "1 a.txt\n"],
	['/rel.txt', 200, "1 a.txt\n"],
	['/abs.txt', 200, "1 a.txt\n"],
	['/abs-by-link.txt', 200, "1 a.txt\n"],
	['/to-dir/a.txt', 200, "1 dir/a.txt\n"],
	['/to-dir', 301],
	['/to-second/b.txt', 200, "second\n"],
	['/up.txt', 200, "second\n"],
	['/out.txt', 403],
	['/rel-out.txt', 403],
	['/etc/passwd', 403],
	['/loop', 403],
	['/dangling', 404],
	['/closed/a.txt', 200, "1 closed/a.txt\n"],
	['/closed/rel.txt', 403],
	['/owner/own.txt', 200, "1 owner/a.txt\n"],
	['/owner/etc', 403],
	['/fifo', 403],
	['/device', 403],
	['/override/a.txt', 200, "1 override/a.txt\n"],
	['/override/sub/a.txt', 403],
	['/override/other/a.txt', 403],
	['/listed/a.txt', 403],
	['/unlisted/a.txt', 200, "1 unlisted/a.txt\n"],
);

sub check {
	my ($s) = @_;
	for my $row (@rows) {
		my ($path, $status, $body) = @$row;
		my $r = $s->get($path);
		is($r->{status}, $status, $path);
		is($r->{body}, $body, "$path: body") if defined $body;
	}
	SKIP: {
		skip 'only root gives files away', 1 if $> != 0;
		my $link = $s->dir . '/v1/owner/own.txt';
		system('chown', '-h', '12345', $link) == 0 or die 'chown';
		# Rules are asked anew after a second.
		ok($s->wait_until(sub {
			$s->get('/owner/own.txt')->{status} == 403
		}), 'a link that is given to another leads nowhere');
	}
	link_to($s, 'current', 'v2');
	ok($s->wait_until(sub { $s->get('/a.txt')->{body} eq "2 a.txt\n" }),
	    'the root is switched without a reload');
	# Until then workers of the old root may still accept.
	$s->wait_notify(qr/^STATUS=serving.*generation 2$/m);
	is($s->get('/rel.txt')->{status}, 404, '... for every path');
	return;
}

for my $openat2 (1, 0) {
	my $s = make();
	subtest($openat2 ? 'as the kernel can' : 'without openat2', sub {
		ok($s->launch(env => { $openat2 ? () :
		    (DROVER_NO_OPENAT2 => 1) }), 'it starts')
		    or BAIL_OUT($s->stderr . $s->log('error'));
		check($s);
		$s->stop;
	});
}
done_testing;
