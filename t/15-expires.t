#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ExpiresActive, ExpiresByType and ExpiresDefault.  Each row has the seconds
# that Expires and max-age promise ("-": neither is there, "M": from the file's
# date), whatever else Cache-Control says, the directives and the request.
# Where apache2 is installed it is asked the same, but for rows with "!".
use strict;
use warnings;
use Drover;
use Drover::Apache;
use POSIX ();
use Test::More;

my @rows = map { [split m{ // }, $_, 3] } grep { /\S/ } split /\n/, <<'EOT';
5 // ExpiresDefault A5
0 // ExpiresDefault A0
M5000000 // ExpiresDefault M5000000
0 // ExpiresDefault M5
2764800 // ExpiresDefault "access plus 1 month 2 days"
2764800 // ExpiresDefault "NOW Plus 1 MONTHS 2 day"
694861 // ExpiresDefault "access 1 week 1 day 1 hour 1 minute 1 second"
31536000 // ExpiresDefault "access plus 1 year"
M31536000 // ExpiresDefault "modification plus 1 year"
- // ExpiresActive Off | ExpiresDefault A5
- // ExpiresByType image/png A5
6 // ExpiresByType text/plain A6 | ExpiresDefault A5
6 // ExpiresByType TEXT/Plain A6
7 // ExpiresByType text/* A7 | ExpiresDefault A5
6 // ExpiresByType text/plain A6 | ExpiresByType text/* A7
8 // ExpiresByType text/plain A6 | ExpiresByType text/plain A8
6 // ForceType "text/plain; charset=utf-8" | ExpiresByType text/plain A6
6 // Header set Content-Type text/html | ExpiresByType text/plain A6 | ExpiresByType text/html A7
5 // ExpiresByType image/* A6 | ExpiresDefault A5
6 // ExpiresByType text/plain A6 // HEAD f.txt
6 // ExpiresByType text/plain A6 // GET f.txt Range: bytes=0-0
6 // ExpiresByType text/plain A6 // GET f.txt Range: bytes=0-0,2-2
6 // ExpiresByType text/plain A6 // GET f.txt If-None-Match: *
M5000000 // ExpiresDefault M5000000 // GET f.txt If-None-Match: *
5 // ExpiresDefault A5 // OPTIONS f.txt
5 // ExpiresDefault A5 // GET dir
5 // Redirect 302 http://example.com/ | ExpiresDefault A5
- // ExpiresDefault A5 // GET none
- // ExpiresDefault A5 // PUT f.txt
- // ExpiresDefault A5 | Require all denied
- // ExpiresDefault A5 | ErrorDocument 404 /doc.html // GET none
5 no-cache // ExpiresDefault A5 | Header append Cache-Control no-cache
!no-store // ExpiresDefault A5 | Header set Cache-Control no-store | Header unset Expires
- // ExpiresDefault A5 | Header unset Cache-Control | Header unset Expires
9 // ExpiresDefault A5 // GET in/f.txt
!7 // ExpiresByType text/* A7 // GET in/f.txt
6 // ExpiresByType text/plain A6 // GET in2/f.txt
EOT

my %files = ('doc.html' => "<p>error\n");
my $conf = "ExpiresActive On\n";
for my $i (0 .. $#rows) {
	my $said = $rows[$i][1] =~ s/ \| /\n/gr;
	$conf .= "$1 /$i/f.txt $2\n" if $said =~ s/^(Redirect \d+) (\S+)//m;
	$files{"$i/$_"} = "file\n" for qw(f.txt dir/x in/f.txt in2/f.txt);
	$conf .= "<Location /$i>\n$said\n</Location>\n";
}
$conf .= "<LocationMatch \"/in/\">\nExpiresDefault A9\n</LocationMatch>\n" .
    "<LocationMatch \"/in2/\">\nExpiresByType text/* A8\n</LocationMatch>\n";
my $s = Drover->new(files => \%files);
my $modified = time - 1000000;
utime $modified, $modified, $s->dir . "/htdocs/$_/f.txt" for 0 .. $#rows;

my %months;
@months{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 0 .. 11;

sub seconds {
	my ($d, $m, $y, $H, $M, $S) = ($_[0] // '') =~
	    /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/ or return;
	local $ENV{TZ} = 'UTC';
	POSIX::tzset();
	return POSIX::mktime($S, $M, $H, $d, $months{$m}, $y - 1900);
}

sub ask {
	my ($port, $i) = @_;
	my ($method, $path, $fields) =
	    split / /, $rows[$i][2] // 'GET f.txt', 3;
	my $c = Drover::Conn->new($port);
	$c->request($method, "/$i/$path", $method eq 'PUT' ? 'x' : '',
	    $fields ? split(/: /, $fields, 2) : ());
	my $h = $c->response($method eq 'HEAD')->{header};
	$c->close;
	my $cache = $h->{'cache-control'} // '';
	my $age = $cache =~ s/max-age=(\d+)(?:, )?// ? $1 : undef;
	my ($date, $expires) = map { seconds($_) } @{$h}{qw(date expires)};
	return $cache if $cache ne '' && !defined $expires;
	return '-' if !defined $expires && !defined $age;
	return "Expires alone" if !defined $age;
	return "max-age alone" if !defined $expires;
	# The clock may have gone on between the fields.
	my $left = $expires - $date;
	return "Expires in $left, max-age=$age"
	    if $left >= 0 ? abs($left - $age) > 1 : $age != 0;
	$left = $rows[$i][0] =~ /^M/ ? 'M' . ($expires - $modified) : $age;
	return $cache eq '' ? $left : "$left $cache";
}

$s->set_conf($conf);
ok($s->launch, 'Drover starts') or diag($s->stderr);
for my $i (0 .. $#rows) {
	my $want = $rows[$i][0] =~ s/^!//r;
	is(ask($s->port, $i), $want, join ' <- ', grep { defined }
	    @{ $rows[$i] }[1, 2]);
}
$s->stop;

SKIP: {
	my @same = grep { $rows[$_][0] !~ /^!/ } 0 .. $#rows;
	my $apache = Drover::Apache->start($s,
	    [qw(headers expires dir mime alias)],
	    "TypesConfig /etc/mime.types\n$conf");
	skip $apache, scalar @same unless ref $apache;
	is(ask($apache->port, $_), $rows[$_][0], "Apache: $rows[$_][1]")
	    for @same;
	$apache->stop;
}

# What Apache takes for something else, or for nothing.
my @wrong = ('A', 'A-5', 'A5x', 'N5', 'a5', 'm5', 'access', 'access plus', 'access plus 1',
	'access plus -1 days', 'access plus 1.5 days', 'access minus 1 day',
	'access plus 1 fortnight', 'access plus 99999999999 years',
	'access plus 999 years 999 years', 'a plus 1 day');
$s->set_conf(join '', map { "ExpiresDefault \"$_\"\n" } @wrong);
my $run = $s->run('-t');
is($run->{status}, 1, 'wrong ones are refused');
like($run->{err}, qr{:16: error: ExpiresDefault: "\Q$_\E" is neither }, "\"$_\"")
    for @wrong;
$s->set_conf("ExpiresDefault \"\"\n");
like($s->run('-t')->{err}, qr{:16: error: an argument is empty: ExpiresDefault},
    'nothing');
$s->set_conf("ExpiresByType text A5\nExpiresByType */* A5\n" .
    "ExpiresByType text/plain B5\nExpiresActive maybe\n");
$run = $s->run('-t');
like($run->{err}, qr{:15: error: ExpiresByType: "text" is neither a type}, 'type');
like($run->{err}, qr{:15: error: .* there is ExpiresDefault$}m, 'any type');
like($run->{err}, qr{:26: error: ExpiresByType: "B5" is neither}, 'its code');
like($run->{err}, qr{:15: error: ExpiresActive: }, 'a flag');
done_testing;
