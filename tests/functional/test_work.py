"""The secretariat's work: tasks, escalation, audit, deliverables, hosts,
documents, time travel, spreadsheets."""
import csv
import hashlib
import io
import os

import pytest
from conftest import SOURCE, Daemon, Failed

GOLDEN = SOURCE / "tests/golden/work"
WEEK = "MINISTERIAL-2027"


def refused(daemon, status, *args):
    with pytest.raises(Failed) as failed:
        daemon.ctl(*args)
    assert failed.value.status == status, failed.value.stderr
    return failed.value.error["text"]


def task(daemon, name):
    return next(t for t in daemon.ctl("tasks") if t["task"] == name)


def summary(daemon, verb, **args):
    return daemon.call(verb, {k.replace("_", "-"): v for k, v in args.items()}).summary


@pytest.fixture
def released(where):
    """2027 confirmed in part and released; mail goes out at once."""
    d = Daemon(where, mail={"escalate-to": "head@calendar.example", "review": "none"})
    d.ctl("plan", "2027")
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    d.ctl("confirm", WEEK)
    d.ctl("release", "--send")
    yield d
    d.stop()


# ---- tasks
def test_tasks_of_each_owner_with_nominal_dates(planned):
    rows = {t["task"]: t for t in planned.ctl("tasks", WEEK)}
    assert sum(name.startswith(f"{WEEK}/CREDENTIALS:") for name in rows) == 11
    register = rows[f"{WEEK}/REGISTER:VN"]  # 9 days before Mon 18 Jan is a Saturday
    assert (register["nominal"], register["due"]) == ("2027-01-09", "2027-01-08")
    assert rows[f"{WEEK}/SILENCE:BN"]["depends"] == f"{WEEK}/DRAFT"
    assert all(t["owner"] == "BN" for t in planned.ctl("tasks", WEEK, "--owner", "BN"))
    assert summary(planned, "tasks", edition=WEEK)["overdue"] == 4


def test_done_out_of_order_is_told(planned):
    done = planned.call("done", {"task": f"{WEEK}/SILENCE:BN", "note": "no objection"})
    assert done.summary["warning"] == f"done although {WEEK}/DRAFT is still open"
    assert task(planned, f"{WEEK}/SILENCE:BN")["warning"]
    planned.ctl("done", f"{WEEK}/DRAFT", "--on", "2026-11-20")
    assert task(planned, f"{WEEK}/SILENCE:BN")["warning"] is None
    assert "done already" in refused(planned, 73, "done", f"{WEEK}/DRAFT")
    assert "future" in refused(planned, 65, "done", f"{WEEK}/REPORT", "--on", "2027-05-01")
    row = planned.ctl("reopen", f"{WEEK}/DRAFT", "--because", "wrong file")[0]
    assert row["state"] == "open" and row["done_on"] is None


def test_waive_says_why(planned):
    row = planned.ctl("waive", f"{WEEK}/CREDENTIALS:TL", "--because", "seated as observer")[0]
    assert (row["state"], row["note"]) == ("waived", "seated as observer")
    assert [t["task"] for t in planned.ctl("tasks", WEEK, "--state", "waived")] == \
        [f"{WEEK}/CREDENTIALS:TL"]
    refused(planned, 64, "waive", f"{WEEK}/CREDENTIALS:BN")


def test_a_pin_stays_and_drifts(planned):
    planned.ctl("pin", f"{WEEK}/PAPERS", "2026-12-18")
    planned.ctl("move", WEEK, "2027-01-25")
    row = task(planned, f"{WEEK}/PAPERS")
    assert (row["due"], row["drift"], row["pinned"]) == ("2026-12-18", "2026-12-28", True)
    assert summary(planned, "tasks")["drifted"] == 1
    row = planned.ctl("unpin", f"{WEEK}/PAPERS")[0]
    assert (row["due"], row["drift"]) == ("2026-12-28", None)
    refused(planned, 73, "unpin", f"{WEEK}/PAPERS")


