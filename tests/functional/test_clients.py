"""Feeds through programs that people really use: libraries, khal, vdirsyncer, Radicale, ical.js."""
import ctypes
import ctypes.util
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import urllib.request
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import ics
import sectors
from conftest import PATIENCE, SOURCE, Daemon, folder, free_port, wait_for

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

FACTS = {"sector", "lint"}  # beside the bodies


@pytest.fixture(scope="module", params=list(RULES))
def bodies(request):
    """All feeds of a sector, fetched over HTTP; a private one that rings, and one meeting alone."""
    with folder() as path:
        return fetched(path, request.param)


def fetched(path, name):
    d = Daemon(path, rules=RULES[name])
    d.ctl("plan", "2027")
    confirm_all(d)
    items = d.ctl("agenda", d.ctl("editions", "2027")[0]["edition"])
    d.ctl("cancel", items[0]["item"])
    d.ctl("link", items[1]["item"], "https://video.example.org/" + "room," * 40 + ";x=1")
    d.ctl("contact", "add", "a@example.org", "--name", "Ä; ก, \\ 会", "--of", d.ctl("members")[0]["code"])
    d.ctl("release")
    assert d.ctl("status")[0]["bad_feeds"] is None
    found = ics.feeds(d)
    private = d.ctl("feed", "add", "rings", "--for", "a@example.org", "--alarm", "1 day")[0]
    found["private/rings"] = d.get(private["url"][private["url"].index("/p/"):])[2]
    found["meeting"] = d.get("/meetings/" + next(e.uid for e in ics.events(found["all"])
                                                 if "TZID" in e["DTSTART"].parameters) + ".ics")[2]
    found["sector"] = name
    found["lint"] = [r["rule"] for r in map(json.loads, d.run("--json", "feed", "lint").stdout.splitlines()) if "rule" in r]
    d.stop()
    return found


@pytest.fixture
def kinds(bodies):
    """{kind: body}: the largest feed of each kind."""
    largest = {}
    for name, body in bodies.items():
        kind = name.replace("/", "/ ").split(" ")[0]
        if name not in FACTS and len(body) > len(largest.get(kind, b"")):
            largest[kind] = body
    assert {"all", "editions", "deadlines", "body/", "host/", "cluster/", "private/", "meeting"} <= set(largest)
    return largest


@pytest.fixture
def checked(bodies, kinds):
    """All of them; of a thousand items the largest of each kind only."""
    if bodies["sector"] == "thousand":
        return kinds
    return {name: body for name, body in bodies.items() if name not in FACTS}


# ---------------------------------------------------------------- libraries

def test_octets_of_every_feed(bodies):
    for name, body in bodies.items():
        if name not in FACTS:
            ics.check_octets(body)
    assert set(bodies["lint"]) <= ({"size"} if bodies["sector"] == "thousand" else set())


def test_python_icalendar_finds_no_error(checked):
    icalendar = module("icalendar")
    for name, body in checked.items():
        calendar = icalendar.Calendar.from_ical(body)
        assert all(e.errors == [] for e in calendar.walk("VEVENT")), name
        for zone in calendar.walk("VTIMEZONE"):
            zone.to_tz()
        assert len(calendar.walk("VEVENT")) == len(ics.events(body))


def test_vobject_validates(kinds):
    vobject = module("vobject")
    for name, body in kinds.items():
        assert vobject.readOne(body.decode()).validate(), name


def libical():
    """The library itself, by a way that shares nothing with the daemon."""
    name = ctypes.util.find_library("ical") or "libical.so.3"
    lib = ctypes.CDLL(name)
    for function in ("icalparser_parse_string", "icalcomponent_new_clone"):
        getattr(lib, function).restype = ctypes.c_void_p
    lib.icalcomponent_new_clone.argtypes = lib.icalrestriction_check.argtypes = [ctypes.c_void_p]
    lib.icalcomponent_count_errors.argtypes = lib.icalcomponent_free.argtypes = [ctypes.c_void_p]
    return lib


def test_libical_restrictions(checked):
    lib = libical()
    for name, body in checked.items():
        calendar = lib.icalparser_parse_string(ctypes.c_char_p(body))
        clone = lib.icalcomponent_new_clone(calendar)
        assert (lib.icalrestriction_check(clone), lib.icalcomponent_count_errors(calendar)) == (1, 0), name
        lib.icalcomponent_free(clone)
        lib.icalcomponent_free(calendar)


