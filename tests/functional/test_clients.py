"""Feeds through programs that people really use: libraries, khal, vdirsyncer, Radicale, ical.js."""
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import ics
import sectors
from conftest import SOURCE, Daemon, free_port

EDITION = "MINISTERIAL-2027"
ITEM = "MINISTERIAL-2027/SOM+1:JP"


def module(name):
    return pytest.importorskip(name, reason=f"python3-{name} is not installed")


def need(program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    return program


def confirm_all(d):
    for row in d.ctl("editions", "2027"):
        if row["start"]:
            d.ctl("confirm", row["edition"])


RULES = {"shipped": None, "hostile": sectors.HOSTILE, "thousand": sectors.large(24, 40)}


@pytest.fixture(scope="module", params=list(RULES))
def bodies(request, tmp_path_factory):
    """All feeds of a sector, fetched over HTTP."""
    import tempfile
    path = tempfile.mkdtemp(prefix="cvd")
    d = Daemon(path, rules=RULES[request.param])
    d.ctl("plan", "2027")
    confirm_all(d)
    d.ctl("cancel", d.ctl("agenda", d.ctl("editions", "2027")[0]["edition"])[0]["item"])
    d.ctl("release")
    found = ics.feeds(d)
    d.stop()
    shutil.rmtree(path)
    return found


# ---------------------------------------------------------------- libraries

def test_python_icalendar_finds_no_error(bodies):
    icalendar = module("icalendar")
    for name, body in bodies.items():
        calendar = icalendar.Calendar.from_ical(body)
        assert all(e.errors == [] for e in calendar.walk("VEVENT")), name
        for zone in calendar.walk("VTIMEZONE"):
            zone.to_tz()
        assert len(calendar.walk("VEVENT")) == len(ics.events(body))


def test_vobject_validates(bodies):
    vobject = module("vobject")
    for name in ("all", "editions", "deadlines"):
        assert vobject.readOne(bodies[name].decode()).validate(), name


def test_recurring_ical_events_sees_the_same_instants(bodies):
    module("icalendar")
    events = module("recurring_ical_events")
    import icalendar
    calendar = icalendar.Calendar.from_ical(bodies["all"])
    seen = {str(e["UID"]): e["DTSTART"].dt for e in events.of(calendar).between((2026, 12, 1), (2028, 2, 1))}
    for uid, e in ics.by_uid(bodies["all"]).items():
        assert seen[uid] == e["DTSTART"].instant, e.summary


def ical_js(body):
    if not (SOURCE / "tests/node_modules/ical.js").exists():
        pytest.skip("ical.js is not installed")
    done = subprocess.run([need("node"), str(SOURCE / "tests/functional/read_ical.js")], input=body,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_ical_js_reads_what_was_meant(bodies):
    for name in ("all", "deadlines"):
        read = {e["uid"]: e for e in ical_js(bodies[name])["events"]}
        ours = ics.by_uid(bodies[name])
        assert read.keys() == ours.keys()
        for uid, e in ours.items():
            assert read[uid]["summary"] == e.summary and read[uid]["sequence"] == e.sequence
            start = e["DTSTART"].instant
            assert read[uid]["start"] == (start.timestamp() if isinstance(start, datetime) else str(start))
            assert read[uid]["allday"] != isinstance(start, datetime)


# ---------------------------------------------------------------- programs

def khal_config(path):
    config = path / "khal.conf"
    config.write_text(f"""[calendars]
[[m]]
path = {path}/khal
[sqlite]
path = {path}/khal.db
[locale]
local_timezone = Asia/Jakarta
default_timezone = Asia/Jakarta
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
""")
    (path / "khal").mkdir()
    return config


def khal(config, *args):
    done = subprocess.run([need("khal"), "-c", str(config), *args], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, LC_ALL="C.UTF-8", HOME=str(config.parent)), stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_khal_imports_and_lists(bodies, tmp_path):
    config = khal_config(tmp_path)
    name = "editions"
    (tmp_path / "f.ics").write_bytes(bodies[name])
    khal(config, "import", "--batch", "-a", "m", str(tmp_path / "f.ics"))
    assert len(list((tmp_path / "khal").glob("*.ics"))) == len(ics.events(bodies[name]))
    span = max(ics.events(bodies[name]), key=lambda e: e.days if e.status != "CANCELLED" else 0)
    first = span["DTSTART"].instant
    for k in range(span.days):
        listed = khal(config, "list", "--format", "{uid}", "--notstarted", str(first + timedelta(days=k)), "1d") \
            if k == 0 else khal(config, "list", "--format", "{uid}", str(first + timedelta(days=k)), "1d")
        assert span.uid in listed, k
    assert span.uid not in khal(config, "list", "--format", "{uid}", str(first + timedelta(days=span.days)), "1d")


def test_khal_imports_timed_meetings(bodies, tmp_path):
    config = khal_config(tmp_path)
    name = next(n for n in bodies if n.startswith("cluster/") and len(ics.events(bodies[n])) > 2)
    (tmp_path / "f.ics").write_bytes(bodies[name])
    khal(config, "import", "--batch", "-a", "m", str(tmp_path / "f.ics"))
    meeting = next(e for e in ics.events(bodies[name]) if "TZID" in e["DTSTART"].parameters)
    start = meeting["DTSTART"].instant.astimezone(ZoneInfo("Asia/Jakarta"))
    listed = khal(config, "list", "--format", "{start-long} {uid}", f"{start:%Y-%m-%d}", "1d")
    assert f"{start:%Y-%m-%d %H:%M} {meeting.uid}" in listed


@pytest.fixture
def radicale(tmp_path):
    need("radicale")
    port = free_port()
    process = subprocess.Popen(
        ["radicale", "--config", "", f"--server-hosts=127.0.0.1:{port}", f"--storage-filesystem-folder={tmp_path}/r",
         "--auth-type=none"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(10)


def test_radicale_takes_every_feed(bodies, radicale):
    need("curl")
    for k, name in enumerate(("all", "editions", "deadlines")):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", "u:", "-X", "PUT", "-H",
                               "Content-Type: text/calendar", "--data-binary", "@-",
                               f"http://127.0.0.1:{radicale}/u/c{k}/"], input=bodies[name], capture_output=True)
        assert done.stdout == b"201", name


# ---------------------------------------------------------------- a life, through subscribers

class Subscriber:
    """vdirsyncer as somebody's phone: one file per event."""

    def __init__(self, path, url):
        self.path, self.url = path, url
        (path / "config").write_text(f"""[general]
status_path = "{path}/status"
[pair p]
a = "remote"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage remote]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{path}/files"
fileext = ".ics"
""")
        (path / "files").mkdir()
        self.run("discover")

    def run(self, word):
        done = subprocess.run([need("vdirsyncer"), "-c", str(self.path / "config"), word], input="y\n",
                              capture_output=True, text=True, timeout=120,
                              env=dict(os.environ, LC_ALL="C.UTF-8", HOME=str(self.path)))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def sync(self):
        """What the device shows afterwards: {uid: event}; .copied says how many files it took."""
        said = self.run("sync")
        self.copied = said.count("Copying (updating) item") + said.count("Copying (uploading) item")
        shown = {}
        with urllib.request.urlopen(self.url) as answer:
            served = {words(e): e.uid for e in ics.events(answer.read())}
        for file in (self.path / "files").glob("*.ics"):
            for e in ics.events(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").strip() + b"\r\n"):
                uid = served[words(e)]  # its http storage makes UIDs of its own
                assert uid not in shown
                shown[uid] = e
        assert len(shown) == len(served)
        return shown


def words(event):
    return frozenset(p.line for p in event.properties if p.name != "UID")



def test_life_of_an_event_through_vdirsyncer_and_ical_js(where, tmp_path):
    need("vdirsyncer")
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("release")
    phone = Subscriber(tmp_path, f"http://127.0.0.1:{d.port}/feeds/all.ics")
    shown = phone.sync()
    assert len(shown) == len(ics.events(ics.feed(d)))
    phone.sync()
    assert phone.copied == 0
    span_uid, span = next((u, e) for u, e in shown.items() if e.text("URL").endswith(EDITION))
    assert span.status == "TENTATIVE"
    last = {}

    def step(uid, *commands):
        for words in commands:
            d.ctl(*words)
        d.ctl("clock", "+1 hour")
        d.ctl("release")
        everything = phone.sync()
        js = [e for e in ical_js(ics.feed(d))["events"] if e["uid"] == uid]
        e = everything[uid]
        assert len(js) == 1 and js[0]["sequence"] == e.sequence and js[0]["summary"] == e.summary
        if uid in last:
            assert e.sequence == last[uid][0] + 1, (commands, e.sequence, last[uid])
            assert e.modified > last[uid][1], commands
        last[uid] = e.sequence, e.modified
        phone.sync()
        assert phone.copied == 0
        return e

    def rules(old, new):
        text = d.rules_file.read_text()
        assert old in text
        d.rules_file.write_text(text.replace(old, new))
        return ("reload",)

    last[span_uid] = span.sequence, span.modified
    assert step(span_uid, ("confirm", EDITION)).status == "CONFIRMED"
    uid = next(r["uid"] for r in d.ctl("agenda", EDITION, "--release", "2") if r["item"] == ITEM)
    before = phone.sync()[uid]
    last[uid] = before.sequence, before.modified
    moved = step(uid, ("move", ITEM, "2027-01-20T16:30"))
    assert moved["DTSTART"].value == "20270120T163000"
    assert "meets" in step(uid, rules('"{nth} ADGSOM with {partner}"', '"{nth} ADGSOM meets {partner}"')).summary
    assert "State of Japan" in step(uid, rules('"Japan"', '"State of Japan"')).summary
    assert "Tutong" in step(uid, ("confirm", EDITION, "--city", "Tutong")).location
    assert step(uid, ("cancel", ITEM)).status == "CANCELLED"
    assert step(uid, ("reinstate", ITEM)).status == "CONFIRMED"
    assert step(uid, ("cancel", EDITION)).status == "CANCELLED"
    d.stop()


def test_sequence_never_falls_after_a_restore(where):
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("release")
    d.ctl("backup", where / "old.db")
    for city in ("Tutong", "Seria", "Muara"):
        d.ctl("clock", "+1 hour")
        d.ctl("confirm", EDITION, "--city", city)
        d.ctl("release")
    seen = ics.by_uid(ics.feed(d))
    now = d.ctl("status")[0]["now"]
    d.stop()
    for file in (where / "state").glob("convened.db*"):
        if not file.name.endswith("lock"):
            file.unlink()
    shutil.copyfile(where / "old.db", where / "state/convened.db")
    d.clock = now
    d.start()
    d.ctl("clock", "+1 hour")
    d.ctl("confirm", EDITION, "--city", "Temburong")
    d.ctl("release")
    after = ics.by_uid(ics.feed(d))
    for uid, e in seen.items():
        if uid in after and [p.line for p in after[uid].properties] != [p.line for p in e.properties]:
            assert after[uid].sequence > e.sequence and after[uid].modified > e.modified, e.summary
    d.stop()
