"""A member that is given another code: its people, calendars, turns and deadlines go with it, under both names."""
import re

import ics
import pytest

EDITION = "MINISTERIAL-2027"
DELEGATE = "min.bn@example.org"
TASK = f"{EDITION}/CREDENTIALS"


def rename_member(text):
    """BN becomes BR, wherever it stands, and keeps its former name."""
    text = re.sub(r"\bBN\b", "BR", text)
    return re.sub(r'(\nmember BR "Brunei Darussalam"[^\n]*)',
                  r'\1  holidays BN\n  formerly BN "Brunei" until 2026-12', text, count=1)


def hosts(d):
    return [r["host"] for r in d.ctl("hosts", "CHAIR", "2027..2040")]


def uids(d, path):
    status, headers, body = d.get(path)
    assert status == 200, path
    return set(ics.by_uid(body))


def rename(d):
    d.rules_file.write_text(rename_member(d.rules_file.read_text()))
    d.ctl("reload")


@pytest.fixture
def renamed(daemon):
    """BN hosts, has people, a private calendar and a task done; then it is BR."""
    d = daemon
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("contact", "add", DELEGATE, "--name", "Minister", "--of", "BN", "--role", "delegate", "--channel", "invite")
    url = d.ctl("feed", "add", "mine", "--for", DELEGATE)[0]["url"]
    d.mine = url[url.index("/p/"):]
    d.ctl("release", "--send")
    d.ctl("done", f"{TASK}:BN")
    d.was = {"paths": {p: uids(d, p) for p in ("/feeds/host-BN.ics", d.mine)},
             "agenda": {r["item"]: r["start"] for r in d.ctl("agenda", EDITION)}}
    rename(d)
    return d


def test_its_turns_are_its_own(daemon, where):
    """Turns go on from one that was entered under the former code."""
    held = where / "held.csv"
    held.write_text("cluster,cycle,start,end,host,city\nMINISTERIAL,2026,2026-01-12,2026-01-16,BN,Tutong\n")
    before = hosts(daemon)
    daemon.ctl("import", "held", held)
    turns = hosts(daemon)
    assert turns != before and "BN" in turns
    rename(daemon)
    assert hosts(daemon) == ["BR" if h == "BN" else h for h in turns]
    past = next(r for r in daemon.ctl("editions", "2026") if r["edition"] == "MINISTERIAL-2026")
    assert (past["host"], past["city"]) == ("BR", "Tutong")


def test_nothing_is_elsewhere_because_of_a_name(renamed):
    rows = renamed.ctl("diff")
    assert not [r for r in rows if r["field"] in ("host", "city", "zone", "start")]
    assert {r["item"]: r["start"] for r in renamed.ctl("agenda", EDITION)} == renamed.was["agenda"]
    row = next(r for r in renamed.ctl("editions", "2027") if r["edition"] == EDITION)
    assert (row["host"], row["status"]) == ("BR", "confirmed")
    planned = renamed.call("plan", {"cycles": "2027"}).summary
    assert planned["moved"] == 0


def test_calendars_go_on_under_both_addresses(renamed):
    renamed.ctl("release", "--send")
    before = renamed.was["paths"]
    assert before["/feeds/host-BN.ics"] == uids(renamed, "/feeds/host-BN.ics") == uids(renamed, "/feeds/host-BR.ics")
    assert uids(renamed, renamed.mine) == before[renamed.mine]
    assert b"formerly BN" in renamed.get("/feeds/host-BN.ics")[2]
    assert uids(renamed, "/feeds/deadlines-BN.ics") == uids(renamed, "/feeds/deadlines-BR.ics")
    page = renamed.get("/hosts/BN")[2].decode()
    assert "Formerly" in page and "<bdi>Brunei</bdi> (BN), until" in page


def test_its_people_are_its_people(renamed):
    for code in ("BN", "BR"):
        assert {c["email"]: c["of"] for c in renamed.ctl("contacts", "--of", code)} == {DELEGATE: "BR"}
        assert [r for r in renamed.ctl("log", "--of", code) if r["verb"] == "told"]
    renamed.ctl("contact", "add", "new@example.org", "--name", "New", "--of", "BN", "--role", "delegate")
    assert len(renamed.ctl("contacts", "--of", "BR")) == 2
    told = [m for m in renamed.ctl("outbox") if m["to"] == DELEGATE]
    renamed.ctl("cancel", EDITION)
    renamed.ctl("release", "--send")
    more = [m for m in renamed.ctl("outbox") if m["to"] == DELEGATE][len(told):]
    assert "cancellation" in {m["kind"] for m in more}


def test_what_it_has_done_is_done(renamed):
    states = {r["task"]: r["state"] for r in renamed.ctl("tasks", EDITION)}
    assert states[f"{TASK}:BR"] == "done" and f"{TASK}:BN" not in states


def test_the_former_code_is_understood(renamed):
    row = renamed.ctl("confirm", EDITION, "--host", "BN", "--city", "Tutong")[0]
    assert (row["host"], row["city"]) == ("BR", "Tutong")
    assert next(m for m in renamed.ctl("members") if m["code"] == "BR")["formerly"] == [
        {"code": "BN", "name": "Brunei", "from": None, "until": "2026-12"}]