def test_tasks_of_what_vanishes_are_closed_with_a_reason(released):
    released.ctl("done", "JWG-2027/DATES", "--on", "2026-11-20")
    released.ctl("cancel", "JWG-2027", "--because", "host withdrew")
    rows = {t["task"]: t for t in released.ctl("tasks", "JWG-2027")}
    assert rows["JWG-2027/DATES"]["state"] == "done" and rows["JWG-2027/DATES"]["closed"]
    assert rows["JWG-2027/INVITE"]["state"] == "waived"
    assert rows["JWG-2027/INVITE"]["note"] == "closed: JWG-2027 is cancelled"
    assert "closed" in refused(released, 73, "done", "JWG-2027/INVITE")
    released.ctl("reinstate", "JWG-2027")
    assert task(released, "JWG-2027/INVITE")["state"] == "open"
    # A workflow that is no more: what was done is not lost.
    text = released.rules_file.read_text().replace('  step INVITE    "Letter of invitation',
                                                   '  step LETTER    "Letter of invitation')
    released.ctl("done", "JWG-2027/INVITE")
    released.rules_file.write_text(text)
    released.ctl("reload")
    row = task(released, "JWG-2027/INVITE")
    assert row["state"] == "done" and row["closed"] and row["due"] is None
    assert task(released, "JWG-2027/LETTER")["state"] == "open"


# ---- escalation
def overdue_mails(daemon, step):
    return [(m["created"][:10], m["to"]) for m in daemon.ctl("outbox")
            if m["cause"].startswith("overdue/") and step in m["cause"]]


def test_what_stays_undone_climbs_step_by_step(released):
    released.ctl("clock", "2026-12-20")
    released.ctl("done", f"{WEEK}/OUTCOMES")
    released.ctl("clock", "2027-01-08")
    mails = overdue_mails(released, f"{WEEK}/PAPERS")  # due Mon 21 Dec
    days = {to: sorted(day for day, t in mails if t == to) for _, to in mails}
    # The secretariat is the owner (1 working day) and the desk (3); then its head.
    assert days["desk.adgmin@secretariat.example"] == ["2026-12-22", "2026-12-28"]
    assert days["head@calendar.example"] == ["2027-01-04"]
    assert overdue_mails(released, "OUTCOMES") == []
    assert released.ctl("status")[0]["overdue"] > 4
    before = len(released.ctl("outbox"))
    released.stop()
    released.clock = "2027-01-08T00:00:00Z"
    released.start()
    released.ctl("clock", "2027-01-08T00:30:00Z")
    assert len(released.ctl("outbox")) == before  # each once, also after a restart


def test_the_desk_hears_once_of_all_who_are_late(released):
    released.ctl("clock", "2026-12-17")
    released.ctl("done", f"{WEEK}/CONTACTS:SG")
    released.ctl("clock", "2026-12-18")
    mails = overdue_mails(released, "CONTACTS")
    assert any(t.endswith("vn.example") for _, t in mails)
    assert not any(t.endswith("sg.example") for d, t in mails if d > "2026-12-17")
    desk = [m for m in released.ctl("outbox") if m["to"] == "desk.adgmin@secretariat.example"
            and m["cause"] == f"overdue/{WEEK}/CONTACTS/desk/2026-12-14"]
    assert len(desk) == 1
    text = "".join(r["text"] for r in released.ctl("message", desk[0]["message"], "--raw"))
    assert "BN, ID, KH" in text and "VN" in text and "SG" not in text.split("Owner:")[1][:80]


def test_letters_count_working_days(released):
    released.ctl("clock", "2026-12-29")
    owner, desk = (next("".join(r["text"] for r in released.ctl("message", m["message"], "--raw"))
                        for m in released.ctl("outbox")
                        if m["cause"].startswith(f"overdue/{WEEK}/PAPERS/{rung}/")) for rung in ("owner", "desk"))
    assert "Mon 21 December 2026, 1 working day ago" in owner
    assert "Mon 21 December 2026, 3 working days ago" in desk


def test_the_page_of_an_edition_names_overdue_steps(released):
    page = released.get(f"/editions/{WEEK}")[2].decode()
    assert "due Tuesday 20 October 2026</span> <span><bdi>Letters of invitation" in page
    assert page.index('id="overdue"') < page.index("Letters of invitation")
    for step in ("HOST", "DATES", "INVITE", "CIRCULAR"):
        released.ctl("done", f"{WEEK}/{step}")
    released.ctl("clock", "2026-12-15")
    page = released.get(f"/editions/{WEEK}")[2].decode()
    assert "Letters of invitation" not in page and "(<bdi>11 owners</bdi>)" in page


