"""Feeds as octets: what every calendar product needs, line by line.

The names of tests follow the checklist of docs/clients.md.
"""
import re
from datetime import date, datetime, timedelta, timezone

import pytest

import ics
import sectors
from conftest import SOURCE, Daemon, Failed

STATUSES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
EDITION = "MINISTERIAL-2027"
ITEM = "MINISTERIAL-2027/SOM+1:JP"


def make(where, name, **options):
    d = Daemon(where / name, **options)
    d.ctl("plan", "2027")
    return d


def confirm_all(daemon):
    for row in daemon.ctl("editions", "2027"):
        if row["start"]:
            daemon.ctl("confirm", row["edition"])


@pytest.fixture
def sector(where):
    """The shipped sector, some of it confirmed, released once."""
    d = Daemon(where)
    d.ctl("plan", "2027..2028")
    d.ctl("confirm", EDITION)
    d.ctl("release")
    assert d.ctl("status")[0]["bad_feeds"] is None  # else a test would see those that are good alone
    yield d
    d.stop()


@pytest.fixture
def hostile(where):
    """A sector whose every word is hostile to some reader."""
    d = Daemon(where, rules=sectors.HOSTILE)
    d.ctl("plan", "2027")
    confirm_all(d)
    d.ctl("meeting", "BE-2027", "QUOTE", 'Say "hello"; then, \\ go \\n 再见', "--at", "2027-03-22T17:00",
          "--for", "20 min", "--of", "DUO")
    d.ctl("confirm", "US-2027", "--city", 'The "Big", Apple; \\N')
    d.ctl("release")
    assert d.ctl("status")[0]["bad_feeds"] is None
    yield d
    d.stop()


@pytest.fixture(params=["shipped", "hostile"])
def any_sector(request):
    return request.getfixturevalue({"shipped": "sector"}.get(request.param, request.param))


def release(daemon):
    daemon.ctl("clock", "+1 hour")
    daemon.ctl("release")


# ---------------------------------------------------------------- octets

def test_octets_of_every_feed(any_sector):
    for name, body in ics.feeds(any_sector).items():
        ics.check_octets(body)
        assert b"\xef\xbb\xbf" not in body, name


def test_no_trailing_blank_on_unfolded_lines(any_sector):
    for name, body in ics.feeds(any_sector).items():
        assert not [line for line in ics.lines(body) if line.endswith((" ", "\t"))], name


def test_fold_never_inside_a_character_and_as_full_as_it_goes(hostile):
    folded = 0
    for body in ics.feeds(hostile).values():
        parts = body.split(b"\r\n")
        for first, second in zip(parts, parts[1:]):
            if second.startswith(b" "):
                folded += 1
                head = second[1:].decode()[0].encode()
                assert len(first) + len(head) > 75, (first, second)
    assert folded > 100


def test_text_escapes_say_what_was_meant(hostile):
    spans = {e.summary for e in ics.events(ics.feed(hostile, "editions"))}
    assert "สัปดาห์, การประชุม; 'ไทย'" in spans
    assert "Réunion “de haut niveau” 🇧🇪" in spans
    assert "部长级会议，以及\\相关会议" in spans
    body = ics.feed(hostile)
    event = next(e for e in ics.events(body) if e.summary.startswith("Say"))
    assert event.summary == 'Say "hello"; then, \\ go \\n 再见'
    assert event["SUMMARY"].value == 'Say "hello"\\; then\\, \\\\ go \\\\n 再见'
    assert 'The "Big", Apple; \\N, United States' in {e.location for e in ics.events(body)}
    assert "Bruxelles; Brussel, Königreich Belgien" in {e.location for e in ics.events(body)}


def test_calendar_names_are_escaped_text(hostile):
    for name, wanted in (("partner-EU", "Consultations with European Union\\, the"),
                         ("partner-UN", "Consultations with United \\\\\\\\ Nations"),
                         ("host-VN", "Meetings hosted by Việt Nam\\; 'Nước'")):
        calendar = ics.read(ics.feed(hostile, name))
        assert calendar["NAME"].value == calendar["X-WR-CALNAME"].value
        assert calendar["DESCRIPTION"].value == calendar["X-WR-CALDESC"].value == wanted
    assert calendar["NAME"].value == "Test Calendar: hosted by Việt Nam\\; 'Nước'"


