"""Every zone of the zone tables, as a calendar program without a zone database of its own reads it from a feed.

The feed has a meeting in each zone in 2024 and one in 2037. Its VTIMEZONE alone, read three times by code that shares
nothing, is asked for the offset around every change of the clock in those years, and between the changes; what the system's
zone database says must be the same. A zone whose clock no such block can follow goes out in UTC.
"""
import io
import re
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import ics
from conftest import BUILD, PATIENCE, Daemon

TABLES = [Path("/usr/share/zoneinfo/zone.tab"), Path("/usr/share/zoneinfo/zone1970.tab")]
NAMES = sorted({line.split("\t")[2].strip() for table in TABLES for line in table.read_text().splitlines()
                if line[0] != "#"})
FIRST, LAST = datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2038, 1, 1, tzinfo=timezone.utc)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    path = tmp_path_factory.mktemp("zones") / "all.ics"
    subprocess.run([str(BUILD / "test_publish_zones"), str(path)], check=True, timeout=3 * PATIENCE)
    return path.read_bytes()


def moments(name):
    """Just before and at each change of a clock, and once a month."""
    zone = ZoneInfo(name)
    found, day = [], FIRST
    while day < LAST:
        if day.day == 1:
            found.append(day)
        lo, hi = day, day + DAY
        if lo.astimezone(zone).utcoffset() != hi.astimezone(zone).utcoffset():
            while hi - lo > SECOND:
                mid = lo + (hi - lo) // SECOND // 2 * SECOND
                lo, hi = (mid, hi) if mid.astimezone(zone).utcoffset() == lo.astimezone(zone).utcoffset() else (lo, mid)
            found += [lo, hi]
        day += DAY
    return [(at, at.astimezone(zone).utcoffset()) for at in found]


EXPECTED = {name: moments(name) for name in NAMES}


def offset(text):
    hours, minutes = int(text[1:3]), int(text[3:5])
    return (timedelta(hours=hours, minutes=minutes)) * (-1 if text[0] == "-" else 1)


def onsets(part):
    """When a STANDARD or DAYLIGHT begins, in UTC."""
    start = datetime.strptime(part["DTSTART"].value, "%Y%m%dT%H%M%S")
    before = offset(part["TZOFFSETFROM"].value)
    if "RRULE" not in part:
        return [start.replace(tzinfo=timezone.utc) - before]
    rule = dict(p.split("=") for p in part["RRULE"].value.split(";"))
    n, weekday = re.fullmatch(r"(-?\d)(..)", rule["BYDAY"]).groups()
    found = []
    for year in range(start.year, 2039):
        month = datetime(year, int(rule["BYMONTH"]), 1)
        days = [month + k * DAY for k in range(31) if (month + k * DAY).month == month.month]
        days = [d for d in days if DAYS[d.weekday()] == weekday]
        day = days[int(n)] if int(n) < 0 else days[int(n) - 1]
        found.append(datetime.combine(day, start.time(), timezone.utc) - before)
    return found


def changes_of(block):
    """[(instant, offset from then on)] in order."""
    return sorted((at, offset(p["TZOFFSETTO"].value)) for p in block.parts for at in onsets(p))


def test_the_tables_are_there():
    assert len(NAMES) > 400 and {"Africa/Casablanca", "Africa/El_Aaiun", "Europe/Brussels", "Asia/Kathmandu"} <= set(NAMES)


def test_every_zone_is_a_block_that_agrees_or_goes_out_in_utc(body):
    calendar = ics.read(body)
    blocks = {z.text("TZID"): z for z in calendar.kinds("VTIMEZONE")}
    events = {}
    for e in calendar.kinds("VEVENT"):
        events.setdefault(e.summary, []).append(e)
    assert sorted(events) == NAMES and all(len(rows) == 2 for rows in events.values())
    wrong = []
    for name, block in blocks.items():
        changes = changes_of(block)
        assert changes[0][0] <= FIRST, name
        for at, wanted in EXPECTED[name]:
            said = [after for since, after in changes if since <= at][-1]
            if said != wanted:
                wrong.append((name, at, said, wanted))
    assert wrong == []
    for name, rows in events.items():
        for e in rows:
            start = e["DTSTART"]
            if name in blocks:
                assert start.parameters == {"TZID": name} and not start.value.endswith("Z")
            else:
                assert start.parameters == {} and start.value.endswith("Z")
            local = start.instant.astimezone(ZoneInfo(name))
            assert (local.hour, local.minute) == (9, 0), name


