#!/usr/bin/env python3
"""Mail: messages a second, end to end, beside other programs, in one run.

    bench_mail.py BUILD

The daemon of BUILD (a release build) composes and stores the mails of a release
to 10,000 people; then sends 2,000 mails to smtp-sink and, as root and with Postfix
installed, to a Postfix of its own that discards them. "End to end" is from the
moment that the outbox holds them all, queued, until the last verdict is committed.
The same octets, or as many, go through smtp-source, smtplib and msmtp. What the disk
allows, one commit a mail, is a line of its own: only convened and Postfix sync. Times
mean nothing across machines; ratios are to smtp-source with one session that connects
for each mail.
"""
import atexit
import csv
import json
import os
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
COMPOSED = int(os.environ.get("BENCH_COMPOSED", "10000"))
SENT = int(os.environ.get("BENCH_SENT", "2000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
BATCH = 20
COMMIT = 5 * 4120  # octets that a verdict adds to SQLite's write-ahead log
TABLE = 5000  # lines of a table; convenectl takes a megabyte at most
# At this size a process per mail says enough.
SINGLE = max(1, SENT // 20)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds=600):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            sys.exit("bench: it did not happen in time")
        time.sleep(0.01)


def listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            return s.recv(4).startswith(b"220")
    except OSError:
        return False


class Daemon:
    """convened with a manual clock, so that the calendar is always the same."""

    def __init__(self, place, deliver):
        self.place = place
        (place / "rules").mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / "config/rules/asean-digital.rules", place / "rules")
        (place / "conf").write_text(
            f"[daemon]\nstate = state\nrules = rules\nholidays = {SOURCE}/config/holidays\n"
            f"templates = {SOURCE}/templates\n[control]\nsocket = s\n[http]\nlisten = none\n"
            f"[mail]\ndeliver = {deliver}\nreview = release\n"
            "from = Secretariat <secretariat@calendar.example>\n")
        self.log = open(place / "log", "ab")
        self.process = subprocess.Popen(
            [BUILD / "convened", "-c", place / "conf", "--clock", "2026-11-24T00:00:00Z"],
            stderr=self.log)
        atexit.register(self.process.kill)  # of one that is reaped: nothing
        wait_for(lambda: self.process.poll() is not None or self.ctl("status", check=False), 60)

    def ctl(self, *args, check=True):
        done = subprocess.run([BUILD / "convenectl", "-s", self.place / "s", "-y", *args],
                              capture_output=True, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            sys.exit(f"bench: {args}: {done.stderr.decode()}")
        return done.returncode == 0

    def answer_seconds(self, while_so):
        """How long `status` took, sorted: asked again and again, once at least."""
        took = []
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.place / "s"))
            lines = s.makefile(encoding="utf-8")
            while not took or while_so():
                begin = time.monotonic()
                s.sendall(b'{"verb":"status","args":{}}\n')
                while not lines.readline().startswith('{"ok"'):
                    pass
                took.append(time.monotonic() - begin)
        return sorted(took)

    def send_all(self):
        """Returns when the outbox has them all queued, before the first one goes."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.place / "s"))
            s.sendall(b'{"verb":"send","args":{"message":"all"}}\n')
            last = next(json.loads(line) for line in s.makefile(encoding="utf-8")
                        if line.startswith('{"ok"'))
        if not last["ok"]:
            sys.exit(f"bench: send: {last}")

    def query(self, text):
        db = sqlite3.connect(f"file:{self.place}/state/convened.db?mode=ro", uri=True)
        try:
            return db.execute(text).fetchall()
        finally:
            db.close()

    def count(self, state):
        return self.query(f"SELECT count(*) FROM message WHERE state = '{state}'")[0][0]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()


def contacts(path, numbers):
    """The example's contacts again and again, one per number."""
    with open(SOURCE / "config/demo/contacts.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        for i in numbers:
            row = dict(rows[i % len(rows)])
            local, domain = row["email"].split("@")
            out.writerow(row | {"email": f"{local}.{i}@{domain}", "channel": "feed"})


def released(place, people):
    """A daemon with a release to `people`, its mails held; seconds of the release."""
    daemon = Daemon(place, "none")
    daemon.ctl("plan", "2027")
    daemon.ctl("confirm", "MINISTERIAL-2027")
    for first in range(0, people, TABLE):
        contacts(place / "contacts.csv", range(first, min(people, first + TABLE)))
        daemon.ctl("import", "contacts", str(place / "contacts.csv"))
    idle = daemon.answer_seconds(lambda: False)
    begin = time.monotonic()
    releasing = threading.Thread(target=daemon.ctl, args=("release",))
    releasing.start()
    daemon.meanwhile = daemon.answer_seconds(releasing.is_alive), idle[-1]
    releasing.join()
    return daemon, time.monotonic() - begin


# ---- relays

class Sink:
    name = "smtp-sink"

    def __init__(self, place):
        self.port = free_port()
        user = ["-u", "postfix"] if os.getuid() == 0 else []
        self.process = subprocess.Popen([tool("smtp-sink"), *user, f"127.0.0.1:{self.port}", "100"],
                                        cwd=place)
        wait_for(lambda: listens(self.port), 30)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


MAIN = """compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
mail_owner = postfix
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_recipient_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = discard:
relay_transport = discard:
maillog_file = /dev/stdout
maillog_file_prefixes = /dev/stdout
"""
# The port that docs/mail.md recommends: nothing pipelined, no chunks.
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_discard_ehlo_keywords=pipelining,chunking,silent-discard
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """An instance of its own beside the machine's; its parent is ours to end."""
    name = "Postfix"

    def __init__(self, place):
        self.port = free_port()
        d = self.place = place / "postfix"
        for name in ("etc", "queue", "data"):
            (d / name).mkdir(parents=True)
        shutil.chown(d / "data", "postfix")
        (d / "etc/main.cf").write_text(MAIN.format(d=d))
        (d / "etc/master.cf").write_text(MASTER.format(port=self.port))
        self.log = open(d / "log", "wb")
        self.process = subprocess.Popen(["postfix", "-c", d / "etc", "start-fg"],
                                        stdout=self.log, stderr=self.log)
        wait_for(lambda: self.process.poll() is not None or listens(self.port), 60)
        if self.process.poll() is not None:
            sys.exit(f"bench: Postfix did not start:\n{(d / 'log').read_text()}")

    def stop(self):
        subprocess.run(["postfix", "-c", self.place / "etc", "stop"], capture_output=True)
        self.process.wait(60)
        self.log.close()


def tool(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


# ---- clients: mails a second

def end_to_end(place, template, relay):
    shutil.copytree(template, place / "state")
    daemon = Daemon(place, f"smtp://127.0.0.1:{relay.port}")
    n = daemon.count("held")
    db = sqlite3.connect(f"file:{place}/state/convened.db?mode=ro", uri=True)
    sent = "SELECT count(*) FROM message WHERE state = 'sent'"
    daemon.send_all()
    begin = time.monotonic()
    wait_for(lambda: db.execute(sent).fetchone()[0] == n)
    seconds = time.monotonic() - begin
    db.close()
    daemon.stop()
    return n / seconds


def with_disk(place):
    """Writes of the size of a commit, each synced, over and over as the log does it."""
    with open(place / "log.bench", "w+b", buffering=0) as log:
        begin = time.monotonic()
        for i in range(SENT):
            os.pwrite(log.fileno(), b"x" * COMMIT, i * COMMIT % (1000 * 4120))
            os.fdatasync(log.fileno())
        return SENT / (time.monotonic() - begin)


def with_source(relay, size, keep):
    begin = time.monotonic()
    subprocess.run([tool("smtp-source"), "-s", "1", "-m", str(SENT), "-l", str(size),
                    *(["-d"] if keep else []), "-f", "secretariat@calendar.example",
                    "-t", "somebody@digital.bn.example", f"127.0.0.1:{relay.port}"], check=True)
    return SENT / (time.monotonic() - begin)


def with_smtplib(relay, mails, per_session):
    begin = time.monotonic()
    for at in range(0, len(mails), per_session):
        with smtplib.SMTP("127.0.0.1", relay.port, local_hostname="calendar.example") as s:
            for to, octets in mails[at:at + per_session]:
                s.sendmail("secretariat@calendar.example", [to], octets)
    return len(mails) / (time.monotonic() - begin)


def with_msmtp(relay, mails):
    begin = time.monotonic()
    for to, octets in mails:
        subprocess.run(["msmtp", "--host=127.0.0.1", f"--port={relay.port}", "--file=/dev/null",
                        "--from=secretariat@calendar.example", "--tls=off", "--", to],
                       input=octets, check=True)
    return len(mails) / (time.monotonic() - begin)


def lines(place, template, relay, mails, size):
    """Names, and what runs round n of them."""
    yield "smtp-source, 1 session, connects per mail", lambda n: with_source(relay, size, False)
    yield "smtp-source, 1 session, one connection", lambda n: with_source(relay, size, True)
    yield ("convened, outbox to committed verdict",
           lambda n: end_to_end(place / f"{relay.name}{n}", template, relay))
    yield "the disk alone, a synced write per mail", lambda n: with_disk(place)
    yield f"smtplib, {BATCH} mails a session", lambda n: with_smtplib(relay, mails, BATCH)
    yield "smtplib, a session per mail", lambda n: with_smtplib(relay, mails, 1)
    if tool("msmtp"):
        yield "msmtp, a process per mail", lambda n: with_msmtp(relay, mails[:SINGLE])


def compare(place, template, relay, mails, size):
    """Rounds over all, the best of each: others use the machine too."""
    print(f"\nto {relay.name}, {len(mails)} mails of {size / 1024:.1f} KB"
          f"{'':6}{'mails/s':>9} {'ratio':>7}")
    all_lines = list(lines(place, template, relay, mails, size))
    rounds = [[run(n) for _, run in all_lines] for n in range(ROUNDS)]
    best = [max(rates) for rates in zip(*rounds)]
    for (name, _), rate in zip(all_lines, best):
        print(f"  {name:44}{rate:9.0f} {rate / best[0]:7.3f}", flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends too
    if not tool("smtp-sink"):
        sys.exit("bench: smtp-sink is missing (package postfix)")
    place = Path(tempfile.mkdtemp(prefix="cvm"))
    place.chmod(0o755)
    try:
        daemon, seconds = released(place / "many", COMPOSED)
        print(f"composing and storing a release: {daemon.count('held')} mails in {seconds:.1f} s")
        took, idle = daemon.meanwhile
        print(f"status meanwhile: median {took[len(took) // 2] * 1000:.0f} ms, {took[len(took) // 2] / idle:.1f} of "
              f"what it takes else; longest {took[-1] * 1000:.0f} ms of {len(took)}")
        daemon.stop()
        daemon, _ = released(place / "some", SENT)
        mails = daemon.query("SELECT recipient, octets FROM message JOIN message_octets USING (id) WHERE state = 'held'")
        mails = [(to, octets.encode() if isinstance(octets, str) else octets)
                 for to, octets in mails]
        daemon.stop()
        size = sum(len(octets) for _, octets in mails) // len(mails)
        kinds = [Sink] + ([Postfix] if os.getuid() == 0 and tool("postfix") else [])
        for kind in kinds:
            relay = kind(place)
            try:
                compare(place, place / "some/state", relay, mails, size)
            finally:
                relay.stop()
        if Postfix not in kinds:
            print("\nPostfix: left out (needs root and the package postfix)")
    finally:
        shutil.rmtree(place, ignore_errors=True)


main()