def test_no_title_makes_a_component(hostile):
    for body in ics.feeds(hostile).values():
        calendar = ics.read(body)
        assert {c.name for c in calendar.parts} <= {"VTIMEZONE", "VEVENT"}
        assert not [p for e in calendar.kinds("VEVENT") for p in e.properties if p.name == "ATTENDEE"]


def test_long_title_is_refused_by_the_rules_with_its_place(where):
    rules = sectors.HOSTILE.replace('"Sitzung — Genève"', '"' + "ก" * 3500 + '"')
    d = Daemon(where, rules=rules, start=False)
    assert d.start(expect_ready=False) == 65
    assert "is longer than 400 octets" in d.stderr or "is longer than 4096 octets" in d.stderr
    d.close()


def test_line_end_in_a_title_is_refused(sector):
    for text in ("two\nlines", "two\r\nlines", "bell\a", "nul\u0001", "del\u007f"):
        with pytest.raises(Failed) as refused:
            sector.ctl("meeting", EDITION, "BAD", text, "--at", "2027-01-12T17:00", "--for", "20 min")
        assert refused.value.status in (64, 65)


def test_uri_values_have_no_blanks_or_controls(any_sector):
    for body in ics.feeds(any_sector).values():
        calendar = ics.read(body)
        for p in calendar.all("SOURCE") + [p for e in calendar.kinds("VEVENT") for p in e.all("URL")]:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[A-Za-z0-9/.%+_-]+", p.value), p.value


def test_order_of_properties_events_and_zones(any_sector):
    orders = set()
    for body in ics.feeds(any_sector).values():
        calendar = ics.read(body)
        names = [c.name for c in calendar.parts]
        assert names == sorted(names, key=["VTIMEZONE", "VEVENT"].index)
        zones = [z.text("TZID") for z in calendar.kinds("VTIMEZONE")]
        assert zones == sorted(set(zones))
        assert all(p.name == p.name.upper() for p in calendar.properties)
        rows = [(begin(e), e.uid) for e in calendar.kinds("VEVENT")]
        assert rows == sorted(rows)
        orders |= {tuple(dict.fromkeys(p.name for p in e.properties)) for e in calendar.kinds("VEVENT")}
    place = {}
    for order in orders:
        for first, second in zip(order, order[1:]):
            assert place.setdefault((second, first), False) is False
            place[first, second] = True


def begin(event):
    at = event["DTSTART"].instant
    if isinstance(at, datetime):
        return at.astimezone(timezone.utc)
    return datetime(at.year, at.month, at.day, tzinfo=timezone.utc)


def test_same_data_same_octets(sector):
    before = ics.feeds(sector)
    sector.stop()
    sector.start()
    assert ics.feeds(sector) == before


def test_absent_data_is_an_absent_property(any_sector):
    for name, body in ics.feeds(any_sector).items():
        for line in ics.lines(body):
            value = ics.Property(line).value
            assert value not in ("", "None", "null", "(null)"), (name, line)
            assert "(null)" not in line and "%s" not in line


def test_titles_that_read_like_nothing_do_not_stop_a_feed(hostile):
    assert hostile.ctl("status")[0]["bad_feeds"] is None
    assert {"all", "body/DUO", "cluster/US"} <= set(ics.feeds(hostile))


# ---------------------------------------------------------------- the calendar object

