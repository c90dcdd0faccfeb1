"""Private feeds: one secret, one contact, nothing of the secret anywhere else; and who polls."""
import hashlib
import re
import sqlite3

import pytest

import ics
from conftest import SOURCE, Failed

EDITION = "MINISTERIAL-2027"


@pytest.fixture
def sector(daemon):
    daemon.ctl("plan", "2027")
    daemon.ctl("confirm", EDITION)
    daemon.ctl("contact", "add", "sen.bn@example.org", "--name", "Senior, of Brunei", "--of", "BN",
               "--bodies", "ADGSOM,ATRC", "--role", "delegate")
    daemon.ctl("contact", "add", "desk.jp@example.org", "--name", "Desk of Japan", "--of", "JP", "--role", "partner")
    daemon.ctl("release")
    return daemon


def add(daemon, name="senior", email="sen.bn@example.org", *more):
    row = daemon.ctl("feed", "add", name, "--for", email, *more)[0]
    return row, row["url"][row["url"].index("/p/"):]


def test_feed_add_prints_the_address_once(sector):
    row, path = add(sector)
    assert re.fullmatch(r"/p/[0-9a-f]{64}\.ics", path) and row["for"] == "sen.bn@example.org"
    status, headers, body = sector.get(path)
    assert status == 200 and headers["Cache-Control"] == "private, max-age=900, must-revalidate, no-transform"
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    ics.check_octets(body)
    calendar = ics.read(body)
    assert "SOURCE" not in calendar and "/p/" not in body.decode()
    listed = next(r for r in sector.ctl("feeds") if r["feed"] == "private/senior")
    assert listed["private"] is True and listed["url"] is None and listed["polled"] == 1
    assert add(sector, "other")[1] != path


def test_scope_is_the_contacts(sector):
    _, path = add(sector)
    body = sector.get(path)[2]
    shown = ics.by_uid(body)
    assert {e.text("CLASS") for e in shown.values()} == {"CONFIDENTIAL"}
    codes = {p.text for e in shown.values() for p in e.all("CATEGORIES")}
    assert {"ADGSOM", "ATRC"} <= codes and not codes & {"ADGMIN-ONLY"}
    everything = ics.by_uid(ics.feed(sector)) | ics.by_uid(ics.feed(sector, "deadlines"))
    assert set(shown) < set(everything)
    for uid, e in shown.items():
        mine = [p.line for p in e.properties if p.name != "CLASS"]
        assert mine == [p.line for p in everything[uid].properties if p.name != "CLASS"]
    timed = [e for e in shown.values() if "TZID" in e["DTSTART"].parameters]
    assert timed and all({p.text for p in e.all("CATEGORIES")} & {"ADGSOM", "ATRC"} or "CATEGORIES" not in e
                         for e in timed)
    dues = [e for e in shown.values() if e.summary.startswith("Due: ")]
    assert dues and all("Brunei Darussalam" in e.description for e in dues)


def test_a_query_never_widens_the_scope(sector):
    _, path = add(sector)
    assert sector.get(path + "?bodies=ADGMIN&for=all")[2] == sector.get(path)[2]


def test_bodies_narrow_the_contact_and_never_widen_it(sector):
    _, wide = add(sector)
    _, narrow = add(sector, "narrow", "sen.bn@example.org", "--bodies", "ATRC")
    assert set(ics.by_uid(sector.get(narrow)[2])) < set(ics.by_uid(sector.get(wide)[2]))
    with pytest.raises(Failed) as refused:
        add(sector, "wider", "sen.bn@example.org", "--bodies", "ADGMIN")
    assert refused.value.status == 73
    with pytest.raises(Failed) as refused:
        add(sector, "nobody", "nobody@example.org")
    assert refused.value.status == 66
    with pytest.raises(Failed) as refused:
        add(sector)
    assert refused.value.status == 73
    sector.ctl("contact", "set", "sen.bn@example.org", "--bodies", "ADGSOM")
    sector.ctl("confirm", EDITION, "--city", "Tutong")
    sector.ctl("release")
    assert ics.by_uid(sector.get(narrow)[2]) == {}


