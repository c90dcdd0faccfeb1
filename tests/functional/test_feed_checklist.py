"""What the other tests of feeds leave out."""
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
