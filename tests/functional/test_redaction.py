"""Who may see an item: `audience`, `link`; and calendars that ring because somebody asked for it."""
import email
import email.policy
import re

import pytest

import ics
from conftest import Daemon, Failed

EDITION = "MINISTERIAL-2027"
ITEM = "MINISTERIAL-2027/SOM+1:JP"
ROOM = "https://video.example.org/room?id=42&pw=s3cret"
PAGES = ["/", "/2027", "/subscribe", f"/editions/{EDITION}", "/bodies/ADGSOM", "/partners/JP", "/hosts/BN", "/2027.json",
         "/2027.csv", "/2027.svg", "/feeds.json", f"/editions/{EDITION}?zone=Asia/Tokyo", "/partners/US"]


@pytest.fixture
def sector(where):
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("contact", "add", "som@example.org", "--name", "Senior", "--of", "BN", "--bodies", "ADGSOM")
    d.ctl("contact", "add", "reg@example.org", "--name", "Regulator", "--of", "BN", "--bodies", "ATRC")
    d.ctl("release", "--send")
    d.invited = path_of(d.ctl("feed", "add", "som", "--for", "som@example.org"))
    d.others = path_of(d.ctl("feed", "add", "reg", "--for", "reg@example.org"))
    d.row = next(r for r in d.ctl("agenda", EDITION, "--release", "1") if r["item"] == ITEM)
    yield d
    d.stop()


def path_of(rows):
    return rows[0]["url"][rows[0]["url"].index("/p/"):]


def release(d, *commands):
    d.ctl("clock", "+1 hour")
    for words in commands:
        d.ctl(*words)
    d.ctl("release", "--send")


def public(d):
    """{where: text} of everything that anybody may fetch."""
    told = {f"feed {name}": b"\n".join(line.encode() for line in ics.lines(body)).decode()
            for name, body in ics.feeds(d).items()}
    for path in PAGES:
        status, headers, body = d.get(path)
        assert status == 200, path
        told[path] = body.decode()
    return told


def says(told, *words):
    return sorted(place for place, text in told.items() if any(w in text for w in words))


def one(d, path, uid):
    return ics.by_uid(d.get(path)[2]).get(uid)


def letters(d, to):
    return [m.read_text() for m in d.mails() if f"To: " in m.read_text() and to in m.read_text()]


def test_audience_invited_leaves_public_feeds_and_pages_at_once(sector):
    uid, title = sector.row["uid"], sector.row["title"]
    release(sector, ("confirm", "JWG-2027"))
    before = says(public(sector), uid, title)
    assert {"feed all", "feed body/ADGSOM", "feed partner/JP", "feed host/BN", f"/editions/{EDITION}", "/2027.json",
            "/2027.csv"} <= set(before)
    was, mails = one(sector, sector.invited, uid), len(sector.mails())
    row = sector.ctl("audience", ITEM, "invited", "--because", "not for the press")[0]
    assert row["audience"] == "invited" and says(public(sector), uid, title) == before  # a draft still
    assert [(r["field"], r["old"], r["new"]) for r in sector.ctl("diff")] == [("audience", "all", "invited")]
    release(sector)
    assert says(public(sector), uid, title, ITEM) == []  # nor as what has changed
    assert sector.get(f"/meetings/{uid}.ics")[0] == 404
    after = one(sector, sector.invited, uid)
    assert after.status == "CONFIRMED" and after.text("CLASS") == "CONFIDENTIAL" and after.summary == was.summary
    assert after.sequence == was.sequence + 1 and after.modified > was.modified
    assert one(sector, sector.others, uid) is None
    assert len(sector.mails()) > mails
    assert not [m for m in letters(sector, "reg@example.org") if title in m]
    assert sector.call("feed lint").summary["findings"] == 0
    sector.stop()
    sector.start()
    assert says(public(sector), uid, title) == [] and one(sector, sector.invited, uid).sequence == after.sequence


