# SPDX-License-Identifier: BSD-2-Clause
#
# What is measured: the rows of bench/run's table, the pages they ask for, and
# how wrk is told to ask.

import email.utils
import os
import re
import subprocess

# What a browser sends with a request for a page (a common one, 2024).
BROWSER = [
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,"
    "image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.7",
    "Accept-Encoding: gzip, deflate, br",
    "Cookie: session=6f1c2a94d05b4e7f8a3c; theme=dark; consent=necessary",
    "Referer: http://localhost/flock/index.html",
    "Cache-Control: max-age=0",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
]

# The file whose date the requests for 304 name.
MODIFIED = 1700000000

KIB = 1024
FILES_IN_FOLDER = 1000

RANDOM_FILES = """\
math.randomseed(os.time())
request = function()
  local n = math.random(0, %d - 1)
  return wrk.format("GET",
      string.format("/many/%%d/%%d.txt", math.floor(n / %d), n %% %d))
end
"""


class Row:
    """One line of the table: what is asked, and by how many connections.

    size: of the file, where one is needed; files: how many, asked for at random
    script: wrk's, in Lua, for requests that differ
    best: what is to be reached, "best peer" or the name of a server
    cpu, rate: factors of that server's; None: not asked for
    """

    def __init__(self, name, path, headers=(), connections=64, size=None,
                 files=0, script=None, one_each=False, status=200, best=None,
                 cpu=0.9, rate=0.97, floor=1.15):
        self.name = name
        self.path = path
        self.headers = list(headers)
        if one_each:
            self.headers.append("Connection: close")
        self.connections = connections
        self.size = size
        self.files = files
        self.script = script
        if files:
            self.script = RANDOM_FILES % (files, FILES_IN_FOLDER,
                                          FILES_IN_FOLDER)
        self.one_each = one_each
        self.status = status
        self.best = best
        self.cpu = cpu
        self.rate = rate
        self.floor = floor


ROWS = [
    Row("1 KiB kept alive", "/1k.txt", size=KIB),
    Row("1,000 connections", "/1k.txt", connections=1000, size=KIB),
    Row("a browser's fields", "/1k.txt", BROWSER, size=KIB),
    Row("10 KiB", "/10k.bin", size=10 * KIB),
    Row("100 KiB", "/100k.bin", size=100 * KIB),
    Row("304", "/1k.txt", ["If-Modified-Since: " + email.utils.formatdate(
        MODIFIED, usegmt=True)], status=304),
    Row("404", "/missing.txt", status=404),
    Row("one connection each", "/1k.txt", size=KIB, one_each=True),
    Row("1 MiB", "/1m.bin", connections=16, size=KIB * KIB,
        cpu=None, rate=1.0, floor=None),
    Row("100 MiB", "/100m.bin", connections=4, size=100 * KIB * KIB,
        cpu=None, rate=1.0, floor=None),
    Row("100,000 files", None, files=100000, best="nginx",
        cpu=0.7, rate=None, floor=None),
]


def make_pages(folder, rows):
    """The files that rows ask for, 1 KiB each where they are many."""
    os.mkdir(folder)
    for row in rows:
        if row.path and row.status != 404:
            write(folder + row.path, row.size or KIB)
    many = max(row.files for row in rows)
    for number in range(many):
        if number % FILES_IN_FOLDER == 0:
            part = "%s/many/%d" % (folder, number // FILES_IN_FOLDER)
            os.makedirs(part)
        write("%s/%d.txt" % (part, number % FILES_IN_FOLDER), KIB)


def write(path, size):
    with open(path, "wb") as out:
        out.write(b"0123456789abcdef" * (size // 16))
    os.utime(path, (MODIFIED, MODIFIED))


def command(row, port, seconds, folder, threads=1):
    """wrk, as it is called for a row; folder is for its script."""
    arguments = ["wrk", "-t", str(threads), "-c", str(row.connections),
                 "-d", "%ds" % seconds]
    for header in row.headers:
        arguments += ["-H", header]
    if row.script:
        script = os.path.join(folder, "requests.lua")
        with open(script, "w") as out:
            out.write(row.script)
        arguments += ["-s", script]
    return arguments + ["http://127.0.0.1:%d%s" % (port, row.path or "/")]


def ask(row, port, seconds, folder, threads=1):
    """One run of wrk: (requests answered, seconds, what was wrong)."""
    run = subprocess.run(command(row, port, seconds, folder, threads),
                         capture_output=True, text=True)
    said = run.stdout + run.stderr
    done = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m), ([\d.]+)(\w*B) read",
                     said)
    if not done or int(done[1]) == 0:
        raise ValueError("wrk says\n" + said)
    answered = int(done[1])
    if row.size and row.size >= KIB * KIB:
        # Few are whole by the end: what was read says more.
        answered = amount(done[4], done[5]) / row.size
    wrong = re.findall(r"Socket errors.*", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    if (int(bad[1]) if bad else 0) != (answered if row.status >= 400 else 0):
        wrong.append("%s answers of status 400 and above" % (
            bad[1] if bad else "no"))
    return answered, float(done[2]) * {"ms": 1e-3, "s": 1, "m": 60}[done[3]], \
        wrong


def amount(number, unit):
    return float(number) * 1024 ** ["B", "KB", "MB", "GB"].index(unit)
