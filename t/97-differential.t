#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A thousand requests, good and bad, to Drover, nginx and Apache: what Drover
# does otherwise than both is in the table below with the section that says
# why.  Drover does the same however the bytes are cut.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Answers;
use Drover::Crowd;
use Drover::Mixed;
use Drover::Others;

# What a difference looks like ("name -> aspect value of Drover's"), the section,
# and what it says.
my @explained = (
	[qr{^(?:0\.9|line): .* -> status 400$}, '9112 3',
	    'a request line has a version'],
	[qr{^(?:version: HTTP/0\.9|preface: of HTTP/2) -> status 505$},
	    '9110 15.6.6', 'a version that is not understood'],
	[qr{^blank: two lines before -> status 400$}, '9112 2.2',
	    'an empty line is ignored; a second one is no request'],
	[qr{^target: /\.\.dots -> status 404$}, '9110 17.3',
	    'names that begin with a dot are not for the public'],
	[qr{^target: /%2f.* -> status 404$}, '3986 2.2', '%2F is no slash'],
	[qr{^target: /.*\\x\w\w.* -> status 400$}, '3986 2', 'ASCII only'],
	[qr{^absolute: .*:99999/.* -> status 400$}, '3986 3.2.3', 'no port'],
	[qr{^absolute: https:.* -> status 421$}, '9110 7.4',
	    'it would have come over TLS'],
	[qr{^absolute: http://(?:local%68ost|a,b)/.* -> status 200$},
	    '3986 3.2.2', 'a valid name'],
	[qr{^host: (?:\.|a\.\.b) -> status 200$}, '3986 3.2.2', 'valid, too'],
	[qr{^hosts 1\.1: Host: ?( \(\d\))? -> status 200$}, '9112 3.3',
	    'an empty Host is the host that is there for all'],
	[qr{^field: .* -> status 431$}, '6585 5', 'too many, too large'],
	[qr{^field: .*Accept-Encoding: (?:\*|identity);q=0 -> status 406$},
	    '9110 12.5.3', 'identity is refused, and there is nothing else'],
	[qr{^lengths?.*: .*45.*45.* -> status (?:200|405)$}, '9110 8.6',
	    'the same value again may be taken as one'],
	[qr{^length .*: (?:9{19}|1844).* -> status 413$}, '9110 15.5.14',
	    'too much for anybody'],
	[qr{^coding .*: chunked, chunked -> status 400$}, '9112 6.1',
	    'not chunked twice'],
	[qr{^coding .*: ,?chunked,? -> status (?:200|405)$}, '9110 5.6.1.2',
	    'empty elements of a list are ignored'],
	[qr{^coding .*: x\\x0d.* -> status 501$}, '9112 6.1',
	    'a coding that is not understood'],
	[qr{^coding .*Content-Length.* -> status (?:200|405)$}, '9112 6.3',
	    'Transfer-Encoding overrides; the connection ends'],
	[qr{^chunks: .* -> (?:status 400|goes_on no)$}, '9112 7.1',
	    'what is no chunk has no end that one may believe'],
	[qr{^(?:method|condition \w+): .* -> goes_on yes$}, '9112 9.3',
	    'a refusal is no reason to close'],
	[qr{^condition .*length=1 -> status 200$}, '9110 13.1.3',
	    'no date: ignored'],
	[qr{^conditions: If-Match: .*Unmodified.* -> status 200$},
	    '9110 13.1.4', 'If-Unmodified-Since is ignored beside If-Match'],
	[qr{^conditions: If-None-Match: .*Modified.* -> status 304$},
	    '9110 13.1.3', 'If-Modified-Since is ignored beside If-None-Match'],
	[qr{^conditions?\b.* -> (?:Last-Modified|Accept-Ranges) -$},
	    '9110 15.4.5', 'a 304 with an ETag has no need of more'],
	[qr{^range: .* -> Accept-Ranges bytes$}, '9110 14.3', 'so it does'],
	[qr{^range: bytes=(?:,.*|.*\\x09.*) -> status 206$}, '9110 5.6.1.2',
	    'empty elements and tabs of a list are ignored'],
	[qr{^range: bytes=\d*-\d{20} -> status 206$}, '9110 14.1.2',
	    'beyond the end is the end, however long the number'],
	[qr{^range of: HEAD .* -> status 200$}, '9110 14.2',
	    'ranges are defined for GET alone'],
	[qr{^method: OPTIONS .* -> Content-Type -$}, '9110 8.3',
	    'no content, no type'],
	[qr{^method: (?:PROPFIND|LOCK) .* -> status 501$}, '9110 9.1',
	    'not implemented for any resource'],
	[qr{^method: .* /dir -> status (?:501|405|200)$}, '9110 9.1',
	    'a method that is not for the target is not sent elsewhere'],
	[qr{ -> Allow GET,HEAD,OPTIONS(?:,POST)?(?: \| -)?$}, '9110 10.2.1',
	    'what may be done with a file'],
	[qr{^method: .* -> Allow -$}, '9110 10.2.1',
	    'goes with 405; 501 is not about the target'],
	[qr{^method: CONNECT .* -> goes_on no$}, '9110 9.3.6',
	    'the client may have sent what was for a tunnel'],
	[qr{^connection 1\.1: .*close.* -> goes_on yes$}, '9110 7.6.1',
	    'options are tokens'],
	[qr{^expect: POST, .* -> goes_on no$}, '9110 10.1.1',
	    'a final answer in place of 100 leaves the body unread'],
);

my $files = Drover::Mixed::files();
my $s = Drover->start(files => $files, conf => <<'EOT');
MaxKeepAliveRequests 0
Timeout 300
KeepAliveTimeout 300
RequestReadTimeout header=0 body=0
EOT
my $htdocs = $s->dir . '/htdocs';
my $then = time - 86_400;
utime $then, $then, "$htdocs/$_" for keys %$files;
my %port = (drover => $s->port);
my %other;
for my $name ('nginx', 'apache') {
	my $o = eval { Drover::Others->start($name, $s->dir, $htdocs) };
	diag($@) if $@;
	next if !$o;
	$other{$name} = $o;
	$port{$name} = $o->port;
}
my @messages = Drover::Mixed::all();
# The tag of a file that has just been touched is weak.
$s->wait_until(sub { $s->get('/a.txt')->{header}{etag} !~ /^W/ });

# ---- Asking ---------------------------------------------------------------

# What a server does with each message.
sub ask {
	my ($port, %option) = @_;
	my ($a) = Drover::Crowd::talk($port,
	    ["GET /a.txt HTTP/1.0\r\nHost: localhost\r\n\r\n"]);
	my $header = Drover::Answers::read($a->{bytes})->{answers}[0]{header};
	my @texts = map {
		$_->{bytes} =~ s/\{ETAG\}/$header->{etag}/gr
		    =~ s/\{DATE\}/$header->{'last-modified'}/gr;
	} @messages;
	my @outcomes = Drover::Crowd::talk($port, \@texts, %option);
	return map { look($messages[$_], $outcomes[$_]) } 0 .. $#messages;
}

my @fields = qw(Content-Type Content-Range Content-Length Allow Location ETag
    Last-Modified Accept-Ranges WWW-Authenticate Upgrade);

# The aspects of what came back.
sub look {
	my ($message, $outcome) = @_;
	my $r = Drover::Answers::read($outcome->{bytes}, $message->{head});
	my @answers = @{ $r->{answers} };
	my $goes_on = @answers && $answers[-1]{body} eq "the next one\n";
	pop @answers if $goes_on;
	my %seen = (fault => $r->{fault}, end => $outcome->{end},
	    goes_on => $goes_on ? 'yes' : 'no',
	    inside => scalar(grep { $_->{body} eq "inside\n" } @answers),
	    status => join(' ', map { $_->{status} } @answers));
	for my $name (@fields) {
		$seen{$name} = join ' | ', map { field_of($_, $name) } @answers;
	}
	$seen{body} = join '|', map {
		$_->{status} =~ /^20[06]$/ ? body_of($_) : '' } @answers;
	return \%seen;
}

sub field_of {
	my ($answer, $name) = @_;
	my $header = $answer->{header};
	# Pages are each server's own, and so are boundaries.
	return '' if $name eq 'Content-Length' && ($answer->{status} !~
	    /^20[06]$/ || ($header->{'content-type'} // '') =~ /multipart/);
	my $value = $header->{ lc $name } // return '-';
	return 'there' if $name eq 'ETag';
	return $value =~ s{^https?://[^/]*}{}r if $name eq 'Location';
	return join ',', sort split /, */, $value if $name eq 'Allow';
	return $value =~ s/;.*//r;
}

# Parts without what each server chooses for itself.
sub body_of {
	my ($answer) = @_;
	my ($boundary) = ($answer->{header}{'content-type'} // '') =~
	    /byteranges; boundary=(.*)/ or return $answer->{body};
	my @parts = split /(?:\r\n)?--\Q$boundary\E(?:--)?\r\n/, $answer->{body};
	return join '+', map {
		my ($head, $bytes) = split /\r\n\r\n/, $_, 2;
		($head =~ /^Content-Range: *(.*?)\r?$/mi ? $1 : '?') .
		    '=' . ($bytes // '?');
	} grep { length } @parts;
}

# ---- Comparing ------------------------------------------------------------

# Aspects in which Drover is unlike all others; where the status is another,
# the rest cannot be compared.
sub differences {
	my ($ours, @theirs) = @_;
	return 'status' if !grep { $_->{status} eq $ours->{status} } @theirs;
	@theirs = grep { $_->{status} eq $ours->{status} } @theirs;
	return grep {
		my $aspect = $_;
		!grep { $_->{$aspect} eq $ours->{$aspect} } @theirs;
	} qw(goes_on body), @fields;
}

# Groups of messages in order, and what is wrong in each.
my (@groups, %faults);

sub fault {
	my ($message, $text) = @_;
	push @{ $faults{ $message->{group} } }, "$message->{name}$text";
	return;
}

sub compare {
	my ($m, $ours, %theirs) = @_;
	for my $aspect (differences($ours, values %theirs)) {
		my $line = "$m->{name} -> $aspect $ours->{$aspect}";
		my ($why) = grep { $line =~ $_->[0] } @explained;
		next if $why && ++$why->[3];
		fault($m, " -> $aspect " . join ', ', map {
			"$_->[0]: " . substr $_->[1]{$aspect}, 0, 60
		} ['drover', $ours], map { [$_, $theirs{$_}] } sort keys %theirs);
	}
	return;
}

cmp_ok(scalar @messages, '>', 1000, scalar(@messages) . ' messages');
my %known;
for my $m (@messages) {
	push @groups, $m->{group} if !$known{ $m->{group} }++;
}
my %seen = map { $_ => [ask($port{$_})] } keys %port;
my @cut = ask($port{drover}, cut => sub { $_[0] > 700 ? 97 : 1 });
for my $i (0 .. $#messages) {
	my ($m, $ours) = ($messages[$i], $seen{drover}[$i]);
	fault($m, ": $ours->{fault}") if $ours->{fault};
	# Whatever the others do.
	fault($m, ' had its body taken for a request') if $ours->{inside} &&
	    $m->{name} !~ /: (?:00|(?:Content|Transfer)_.*)$/;
	fault($m, ' goes on') if $ours->{goes_on} eq 'yes' &&
	    $m->{bytes} =~ /^Transfer-Encoding:/m &&
	    $m->{bytes} =~ /^Content-Length:/m && $m->{group} =~ /^coding/;
	fault($m, " is $ours->{end}") if $ours->{end} ne 'closed';
	my @unlike = grep { $ours->{$_} ne $cut[$i]{$_} } keys %$ours;
	fault($m, " in pieces: $_ $cut[$i]{$_}") for @unlike;
	compare($m, $ours, map { $_ => $seen{$_}[$i] } keys %other)
	    if keys %other == 2;
}
for my $group (@groups) {
	ok(!$faults{$group}, $group);
	diag(map { "$_\n" } @{ $faults{$group} // [] });
}
SKIP: {
	skip 'nginx and Apache are not both here', 1 if keys %other < 2;
	my @idle = grep { !$_->[3] } @explained;
	note("explains nothing here: $_->[0]") for @idle;
	cmp_ok(scalar @idle, '<', @explained / 2, 'compared with both');
}
$_->stop for values %other;
$s->stop;
done_testing;