def test_libical_restrictions_find_something():
    lib = libical()
    bad = lib.icalparser_parse_string(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
                                      b"UID:a\r\nDTSTAMP:20270101T000000Z\r\nSUMMARY:a\r\nDTSTART:20270101T000000Z\r\n"
                                      b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert lib.icalrestriction_check(bad) == 0
    lib.icalcomponent_free(bad)


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
                          capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_ical_js_reads_what_was_meant(kinds):
    for name, body in kinds.items():
        read = {e["uid"]: e for e in ical_js(body)["events"]}
        ours = ics.by_uid(body)
        assert read.keys() == ours.keys(), name
        for uid, e in ours.items():
            assert read[uid]["summary"] == e.summary and read[uid]["sequence"] == e.sequence
            assert (read[uid]["location"] or "") == (e.location if "LOCATION" in e else "")
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
    done = subprocess.run([need("khal"), "-c", str(config), *args], capture_output=True, text=True, timeout=3 * PATIENCE,
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

    def listens():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0
    try:
        wait_for(listens)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_radicale_takes_every_kind_of_feed(bodies, kinds, radicale):
    need("curl")
    if bodies["sector"] != "hostile":
        kinds = {"all": kinds["all"], "deadlines": kinds["deadlines"]}
    for k, (name, body) in enumerate(kinds.items()):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", "u:", "-X", "PUT", "-H",
                               "Content-Type: text/calendar", "--data-binary", "@-",
                               f"http://127.0.0.1:{radicale}/u/c{k}/"], input=body, capture_output=True)
        assert done.stdout == b"201", name


def test_khal_takes_every_kind_of_feed(bodies, kinds, tmp_path):
    if bodies["sector"] != "hostile":
        kinds = {"editions": kinds["editions"], "meeting": kinds["meeting"]}
    config, uids = khal_config(tmp_path), set()
    for k, body in enumerate(kinds.values()):
        (tmp_path / f"{k}.ics").write_bytes(body)
        uids |= set(ics.by_uid(body))
    khal(config, "import", "--batch", "-a", "m", *[str(tmp_path / f"{k}.ics") for k in range(len(kinds))])
    assert len(list((tmp_path / "khal").glob("*.ics"))) == len(uids)


def test_calcurse_takes_every_kind_of_feed(bodies, kinds, tmp_path):
    """It counts what it read and what it skipped, and lists a meeting at the venue's time."""
    need("calcurse")
    env = dict(os.environ, LC_ALL="C.UTF-8", HOME=str(tmp_path), TZ="UTC")
    for k, (name, body) in enumerate(kinds.items()):
        (tmp_path / "f.ics").write_bytes(body)
        done = subprocess.run(["calcurse", "-D", str(tmp_path / f"c{k}"), "-i", str(tmp_path / "f.ics")], env=env,
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        days = sum("VALUE" in e["DTSTART"].parameters for e in ics.events(body))
        timed = len(ics.events(body)) - days
        assert done.returncode == 0 and re.search(rf"{timed} apps? / {days} events? / 0 todos? / 0 skipped", done.stdout), name
        apts = (tmp_path / f"c{k}" / "apts").read_text()
        for e in ics.events(body):
            if "TZID" in e["DTSTART"].parameters:
                assert f"{e['DTSTART'].instant.astimezone(timezone.utc):%m/%d/%Y @ %H:%M} -> " in apts, (name, e.summary)


class Shelf(http.server.BaseHTTPRequestHandler):
    """Serves the bodies of a test."""
    bodies = {}

    def do_GET(self):
        body = self.bodies[self.path]
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_vdirsyncer_takes_every_kind_of_feed(bodies, kinds, tmp_path):
    """One file for each event, and nothing more to copy the second time."""
    need("vdirsyncer")
    if bodies["sector"] != "hostile":
        kinds = {"all": kinds["all"], "private": kinds["private/"]}
    Shelf.bodies = {f"/{k}.ics": body for k, body in enumerate(kinds.values())}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    text = f'[general]\nstatus_path = "{tmp_path}/status"\n'
    for k in range(len(kinds)):
        (tmp_path / f"files{k}").mkdir()
        text += f"""[pair p{k}]
a = "r{k}"
b = "l{k}"
collections = null
[storage r{k}]
type = "http"
url = "http://127.0.0.1:{server.server_port}/{k}.ics"
[storage l{k}]
type = "filesystem"
path = "{tmp_path}/files{k}"
fileext = ".ics"
"""
    (tmp_path / "config").write_text(text)
    said = []
    for word in ("discover", "sync", "sync"):
        done = subprocess.run(["vdirsyncer", "-c", str(tmp_path / "config"), word], input="y\n" * 20, capture_output=True,
                              text=True, timeout=3 * PATIENCE, env=dict(os.environ, LC_ALL="C.UTF-8", HOME=str(tmp_path)))
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout + done.stderr)
    server.shutdown()
    server.server_close()
    for k, (name, body) in enumerate(kinds.items()):
        assert len(list((tmp_path / f"files{k}").glob("*.ics"))) == len(ics.events(body)), name
    assert "Copying" in said[1] and "Copying" not in said[2]


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
                              capture_output=True, text=True, timeout=3 * PATIENCE,
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