def test_calendar_object(any_sector):
    for row in any_sector.ctl("feeds"):
        calendar = ics.read(any_sector.get(row["url"][row["url"].index("/feeds"):])[2])
        value = {p.name: p.value for p in calendar.properties}
        assert [p.name for p in calendar.properties] == list(value)
        assert value["VERSION"] == "2.0" and value["PRODID"] == "-//convened//convened//EN"
        assert value["CALSCALE"] == "GREGORIAN"
        assert value["REFRESH-INTERVAL"] == value["X-PUBLISHED-TTL"] == "PT4H"
        assert value["COLOR"] == "steelblue" and value["SOURCE"] == row["url"]
        assert value["LAST-MODIFIED"] == "20261124T000000Z"
        assert "UID" not in value and "METHOD" not in value
        assert row["title"] == calendar.text("NAME")


def test_default_zone_hint_is_the_seat(sector):
    assert ics.read(ics.feed(sector))["X-WR-TIMEZONE"].value == "Asia/Jakarta"


def test_one_meeting_has_no_calendar_name(sector):
    event = next(e for e in ics.events(ics.feed(sector)) if "TZID" in e["DTSTART"].parameters)
    status, headers, body = sector.get(f"/meetings/{event.uid}.ics")
    calendar = ics.read(body)
    assert status == 200 and [e.uid for e in calendar.kinds("VEVENT")] == [event.uid]
    for name in ("NAME", "X-WR-CALNAME", "METHOD", "SOURCE"):
        assert name not in calendar
    assert headers["Content-Disposition"].startswith("attachment")
    ics.check_octets(body)
    assert sector.get("/meetings/nobody@example.org.ics")[0] == 404


# ---------------------------------------------------------------- zones

def test_tzids_used_are_those_declared(any_sector):
    used_somewhere = set()
    for body in ics.feeds(any_sector).values():
        calendar = ics.read(body)
        declared = [z.text("TZID") for z in calendar.kinds("VTIMEZONE")]
        used = {p.parameters["TZID"] for e in calendar.kinds("VEVENT") for p in e.properties
                if "TZID" in p.parameters}
        assert sorted(used) == declared
        used_somewhere |= used
    assert used_somewhere


def test_vtimezone_is_one_standard_at_most_one_daylight(any_sector):
    seen = set()
    for body in ics.feeds(any_sector).values():
        for zone in ics.read(body).kinds("VTIMEZONE"):
            kinds = [c.name for c in zone.parts]
            seen.add(len(kinds))
            assert kinds in (["STANDARD"], ["STANDARD", "DAYLIGHT"])
            assert [p.name for p in zone.properties] == ["TZID"]
            assert "/" not in (zone.text("TZID")[0],) and zone.text("TZID") != "UTC"
            for part in zone.parts:
                assert re.fullmatch(r"[+-]\d{4}", part["TZOFFSETFROM"].value)
                assert re.fullmatch(r"[+-]\d{4}", part["TZOFFSETTO"].value)
                assert not {"RDATE", "EXDATE", "X-LIC-LOCATION"} & {p.name for p in part.properties}
                if len(kinds) == 2:
                    rule = dict(p.split("=") for p in part["RRULE"].value.split(";"))
                    assert rule.keys() == {"FREQ", "BYMONTH", "BYDAY"} and rule["FREQ"] == "YEARLY"
                    assert re.fullmatch(r"-?[1-5](MO|TU|WE|TH|FR|SA|SU)", rule["BYDAY"])
                    assert re.fullmatch(r"\d+", rule["BYMONTH"])
                else:
                    assert "RRULE" not in part
    assert 1 in seen


def test_daylight_saving_zones_are_there(hostile):
    zones = {z.text("TZID"): len(z.parts) for z in ics.read(ics.feed(hostile)).kinds("VTIMEZONE")}
    assert zones["Europe/Brussels"] == zones["Europe/Zurich"] == zones["America/New_York"] == 2
    assert zones["Asia/Yangon"] == zones["Asia/Shanghai"] == 1


def test_meetings_are_in_the_zone_of_the_venue(any_sector):
    meetings = [e for e in ics.events(ics.feed(any_sector)) if "VALUE" not in e["DTSTART"].parameters]
    assert meetings
    for e in meetings:
        assert not e["DTSTART"].value.endswith("Z") and not e["DTEND"].value.endswith("Z")
        assert e["DTSTART"].parameters["TZID"] == e["DTEND"].parameters["TZID"]