def test_own_deadlines_become_overdue(sector):
    _, path = add(sector)

    def dues():
        return {uid: e for uid, e in ics.by_uid(sector.get(path)[2]).items() if e.summary.startswith("Due: ")}

    def late(events):
        return {uid for uid, e in events.items() if e.summary.endswith(" (overdue)")}

    before = dues()
    sector.ctl("clock", "2027-01-12")
    after = dues()
    assert late(before) < late(after) < set(after)
    everybody = ics.by_uid(ics.feed(sector, "deadlines"))
    for uid in late(after) - late(before):
        assert int(after[uid]["SEQUENCE"].text) > int(before[uid]["SEQUENCE"].text)
        assert after[uid]["SEQUENCE"].text == everybody[uid]["SEQUENCE"].text
        assert after[uid]["LAST-MODIFIED"].text == everybody[uid]["LAST-MODIFIED"].text
    body = sector.get(path)[2]
    add(sector, "another", "desk.jp@example.org")  # renders them all again
    assert sector.get(path)[2] == body
    uid = next(t for t in sector.ctl("tasks", EDITION, "--owner", "BN") if t["overdue"])
    sector.ctl("done", uid["task"])
    assert len(late(dues())) <= len(late(after))
    assert sector.call("feed lint").summary["findings"] == 0


def test_partner_sees_its_consultations(sector):
    _, path = add(sector, "jp", "desk.jp@example.org")
    timed = [e for e in ics.events(sector.get(path)[2]) if "TZID" in e["DTSTART"].parameters]
    assert timed and all("Japan" in e.summary for e in timed)


def test_nothing_of_the_secret_is_kept_or_told(sector):
    row, path = add(sector)
    secret = path[3:-4]
    for _ in range(2):
        sector.get(path)
    sector.get("/p/" + secret[:-1] + "0.ics")
    assert secret.encode() not in b"".join(p.read_bytes() for p in (sector.path / "state").glob("convened.db*"))
    digest = hashlib.sha256(secret.encode()).hexdigest()
    with sqlite3.connect(sector.path / "state/convened.db") as db:
        assert db.execute("SELECT count(*) FROM feed_token WHERE hash = ?", (digest,)).fetchone() == (1,)
    told = [sector.run(*words).stdout for words in
            (["feeds"], ["--json", "feeds"], ["--json", "log"], ["--json", "status"], ["feed", "private/senior"])]
    told += [sector.get(p)[2].decode() for p in ("/", "/subscribe", "/feeds.json", "/metrics")] + [sector.stderr]
    assert not [t for t in told if secret in t or digest in t]


def test_private_feeds_are_on_no_page(sector):
    """Neither their names nor their contacts, nor that there are any."""
    _, path = add(sector, "zebra-7")
    seen = [path for path in re.findall('href="(/[^"#]*)"', sector.get("/subscribe")[2].decode()) if "/feeds/" not in path]
    for page in {"/", "/subscribe", "/feeds.json", "/2027.json", "/2027.csv", "/bodies/ADGSOM", "/hosts/BN", "/nothing",
                 "/metrics", "/robots.txt", f"/editions/{EDITION}"} | set(seen):
        text = sector.get(page)[2].decode().lower()
        for secret in ("zebra", "sen.bn@example.org", "senior, of brunei", "/p/", path[3:-4]):
            assert secret not in text, (page, secret)


def test_unknown_token_is_like_any_other_404(sector):
    _, path = add(sector)
    answers = [sector.get(p) for p in ("/p/" + "0" * 64 + ".ics", path[:-4], path[:-1], path.upper(), "/p/", "/p/x",
                                       "/p/.ics", "/feeds/nothing.ics", "/nothing", "/meetings/x.ics")]
    for status, headers, body in answers:
        headers.pop("Date")
        assert (status, headers, body) == (404, answers[0][1], answers[0][2])


def test_rotate_gives_another_address_and_the_old_one_a_notice(sector):
    _, old = add(sector)
    row = sector.ctl("feed", "rotate", "senior")[0]
    new = row["url"][row["url"].index("/p/"):]
    assert new != old and len(ics.events(sector.get(new)[2])) > 5
    status, headers, body = sector.get(old)
    assert status == 200 and headers["Cache-Control"].startswith("private")
    ics.check_octets(body)
    [notice] = ics.events(body)
    assert notice.summary == "This calendar address was withdrawn" and notice.days == 1
    assert "secretariat@calendar.example" in notice.description
    assert sector.get(old, If_None_Match=headers["ETag"])[0] == 304
    sector.ctl("clock", "+29 days")
    assert sector.get(old)[2] == body
    sector.ctl("clock", "+2 days")
    assert sector.get(old)[0] == 410 and sector.get(new)[0] == 200


def test_revoke_ends_in_410_and_frees_the_name(sector):
    _, path = add(sector)
    sector.ctl("feed", "revoke", "private/senior")
    assert not [r for r in sector.ctl("feeds") if r["private"]]
    assert len(ics.events(sector.get(path)[2])) == 1
    with pytest.raises(Failed) as refused:
        sector.ctl("feed", "revoke", "senior")
    assert refused.value.status == 66
    _, again = add(sector)
    assert again != path and sector.get(again)[0] == 200
    sector.stop()
    sector.start()
    assert len(ics.events(sector.get(path)[2])) == 1 and sector.get(again)[0] == 200
    sector.ctl("clock", "+31 days")
    assert sector.get(path)[0] == 410