class Life:
    """A sector whose item is followed through subscribers, step by step."""

    def __init__(self, where, tmp_path):
        self.d, self.last = Daemon(where), {}
        self.d.ctl("plan", "2027")
        self.d.ctl("release")
        self.phone = Subscriber(tmp_path, f"http://127.0.0.1:{self.d.port}/feeds/all.ics")
        self.shown = self.phone.sync()
        assert len(self.shown) == len(ics.events(ics.feed(self.d)))
        self.phone.sync()
        assert self.phone.copied == 0

    def remember(self, uid):
        e = self.phone.sync()[uid]
        self.last[uid] = e.sequence, e.modified
        return e

    def release(self, *commands):
        for said in commands:
            self.d.ctl(*said)
        self.d.ctl("clock", "+1 hour")
        self.d.ctl("release")
        return self.phone.sync()

    def js(self, uid):
        return [e for e in ical_js(ics.feed(self.d))["events"] if e["uid"] == uid]

    def step(self, uid, *commands, grows_by=1):
        """One event, in both subscribers, with numbers that have grown; nothing more to copy."""
        e = self.release(*commands)[uid]
        [js] = self.js(uid)
        assert js["sequence"] == e.sequence and js["summary"] == e.summary and js["status"] == e.status
        assert js["modified"] == e.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
        sequence, modified = self.last[uid]
        assert e.sequence == sequence + grows_by if grows_by else e.sequence > sequence, (commands, e.sequence, sequence)
        assert e.modified > modified, commands
        self.last[uid] = e.sequence, e.modified
        self.phone.sync()
        assert self.phone.copied == 0
        return e

    def rules(self, change):
        text = self.d.rules_file.read_text()
        new = change(text)
        assert new != text
        self.d.rules_file.write_text(new)
        return ("reload",)

    def restore(self, file):
        """As convened(8) says: the copy in the database's place, the file `sequence` stays."""
        now = self.d.ctl("status")[0]["now"]
        self.d.stop()
        for old in (self.d.path / "state").glob("convened.db*"):
            if not old.name.endswith("lock"):
                old.unlink()
        shutil.copyfile(file, self.d.path / "state/convened.db")
        self.d.clock = now
        self.d.start()


def rename_body(text):
    """ADGSOM becomes ADGSENIOR, wherever it stands, and keeps its former name."""
    text = re.sub(r"\bADGSOM\b(?![-+])", "ADGSENIOR", text)
    return re.sub(r"(\n  formerly  TELSOM )", r'\n  formerly  ADGSOM "Digital Senior Officials" until 2026-12\1', text, count=1)


def test_life_of_an_event_through_vdirsyncer_and_ical_js(where, tmp_path):
    """Proposed span, confirmed with times, moved, retitled, body renamed, venue changed, cancelled, reinstated, withdrawn,
    and all of it after a restore."""
    need("vdirsyncer")
    life = Life(where, tmp_path)
    d = life.d
    span_uid, span = next((u, e) for u, e in life.shown.items() if e.text("URL").endswith(EDITION))
    assert span.status == "TENTATIVE" and span["DTSTART"].parameters == {"VALUE": "DATE"}
    life.remember(span_uid)
    assert life.step(span_uid, ("confirm", EDITION)).status == "CONFIRMED"
    uid = next(r["uid"] for r in d.ctl("agenda", EDITION, "--release", "2") if r["item"] == ITEM)
    assert life.remember(uid)["DTSTART"].parameters == {"TZID": "Asia/Brunei"}
    moved = life.step(uid, ("move", ITEM, "2027-01-20T16:30"))
    assert moved["DTSTART"].value == "20270120T163000"
    retitled = life.rules(lambda t: t.replace('"{nth} ADGSOM with {partner}"', '"{nth} ADGSOM meets {partner}"'))
    assert "ADGSOM meets Japan" in life.step(uid, retitled).summary
    assert "State of Japan" in life.step(uid, life.rules(lambda t: t.replace('"Japan"', '"State of Japan"'))).summary
    d.ctl("backup", where / "old.db")
    renamed = life.step(uid, life.rules(rename_body))
    assert "ADGSENIOR meets" in renamed.summary and [p.text for p in renamed.all("CATEGORIES")] == ["ADGSENIOR"]
    assert ics.by_uid(ics.feed(d, "ADGSOM")).keys() == ics.by_uid(ics.feed(d, "ADGSENIOR")).keys() > {uid, span_uid}
    assert "Tutong" in life.step(uid, ("confirm", EDITION, "--city", "Tutong")).location
    assert life.step(uid, ("cancel", ITEM)).status == "CANCELLED"
    assert life.step(uid, ("reinstate", ITEM)).status == "CONFIRMED"
    assert uid not in life.release(("audience", ITEM, "nobody")) and life.js(uid) == []  # withdrawn
    assert life.step(uid, ("audience", ITEM, "all"), grows_by=0).status == "CONFIRMED"
    assert life.step(uid, ("cancel", EDITION)).status == "CANCELLED"

    life.restore(where / "old.db")  # knows nothing of the last seven releases
    again = life.step(uid, grows_by=0)
    assert again.status == "CONFIRMED" and "Bandar Seri Begawan" in again.location and "ADGSENIOR" in again.summary
    assert "Seria" in life.step(uid, ("confirm", EDITION, "--city", "Seria")).location
    assert life.step(uid, ("cancel", ITEM)).status == "CANCELLED"
    assert life.remember(span_uid).sequence > span.sequence + 1
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
