"""Changing a draft, releasing it, looking back."""
import datetime
import json

import pytest
from conftest import Failed


def edition(daemon, name, *args):
    return next(r for r in daemon.ctl("editions", *args) if r["edition"] == name)


def refused(daemon, status, *args):
    with pytest.raises(Failed) as failed:
        daemon.ctl(*args)
    assert failed.value.status == status, failed.value.stderr
    return failed.value.error["text"]


def test_confirm_fixes_date_host_and_city(planned):
    row = planned.ctl("confirm", "MINISTERIAL-2027", "2027-01-25")[0]
    assert (row["status"], row["start"], row["end"]) == ("confirmed", "2027-01-25", "2027-01-29")
    assert planned.call("plan", {"cycles": "2027"}).summary["moved"] == 0
    assert edition(planned, "MINISTERIAL-2027")["start"] == "2027-01-25"
    row = planned.ctl("confirm", "JWG-2027", "--host", "ID", "--city", "Denpasar",
                      "--force", "offered by Indonesia")[0]
    assert (row["host"], row["city"], row["zone"]) == ("ID", "Denpasar", "Asia/Makassar")


def test_a_hard_rule_stands_unless_forced(planned):
    text = refused(planned, 73, "confirm", "MINISTERIAL-2027", "2027-02-08")
    assert "Lunar New Year" in text and "--force" in text
    assert edition(planned, "MINISTERIAL-2027")["status"] == "proposed"
    row = planned.ctl("confirm", "MINISTERIAL-2027", "2027-02-08", "--force", "palace asked")[0]
    assert row["start"] == "2027-02-08"
    assert planned.ctl("log", "--of", "MINISTERIAL-2027")[-1]["reason"] == "palace asked"


def test_move_an_edition_takes_its_deadlines_along(planned):
    before = {t["task"]: t["due"] for t in planned.ctl("tasks", "MINISTERIAL-2027")}
    row = planned.ctl("move", "MINISTERIAL-2027", "2027-01-25")[0]
    assert row["start"] == "2027-01-25" and row["pinned"] is True
    after = {t["task"]: t["due"] for t in planned.ctl("tasks", "MINISTERIAL-2027")}
    assert before.keys() == after.keys()
    assert before["MINISTERIAL-2027/CREDENTIALS:TH"] == "2027-01-14"
    assert after["MINISTERIAL-2027/CREDENTIALS:TH"] == "2027-01-21"


def test_move_an_item_lays_the_rest_around_it(planned):
    row = planned.ctl("move", "MINISTERIAL-2027/SOM+1:JP", "2027-01-20T14:45")[0]
    assert row["start"] == "2027-01-20T14:45" and row["end"] == "2027-01-20T15:30"
    rows = planned.ctl("agenda", "MINISTERIAL-2027")
    others = [r for r in rows if r["code"] == "SOM+1" and r["partner"] != "JP"]
    assert len(others) == 6
    assert all(r["end"] <= row["start"] or r["start"] >= row["end"] for r in others)
    refused(planned, 73, "move", "MINISTERIAL-2027/SOM+1:JP", "2027-02-20T14:45")
    refused(planned, 66, "move", "MINISTERIAL-2027/NOTHING", "2027-01-20T14:45")


def test_postpone_cancel_reinstate(planned):
    planned.ctl("confirm", "JWG-2027")
    assert planned.ctl("postpone", "JWG-2027", "--because", "host asked")[0]["status"] == "postponed"
    assert planned.ctl("reinstate", "JWG-2027")[0]["status"] == "confirmed"
    assert planned.ctl("cancel", "ATRC-2027")[0]["status"] == "cancelled"
    refused(planned, 73, "cancel", "ATRC-2027")
    refused(planned, 73, "confirm", "ATRC-2027")
    assert planned.ctl("reinstate", "ATRC-2027")[0]["status"] == "proposed"
    row = planned.ctl("cancel", "MINISTERIAL-2027/SOM+1:EU")[0]
    assert row["status"] == "cancelled"
    assert planned.ctl("reinstate", "MINISTERIAL-2027/SOM+1:EU")[0]["status"] == "proposed"
    refused(planned, 73, "reinstate", "MINISTERIAL-2027/SOM+1:EU")


