# SPDX-License-Identifier: BSD-2-Clause
#
# The same requests under the same configurations, and what an answer comes
# down to when it is compared: t/17-same-answers.t, with its data in t/same.
package Drover::Same;

use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use Exporter qw(import);
use File::Path qw(make_path);
use Time::HiRes qw(stat time);
use Time::Local qw(timegm);

use Drover;
use Drover::Conn;

our @EXPORT_OK = qw(ask asked configurations different_parts make_site
    read_record requests write_record);

my $DATA = "$Drover::SRC/t/same";

# ---- The questions --------------------------------------------------------

# [name, text] in order.
sub configurations {
	return map { [m{([^/]+)\.conf$}, Drover::slurp($_)] }
	    sort glob "$DATA/*.conf";
}

sub requests {
	return grep { /^[^#\s]/ } split /\n/, Drover::slurp("$DATA/requests");
}

sub bytes_of {
	my ($line) = @_;
	my ($first, @fields) = split / \| /, $line;
	my ($method, $target, $version) = split ' ', $first;
	my %given = map { lc((split /:/)[0]) => 1 } @fields;
	my $body = '';
	unshift @fields, 'Host: localhost' if !$given{host};
	@fields = grep { $_ ne 'Host' } @fields;
	if ($given{body}) {
		@fields = grep { $_ ne 'body' } @fields;
		push @fields, 'Content-Length: 5',
		    'Content-Type: application/x-www-form-urlencoded';
		$body = 'a=b&c';
	}
	return join("\r\n", "$method $target " . ($version // 'HTTP/1.1'),
	    @fields, '', '') . $body;
}

# ---- The site -------------------------------------------------------------

my %outside = (
	'icons/folder.gif' => 'GIF89a-folder', 'shared/one.txt' => "one\n",
	'shared/7.txt' => "seven\n", 'shared/sub/two.txt' => "two\n",
	'out.txt' => "outside\n",
	'users/alice/pages/cv.html' => "<p>Alice\n",
	'users/alice/pages/list.txt' => "alice\n",
	'hosts/www.example.test/index.html' => "<p>www\n",
	'hosts/www.example.test/a.txt' => "www a\n",
	'hosts/www.example.test/sub/index.html' => "<p>www sub\n",
	'hosts/localhost/index.html' => "<p>localhost\n",
	'hosts/localhost/a.txt' => "localhost a\n",
	'hosts/localhost/listed/x.txt' => "x\n",
	'hosts/one.hosts.test/one.html' => "<p>one\n",
	'errors/404.html' => "<h1>We have no such page</h1>\n",
	'errors/403.html' => "<h1>Not yours</h1>\n",
	'errors/405.html' => "<h1>Not so</h1>\n",
);

sub site {
	my %site = map { $_ => "text of $_\n" } qw(a.txt unknown.xyz LICENSE
	    text.latin1.txt archive.tar.gz notes.txt.gz setup.php.bak
	    sub/b.txt sub/deep/c.txt listed/x.txt listed/y10.txt listed/y9.txt
	    listed/B.txt listed/pic.png listed/.hidden listed/inner/x1.txt
	    listed/inner/z.txt listed/old.txt~ nothing/only.txt
	    private/secret.txt private/open/ok.txt unreadable.txt .htaccess
	    .hidden .git/config .well-known/security.txt backup.sql
	    index.html~ config.inc admin/page.txt +plus.txt docs/page.txt
	    docs/guide/more.txt), 'with space.txt', "\xc3\xbcber.txt",
	    'percent%41.txt', 'question?.txt';
	$site{$_} = "<title>$_</title>\n<p>text\n" for qw(index.html about.html
	    page.html.de page.de.html report.old.html two.en.de.html
	    sub/index.html other-index/main.html docs/guide/intro.html
	    docs/main/view.html);
	$site{'listed/HEADER.html'} = "<h2>Above</h2>\n";
	$site{'listed/README.html'} = "<p>Below</p>\n";
	$site{'listed/HEADER.html'} = "<h2>Above</h2>\n";
	$site{'empty.txt'} = '';
	$site{'large.bin'} = join '', map { pack 'N', $_ } 1 .. 10000;
	$site{'style.css'} = "body { color: black }\n";
	$site{$_} = "run();\n" for 'app.js', 'app.min.js';
	$site{'data.json'} = "{}\n";
	$site{'feed.xml'} = "<feed/>\n";
	$site{'logo.png'} = "\x89PNG\r\n\x1a\n";
	return \%site;
}

# Below the server's folder; all of one age, so that both say the same of it.
sub make_site {
	my ($s) = @_;
	my $root = $s->dir . '/htdocs';
	my $site = site();
	$s->file("htdocs/$_", $site->{$_}) for keys %$site;
	$s->file("outside/$_", $outside{$_}) for keys %outside;
	my %link = ('link.txt' => 'a.txt', 'link-dir' => 'sub',
	    'link-out.txt' => '../outside/out.txt',
	    'link-broken.txt' => 'nowhere', 'sub/link.txt' => 'b.txt');
	symlink $link{$_}, "$root/$_" or die "$_: $!" for keys %link;
	my $time = timegm(0, 0, 12, 1, 5, 2020);
	utime $time, $time, map { "$root/$_" } keys %$site;
	utime $time, $time, map { $s->dir . "/outside/$_" } keys %outside;
	chmod 0, "$root/unreadable.txt";
	# What has just changed has a weak entity tag, for 50 ms.
	my $old = (stat "$root/unreadable.txt")[10] + 0.1;
	$s->wait_until(sub { time > $old });
	return;
}

# ---- The answers ----------------------------------------------------------

# Asks all and returns as many essences.
sub ask {
	my ($port, $dir, @requests) = @_;
	my ($conn, @answers);
	for my $line (@requests) {
		my ($r, $kept);
		do {
			# A server may close what it had kept.
			$kept = !!$conn;
			$conn //= Drover::Conn->new($port);
			$conn->send(bytes_of($line));
			$r = eval { $conn->response($line =~ /^HEAD/) };
			undef $conn if !$r;
		} while (!$r && $kept);
		push @answers, $r ? essence($r, $port, $dir, $line) :
		    "status: none\n";
		next if !$r || $r->{version} eq '1.1' && !$conn->{eof} &&
		    $line !~ m{HTTP/1\.0} &&
		    ($r->{header}{connection} // '') !~ /close/i;
		$conn->close;
		undef $conn;
	}
	return @answers;
}

# Fields that are not compared, and why.
my %EXEMPT = (
	'date' => 'the time', 'server' => 'the name of the program',
	'keep-alive' => 'counts what is left, and is no standard',
	'transfer-encoding' => 'when a length is known is each server\'s own',
);

# The parts of an answer as lines of "name: value".
sub essence {
	my ($r, $port, $dir, $line) = @_;
	my @body = essence_of_body($r);
	my $own = "@body" =~ /^body: page|^title/ || $line =~ /^HEAD/ &&
	    ($r->{status} >= 300 || !$r->{header}{'last-modified'});
	# The lines between the parts of a body are as long as one likes.
	$own ||= ($r->{header}{'content-type'} // '') =~ /boundary=/;
	my $text = join '', map { "$_\n" } "status: $r->{status}",
	    "reason: $r->{reason}",
	    (map { essence_of_field($_, $r->{header}{$_}, $own, $line) }
	    grep { !$EXEMPT{$_} } sort keys %{ $r->{header} }), @body;
	$text = relative_times($text, $r->{header});
	$text =~ s/:$port\b/:PORT/g;
	$text =~ s/\Q$dir\E/DIR/g;
	return $text;
}

# Nothing, or the field as it is compared.  Own pages (of errors, listings)
# have lengths and charsets of their own.
sub essence_of_field {
	my ($name, $value, $own, $line) = @_;
	return () if $name eq 'content-length' && ($own || $value == 0);
	# What is kept without being told so need not be said.
	return () if $name eq 'connection' && lc $value eq 'keep-alive' &&
	    $line !~ m{HTTP/1\.0};
	$value = without_own_name($value, $line) if $name eq 'location';
	# It is there, and strong, or not; of what it is made is its own.
	$value = $value =~ m{^W/} ? 'weak' : 'strong' if $name eq 'etag';
	$value = lc $value if $name eq 'connection';
	$value =~ s/;\s*charset=(?:iso-8859-1|utf-8)$//i
	    if $own && $name eq 'content-type';
	$value =~ s/boundary=\S+/boundary=B/;
	# Neither order nor space says anything here.
	$value = join ', ', sort split /\s*,\s*/, $value
	    if $name =~ /^(?:allow|vary)$/;
	return "$name: $value";
}

# Whether a server names itself in Location is its own (RFC 9110, 10.2.2).
sub without_own_name {
	my ($location, $line) = @_;
	my ($name, $path) = $location =~ m{^http://([^/:]+)(?::\d+)?(/.*)}
	    or return $location;
	my $asked = $line =~ m{^\S+ http://([^/: ]+)} ||
	    $line =~ m{Host: ([^: ]+)} ? $1 : 'localhost';
	# Who names no host gets the first.
	return lc $asked eq lc $name || $line =~ /\| Host(?: \||$)/ ?
	    $path : $location;
}

# What is so many seconds from now is told as that.
sub relative_times {
	my ($text, $head) = @_;
	my ($now, $then) = map { seconds($head->{$_} // '') } qw(date expires);
	return $text if !defined $now || !defined $then;
	my $left = $then - $now;
	# Between the two a second may have begun.
	$left += $left % 60 == 59 ? 1 : $left % 60 == 1 ? -1 : 0;
	$text =~ s/^expires: \K.*$/now + $left/m if $left >= 0;
	return $text;
}

sub seconds {
	my ($day, $month, $year, @time) = $_[0] =~
	    /^\w+, (\d+) (\w+) (\d+) (\d+):(\d+):(\d+) GMT$/ or return undef;
	$month = index('JanFebMarAprMayJunJulAugSepOctNovDec', $month) / 3;
	return timegm(reverse(@time), $day, $month, $year);
}

# Own pages have words of their own: of an error only that it is one, of a
# listing where it leads, by name and in order.
sub essence_of_body {
	my ($r) = @_;
	my $body = $r->{body};
	my $type = $r->{header}{'content-type'} // '';
	return () if $body eq '';
	return 'body: page' if $r->{status} >= 300 && $type =~ m{^text/html} &&
	    $body =~ /<title>$r->{status} /i;
	if ($body =~ m{<title>(Index of [^<]*?)/?</title>}i) {
		my $title = $1;
		my @names = grep { !/^\?/ && !m{^\.?\./$|^/} }
		    $body =~ /<a\b[^>]*\bhref="([^"]*)"/gi;
		s/%([0-9a-f]{2})/chr hex $1/gei for @names;
		return ("title: $title", 'list: ' . join(' ', sort @names),
		    "order: @names");
	}
	if ($type =~ /boundary=(\S+)/) {
		$body =~ s/\Q$1\E/B/g;
		$body =~ s/^\r\n//;
		$body =~ s/^(Content-\w+)/\L$1/mg;
	}
	$body = sha1_hex($body) . ' ' . length $body
	    if $body !~ /^[ -~\n]{1,80}\z/;
	$body =~ s/\n/\\n/g;
	return "body: $body";
}

# The parts in which two essences differ.
sub different_parts {
	my @parts = map { +{ map { split /: /, $_, 2 } split /\n/ } } @_;
	my %names = map { map { $_ => 1 } keys %$_ } @parts;
	return grep { ($parts[0]{$_} // '') ne ($parts[1]{$_} // '') }
	    sort keys %names;
}

# ---- The record -----------------------------------------------------------

# What is recorded: lines that occur in answers, numbered by their order; the
# answers, as numbers of lines; for each configuration the numbers of answers.
# { version, asked, answers => { configuration => [essence, ...] } }
sub read_record {
	my (%record, @lines, @answers, $name);
	for (split /\n/, Drover::slurp("$DATA/record")) {
		if (/^#/) { next; }
		if (/^(version|asked) (.*)/) { $record{$1} = $2; next; }
		if (/^\[(.*)\]$/) { $name = $1; next; }
		if ($name eq 'lines') { push @lines, "$_\n"; next; }
		if ($name eq 'answers') {
			push @answers, join '', map { $lines[$_] } split;
			next;
		}
		push @{ $record{answers}{$name} }, map { $answers[$_] } split;
	}
	return \%record;
}

sub write_record {
	my ($version, $of) = @_;
	my (%line, @lines, %answer, @answers, @rest);
	for my $name (sort keys %$of) {
		my @numbers;
		for my $text (@{ $of->{$name} }) {
			for (split /\n/, $text) {
				$line{$_} //= push(@lines, $_) - 1;
			}
			$answer{$text} //= push(@answers, join ' ',
			    map { $line{$_} } split /\n/, $text) - 1;
			push @numbers, $answer{$text};
		}
		push @rest, "[$name]";
		push @rest, join ' ', splice @numbers, 0, 15 while @numbers;
	}
	open my $out, '>:raw', "$DATA/record" or die "$DATA/record: $!";
	print {$out} map { "$_\n" } split(/\n/, <<"EOC"), '[lines]', @lines,
# What Apache answered, as Drover::Same writes it.  Where apache2 is installed:
# DROVER_RECORD=1 make check TESTS=t/17-same-answers.t
version $version
asked @{[asked()]}
EOC
	    '[answers]', @answers, @rest;
	close $out or die "$DATA/record: $!";
	return;
}

# A change of what is asked asks for a new record.
sub asked {
	return substr sha1_hex(join "\n", requests(),
	    map { @$_ } configurations()), 0, 12;
}

1;
