# SPDX-License-Identifier: BSD-2-Clause
#
# A httpd.conf like the one that Apache's source comes with, in which nothing
# is changed after it was installed but its paths and its port.
#
#	Drover->new(bare => 1, conf => Drover::Stock::conf($user, $group));
package Drover::Stock;

use strict;
use warnings;

my $loads = join '', map { "LoadModule ${_}_module modules/mod_$_.so\n" }
    qw(mpm_event authn_file authn_core authz_host authz_groupfile authz_user
    authz_core access_compat auth_basic reqtimeout filter mime log_config env
    headers setenvif version unixd status autoindex dir alias);

my $text = <<'EOT' . $loads . <<'EOT';
ServerRoot "{DIR}"
Listen 127.0.0.1:{PORT}
EOT
<IfModule unixd_module>
User {USER}
Group {GROUP}
</IfModule>
ServerAdmin you@example.com
<Directory />
    AllowOverride none
    Require all denied
</Directory>
DocumentRoot "{DIR}/htdocs"
<Directory "{DIR}/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>
<Files ".ht*">
    Require all denied
</Files>
ErrorLog "logs/error_log"
LogLevel warn
<IfModule log_config_module>
    LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined
    LogFormat "%h %l %u %t \"%r\" %>s %b" common
    <IfModule logio_module>
      LogFormat "%h %l %u %t \"%r\" %>s %b %I %O" combinedio
    </IfModule>
    CustomLog "logs/access_log" common
</IfModule>
<IfModule alias_module>
    ScriptAlias /cgi-bin/ "{DIR}/cgi-bin/"
</IfModule>
<IfModule cgid_module>
    Scriptsock cgisock
</IfModule>
<Directory "{DIR}/cgi-bin">
    AllowOverride None
    Options None
    Require all granted
</Directory>
<IfModule headers_module>
    RequestHeader unset Proxy early
</IfModule>
<IfModule mime_module>
    TypesConfig conf/mime.types
    AddType application/x-compress .Z
    AddType application/x-gzip .gz .tgz
</IfModule>
<IfModule proxy_html_module>
Include conf/extra/proxy-html.conf
</IfModule>
<IfModule ssl_module>
SSLRandomSeed startup builtin
SSLRandomSeed connect builtin
</IfModule>
EOT

sub conf {
	my ($user, $group) = @_;
	return $text =~ s/\{USER\}/$user/r =~ s/\{GROUP\}/$group/r;
}

1;
