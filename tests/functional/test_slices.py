"""The letters of a release, and what falls due, are written in slices: others are answered in between,
and a daemon that dies in the middle goes on where it was."""
import csv
import json
import os
import shutil
import signal
import socket
import sqlite3

from conftest import SOURCE, Daemon

PEOPLE = 300  # letters enough for many slices


def table(where, people=PEOPLE):
    """The example's contacts again and again."""
    rows = list(csv.DictReader(open(SOURCE / "config/demo/contacts.csv", newline="")))
    path = where / "people.csv"
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        for i in range(people):
            local, domain = rows[i % len(rows)]["email"].split("@")
            out.writerow(rows[i % len(rows)] | {"email": f"{local}.{i}@{domain}", "channel": "feed"})
    return path


def ready(where):
    d = Daemon(where, mail={"deliver": "none", "safety-net": "none"})
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("import", "contacts", table(where))
    return d


LOOKS, BETWEEN = 12, 10


class Talk:
    """A connection of its own, on which requests wait their turn."""

    def __init__(self, d, verb, **args):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(d.socket))
        self.socket.settimeout(120)
        self.lines = self.socket.makefile(encoding="utf-8")
        self.ask(verb, **args)

    def ask(self, *verbs, **args):
        """All in one piece: of small ones the kernel takes few for a process that is stopped."""
        self.socket.sendall(b"".join(json.dumps({"verb": verb, "args": args}).encode() + b"\n" for verb in verbs))

    def row(self):
        """The row of the next answer that has one."""
        row = None
        while True:
            line = json.loads(self.lines.readline())
            if "ok" in line:
                assert line["ok"], line
                return row, line.get("summary", {})
            row = line.get("row", row)


def ask_all_along(asking):
    """Looks at the status, and in between at what costs nothing: some turns of the loop pass."""
    asking.ask(*(["status"] + ["clock"] * BETWEEN) * LOOKS)


def looks(asking):
    for _ in range(LOOKS):
        yield asking.row()[0]
        for _ in range(BETWEEN):
            asking.row()


def rows(d, query):
    db = sqlite3.connect(f"file:{d.path}/state/convened.db?mode=ro", uri=True)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


def test_others_are_answered_while_letters_are_written(where):
    """Whoever asks again and again gets answers from the middle, and the new version at once."""
    d = ready(where)
    asking = Talk(d, "status")
    assert asking.row()[0]["unwritten_messages"] == 0
    # Both requests are there before it reads one: what it does between is no matter of who is quick.
    os.kill(d.process.pid, signal.SIGSTOP)
    releasing = Talk(d, "release")
    ask_all_along(asking)
    os.kill(d.process.pid, signal.SIGCONT)
    left = [row["unwritten_messages"] for row in looks(asking)]
    _, summary = releasing.row()
    assert summary["messages"] > PEOPLE // 2
    middle = [n for n in left if n > 1]  # 1: not counted yet
    assert middle and middle == sorted(middle, reverse=True) and len(set(middle)) > 1, left
    d.stop()


def test_a_second_release_waits(where):
    d = ready(where)
    os.kill(d.process.pid, signal.SIGSTOP)
    one, two = Talk(d, "release"), Talk(d, "release")
    os.kill(d.process.pid, signal.SIGCONT)
    answers = [json.loads(t.lines.readline()) for t in (one, two)]
    texts = [a["error"]["text"] for a in answers if "error" in a]
    # The one that came second: the letters of the first are not written, or nothing has changed since.
    assert len(texts) == 1 and ("are being written" in texts[0] or "nothing has changed" in texts[0]), answers
    d.stop()


def test_a_kill_between_two_letters_loses_and_repeats_none(where):
    """At five points of one release: what was written stays, the rest follows at the next start."""
    d = ready(where)
    d.stop()
    shutil.copytree(where / "state", where / "other" / "state")
    d.start()
    releasing = Talk(d, "release")
    releasing.lines.readline()  # the first row: the version is out
    for most in (1, 50, 100, 150, 200):
        while d.call("status")[0]["unwritten_messages"] > PEOPLE - most:
            pass
        before = dict(rows(d, "SELECT recipient, message_id FROM message"))
        d.kill()
        d.start()
        now = dict(rows(d, "SELECT recipient, message_id FROM message"))
        assert before.items() <= now.items()
    while d.call("status")[0]["unwritten_messages"] > 0:
        pass
    told = rows(d, "SELECT recipient, count(*) FROM message WHERE cause = 'digest/1' GROUP BY recipient")
    assert all(n == 1 for _, n in told)
    other = Daemon(where / "other", mail={"deliver": "none"})
    assert len(told) == other.call("release").summary["messages"]
    assert {to for to, _ in told} == {m["to"] for m in other.ctl("outbox")}
    other.stop()
    assert d.call("versions")[-1]["release"] == 1 and [v for v in d.ctl("log") if v["verb"] == "release"]
    d.stop()


def test_what_newcomers_are_owed_is_told_in_slices_too(where):
    """While the clock goes on, others are answered; nobody is greeted twice."""
    d = Daemon(where, mail={"deliver": "none", "safety-net": "none"})
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("release")
    d.ctl("import", "contacts", table(where))
    asking = Talk(d, "status")
    asking.row()
    os.kill(d.process.pid, signal.SIGSTOP)
    going = Talk(d, "clock", to="+1 min")
    ask_all_along(asking)
    os.kill(d.process.pid, signal.SIGCONT)
    queued = [row["outbox"]["queued"] for row in looks(asking)]
    going.row()
    assert queued == sorted(queued) and len(set(queued)) > 2, queued
    told = rows(d, "SELECT recipient, count(*) FROM message WHERE cause LIKE 'welcome/%' GROUP BY recipient")
    assert len(told) > PEOPLE // 2 and all(n == 1 for _, n in told)
    d.stop()
