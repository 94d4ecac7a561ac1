#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Listeners come, go and change by graceful restarts, under load: those that
# stay are never closed, and nobody who has connected to one that goes is left
# without an answer.
use strict;
use warnings;
use Drover;
use Drover::Counted;
use Test::More;

plan skip_all => 'the load client was not built' if !Drover::Counted::program();

my $rounds = $ENV{DROVER_LONG} ? 30 : 2;
my $generation;

sub start {
	my ($conf, @more) = @_;
	$generation = 1;
	return Drover->start(conf => "Workers 2\nMaxKeepAliveRequests 0\n" .
	    "KeepAliveTimeout 60\n$conf", @more,
	    files => { (map { $_ => 'x' x 1024 } qw(f g)),
		'b/f' => 'y' x 1024 });
}

# Another configuration, until it serves.
sub change {
	my ($s, $conf) = @_;
	$s->set_conf("Workers 2\nMaxKeepAliveRequests 0\n" .
	    "KeepAliveTimeout 60\n$conf");
	$s->signal('USR1');
	$generation++;
	return !!$s->wait_notify(
	    qr/^STATUS=serving with.*generation $generation$/m, 30);
}

# The inodes of sockets that listen on the port, of both families.
sub listening {
	my ($port) = @_;
	my $local = sprintf ':%04X ', $port;
	return join ' ', sort map { (split)[9] } grep {
		/^\s*\d+: \w+$local\S+ 0A /
	} map { split /^/m, Drover::slurp($_) } '/proc/net/tcp',
	    '/proc/net/tcp6';
}

sub failed {
	my ($s, $load) = @_;
	my $c = $load->finish;
	return $c->{failed} + $c->{left} - $c->{refused};
}

subtest 'one that stays is the same' => sub {
	my $s = start("Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:{PORT2}");
	my @before = map { listening($s->port($_)) } '', 2;
	like("@before", qr/^\d+ \d+$/, 'two listen');
	ok(change($s, "Listen 127.0.0.1:{PORT2}\nListen 127.0.0.1:{PORT3}\n" .
	    'Listen 127.0.0.1:{PORT}'), 'in another order, and a third');
	is_deeply([map { listening($s->port($_)) } '', 2], \@before,
	    'they are the same sockets');
	ok(change($s, 'Listen 127.0.0.1:{PORT}'), 'only one');
	ok($s->wait_until(sub { listening($s->port(3)) eq '' &&
	    listening($s->port(2)) eq '' }), 'the others are closed');
	is(listening($s->port), $before[0], 'it is the same');
	$s->stop;
};

# Connections that are accepted; one that says nothing is only without a filter.
sub has_connections {
	my ($s, $count) = @_;
	return $s->wait_until(sub {
		$s->ctl('status')->{out} =~ /^connections:\s+$count\b/m;
	});
}

subtest 'settings of one that stays' => sub {
	my $s = start('Listen 127.0.0.1:{PORT}');
	my @silent = $s->connect;
	$s->set_conf("Listen 127.0.0.1:{PORT}\nAcceptFilter http none\n" .
	    "CustomLog \"{DIR}/missing/log\" common\n");
	$s->signal('USR1');
	ok($s->wait_log('error', qr/the reload failed and nothing has changed/),
	    'a reload that fails');
	push @silent, $s->connect;
	is($s->get('/f')->{status}, 200, 'it goes on');
	ok(has_connections($s, 0), 'with the filter that it had');
	$generation++;
	ok(change($s, "Listen 127.0.0.1:{PORT}\nAcceptFilter http none"),
	    'one that succeeds');
	push @silent, $s->connect;
	ok(has_connections($s, 1), 'has no filter any more');
	$s->stop;
};