def test_contact_dropped_withdraws_its_feed(sector):
    _, path = add(sector)
    sector.ctl("contact", "drop", "sen.bn@example.org")
    [notice] = ics.events(sector.get(path)[2])
    assert "withdrawn" in notice.summary


def test_release_and_restart_keep_a_private_feed_up_to_date(sector):
    _, path = add(sector)
    before = sector.get(path)[2]
    sector.ctl("clock", "+1 hour")
    sector.ctl("cancel", EDITION + "/SOM+1:JP")
    sector.ctl("release")
    after = sector.get(path)[2]
    uid = next(e.uid for e in ics.events(after) if e.status == "CANCELLED")
    old, new = ics.by_uid(before)[uid], ics.by_uid(after)[uid]
    assert new.sequence == old.sequence + 1 and new.modified > old.modified
    assert [p.line for p in new.properties if p.name != "CLASS"] == \
        [p.line for p in ics.by_uid(ics.feed(sector))[uid].properties if p.name != "CLASS"]
    sector.stop()
    sector.start()
    assert sector.get(path)[2] == after


def test_private_feed_before_the_first_release_is_503(daemon):
    daemon.ctl("contact", "add", "a@example.org", "--name", "A", "--of", "BN")
    _, path = add(daemon, "early", "a@example.org")
    status, headers, _ = daemon.get(path)
    assert status == 503 and "Retry-After" in headers
    daemon.ctl("plan", "2027")
    daemon.ctl("release")
    assert daemon.get(path)[0] == 200


# ---------------------------------------------------------------- telemetry

def test_polls_are_counted_by_client_family(sector):
    agents = {"google": "Google-Calendar-Importer", "outlook": "Microsoft Office/16.0 (Microsoft Outlook 16.0)",
              "apple": "macOS/14.1 (23B74) dataaccessd/1.0", "thunderbird": "Mozilla/5.0 Gecko Thunderbird/115.3",
              "evolution": "Evolution/3.46", "android": "ICSx5/2.1", "other": "Something"}
    for agent in agents.values():
        sector.get("/feeds/all.ics", User_Agent=agent)
    etag = sector.get("/feeds/all.ics", User_Agent="ICSx5/2.1")[1]["ETag"]
    sector.get("/feeds/all.ics", User_Agent="ICSx5/2.1", If_None_Match=etag)
    row = next(r for r in sector.ctl("feeds") if r["feed"] == "all")
    clients = {c["client"]: (c["polled"], c["not_modified"]) for c in row["clients"]}
    assert clients == {name: (1, 0) for name in agents} | {"android": (2, 1)}
    assert row["polled"] == 8 and row["not_modified"] == 1 and row["last_poll"]


def test_who_has_not_polled_since_the_last_change(sector):
    for agent in ("ICSx5/2.1", "Thunderbird/115"):
        sector.get("/feeds/all.ics", User_Agent=agent)
    sector.ctl("clock", "+1 hour")
    sector.ctl("confirm", EDITION, "--city", "Tutong")
    sector.ctl("release")
    sector.get("/feeds/all.ics", User_Agent="ICSx5/2.1")
    row = next(r for r in sector.ctl("feeds") if r["feed"] == "all")
    assert row["behind"] == ["thunderbird"]


def test_a_contact_who_has_not_seen_a_change(sector):
    """Also of a private calendar, and in the table that people read."""
    _, path = add(sector)
    sector.get(path, User_Agent="Thunderbird/115")
    assert next(r for r in sector.ctl("feeds") if r["feed"] == "private/senior")["behind"] == []
    sector.ctl("clock", "+1 hour")
    sector.ctl("confirm", EDITION, "--city", "Tutong")
    sector.ctl("release")
    row = next(r for r in sector.ctl("feeds") if r["feed"] == "private/senior")
    assert row["behind"] == ["thunderbird"] and row["last_poll"] == "2026-11-24T00:00:00Z"
    line = next(x for x in sector.run("feeds").stdout.splitlines() if x.startswith("private/senior"))
    assert "thunderbird" in line and "sen.bn@example.org" in line
    sector.get(path, User_Agent="Thunderbird/115")
    assert next(r for r in sector.ctl("feeds") if r["feed"] == "private/senior")["behind"] == []
    assert next(r for r in sector.ctl("feeds") if r["feed"] == "body/SSM")["clients"] == []


def test_polls_survive_a_restart(sector):
    sector.get("/feeds/all.ics", User_Agent="ICSx5/2.1")
    sector.stop()
    sector.start()
    row = next(r for r in sector.ctl("feeds") if r["feed"] == "all")
    assert [(c["client"], c["polled"]) for c in row["clients"]] == [("android", 1)]
