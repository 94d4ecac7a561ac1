#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# LogLevel by module and by directory, names that no log knows by
# HostnameLookups, and what drover -e and -E say before there is a log.
use strict;
use warnings;
use Drover;
use Test::More;

my %files = map { $_ => "x\n" } qw(index.html a/index.html b/index.html);

# What follows can only come behind lines that this request causes.
sub settle {
	my ($s) = @_;
	$s->request('BREW', '/last', '', Host => 'x');
	return $s->wait_log('error', qr/Invalid method in request BREW/);
}

subtest 'by module' => sub {
	my $s = Drover->start(files => \%files, conf =>
	    "LogLevel crit core:info\n");
	$s->get('/absent');
	$s->get('/.hidden');
	settle($s);
	$s->stop;
	like($s->log('error'), qr/\[core:info\] .*AH00128: .*absent/,
	    'what it says');
	unlike($s->log('error'), qr/\[static:/, 'and no more of others');
	$s = Drover->start(files => \%files, conf =>
	    "LogLevel crit mod_dir.c:info core:error\n");
	$s->get('/absent');
	$s->get('/.hidden');
	settle($s);
	$s->stop;
	like($s->log('error'), qr/\[static:info\] .*\.hidden/,
	    "Apache's module is who does its work");
	unlike($s->log('error'), qr/AH00128/, 'not all of it');
};

subtest 'by directory' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOF');
LogLevel warn
<Directory "{DIR}/htdocs/a">
    LogLevel core:info
</Directory>
<Location "/loc">
    LogLevel info
</Location>
<Files "*.png">
    LogLevel info
</Files>
EOF
	$s->get($_) for qw(/a/absent /b/absent /loc/absent /b/absent.png);
	settle($s);
	$s->stop;
	is(join(' ', $s->log('error') =~ m{exist: \S+/htdocs(\S+)$}mg),
	    '/a/absent /loc/absent /b/absent.png', 'where it is asked for');
};

subtest 'less in a directory' => sub {
	my $s = Drover->start(files => \%files, conf => <<'EOF');
LogLevel info
<Location "/b">
    LogLevel crit
    Require all denied
</Location>
EOF
	is($s->get('/b/')->{status}, 403, 'refused');
	settle($s);
	$s->stop;
	unlike($s->log('error'), qr/client denied/, 'and not logged');
};

subtest 'every name in the log is a name for LogLevel' => sub {
	my %names;
	for my $file (glob "\Q$Drover::SRC\E/src/*/*.c") {
		my $text = Drover::slurp($file);
		$names{$1} = 1 while $text =~
		    /report(?:_errno)?\([^;"]*?"([a-z_]+)"/g;
		$names{$1} = 1 while $text =~ /room = "([a-z_]+)"/g;
	}
	cmp_ok(scalar keys %names, '>=', 10, join ' ', sort keys %names);
	my $s = Drover->new(conf =>
	    'LogLevel warn ' . join(' ', map { "$_:info" } sort keys %names));
	my $run = $s->run('-t');
	is($run->{status}, 0, 'all are');
	unlike($run->{err}, qr/LogLevel/, 'without a warning') or
	    diag($run->{err});
};

subtest 'HostnameLookups' => sub {
	my $s = Drover->start(conf => "HostnameLookups Off\n");
	is($s->get('/')->{status}, 200, 'Off');
	like(($s->wait_log('access', qr/GET/))[0], qr/^127\.0\.0\.1 /,
	    'is the address');
	$s->stop;
	for my $value (qw(On Double)) {
		my $run = Drover->new(conf => "HostnameLookups $value\n")
		    ->run('-t');
		is($run->{status}, 1, "$value is refused");
		like($run->{err}, qr/only Off is supported/, 'and why');
	}
};

subtest 'drover -e and -E' => sub {
	my $s = Drover->new(conf => "NoSuch x\n");
	my $file = $s->dir . '/logs/start';
	my $run = $s->run('-E', $file, '-t');
	is($run->{status}, 1, 'an error');
	is($run->{err}, '', 'is not told on standard error');
	like($s->log('logs/start'), qr/unknown directive NoSuch/,
	    'but in the file');
	$s->set_conf('');
	$run = $s->run('-E', $file, '-t');
	is($run->{status}, 0, 'once more');
	like($s->log('logs/start'), qr/NoSuch.*Syntax OK/s, 'is added to it');
	$run = $s->run('-E', '/absent/start', '-t');
	is($run->{status}, 1, 'a file that cannot be');
	like($run->{out}, qr{/absent/start: No such file}, 'is named');
	$run = $s->run('-e', 'loud', '-t');
	is($run->{status}, 1, 'a level that is none');
	like($run->{err}, qr/-e loud: no such level/, 'is named');
	is($s->run('-e', 'Debug', '-t')->{status}, 0, 'one that is');
	ok($s->launch(args => ['-e', 'trace8', '-E', $file]), 'it starts');
	is($s->get('/')->{status}, 200, 'and serves');
	$s->stop;
	unlike($s->log('error'), qr/:(?:debug|trace\d)\]/,
	    'the log has its own level');
	is($s->stderr, '', 'standard error stays empty');
};

done_testing;