def test_a_zone_that_rules_do_not_know_stops_the_reload(sector):
    before = ics.feed(sector)
    text = sector.rules_file.read_text()
    sector.rules_file.write_text(text.replace("Asia/Bangkok", "Asia/Hanoi"))
    with pytest.raises(Failed) as refused:
        sector.ctl("reload")
    assert "Asia/Hanoi" in refused.value.stderr and refused.value.status == 65
    assert ics.feed(sector) == before
    for evil in ("../../etc/passwd", "/etc/passwd", "./Asia/Bangkok", "Asia/Bangkok/.."):
        sector.rules_file.write_text(text.replace("Asia/Bangkok", evil))
        with pytest.raises(Failed):
            sector.ctl("reload")


# ---------------------------------------------------------------- the events

def test_every_event_has_what_clients_need(any_sector):
    for body in ics.feeds(any_sector).values():
        for e in ics.events(body):
            names = [p.name for p in e.properties]
            for name in ("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND",
                         "STATUS", "TRANSP", "SUMMARY", "CLASS", "X-MICROSOFT-CDO-BUSYSTATUS"):
                assert names.count(name) == 1, (name, e.summary)
            assert e["DTSTAMP"].value == e["LAST-MODIFIED"].value
            for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
                assert e[name].value.endswith("Z")
            assert "DURATION" not in e


def test_uid_is_opaque(any_sector):
    uids = set()
    for body in ics.feeds(any_sector).values():
        uids |= set(ics.by_uid(body))
    for uid in uids:
        assert re.fullmatch(r"[a-z0-9]{16,}@[a-z0-9.-]+", uid), uid