def test_the_calendar_of_deadlines_says_what_is_overdue(released):
    def summaries():
        text = released.get("/feeds/deadlines.ics")[2].decode().replace("\r\n ", "")
        return {line.split(":", 1)[1] for line in text.split("\r\n") if line.startswith("SUMMARY:")}

    title = "Working papers and annotated agenda out\\, ADGMIN and Related Meetings"
    assert f"Due: {title}" in summaries()
    released.ctl("clock", "2026-12-22")  # due Mon 21 Dec
    assert f"Due: {title} (overdue)" in summaries() and f"Due: {title}" not in summaries()
    assert "nothing has changed" in refused(released, 73, "release")
    released.ctl("done", f"{WEEK}/PAPERS")
    assert f"Due: {title}" in summaries()
    assert released.call("feed lint").summary["findings"] == 0


def test_a_digest_reminds_of_what_turned_overdue_since(released):
    def digest(to, release):
        row = next(m for m in released.ctl("outbox")
                   if (m["to"], m["cause"]) == (to, f"digest/{release}"))
        return "".join(r["text"] for r in released.ctl("message", row["message"], "--raw"))

    desk = "desk.adgmin@secretariat.example"
    assert "Working papers" not in digest(desk, 1)
    released.ctl("clock", "2026-12-22")  # PAPERS is due Mon 21 Dec
    released.ctl("done", f"{WEEK}/DATES")
    released.ctl("move", WEEK, "2027-01-25", "--force", "host asked")
    released.ctl("pin", f"{WEEK}/PAPERS", "2026-12-21")
    released.ctl("release", "--send")
    text = digest(desk, 2)
    assert "Yours, and past its day:" in text
    assert "- Working papers and annotated agenda out, ADGMIN and Related Meetings" in text
    assert "was due Mon 21 December 2026" in text
    assert "Dates proposed to members" not in text  # done
    assert "Credentials" not in text  # the members'


def test_as_many_overdue_as_yesterday_may_be_others(released):
    released.ctl("clock", "2026-12-21")
    before = released.ctl("status")[0]["overdue"]
    late = [t["task"] for t in released.ctl("tasks") if t["overdue"]]
    for name in late[:2]:
        released.ctl("done", name)
    released.ctl("clock", "2026-12-22")  # PAPERS and OUTCOMES were due on Monday
    assert released.ctl("status")[0]["overdue"] == before
    text = released.get("/feeds/deadlines.ics")[2].decode().replace("\r\n ", "")
    assert "SUMMARY:Due: Working papers and annotated agenda out\\, ADGMIN and Related Meetings (overdue)" in text


def spreadsheet(done):
    """The rows of what a command printed with --csv."""
    assert done.stdout.startswith("\ufeff")  # by which spreadsheets know UTF-8
    return csv.DictReader(io.StringIO(done.stdout[1:]))


# ---- audit
def test_audit_prints_a_page_and_a_spreadsheet(planned):
    assert planned.ctl("audit", "2027")[0]["ok"] is True
    page = planned.run("audit", "2027", "--html").stdout
    assert page.startswith("<!DOCTYPE html>") and "<td>kept</td>" in page and "sector.rules:" in page
    planned.ctl("cancel", "ATRC-2027")
    done = planned.run("audit", "2027", "--csv")
    assert done.returncode == 1
    rows = list(spreadsheet(done))
    short = [r for r in rows if r["ok"] == "false"]
    assert {r["body"] for r in short} == {"ATRC"}
    assert any("ATRC-2027 cancelled" in r["missing"] for r in short)
    assert all(r["at"].split(":")[1].isdigit() for r in rows)
    assert "SHORT" in planned.run("audit", "2027", "--html").stdout


