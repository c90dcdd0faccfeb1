"""The harness: a real daemon in a directory of its own, with a manual clock.

`daemon` gives a Daemon that runs; `Daemon(path, ...)` makes more. Every test
fails when a sanitizer spoke, or when the daemon ended by itself.

A test waits for what must come (`wait_for`, `said`), never for a time; limits
are there to end a hang and are so long that no slow machine reaches them.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from smtp import closed_port as free_port

SOURCE = Path(os.environ.get("CONVENED_SOURCE", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("CONVENED_BUILD", SOURCE / "build-test"))
CLOCK = "2026-11-24T00:00:00Z"
SANITIZER = re.compile(r"ERROR: AddressSanitizer|LeakSanitizer|runtime error:|broken invariant")


PATIENCE = 120  # seconds after which what a test waits for does not come
TEST_MOST = 600  # seconds of one test, or of what several tests share

# What differs from one machine to the next and is no part of any test.
os.environ.update(LC_ALL="C.UTF-8", no_proxy="*", NO_PROXY="*")
# Unix sockets lie in the folders of tests, and their paths have at most 107 octets.
if len(tempfile.gettempdir()) > 60:
    tempfile.tempdir = "/tmp"

def wait_for(what, seconds=PATIENCE, told=None):
    """What `what` gives once it is true; `told` may say more when it does not come."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen" + (f":\n{told()}" if told else "")
        time.sleep(0.05)
    return found


class Failed(Exception):
    """convenectl ended with another status than 0."""

    def __init__(self, status, stderr, rows):
        super().__init__(f"exit {status}: {stderr}")
        self.status, self.stderr, self.rows = status, stderr, rows
        try:
            self.error = json.loads(stderr.strip().splitlines()[-1])
            self.error = self.error.get("error", self.error)
        except (ValueError, IndexError):
            self.error = {}


class Reply(list):
    """The rows of an answer; .summary is its last line's."""
    summary: dict