def test_no_recurrence_anywhere(any_sector):
    for body in ics.feeds(any_sector).values():
        for e in ics.events(body):
            assert not {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"} & {p.name for p in e.properties}


def test_no_method_organizer_attendee_alarm_attach_geo(any_sector):
    for body in ics.feeds(any_sector).values():
        calendar = ics.read(body)
        for name in ("METHOD", "ORGANIZER", "ATTENDEE", "ATTACH", "GEO"):
            assert name not in calendar and not [e for e in calendar.kinds("VEVENT") if name in e]
        assert not [e for e in calendar.kinds("VEVENT") if e.parts]


def test_span_is_all_day_tentative_transparent(sector):
    e = next(e for e in ics.events(ics.feed(sector)) if e.summary.startswith("(tbc)"))
    assert e.status == "TENTATIVE" and e.text("TRANSP") == "TRANSPARENT"
    assert e.text("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE" and e.text("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE"
    assert e["DTSTART"].parameters == e["DTEND"].parameters == {"VALUE": "DATE"}


def test_end_of_a_span_is_exclusive(sector):
    rows = {r["edition"]: r for r in sector.ctl("editions", "2027", "--release", "1")}
    days = {e.text("URL").rsplit("/", 1)[1]: e.days for e in ics.events(ics.feed(sector, "editions"))}
    for name, row in rows.items():
        if row["start"] and name in days:
            assert days[name] == (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days + 1
    assert days[EDITION] == 5


def test_timed_meeting_is_busy_and_agrees_with_the_agenda(sector):
    agenda = {r["title"]: r for r in sector.ctl("agenda", EDITION, "--release", "1")}
    meetings = [e for e in ics.events(ics.feed(sector)) if "TZID" in e["DTSTART"].parameters]
    assert len(meetings) == len(sector.ctl("agenda", EDITION))
    for e in meetings:
        row = agenda[e.summary]
        assert e["DTSTART"].value == row["start"].replace("-", "").replace(":", "") + "00"
        assert e["DTSTART"].instant.astimezone(timezone.utc) == datetime.fromisoformat(
            row["start_utc"].replace("Z", "+00:00"))
        assert e["DTSTART"].parameters["TZID"] == row["zone"]
        assert e.status == "CONFIRMED" and e.text("TRANSP") == "OPAQUE"
        assert e.text("X-MICROSOFT-CDO-BUSYSTATUS") == "BUSY"
        assert "X-MICROSOFT-CDO-ALLDAYEVENT" not in e
        assert [p.text for p in e.all("CATEGORIES")] == row["bodies"]


def test_description_has_three_clocks_with_zone_and_offset(sector):
    e = next(e for e in ics.events(ics.feed(sector)) if "United States" in e.summary and "TZID" in e["DTSTART"].parameters)
    assert "UTC+" in e.description and " UTC" in e.description and "America/New_York" in e.description
    assert "UTC-5" in e.description
    local = e["DTSTART"].instant
    from zoneinfo import ZoneInfo
    there = local.astimezone(ZoneInfo("America/New_York"))
    if there.date() != local.date():  # Washington's day before is named
        assert f"{there.day} {there:%b}" in e.description or f"{there.day} {there:%B}" in e.description


def test_description_says_when_it_changed_last(sector):
    """The day of the release that changed it, and it stays while nothing does."""
    before = {uid: e.description for uid, e in ics.by_uid(ics.feed(sector)).items()}
    assert all("Last changed on Tue 24 Nov 2026 (UTC)" in text.split("\n") for text in before.values())
    sector.ctl("clock", "+48 hours")
    sector.ctl("cancel", ITEM)
    sector.ctl("release")
    days = {uid: re.search("^Last changed on (.*) \\(UTC\\)$", e.description, re.M)[1] for uid, e in ics.by_uid(ics.feed(sector)).items()}
    changed = {uid for uid, day in days.items() if day == "Thu 26 Nov 2026"}
    assert jp_uid(sector) in changed and {day for uid, day in days.items() if uid not in changed} == {"Tue 24 Nov 2026"}


def test_summary_says_the_state_first_and_no_date(any_sector):
    for body in ics.feeds(any_sector).values():
        for e in ics.events(body):
            mark = re.match(r"(\(tbc\) |CANCELLED: |POSTPONED: |Due: )?", e.summary)[0]
            wanted = {"TENTATIVE": {"(tbc) "}, "CANCELLED": {"CANCELLED: ", "POSTPONED: "}, "CONFIRMED": {"", "Due: "}}[e.status]
            assert mark in wanted and not re.search(r"\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", e.summary)
            assert len(e.summary.encode()) <= 500


def test_no_parameter_needs_quotes(any_sector):
    """Words of people are values only; parameters are names of zones and VALUE."""
    seen = set()
    for body in ics.feeds(any_sector).values():
        calendar = ics.read(body)
        for part in [calendar] + calendar.parts + [p for z in calendar.kinds("VTIMEZONE") for p in z.parts]:
            seen |= {(key, value) for p in part.properties for key, value in p.parameters.items()}
    assert {key for key, _ in seen} == {"TZID", "VALUE"}
    assert all(re.fullmatch("[A-Za-z0-9_+/-]+", value) for _, value in seen)


def test_utc_only_for_the_numbers_of_an_event(sector):
    for body in ics.feeds(sector).values():
        for e in ics.events(body):
            assert {p.name for p in e.properties if re.fullmatch(r"\d{8}T\d{6}Z", p.value)} == {"DTSTAMP", "CREATED", "LAST-MODIFIED"}


def test_link_is_in_the_description_and_in_url(sector):
    for e in ics.events(ics.feed(sector)):
        assert e.text("URL") in e.description


def test_class_is_public(sector):
    assert {e.text("CLASS") for b in ics.feeds(sector).values() for e in ics.events(b)} == {"PUBLIC"}


def test_deadlines_have_a_feed_of_their_own(sector):
    found = ics.events(ics.feed(sector, "deadlines"))
    assert found
    for e in found:
        assert e.summary.startswith("Due: ") and e.days == 1 and e.status == "CONFIRMED"
        assert e.text("TRANSP") == "TRANSPARENT" and e.text("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
        assert e.text("X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE"
        assert re.search(r"By 24:00 on .*(UTC[+-]|each owner's own clock)", e.description)
    dues = {e.uid for e in found}
    for name, body in ics.feeds(sector).items():
        if name.split("/")[0] != "deadlines":
            assert not dues & set(ics.by_uid(body)), name
    assert b"VTODO" not in ics.feed(sector, "deadlines")


def test_a_deadline_is_the_same_day_as_in_tasks(sector):
    rows = sector.ctl("tasks", EDITION)
    days = {str(e["DTSTART"].instant) for e in ics.events(ics.feed(sector, "deadlines")) if EDITION in e.description}
    oldest = "2025-11-24"
    assert days == {r["due"] for r in rows if r["due"] and r["due"] >= oldest and r["state"] != "waived"}


def test_joint_meeting_is_the_same_octets_in_every_feed(any_sector):
    blocks = {}
    for body in ics.feeds(any_sector).values():
        for block in re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body, re.S):
            uid = re.search(rb"UID:(.*?)\r\n", block)[1]
            assert blocks.setdefault(uid, block) == block
    assert len(blocks) > 20


def test_spans_alone_for_years_ahead(sector):
    found = ics.events(ics.feed(sector, "editions"))
    years = {e["DTSTART"].instant.year for e in found}
    assert {2027, 2028} <= years and all(e["DTSTART"].parameters == {"VALUE": "DATE"} for e in found)


# ---------------------------------------------------------------- life

def one(daemon, uid, name="all"):
    found = ics.by_uid(ics.feed(daemon, name))
    return found.get(uid)


def jp_uid(daemon):
    return next(r["uid"] for r in daemon.ctl("agenda", EDITION, "--release", "1") if r["item"] == ITEM)


def jp(daemon):
    return next(e for e in ics.events(ics.feed(daemon)) if "Japan" in e.summary and "SOM" in e.summary
                and "TZID" in e["DTSTART"].parameters)


def test_proposed_span_becomes_confirmed_under_its_uid(where):
    d = make(where, "d")
    d.ctl("release")
    before = next(e for e in ics.events(ics.feed(d)) if e.text("URL").endswith(EDITION))
    assert before.status == "TENTATIVE" and before.sequence == 0
    assert not [e for e in ics.events(ics.feed(d)) if "TZID" in e["DTSTART"].parameters]
    d.ctl("confirm", EDITION)
    release(d)
    after = one(d, before.uid)
    assert after.status == "CONFIRMED" and after.sequence == 1 and after.modified > before.modified
    assert not after.summary.startswith("(tbc)")
    assert after["CREATED"].value == before["CREATED"].value
    assert [e for e in ics.events(ics.feed(d)) if "TZID" in e["DTSTART"].parameters]
    d.stop()


CHANGES = {
    "time": lambda d: d.ctl("move", ITEM, "2027-01-21T08:00", "--force", "test"),
    "venue": lambda d: d.ctl("confirm", EDITION, "--city", "Kuala Belait"),
    "status": lambda d: d.ctl("cancel", ITEM),
}


def edit(d, old, new):
    text = d.rules_file.read_text()
    assert old in text
    d.rules_file.write_text(text.replace(old, new))
    d.ctl("reload")


RULE_CHANGES = {
    "title": ('"{nth} ADGSOM with {partner}"', '"{nth} ADGSOM and {partner}"'),
    "partner": ('partner JP  "Japan"', 'partner JP  "State of Japan"'),
    "host name": ('"Brunei Darussalam"', '"Brunei"'),
}


@pytest.mark.parametrize("what", sorted(CHANGES | RULE_CHANGES))
def test_every_printed_change_grows_sequence_and_last_modified(sector, what):
    before = jp(sector)
    if what in CHANGES:
        CHANGES[what](sector)
    else:
        edit(sector, *RULE_CHANGES[what])
    release(sector)
    after = one(sector, before.uid)
    assert after.sequence == before.sequence + 1 and after.modified > before.modified, what
    assert after["CREATED"].value == before["CREATED"].value


def test_what_did_not_change_keeps_its_octets(sector):
    before = ics.by_uid(ics.feed(sector))
    sector.ctl("cancel", ITEM)
    changed = {r["item"] for r in sector.ctl("diff") if r.get("item")}
    changed = {r["uid"] for r in sector.ctl("agenda", EDITION, "--release", "1") if r["item"] in changed}
    assert jp(sector).uid in changed and len(changed) < 10
    release(sector)
    for uid, e in ics.by_uid(ics.feed(sector)).items():
        same = [p.line for p in e.properties] == [p.line for p in before[uid].properties]
        assert same == (uid not in changed), e.summary


def test_feeds_without_a_change_keep_their_tag(sector):
    before = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    sector.ctl("cancel", ITEM)
    release(sector)
    after = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    changed = {f for f in before if after[f] != before[f]}
    assert "all" in changed and "partner/JP" in changed
    assert not changed & {"partner/US", "cluster/JWG", "host/SG", "body/SSM", "body/WG-DDG"}, changed


def test_sequence_is_small(sector):
    for city in ("Tutong", "Seria", "Muara"):
        sector.ctl("confirm", EDITION, "--city", city)
        release(sector)
    for e in ics.events(ics.feed(sector)):
        assert e.sequence <= 3
    assert max(e.sequence for e in ics.events(ics.feed(sector))) == 3


def test_uid_survives_move_rename_host_postpone(sector):
    uid = next(e.uid for e in ics.events(ics.feed(sector, "editions")) if e.text("URL").endswith(EDITION))
    sequence, modified = one(sector, uid).sequence, one(sector, uid).modified

    def step(*args):
        nonlocal sequence, modified
        if args:
            sector.ctl(*args)
        release(sector)
        e = one(sector, uid)
        assert e.sequence > sequence and e.modified > modified, args
        assert uid in ics.by_uid(ics.feed(sector, "cluster-MINISTERIAL"))
        sequence, modified = e.sequence, e.modified
        return e

    step("move", EDITION, "2027-01-25", "--force", "test")
    edit(sector, '"ADGMIN and Related Meetings"', '"Digital Ministers and Related Meetings"')
    assert "Digital Ministers" in step().summary
    step("confirm", EDITION, "--host", "SG", "--force", "test")
    assert uid in ics.by_uid(ics.feed(sector, "host-SG"))
    e = step("postpone", EDITION)
    assert e.status == "CANCELLED" and e.summary.startswith("POSTPONED: ")
    e = step("reinstate", EDITION)
    assert e.status == "CONFIRMED" and not e.summary.startswith("POSTPONED")


def test_cancelled_is_a_tombstone_for_thirty_days(sector):
    before = jp(sector)
    sector.ctl("cancel", ITEM)
    release(sector)
    e = one(sector, before.uid)
    assert e.status == "CANCELLED" and e.summary == "CANCELLED: " + before.summary
    assert e.text("TRANSP") == "TRANSPARENT" and e.text("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    assert e["DTSTART"].line == before["DTSTART"].line and e.sequence == before.sequence + 1
    end = e["DTEND"].instant
    for days, there in ((29, True), (32, False)):
        sector.ctl("clock", (end + timedelta(days=days)).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
        sector.ctl("confirm", "JWG-2027", "--city", f"City {days}", "--force", "test")
        release(sector)
        assert bool(one(sector, before.uid)) == there, days


def test_the_past_stays_for_a_year(sector):
    uid = next(e.uid for e in ics.events(ics.feed(sector, "editions")) if e.text("URL").endswith(EDITION))
    sector.ctl("clock", "2027-12-10T00:00:00Z")
    sector.ctl("plan", "2028")
    sector.ctl("confirm", "MINISTERIAL-2028", "--force", "test")
    release(sector)
    assert one(sector, uid).status == "CONFIRMED"


def test_postponed_without_a_date_and_a_new_date_under_the_same_uid(sector):
    before = jp(sector)
    sector.ctl("postpone", EDITION)
    release(sector)
    e = one(sector, before.uid)
    assert e.status == "CANCELLED" and e.summary.startswith("POSTPONED: ")
    sector.ctl("reinstate", EDITION)
    sector.ctl("confirm", EDITION, "2027-01-25", "--force", "test")
    release(sector)
    e = one(sector, before.uid)
    assert e.status == "CONFIRMED" and e["DTSTART"].instant.date() >= date(2027, 1, 25)
    assert e.sequence == before.sequence + 2


def test_all_states_of_a_life_are_three_statuses(sector):
    seen = set()
    for args in (("cancel", ITEM), ("postpone", "MINISTERIAL-2027"), ("reinstate", "MINISTERIAL-2027"),
                 ("cancel", "JWG-2027"), ("reinstate", "JWG-2027")):
        sector.ctl(*args)
        release(sector)
        seen |= {e.status for b in ics.feeds(sector).values() for e in ics.events(b)}
        assert all("METHOD" not in ics.read(b) for b in ics.feeds(sector).values())
    assert seen == STATUSES


def test_body_renamed_is_a_change_of_its_feed_only(sector):
    edit(sector, '"ASEAN Network Security Action Council"', '"ASEAN Cyber Council"')
    before = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    sector.ctl("confirm", "ANSAC-2027-1", "--force", "test")
    release(sector)
    calendar = ics.read(ics.feed(sector, "ANSAC"))
    assert calendar.text("DESCRIPTION") == "Meetings of the ASEAN Cyber Council"
    after = {r["feed"]: r["etag"] for r in sector.ctl("feeds")}
    assert after["body/ANSAC"] != before["body/ANSAC"] and after["body/SSM"] == before["body/SSM"]


# ---------------------------------------------------------------- sizes

def test_a_thousand_items(where):
    d = make(where, "d", rules=sectors.large(24, 40))
    confirm_all(d)
    d.ctl("release")
    body = ics.feed(d)
    ics.check_octets(body)
    assert len(ics.by_uid(body)) == 24 * 41
    assert any(r.get("feed") == "all" for r in d.ctl("feeds"))
    d.stop()


def test_more_than_a_thousand_events_refuse_the_release(where):
    d = make(where, "d", rules=sectors.large(24, 40))
    confirm_all(d)
    d.ctl("release")
    body = ics.feed(d)
    for k in range(17):
        d.ctl("meeting", "C0-2027", f"MORE{k}", "One more", "--at", "2027-01-08T09:00", "--for", "30 min")
    with pytest.raises(Failed) as refused:
        release(d)
    assert refused.value.status == 73
    assert "all" in refused.value.error["text"] and "1001" in refused.value.error["text"]
    assert ics.feed(d) == body
    assert d.ctl("status")[0]["release"] == 1
    d.stop()


# ---------------------------------------------------------------- the lint

def test_lint_finds_nothing_in_our_own_feeds(any_sector):
    assert any_sector.ctl("feed", "lint") == []


def test_lint_warns_from_512_kib(where):
    """The octet from which it does is in the unit tests."""
    d = make(where, "d", rules=sectors.large(20, 40, title="A meeting with a rather long title, ก" + "ข" * 60))
    confirm_all(d)
    d.ctl("release")
    assert len(ics.feed(d)) > 512 << 10 > len(ics.feed(d, "editions"))
    done = d.run("--json", "feed", "lint", "all")
    assert done.returncode == 1 and '"size"' in done.stdout
    assert d.run("--json", "feed", "lint", "editions").returncode == 0
    d.stop()


def test_feed_verb_prints_what_is_served(sector):
    printed = sector.call("feed", {"feed": "all"})[0]["text"]
    assert printed.encode() == ics.feed(sector)


def test_ten_years_ahead_are_released_and_deadlines_keep_to_their_horizon(where):
    d = make(where, "d")
    rows = d.ctl("plan", "2027..2036")
    assert len([r for r in rows if r["start"]]) > 90
    assert d.call("release").summary["release"] == 1
    feeds = {r["feed"]: r for r in d.ctl("feeds")}
    assert 0 < feeds["deadlines"]["events"] < 400
    assert feeds["editions"]["events"] > 90
    d.stop()
