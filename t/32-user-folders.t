#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# UserDir: where /~name leads, for whom, and that no name leads out.
use strict;
use warnings;
use Drover;
use Drover::Sandbox;
use Drover::Table;
use Test::More;

my $s = Drover->new;
$s->file(@$_) for (
	['home/ann/pages/index.html', "ann\n"], ['home/bob/pages/f', "bob\n"],
	['home/ann/secret', 'no'], ['home/secret', 'no'], ['secret', 'no'],
	['users/ann/index.html', "users ann\n"], ['users/carl/f', "carl\n"],
	['other/f', "other\n"],
);
my $common = <<'EOT';
<Directory "{DIR}">
Require all granted
</Directory>
EOT

my @tables = (
['UserDir "{DIR}/home/*/pages"', <<'EOT'],
/~ann/                   200 ann
/~ann                    301 /~ann/
/~ann?q                  301 /~ann/?q
/%7Eann/                 200 ann
/~bob/f                  200 bob
/~bob/none               404
/~nobody/                404
/~                       404
/~/                      404
/~./                     404
/~../secret              404
/~.%2e/secret            404
/~ann/../secret          404
/~ann%2F../              404
/~ann/%2e%2e/secret      404
/x/~ann/                 404
EOT
['UserDir "{DIR}/users"', <<'EOT'],
/~ann/                   200 users ann
/~carl/f                 200 carl
/~ann                    301 /~ann/
/~bob/                   404
EOT
["UserDir \"{DIR}/none\" \"{DIR}/home/*/pages\" \"{DIR}/users\"", <<'EOT'],
/~ann/                   200 ann
/~carl/f                 200 carl
/~nobody/                404
EOT
["UserDir \"{DIR}/users\"\nUserDir disabled carl root", <<'EOT'],
/~ann/                   200 users ann
/~carl/f                 404
EOT
["UserDir disabled\nUserDir enabled ann carl\nUserDir disabled carl\n" .
    'UserDir "{DIR}/users"', <<'EOT'],
/~ann/                   200 users ann
/~carl/f                 404
/~bob/                   404
EOT
["UserDir \"{DIR}/users\"\nAlias /~carl \"{DIR}/other\"\n" .
    'Redirect /~ann /moved', <<'EOT'],
/~carl/f                 200 other
/~ann/x                  302 /moved/x
EOT
# What Apache's documentation says of text behind the "*", of URLs without one
# and of escapes is not what it does; that the query is kept neither says.
['UserDir http://x.example/~*/', <<'EOT'],
/~ann                    302 http://x.example/~ann
/~ann/                   302 http://x.example/~ann/
/~ann/x?q=1              302 http://x.example/~ann/x?q=1 // 302 http://x.example/~ann/x
/~a%20b/x%20y            302 http://x.example/~a%20b/x%20y // 302 http://x.example/~a b/x y
/~a%40b/                 302 http://x.example/~a%40b/ // 302 http://x.example/~a@b/
/~../                    404
EOT
['UserDir http://x.example/*/docs', <<'EOT'],
/~ann/x                  302 http://x.example/ann/docs/x // 302 http://x.example/ann/x
EOT
["UserDir \"{DIR}/users\" http://x.example/users", <<'EOT'],
/~ann/                   200 users ann
/~bob/x                  302 http://x.example/users/bob/x // 404
EOT
);
compare_answers($s, [qw(alias dir userdir)], "$common$_->[0]\n", $_->[1])
    for @tables;

# A host has its own places; whom the server disables is so there as well.
my $dir = $s->dir;
$s->set_conf(<<"EOT");
UserDir "$dir/users"
UserDir disabled carl
<Directory "$dir">
Require all granted
</Directory>
<VirtualHost *>
ServerName localhost
</VirtualHost>
<VirtualHost *>
ServerName second
UserDir "$dir/home/*/pages"
UserDir disabled bob
</VirtualHost>
EOT
ok($s->launch, 'it starts') or diag($s->stderr);
is($s->get('/~ann/')->{body}, "users ann\n", 'of the server');
is($s->get('/~ann/', Host => 'second')->{body}, "ann\n", 'of the host');
is($s->get("/~$_/f", Host => 'second')->{status}, 404, "$_ has none there")
    for qw(bob carl);
$s->stop;

SKIP: {
	my $why = Drover::Sandbox::lacks();
	skip $why, 2 if $why;
	$s->set_conf("Sandbox require\nUserDir \"$dir/home/*/pages\"\n" .
	    "<Directory \"$dir\">\nRequire all granted\n</Directory>\n");
	ok($s->launch, 'in the sandbox') or diag($s->stderr);
	is($s->get('/~ann/')->{body}, "ann\n", 'what is below the folder');
	$s->stop;
}

my @bad = (
	['UserDir public_html', qr/home directories are not looked up/],
	['UserDir /*/pages', qr/a folder has to stand before/],
	['UserDir /home/*/x/*', qr/a name can be put in once/],
	['UserDir enabled', qr/whom it is enabled for is missing/],
);
for (@bad) {
	$s->set_conf($_->[0]);
	my $run = $s->run('-t');
	like($run->{err}, $_->[1], $_->[0]);
	is($run->{status}, 1, '... is an error');
}

# Passed over, it leads nowhere.
$s->set_conf("UnsupportedModules warn\nUserDir public_html\n");
ok($s->launch, 'home directories with UnsupportedModules warn');
is($s->get('/~root/')->{status}, 404, '... are not served');
$s->stop;
done_testing;