class Daemon:
    started = []  # all of this run

    def __init__(self, path, rules=None, mail=None, clock=CLOCK, start=True, http=None,
                 conf="", templates=None, holidays=None):
        self.path = Path(path)
        self.port = free_port()
        self.clock = clock
        self.socket = self.path / "s"
        self.stderr = ""
        self.process = None
        self.notify = None
        self.told = []  # what the daemon told systemd
        (self.path / "rules").mkdir(parents=True, exist_ok=True)
        text = rules or (SOURCE / "config/rules/asean-digital.rules").read_text()
        self.rules_file = self.path / "rules" / "sector.rules"
        self.rules_file.write_text(text)
        self.mail_dir = self.path / "state" / "mail"
        self.config = self.path / "convened.conf"
        sections = {
            "daemon": {"state": "state", "rules": "rules",
                       "holidays": str(holidays or SOURCE / "config/holidays"),
                       "templates": str(templates or SOURCE / "templates")},
            "control": {"socket": "s"},
            "http": {"listen": http or f"127.0.0.1:{self.port}",
                     "base-url": f"http://127.0.0.1:{self.port}",
                     "name": "Test Calendar"},
            "mail": {"deliver": "directory:mail",
                     "from": "Secretariat <secretariat@calendar.example>",
                     "review": "release"},
            "secretariat": {"zone": "Asia/Jakarta", "contact": "secretariat@calendar.example"},
        }
        sections["mail"].update(mail or {})
        lines = []
        for name, keys in sections.items():
            lines.append(f"[{name}]")
            lines += [f"{key} = {value}" for key, value in keys.items()]
        self.config.write_text("\n".join(lines) + "\n" + conf)
        if start:
            self.start()

    # ---- the process
    def start(self, expect_ready=True):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = str(self.path / "notify")
        if os.path.exists(name):
            os.unlink(name)
        self.notify.bind(name)
        env = dict(os.environ, NOTIFY_SOCKET=name, LC_ALL="C.UTF-8")
        env.pop("JOURNAL_STREAM", None)
        # Its end is ours, also when we are killed.
        command = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command += [str(BUILD / "convened"), "-c", str(self.config)]
        if self.clock:
            command += ["--clock", self.clock]
        self.process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True,
                                        errors="replace")
        Daemon.started.append(self)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not expect_ready:
            status = self.process.wait(PATIENCE)
            self.reader.join(PATIENCE)
            return status
        while True:
            try:
                self.notify.settimeout(0.2)
                message = self.notify.recv(4096).decode()
                self.told.append(message)
                if "READY=1" in message:
                    break
            except socket.timeout:
                if self.process.poll() is not None:
                    self.reader.join(PATIENCE)
                    raise AssertionError(f"the daemon ended at once:\n{self.stderr}")
        threading.Thread(target=self._drain, args=(self.notify,), daemon=True).start()
        return None

    def _read(self):
        for line in self.process.stderr:
            self.stderr += line

    def _drain(self, notify):
        notify.settimeout(None)
        try:
            while message := notify.recv(4096).decode():
                self.told.append(message)
        except OSError:
            pass

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(PATIENCE)
            self.reader.join(PATIENCE)
            assert status == 0, f"exit {status}:\n{self.stderr}"
        self.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self):
        if self.notify:
            self.notify.close()
            self.notify = None
        if self.process and self.process.poll() is not None:
            self.reader.join(PATIENCE)
        assert not SANITIZER.search(self.stderr), self.stderr

    def said(self, text):
        """Waits until its log says so: what it wrote before may not be read yet."""
        wait_for(lambda: text in self.stderr, told=lambda: self.stderr)

    # ---- the control socket
    def run(self, *args, env=None):
        """convenectl as a person runs it; the CompletedProcess."""
        return subprocess.run([str(BUILD / "convenectl"), "-s", str(self.socket), *map(str, args)],
                              capture_output=True, text=True, timeout=300, env=env,
                              stdin=subprocess.DEVNULL)

    def ctl(self, *args):
        """The rows of a command (--json); raises Failed."""
        done = self.run("--json", "-y", *args)
        rows = Reply(json.loads(line) for line in done.stdout.splitlines() if line)
        if done.returncode:
            raise Failed(done.returncode, done.stderr, rows)
        return rows

    def call(self, verb, args=None):
        """The protocol itself: rows and summary of one request."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.socket))
            s.sendall(json.dumps({"verb": verb, "args": args or {}}).encode() + b"\n")
            rows = Reply()
            for line in s.makefile(encoding="utf-8"):
                message = json.loads(line)
                if "row" in message:
                    rows.append(message["row"])
                elif "ok" in message:
                    rows.summary = message.get("summary", {})
                    if not message["ok"]:
                        raise Failed(1, json.dumps(message["error"]), rows)
                    return rows
        raise AssertionError("the connection ended without a last line")

    # ---- HTTP
    def get(self, path, method="GET", **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as r:
                return r.status, dict(r.headers), r.read()
        except urllib.error.HTTPError as e:
            return e.code, dict(e.headers), e.read()

    def mails(self):
        return sorted(self.mail_dir.glob("*.eml"))


def release_edition(d, edition, desk):
    """2027 planned, contacts and a desk there, one edition confirmed and released, its mails sent."""
    d.ctl("plan", "2027")
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    d.ctl("contact", "add", desk, "--name", "Desk", "--of", "SEC", "--role", "desk")
    d.ctl("confirm", edition)
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")


@contextlib.contextmanager
def folder():
    """A folder for a daemon; nothing of it is left, whatever happens."""
    path = Path(tempfile.mkdtemp(prefix="cvd"))
    try:
        yield path
    finally:
        for d in Daemon.started:  # of a test that failed before it stopped them
            if d.path.is_relative_to(path) and d.process.poll() is None:
                d.process.kill()
                d.process.wait()
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def where():
    with folder() as path:
        yield path


@pytest.fixture
def daemon(where):
    d = Daemon(where)
    yield d
    d.stop()


@pytest.fixture
def planned(daemon):
    """2027 planned, contacts there, nothing released."""
    daemon.ctl("plan", "2027")
    daemon.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    return daemon


def on_limit(*_):
    raise TimeoutError(f"more than {TEST_MOST} seconds: it hangs")


def limited(item):
    """A hang is a failed test, and those after it still run."""
    signal.signal(signal.SIGALRM, on_limit)
    signal.alarm(TEST_MOST)
    yield
    signal.alarm(0)


pytest_runtest_setup = pytest_runtest_call = pytest_runtest_teardown = pytest.hookimpl(hookwrapper=True)(limited)


def pytest_configure(config):
    for program in ("convened", "convenectl"):
        if not (BUILD / program).exists():
            raise pytest.UsageError(f"{BUILD / program} is not there: build first (./dev test)")
