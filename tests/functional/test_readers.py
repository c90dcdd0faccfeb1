"""Every public feed through the readers that delegates' programs are made of."""
import json
import shutil
import subprocess
import warnings

import icalendar
import pytest
import vobject
from conftest import PATIENCE, SOURCE

NODE = """
import fs from "node:fs";
const ICAL = (await import(process.argv[2])).default;
const out = {};
for (const file of process.argv.slice(3)) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(file, "utf8")));
  for (const zone of calendar.getAllSubcomponents("vtimezone"))
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  out[file] = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return [event.uid, event.startDate.toJSDate().toISOString(), component.getFirstPropertyValue("sequence")];
  });
}
console.log(JSON.stringify(out));
"""


@pytest.fixture
def feeds(planned):
    """All public feeds as files, one confirmed edition in them."""
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    files = {}
    for row in planned.ctl("feeds"):
        path = planned.path / (row["feed"].replace("/", "-") + ".ics")
        status, headers, body = planned.get(row["url"].split(str(planned.port))[1])
        assert status == 200 and headers["Content-Type"] == "text/calendar; charset=utf-8"
        path.write_bytes(body)
        files[row["feed"]] = path
    assert len(files) > 30
    return files


def test_python_icalendar_reads_every_feed(feeds):
    events = 0
    for name, path in feeds.items():
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
        for event in calendar.walk("VEVENT"):
            assert event.errors == [], name
            events += 1
        for zone in calendar.walk("VTIMEZONE"):
            zone.to_tz()
    assert events > 100


def test_vobject_accepts_every_feed(feeds):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, path in feeds.items():
            calendar = vobject.readOne(path.read_bytes().decode())
            if hasattr(calendar, "vevent"):
                assert calendar.validate(raiseException=True), name


def test_ical_js_reads_every_feed_and_agrees_on_the_instants(planned, feeds):
    library = SOURCE / "tests/node_modules/ical.js"
    if not library.exists() or not shutil.which("node"):
        pytest.skip("ical.js is not installed")
    entry = library / "dist" / "ical.js"
    script = planned.path / "read.mjs"
    script.write_text(NODE)
    done = subprocess.run(["node", script, entry, *feeds.values()], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    read = {uid: start for uid, start, _ in json.loads(done.stdout)[str(feeds["all"])]}
    for item in planned.ctl("agenda", "MINISTERIAL-2027", "--release", "1"):
        assert read[item["uid"]] == item["start_utc"].replace("Z", ".000Z"), item["item"]


def test_vdirsyncer_sees_a_move_as_a_change_of_one_event(planned):
    """A subscriber that keeps a file per event, as phones and desktops do."""
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    there = planned.path / "calendar"
    config = planned.path / "vdirsyncer.conf"
    config.write_text(f"""
[general]
status_path = "{planned.path}/status"
[pair p]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{there}"
fileext = ".ics"
[storage there]
type = "http"
url = "http://127.0.0.1:{planned.port}/feeds/ADGMIN.ics"
""")
    there.mkdir()

    def sync():
        for step in (["discover"], ["sync"]):
            done = subprocess.run(["vdirsyncer", "-c", str(config), *step], capture_output=True,
                                  text=True, input="y\n", timeout=3 * PATIENCE)
            assert done.returncode == 0, done.stdout + done.stderr
        found = {}
        for path in there.glob("*.ics"):
            event = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")[0]
            found[path.name] = (str(event["SUMMARY"]), event.decoded("DTSTART"), event["SEQUENCE"],
                                path.stat().st_mtime_ns)
        return found

    first = sync()
    assert len(first) > 8
    assert sync() == first  # nothing is copied twice
    planned.ctl("move", "MINISTERIAL-2027/SIGNING", "2027-01-22T16:00")
    planned.ctl("release")
    second = sync()
    # Its storage for plain addresses names a file after the event's octets, so a
    # changed event is one file for another; nothing else is touched.
    gone = [first[name] for name in first.keys() - second.keys()]
    come = [second[name] for name in second.keys() - first.keys()]
    assert len(gone) == len(come) == 1 and len(second) == len(first)
    assert come[0][0] == gone[0][0] and come[0][1] > gone[0][1]
    assert come[0][2] == gone[0][2] + 1
    assert all(second[name] == first[name] for name in first.keys() & second.keys())
