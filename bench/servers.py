# SPDX-License-Identifier: BSD-2-Clause
#
# The servers that are measured, each in a folder and on a port of its own, all
# with the same pages, workers and log.

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SBIN = os.environ["PATH"] + ":/usr/sbin"

DROVER_CONF = """\
ServerRoot "{root}"
Listen 127.0.0.1:{port}
ServerName localhost
{user}
Workers {workers}
MaxKeepAliveRequests 0
PidFile "drover.pid"
DocumentRoot "{pages}"
<Directory "{pages}">
    Require all granted
</Directory>
TypesConfig "{top}/conf/mime.types"
ErrorLog "error_log"
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog "access_log" combined
"""

NGINX_CONF = """\
daemon off;
{user}
worker_processes {workers};
pid {root}/nginx.pid;
error_log {root}/error_log;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{
    types {{ text/plain txt; application/octet-stream bin; }}
    access_log {root}/access_log combined;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    open_file_cache max=200000 inactive=60s;
    client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp;
    fastcgi_temp_path {root}/tmp; uwsgi_temp_path {root}/tmp;
    scgi_temp_path {root}/tmp;
    server {{ listen 127.0.0.1:{port} backlog=511 deferred; root {pages}; }}
}}
"""

APACHE_CONF = """\
ServerRoot "{root}"
Listen 127.0.0.1:{port}
ServerName localhost
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
StartServers {workers}
MaxKeepAliveRequests 0
PidFile "{root}/apache2.pid"
DefaultRuntimeDir "{root}"
DocumentRoot "{pages}"
<Directory "{pages}">
    Require all granted
</Directory>
ErrorLog "{root}/error_log"
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog "{root}/access_log" combined
"""

LIGHTTPD_CONF = """\
server.modules = ("mod_accesslog")
server.bind = "127.0.0.1"
server.port = {port}
server.max-worker = {workers}
server.max-keep-alive-requests = 65535
server.document-root = "{pages}"
server.defer-accept = 1
server.max-fds = 65536
server.max-connections = 32768
server.errorlog = "{root}/error_log"
server.pid-file = "{root}/lighttpd.pid"
accesslog.filename = "{root}/access_log"
{user}
"""

H2O_CONF = """\
{user}
num-threads: {workers}
pid-file: {root}/h2o.pid
error-log: {root}/error_log
max-connections: 16384
access-log:
  path: {root}/access_log
  format: '%h %l %u %t "%r" %s %b "%{{Referer}}i" "%{{User-Agent}}i"'
listen: {{host: 127.0.0.1, port: {port}}}
hosts:
  default:
    paths:
      /: {{file.dir: {pages}}}
"""


class Kind:
    """How a server is started, and what its signals are called."""

    def __init__(self, name, conf, arguments, user, reload, stop):
        self.name = name
        self.conf = conf
        self.arguments = arguments
        self.user = user        # the lines for a user and group, if root
        self.reload = reload    # a graceful reload
        self.stop = stop        # a graceful stop


KINDS = [
    Kind("drover", DROVER_CONF,
         ["-d", "{root}", "-f", "{conf}", "-D", "FOREGROUND"],
         "User {0}\nGroup {1}", signal.SIGUSR1, signal.SIGQUIT),
    Kind("nginx", NGINX_CONF,
         ["-p", "{root}", "-e", "{root}/error_log", "-c", "{conf}"],
         "user {0} {1};", signal.SIGHUP, signal.SIGQUIT),
    Kind("apache2", APACHE_CONF,
         ["-d", "{root}", "-f", "{conf}", "-D", "FOREGROUND"],
         "User {0}\nGroup {1}", signal.SIGUSR1, signal.SIGWINCH),
    Kind("lighttpd", LIGHTTPD_CONF, ["-D", "-f", "{conf}"],
         'server.username = "{0}"\nserver.groupname = "{1}"',
         signal.SIGUSR1, signal.SIGINT),
    Kind("h2o", H2O_CONF, ["-m", "worker", "-c", "{conf}"],
         "user: {0}", signal.SIGHUP, signal.SIGTERM),
]