# ---- as needed
def test_deliverables_name_the_editions_that_serve_them(planned):
    rows = planned.ctl("deliverables", "2027")
    assert [r["needed"] for r in rows] == [2, 1]
    assert rows[0]["serves"] == ["DDG-2027-1", "DDG-2027-2"] and rows[0]["by"] == "RETREAT 2027"
    assert [r["state"] for r in rows] == ["planned", "planned"]
    planned.ctl("cancel", "DDG-2027-1")
    rows = planned.ctl("deliverables")
    assert rows[0]["serves"] == ["DDG-2027-2", "DDG-2027-3"]
    assert {r["state"] for r in rows} == {"short"}
    planned.ctl("clock", "2028-01-10")
    assert planned.ctl("deliverables")[1]["state"] == "late"
    assert planned.ctl("deliverables", "2031") == []


def test_call_keeps_the_notice(planned):
    text = refused(planned, 73, "call", "ANSAC", "--for", "incident", "--by", "2026-12-01")
    assert "notice" in text and "sector.rules:" in text


# ---- hosts
def test_hosts_names_the_vice_chair_and_another_venue(planned):
    rows = planned.ctl("hosts", "CHAIR", "2021..2040")
    assert [r["host"] for r in rows[:7]] == ["MY", "MM", "PH", "SG", "TH", "VN", "BN"]
    assert all(a["vice_chair"] == b["host"] for a, b in zip(rows, rows[1:]))
    assert rows[15]["host"] == "TL" and rows[-1]["vice_chair"]
    planned.ctl("confirm", WEEK, "--host", "ID", "--city", "Denpasar", "--force", "palace works")
    row = planned.ctl("hosts", "CHAIR", "2027")[0]
    assert (row["host"], row["venue"]) == ("BN", "ID")


def test_handover_is_one_document(planned):
    planned.ctl("document", WEEK, "WP1", "Country paper", "--from", "host", "--due", "2026-12-21")
    planned.ctl("receive", "MINISTERIAL-2027", "REP26", "--from", "VN", "--title",
                "Report | of the <6th>", "--link", "https://papers.example.org/6", "--kind", "report")
    text = planned.run("handover", "BN", "2027").stdout
    for part in ("# Handover to Brunei Darussalam, host in 2027", "18-22 January 2027", "### Agenda",
                 "7th ADGMIN", "### Open tasks", "| 2027-01-14 | Credentials", "Country paper",
                 "| proposed | not released | JWG-2027 |", "nothing is released.",
                 "## Former meetings", "| MINISTERIAL-2026 | 12-16 January 2026 | Viet Nam |",
                 "## Contacts", "protocol@host.bn.example", "CHAIR: Brunei Darussalam in 2027, then Cambodia"):
        assert part in text, part
    assert "Report \\| of the \\<6th\\>" in text
    planned.ctl("confirm", WEEK)
    planned.ctl("release")
    planned.ctl("move", "JWG-2027", "2027-06-14")
    text = planned.run("handover", "BN", "2027").stdout
    for part in ("the last release is 1 of 2026-11-24", "| confirmed | as released | MINISTERIAL-2027 |",
                 "| released for 24-28 May 2027 | JWG-2027 |"):
        assert part in text, part
    page = planned.run("handover", "BN", "2027", "--html").stdout
    assert page.startswith("<!DOCTYPE html>") and "Report | of the &lt;6th&gt;" in page
    assert page.count("<table>") == page.count("</table>")
    hosts = {e["host"] for e in planned.ctl("editions", "2027")}
    idle = next(m["code"] for m in planned.ctl("members") if m["code"] not in hosts)
    refused(planned, 66, "handover", idle, "2027")
    refused(planned, 66, "handover", "XX", "2027")
    refused(planned, 64, "handover", "BN", "2027..2028")


