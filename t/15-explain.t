#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# drover explain: what a request comes to, and why.  The answer that it tells
# is the one that the server gives; beside it, nothing happens.
use strict;
use warnings;
use JSON::PP ();
use Test::More;
use Drover;

my $s = Drover->start(files => {
	'index.html' => "<p>home\n",
	'a.txt' => "a\n",
	'page.php' => "<?php \$password = 'x';\n",
	'closed/a.txt' => "closed\n",
	'inside/a.txt' => "inside\n",
	'list/one.txt' => "1\n",
	'docs/index.html' => "docs\n",
	'errors/404.html' => "not here\n",
	'old/x' => "old\n",
	'.secret/x' => "secret\n",
	'two/a.txt' => "two\n",
}, conf => <<'EOT');
Listen 127.0.0.1:{PORT}
Listen 127.0.0.1:{PORT2}
UnsupportedModules warn
AddHandler php-script .php
ErrorDocument 404 /errors/404.html
ErrorDocument 410 "<p>gone"
ErrorDocument 405 https://other.test/
RemoteIPHeader X-Client
RemoteIPTrustedProxy 127.0.0.1
Alias /manual "{DIR}/htdocs/docs"
Alias /other "{DIR}/htdocs/list"
Redirect permanent /old /a.txt
Redirect gone /gone
<Directory "{DIR}/htdocs/list">
    Options +Indexes
</Directory>
<Directory "{DIR}/htdocs/closed">
    <RequireAll>
        Require all denied
    </RequireAll>
</Directory>
<Directory "{DIR}/htdocs/inside">
    Require ip 192.0.2.0/30
    Require ip 127.0.0.1
</Directory>
<FilesMatch "\.txt$">
    ForceType text/x-note
</FilesMatch>
<Directory "{DIR}/htdocs/docs">
    DirectoryIndex none.html index.html
    FallbackResource /a.txt
</Directory>
<Location "/method">
    AllowMethods GET
</Location>
<Location "/echo">
    SetHandler echo
</Location>
<VirtualHost 127.0.0.1:{PORT2}>
    ServerName one.test
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT2}>
    ServerName two.test
    ServerAlias *.two.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
EOT
my $file = $s->conf_file;
my @lines = split /\n/, Drover::slurp($file);

sub at {
	my ($text, $nth) = @_;
	my @at = grep { $lines[$_ - 1] =~ /^\s*\Q$text\E/ } 1 .. @lines;
	return "$file:$at[($nth // 1) - 1]";
}

sub why {
	my (@args) = @_;
	my $r = $s->run('explain', @args);
	is($r->{status}, 0, "explain @args");
	is($r->{err}, '', '... nothing on standard error');
	return $r->{out};
}

# One that has just changed has another entity tag for a moment; this is the
# last one that was written.
ok($s->wait_until(sub {
	$s->get('/two/a.txt')->{header}{etag} =~ /^"/
}), 'the files are old enough');

