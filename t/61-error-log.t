#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The error log: Apache's line format, levels by room, who says what before
# there is a log and after.
use strict;
use warnings;
use Drover;
use Test::More;

my $day = qr/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;
my $month = qr/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;
my $line = qr/^\[$day\ $month\ \d\d\ \d\d:\d\d:\d\d\.\d{6}\ \d{4}\]\ 
    \[\w+:\w+\]\ \[pid\ \d+\]\ (?:\[client\ \S+\]\ )?[^\x00-\x1f]+\n\z/x;

subtest 'format' => sub {
	my $s = Drover->start(conf => 'LogLevel trace8');
	$s->get('/absent');
	$s->raw("GET / HTTP/1.1\r\nHost: x\r\nBad Field: x\r\n\r\n");
	my $pid = $s->pid;
	ok($s->wait_log('error', qr/\[master:notice\] \[pid $pid\] serving/),
	    'the master speaks');
	$s->stop;
	my @lines = split /(?<=\n)/, $s->log('error');
	cmp_ok(scalar @lines, '>=', 4, 'some lines');
	like($_, $line, 'a line') for @lines;
	is((grep { /\[logger:notice\].* lines before this: appended/ } @lines),
	    1, 'the ledger at the end');
};

subtest 'levels' => sub {
	my $s = Drover->start(conf => "LogLevel error master:info\n");
	$s->get('/absent');
	$s->signal('USR1');
	ok($s->wait_log('error', qr/\[master:notice\] .*generation 2/),
	    'what the room says');
	$s->stop;
	unlike($s->log('error'), qr/\[(?!master|logger)\w+:(?:info|notice)\]/,
	    'and no more of others');
	$s = Drover->start(conf => "LogLevel crit\n");
	$s->stop;
	unlike($s->log('error'), qr/\[\w+:(?!notice|crit)/,
	    'notices, and nothing else');
};

subtest 'what is said of a request' => sub {
	my $s = Drover->start(files => { 'index.html' => "x\n" }, conf =>
	    "LogLevel warn\n<VirtualHost 127.0.0.1:{PORT}>\n" .
	    "ServerName one\nDocumentRoot \"{DIR}/htdocs\"\n" .
	    "</VirtualHost>\n<VirtualHost 127.0.0.1:{PORT}>\n" .
	    "ServerName two\nDocumentRoot \"{DIR}/htdocs\"\n" .
	    "ErrorLog logs/two_log\nLogLevel info\n</VirtualHost>\n");
	is($s->get('/.secret', Host => $_)->{status}, 404, $_) for qw(one two);
	ok($s->wait_log('logs/two_log',
	    qr/\[static:info\] \[pid \d+\] \[client 127\.0\.0\.1:\d+\] names /),
	    'goes to the log of its host, with the client');
	$s->stop;
	unlike($s->log('error'), qr/client/, "by the host's own level");
};

subtest 'a reload changes level and file' => sub {
	my $s = Drover->start(conf => "LogLevel error\n");
	$s->set_conf("LogLevel debug\nErrorLog logs/second\n");
	$s->signal('USR1');
	ok($s->wait_log('logs/second', qr/generation 2/), 'there and then');
	unlike($s->log('error'), qr/generation 2/, 'and not where it was');
	# A broken one changes neither; it is told where the log is now.
	$s->set_conf("LogLevel debug\nErrorLog logs/third\nNoSuch x\n");
	$s->signal('USR1');
	ok($s->wait_log('logs/second', qr/NoSuch/), 'what is wrong with it');
	ok(!-e $s->log_path('logs/third'), 'nothing was opened');
	$s->stop;
	like($s->log('logs/second'), qr/stopping/, 'it went on');
};

subtest 'standard error until there is a log' => sub {
	my $s = Drover->new(conf => 'ErrorLog /absent/folder/log');
	ok(!$s->launch, 'it does not start');
	is($s->exit_status, 1, 'with status 1');
	like($s->stderr, qr{/absent/folder/log.*No such file}, 'and says why');
};

subtest 'syslog that is not there' => sub {
	plan skip_all => 'there is a syslog daemon' if -S '/dev/log';
	my $s = Drover->new(conf => 'ErrorLog syslog:daemon');
	my $started = $s->launch;
	ok($started || $s->stderr =~ /syslog|\/dev\/log/,
	    'it starts, or says why not');
	if ($started) {
		is($s->get('/')->{status}, 200, 'and serves');
		$s->stop;
	}
};

done_testing;