def test_a_confirmed_week_keeps_its_times_when_a_partner_stays_away(planned):
    def times(*but):
        return {i["item"]: (i["start"], i["end"]) for i in planned.ctl("agenda", "MINISTERIAL-2027")
                if i["item"] not in but}

    china = "MINISTERIAL-2027/SOM+1:CN"
    before = times()
    planned.ctl("cancel", china)  # proposed: the others close up
    assert times(china) != {name: t for name, t in before.items() if name != china}
    planned.ctl("reinstate", china)
    assert times() == before
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    planned.ctl("cancel", china, "--because", "minister travels")
    assert times() == before
    rows = planned.ctl("diff")
    assert [(r["change"], r["item"]) for r in rows] == [("cancelled", china)]
    planned.ctl("release")
    planned.ctl("move", "MINISTERIAL-2027", "2027-01-25", "--force", "host asked")
    gap = {name: (a[:8] + f"{int(a[8:10]) + 7}" + a[10:]) for name, (a, _) in before.items()}
    assert {name: a for name, (a, _) in times().items()} == gap  # the gap moves along
    planned.ctl("reinstate", china)
    assert {name: a for name, (a, _) in times().items()} == gap


def test_call_adds_one_edition_where_the_rules_allow(planned):
    rows = planned.ctl("call", "ANSAC", "--for", "cable incident", "--by", "2027-09-30")
    called = [r for r in rows if r.get("reason") == "cable incident"]
    assert len(called) == 1 and called[0]["edition"].startswith("ANSAC-2027-")
    assert called[0]["start"] <= "2027-09-30"
    assert all("was" in r for r in rows if r not in called)  # else only what gave way
    planned.ctl("call", "ANSAC", "--for", "another", "--by", "2027-11-30")
    starts = [datetime.date.fromisoformat(r["start"]) for r in planned.ctl("editions", "2027")
              if r["cluster"] == "ANSAC"]
    assert len(starts) == 3 and all((b - a).days >= 40 for a, b in zip(starts, starts[1:]))
    spread = [r for r in planned.ctl("why", "ANSAC-2027-2") if "spread over the cycle" in
              (r.get("rule") or "")]
    assert spread and spread[0]["kind"] == "soft" and "or more" in spread[0]["text"]
    assert not any("ANSAC start near" in (r.get("rule") or "")
                   for r in planned.ctl("why", "ANSAC-2027-2"))
    assert "at most 3" in refused(planned, 73, "call", "ANSAC", "--for", "x", "--by", "2027-11-30")
    assert "not as needed" in refused(planned, 73, "call", "JWG", "--for", "x", "--by", "2027-11-30")


def test_meeting_adds_a_one_off_item(planned):
    row = planned.ctl("meeting", "MINISTERIAL-2027", "BRIEF", "Press briefing",
                      "--at", "2027-01-18T16:00", "--for", "45 min", "--of", "ADGMIN")[0]
    assert row["title"] == "Press briefing" and row["end"] == "2027-01-18T16:45"
    codes = [r["code"] for r in planned.ctl("agenda", "MINISTERIAL-2027")]
    assert codes.count("BRIEF") == 1
    refused(planned, 73, "meeting", "MINISTERIAL-2027", "BRIEF", "Again",
            "--at", "2027-01-18T17:00", "--for", "45 min")
    refused(planned, 66, "meeting", "MINISTERIAL-2027", "X", "X", "--at", "2027-01-18T17:00",
            "--for", "45 min", "--of", "NOBODY")


