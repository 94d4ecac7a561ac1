# SPDX-License-Identifier: BSD-2-Clause
#
# ErrorDocument: what is sent for an error, and that nothing else of the answer
# changes.
package Drover::Messages::ErrorDocument;

use strict;
use warnings;
use Drover::Messages qw(asked);

# The settings that the rows need, behind those of every table's site, and
# files.
sub conf { return <<'EOT' }
ErrorDocument 404 /errors/missing.html
ErrorDocument 403 "<b>You may not</b>"
ErrorDocument 405 /errors/echo?code=405&x=%20
ErrorDocument 410 http://else.test/gone?a=b
ErrorDocument 412 /errors/changed.html
ErrorDocument 413 "too much"
ErrorDocument 416 "/errors/a/.././range.html"
ErrorDocument 500 /errors/none.html
ErrorDocument 501 '"unheard of'
ErrorDocument 400 "never seen"
ErrorDocument 414 "never seen"
ErrorDocument 417 "never seen"
Redirect 500 "/broken"
Redirect gone "/gone"
Redirect permanent "/old" "/new"
LimitRequestBody 1000
<Location "/errors/echo">
    SetHandler echo
</Location>
<Location "/echo">
    SetHandler echo
</Location>
<Location "/own">
    ErrorDocument 404 "own"
    ErrorDocument 405 default
</Location>
<Location "/own/inner">
    ErrorDocument 404 "inner"
    ErrorDocument 404 "the last one holds"
</Location>
<Location "/own/inner/default">
    ErrorDocument 404 default
</Location>
<Location "/loop">
    ErrorDocument 404 /loop/none
    ErrorDocument 403 /loop/none
</Location>
<Location "/todir">
    ErrorDocument 404 /errors
</Location>
<Location "/tomoved">
    ErrorDocument 404 /old/x
</Location>
<Location "/toclosed">
    ErrorDocument 404 /closed/x
</Location>
<Location "/todot">
    ErrorDocument 404 /.hidden
</Location>
<Location "/toindex">
    ErrorDocument 404 /errors/
</Location>
<Location "/tolist">
    ErrorDocument 404 /list/
</Location>
<Location "/togone">
    ErrorDocument 404 /gone
</Location>
<Directory "{DIR}/htdocs/list">
    Options Indexes
</Directory>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName host.test
    DocumentRoot "{DIR}/htdocs/two"
    ErrorDocument 404 "host"
</VirtualHost>
<VirtualHost 127.0.0.1:{PORT}>
    ServerName lacks.test
    DocumentRoot "{DIR}/htdocs/two"
</VirtualHost>
EOT

sub files {
	return (map { ("errors/$_.html" => "<p>$_\n") }
	    qw(missing changed range index)), 'list/entry' => "x\n", 'bare/x' => "x\n",
	    '.hidden' => "no\n";
}

# The answer is of HTML, and has nothing to ask about it again.
sub page {
	my ($body, %more) = @_;
	return { body => ref $body ? $body : qr/^\Q$body\E$/,
	    'content-type' => qr{^text/html(?:; charset=utf-8)?$},
	    etag => qr/^\(none\)$/, 'last-modified' => qr/^\(none\)$/,
	    'accept-ranges' => qr/^\(none\)$/, %more };
}

# The small page of a status.
sub small { return page(qr{<h1>$_[0] .*</html>\n\z}s) }