# ---- documents
def test_documents_are_asked_for_received_and_counted(planned, where):
    rows = planned.ctl("document", WEEK, "WP1", "Country paper", "--from", "members",
                       "--with", "PAPERS")
    assert len(rows) == 11 and {r["due"] for r in rows} == {"2026-12-21"}
    partners = planned.ctl("document", WEEK, "ST", "Statement", "--from", "partners",
                           "--due", "2027-01-04", "--kind", "other")
    assert {r["from"] for r in partners} == {"CN", "JP", "KR", "IN", "EU", "US", "ITU"}
    paper = where / "paper.pdf"
    paper.write_bytes(b"\0paper\xff")
    row = planned.ctl("receive", WEEK, "WP1", "--from", "BN", "--file", paper)[0]
    assert (row["state"], row["file"]) == ("received", "paper.pdf")
    assert row["digest"] == "sha256:" + hashlib.sha256(b"\0paper\xff").hexdigest()
    planned.ctl("clock", "2026-12-29")
    row = planned.ctl("receive", WEEK, "WP1", "--from", "JP", "--title", "Note",
                      "--link", "https://papers.example.org/jp")[0]
    assert row["state"] == "received" and row["due"] is None
    # ID: Tue 22, Wed 23, then 24 and 25 are holidays there, Mon 28.
    row = planned.ctl("receive", WEEK, "WP1", "--from", "SG", "--on", "2026-12-23")[0]
    assert (row["state"], row["late"]) == ("late", 2)
    assert len(planned.ctl("documents", WEEK, "--state", "missing")) == 9
    table = {r["from"]: r for r in planned.ctl("documents", WEEK, "--compliance")}
    assert (table["BN"]["in_time"], table["SG"]["late"], table["KH"]["missing"]) == (1, 1, 1)
    assert table["SG"]["worst"] == 2 and table["BN"]["name"] == "Brunei Darussalam"
    planned.ctl("move", WEEK, "2027-01-25", "--force", "late notice")
    assert planned.ctl("documents", WEEK, "--from", "TH")[0]["due"] == "2026-12-28"


def test_document_drop_and_what_is_refused(planned):
    planned.ctl("document", WEEK, "WP1", "Country paper", "--from", "TL")
    assert planned.ctl("document", "drop", WEEK, "WP1", "--from", "TL") is not None
    assert planned.ctl("documents") == []
    refused(planned, 66, "document", "drop", WEEK, "WP1", "--from", "TL")
    refused(planned, 66, "document", "MINISTERIAL-2040", "WP1", "x", "--from", "TL")
    refused(planned, 66, "document", WEEK, "WP1", "x", "--from", "TL", "--with", "NOTHING")
    refused(planned, 64, "document", WEEK, "WP1", "x", "--from", "TL", "--with", "PAPERS",
            "--due", "2026-12-21")
    assert "no member" in refused(planned, 65, "document", WEEK, "WP1", "x", "--from", "XX")
    assert "nobody asked" in refused(planned, 66, "receive", WEEK, "WP9", "--from", "JP")
    assert "future" in refused(planned, 65, "receive", WEEK, "WP9", "--from", "JP", "--title", "x",
                               "--on", "2027-05-01")
    assert "https" in refused(planned, 65, "receive", WEEK, "WP9", "--from", "JP", "--title", "x",
                              "--link", "javascript:alert(1)")
    assert "quotes" in refused(planned, 65, "receive", WEEK, "WP9", "--from", "JP", "--title", "x",
                               "--link", 'https://papers.example.org/" onclick="a')
    refused(planned, 65, "receive", WEEK, "WP9", "--from", "JP", "--file", "/nonexistent")
    with pytest.raises(Failed):
        planned.call("receive", {"edition": WEEK, "code": "A", "from": "JP", "title": "x",
                                 "file": "sha256:12 x"})


def test_outcomes_are_on_the_pages_of_their_bodies(released):
    link = "https://papers.example.org/declaration.pdf"
    for code, kind in (("DECL", "outcome"), ("WP1", "paper")):
        released.ctl("receive", WEEK, code, "--from", "BN", "--title", f"The {code}", "--kind", kind, "--link", link)
    page = released.get("/bodies/ADGSOM")[2].decode()
    assert f'<a href="{link}"><bdi>The DECL</bdi></a>' in page and "The WP1" not in page
    assert "The DECL" not in released.get("/bodies/ANSAC")[2].decode()
    released.ctl("document", "drop", WEEK, "DECL", "--from", "BN", "--because", "withdrawn")
    released.ctl("clock", "2026-11-25")
    assert "The DECL" not in released.get("/bodies/ADGSOM")[2].decode()


