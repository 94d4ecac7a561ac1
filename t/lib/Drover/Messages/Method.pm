# SPDX-License-Identifier: BSD-2-Clause
#
# Methods: which are answered where, and what Allow says (RFC 9110, 9 and 15).
package Drover::Messages::Method;

use strict;
use warnings;
use Drover::Messages qw(asked);

my $read = 'GET, HEAD, OPTIONS';
my $echo = 'GET, HEAD, POST, OPTIONS';

# The settings that the rows need, behind those of every table's site.
sub conf { return <<'EOT' }
<Location "/echo">
    SetHandler echo
</Location>
<Location "/status">
    SetHandler server-status
</Location>
<Location "/gets">
    AllowMethods GET
</Location>
<Location "/gets/more">
    AllowMethods POST OPTIONS
</Location>
<Location "/gets/all">
    AllowMethods reset
</Location>
<Location "/echo/post">
    AllowMethods POST
    AllowMethods OPTIONS
</Location>
<Location "/echo/read">
    <LimitExcept GET OPTIONS>
        Require all denied
    </LimitExcept>
</Location>
<Location "/echo/noposts">
    <Limit POST PUT PROPFIND>
        Require all denied
    </Limit>
</Location>
<Location "/echo/noposts/again">
    <Limit PUT>
        Require all denied
    </Limit>
</Location>
<Location "/echo/both">
    Require all denied
    <Limit HEAD>
        Require all granted
    </Limit>
</Location>
<Directory "{DIR}/htdocs/dir">
    AllowMethods GET
</Directory>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName trace.test
    TraceEnable On
    <Location "/closed/x">
        Require all denied
    </Location>
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName extended.test
    TraceEnable extended
</VirtualHost>
EOT

sub allow {
	my ($methods) = @_;
	return { allow => qr/^\Q$methods\E$/ };
}

