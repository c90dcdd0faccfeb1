"""The zone database is updated while a calendar is published: the wall clock of a meeting stays, its instant moves."""
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import Daemon, release_edition
from test_replies import ATTENDEE, ics_of, mail_of

SYSTEM = Path("/usr/share/zoneinfo")
ZONE = "Asia/Brunei"  # of the host of 2027
EDITION = "RETREAT-2027"  # no partners, whose clocks there would be others
DESK = "desk@secretariat.example"


def update(zones, law, version):
    """What a new edition of the database brings: the zone has the clock of another one."""
    file = zones / ZONE
    file.unlink(missing_ok=True)
    shutil.copy(SYSTEM / law, file)
    (zones / "tzdata.zi").write_text(f"# version {version}\n")


@pytest.fixture
def zones(where, monkeypatch):
    """A zone database of our own: symbolic links but for the zone that changes."""
    here = where / "zoneinfo"
    (here / "Asia").mkdir(parents=True)
    for path in SYSTEM.iterdir():
        if path.name not in ("Asia", "tzdata.zi"):
            (here / path.name).symlink_to(path)
    for path in (SYSTEM / "Asia").iterdir():
        if path.name != "Brunei":
            (here / "Asia" / path.name).symlink_to(path)
    update(here, ZONE, "2026x")
    monkeypatch.setenv("TZDIR", str(here))
    return here


@pytest.fixture
def released(where, zones):
    d = Daemon(where)
    release_edition(d, EDITION, DESK)
    yield d
    d.stop()


def invitations(d, kind="invitation"):
    return [m for m in d.ctl("outbox", "--edition", EDITION) if m["to"] == ATTENDEE and m["kind"] == kind]


def status(d):
    return d.ctl("status")[0]


def events(d):
    """UID -> the lines of its event, as served."""
    body = d.get("/feeds/all.ics")[2].decode().replace("\r\n ", "")
    return {re.search(r"\r\nUID:(\S+)", e).group(1): e for e in body.split("BEGIN:VEVENT")[1:]}


def utc_of(event):
    return datetime.strptime(re.search(r"DTSTART:(\S+)Z", event).group(1), "%Y%m%dT%H%M%S")


def notices(d):
    return [m for m in d.ctl("outbox") if m["to"] == DESK and m["kind"] == "notice"]


def restart(d):
    d.stop()
    d.start()


def again(d):
    d.ctl("reload")


@pytest.mark.parametrize("learn", [restart, again], ids=["restart", "reload"])
def test_the_desk_is_told_and_the_next_release_tells_all(released, zones, learn):
    d = released
    assert status(d)["zones"] == "2026x" and status(d)["zones_moved"] == 0
    before, invited = events(d), invitations(d)
    items = {i["item"]: i for i in d.ctl("agenda", EDITION)}
    update(zones, "Asia/Tokyo", "2026y")
    learn(d)
    now = status(d)
    assert now["zones"] == "2026y" and now["zones_moved"] == len(items) and now["draft_changes"] > 0
    notice, = notices(d)
    text = re.sub(r"\s+", " ", mail_of(d, notice).get_body(("plain",)).get_content())
    assert "2026x" in text and "2026y" in text and f"{len(items)} meetings" in text
    # What is served is what was released.
    assert events(d) == before
    rows = [r for r in d.ctl("diff") if r["field"] == "start_utc"]
    assert {r["item"] for r in rows} == set(items)
    assert all(r["old"] == items[r["item"]]["start_utc"] for r in rows)
    learn(d)
    assert len(notices(d)) == 1, "once"

    d.ctl("clock", "+1 hour")
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")
    after = events(d)
    for uid, was in before.items():
        moved = f"DTSTART;TZID={ZONE}:" in was
        sequence = [int(re.search(r"\r\nSEQUENCE:(\d+)", e).group(1)) for e in (was, after[uid])]
        assert sequence[1] == sequence[0] + moved, uid
        if moved:  # the same on the wall; libical reads the system's zones, so it comes in UTC here
            wall = re.search(rf"DTSTART;TZID={ZONE}:(\S+)", was).group(1)
            assert utc_of(after[uid]) == datetime.strptime(wall, "%Y%m%dT%H%M%S") - timedelta(hours=9)
    # Calendars of those invited hear it, and the letter says both clocks.
    changed = invitations(d, kind="change")
    assert len(changed) == len(invited)
    mail = mail_of(d, changed[0])
    calendar, _ = ics_of(mail)
    wall = utc_of(calendar) + timedelta(hours=9)
    assert f"{wall:%H:%M}-" in mail.get_body(("plain",)).get_content()
    assert "UTC+9)" in mail.get_body(("plain",)).get_content()
    digest = [m for m in d.ctl("outbox") if m["to"] == ATTENDEE and m["kind"] == "digest"][-1]
    assert "time in UTC" in re.sub(r"\s+", " ", mail_of(d, digest).get_body(("plain",)).get_content())
    now = status(d)
    assert now["zones_moved"] == 0 and now["draft_changes"] == 0
    learn(d)
    assert len(notices(d)) == 1


def test_an_update_that_moves_nothing_is_no_news(released, zones):
    update(zones, "Asia/Singapore", "2026y")  # the same clock
    restart(released)
    now = status(released)
    assert now["zones"] == "2026y" and now["zones_moved"] == 0 and now["draft_changes"] == 0
    assert not notices(released)


def test_what_is_over_stays_as_it_was(released, zones):
    released.ctl("confirm", "MINISTERIAL-2027")
    released.ctl("release", "--send")
    released.ctl("clock", "2027-09-01")
    update(zones, "Asia/Tokyo", "2026y")
    again(released)
    now = status(released)
    assert now["zones_moved"] == 0 and now["draft_changes"] == 0
    assert not [n for n in notices(released) if "2026y" in n["subject"]]


def test_reminders_say_the_clock_of_the_venue_until_then(released, zones):
    """The desk has not released yet: nobody is told another clock on the wall than the calendar shows."""
    update(zones, "Asia/Tokyo", "2026y")
    restart(released)
    first = min(released.ctl("agenda", EDITION), key=lambda i: i["start"])
    released.ctl("clock", "2027-08-01T12:00:00Z")
    reminder = [m for m in released.ctl("outbox") if m["to"] == ATTENDEE and m["kind"] == "reminder"][-1]
    text = mail_of(released, reminder).get_body(("plain",)).get_content()
    assert first["start"][11:16] in text