# ---- time travel
def test_show_as_of_a_day(released):
    refused(released, 66, "show", WEEK, "--as-of", "2026-11-23")
    released.ctl("clock", "2026-12-01")
    released.ctl("move", WEEK, "2027-01-25")
    released.ctl("release", "--send")
    was = released.ctl("show", WEEK, "--as-of", "2026-11-30")[0]
    now = released.ctl("show", WEEK, "--as-of", "2026-12-01")[0]
    assert (was["start"], was["release"]) == ("2027-01-18", 1)
    assert (now["start"], now["release"]) == ("2027-01-25", 2)
    item = released.ctl("show", f"{WEEK}/SOM+1:JP", "--as-of", "2026-11-24")[0]
    assert item["start"].startswith("2027-01-20") and item["release"] == 1
    assert [e["start"] for e in released.ctl("editions", "--release", 1) if e["edition"] == WEEK] == \
        ["2027-01-18"]


def test_editions_as_of_a_day(released):
    def start(*options):
        return next(e["start"] for e in released.ctl("editions", "2027", *options) if e["edition"] == WEEK)
    assert "released by 2026-11-23" in refused(released, 66, "editions", "--as-of", "2026-11-23")
    released.ctl("clock", "2026-12-01")
    released.ctl("move", WEEK, "2027-01-25")
    assert start("--as-of", "2026-12-01") == "2027-01-18"  # the draft is nobody's calendar yet
    released.ctl("release", "--send")
    assert [start("--as-of", day) for day in ("2026-11-30", "2026-12-01")] == ["2027-01-18", "2027-01-25"]
    assert "not both" in refused(released, 64, "editions", "--as-of", "2026-12-01", "--release", "1")


def test_log_tells_what_a_partner_was_told_and_when(released):
    released.ctl("clock", "2026-12-01")
    released.ctl("move", WEEK, "2027-01-25")
    released.ctl("release", "--send", "--note", "one week later")
    released.ctl("clock", "2026-12-14")
    rows = released.ctl("log", "--of", "JP")
    assert [r["at"] for r in rows] == sorted(r["at"] for r in rows)
    assert [r["release"] for r in rows if r["verb"] == "release"] == [1, 2]
    assert any(r["reason"] == "one week later" for r in rows)
    told = [r for r in rows if r["verb"] == "told"]
    assert told and all(".jp." in r["to"] for r in told)
    assert len({r["at"][:10] for r in told}) > 1
    assert released.ctl("log", "--of", "JP", "--since", "2026-12-02") != []
    assert "release 2" in released.run("log", "--of", "JP").stdout
    # What Japan was told stays told when its contact leaves or moves on.
    released.ctl("contact", "set", "asean.desk@digital.jp.example", "--of", "KR")
    assert released.ctl("log", "--of", "JP") == rows
    released.ctl("contact", "drop", "asean.desk@digital.jp.example")
    assert released.ctl("log", "--of", "JP") == rows


# ---- spreadsheets
def test_import_of_what_contacts_prints_changes_nothing(planned, where):
    table = where / "contacts.csv"
    table.write_text(planned.run("contacts", "--csv").stdout)
    assert summary_of(planned, "contacts", table) == {"added": 0, "changed": 0, "unchanged": 119}
    table.write_text("email,name,of,channel\nadgmin@digital.bn.example,New Name,BN,none\n"
                     "new@digital.bn.example,Somebody,BN,feed\n")
    rows = planned.ctl("import", "contacts", table, "--dry-run")
    assert [r["change"] for r in rows] == ["changed", "added"]
    assert 'channel "invite" -> "none"' in rows[0]["text"] and rows[0]["line"] == 2
    shown = planned.run("import", "contacts", table, "--dry-run").stdout
    assert "contacts.csv:2: changed: adgmin@digital.bn.example: name" in shown
    assert planned.call("contacts").summary["contacts"] == 119
    planned.ctl("import", "contacts", table)
    assert planned.call("contacts").summary["contacts"] == 120


def summary_of(daemon, kind, path, **args):
    return daemon.call("import", {"kind": kind, "text": path.read_text(), "name": str(path), **args}).summary


