#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# SetHandler server-status: what it says is what was done, in each of its
# forms, while workers come, drain and die; and it is text, whatever clients
# send.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Drover;

my $size = 16 * 1024 * 1024;
my $conf = <<'EOT';
Workers 2
KeepAliveTimeout 60
<Location "/server-status">
    SetHandler server-status
    Require local
</Location>
EOT

sub start {
	my ($more) = @_;
	return Drover->start(conf => $conf . ($more // ''),
	    files => { 'index.html' => "hello\n", 'large' => 'x' x $size });
}

sub status {
	my ($s) = @_;
	my $r = $s->get('/server-status?json');
	die "$r->{status}: $r->{body}" if $r->{status} != 200;
	return JSON::PP->new->decode($r->{body});
}

# Waits until the sub is content with the status, and returns that.
sub wait_status {
	my ($s, $content, $name) = @_;
	my $last;
	ok($s->wait_until(sub { $content->($last = status($s)) }), $name) or
	    diag(JSON::PP->new->pretty->canonical->encode($last));
	return $last;
}

# A client that has read the first bytes of the large file and then waits.
sub slow_client {
	my ($s, $target, @headers) = @_;
	my $conn = $s->connect;
	$conn->request('GET', $target // '/large', '', @headers);
	sysread $conn->socket, $conn->{in}, 1000 or die "no answer: $!";
	return $conn;
}

sub reload {
	my ($s) = @_;
	$s->signal('USR1');
	$s->wait_notify(qr/^RELOADING=1$/m) or return '';
	return $s->wait_notify(qr/^READY=1$/m) // '';
}

sub others {
	my ($status) = @_;
	return grep { $_->{request} !~ /server-status/ } @{ $status->{requests} };
}

subtest 'counts are those of what was sent' => sub {
	my $s = start();
	my $c = $s->connect;
	is($c->get('/')->{status}, 200, 'kept alive') for 1 .. 10;
	is($s->get('/none')->{status}, 404, 'a connection each') for 1 .. 5;
	my $st = wait_status($s, sub {
		# Status requests count too, each once it is over.
		$_[0]{totals}{requests} >= 15
	}, 'they are counted');
	my $lines = () = $s->wait_log('access', qr/./, 15);
	cmp_ok($lines, '>=', 15, 'and logged');
	is($st->{connections}{idle}, 1, 'one connection is kept alive');
	is($st->{connections}{open}, 2, 'the other is that of this request');
	is($st->{connections}{working}, 1, 'which is at work');
	is(scalar @{ $st->{workers} }, 2, 'two workers');
	is_deeply([sort map { $_->{pid} } @{ $st->{workers} }],
	    [sort $s->workers], 'by their pids');
	ok(!(grep { !$_->{memory_kib} } @{ $st->{workers} }),
	    'each has said what memory it takes');
	my $sum = 0;
	$sum += $_->{requests} for @{ $st->{workers} };
	is($sum, $st->{totals}{requests}, 'their sum is the total');
	cmp_ok($st->{totals}{bytes}, '>', 15 * 100, 'bytes are counted');
	my $before = $st->{totals}{requests};
	my $n = 0;
	$st = wait_status($s, sub {
		$n++;
		$_[0]{totals}{requests} == $before + $n
	}, 'each status request is one more');
	my ($log) = grep { $_->{target} =~ /access_log$/ } @{ $st->{logs} };
	is($log->{kind}, 'file', 'the ledger names the log');
	is($log->{appended}, $log->{written} + $log->{lost} + $log->{queued},
	    'and is balanced');
	cmp_ok($log->{appended}, '>=', 15, 'it has the lines');
	is($log->{stuck}, JSON::PP::false, 'it is not stuck');
	is($st->{server}{state}, 'serving', 'the state');
	is($st->{server}{generation}, 1, 'the generation');
	is($st->{reload}{last}, 'none', 'no reload so far');
	is($st->{server}{pid}, $s->pid, 'the master');
	is_deeply($st->{server}{listens}, ['127.0.0.1:' . $s->port],
	    'where it listens');
	$st = wait_status($s, sub { $_[0]{recent}{requests_per_second} > 0 },
	    'there is a recent rate');
	cmp_ok($st->{mean}{requests_per_second}, '>', 0, 'and a mean one');
	$st = wait_status($s, sub {
		my $t = $_[0]{totals};
		$t->{cpu_user_seconds} + $t->{cpu_system_seconds} > 0
	}, 'processor time is counted');
	$s->stop;
};

subtest 'connections at each stage' => sub {
	my $s = start("<Location /up>\nSetHandler echo\n</Location>\n");
	my %c = map { $_ => $s->connect } qw(new head body idle);
	# An empty line in front of a request is no byte of it.
	$c{new}->send("\r\n");
	$c{head}->send("GET / HTTP/1.1\r\nHo");
	$c{body}->send("POST /up HTTP/1.1\r\nHost: a\r\n" .
	    "Content-Length: 10\r\n\r\n12345");
	$c{idle}->get('/');
	$c{sending} = slow_client($s);
	my $st = wait_status($s, sub {
		my $n = $_[0]{connections};
		!grep { $n->{$_} != 1 } keys %c, 'working'
	}, 'one at each: ' . join ' ', sort keys %c);
	is($st->{connections}{open}, 6, 'and no more');
	is_deeply([sort map { "$_->{stage} $_->{request}" } others($st)],
	    ['body POST /up HTTP/1.1', 'sending GET /large HTTP/1.1'],
	    'requests in progress');
	$_->close for values %c;
	wait_status($s, sub {
		$_[0]{connections}{open} == 1 && !others($_[0])
	}, 'all are gone');
	$s->stop;
};

subtest 'a slow download' => sub {
	my $s = start();
	my $c = slow_client($s, '/large?1', Host => 'slow.example.org');
	my $st = wait_status($s, sub { others($_[0]) == 1 }, 'is shown');
	my ($r) = others($st);
	is($r->{client}, '127.0.0.1', 'its client');
	is($r->{host}, 'slow.example.org', 'its host');
	is($r->{request}, 'GET /large?1 HTTP/1.1', 'its request');
	is($r->{stage}, 'sending', 'what it is at');
	ok((grep { $_ == $r->{pid} } $s->workers), 'its worker');
	cmp_ok($r->{seconds}, '>=', 0, 'since when');
	my ($own) = grep { $_->{request} =~ /status/ } @{ $st->{requests} };
	is($own->{stage}, 'working', 'so is the status request itself');
	wait_status($s, sub { (others($_[0]))[0]{seconds} > $r->{seconds} },
	    'its age grows');
	like($s->get('/server-status')->{body},
	    qr{<td>127\.0\.0\.1\s*<td[^>]*>slow\.example\.org}, 'in HTML too');
	is(length $c->response->{body}, $size, 'it is read');
	wait_status($s, sub { !others($_[0]) }, 'then it is not shown');
	$s->stop;
};

subtest 'reloads' => sub {
	my $s = start();
	my $slow = slow_client($s);
	my @old = $s->workers;
	like(reload($s), qr/generation 2/, 'one that succeeds');
	my $st = status($s);
	is($st->{reload}{last}, 'succeeded', 'it is told');
	ok($st->{reload}{graceful}, 'that it was graceful');
	is($st->{server}{generation}, 2, 'the generation');
	is_deeply([map { "$_->{number} $_->{state}" } @{ $st->{generations} }],
	    ['1 draining', '2 serving'], 'the old one drains');
	my @draining = grep { $_->{generation} == 1 } @{ $st->{workers} };
	ok((grep { $_->{state} eq 'draining' } @draining), 'so do its workers');
	my $auto = $s->get('/server-status?auto')->{body};
	like($auto, qr/^GracefulWorkers: 1$/m, 'a request of an old worker');
	like($auto, qr/^Scoreboard: [_W]*G[_W]*$/m, 'has its letter');
	is(length $slow->response->{body}, $size, 'the download ends');
	$slow->close;
	wait_status($s, sub { @{ $_[0]{generations} } == 1 },
	    'the old generation is gone');
	$s->set_conf($conf . "Timeout \"<script>&'4x\"\n");
	like(reload($s), qr/last reload failed/, 'one that fails');
	$st = wait_status($s, sub { $_[0]{server}{state} eq 'serving' },
	    'and ends');
	is($st->{reload}{last}, 'failed', 'it is told');
	is($st->{reload}{count}, 2, 'two reloads');
	is($st->{reload}{failed}, 1, 'one failed');
	like($st->{reload}{error}, qr/has errors\n.*httpd\.conf:\d+:9: error: /s,
	    'with its error');
	like($st->{reload}{error}, qr/<script>&'4x/, 'as it is in JSON');
	is($st->{server}{state}, 'serving', 'it serves');
	is($st->{server}{generation}, 2, 'as before');
	$auto = $s->get('/server-status?auto')->{body};
	like($auto, qr/^LastReload: failed$/m, 'so does the machine format');
	like($auto, qr{^LastReloadError: the configuration has errors: \S*:\d+:9:}m,
	    'with its first error') or diag($auto);
	my $html = $s->get('/server-status')->{body};
	like($html, qr/&lt;script&gt;&amp;&#39;4x/, 'escaped in HTML');
	unlike($html, qr/<script/, 'all of it');
	$s->set_conf($conf);
	like(reload($s), qr/generation \d+/, 'one that succeeds again');
	is(status($s)->{reload}{error}, '', 'has no error');
	$s->signal('HUP');
	$s->wait_notify(qr/^READY=1$/m);
	wait_status($s, sub {
		$_[0]{reload}{last} eq 'succeeded' && !$_[0]{reload}{graceful}
	}, 'one that is not graceful');
	$s->stop;
};

subtest 'a reload that waits' => sub {
	my $s = start();
	my @slow;
	for (1 .. 8) {
		push @slow, slow_client($s);
		like(reload($s), qr/serving with/, 'generations that drain');
	}
	$s->signal('USR1');
	my $st = wait_status($s, sub { $_[0]{reload}{waits} }, 'one more');
	is(scalar @{ $st->{generations} }, 9, 'for there are eight');
	is($st->{server}{state}, 'serving', 'they serve');
	like($s->get('/server-status')->{body}, qr/another waits/, 'in HTML');
	(shift @slow)->close;
	wait_status($s, sub {
		!$_[0]{reload}{waits} && $_[0]{server}{generation} == 10
	}, 'one is gone: it is done');
	$s->stop;
};

subtest 'a killed worker' => sub {
	my $s = start();
	is($s->get('/')->{status}, 200, 'a request') for 1 .. 20;
	my $st = wait_status($s, sub { $_[0]{totals}{requests} >= 20 },
	    'all are counted');
	my ($requests, $down) = ($st->{totals}{requests}, 0);
	for (1 .. 3) {
		my ($pid) = $s->workers;
		kill 'KILL', $pid;
		$st = wait_status($s, sub {
			$down++ if $_[0]{totals}{requests} < $requests;
			$requests = $_[0]{totals}{requests};
			my @pids = map { $_->{pid} } @{ $_[0]{workers} };
			@pids == 2 && !grep { $_ == $pid || !$_ } @pids;
		}, 'it is gone, and another is there');
		is_deeply([sort map { $_->{pid} } @{ $st->{workers} }],
		    [sort $s->workers], 'they are those that live');
	}
	is($down, 0, 'the total never goes down');
	cmp_ok($requests, '>=', 20, 'though most of it was theirs');
	$s->stop;
};

subtest 'the machine format' => sub {
	my $s = start();
	my $kept = $s->connect;
	$kept->get('/');
	my $slow = slow_client($s);
	wait_status($s, sub {
		$_[0]{connections}{idle} == 1 && others($_[0]) == 1 &&
		    $_[0]{server}{uptime_seconds} > 1
	}, 'it runs');
	my $r = $s->get('/server-status?auto', Host => 'www.example.org');
	is($r->{header}{'content-type'}, 'text/plain; charset=utf-8', 'text');
	my ($first, @lines) = split /\n/, $r->{body};
	is($first, 'www.example.org', 'the host');
	my %value = map { /^([^:]+): (.*)$/ ? ($1 => $2) : () } @lines;
	is_deeply([map { /^([^:]+):/ } grep { !/^CPULoad/ } @lines], [
		'ServerVersion', 'ServerMPM', 'Server Built', 'CurrentTime',
		'RestartTime', 'ParentServerConfigGeneration',
		'ParentServerMPMGeneration', 'ServerUptimeSeconds',
		'ServerUptime', 'Load1', 'Load5', 'Load15', 'Total Accesses',
		'Total kBytes', 'Total Duration', 'CPUUser', 'CPUSystem',
		'CPUChildrenUser', 'CPUChildrenSystem', 'Uptime', 'ReqPerSec',
		'BytesPerSec', 'BytesPerReq', 'DurationPerReq', 'BusyWorkers',
		'GracefulWorkers', 'IdleWorkers', 'Processes', 'Stopping',
		'ConnsTotal', 'ConnsAsyncWaitIO', 'ConnsAsyncWriting',
		'ConnsAsyncKeepAlive', 'ConnsAsyncClosing', 'Scoreboard',
	], 'Apache\'s fields in their order');
	like($value{ServerVersion}, qr{^Drover/\d}, 'the version');
	is($value{ServerMPM}, 'event', 'as event');
	is($value{BusyWorkers}, 2, 'the download and this one');
	is($value{IdleWorkers}, 2, 'two workers');
	is($value{Processes}, 2, 'that are processes');
	is($value{ConnsTotal}, 3, 'connections');
	is($value{ConnsAsyncKeepAlive}, 1, 'kept alive');
	is($value{ConnsAsyncWriting}, 1, 'sending');
	is(length($value{Scoreboard} =~ tr/W//cdr), 2, 'letters of the busy');
	is(length($value{Scoreboard} =~ tr/_//cdr), 2, 'and of the idle');
	like($value{ServerUptime}, qr/^\d+ seconds?$/, 'the time it runs');
	like($value{CurrentTime},
	    qr/^[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d \S+$/,
	    'a date');
	$s->stop;
};

subtest 'methods, caches, refreshing' => sub {
	my $s = start();
	my $get = $s->get('/server-status');
	is($get->{header}{'cache-control'}, 'no-store', 'is not kept');
	is($get->{header}{'content-type'}, 'text/html; charset=utf-8', 'HTML');
	my $meta = '<meta http-equiv="refresh" content="';
	like($get->{body}, qr/\Q$meta\E5"/, 'every 5 seconds');
	my $head = $s->request('HEAD', '/server-status', '');
	is($head->{status}, 200, 'HEAD');
	is($head->{body}, '', 'has no body');
	cmp_ok($head->{header}{'content-length'}, '>', 1000, 'but its length');
	for my $method (qw(POST PUT DELETE OPTIONS)) {
		my $r = $s->request($method, '/server-status', '');
		is($r->{status}, $method eq 'OPTIONS' ? 200 : 405, $method);
		is($r->{header}{allow}, 'GET, HEAD, OPTIONS', 'what is allowed');
	}
	for ([17 => 17], [3600 => 3600], [3601 => 5], [-1 => 5], ['' => 5]) {
		my ($given, $used) = @$_;
		like($s->get("/server-status?notable&refresh=$given")->{body},
		    qr/\Q$meta\E$used"/, "refresh=$given");
	}
	unlike($s->get('/server-status?refresh=0')->{body}, qr/\Q$meta\E/,
	    'not at all');
	is($s->get('/server-status?json')->{header}{'content-type'},
	    'application/json', 'JSON');
	$s->stop;
};

subtest 'hostile requests' => sub {
	my $s = start();
	my $target = '/large?<script>"\'&\\%00%ff</script>' . 'y' x 3000;
	my $host = "a'b&c;d\$(e)";
	my @slow = (slow_client($s, $target, Host => $host),
	    slow_client($s, '/large?' . '%22' x 1000));
	my $st = wait_status($s, sub { others($_[0]) == 2 }, 'are shown');
	my ($r) = grep { $_->{host} eq $host } others($st);
	ok($r, 'the host as it is in JSON');
	like($r->{request}, qr{^GET /large\?<script>"'&\\%00%ff</script>y+$},
	    'the request too');
	cmp_ok(length $r->{request}, '<', 200, 'cut');
	my $html = $s->get('/server-status?<script>')->{body};
	unlike($html, qr/<script/i, 'no markup of theirs');
	like($html, qr/&lt;script&gt;&quot;&#39;&amp;\\%00%ff&lt;/, 'but text');
	like($html, qr/a&#39;b&amp;c;d/, 'the host too');
	$s->stop;
};

subtest 'ExtendedStatus Off' => sub {
	my $s = start("ExtendedStatus Off\n");
	my $slow = slow_client($s, '/large?secret');
	wait_status($s, sub { $_[0]{connections}{sending} == 1 }, 'a download');
	for my $form ('', '?auto', '?json') {
		my $r = $s->get("/server-status$form");
		is($r->{status}, 200, "the form \"$form\"");
		unlike($r->{body}, qr/secret/, 'shows no request');
	}
	ok(!exists status($s)->{requests}, 'not even how many');
	$s->stop;
};

done_testing;
