"""SEQUENCE and LAST-MODIFIED over releases, hidings and restores; addresses that outlive what they were made for."""
import shutil

import pytest

import ics
from conftest import Daemon, Failed
from test_clients import rename_body

EDITION, ITEM = "MINISTERIAL-2027", "MINISTERIAL-2027/SOM+1:JP"


@pytest.fixture
def sector(daemon):
    daemon.ctl("plan", "2027")
    daemon.ctl("confirm", EDITION)
    daemon.ctl("release")
    return daemon


def release(d, *commands):
    for words in commands:
        d.ctl(*words)
    d.ctl("clock", "+1 hour")
    return d.call("release").summary["release"]


def rules(d, old, new):
    text = d.rules_file.read_text()
    assert old in text
    d.rules_file.write_text(text.replace(old, new))
    d.ctl("reload")


def restore(d, file):
    now = d.ctl("status")[0]["now"]
    d.stop()
    for old in (d.path / "state").glob("convened.db*"):
        if not old.name.endswith("lock"):
            old.unlink()
    shutil.copyfile(file, d.path / "state/convened.db")
    d.clock = now
    d.start()


def uid_of(d, item=ITEM):
    return next(r["uid"] for r in d.ctl("agenda", EDITION, "--release", "1") if r["item"] == item)


def test_a_refused_release_changes_no_number(sector):
    before = ics.by_uid(ics.feed(sector))
    for _ in range(2):
        with pytest.raises(Failed):
            sector.ctl("release")
    release(sector, ("link", ITEM, "https://video.example.org/room"))
    after = ics.by_uid(ics.feed(sector))
    assert [u for u in before if after[u].sequence != before[u].sequence] == [uid_of(sector)]


def test_numbers_go_on_from_what_was_last_seen(sector):
    """The host's new names raise the numbers of an event that itself stays as it is; then it is out of sight."""
    uid, last = uid_of(sector), None
    for old, new in (('"Brunei Darussalam"', '"Brunei"'), ('"Brunei"', '"Negara Brunei"'),
                     ('"Negara Brunei"', '"Brunei Darussalam"')):
        rules(sector, old, new)
        release(sector)
        last = ics.by_uid(ics.feed(sector))[uid]
    assert last.sequence == 3
    release(sector, ("audience", ITEM, "invited"))
    assert uid not in ics.by_uid(ics.feed(sector))
    release(sector, ("audience", ITEM, "all"))
    again = ics.by_uid(ics.feed(sector))[uid]
    assert again.sequence > last.sequence and again.modified > last.modified


def test_a_deadline_that_was_waived_comes_back_as_news(sector):
    task = next(t["task"] for t in sector.ctl("tasks", EDITION) if t["state"] == "open" and ":" not in t["task"])
    title = next(t["title"] for t in sector.ctl("tasks", EDITION) if t["task"] == task)

    def shown():
        return [e for e in ics.events(ics.feed(sector, "deadlines")) if e.summary.startswith(f"Due: {title}")
                and "ADGMIN" in e.summary]
    [before] = shown()
    for _ in range(2):
        sector.ctl("clock", "+1 hour")
        sector.ctl("waive", task, "--because", "so")
        assert shown() == []
        sector.ctl("reopen", task)
        [after] = shown()
        assert after.uid == before.uid and after.sequence > before.sequence and after.modified > before.modified
        before = after


def test_a_private_calendar_never_says_two_things_under_one_number(sector):
    sector.ctl("contact", "add", "a@example.org", "--name", "A", "--of", "JP", "--role", "partner")
    url = sector.ctl("feed", "add", "a", "--for", "a@example.org")[0]["url"]
    uid, seen = uid_of(sector), {}

    def look():
        e = ics.by_uid(sector.get(url[url.index("/p/"):])[2])[uid]
        lines = [p.line for p in e.properties]
        assert seen.setdefault(e.sequence, lines) == lines
    look()
    for old, new in (('"Japan"', '"Nippon"'), ('"Nippon"', '"Nihon"')):
        rules(sector, old, new)
        sector.ctl("clock", "+1 hour")
        sector.ctl("feed", "add", new.strip('"'), "--for", "a@example.org")  # then all are made anew
        look()
    release(sector)
    look()
    assert sorted(seen) == [0, 1, 2, 3]


def test_postponed_stays_cancelled_until_there_is_a_date(sector):
    uid = uid_of(sector)
    release(sector, ("postpone", EDITION))
    [was] = [e for e in ics.events(ics.feed(sector)) if e.uid == uid]
    assert was.status == "CANCELLED" and was.summary.startswith("POSTPONED: ")
    release(sector, ("confirm", "JWG-2027"))  # something else
    assert ics.by_uid(ics.feed(sector))[uid].status == "CANCELLED"
    release(sector, ("move", EDITION, "2027-01-25"))
    again = ics.by_uid(ics.feed(sector))[uid]
    assert again.status == "TENTATIVE" and again.sequence == was.sequence + 1
    release(sector, ("confirm", EDITION))
    assert ics.by_uid(ics.feed(sector))[uid].status == "CONFIRMED"