def test_import_tasks_as_a_spreadsheet(planned, where):
    table = where / "tasks.csv"
    planned.ctl("pin", f"{WEEK}/PAPERS", "2026-12-18")
    planned.ctl("waive", f"{WEEK}/ADREF:SG", "--because", "=none needed")
    text = planned.run("tasks", "--csv").stdout
    table.write_text(text)
    done = summary_of(planned, "tasks", table)
    assert (done["added"], done["changed"]) == (0, 0) and done["unchanged"] > 50
    table.write_text(f"task,state,done_on,note\n{WEEK}/INVITE,done,2026-10-20,by courier\n"
                     f"{WEEK}/CIRCULAR,done,,\n{WEEK}/ADREF:TL,waived,,observer\n")
    rows = planned.ctl("import", "tasks", table, "--dry-run")
    assert len(rows) == 3 and 'state "open" -> "done"' in rows[0]["text"]
    assert task(planned, f"{WEEK}/INVITE")["state"] == "open"
    planned.ctl("import", "tasks", table)
    assert task(planned, f"{WEEK}/INVITE")["done_on"] == "2026-10-20"
    assert task(planned, f"{WEEK}/ADREF:TL")["note"] == "observer"
    table.write_text(f"task,state,done_on\n{WEEK}/NOTHING,done,\n{WEEK}/HOST,dne,\n"
                     f"{WEEK}/DATES,done,2031-01-01\n{WEEK}/REPORT,waived,\n{WEEK}/DRAFT,done,\n")
    with pytest.raises(Failed) as failed:
        planned.ctl("import", "tasks", table)
    assert failed.value.status == 65 and [r["line"] for r in failed.value.rows] == [2, 3, 4, 5]
    assert task(planned, f"{WEEK}/DRAFT")["state"] == "open"


SERIES = """series,seq,meeting,body,role,partner,ordinal,start,end,host_cc,host_city
TELMIN-13,1,14th TELSOM,TELSOM,before,,14,2013-11-12,2013-11-13,SG,Singapore
TELMIN-13,2,13th TELMIN,TELMIN,anchor,,13,2013-11-14,2013-11-15,SG,Singapore
TELMIN-14,1,14th TELMIN,TELMIN,anchor,,14,2015-01-22 (Thu),2015-01-23,TH,Bangkok
TELMIN-15,1,15th TELMIN,TELMIN,anchor,,15,2015-11-26,2015-11-27,VN,Da Nang
LR-2016-1,1,Retreat,TELSOM-ATRC,anchor,,1,2016-03-10,2016-03-11,LA,Luang Prabang
SPECIAL,1,Special TELSOM,TELSOM,anchor,,,2011-07-04,2011-07-07,TH,Pattaya
"""


def test_import_held_takes_the_history_of_a_series(planned, where):
    table = where / "history.csv"
    table.write_text(SERIES)
    rows = {r["thing"]: r for r in planned.ctl("import", "held", table, "--dry-run")}
    assert rows["MINISTERIAL-2013"]["text"].endswith("2013-11-12 to 2013-11-15 in SG")
    assert "MINISTERIAL-2014" in rows and "MINISTERIAL-2015" in rows  # one cycle each
    assert "RETREAT-2016" in rows and rows["SPECIAL"]["change"] == "skipped"
    assert summary_of(planned, "held", table) == {"added": 4, "changed": 0, "unchanged": 0, "skipped": 1}
    assert summary_of(planned, "held", table) == {"added": 0, "changed": 0, "unchanged": 4, "skipped": 1}
    rows = spreadsheet(planned.run("audit", "2013", "--csv"))
    held = {r["body"]: r["held"] for r in rows if r["requires"].startswith("1 meeting")}
    assert held["ADGMIN"] == "1"
    row = planned.ctl("editions", "2013")[0]
    assert (row["edition"], row["title"], row["host"], row["status"]) == \
        ("MINISTERIAL-2013", "TELMIN and Related Meetings", "SG", "held")
    table.write_text(SERIES.replace("(Thu)", "(Fri)").replace(",15,2015-11", ",12,2015-11")
                     .replace("TELSOM-ATRC,anchor", "NOBODY,anchor").replace("2013-11-12,", "2003-11-12,"))
    with pytest.raises(Failed) as failed:
        planned.ctl("import", "held", table)
    text = " ".join(r["text"] for r in failed.value.rows)
    for part in ("2015-01-22 is a Thu, not Fri", "NOBODY", "is a year wrong"):
        assert part in text, text
    table.write_text("cluster,cycle,start,end,host,city\nMINISTERIAL,2013,2013-11-12,2013-11-14,SG,Singapore\n")
    rows = planned.ctl("import", "held", table, "--dry-run")
    assert rows[0]["text"] == 'MINISTERIAL-2013: end "2013-11-15" -> "2013-11-14"'