# Of an answer: the status and the fields, but for the date.
sub told {
	my ($text) = @_;
	my ($head) = $text =~ /^Answer *\n((?:    .*\n)+)/m or return {};
	my ($status, @fields) = map { s/^    //r } split /\n/, $head;
	my %field = map { /^([^:]+): (.*)/ ? (lc $1 => $2) : () } @fields;
	delete $field{date};
	return { status => $status =~ /^HTTP\/1\.1 (\d+)/, %field };
}

sub served {
	my ($r) = @_;
	my %field = %{ $r->{header} };
	delete $field{date};
	return { status => $r->{status}, %field };
}

# ---- the same answers ----

for my $request (['GET', '/'], ['GET', '/a.txt'], ['HEAD', '/a.txt'],
    ['GET', '/none'], ['GET', '/closed/a.txt'], ['GET', '/inside/a.txt'],
    ['GET', '/list'], ['GET', '/list/'], ['GET', '/docs/'],
    ['GET', '/manual/'], ['GET', '/manual'], ['GET', '/old/y?q=1'],
    ['GET', '/page.php'], ['POST', '/a.txt'], ['OPTIONS', '/'],
    ['DELETE', '/method/x'], ['TRACE', '/'], ['GET', '/%2e%2e/x'],
    ['GET', '/a%00b'], ['NONSENSE', '/'], ['GET', '/docs/../a.txt'],
    ['GET', '/echo', Accept => 'application/json'],
    ['GET', '/a.txt', 'If-Modified-Since' => 'Fri, 31 Dec 2100 23:59:59 GMT'],
    ['GET', '/a.txt', Range => 'bytes=0-0'],
    ['GET', '/a.txt', Host => 'a b'], ['GET', '/a.txt', Host => 'other']) {
	my ($method, $path, @fields) = @$request;
	unshift @fields, Connection => 'close';
	my @options;
	for (my $i = 0; $i < @fields; $i += 2) {
		push @options, '-H', "$fields[$i]: $fields[$i + 1]";
	}
	push @options, '-H', 'Host: localhost' if !grep { $_ eq 'Host' } @fields;
	my $told = told(why($method, $path, @options));
	my $want = served($s->request($method, $path, '', Host => 'localhost',
	    @fields));
	# Where a request is echoed, its own length depends on its fields.
	delete @$_{'content-length'} for $path eq '/echo' ? ($told, $want) : ();
	is_deeply($told, $want, "$method $path: as the server answers");
}

# ---- and why ----

my $t = why('/a.txt');
like($t, qr{^Request    GET /a\.txt, from 127\.0\.0\.1 to 127\.0\.0\.1:@{[$s->port]}$}m,
    'what is asked');
like($t, qr{^Host       the main server .*\n +no <VirtualHost> has this address$}m,
    'the main server');
like($t, qr{^Mapped     by static\n    DocumentRoot .*\Q@{[at('DocumentRoot')]}\E$}m,
    'mapped by the document root');
like($t, qr{^File       \Q$s->{dir}\E/htdocs/a\.txt \(below \Q$s->{dir}\E/htdocs\)$}m,
    'the file');
is_deeply([$t =~ /^Section    (.*)$/mg], [
    '<Directory "/">  ' . at('<Directory "/">'),
    "<Directory \"$s->{dir}/htdocs\">  " . at("<Directory \"$s->{dir}/htdocs\""),
    '<FilesMatch "\.txt$">  ' . at('<FilesMatch')],
    'sections in their order');
like($t, qr{^Access     granted\n    Require all granted  +\Q@{[at('Require all granted')]}\E$}m,
    'why it is granted');
like($t, qr{^    ForceType text/x-note  .*\Q@{[at('ForceType')]}\E$}m,
    'a setting of a section, by its line');
like($t, qr{^Defaults *\n(?:    .*\n)*?    .*\bSetHandler none\b}m,
    'and defaults');
unlike($t =~ /^Defaults *\n((?:    .*\n)+)/m ? $1 : '', qr/\S {2,}\S|[^;]\n    /,
    'with a sign between any two');

like(why('/docs/'), qr{^Path       /docs/index\.html\nFile .*\n    DirectoryIndex none\.html index\.html \.\.\.  +\Q@{[at('DirectoryIndex')]}\E$}m,
    'the index of a directory, and what names it');
like(why('/docs/page', '-H', 'Accept: text/html'),
    qr{^Path       /a\.txt\n    FallbackResource /a\.txt  +\Q@{[at('FallbackResource')]}\E$}m,
    'what answers instead, and what names it');

$t = why('/closed/a.txt');
like($t, qr{^Access     refused by access with 403\n    Require all denied  +\Q@{[at('Require all denied', 2)]}\E$}m,
    'why it is refused');
like($t, qr{^Error log  \[authz_core:error\] AH01630: client denied}m,
    'what the error log would hear');
like(why('/inside/a.txt', '--from', '192.0.2.7'),
    qr{^    HTTP/1\.1 403 }m, 'from elsewhere it is refused');
like(why('/inside/a.txt', '--from', '127.0.0.1'),
    qr{^    HTTP/1\.1 200 }m, 'from here it is not');

$t = why('/manual/');
like($t, qr{^Mapped     by alias\n    Alias /manual .*\Q@{[at('Alias')]}\E$}m,
    'an alias');
like($t, qr{^File       \Q$s->{dir}\E/htdocs/docs/index\.html }m,
    'and its index');
like(why('/old/x'), qr{^Mapped     by redirect: answered with 301\n    Redirect permanent /old .*\Q@{[at('Redirect')]}\E$}m,
    'a redirect');
like(why('/other/one.txt'), qr{^Mapped     by alias\n    Alias /other .*\Q@{[at('Alias /other')]}\E$}m,
    'the alias that it is, not the first');
like(why('/gone'), qr{: answered with 410\n    Redirect gone /gone .*\Q@{[at('Redirect gone')]}\E$}m,
    'the redirect that it is');
like(why('/inside/a.txt'), qr{^Access     granted\n    Require ip 127\.0\.0\.1  +\Q@{[at('Require ip', 2)]}\E$}m,
    'the rule that let it in');
like(why('/none'), qr{^Error      404, for which there is an ErrorDocument: /errors/404\.html\n    ErrorDocument 404 .*\Q@{[at('ErrorDocument 404')]}\E$}m,
    'an error document');
like(why('/gone'), qr{^Error      410, for which there is an ErrorDocument: a text\n    ErrorDocument 410 .*\Q@{[at('ErrorDocument 410')]}\E$}m,
    'one that is a text');
like(why('DELETE', '/method/x'), qr{^Error      405, for which there is an ErrorDocument: a redirect\n    ErrorDocument 405 }m,
    'one that is elsewhere');
like(why('/.secret/x'), qr{^Access     refused by static with 404\n(?!    Require)}m,
    'what Require lets in and another refuses');
like(why('/inside/a.txt', '-H', 'X-Client: 198.51.100.7'), qr{^Client     198\.51\.100\.7, for whom a trusted proxy asks\n    RemoteIPHeader .*\Q@{[at('RemoteIPHeader')]}\E$}m,
    'for whom a proxy asks');
unlike(why('/inside/a.txt'), qr{^Client}m, 'and for whom none does');
like(why('/page.php'), qr{^Handler    php-script, which Drover lacks$}m,
    'a handler that is lacking');
like(why('/echo'), qr{^Handler    echo$}m, 'a handler');

my $port = $s->port(2);
like(why("http://two.test:$port/a.txt"), qr{^Host       <VirtualHost 127\.0\.0\.1:$port>  \Q@{[at('<VirtualHost', 2)]}\E\n +its ServerName is two\.test$}m,
    'a virtual host by its name');
like(why("http://x.two.test:$port/a.txt"), qr{^ +its ServerAlias \*\.two\.test has x\.two\.test$}m,
    'by an alias');
like(why("http://three.test:$port/a.txt"), qr{^Host .*\Q@{[at('<VirtualHost', 1)]}\E\n +the first one of this address; none is called three\.test$}m,
    'as the first one of its address');
like(why('http://one.test/'), qr{^ +no Listen has port 80: as if one had$}m,
    'a port that nobody listens on');

# ---- JSON ----

my $plain = why('/closed/a.txt');
my $steps = JSON::PP->new->utf8->decode(why('/closed/a.txt', '--json'));
is(join(' ', map { $_->{step} } @$steps),
    join(' ', map { s/ +\z//r } $plain =~ /^(\S.{0,10})/mg), 'JSON: the steps');
is_deeply([map { s/^Date: .*/Date/r } map { @{ $_->{lines} } } @$steps],
    [grep { length } map { s/^Date: .*/Date/r } map { s/^.{0,11}//r =~ s/^ +| +\z//gr }
    split /\n/, $plain =~ s/^    /           /mgr], 'JSON: their lines');

# ---- what is no request, and what is left behind ----

for my $bad (['a.txt'], ['ftp://x/'], ['http:///x'], ['http://x:0/'],
    ['/', '--from', 'me'], [], ['GET', '/', 'x'], ['--nope', '/']) {
	is($s->run('explain', @$bad)->{status}, 1, "refused: @$bad");
}
is($s->run('-t', '-H', 'A: b')->{status}, 1, '-H is for explain alone');
$s->stop;
my %size = map { $_ => -s $_ } glob("\Q$s->{dir}\E/logs/*");
why('/closed/a.txt');
is_deeply({ map { $_ => -s $_ } glob("\Q$s->{dir}\E/logs/*") }, \%size,
    'no log hears of it, and no pid file is made');

if ($> != 0) {
	chmod 0, "$s->{dir}/htdocs/a.txt";
	like(why('/a.txt'), qr{^    HTTP/1\.1 403 }m, 'what cannot be read');
} else {
	chmod 0600, "$s->{dir}/htdocs/a.txt";
	like(why('/a.txt'), qr{^    HTTP/1\.1 403 }m,
	    'what User may not read is not read by root');
}
done_testing;
