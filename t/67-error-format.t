#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ErrorLogFormat: lines of messages, of connections and of requests, by host,
# and as JSON.
use strict;
use warnings;
use Drover;
use JSON::PP ();
use Test::More;

sub lines { return split /\n/, $_[0]->log($_[1] // 'error') }

# Two requests on a connection, of which the second says where it comes from.
sub ask {
	my ($s, $path, @more) = @_;
	my $conn = $s->connect;
	for my $more ([], [Referer => 'http://from/', @more]) {
		$conn->request('GET', $path, '', Host => 'used',
		    'User-Agent' => 'a"b\\c', @$more);
		$conn->response;
	}
	my $port = $conn->socket->sockport;
	$conn->close;
	return $port;
}

subtest 'messages' => sub {
	my $s = Drover->start(conf => 'ErrorLogFormat "[%{cu}t] [%-m:%-l] ' .
	    '[pid %P] %7F: %E: [client\\ %a] [to\\ %A] %k %{User-Agent}i %v %V ' .
	    '%M% ,\\ referer\\ %{Referer}i"' . "\n");
	my $port = ask($s, '/absent');
	$s->wait_log('error', qr/AH00128/, 2);
	$s->stop;
	my @lines = lines($s);
	s/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\] // or
	    fail("no time: $_") for @lines;
	s/\[pid \d+\]/[pid P]/ for @lines;
	my $to = '127.0.0.1:' . $s->port;
	my $file = $s->dir . '/htdocs/absent';
	my @about = grep { /AH00128/ } @lines;
	is($about[0], "[core:info] [pid P] [client 127.0.0.1:$port] [to $to] " .
	    "0 a\"b\\\\c localhost used AH00128: File does not exist: $file",
	    'all that is known of a request');
	is($about[1], "[core:info] [pid P] [client 127.0.0.1:$port] [to $to] " .
	    "1 a\"b\\\\c localhost used AH00128: File does not exist: $file, " .
	    'referer http://from/', 'and where it comes from');
	like($lines[0],
	    qr/^\[master:notice\] \[pid P\] localhost serving/,
	    'of no request there is less');
	is((grep { /^\[logger:notice\] \[pid P\] lines before/ } @lines), 1,
	    'the logger writes as all do');
};

subtest 'variables' => sub {
	my $s = Drover->start(conf => "SetEnvIf Request_URI /a kind=letter\n" .
	    "ErrorLogFormat \"[%-{kind}e] %M\"\n");
	$s->get($_) for qw(/absent /none);
	$s->wait_log('error', qr/AH00128/, 2);
	$s->stop;
	is(join(' ', $s->log('error') =~ m{^(\[\S+\]) AH00128}mg),
	    '[letter] [-]', 'of the request');
};

subtest 'errno' => sub {
	my $s = Drover->start(conf => "ErrorLogFormat \"[%l] %E: %M\"\n");
	my $log = $s->dir . '/logs/gone';
	$s->set_conf("ErrorLogFormat \"[%l] %E: %M\"\n" .
	    "CustomLog /absent/log common\n");
	$s->signal('USR1');
	my ($line) = $s->wait_log('error', qr{/absent/log});
	like($line, qr/^\[error\] /, 'without one the item is left out');
	$s->stop;
};

subtest 'connections and requests' => sub {
	my $s = Drover->start(conf => <<'EOF');
ErrorLogFormat "%M id=%{c}L/%L"
ErrorLogFormat connection "C %a id=%{c}L"
ErrorLogFormat request "R %k id=%{c}L/%L"
ErrorLogFormat request "from %+{Referer}i"
CustomLog "logs/ids" "%{c}L/%L"
EOF
	my $port = ask($s, '/absent');
	$s->wait_log('error', qr/AH00128/, 2);
	$s->get('/');
	$s->stop;
	my $text = join "\n", grep { /id=\S{11}|^from/ } lines($s);
	my $id = qr{[A-Za-z0-9+/]{11}};
	like($text, qr{\AC\ 127\.0\.0\.1:$port\ id=($id)\n
	    R\ 0\ id=\1/($id)\n
	    AH00128:\ \S+\ .*\ id=\1/\2\n
	    R\ 1\ id=\1/(?!\2)($id)\n
	    from\ http://from/\n
	    AH00128:\ \S+\ .*\ id=\1/\3$}x, 'each is told of once');
	my @ids = $text =~ m{^AH.*id=(\S+)$}mg;
	is($s->log('logs/ids'), "$ids[0]\n$ids[1]\n-/-\n",
	    'access logs know the ids');
};

subtest 'by host' => sub {
	my $s = Drover->start(conf => <<'EOF');
ErrorLogFormat "main %M"
ErrorLogFormat request "request"
<VirtualHost 127.0.0.1:{PORT}>
    ServerName one
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName two
    ErrorLog "logs/two_log"
    ErrorLogFormat "two %M"
    ErrorLogFormat request ""
</VirtualHost>
EOF
	$s->get('/absent', Host => $_) for qw(one two);
	$s->wait_log('logs/two_log', qr/AH00128/);
	$s->stop;
	like($s->log('error'), qr/^request\nmain AH00128/m, 'inherited');
	like($s->log('logs/two_log'), qr/\Atwo AH00128/, 'or its own');
};

subtest 'JSON' => sub {
	my $s = Drover->start(conf => 'ErrorLogFormat ' .
	    '"{\"time\":\"%{cu}t\",\"module\":\"%m\",\"level\":\"%l\",' .
	    '\"client\":\"%-a\",\"agent\":\"%-{User-Agent}i\",' .
	    '\"message\":\"%M\"}" escape=json' . "\n");
	ask($s, '/%22%5c%0a%ff%C3%A4' . 'x' x 3000);
	$s->wait_log('error', qr/AH00128/, 2);
	$s->stop;
	my @objects = map { eval { JSON::PP->new->utf8->decode($_) } ||
	    diag($_) } lines($s);
	is((grep { ref $_ eq 'HASH' } @objects), @objects, 'every line is');
	my ($about) = grep { $_->{module} eq 'core' } @objects;
	is($about->{agent}, 'a"b\\c', 'a header as it was sent');
	like($about->{message}, qr{/htdocs/"\\\n\\xff\x{e4}xx},
	    'and a path, with what is no text as \\xhh');
	is($objects[0]{client}, '-', 'what is not known');
};

subtest 'errors' => sub {
	my %bad = (
		'"%L"' => qr/httpd\.conf:\d+:16: error: .*the message \(%M\)/,
		'"%Q %M"' => qr/:16: error: .*: %Q is no letter/,
		'request "%M"' => qr/there is no message/,
		'foo "%M"' => qr/neither connection nor request/,
		'"%{M"' => qr/"\{" has no "\}"/,
		'"%+E %M"' => qr/%\+ is for the formats of a connection/,
	);
	for my $format (sort keys %bad) {
		my $run = Drover->new(conf => "ErrorLogFormat $format\n")
		    ->run('-t');
		is($run->{status}, 1, $format);
		like($run->{err}, $bad{$format}, 'and why');
	}
};

done_testing;