def installed(names, drover):
    """(kind, program) of those that are there; drover is ours."""
    found = []
    for kind in KINDS:
        program = drover if kind.name == "drover" else shutil.which(
            kind.name, path=SBIN)
        if kind.name not in names:
            continue
        if program:
            found.append((kind, program))
        else:
            print("%s is not installed" % kind.name)
    return found


class Server:
    """One server in a folder and on a port of its own."""

    def __init__(self, kind, program, workers, more_pages=(), pages=None,
                 more_conf=""):
        self.kind = kind
        self.name = kind.name
        self.root = tempfile.mkdtemp(prefix="drover-bench-")
        # These open their logs as their user.
        os.chmod(self.root, 0o777 if self.name in ("lighttpd", "h2o") else 0o755)
        self.port = free_port()
        os.mkdir(os.path.join(self.root, "tmp"))
        if pages is None:
            pages = os.path.join(self.root, "htdocs")
            make_pages(pages, more_pages)
        self.conf = os.path.join(self.root, kind.name + ".conf")
        modules = "/usr/lib/apache2/modules"
        with open(self.conf, "w") as out:
            out.write(kind.conf.format(
                root=self.root, port=self.port, top=TOP, workers=workers,
                pages=pages, modules=modules, user=user_lines(kind)))
            out.write(more_conf)
        self.command = [program] + [
            part.format(root=self.root, conf=self.conf)
            for part in kind.arguments]
        self.said = open(os.path.join(self.root, "output"), "w+")
        self.start()
        if not self.wait_ready():
            self.said.seek(0)
            said = self.said.read()
            self.stop()
            sys.exit("bench: %s did not start:\n%s" % (self.name, said))

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=self.said, stderr=self.said,
            stdin=subprocess.DEVNULL)

    def wait_ready(self):
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            if connects(self.port):
                return True
            time.sleep(0.02)
        return False

    def cpu(self):
        """Seconds of processor time of the server's processes so far."""
        return sum(cpu_of(pid) for pid in family(self.process.pid))

    def stop(self):
        end(self.process)
        self.said.close()
        shutil.rmtree(self.root)


class Floor:
    """bench/floor, which sends the bytes in a file whatever is asked."""

    name = "floor"

    def __init__(self, program, workers, answer, one_each):
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, *(["-c"] if one_each else []), "-w", str(workers),
             str(self.port), answer], stdin=subprocess.DEVNULL)
        while not connects(self.port):
            if self.process.poll() is not None:
                sys.exit("bench: %s did not start" % program)
            time.sleep(0.02)

    def cpu(self):
        return sum(cpu_of(pid) for pid in family(self.process.pid))

    def stop(self):
        end(self.process)


def raise_descriptors():
    """As many as may be, for thousands of connections."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def user_lines(kind):
    if os.getuid() != 0:
        return ""
    import grp
    import pwd
    user = pwd.getpwnam("nobody")
    return kind.user.format("nobody", grp.getgrgid(user.pw_gid).gr_name)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_pages(folder, more=()):
    """Files of 1 KiB, of 1 MiB, and more: (name, size)."""
    os.mkdir(folder)
    for name, size in (("1k.txt", 1024), ("1m.bin", 1 << 20), *more):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(b"0123456789abcdef" * (size // 16))


def processes():
    """{pid: (parent, state, start time)} of all."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name) as stat:
                fields = stat.read().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        found[int(name)] = (int(fields[1]), fields[0], fields[19])
    return found


def family(pid):
    """pid and all that descends from it."""
    parents = {}
    for child, (parent, _, _) in processes().items():
        parents.setdefault(parent, []).append(child)
    found = [pid]
    for parent in found:
        found.extend(parents.get(parent, []))
    return found


def cpu_of(pid):
    """Nanoseconds of all threads where the kernel counts them, else ticks."""
    try:
        total = 0
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as schedstat:
                total += int(schedstat.read().split()[0])
        return total / 1e9
    except (OSError, ValueError, IndexError):
        pass
    try:
        with open("/proc/%d/stat" % pid) as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