def test_import_holidays_shows_what_changes(planned, where):
    table = where / "bn.csv"
    table.write_text("date,name,kind,certainty\n2027-05-05,Jubilee,public,announced\n"
                     "2027-01-01,New Year's Day,public,fixed\n")
    rows = planned.ctl("import", "holidays", table, "--dry-run")
    assert rows[0]["text"] == "BN 2027-05-05: Jubilee" and rows[0]["change"] == "added"
    planned.ctl("import", "holidays", table)
    assert summary_of(planned, "holidays", table)["added"] == 0
    assert any(r["name"] == "Jubilee" for r in planned.ctl("holidays", "BN", "2027"))


# ---- a year
def test_a_year_with_tasks_late_moved_and_escalated(where):
    """What an officer sees in a year: done late, moved, pinned, escalated, closed."""
    d = Daemon(where, mail={"escalate-to": "head@calendar.example", "review": "none"})
    lines = []

    def say(*args):
        lines.append("$ convenectl " + " ".join(f'"{a}"' if " " in str(a) else str(a) for a in args))
        done = d.run("-y", *args)
        lines.extend(line.rstrip() for line in (done.stdout + done.stderr).splitlines())
        lines.append("")

    def climb(since):
        """Who heard that something is late, a line per mail."""
        for m in d.ctl("outbox"):
            if m["cause"].startswith("overdue/") and m["created"] >= since:
                lines.append(f"{m['created'][:10]}  {m['cause'].removeprefix('overdue/')}  {m['to']}")
        lines.append("")

    d.ctl("plan", "2027")
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    d.ctl("confirm", WEEK)
    d.ctl("release", "--send")
    say("tasks", WEEK, "--owner", "secretariat")
    for step in ("HOST", "DATES", "INVITE", "CIRCULAR"):
        d.ctl("done", f"{WEEK}/{step}", "--on", "2026-11-20")
    for cc in ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN"):
        d.ctl("done", f"{WEEK}/CONTACTS:{cc}", "--on", "2026-11-20")
    d.ctl("document", WEEK, "WP1", "Country paper", "--from", "members", "--with", "PAPERS")
    say("clock", "2026-12-15")
    climb("2026-11-24")
    say("waive", f"{WEEK}/CONTACTS:TL", "--because", "seated as observer")
    say("pin", f"{WEEK}/PAPERS", "2026-12-18", "--because", "before the holidays")
    say("move", WEEK, "2027-01-25", "--because", "host asked", "--force", "host asked")
    d.ctl("release", "--send", "--note", "a week later")
    say("tasks", WEEK, "--owner", "secretariat")
    say("clock", "2027-01-07")
    climb("2026-12-15")
    say("done", f"{WEEK}/PAPERS", "--note", "late, after the holidays")
    say("receive", WEEK, "WP1", "--from", "TH", "--link", "https://papers.example.org/th")
    say("documents", WEEK, "--compliance")
    d.ctl("cancel", "JWG-2027", "--because", "host withdrew")
    d.ctl("release", "--send")
    say("tasks", "JWG-2027", "--owner", "secretariat")
    say("clock", "2027-02-20")
    say("done", f"{WEEK}/SILENCE:BN")
    say("done", f"{WEEK}/DRAFT", "--on", "2027-02-10")
    say("tasks", WEEK, "--owner", "secretariat")
    say("clock", "2027-12-01")
    say("tasks", "--state", "open", "--owner", "secretariat")
    d.stop()
    text = "\n".join(lines) + "\n"
    golden = GOLDEN / "year.txt"
    if os.environ.get("GOLDEN_UPDATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()