def test_what_nobody_saw_leaves_no_tombstone(sector):
    """Called off before it ever stood in a calendar; what did stand there stays as cancelled."""
    before = set(ics.by_uid(ics.feed(sector)))
    consult = next(r["item"] for r in sector.ctl("agenda", "JWG-2027") if "Japan" in r["title"])
    release(sector, ("confirm", "JWG-2027"), ("cancel", consult), ("cancel", ITEM))
    shown = ics.by_uid(ics.feed(sector))
    cancelled = {uid for uid, e in shown.items() if e.status == "CANCELLED"}
    assert cancelled == {uid_of(sector)} and cancelled < before
    meetings = [e.summary for uid, e in shown.items() if uid not in before]
    assert len(meetings) > 3 and not [text for text in meetings if "Japan" in text]
    assert sum(r["item"] == consult for r in sector.ctl("agenda", "JWG-2027", "--release", "2")) == 1
    release(sector, ("reinstate", consult))
    again = [e for uid, e in ics.by_uid(ics.feed(sector)).items() if uid not in shown]
    assert [(e.status, "Japan" in e.summary) for e in again] == [("CONFIRMED", True)]


@pytest.mark.parametrize("hidden", ["before", "after"])
def test_a_hidden_item_leaves_no_tombstone_in_public(sector, hidden):
    """Also when its edition has lost its date and the draft lists no items."""
    uid = uid_of(sector)
    if hidden == "before":
        release(sector, ("audience", ITEM, "invited"), ("postpone", EDITION))
    else:
        release(sector, ("postpone", EDITION))
        assert ics.by_uid(ics.feed(sector))[uid].status == "CANCELLED"
        release(sector, ("audience", ITEM, "nobody"))
    assert uid not in ics.by_uid(ics.feed(sector))
    assert "ADGSOM with Japan" not in sector.get(f"/editions/{EDITION}")[2].decode()


def test_old_and_new_address_of_a_body_show_the_same(sector):
    """Also while what was called off still carries its former code."""
    uid = uid_of(sector)
    release(sector, ("postpone", EDITION))
    sector.rules_file.write_text(rename_body(sector.rules_file.read_text()))
    sector.ctl("reload")
    release(sector)
    old, new = (ics.by_uid(ics.feed(sector, name)) for name in ("ADGSOM", "ADGSENIOR"))
    assert old[uid].status == "CANCELLED" and old.keys() == new.keys()
    assert any(e.status == "TENTATIVE" for e in old.values())  # what lies ahead, under the code of today


def test_what_the_rules_have_no_more_leaves_its_address_in_good_order(sector):
    """A cluster and its body are dropped: cancelled first, then nothing, and the address goes on answering."""
    text = sector.rules_file.read_text()
    extra = ('\nbody NEWBIES "New Body"\n  level minister\ncluster EXTRA "Extra"\n  times 1 per cycle\n'
             '  window 1 Apr .. 20 Apr\n  lasts 1 day\n  host MY\n  meeting TALK "Talk" of NEWBIES 60 min\n')
    sector.rules_file.write_text(text + extra)
    sector.ctl("reload")
    sector.ctl("plan", "2027")
    release(sector, ("confirm", "EXTRA-2027"))
    names = ("NEWBIES", "cluster-EXTRA")
    assert [{e.status for e in ics.events(ics.feed(sector, n))} for n in names] == [{"CONFIRMED"}] * 2
    sector.rules_file.write_text(text)
    sector.ctl("reload")
    release(sector, ("cancel", "EXTRA-2027"))  # what is confirmed stays until somebody says so
    assert [{e.status for e in ics.events(ics.feed(sector, n))} for n in names] == [{"CANCELLED"}] * 2
    sector.ctl("clock", "2027-05-25")
    release(sector, ("confirm", "JWG-2027"))
    for n in names:
        body = ics.feed(sector, n)
        ics.check_octets(body)
        assert ics.events(body) == []


# ------------------------------------------------------------------ restores

def test_a_restored_address_that_nobody_knows_any_more(sector, where):
    """A body got a code, was released, and the rules and the state of before were put back: what was given out answers,
    and the first release brings it right."""
    old = sector.rules_file.read_text()
    sector.ctl("backup", where / "old.db")
    sector.rules_file.write_text(old + '\nbody NEWBIES "New Body"\n  level minister\n')
    sector.ctl("reload")
    release(sector)
    stamp = sector.get("/feeds/NEWBIES.ics")[1]
    empty = sector.get("/feeds/host-TL.ics")[1]["Last-Modified"]
    sector.rules_file.write_text(old)
    assert not sector.ctl("status")[0]["restored"]
    restore(sector, where / "old.db")
    assert sector.ctl("status")[0]["restored"]
    sector.said("older than what was published")
    release(sector)
    assert not sector.ctl("status")[0]["restored"]
    status, headers, body = sector.get("/feeds/NEWBIES.ics", If_None_Match=stamp["ETag"])
    assert status == 200 and ics.events(body) == [] and headers["Last-Modified"] != stamp["Last-Modified"]
    assert sector.get("/feeds/host-TL.ics", If_Modified_Since=empty)[0] == 200


