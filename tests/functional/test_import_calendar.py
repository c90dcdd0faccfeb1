"""import holidays FILE.ics: what makers of calendars write, and what hostile
ones do. convene-reader reads it; the daemon sees a table."""
import shutil
import subprocess

import pytest
from conftest import BUILD, PATIENCE, Failed

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Holidays//EN\r\n"
ZONE = ("BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "RRULE:FREQ=SECONDLY\r\nSUMMARY:no holiday\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")


def calendar(*events, head=HEAD):
    return head + "".join(f"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n" for e in events) + "END:VCALENDAR\r\n"


def event(day, name, *more):
    return "\r\n".join([f"DTSTART;VALUE=DATE:{day}", f"SUMMARY:{name}", *more])


@pytest.fixture
def take(daemon, where):
    def take(text, *words, name="bn.ics", kind="holidays"):
        file = where / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return daemon.ctl("import", kind, file, *words)
    return take


def days(daemon, span, cc="BN"):
    return {(h["date"], h["name"]): h for h in daemon.ctl("holidays", cc, span)
            if h["source"].startswith("import")}


def faults(take, text, *words, **more):
    with pytest.raises(Failed) as failed:
        take(text, *words, **more)
    assert failed.value.status == 65
    return [(r["line"], r["text"]) for r in failed.value.rows]


def test_days_of_a_calendar_are_taken_in(daemon, take):
    text = calendar(
        event("20310310", "Hari Kebangsaan\\, negara", "DTEND;VALUE=DATE:20310311",
              "DESCRIPTION:Public holiday", "UID:1@x"),
        event("20310401", "Aidil Fitri", "DTEND;VALUE=DATE:20310404"),  # the 4th is not in it
        event("20310501", "วันแรงงาน หยุดราช", "DESCRIPTION:Observance\\nTo hide observances"),
        event("20310601", "A long na\r\n me", "DURATION:P2D", "CATEGORIES:Holidays,School"),
        event("20310701", "Called off", "STATUS:CANCELLED"),
        "DTSTART:20310801T000000\r\nDTEND:20310802T000000\r\nSUMMARY:Midnight",
        head="\ufeff" + HEAD + ZONE)
    shown = take(text, "--dry-run")
    assert [(r["line"], r["change"], r["thing"]) for r in shown][:2] == \
        [(12, "added", "BN 2031-03-10"), (19, "added", "BN 2031-04-01")]
    assert days(daemon, "2031") == {}
    take(text)
    taken = days(daemon, "2031")
    assert sorted(taken) == [
        ("2031-03-10", "Hari Kebangsaan, negara"), ("2031-04-01", "Aidil Fitri"),
        ("2031-04-02", "Aidil Fitri"), ("2031-04-03", "Aidil Fitri"),
        ("2031-05-01", "วันแรงงาน หยุดราช"), ("2031-06-01", "A long name"),
        ("2031-06-02", "A long name"), ("2031-08-01", "Midnight")]
    assert taken["2031-05-01", "วันแรงงาน หยุดราช"]["kind"] == "observance"
    assert taken["2031-06-02", "A long name"]["kind"] == "school"
    assert taken["2031-03-10", "Hari Kebangsaan, negara"]["kind"] == "public"
    again = daemon.run("import", "holidays", daemon.path / "bn.ics").stdout
    assert "added 0, changed 0, unchanged 8" in again


def test_what_comes_every_year_is_taken_for_the_years_asked(daemon, take):
    text = calendar(event("19840101", "National Day", "RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"),
                    event("20000229", "Leap Day", "RRULE:FREQ=YEARLY"),
                    event("20300505", "Twice", "RRULE:FREQ=YEARLY;COUNT=2"),
                    event("20300606", "Until", "RRULE:FREQ=YEARLY;UNTIL=20310606T000000Z"),
                    event("20290707", "Every other", "RRULE:FREQ=YEARLY;INTERVAL=2"),
                    event("20301231", "Two years' eve", "DURATION:P2D", "RRULE:FREQ=YEARLY"),
                    event("20350101", "Later"))
    lines = faults(take, text)
    assert [line for line, _ in lines] == [7, 12, 17, 22, 27, 33]
    assert all("--years" in said for _, said in lines)
    take(text, "--years", "2031..2032")
    assert sorted(days(daemon, "2029..2036")) == [
        ("2031-01-01", "National Day"), ("2031-01-01", "Two years' eve"),
        ("2031-05-05", "Twice"), ("2031-06-06", "Until"), ("2031-07-07", "Every other"),
        ("2031-12-31", "Two years' eve"), ("2032-01-01", "National Day"),
        ("2032-01-01", "Two years' eve"), ("2032-02-29", "Leap Day"),
        ("2032-12-31", "Two years' eve")]


def test_one_bad_event_and_nothing_is_taken(daemon, take):
    text = calendar(event("20310101", "Good"),
                    "DTSTART:20310102T090000Z\r\nSUMMARY:Timed",
                    event("20310230", "No such day"),
                    event("20310103", ""),
                    event("20310104", "Backwards", "DTEND;VALUE=DATE:20310101"),
                    event("20310105", "Too long", "DTEND;VALUE=DATE:20320105"),
                    event("20310106", "Mondays", "RRULE:FREQ=WEEKLY"),
                    event("20310107", "Third Monday", "RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=3MO"),
                    event("20310108", "Exceptions", "RDATE;VALUE=DATE:20320101"),
                    "SUMMARY:Without a day")
    lines = faults(take, text, "--years", "2031")
    assert len(lines) == 9
    for (line, said), (number, words) in zip(lines, [
            (9, "no whole day"), (13, "no whole day"), (16, "no name"), (21, "before it begins"),
            (26, "more than 31 days"), (33, "every year on its day"),
            (38, "every year on its day"), (43, "exceptions"), (45, "has no day")]):
        assert line == number and words in said, (line, said)
    assert days(daemon, "2031") == {}


def test_only_holidays_come_as_a_calendar(daemon, take):
    with pytest.raises(Failed) as failed:
        take(calendar(event("20310101", "x")), kind="contacts")
    assert failed.value.status == 65 and "only holidays" in failed.value.error["text"]
    with pytest.raises(Failed) as failed:
        take("date,name\n2031-01-01,x\n", "--years", "2031", name="bn.csv")
    assert failed.value.status == 64
    assert "no country" in faults(take, calendar(event("20310101", "x")), name="brunei.ics")[0][1]
    # The daemon itself reads no calendar, whoever sends it one.
    with pytest.raises(Failed) as failed:
        daemon.call("import", {"kind": "holidays", "name": "bn.ics",
                               "text": calendar(event("20310101", "x"))})
    assert "column" in failed.value.error["text"]


@pytest.mark.parametrize("text, words", [
    ("", "no calendar"),
    ("date,name\n2031-01-01,x\n", "no calendar"),
    (HEAD + "END:VCALENDAR\r\n", "no events"),
    (HEAD + "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20310101\r\n", "cut off"),
    (HEAD + "BEGIN:X\r\n" * 50_000, "cut off"),
    (calendar(*[event("20310101", "x")] * 6000), "too many days"),
    (calendar(event("20310101", "x" * 20_000)), "too long"),
    (calendar(event("20310101", "x", "RRULE:" + "FREQ=YEARLY;" * 3000)), "too long"),
    (calendar(event("20310101", "x", "RRULE:FREQ=YEARLY;INTERVAL=0")), "every year on its day"),
    (calendar(event("20310101", "x", "DURATION:P99999999999999999999D")), "number of days"),
    (calendar(event("99999999", "x")), "no whole day"),
    (HEAD + "BEGIN:VEVENT\r\n" + "\r\n " * 200_000 + "END:VEVENT\r\nEND:VCALENDAR\r\n", "has no day"),
], ids=range(12))
def test_hostile_calendars_are_refused(daemon, take, text, words):
    lines = faults(take, text, "--years", "1900..2199")
    assert any(words in said for _, said in lines), lines[:3]
    assert daemon.ctl("status")[0]["release"] is None


def test_a_reader_that_dies_takes_nothing_with_it(daemon, where):
    (where / "bin").mkdir()
    shutil.copy(BUILD / "convenectl", where / "bin/convenectl")
    reader = where / "bin/convene-reader"
    reader.write_text("#!/bin/sh\nkill -9 $$\n")
    reader.chmod(0o755)
    (where / "bn.ics").write_text(calendar(event("20310101", "x")))
    done = subprocess.run([where / "bin/convenectl", "-s", daemon.socket, "import", "holidays", where / "bn.ics"],
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 65 and "bn.ics: reading it ended by signal 9" in done.stderr
    assert days(daemon, "2031") == {}