def test_what_is_hidden_lives_on_in_private_calendars(sector):
    uid = sector.row["uid"]
    release(sector, ("audience", ITEM, "invited"))
    seen = one(sector, sector.invited, uid)

    def step(*commands):
        nonlocal seen
        release(sector, *commands)
        now = one(sector, sector.invited, uid)
        assert now.sequence == seen.sequence + 1 and now.modified > seen.modified, commands
        assert says(public(sector), uid) == []
        seen = now
        return now

    text = sector.rules_file.read_text()
    sector.rules_file.write_text(text.replace('partner JP  "Japan"', 'partner JP  "State of Japan"'))
    assert "State of Japan" in step(("reload",)).summary
    body = sector.get(sector.invited)[2]
    sector.ctl("feed", "add", "another", "--for", "reg@example.org")  # renders all private calendars again
    assert sector.get(sector.invited)[2] == body
    release(sector, ("confirm", "JWG-2027"))  # a release that does not touch it
    assert one(sector, sector.invited, uid)["SEQUENCE"].line == seen["SEQUENCE"].line
    assert step(("cancel", ITEM)).status == "CANCELLED"
    assert step(("reinstate", ITEM)).status == "CONFIRMED"
    shown = step_public(sector, uid, seen)
    assert ics.by_uid(ics.feed(sector))[uid].sequence == shown.sequence > 4


def step_public(d, uid, seen):
    release(d, ("audience", ITEM, "all"))
    now = one(d, d.invited, uid)
    assert now.sequence > seen.sequence and now.modified > seen.modified
    return now


def test_link_is_in_private_calendars_of_the_invited_only(sector):
    uid = sector.row["uid"]
    before = ics.by_uid(ics.feed(sector))[uid]
    assert sector.ctl("link", ITEM, ROOM)[0]["link"] == ROOM
    release(sector)
    mine = one(sector, sector.invited, uid)
    assert mine.description.endswith(f"\nJoin: {ROOM}")
    ours = ics.by_uid(ics.feed(sector))[uid]
    assert ours.sequence == mine.sequence == before.sequence + 1 and ours.modified == mine.modified
    assert says(public(sector), "video.example.org", "s3cret", "Join:") == []
    assert b"video.example" not in sector.get(f"/meetings/{uid}.ics")[2] + sector.get(sector.others)[2]
    body = sector.get(sector.invited)[2]
    ics.check_octets(body)
    sector.ctl("contact", "set", "reg@example.org", "--name", "R")
    assert sector.get(sector.invited)[2] == body
    release(sector, ("link", ITEM))
    assert "Join:" not in one(sector, sector.invited, uid).description


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", 'https://a"b', "ftp://x", "https://a\\nb", "room 3",
                                 "https://" + "a" * 500])
def test_link_that_is_no_address_is_refused(sector, url):
    with pytest.raises(Failed) as refused:
        sector.ctl("link", ITEM, url)
    assert refused.value.status == 65
    for words in (("audience", EDITION, "nobody"), ("audience", EDITION + "/NO", "all"), ("link", EDITION + "/NO", ROOM)):
        with pytest.raises(Failed) as refused:
            sector.ctl(*words)
        assert refused.value.status == 66


def test_audience_nobody_withdraws_without_a_word_and_the_uid_comes_back(sector):
    uid, title = sector.row["uid"], sector.row["title"]
    was = ics.by_uid(ics.feed(sector))[uid]
    release(sector, ("audience", ITEM, "nobody"))
    assert says(public(sector), uid, title, ITEM) == []
    assert one(sector, sector.invited, uid) is None and sector.get(f"/meetings/{uid}.ics")[0] == 404
    release(sector, ("confirm", "JWG-2027"))
    assert says(public(sector), uid) == []  # no tombstone later either
    release(sector, ("audience", ITEM, "all"))
    again = ics.by_uid(ics.feed(sector))[uid]
    assert again.summary == was.summary and again.sequence > was.sequence and again.modified > was.modified