def test_a_lost_database_is_told(sector):
    sector.stop()
    for old in (sector.path / "state").glob("convened.db*"):
        old.unlink()
    sector.start()
    assert sector.ctl("status")[0]["restored"]
    sector.said("knows release 0")


def test_deadlines_never_fall_after_a_restore(sector, where):
    """They change between releases, too."""
    task = next(t["task"] for t in sector.ctl("tasks", EDITION) if t["state"] == "open" and ":" not in t["task"])
    sector.ctl("backup", where / "old.db")
    for _ in range(4):
        sector.ctl("clock", "+1 hour")
        sector.ctl("waive", task, "--because", "so")
        sector.ctl("reopen", task)
    seen = ics.by_uid(ics.feed(sector, "deadlines"))
    assert max(e.sequence for e in seen.values()) == 4
    restore(sector, where / "old.db")
    release(sector)
    after = ics.by_uid(ics.feed(sector, "deadlines"))
    assert after.keys() == seen.keys()
    for uid, e in seen.items():
        assert after[uid].sequence > e.sequence and after[uid].modified > e.modified


def test_what_comes_back_long_after_a_restore_is_above_what_was_seen(sector, where):
    uid = uid_of(sector)
    release(sector, ("audience", ITEM, "nobody"))
    sector.ctl("backup", where / "old.db")
    for who in ("all", "invited", "all"):
        release(sector, ("audience", ITEM, who))
    seen = ics.by_uid(ics.feed(sector))[uid]
    restore(sector, where / "old.db")
    release(sector)
    release(sector, ("confirm", EDITION, "--city", "Tutong"))
    release(sector, ("audience", ITEM, "all"))
    again = ics.by_uid(ics.feed(sector))[uid]
    assert again.sequence > seen.sequence and again.modified > seen.modified


LATER = ("MINISTERIAL-2028", "JWG-2028")


def publish_later(d):
    """Editions of another year, confirmed and released; the UIDs of all that they have."""
    d.ctl("plan", "2028")
    release(d, *(("confirm", name) for name in LATER))
    return {r["item"]: r["uid"] for name in LATER for r in d.ctl("agenda", name, "--release", number(d))} | \
        {r["edition"]: r["uid"] for r in d.ctl("editions", "2028", "--release", number(d)) if r["uid"]}


def number(d):
    return d.ctl("status")[0]["release"]


def test_what_was_published_after_the_copy_has_its_uid_again(sector, where):
    sector.ctl("backup", where / "old.db")
    uids = publish_later(sector)
    assert len(uids) == len(set(uids.values())) > 20
    release(sector, ("confirm", LATER[0], "--city", "Temburong"))
    seen = ics.by_uid(ics.feed(sector))
    restore(sector, where / "old.db")
    assert number(sector) == 1
    release(sector)  # without them; they come later
    assert not set(uids.values()) & ics.by_uid(ics.feed(sector)).keys()
    assert publish_later(sector) == uids
    after = ics.by_uid(ics.feed(sector))
    assert after.keys() == seen.keys()
    for uid, e in seen.items():
        assert after[uid].sequence > e.sequence and after[uid].modified > e.modified


def test_a_calendar_that_is_begun_anew_has_its_uids_again(sector):
    """The database is lost, and there is no copy: what is planned again is what it was."""
    seen = ics.by_uid(ics.feed(sector))
    sector.stop()
    for old in (sector.path / "state").glob("convened.db*"):
        old.unlink()
    sector.start()
    sector.ctl("plan", "2027")
    release(sector, ("confirm", EDITION))
    after = ics.by_uid(ics.feed(sector))
    assert after.keys() == seen.keys()
    assert all(after[uid].sequence > e.sequence for uid, e in seen.items())


def test_without_the_file_the_copy_has_the_key(sector, where):
    sector.ctl("backup", where / "old.db")
    uids = publish_later(sector)
    (sector.path / "state/sequence").unlink()
    restore(sector, where / "old.db")
    assert publish_later(sector) == uids


def test_another_calendar_has_other_uids(sector, where):
    other = Daemon(where / "other")
    try:
        other.ctl("plan", "2027")
        release(other, ("confirm", EDITION))
        mine, theirs = (ics.by_uid(ics.feed(d)) for d in (sector, other))
        assert len(mine) == len(theirs) and not mine.keys() & theirs.keys()
    finally:
        other.stop()