def test_diff_tells_of_other_words(planned):
    planned.ctl("release")
    assert planned.call("diff").summary == dict.fromkeys(
        ("changes", "editions", "items", "tasks", "drifted", "contacts"), 0)
    text = planned.rules_file.read_text()
    assert text.count('"Brunei Darussalam"') == 1
    planned.rules_file.write_text(text.replace('"Brunei Darussalam"', '"Brunei"'))
    planned.ctl("reload")
    rows = planned.call("diff")
    feeds = {r["feed"] for r in rows if (r["change"], r["field"], r["edition"]) == ("other", "words", None)}
    assert "host/BN" in feeds and len(feeds) == len(rows)
    assert rows.summary["changes"] == 0 and rows.summary["words"] is True
    status = planned.ctl("status")[0]
    assert (status["draft_changes"], status["draft_words"]) == (0, True)
    assert planned.ctl("drafts")[0]["words"] is True
    shown = planned.run("diff").stdout
    assert "host/BN" in shown and "words yes" in shown
    planned.ctl("release")
    assert planned.ctl("diff") == [] and "words" not in planned.call("diff").summary
    assert planned.ctl("status")[0]["draft_words"] is planned.ctl("drafts")[0]["words"] is False


def test_release_makes_numbered_versions(planned):
    assert planned.ctl("diff")
    done = planned.call("release", {"note": "Dates of 2027"})
    assert done.summary["release"] == 1 and done.summary["messages"] > 100
    assert planned.ctl("diff") == []
    assert "nothing has changed" in refused(planned, 73, "release")
    planned.ctl("move", "MINISTERIAL-2027", "2027-01-25")
    changes = planned.ctl("diff")
    assert any(c["change"] == "moved" and c["edition"] == "MINISTERIAL-2027" and
               c["old"] and c["new"] for c in changes)
    assert edition(planned, "MINISTERIAL-2027", "--release", "1")["start"] == "2027-01-18"
    planned.ctl("release")
    versions = planned.ctl("versions")
    assert [v["release"] for v in versions] == [1, 2]
    assert versions[0]["note"] == "Dates of 2027" and versions[0]["by"]
    assert edition(planned, "MINISTERIAL-2027", "--release", "2")["start"] == "2027-01-25"
    assert planned.ctl("show", "release 1")[0]["changes"] == versions[0]["changes"]
    refused(planned, 66, "editions", "--release", "9")


def test_uid_stays_and_sequence_grows(planned):
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    first = {r["item"]: r for r in planned.ctl("agenda", "MINISTERIAL-2027", "--release", "1")}
    planned.ctl("move", "MINISTERIAL-2027/SIGNING", "2027-01-22T16:00")
    planned.ctl("release")
    second = {r["item"]: r for r in planned.ctl("agenda", "MINISTERIAL-2027", "--release", "2")}
    for name, was in first.items():
        now = second[name]
        assert now["uid"] == was["uid"] and now["uid"]
        changed = now["start"] != was["start"]
        assert now["sequence"] == was["sequence"] + changed, name
    assert second["MINISTERIAL-2027/SIGNING"]["sequence"] == 1
    assert len({r["uid"] for r in second.values()}) == len(second)


def test_drafts_are_what_if_copies(planned):
    planned.ctl("release")
    planned.ctl("fork", "late")
    refused(planned, 73, "fork", "late")
    planned.ctl("move", "MINISTERIAL-2027", "2027-01-25", "--draft", "late")
    assert edition(planned, "MINISTERIAL-2027")["start"] == "2027-01-18"
    rows = {r["draft"]: r for r in planned.ctl("drafts")}
    assert rows["main"]["changes"] == 0 and rows["late"]["changes"] > 0
    assert planned.ctl("diff", "--draft", "late", "--against", "main")
    planned.ctl("adopt", "late")
    assert edition(planned, "MINISTERIAL-2027")["start"] == "2027-01-25"
    planned.ctl("discard", "main")
    assert edition(planned, "MINISTERIAL-2027")["start"] == "2027-01-18"
    planned.ctl("fork", "more")
    planned.ctl("discard", "more")
    refused(planned, 66, "discard", "more")


