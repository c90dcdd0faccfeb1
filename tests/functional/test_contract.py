"""What others rely on: the members of every row and summary that a program may
read, verb by verb. New members may appear; none of these may go away."""
import csv
import io
import json

import pytest
from conftest import SOURCE, Daemon, folder

EDITION = ("edition cluster cycle n title start end days host city zone status cost warnings")
ITEM = ("item edition code part parts kind title nth partner bodies start end zone start_utc "
        "end_utc status uid sequence")
CHANGE = "change edition item field old new"
TASK = "task title edition owner due nominal state overdue pinned depends"
MESSAGE = "message to kind subject edition state created next attempts verdict"
CONTACT = "email name of bodies role channel zone bounces"
FEED = "feed url title events bytes etag release private polled"
DRAFT = "draft from changes cost"

# verb, arguments, members of every row, members of the summary
QUESTIONS = [
    ("status", [], "version now clock release draft_changes held_messages outbox next_due rules "
                   "feeds last_error", ""),
    ("bodies", [], "code title level mandate formerly meets", ""),
    ("members", [], "code name", ""),
    ("partners", [], "code name", ""),
    ("clusters", [], "code title", ""),
    ("workflows", [], "workflow steps", ""),
    ("hosts", ["CHAIR", "2026..2030"], "cycle host name reason", ""),
    ("holidays", ["BN", "2027"], "date cc name kind certainty source", ""),
    ("editions", ["2027"], EDITION, ""),
    ("editions", ["--release", "1"], EDITION, ""),
    ("agenda", ["MINISTERIAL-2027"], ITEM, ""),
    ("show", ["MINISTERIAL-2027"], EDITION, ""),
    ("show", ["MINISTERIAL-2027/SOM"], ITEM, ""),
    ("show", ["MINISTERIAL-2027/PAPERS"], TASK, ""),
    ("show", ["ADGMIN"], "code title level mandate formerly meets", ""),
    ("why", ["MINISTERIAL-2027"], "", ""),
    ("whynot", ["MINISTERIAL-2027", "2027-01-25"], "", "possible"),
    ("drafts", [], DRAFT, ""),
    ("audit", ["2027"], "body cycle mandate requires required planned held missing ok at", ""),
    ("versions", [], "release at by note changes", ""),
    ("tasks", ["MINISTERIAL-2027"], TASK, ""),
    ("contacts", [], CONTACT, ""),
    ("outbox", [], MESSAGE, ""),
    ("message", ["1"], MESSAGE, ""),
    ("feeds", [], FEED, ""),
    ("log", [], "at who verb args reason", ""),
]


@pytest.fixture(scope="module")
def world():
    with folder() as path:
        d = Daemon(path)
        d.ctl("plan", "2027..2028")
        d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
        d.ctl("release", "--note", "first")
        yield d
        d.stop()


@pytest.mark.parametrize("verb, args, members, summary", QUESTIONS,
                         ids=lambda v: v if isinstance(v, str) and " " not in v else "")
def test_rows(world, verb, args, members, summary):
    rows = world.ctl(verb, *args)
    assert rows
    for row in rows:
        missing = set(members.split()) - set(row)
        assert not missing, f"{verb}: no {missing} in {row}"
    if summary:
        asked = {"whynot": {"edition": args[0], "date": args[-1]}}[verb]
        assert set(summary.split()) <= set(world.call(verb, asked).summary)


def test_why_rows(world):
    """Rules first, then other dates."""
    rows = world.ctl("why", "MINISTERIAL-2027")
    rules = [r for r in rows if r.get("kind")]
    dates = [r for r in rows if not r.get("kind")]
    assert rules and dates and rows == rules + dates
    for r in rules:
        assert {"rule", "at", "kind", "cost", "text"} <= set(r) and r["kind"] in ("hard", "soft")
    for r in dates:
        assert {"start", "cost", "reasons"} <= set(r) and isinstance(r["reasons"], list)


def test_check_rows(world, tmp_path):
    bad = tmp_path / "bad.rules"
    bad.write_text('sector X "X"\n  colour red\n')
    done = world.run("--json", "check", str(bad))
    assert done.returncode == 65
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        assert {"file", "line", "column", "severity", "text", "hint"} <= set(row)
    assert {r["severity"] for r in rows} <= {"error", "warning"}


def test_summaries(world):
    """Of the verbs that change things, in an order in which they can."""
    def summary(verb, **args):
        return world.call(verb, args).summary

    assert {"editions", "cost", "bound", "proved", "seconds", "moved", "added",
            "kept"} <= set(summary("plan", cycles="2027"))
    for row in world.ctl("confirm", "MINISTERIAL-2027"):
        assert set(EDITION.split()) <= set(row)
    for row in world.ctl("move", "MINISTERIAL-2027/SOM", "2027-01-19T09:30"):
        assert set(ITEM.split()) <= set(row)
    for row in world.ctl("fork", "try"):
        assert set(DRAFT.split()) <= set(row)
    for row in world.call("diff"):
        assert set(CHANGE.split()) <= set(row)
    assert {"editions", "items", "tasks", "contacts"} <= set(summary("diff"))
    rows = world.call("release", {"note": "second"})
    assert {"release", "messages", "feeds"} <= set(rows.summary)
    assert rows and all(set(CHANGE.split()) <= set(row) for row in rows)
    for verb, args in (("pin", ["2027-01-04"]), ("unpin", []), ("done", []), ("reopen", []),
                       ("waive", ["--because", "no need"])):
        for row in world.ctl(verb, "MINISTERIAL-2027/PAPERS", *args):
            assert set(TASK.split()) <= set(row)
    assert {"bytes", "pages"} <= set(
        summary("backup", file=str(world.path / "copy.db"))
        or world.ctl("backup", world.path / "copy2.db")[0])


def test_diff_says_what_follows(world):
    """A week later: the deadlines go with it, and those concerned are counted."""
    before = {t["task"]: t["due"] for t in world.ctl("tasks", "ATRC-2028")}
    edition = world.ctl("show", "ATRC-2028")[0]
    tasks = len(world.ctl("tasks", "ATRC-2028"))
    others = [r["start"] for r in world.ctl("why", "ATRC-2028") if not r.get("kind")
              and r["cost"] is not None and r["start"] > edition["start"]]
    world.ctl("move", "ATRC-2028", others[0], "--draft", "main")
    summary = world.call("diff").summary
    after = {t["task"]: t["due"] for t in world.ctl("tasks", "ATRC-2028")}
    moved = sum(before[t] != after[t] for t in before)
    assert 0 < moved <= tasks
    assert summary["tasks"] == moved
    assert 0 < summary["contacts"] <= len(world.ctl("contacts"))
    assert world.ctl("release")
    told = {m["to"] for m in world.ctl("outbox", "--edition", "ATRC-2028")} | {
        m["to"] for m in world.ctl("outbox") if m["kind"] == "digest"}
    assert summary["contacts"] <= len(told)


def test_csv_has_the_same_rows(world):
    rows = world.ctl("editions", "2027")
    text = world.run("--csv", "editions", "2027").stdout
    assert text.startswith("\ufeff")  # by which spreadsheets know UTF-8
    table = list(csv.DictReader(io.StringIO(text[1:])))
    assert [r["edition"] for r in rows] == [t["edition"] for t in table]
