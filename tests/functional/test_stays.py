"""What people know of an agenda stays: whatever its inputs become, as few
meetings as possible begin at another time, and the rest keep their SEQUENCE."""
import datetime

import ics
import pytest
from conftest import Failed

EDITION = "MINISTERIAL-2027"
FIRST = "2027-01-18"


def times(daemon, *but):
    return {r["item"]: r["start"] for r in daemon.ctl("agenda", EDITION)
            if r["item"] not in but and r["status"] != "cancelled"}


def moved(daemon, before):
    now = times(daemon)
    return {item for item, start in before.items() if now.get(item, start) != start}


def sequences(daemon):
    return {uid: e.sequence for uid, e in ics.by_uid(ics.feed(daemon)).items()}


def uids(daemon, release):
    return {r["item"]: r["uid"] for r in daemon.ctl("agenda", EDITION, "--release", release)}


def edit(daemon, *changes):
    text = daemon.rules_file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    daemon.rules_file.write_text(text)
    daemon.ctl("reload")


def confirmed(daemon):
    daemon.ctl("confirm", EDITION, FIRST)
    return times(daemon)


def released(daemon):
    before = confirmed(daemon)
    daemon.ctl("release", "--note", "the week")
    assert times(daemon) == before
    return before


ELSEWHERE = ('"United States"                         zone America/New_York',
             '"United States"                         zone Asia/Tokyo')


def test_another_offset_of_a_partner_moves_nothing_that_was_released(planned):
    before = released(planned)
    was, names = sequences(planned), uids(planned, 1)
    edit(planned, ELSEWHERE)
    assert times(planned) == before
    planned.ctl("release", "--note", "clocks")
    now = sequences(planned)
    assert now.keys() == was.keys()
    assert {u for u in now if now[u] != was[u]} <= \
        {uid for item, uid in names.items() if item.endswith(":US")}


def test_closed_hours_move_only_what_stands_in_them(planned):
    before = released(planned)
    was, names = sequences(planned), uids(planned, 1)
    first = f"{EDITION}/MIN+1:US"
    assert before[first] == "2027-01-22T09:00"
    edit(planned, ("closed Fri 12:00 .. 14:00", "closed Fri 09:00 .. 09:45"))
    assert moved(planned, before) == {first, f"{EDITION}/SIGNING"}  # which is after MIN+1
    rows = {r["item"]: r for r in planned.ctl("diff")
            if r["field"] == "start" and r["edition"] == EDITION}
    assert rows[first]["old"] == "2027-01-22T09:00"
    assert rows[first]["why_moved"] == ["Fri closed 09:00-09:45 (BN)"]
    planned.ctl("release", "--note", "a late start on Friday")
    now = sequences(planned)
    assert {u for u in was if now[u] != was[u]} == {names[i] for i in rows}


def test_what_gives_way_to_a_pinned_item_is_as_little_as_can_be(planned):
    before = released(planned)
    item, other = f"{EDITION}/SOM+1:JP", f"{EDITION}/SOM+1:KR"
    planned.ctl("move", item, before[other])
    assert moved(planned, before) == {item, other}
    rows = {r["item"]: r for r in planned.ctl("diff") if r["field"] == "start"}
    assert rows[item]["why_moved"] == ["an officer moved it"]
    assert any("SOM+1:JP pinned" in w for w in rows[other]["why_moved"])


def test_a_partner_that_comes_no_more_leaves_its_gap(planned):
    before = released(planned)
    edit(planned, ("of ADGSOM + CN, JP, KR, IN, EU, US, ITU  45 min  after SOM",
                   "of ADGSOM + CN, KR, IN, EU, US, ITU  45 min  after SOM"))
    before.pop(f"{EDITION}/SOM+1:JP")
    assert times(planned) == before


def test_confirmed_weighs_less_than_released(planned):
    before = confirmed(planned)
    edit(planned, ("closed Fri 12:00 .. 14:00", "closed Fri 09:00 .. 09:45"))
    assert moved(planned, before)
    edit(planned, ("closed Fri 09:00 .. 09:45", "closed Fri 12:00 .. 14:00"))
    assert times(planned) == before
    edit(planned, ("zone Asia/Tokyo", "zone Europe/London"))
    woken = moved(planned, before)
    assert any(item.endswith(":JP") for item in woken)


def test_an_officer_can_ask_for_a_fresh_agenda(planned):
    before = released(planned)
    edit(planned, ("zone Asia/Tokyo", "zone Europe/London"))
    assert times(planned) == before
    planned.ctl("confirm", EDITION, "--fresh")
    fresh = times(planned)
    assert moved(planned, before)
    rows = [r for r in planned.ctl("diff") if r["field"] == "start"]
    assert all(r["why_moved"] == ["the agenda was laid out anew"] for r in rows)
    planned.ctl("confirm", EDITION)  # the last word counts
    assert times(planned) == before
    with pytest.raises(Failed) as refused:
        planned.ctl("move", f"{EDITION}/SIGNING", "2027-01-22T16:00", "--fresh")
    assert refused.value.status == 64
    planned.ctl("move", EDITION, FIRST, "--fresh")
    assert times(planned) == fresh
    planned.ctl("release", "--note", "laid anew")
    assert times(planned) == fresh
    edit(planned, ("zone Europe/London", "zone Asia/Tokyo"))
    assert times(planned) == fresh


def test_another_week_is_another_agenda(planned):
    before = released(planned)
    planned.ctl("move", EDITION, "2027-01-25")
    week = datetime.timedelta(days=7)
    later = {i: (datetime.datetime.fromisoformat(s) + week).isoformat("T", "minutes")
             for i, s in before.items()}
    assert times(planned) == later
    assert all(r["why_moved"] == [f"{EDITION} has moved"] for r in planned.ctl("diff")
               if r["field"] == "start" and r["item"])


def test_a_fork_keeps_what_people_know_too(planned):
    before = released(planned)
    planned.ctl("fork", "later")
    planned.ctl("cancel", f"{EDITION}/SOM+1:CN", "--draft", "later")
    planned.ctl("adopt", "later")
    assert times(planned) == {i: s for i, s in before.items() if not i.endswith("SOM+1:CN")}
    planned.ctl("reinstate", f"{EDITION}/SOM+1:CN")
    assert times(planned) == before
