"""The planner through the real daemon: explained, stable, tried out, at odds."""
import re
import time

import pytest
from conftest import SOURCE, Failed

AVOID = 'avoid "Venue works" 2027-01-05 .. 2027-02-13 for everyone\n' \
        'avoid "Elections" 2027-02-15 .. 2027-03-05 for everyone\n'


def change_rules(daemon, old, new, count=1):
    text = daemon.rules_file.read_text()
    assert old in text
    daemon.rules_file.write_text(text.replace(old, new, count))
    daemon.ctl("reload")


def starts(rows):
    return {r["edition"]: r["start"] for r in rows if r["start"]}


def test_a_contradiction_says_how_far_each_statement_must_give_way(daemon):
    rules = daemon.rules_file.read_text()
    daemon.rules_file.write_text(rules + AVOID)
    daemon.ctl("reload")
    with pytest.raises(Failed) as failed:
        daemon.ctl("plan", "2027")
    gives = {r["rule"]: r["gives"] for r in failed.value.rows}
    window = next(v for k, v in gives.items() if "MINISTERIAL window" in k)
    assert "longer, until" in window
    assert "sector.rules:" in failed.value.error["text"] and window in failed.value.error["text"]
    # It is as it says: with as much, there is a plan; with a day less, none.
    day = int(window.split("until ")[1].split()[0])
    for last, possible in ((day - 1, False), (day, True)):
        daemon.rules_file.write_text(
            re.sub(r"(window\s+5 Jan \.\.) 28 Feb", rf"\1 {last} Mar", rules + AVOID))
        daemon.ctl("reload")
        if possible:
            assert daemon.ctl("plan", "2027")
        else:
            with pytest.raises(Failed):
                daemon.ctl("plan", "2027")


def test_what_moves_says_why(daemon):
    before = starts(daemon.ctl("plan", "2027..2029"))
    daemon.ctl("release")
    day = before["JWG-2027"]
    with open(daemon.rules_file, "a") as f:
        f.write(f'avoid "Flood" {day} .. {day} for everyone\n')
    daemon.ctl("reload")
    done = daemon.call("plan", {"cycles": "2027..2029"})
    moved = {r["edition"]: r for r in done if "was" in r}
    assert done.summary["moved"] == len(moved) <= 3
    assert moved["JWG-2027"]["was"] == day
    assert any("Flood" in t and "sector.rules:" in t for t in moved["JWG-2027"]["why_moved"])
    assert all(r["why_moved"] for r in moved.values())


def test_other_rules_are_tried_on_a_fork(daemon, where):
    daemon.ctl("plan", "2027")
    main = starts(daemon.ctl("editions", "2027"))
    other = where / "other.rules"
    other.write_text(daemon.rules_file.read_text() +
                     f'avoid "Flood" {main["JWG-2027"]} .. {main["JWG-2027"]} for everyone\n')
    with pytest.raises(Failed) as failed:
        daemon.ctl("plan", "2027", "--rules", other)
    assert failed.value.status == 64
    daemon.ctl("fork", "late")
    tried = starts(daemon.ctl("plan", "2027", "--rules", other, "--draft", "late"))
    assert tried["JWG-2027"] != main["JWG-2027"]
    assert starts(daemon.ctl("editions", "2027")) == main
    costs = {r["draft"]: r["cost"] for r in daemon.ctl("drafts")}
    assert costs["late"] >= costs["main"]
    assert any(r["edition"] == "JWG-2027" and r["change"] == "moved"
               for r in daemon.ctl("diff", "--draft", "late", "--against", "main"))
    # The daemon's own rules stay as they are.
    assert daemon.call("plan", {"cycles": "2027"}).summary["moved"] == 0
    other.write_text("nonsense\n")
    with pytest.raises(Failed) as failed:
        daemon.ctl("plan", "2027", "--rules", other, "--draft", "late")
    assert failed.value.status == 65 and "other.rules:1" in failed.value.error["at"]


def test_why_says_what_stands_as_planned(daemon):
    daemon.ctl("plan", "2027..2030")
    begin = time.monotonic()
    done = daemon.call("why", {"edition": "MINISTERIAL-2027"})
    why = time.monotonic() - begin
    assert done.summary["given"] == "with 2029 and later as planned"
    assert any(r.get("text") == "with 2029 and later as planned" for r in done)
    done = daemon.call("whynot", {"edition": "JWG-2029", "date": "2029-05-07"})
    assert done.summary["given"] == "with 2027 and earlier as planned"
    assert why < 60  # a hang, not a speed
    daemon.ctl("discard", "main")
    daemon.ctl("plan", "2027")
    assert "given" not in daemon.call("why", {"edition": "MINISTERIAL-2027"}).summary