my @rows = (
	# What there is.
	['9110 9.3.1', 'GET', asked('GET /a'), '200 keep'],
	['9110 9.3.2', 'HEAD', asked('HEAD /a'), 'H200 keep',
	    { 'content-length' => qr/^3$/ }],
	['9110 9.3.3', 'POST', asked('POST /echo', \'a=b'), '200 keep'],
	['9110 9.3.7', 'OPTIONS of a file', asked('OPTIONS /a'), '200 keep',
	    { %{ allow($read) }, body => qr/^$/, 'content-length' => qr/^0$/ }],
	['9110 9.3.7', 'of a directory', asked('OPTIONS /dir2/'), '200 keep',
	    allow($read)],
	['9110 9.3.7', 'of a directory without its slash',
	    asked('OPTIONS /dir2'), '200 keep', allow($read)],
	['9110 9.3.7', 'of an echo', asked('OPTIONS /echo'), '200 keep',
	    allow($echo)],
	['9110 9.3.7', 'of the status page', asked('OPTIONS /status'),
	    '200 keep', allow($read)],
	['9110 9.3.7', 'of the server', asked('OPTIONS *'), '200 keep',
	    allow($echo)],
	['9110 9.3.7', 'with a body', asked('OPTIONS /a', \('x' x 10)),
	    '200 keep', allow($read)],
	['9110 9.3.7', 'of what is closed', asked('OPTIONS /closed/x'),
	    '403 keep'],
	# What there is not.
	(map { ['9110 15.5.6', "$_ of a file", asked("$_ /a", \'abc'),
	    '405 keep', allow($read)] } qw(POST PUT DELETE PATCH)),
	(map { ['9110 15.5.6', "$_ of a directory", asked("$_ /dir2/", \'abc'),
	    '405 keep', allow($read)] } qw(PUT DELETE PATCH)),
	(map { ['9110 15.5.6', "$_ of an echo", asked("$_ /echo", \'abc'),
	    '405 keep', allow($echo)] } qw(PUT DELETE PATCH)),
	(map { ['9110 15.5.6', "$_ of the status page", asked("$_ /status"),
	    '405 keep', allow($read)] } qw(POST PUT DELETE PATCH)),
	['9110 15.5.6', 'CONNECT', asked('CONNECT a:80', 'Host: a:80'),
	    '405 close', allow($read)],
	(map { ['9110 15.6.2', "$_ is unknown", asked("$_ /a"), '501 keep'] }
	    qw(get Get BREW PROPFIND G GETX GE HEADER OPTION *),
	    'M' x 100, q{!#$%&'*+-.^_`|~}),
	['9110 15.6.2', 'a body with it', asked('BREW /a', \'coffee'),
	    '501 keep'],
	# AllowMethods.
	['allowmethods', 'GET', asked('GET /gets/x'), '404 keep'],
	['allowmethods', 'GET stands for HEAD', asked('HEAD /gets/x'),
	    'H404 keep'],
	['allowmethods', 'OPTIONS is not among them', asked('OPTIONS /gets/x'),
	    '405 keep', allow('GET, HEAD')],
	['allowmethods', 'POST', asked('POST /gets/x', \'abc'), '405 keep',
	    allow('GET, HEAD')],
	['allowmethods', 'the inner replace the outer',
	    asked('GET /gets/more/x'), '405 keep', allow('POST, OPTIONS')],
	['allowmethods', 'reset', asked('OPTIONS /gets/all/x'), '200 keep',
	    allow($read)],
	['allowmethods', 'an echo that is not for reading',
	    asked('GET /echo/post'), '405 keep', allow('POST, OPTIONS')],
	['allowmethods', 'lines add up', asked('OPTIONS /echo/post'),
	    '200 keep', allow('POST, OPTIONS')],
	['allowmethods', 'and POST', asked('POST /echo/post', \'a'),
	    '200 keep'],
	['allowmethods', 'of a directory', asked('OPTIONS /dir/'), '405 keep',
	    allow('GET, HEAD')],
	['allowmethods', 'of a directory without its slash',
	    asked('OPTIONS /dir'), '405 keep', allow('GET, HEAD')],
	# <Limit> and <LimitExcept>.
	['limit', 'except GET', asked('GET /echo/read'), '200 keep'],
	['limit', '... and HEAD', asked('HEAD /echo/read'), 'H200 keep'],
	['limit', '... and OPTIONS', asked('OPTIONS /echo/read'), '200 keep'],
	(map { ['limit', "but not $_", asked("$_ /echo/read", \'a'),
	    '403 keep'] } qw(POST PUT DELETE PATCH)),
	['limit', 'an unknown one', asked('BREW /echo/read'), '501 keep'],
	['limit', 'POST alone', asked('POST /echo/noposts', \'a'), '403 keep'],
	['limit', '... and PUT', asked('PUT /echo/noposts', \'a'), '403 keep'],
	['limit', '... not GET', asked('GET /echo/noposts'), '200 keep'],
	['limit', 'the inner replace the outer, for every method',
	    asked('POST /echo/noposts/again', \'a'), '200 keep'],
	['limit', 'HEAD stands for GET', asked('GET /echo/both'), '200 keep'],
	['limit', '... beside a rule for all', asked('POST /echo/both', \'a'),
	    '403 keep'],
	# TRACE.
	['9110 9.3.8', 'TRACE is off', asked('TRACE /a'), '405 keep',
	    allow($read)],
	['9110 9.3.8', 'TRACE', asked('TRACE /a?b=c', 'Host: trace.test',
	    'X-A: a  b', 'Via: 1.1 x'), '200 keep',
	    { 'content-type' => qr{^message/http$},
	    body => qr{^TRACE /a\?b=c HTTP/1\.1\r\nHost: trace\.test\r\nX-A: a  b\r\nVia: 1\.1 x\r\n\r\n\z} }],
	['9110 9.3.8', 'not what scripts may not see', asked('TRACE /',
	    'Host: trace.test', 'Cookie: secret=1', 'authorization: secret',
	    'Proxy-Authorization: secret', 'cookie: secret', 'X: y'),
	    '200 keep', { body =>
	    qr{^TRACE / HTTP/1\.1\r\nHost: trace\.test\r\nX: y\r\n\r\n\z} }],
	['9110 9.3.8', 'of what is not there', asked('TRACE /none',
	    'Host: trace.test'), '200 keep'],
	['9110 9.3.8', 'no condition is about it', asked('TRACE /a',
	    'Host: trace.test', 'If-None-Match: *', 'If-Match: "x"',
	    'Range: bytes=0-1'), '200 keep'],
	['9110 9.3.8', 'with a body', asked('TRACE /a', 'Host: trace.test',
	    \'abc'), '413 keep'],
	['9110 9.3.8', 'an empty one is none', asked('TRACE /a',
	    'Host: trace.test', 'Content-Length: 0'), '200 keep'],
	['9110 10.2.1', 'Allow has it', asked('OPTIONS /a',
	    'Host: trace.test'), '200 keep', allow("$read, TRACE")],
	['9110 10.2.1', 'of the server too', asked('OPTIONS *',
	    'Host: trace.test'), '200 keep', allow("$echo, TRACE")],
	['extended', 'with a body', asked('TRACE /', 'Host: extended.test',
	    'Content-Length: 5', \'abcde'), '200 keep',
	    { body => qr{\r\nContent-Length: 5\r\n\r\nabcde\z} }],
	['extended', 'without one', asked('TRACE /', 'Host: extended.test'),
	    '200 keep'],
	['extended', '64 KiB', asked('TRACE /', 'Host: extended.test',
	    \('x' x 65536)), '200 keep', { body => qr/\r\n\r\n(?:x{1024}){64}\z/ }],
	['extended', '64 KiB and a byte', asked('TRACE /',
	    'Host: extended.test', \('x' x 65537)), '413 keep'],
);

# A body has its length with it, unless a row says otherwise.
sub rows {
	for my $row (@rows) {
		my $request = $row->[2];
		next if $request->{body} eq '' ||
		    grep { /^Content-Length:/i } @{ $request->{fields} };
		push @{ $request->{fields} },
		    'Content-Length: ' . length $request->{body};
	}
	return @rows;
}

1;
