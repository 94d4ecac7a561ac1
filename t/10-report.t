#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# The report at the end of drover -t: what of a configuration is applied, what
# is accepted without effect, what is unsupported.  And all of it as JSON.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Drover;

my $s = Drover->new;
my $file = $s->conf_file;

sub report {
	my ($conf, @args) = @_;
	$s->set_conf($conf);
	return $s->run('-t', @args);
}

# The number of the line of that text.
sub line_of {
	my ($text) = @_;
	my @lines = split /\n/, Drover::slurp($file);
	my ($n) = grep { $lines[$_ - 1] =~ /^\s*\Q$text\E/ } 1 .. @lines;
	return $n;
}

# ---- in words ----

my $r = report('');
is($r->{status}, 0, 'all is applied');
like($r->{out}, qr/^Directives: \d+ applied\n\z/, 'one line says so');
is($r->{err}, "Syntax OK\n", 'and Syntax OK');
my ($before) = $r->{out} =~ /(\d+)/;

my $mixed = <<'EOT';
UnsupportedModules warn
AcceptMutex a
AcceptMutex b
AcceptMutex c
ThreadsPerChild 25
LoadModule rewrite_module modules/mod_rewrite.so
AuthzDBDQuery "select 1"
KeepAlive On
<Directory "{DIR}/htdocs/x">
    AuthzSendForbiddenOnFailure On
    Require all granted
</Directory>
<Directory "{DIR}/htdocs/y">
    AuthzSendForbiddenOnFailure Off
    Require all granted
</Directory>
EOT
$r = report($mixed);
is($r->{status}, 0, 'a mixed configuration loads');
my %at = map { $_ => line_of($_) } qw(AcceptMutex ThreadsPerChild
    LoadModule AuthzDBDQuery AuthzSendForbiddenOnFailure);
my @warnings = $r->{err} =~ /warning: (.*)/g;
is(scalar(grep { /AcceptMutex/ } @warnings), 1,
    'one warning for a name that is there three times');
like($r->{err}, qr/^\Q$file\E:$at{AcceptMutex}:1: warning: AcceptMutex \(\w+\) has no effect in Drover \(and 2 more\)$/m,
    'at its first place, with how many more');
like($r->{err}, qr/^\Q$file\E:$at{ThreadsPerChild}:1: warning: ThreadsPerChild: no effect: workers have no threads$/m,
    'a row says why it does nothing');
like($r->{err}, qr/:$at{AuthzSendForbiddenOnFailure}:5: warning: AuthzSendForbiddenOnFailure: no effect: nobody is asked for a password, and who is refused gets 403 anyway$/m,
    'a value that would change something is warned of, the default is not');
is((sort { $a <=> $b } $r->{out} =~ /^Directives: (\d+) applied, 6 accepted without effect, 1 unsupported$/m)[0],
    $before + 5, 'the counts');
like($r->{out}, qr/^Accepted without effect:\n(?:  .*\n)*  AcceptMutex \(3 times\): Drover does not have this of \w+\n    \Q$file\E:$at{AcceptMutex}\n/m,
    'names, counts, reasons and first places');
like($r->{out}, qr/^  LoadModule rewrite_module: Drover has no such module\n    \Q$file\E:$at{LoadModule}$/m,
    'a module that is lacking');
like($r->{out}, qr/^Unsupported:\n  AuthzDBDQuery: Drover does not have this of mod_authz_dbd\n    \Q$file\E:$at{AuthzDBDQuery}\n\z/m,
    'what decides is unsupported');

$r = report("SetHandler php-script\nUnsupportedModules warn\n");
like($r->{out}, qr/^Unsupported:\n  SetHandler: Drover has no handler "php-script"/m,
    'an unsupported value of a directive that is there');

# ---- single words ----

my $words = <<'EOT';
Options Indexes MultiViews
<Directory "{DIR}/htdocs/x">
    Options +MultiViews +ExecCGI
    Header set Content-Length 5
    Header add Content-Type text/x
    RequestHeader set Connection close
</Directory>
Header set Date now
LogLevel warn ssl:debug dir:debug
UseCanonicalName DNS
EOT
$r = report($words);
is($r->{status}, 0, 'words without effect are no errors');
%at = map { $_ => line_of($_) } 'Options Indexes', 'Options +',
    'Header set Con', 'Header add', 'RequestHeader', 'Header set Date',
    'LogLevel', 'UseCan';
like($r->{err}, qr/^\Q$file\E:$at{'Options Indexes'}:17: warning: Options: MultiViews has no effect: .* \(and 1 more\)$/m,
    'one warning for a word that is there twice');
unlike($r->{err}, qr/ExecCGI/, 'none where a word only permits');
for (['Options MultiViews (2 times)', 'no file is searched for by a part of its name', 'Options Indexes'],
    ['Options ExecCGI', 'Drover runs no programs', 'Options +'],
    ['Header Content-Length', 'it says where a message ends', 'Header set Con'],
    ['Header add', 'a message has one type', 'Header add'],
    ['RequestHeader Connection', 'it is between the client and the server', 'RequestHeader'],
    ['Header Date', 'as in Apache', 'Header set Date'],
    ['LogLevel ssl', 'Drover has no such module, so nobody speaks at this level', 'LogLevel'],
    ['UseCanonicalName DNS', 'no name is looked up .*', 'UseCan']) {
	my ($name, $why, $line) = @$_;
	like($r->{out}, qr/^  \Q$name\E: $why\n    \Q$file\E:$at{$line}$/m,
	    "$name: reported");
}
# Both Options and LogLevel are applied for the rest.
my ($applied) = $r->{out} =~
    /^Directives: (\d+) applied, 9 accepted without effect$/m;
