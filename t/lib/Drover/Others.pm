# SPDX-License-Identifier: BSD-2-Clause
#
# Other servers of HTTP with the same files, to compare with: nginx, and
# Apache's httpd with the event MPM, as Debian packs them.
#
#	my $other = Drover::Others->start('nginx', $folder, $htdocs) or skip;
#	# With more settings, and modules that these need.
#	my $other = Drover::Others->start('apache', $folder, $htdocs,
#	    conf => "...", modules => ['setenvif']) or skip;
#	# Of nginx: what stands in place of its server, within http { }.
#	my $other = Drover::Others->start('nginx', $folder, $htdocs,
#	    servers => "server { ... }") or skip;
#	$other->port;
#	$other->stop;
package Drover::Others;

use strict;
use warnings;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

use Drover;

my $creator = $$;
my $MODULES = '/usr/lib/apache2/modules';
my @running;

my %server = (
	nginx => { program => '/usr/sbin/nginx', args => ['-e', 'error_log'],
		conf => <<'EOT' },
daemon off;
{USER}
worker_processes 1;
pid nginx.pid;
error_log error_log;
events { worker_connections 512; }
http {
    access_log off;
    types { text/html html; text/plain txt; }
    default_type application/octet-stream;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 1000;
    lingering_timeout 500ms;
    server {
        listen 127.0.0.1:{PORT};
        root {ROOT};
    }
}
EOT
	apache => { program => '/usr/sbin/apache2', args => ['-DFOREGROUND'],
		conf => <<'EOT' },
ServerRoot {DIR}
DefaultRuntimeDir {DIR}
PidFile apache.pid
ErrorLog error_log
Listen 127.0.0.1:{PORT}
ServerName localhost
{USER}
LoadModule mpm_event_module {MODULES}/mod_mpm_event.so
LoadModule authz_core_module {MODULES}/mod_authz_core.so
LoadModule dir_module {MODULES}/mod_dir.so
LoadModule mime_module {MODULES}/mod_mime.so
TypesConfig mime.types
StartServers 1
ServerLimit 2
ThreadLimit 128
ThreadsPerChild 128
MaxRequestWorkers 256
MaxKeepAliveRequests 0
TraceEnable Off
DocumentRoot {ROOT}
EOT
);

# undef where the server is not installed; dies if it does not start.
sub start {
	my ($class, $name, $folder, $root, %option) = @_;
	my $known = $server{$name};
	my @modules = @{ $option{modules} // [] };
	return undef if !-x $known->{program};
	return undef if $name eq 'apache' &&
	    grep { !-e "$MODULES/mod_$_.so" } 'mpm_event', @modules;
	my $dir = "$folder/$name";
	mkdir $dir or $!{EEXIST} or die "$dir: $!";
	my $port = Drover::free_port();
	my ($user, $group) = Drover::unprivileged();
	my %value = (DIR => $dir, PORT => $port, ROOT => $root,
	    MODULES => $MODULES, USER => $> != 0 ? '' : $name eq 'nginx' ?
	    "user $user $group;" : "User $user\nGroup $group");
	my $text = join '', $known->{conf}, (map { "LoadModule ${_}_module " .
	    "{MODULES}/mod_$_.so\n" } @modules), $option{conf} // '';
	$text =~ s/^    server \{.*?^    \}\n/$option{servers}/ms
	    if defined $option{servers};
	my $conf = $text =~ s/\{([A-Z]+)\}/$value{$1} \/\/ $&/gre;
	_write("$dir/conf", $conf);
	_write("$dir/mime.types", "text/html html\ntext/plain txt\n");
	my $o = bless { name => $name, dir => $dir, port => $port,
	    pid => _spawn($dir, $known->{program},
	    ($name eq 'nginx' ? ('-p', "$dir/", '-c', "$dir/conf") :
	    ('-d', $dir, '-f', "$dir/conf")), @{ $known->{args} }) }, $class;
	push @running, $o;
	$o->_await;
	return $o;
}

sub _write {
	my ($path, $text) = @_;
	open my $out, '>', $path or die "$path: $!";
	print {$out} $text;
	close $out or die "$path: $!";
	return;
}

sub _spawn {
	my ($dir, @command) = @_;
	my $pid = fork // die "fork: $!";
	return $pid if $pid;
	open STDIN, '<', '/dev/null' or POSIX::_exit(126);
	open STDOUT, '>', "$dir/said" or POSIX::_exit(126);
	open STDERR, '>&', \*STDOUT or POSIX::_exit(126);
	no warnings 'exec';
	# So that it ends with the test, however that ends.
	exec 'setpriv', '--pdeathsig', 'TERM', @command;
	exec { $command[0] } @command;
	POSIX::_exit(127);
}

sub _await {
	my ($o) = @_;
	my $end = time + 20;
	until (IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $o->{port})) {
		die "$o->{name} does not start: ",
		    map { Drover::slurp("$o->{dir}/$_") } qw(said error_log)
		    if time > $end || waitpid($o->{pid}, POSIX::WNOHANG) > 0;
		sleep 0.02;
	}
	return;
}

sub port { return $_[0]{port} }

sub stop {
	my ($o) = @_;
	return if !$o->{pid};
	kill 'TERM', $o->{pid};
	if (!defined Drover::Process::wait_child($o->{pid}, 10)) {
		kill 'KILL', $o->{pid};
		waitpid $o->{pid}, 0;
	}
	delete $o->{pid};
	return;
}

END {
	if ($$ == $creator) {
		my $status = $?;
		$_->stop for @running;
		$? = $status;
	}
}

1;
