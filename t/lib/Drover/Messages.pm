# SPDX-License-Identifier: BSD-2-Clause
#
# Tables of messages, good and bad, and what must come of each.
#
#	use Drover::Messages qw(asked run site);
#	my $s = Drover->start(site());
#	run($s, [
#	    # where it says so, what it is, the bytes, what must come
#	    ['9112 2.3', 'another version', "GET / HTTP/2.0\r\n\r\n",
#	     '505 close'],
#	    ['9112 9.3', 'an alias', asked('GET /a', 'Host: two.test'),
#	     '200 keep', { body => qr/^aa/ }],
#	]);
#
# What must come is the status of each answer, H before that of a HEAD, then
# "keep" or "close".  Each row runs in three ways: whole, byte by byte, and
# with a further request right behind it.  That one must be answered if the
# connection is kept, and must not be if it is closed: nothing that a row sends
# may be taken for another request, nor another for a part of the row.  Each
# answer must have its line in the access log, and nothing else has one.
#
# Rows of bytes are for HTTP/1; those of asked() hold for any framing.
package Drover::Messages;

use strict;
use warnings;
use Exporter 'import';
use Time::HiRes qw(sleep);

use Drover;

our @EXPORT_OK = qw(asked run site);

# Connections that are open at once, and rows too long to go byte by byte.
my $BATCH = 200;
my $LONG = 70_000;
my $PROBE = "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n";

# ---- What is asked --------------------------------------------------------

# A request without the words of any framing: "METHOD target", its fields, and
# a body after them, as a reference to text.
sub asked {
	my ($line, @fields) = @_;
	my ($method, $target) = split / /, $line, 2;
	my $body = @fields && ref $fields[-1] ? ${ pop @fields } : '';
	unshift @fields, 'Host: a' if !grep { /^Host:/i } @fields;
	return { method => $method, target => $target, fields => \@fields,
	    body => $body };
}

# As HTTP/1.1 has it.
sub bytes_of {
	my ($request) = @_;
	return $request if !ref $request;
	return join '', "$request->{method} $request->{target} HTTP/1.1\r\n",
	    (map { "$_\r\n" } @{ $request->{fields} }), "\r\n",
	    $request->{body};
}

# ---- Whom -----------------------------------------------------------------