def test_who_was_invited_to_what_is_withdrawn_gets_a_cancellation(sector):
    sector.ctl("contact", "add", "inv@example.org", "--name", "I", "--of", "BN", "--bodies", "ADGSOM", "--channel", "invite")
    release(sector, ("confirm", EDITION, "--city", "Tutong"))

    def told(kind):
        return [m["cause"] for m in sector.ctl("outbox") if m["to"] == "inv@example.org" and m["kind"] == kind]

    assert [c for c in told("invitation") if sector.row["uid"] in c] and told("cancellation") == []
    release(sector, ("audience", ITEM, "invited"), ("link", ITEM, ROOM))
    changes = [m["message"] for m in sector.ctl("outbox") if m["kind"] == "change" and sector.row["uid"] in m["cause"]]
    raw = email.message_from_string(sector.ctl("message", str(changes[-1]), "--raw")[0]["text"], policy=email.policy.default)
    part = next(p for p in raw.walk() if p.get_content_type() == "text/calendar")
    request = re.sub(r"\r?\n ", "", part.get_payload(decode=True).decode())
    seen = one(sector, sector.invited, sector.row["uid"])
    assert f"Join: {ROOM}" in request and f"SEQUENCE:{seen.sequence}" in request.split()
    release(sector, ("audience", ITEM, "nobody"))
    assert len(told("cancellation")) == 1 and sector.row["uid"] in told("cancellation")[0]


def test_a_one_off_entered_by_mistake_is_withdrawn(sector):
    sector.ctl("meeting", EDITION, "OOPS", "Not for you", "--at", "2027-01-19T17:00", "--for", "20 min", "--force", "late")
    release(sector)
    assert says(public(sector), "Not for you")
    release(sector, ("audience", EDITION + "/OOPS", "nobody"))
    assert says(public(sector), "Not for you") == []


# ---------------------------------------------------------------- alarms

def test_alarms_only_where_they_were_asked_for(sector):
    row = sector.ctl("feed", "add", "ringing", "--for", "som@example.org", "--alarm", "30 min")[0]
    assert row["alarm"] == 30
    path = path_of([row])
    release(sector, ("cancel", ITEM))
    calendar = ics.read(sector.get(path)[2])
    ics.check_octets(sector.get(path)[2])
    rings = {e.uid for e in calendar.kinds("VEVENT") if e.parts}
    timed = {e.uid for e in calendar.kinds("VEVENT") if "TZID" in e["DTSTART"].parameters and e.status != "CANCELLED"}
    assert rings == timed and sector.row["uid"] not in rings
    for e in calendar.kinds("VEVENT"):
        for alarm in e.parts:
            assert [(p.name, p.value) for p in alarm.properties] == [
                ("ACTION", "DISPLAY"), ("TRIGGER", "-PT30M"), ("DESCRIPTION", e["SUMMARY"].value)]
    silent = {sector.invited: sector.get(sector.invited)[2]} | ics.feeds(sector)
    assert not [name for name, body in silent.items() if b"VALARM" in body]
    assert re.sub(rb"BEGIN:VALARM.*?END:VALARM\r\n", b"", sector.get(path)[2], flags=re.S).split(b"BEGIN:VTIMEZONE")[1] == \
        silent[sector.invited].split(b"BEGIN:VTIMEZONE")[1]
    assert sector.call("feed lint").summary["findings"] == 0
    body = sector.get(path)[2]
    sector.ctl("contact", "set", "reg@example.org", "--name", "R")
    assert sector.get(path)[2] == body
    again = sector.ctl("feed", "rotate", "ringing")[0]
    assert again["alarm"] == 30 and b"VALARM" in sector.get(path_of([again]))[2]


@pytest.mark.parametrize("length", ["9 months", "5 working days", "half day", "5 weeks", "50000 min"])
def test_alarm_that_no_client_takes_is_refused(sector, length):
    with pytest.raises(Failed) as refused:
        sector.ctl("feed", "add", "ringing", "--for", "som@example.org", "--alarm", length)
    assert refused.value.status == 65