# Several times, and with the filter that needs no privilege.
for my $env ([], ['DROVER_NO_SOCKET_FILTER=1']) {
	subtest "one that comes and goes @$env" => sub {
		local $ENV{DROVER_NO_SOCKET_FILTER} = 1 if @$env;
		my $s = start("Listen 127.0.0.1:{PORT}\n" .
		    'Listen 127.0.0.1:{PORT2}');
		my $port = $s->port(2);
		my @stay = map { Drover::Counted->start($s, '/f', @$_,
		    '-l', 1024, '-s', 300) } ['-k', '-c', 4, '-w', 2],
		    ['-c', 2, '-w', 2];
		my $bad = 0;
		for my $round (1 .. $rounds) {
			my @load = map { Drover::Counted->start($s, '/g',
			    { port => $port }, @$_, '-l', 1024, '-s', 300,
			    '-w', 1) } ['-c', 8], ['-k', '-c', 4];
			# Some hundred are answered.
			$s->wait_until(sub { -s "$load[0]{base}.ids" });
			ok(change($s, 'Listen 127.0.0.1:{PORT}'), 'it goes');
			ok($s->wait_until(sub { listening($port) eq '' }),
			    'it is closed');
			$bad += failed($s, $_) for @load;
			ok(change($s, "Listen 127.0.0.1:{PORT}\n" .
			    'Listen 127.0.0.1:{PORT2}'), 'it comes back');
			is($s->connect($port)->get('/f')->{status}, 200,
			    'and serves');
		}
		is($bad, 0, 'all who had connected to it are answered');
		is(failed($s, $_), 0, 'and all of the other') for @stay;
		$s->stop;
	};
}

subtest 'another address of the port' => sub {
	my $s = start('Listen 127.0.0.1:{PORT}');
	my @load = map { Drover::Counted->start($s, '/f', @$_, '-l', 1024,
	    '-s', 300, '-w', 2) } ['-k', '-c', 4], ['-c', 4],
	    ['-k', '-p', 4, '-c', 2];
	my $six = -e '/proc/net/if_inet6' &&
	    Drover::slurp('/proc/net/if_inet6') =~ /\blo$/m;
	my @addresses = ('0.0.0.0:{PORT}', '127.0.0.1:{PORT}', '{PORT}',
	    '127.0.0.1:{PORT}');
	push @addresses, "127.0.0.1:{PORT}\nListen [::]:{PORT}",
	    "127.0.0.1:{PORT}\nListen [::1]:{PORT}" if $six;
	for my $round (1 .. ($ENV{DROVER_LONG} ? 5 : 1)) {
		for my $address (@addresses) {
			ok(change($s, "Listen $address"), "Listen $address");
			is($s->get('/f')->{status}, 200, 'it serves');
		}
	}
	is(failed($s, $_), 0, 'nobody is turned away') for @load;
	my $port = $s->port;
	my $other = Drover->new(port => $port, conf => "Listen 0.0.0.0:$port");
	ok(!$other->launch, 'another server on that port does not start');
	like($other->stderr, qr/in use/, 'as it is in use');
	$s->stop;
};

subtest 'a port moves to another host' => sub {
	my $hosts = "<VirtualHost *:{PORT%s}>\nServerName one\n</VirtualHost>\n" .
	    "<VirtualHost *:{PORT%s}>\nServerName two\n" .
	    "DocumentRoot \"{DIR}/htdocs/b\"\n</VirtualHost>\n" .
	    "Listen 127.0.0.1:{PORT}\nListen 127.0.0.1:{PORT2}";
	my $s = start(sprintf $hosts, '', 2);
	my @before = map { listening($s->port($_)) } '', 2;
	my %kept = map { $_ => $s->connect($s->port($_)) } '', 2;
	like($kept{''}->get('/f')->{body}, qr/^x/, 'one at the first');
	like($kept{2}->get('/f')->{body}, qr/^y/, 'two at the second');
	ok(change($s, sprintf $hosts, 2, ''), 'they change places');
	like($kept{''}->get('/f')->{body}, qr/^y/, 'two at the first');
	like($kept{2}->get('/f')->{body}, qr/^x/, 'one at the second');
	is_deeply([map { listening($s->port($_)) } '', 2], \@before,
	    'with the same sockets');
	$s->stop;
};

done_testing;