my @rows = (
	['path', 'instead of the page', asked('GET /none'), '404 keep',
	    page("<p>missing\n")],
	['path', 'with HEAD', asked('HEAD /none'), 'H404 keep',
	    page('', 'content-length' => qr/^11$/)],
	['path', 'by GET, whatever the request was',
	    asked('POST /none', 'Content-Length: 3', \'abc'), '404 keep',
	    page("<p>missing\n")],
	['path', 'no condition is about it', asked('GET /none',
	    'If-None-Match: *', 'If-Modified-Since: Fri, 31 Dec 2100 ' .
	    '23:59:59 GMT'), '404 keep', page("<p>missing\n")],
	['path', 'nor one that fails', asked('GET /none', 'If-Match: "x"',
	    'If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT'),
	    '404 keep', page("<p>missing\n")],
	['path', 'nor a range', asked('GET /none', 'Range: bytes=0-1'),
	    '404 keep', page("<p>missing\n")],
	['path', 'of a condition', asked('GET /a', 'If-Match: "x"'),
	    '412 keep', page("<p>changed\n")],
	['path', 'of a range, with its field', asked('GET /a',
	    'Range: bytes=100-'), '416 keep',
	    page("<p>range\n", 'content-range' => qr{^bytes \*/3$})],
	['path', 'a range that is there', asked('GET /a', 'Range: bytes=1-1'),
	    '206 keep', { body => qr/^a$/ }],
	['path', 'with its own handler and query, and Allow',
	    asked('PUT /a', 'Content-Length: 3',
	    'Accept: application/json', \'abc'), '405 keep',
	    { allow => qr/^GET, HEAD, OPTIONS$/, body =>
	    qr{"method": "GET".*"path": "/errors/echo".*"code", "value": "405".*"x", "value": " "}s,
	    'content-type' => qr{^application/json$} }],
	['path', 'of an echo, by itself', asked('PUT /echo',
	    'Content-Length: 3', 'Accept: application/json', \'abc'),
	    '405 keep', { allow => qr/^GET, HEAD, POST, OPTIONS$/,
	    body => qr{"path": "/errors/echo"} }],
	['path', 'to an index', asked('GET /toindex/x'), '404 keep',
	    page("<p>index\n")],
	['path', 'to a listing', asked('GET /tolist/x'), '404 keep',
	    page(qr/>entry</)],
	['path', 'of an encoded slash', asked('GET /a%2Fb'), '404 keep',
	    page("<p>missing\n")],
	['text', 'of a closed place', asked('GET /closed/x'), '403 keep',
	    page('<b>You may not</b>', 'content-length' => qr/^18$/)],
	['text', 'with HEAD', asked('HEAD /closed/x'), 'H403 keep',
	    page('', 'content-length' => qr/^18$/)],
	['text', 'of a directory', asked('GET /bare/'), '403 keep',
	    page('<b>You may not</b>')],
	['text', 'of a body', asked('POST /echo', 'Content-Length: 1001',
	    \('x' x 1001)), '413 keep', page('too much')],
	['text', 'of one in chunks', asked('POST /echo',
	    'Transfer-Encoding: chunked', \("3e9\r\n" . 'x' x 1001 .
	    "\r\n0\r\n\r\n")), '413 close', page('too much')],
	['text', 'behind a quote', asked('BREW /a'), '501 keep',
	    page('"unheard of')],
	['URL', 'is a redirect', asked('GET /gone'), '302 keep',
	    { location => qr{^http://else\.test/gone\?a=b$} }],
	['URL', 'with HEAD', asked('HEAD /gone'), 'H302 keep',
	    { location => qr{^http://else\.test/gone\?a=b$} }],
	['scope', 'the inner one', asked('GET /own/x'), '404 keep',
	    page('own')],
	['scope', 'the outer one', asked('GET /own/../closed/x'), '403 keep',
	    page('<b>You may not</b>')],
	['scope', 'one more inside', asked('GET /own/inner/x'), '404 keep',
	    page('the last one holds')],
	['scope', 'default', asked('GET /own/inner/default/x'), '404 keep',
	    small(404)],
	['scope', 'default of one status alone', asked('PUT /own/x'),
	    '405 keep', small(405)],
	['scope', 'a host', asked('GET /x', 'Host: host.test'), '404 keep',
	    page('host')],
	['scope', 'the server, for a host', asked('GET /x?status',
	    'Host: lacks.test'), '404 keep', small(404)],
	['failed', 'nothing there', asked('GET /broken'), '500 keep',
	    small(500)],
	['failed', 'its own status has one', asked('GET /loop/x'), '404 keep',
	    small(404)],
	['failed', 'a directory without its slash', asked('GET /todir/x'),
	    '404 keep', small(404)],
	['failed', 'moved', asked('GET /tomoved/x'), '404 keep', small(404)],
	['failed', 'closed', asked('GET /toclosed/x'), '404 keep',
	    small(404)],
	['failed', 'hidden', asked('GET /todot/x'), '404 keep', small(404)],
	['failed', 'gone, for which there is a URL', asked('GET /togone/x'),
	    '404 keep', small(404)],
	['unread', 'no Host', "GET / HTTP/1.1\r\n\r\n", '400 close',
	    small(400)],
	['unread', 'a long line', 'GET /' . 'a' x 9000 . " HTTP/1.1\r\n\r\n",
	    '414 close', small(414)],
	['unread', 'an expectation', asked('GET /', 'Expect: x'), '417 close',
	    small(417)],
	['other', 'what succeeds is left alone', asked('GET /a'), '200 keep',
	    { body => qr/^aa$/ }],
	['other', 'and what is elsewhere', asked('GET /old/x'), '301 keep',
	    { location => qr{^/new/x$} }],
);

sub rows { return @rows }

1;