def test_zones_that_a_yearly_rule_can_follow_are_not_sent_in_utc(body):
    """Steady clocks, and those that change as Brussels does; few are unlike both and have no block."""
    blocks = {z.text("TZID") for z in ics.read(body).kinds("VTIMEZONE")}
    without = set(NAMES) - blocks
    assert "Africa/Casablanca" in without and "Africa/El_Aaiun" in without  # by the moon
    steady = {name for name in NAMES if len({w for _, w in EXPECTED[name]}) == 1}
    assert steady <= blocks
    european = {name for name in NAMES if [(a.month, a.day, a.hour) for a, _ in EXPECTED[name]] ==
                [(a.month, a.day, a.hour) for a, _ in EXPECTED["Europe/Brussels"]]}
    assert len(european) > 20 and european - blocks <= {"America/Nuuk"}  # had its standard time changed months before
    assert len(without) < 30


def test_dateutil_reads_the_same(body):
    tz = pytest.importorskip("dateutil.tz", reason="python3-dateutil is not installed")
    zones = tz.tzical(io.StringIO(body.decode()))
    assert len(zones.keys()) == body.count(b"BEGIN:VTIMEZONE")
    for name in zones.keys():
        zone = zones.get(name)
        for at, wanted in EXPECTED[name][::5]:
            near = [w for other, w in EXPECTED[name] if abs(at - other) < timedelta(hours=3)]
            if set(near) == {wanted}:  # an hour that comes twice is the first to dateutil: ask outside of it
                assert (at + wanted).replace(tzinfo=zone).utcoffset() == wanted, (name, at)


def test_python_icalendar_reads_the_same(body):
    icalendar = pytest.importorskip("icalendar", reason="python3-icalendar is not installed")
    for block in icalendar.Calendar.from_ical(body).walk("VTIMEZONE"):
        zone, name = block.to_tz(), str(block["TZID"])
        for at, wanted in EXPECTED[name]:
            if at.year < 2037:  # its tables end there
                assert at.astimezone(zone).utcoffset() == wanted, (name, at)


def test_awkward_zones_through_a_real_feed(where):
    """The same through the daemon and HTTP: a cluster in each."""
    names = ["Africa/Casablanca", "Africa/El_Aaiun", "Asia/Jerusalem", "Pacific/Chatham", "Australia/Lord_Howe",
             "America/St_Johns", "Asia/Kathmandu", "Europe/Dublin", "Antarctica/Troll", "Pacific/Kiritimati",
             "America/New_York", "Europe/Zurich"]
    lines = ['sector ZONES "Zones"', "  cycle calendar year", "  notice 30 days", "  hours 09:00 .. 17:00",
             "  levels director", '  seat "City" in M0']
    for n, zone in enumerate(names):
        lines += [f'member M{n} "Member {n}" since 1967-08-08 city "City" zone {zone} holidays M0',
                  f'body B{n} "Body {n}"', "  level director", f'cluster C{n} "{zone}"', "  times 1 per cycle",
                  f"  window {'25 Mar .. 8 Apr' if n % 2 else '20 Oct .. 5 Nov'}", "  lasts 1 day", f"  host M{n}",
                  f'  meeting M "{zone}" of B{n} 60 min']
    d = Daemon(where, rules="\n".join(lines) + "\n")
    d.ctl("plan", "2027")
    for n in range(len(names)):
        d.call("confirm", {"edition": f"C{n}-2027"})
    d.ctl("release")
    calendar = ics.read(ics.feed(d))
    agenda = {n: d.ctl("agenda", f"C{n}-2027")[0] for n in range(len(names))}
    d.stop()
    blocks = {z.text("TZID"): changes_of(z) for z in calendar.kinds("VTIMEZONE")}
    assert "Asia/Jerusalem" not in blocks and {"Europe/Dublin", "Pacific/Chatham", "Asia/Kathmandu"} <= set(blocks)
    meetings = {e.summary: e["DTSTART"] for e in calendar.kinds("VEVENT") if "VALUE" not in e["DTSTART"].parameters}
    assert sorted(meetings) == sorted(names)
    for n, name in enumerate(names):
        start, wanted = meetings[name], datetime.fromisoformat(agenda[n]["start_utc"].replace("Z", "+00:00"))
        if name in blocks:
            wall = datetime.strptime(start.value, "%Y%m%dT%H%M%S").replace(tzinfo=timezone.utc)
            offsets = [after for since, after in blocks[name] if since <= wanted]
            assert wall - offsets[-1] == wanted, name
        else:
            assert start.instant == wanted and start.value.endswith("Z")
