#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Many reloads of a server with much in its configuration, by two that take
# turns and some that fail: master and logger grow no memory and keep no
# descriptor.  500 of them where there is time: DROVER_LONG=1.
use strict;
use warnings;
use Drover;
use IO::Socket::INET;
use Test::More;

my $rounds = $ENV{DROVER_LONG} ? 500 : $Drover::VALGRIND ? 30 : 60;
# What comes first fills caches of the C library and of the allocator.
my $settling = $ENV{DROVER_LONG} ? 50 : 20;

# Hosts with sections, expressions, fields, logs and macros.
sub hosts {
	my ($count) = @_;
	return join '', "<Macro host \$n \$dir>\n", <<'EOT', map {
<VirtualHost *:{PORT}>
    ServerName host$n.example
    ServerAlias *.host$n.example www.host$n.example
    DocumentRoot "$dir/htdocs"
    CustomLog "logs/host$n" combined env=!quiet
    SetEnvIf Request_URI "^/quiet/(a|b)+$" quiet
    <DirectoryMatch "/htdocs/(?<part>[a-z]+)$n">
        Options +Indexes
        IndexOptions FancyIndexing FoldersFirst NameWidth=*
        Require ip 10.0.0.0/8 192.168.$n.0/24
    </DirectoryMatch>
    <FilesMatch "\.(gif|jpe?g|png)$">
        ExpiresActive On
        ExpiresDefault "access plus 1 month"
        Header set X-Host "host$n %t"
        Header edit* X-Host "o(.)" "0$1"
    </FilesMatch>
    <Location "/status$n">
        SetHandler server-status
        <RequireAny>
            Require local
            Require env admitted
        </RequireAny>
    </Location>
    RedirectMatch 301 "^/old$n/(.*)$" "/new/$1"
    AliasMatch "^/icons$n/(.*)$" "$dir/htdocs/$1"
    ErrorDocument 404 "nothing of host$n"
    AddType text/x-$n .x$n
</VirtualHost>
</Macro>
EOT
		"Use host $_ {DIR}\n"
	} 1 .. $count;
}

my $common = "Include conf.d/*.conf\n" . hosts(12);
my %confs = (
	one => "CustomLog \"|cat\" combined\n$common",
	other => "Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:{PORT2}\n" .
	    "CustomLog \"|cat -u\" combined\n" .
	    "Timeout 20\nDefine OTHER\n$common" .
	    hosts(3) =~ s/host\$n/more\$n/gr =~ s/host /more /gr,
);

my $s = Drover->new(conf => $confs{one}, files => { 'index.html' => "a\n" });
$s->file("conf.d/a.conf", "<IfDefine OTHER>\n" .
    "KeepAliveTimeout 2\n</IfDefine>\n" .
    "BrowserMatch \"MSIE [1-4]\" old\n");
ok($s->launch, 'it starts');
my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or
    die "listen: $!";

# Each fails at another place.
my @failing = (
	"$common\nTimeout 10x\n<Directory /x>\n", "Include gone.conf\n$common",
	"$common\nErrorLog \"{DIR}/none/error_log\"\n",
	"Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:" . $taken->sockport .
	    "\nCustomLog \"|cat\" common\n$common",
	"$common\nTypesConfig none.types\n",
);

# Whether it took the configuration.
sub reload {
	my ($conf) = @_;
	$s->set_conf($conf);
	$s->signal('USR1');
	$s->wait_notify(qr/^RELOADING=1$/m) // return;
	my $said = $s->wait_notify(qr/^READY=1$/m) // return;
	return $said =~ /^STATUS=serving with/m ? 1 : 0;
}

# What a process has open, without what tells one socket, pipe or memory from
# another.
sub descriptors {
	my ($pid) = @_;
	return sort map { s/:\[\d+\]//r } grep { defined }
	    map { readlink } glob "/proc/$pid/fd/*";
}

# Kilobytes that are its own.
sub memory {
	my ($pid) = @_;
	my ($own) = Drover::slurp("/proc/$pid/status") =~ /^RssAnon:\s+(\d+)/m;
	return $own;
}

# Master and logger, whose pid stays.
my %pid = (master => $s->pid, logger => ($s->children(qr/logger/))[0]);

# Waits for the end of old workers and programs, and looks what is open.
sub look {
	$s->wait_until(sub {
		return $s->workers == 2 && 1 == $s->children(qr/cat/);
	}) or diag('old workers or programs are still there');
	return { map { $_ => [descriptors($pid{$_})] } keys %pid };
}

my ($wrong, $failed, $before, %least) = (0, 0);
for my $round (1 .. $rounds) {
	my $fails = $round % 5 == 3;
	my $took = reload($fails ? $failing[$failed++ % @failing]
	    : $confs{ $round % 2 ? 'other' : 'one' });
	$wrong++ if ($took // 2) != ($fails ? 0 : 1);
	# Both after an even number, by the same configuration.
	$before = look() if $round == $settling;
	# It goes up and down by some hundred kB: the least of ten counts.
	my $when = $round > $rounds - 10 ? 'after'
	    : $round > $settling - 10 && $round <= $settling ? 'before' : next;
	for my $of (keys %pid) {
		my $now = memory($pid{$of});
		$least{$of}{$when} = $now
		    if $now < ($least{$of}{$when} // $now + 1);
	}
}
my $after = look();

is($wrong, 0, "$rounds reloads, $failed of which failed as they were to");
for my $of (sort keys %pid) {
	is_deeply($after->{$of}, $before->{$of}, "$of: the same descriptors") or
	    diag(explain($before->{$of}), explain($after->{$of}));
	next if Drover::is_watched();
	my ($first, $last) = @{ $least{$of} }{qw(before after)};
	cmp_ok($last - $first, '<=', 1024, "$of: $first kB, then $last kB");
}
is($s->get('/')->{status}, 200, 'it serves');
$s->stop;
done_testing;