def test_names_of_drafts_are_the_same_in_capitals(planned, where):
    """A second name that differs in case alone is the same draft: nothing is overwritten."""
    planned.ctl("fork", "late")
    planned.ctl("move", "MINISTERIAL-2027", "2027-01-25", "--draft", "LATE")
    for name in ("late", "LATE", "Main"):
        assert f"there is a draft {name.lower()} already" in refused(planned, 73, "fork", name)
    other = where / "other.txt"
    other.write_text(planned.rules_file.read_text())
    assert "tried on a fork" in refused(planned, 64, "plan", "2027", "--draft", "MAIN", "--rules", other)
    assert "the main draft already" in refused(planned, 73, "adopt", "MAIN")
    assert [r["draft"] for r in planned.ctl("drafts")] == ["main", "late"]
    assert planned.ctl("diff", "--draft", "Late", "--against", "MAIN")
    assert planned.ctl("fork", "more", "--from", "LATE")[0]["from"] == "late"
    planned.ctl("adopt", "LATE")
    assert edition(planned, "MINISTERIAL-2027")["start"] == "2027-01-25"
    assert [r["draft"] for r in planned.ctl("drafts")] == ["main", "more"]
    planned.ctl("discard", "MORE")
    planned.ctl("discard", "MAIN")
    assert [r["draft"] for r in planned.ctl("drafts")] == ["main"]


def test_tasks_are_done_waived_reopened_pinned(planned):
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    row = planned.ctl("done", "MINISTERIAL-2027/CIRCULAR", "--note", "no 1")[0]
    assert row["state"] == "done"
    refused(planned, 73, "done", "MINISTERIAL-2027/CIRCULAR")
    assert planned.ctl("reopen", "MINISTERIAL-2027/CIRCULAR")[0]["state"] == "open"
    row = planned.ctl("waive", "MINISTERIAL-2027/CREDENTIALS:TL", "--because", "observer")[0]
    assert row["state"] == "waived"
    row = planned.ctl("pin", "MINISTERIAL-2027/PAPERS", "2026-12-18")[0]
    assert row["pinned"] is True and row["due"] == "2026-12-18"
    planned.ctl("move", "MINISTERIAL-2027", "2027-01-25")
    row = next(t for t in planned.ctl("tasks") if t["task"] == "MINISTERIAL-2027/PAPERS")
    assert row["due"] == "2026-12-18"
    assert planned.ctl("unpin", "MINISTERIAL-2027/PAPERS")[0]["due"] == "2026-12-28"
    states = {t["state"] for t in planned.ctl("tasks", "MINISTERIAL-2027", "--state", "waived")}
    assert states == {"waived"}
    owners = {t["owner"] for t in planned.ctl("tasks", "--owner", "BN")}
    assert owners == {"BN"}
    refused(planned, 66, "done", "MINISTERIAL-2027/NOTHING")


def test_a_task_says_who_and_why(planned):
    name = "MINISTERIAL-2027/INVITE"
    assert next(t for t in planned.ctl("tasks") if t["task"] == name)["by"] is None
    done = planned.ctl("done", name, "--note", "by courier")[0]
    assert done["note"] == "by courier" and done["by"]
    row = planned.ctl("reopen", name, "--because", "it came back")[0]
    assert (row["state"], row["note"], row["by"]) == ("open", "it came back", done["by"])


def test_log_tells_who_when_why(planned):
    planned.ctl("confirm", "MINISTERIAL-2027", "--because", "letter of 20 Nov")
    row = planned.ctl("log")[-1]
    assert row["verb"] == "confirm" and row["who"] and row["reason"] == "letter of 20 Nov"
    assert row["before"] != row["after"] and "MINISTERIAL-2027" in row["things"]
    assert planned.ctl("log", "--since", "2030-01-01") == []


def test_backup_is_a_consistent_copy(planned, where):
    import sqlite3
    planned.ctl("release")
    summary = planned.call("backup", {"file": str(where / "copy.db")}).summary
    assert summary["bytes"] == (where / "copy.db").stat().st_size
    db = sqlite3.connect(where / "copy.db")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    refused(planned, 73, "backup", where / "copy.db")


