"""What the other tests of feeds leave out."""
import json
import re

import pytest

import ics
from conftest import Daemon

EDITION = "MINISTERIAL-2027"


@pytest.fixture
def sector(where):
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("release")
    yield d
    d.stop()


def blocks(body):
    """{uid: the octets of its VEVENT}"""
    found = re.findall(rb"BEGIN:VEVENT\r\nUID:(.*?)\r\nDTSTAMP.*?END:VEVENT\r\n", body, re.S)
    whole = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body, re.S)
    assert len(found) == len(whole)
    return {uid.replace(b"\r\n ", b"").decode(): block for uid, block in zip(found, whole)}


def test_one_meeting_is_the_octets_of_the_feeds(sector):
    """Also when only a word of the rules has changed, or a deadline has become late since the release."""
    def compare():
        for name in ("all", "deadlines"):
            for uid, block in list(blocks(ics.feed(sector, name)).items())[::5]:
                status, headers, body = sector.get(f"/meetings/{uid}.ics")
                assert status == 200 and blocks(body) == {uid: block}
                ics.check_octets(body)
                zones = [z.text("TZID") for z in ics.read(body).kinds("VTIMEZONE")]
                assert zones == sorted(set(re.findall(r";TZID=([^:]+):", block.decode())))
                assert sector.get(f"/meetings/{uid}.ics", If_None_Match=headers["ETag"])[0] == 304

    compare()
    text = sector.rules_file.read_text()
    sector.rules_file.write_text(text.replace('partner JP  "Japan"', 'partner JP  "State of Japan"'))
    sector.ctl("reload")
    sector.ctl("clock", "2026-12-30")
    sector.ctl("release")
    sector.ctl("clock", "2027-01-20")
    assert any(e.sequence for e in ics.events(ics.feed(sector)))
    assert any(e.summary.endswith("(overdue)") for e in ics.events(ics.feed(sector, "deadlines")))
    compare()


# ---------------------------------------------------------------- deadlines of one owner

def test_a_deadlines_feed_for_each_owner(sector):
    everybody = blocks(ics.feed(sector, "deadlines"))
    names = {r["feed"]: r for r in sector.ctl("feeds") if r["feed"].startswith("deadlines/")}
    tasks = sector.ctl("tasks", EDITION)
    owners = {t["owner"] for t in tasks}
    assert {"BN", "secretariat"} <= owners and {f"deadlines/{o}" for o in owners} <= set(names)
    members = {m["code"]: m["name"] for m in sector.ctl("members")}
    shown = {}
    for name, row in names.items():
        owner = name.split("/")[1]
        assert row["url"].endswith(f"/feeds/deadlines-{owner}.ics")
        shown.update(mine := blocks(ics.feed(sector, f"deadlines-{owner}")))
        assert all(everybody[uid] == block for uid, block in mine.items()), name
        if owner in members:
            assert row["title"] == f"Test Calendar: deadlines of {members[owner]}"
            assert all(members[owner] in e.description for e in ics.events(ics.feed(sector, f"deadlines-{owner}")))
        days = {str(e["DTSTART"].instant) for e in ics.events(ics.feed(sector, f"deadlines-{owner}"))
                if EDITION in e.description}
        assert days == {t["due"] for t in tasks if t["owner"] == owner and t["due"] and t["state"] != "waived"}
    assert shown == everybody
    page = sector.get("/subscribe")[2].decode()
    assert "/feeds/deadlines-BN.ics" in page and "deadlines of Brunei Darussalam" in page
    assert "deadlines/BN" in {f["feed"] for f in json.loads(sector.get("/feeds.json")[2])["feeds"]}
    assert sector.call("feed", {"feed": "BN"})[0]["text"].encode() == ics.feed(sector, "host-BN")
    assert sector.call("feed", {"feed": "deadlines-BN"})[0]["text"].encode() == ics.feed(sector, "deadlines-BN")


def test_an_owners_deadlines_become_overdue_with_everybodys(sector):
    sector.ctl("clock", "2027-01-12")
    late = {uid: b for uid, b in blocks(ics.feed(sector, "deadlines")).items() if b"(overdue)" in b}
    mine = blocks(ics.feed(sector, "deadlines-secretariat"))
    assert late and {uid for uid, b in mine.items() if b"(overdue)" in b} == set(late) & set(mine) != set()
    assert all(late[uid] == mine[uid] for uid in set(late) & set(mine))
    task = next(t for t in sector.ctl("tasks", EDITION, "--owner", "secretariat") if t["overdue"])
    sector.ctl("done", task["task"])
    assert blocks(ics.feed(sector, "deadlines-secretariat")) != mine