is($applied, $before + 2, 'counted, and what else they say is applied');

my $list = $s->run('-L')->{out};
like($list, qr/^ThreadsPerChild number \(master\)\n\tAccepted without effect: workers have no threads\n\tIn: server$/m,
    'the list of directives says it too');

# What of Apache's core has nothing to do here.
my %accepted = (CGIPassAuth => 'On', CGIVar => 'REQUEST_URI original-uri',
    ContentDigest => 'On', CoreDumpDirectory => '/tmp',
    DefaultRuntimeDir => '/tmp', EnableMMAP => 'On', EnableSendfile => 'Off',
    FlushMaxPipelined => 5, FlushMaxThreshold => 65536,
    HttpProtocolOptions => 'Unsafe', LimitInternalRecursion => '5 5',
    LimitXMLRequestBody => 0, MaxMemFree => 2048, MergeTrailers => 'On',
    NameVirtualHost => '*:80', QualifyRedirectURL => 'On',
    ReadBufferSize => 8192, RegisterHttpMethod => 'COPY',
    RLimitCPU => '5 max', RLimitMEM => 1000000, RLimitNPROC => 10,
    SeeRequestTail => 'On');
my $text = join '', map { /^CGI/ ?
    "<Location /x>\n$_ $accepted{$_}\n</Location>\n" :
    "$_ $accepted{$_}\n" } sort keys %accepted;
$r = report($text);
is($r->{status}, 0, 'directives with nothing to do');
is(join(' ', sort grep { exists $accepted{$_} } $r->{out} =~ /^  (\w+): \w.* .*\n    \Q$file\E:\d+$/mg),
    join(' ', sort keys %accepted), 'each says why');
unlike($r->{out}, qr/does not have this/, 'in words of its own');
$text = join '', map { "$_\n" } 'EnableMMAP Off', 'EnableSendfile On',
    'HttpProtocolOptions Strict', 'ContentDigest Off',
    'MergeTrailers Off', 'QualifyRedirectURL Off', 'SeeRequestTail Off',
    'LimitInternalRecursion 10';
$r = report($text);
like($r->{out}, qr/^Directives: \d+ applied\n\z/,
    'what is so anyway is no news');
is(report("RegexDefaultOptions +ICASE\n")->{status}, 1,
    'what changes all patterns is refused');
is(report("StrictHostCheck On\n")->{status}, 1,
    'what turns clients away is refused');
is(report("StrictHostCheck Off\n")->{status}, 0, '... but not where it is off');

# ---- JSON ----

sub json {
	my ($conf, $what) = @_;
	my $r = report($conf, '--json');
	is($r->{err}, '', "$what: nothing on standard error");
	my $object = eval { JSON::PP->new->utf8->decode($r->{out}) };
	ok($object, "$what: it is JSON") or diag($@, $r->{out});
	is($r->{status}, $object->{ok} ? 0 : 1, "$what: the status says it");
	return $object // {};
}

my $o = json('', 'right');
ok($o->{ok}, 'right: ok');
is_deeply($o, { ok => JSON::PP::true, errors => 0, warnings => 0,
    messages => [], directives => { applied => $before,
	without_effect => { count => 0, names => [] },
	unsupported => { count => 0, names => [] } } }, 'right: all of it');

$o = json("$mixed\nTimeout 10x\nTimout \"\xe4\x01\"\n", 'wrong');
ok(!$o->{ok}, 'wrong: not ok');
is($o->{errors}, 2, 'wrong: as many errors');
my @errors = grep { $_->{severity} eq 'error' } @{ $o->{messages} };
is_deeply($errors[0], { severity => 'error', file => $file,
    line => line_of('Timeout 10x'), column => 9, text =>
    'Timeout: "10x" is not a duration such as 5, 500ms, 5s or 2min' },
    'wrong: a place and a text');
like($errors[1]{text}, qr/Timout/, 'wrong: bytes that are no UTF-8');
is($o->{warnings}, scalar(grep { $_->{severity} eq 'warning' }
    @{ $o->{messages} }), 'wrong: warnings are counted');
is_deeply($o->{directives}{unsupported}, { count => 1, names => [{
    name => 'AuthzDBDQuery', count => 1, file => $file, column => 1,
    line => line_of('AuthzDBDQuery'),
    why => 'Drover does not have this of mod_authz_dbd' }] },
    'wrong: the report as well');

$s->file('conf/more.conf', "Timout 1\n");
$o = json("Include conf/more.conf\n", 'included');
is_deeply($o->{messages}[0]{included_from}, [{ file => $file, column => 9,
    line => line_of('Include conf/more') }], 'included: where from');

$o = json($words, 'words');
is($o->{directives}{without_effect}{count}, 9, 'words: as many');
is_deeply([grep { $_->{name} eq 'Options MultiViews' }
    @{ $o->{directives}{without_effect}{names} }], [{
	name => 'Options MultiViews', count => 2, file => $file, column => 17,
	line => line_of('Options Indexes'),
	why => 'no file is searched for by a part of its name' }],
    'words: each with its name');

$o = json("PidFile /nowhere/at/all/x.pid\n", 'no folder');
is_deeply($o->{messages}, [{ severity => 'error', file => $file, column => 9,
    line => line_of('PidFile'), text => 'pid file /nowhere/at/all/x.pid: ' .
    'folder /nowhere/at/all: No such file or directory' }],
    'no folder: at the directive that names it');

$o = json("Include nowhere.conf\n", 'no file');
is($o->{errors}, 1, 'no file: an error');

is($s->run('-S', '--json')->{status}, 1, '--json without -t is refused');

# ---- nothing to report of ----

is($s->run('-t', '-f', 'none')->{out}, '', 'without a file there is no report');
done_testing;