def test_a_store_of_the_first_format_is_kept_and_brought_up_to_date(where):
    import sqlite3
    from conftest import SOURCE, Daemon
    (where / "state").mkdir()
    with sqlite3.connect(where / "state" / "convened.db") as db:
        db.executescript((SOURCE / "tests/golden/store/format-1.sql").read_text())
    d = Daemon(where)
    kept, = (where / "state").glob("convened-before-*.db")
    d.said(f"the store has a new format; what it was before is kept in {kept}")
    assert sqlite3.connect(kept).execute("PRAGMA user_version").fetchone() == (1,)
    rows = {r["edition"]: (r["start"], r["status"]) for r in d.ctl("editions")}
    assert rows["MINISTERIAL-2027"] == ("2027-01-18", "confirmed")
    assert d.ctl("agenda", "MINISTERIAL-2027")
    d.ctl("release")
    d.stop()
    d.stderr = ""
    d.start()
    assert "new format" not in d.stderr
    d.stop()


def test_facts_survive_a_restart(planned):
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    before = (planned.ctl("editions"), planned.ctl("agenda", "MINISTERIAL-2027", "--release", "1"),
              planned.get("/feeds/all.ics")[2])
    planned.stop()
    planned.start()
    after = (planned.ctl("editions"), planned.ctl("agenda", "MINISTERIAL-2027", "--release", "1"),
             planned.get("/feeds/all.ics")[2])
    assert before == after


def test_a_second_daemon_on_the_same_state_says_who_holds_it(daemon):
    from conftest import Daemon
    other = Daemon.__new__(Daemon)
    other.__dict__.update(daemon.__dict__)
    other.stderr = ""
    other.process = None
    text = daemon.config.read_text()
    other.config = daemon.path / "other.conf"
    other.config.write_text(text.replace("socket = s", "socket = s2").replace(
        f"listen = 127.0.0.1:{daemon.port}", "listen = none"))
    assert other.start(expect_ready=False) != 0
    assert str(daemon.process.pid) in other.stderr
    other.notify.close()
    daemon.ctl("status")


def test_a_postponed_meeting_is_told_once(planned):
    """What was called off stays called off in the calendars, and the next release says nothing of it again."""
    planned.ctl("confirm", "JWG-2027")
    planned.ctl("release")
    planned.ctl("postpone", "JWG-2027", "--because", "host asked")
    told = planned.ctl("release")
    assert {r["change"] for r in told if r["item"]} == {"cancelled"}
    assert planned.ctl("status")[0]["draft_changes"] == 0 and planned.ctl("diff") == []
    planned.ctl("confirm", "ATRC-2027")
    told = planned.ctl("release")
    assert {r["edition"] for r in told} == {"ATRC-2027"}
    feed = planned.get("/feeds/ADGSOM-WG.ics")[2].decode()
    assert feed.count("STATUS:CANCELLED") > 1  # the days and what would have been on them


def test_an_hour_that_is_likely_a_slip_is_pointed_out(planned):
    item = "MINISTERIAL-2027/SOM+1:JP"
    done = planned.call("move", {"thing": item, "start": "2027-01-20T03:00"})
    assert done.summary["warning"] == "outside the opening hours 09:00 .. 21:30"
    assert "warning" not in planned.call("move", {"thing": item, "start": "2027-01-20T14:45"}).summary
    late = {"edition": "MINISTERIAL-2027", "code": "LATE", "title": "Late", "at": "2027-01-20T21:00", "for": "45 min"}
    assert planned.call("meeting", late).summary["warning"]


def test_the_log_names_a_file_and_does_not_copy_it(planned):
    args = json.loads(planned.ctl("log")[-1]["args"])
    assert args["kind"] == "contacts" and args["name"].endswith("/contacts.csv")
    assert " octets, sha256:" in args["text"], args