# What the tables need: options for Drover->start.
sub site {
	my ($conf) = @_;
	my %files = (
		'probe' => "probe\n", 'a' => "aa\n", 'sp ace' => "space\n",
		"\xc3\xa4" => "umlaut\n", 'index.html' => "index\n",
		'dir/index.html' => "dir\n", 'dir/sub/x' => "x\n",
		'evil.com/index.html' => "not evil\n", '..a' => "dots\n",
		'k%2Fept' => "kept\n", '\\back/index.html' => "back\n",
		"nl\nX: y/index.html" => "line\n", 'n' x 251 => "longest\n",
		'closed/x' => "closed\n", 'two/who' => "two\n",
		'two/index.html' => "two\n", 'over/x' => "over\n",
		'other/x' => "other\n", 'hidden/x' => "hidden\n",
	);
	return (files => \%files, conf => ($conf // '') . <<'EOT');
MaxKeepAliveRequests 0
KeepAliveTimeout 100
<Directory "{DIR}/htdocs/closed">
    Require all denied
</Directory>
<Directory "{DIR}/htdocs/dir">
    Options +Indexes -FollowSymLinks
</Directory>
<Location "/hidden">
    Require all denied
</Location>
Redirect /away http://else.test
Redirect /up /
<Directory "{DIR}/htdocs/over">
    AllowOverride All
</Directory>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName default.test
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName two.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName decoded.test
    AllowEncodedSlashes On
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName kept.test
    AllowEncodedSlashes NoDecode
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName unmerged.test
    MergeSlashes Off
    Alias /al "{DIR}/htdocs/other"
    Alias /as/ "{DIR}/htdocs/other/"
    Redirect /old /new
    Redirect /home http://else.test
    <Location "/dir/sub">
        Require all denied
    </Location>
</VirtualHost>
EOT
}

# ---- How ------------------------------------------------------------------

# Sends to all at once, each byte alone: every connection gets one, then every
# one gets its next.  The middle of what is long goes in larger pieces.
sub _send_bytewise {
	my (@runs) = @_;
	my @left = grep { length $_->{bytes} } @runs;
	$_->{at} = 0 for @left;
	while (@left) {
		my @next;
		for my $run (@left) {
			my ($at, $rest) = ($run->{at},
			    length($run->{bytes}) - $run->{at});
			my $size = $at < 300 || $rest < 300 ? 1 : 97;
			$run->{c}->send(substr $run->{bytes}, $at, $size)
			    or next;
			$run->{at} += $size;
			push @next, $run if $rest > $size;
		}
		@left = @next;
		# Nothing tells that the server has read them.
		sleep 0.001;
	}
	return;
}

# What all answers have to have.
sub _faults_of {
	my ($r) = @_;
	my ($status, $header) = @{$r}{qw(status header)};
	my @faults;
	push @faults, "version $r->{version}" if $r->{version} ne '1.1';
	push @faults, 'no Date' if !$header->{date};
	push @faults, '405 without Allow'
	    if $status == 405 && !$header->{allow};
	push @faults, "Location: $header->{location}"
	    if ($header->{location} // '') =~ m{^(?://|[^/]*\\|/\\)};
	push @faults, 'a page without Content-Type'
	    if $status >= 300 && $r->{body} ne '' &&
	    !$header->{'content-type'};
	return @faults;
}

sub _unlike {
	my ($r, $like) = @_;
	my @faults;
	for my $name (sort keys %{ $like // {} }) {
		my $value = ($name eq 'body' ? $r->{body} :
		    $r->{header}{$name}) // '(none)';
		push @faults, "$name: $value" if $value !~ $like->{$name};
	}
	return @faults;
}

# The faults of the answers to one row.
sub _judge {
	my ($run) = @_;
	my ($c, @wanted) = ($run->{c}, @{ $run->{wanted} });
	my ($end, @got, @faults) = pop @wanted;
	for my $wanted (@wanted) {
		my $r = $c->response($wanted =~ /^H/);
		push @got, $r ? $r->{status} : 'end';
		last if !$r;
		$run->{answers}++;
		push @faults, _faults_of($r);
		push @faults, _unlike($r, $run->{like}) if @got == 1;
		my $closes = ($r->{header}{connection} // '') =~ /close/i;
		push @faults, "answer $#got: it closes, or not"
		    if $closes != (@got == @wanted && $end eq 'close');
		push @faults, "body: $r->{body}"
		    if $wanted eq '200P' && $r->{body} ne "probe\n";
	}
	s/\D//g for @wanted;
	push @faults, "answers: @got" if "@got" ne "@wanted";
	if ($end eq 'close') {
		push @faults, 'not closed' if !$c->closed;
		push @faults, "closed: $c->{error}" if $c->{error};
	} else {
		push @faults, 'more than that' if $c->{in} ne '' || $c->{eof};
		my $r = $c->get('/probe');
		$run->{answers}++ if $r;
		push @faults, 'not kept: ' . ($r ? $r->{status} : 'closed')
		    if !$r || $r->{status} != 200 || $r->{body} ne "probe\n";
	}
	return @faults;
}

sub _report {
	my ($run) = @_;
	my @faults = eval { _judge($run) };
	push @faults, $@ if $@;
	$run->{c}->close;
	Test::More::ok(!@faults, $run->{name});
	Test::More::diag(map { "$_\n" } 'sent: ' .
	    substr($run->{bytes}, 0, 300) =~
	    s/([^ -~])/sprintf '\\x%02x', ord $1/ger, @faults) if @faults;
	return;
}

my %ways = (
	'whole' => sub { $_->{c}->send($_->{bytes}) for @_ },
	'bytes' => \&_send_bytewise,
	'behind' => sub {
		for (@_) {
			splice @{ $_->{wanted} }, -1, 0, '200P'
			    if $_->{wanted}[-1] eq 'keep';
			$_->{bytes} .= $PROBE;
			$_->{c}->send($_->{bytes});
		}
	},
);

# The lines of all that was answered so far.  The logger takes those of one
# worker after those of the other: what it missed as it took that of a first
# request is there when it has taken that of a second one.
my $asked = 0;
sub _lines {
	my ($server) = @_;
	for (1, 2) {
		$server->get('/asked/' . ++$asked);
		$server->wait_log('access', qr{ /asked/$asked });
	}
	my @lines = split /\n/, $server->log('access');
	return @lines - $asked;
}

sub run {
	my ($server, $rows) = @_;
	my $before = _lines($server);
	my $answers = 0;
	for my $way (qw(whole bytes behind)) {
		my @runs = map {
			my ($section, $name, $request, $wanted, $like) = @$_;
			{ name => "$way: $section: $name", like => $like,
			    bytes => bytes_of($request),
			    wanted => [split / /, $wanted] };
		} @$rows;
		@runs = grep { length $_->{bytes} < $LONG } @runs
		    if $way eq 'bytes';
		while (my @batch = splice @runs, 0, $BATCH) {
			$_->{c} = $server->connect for @batch;
			$ways{$way}->(@batch);
			_report($_) for @batch;
			$answers += $_->{answers} // 0 for @batch;
		}
	}
	Test::More::is(_lines($server) - $before, $answers,
	    'each answer has its line, and nothing else');
	return;
}

1;
