"""Contacts, the outbox, reminders: each contact is told each thing once."""
import email
import email.policy
import re
import sqlite3
import threading
import time

import pytest
from conftest import SOURCE, Daemon, Failed, wait_for


def parse(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def counts(daemon):
    return daemon.ctl("status")[0]["outbox"]


@pytest.fixture
def released(planned):
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    return planned


def test_contacts_are_added_changed_dropped(daemon):
    row = daemon.ctl("contact", "add", "desk@example.bn", "--name", "Digital desk", "--of", "bn",
                     "--bodies", "ADGMIN,ADGSOM", "--role", "focal", "--channel", "invite")[0]
    assert row["of"] == "BN" and row["bodies"] == ["ADGMIN", "ADGSOM"]
    with pytest.raises(Failed) as failed:
        daemon.ctl("contact", "add", "DESK@example.bn", "--name", "x", "--of", "BN")
    assert failed.value.status == 73
    assert daemon.ctl("contact", "set", "desk@example.bn", "--channel", "none")[0]["channel"] == "none"
    assert [c["email"] for c in daemon.ctl("contacts", "--of", "BN")] == ["desk@example.bn"]
    assert daemon.ctl("contacts", "--body", "ATRC") == []
    daemon.ctl("contact", "drop", "desk@example.bn")
    assert daemon.ctl("contacts") == []
    with pytest.raises(Failed) as failed:
        daemon.ctl("contact", "add", "x@example.bn", "--name", "x", "--of", "BN", "--bodies", "ADGMIM")
    assert "did you mean ADGMIN" in failed.value.error["text"]


def test_import_is_idempotent(daemon):
    path = SOURCE / "config/demo/contacts.csv"
    lines = len(path.read_text().splitlines()) - 1
    assert daemon.ctl("import", "contacts", path)[0]["added"] == lines
    assert daemon.ctl("import", "contacts", path)[0] == {"added": 0, "changed": 0, "unchanged": lines}


def test_release_mail_waits_until_it_is_sent(released):
    held = counts(released)["held"]
    assert held > 100 and counts(released)["sent"] == 0 and released.mails() == []
    rows = released.ctl("outbox", "--state", "held")
    assert len(rows) == held and all(r["kind"] in ("digest", "invitation") and r["waits"] for r in rows)
    first, second = rows[0]["message"], rows[1]["message"]
    assert released.ctl("drop", first)[0]["state"] == "dropped"
    assert released.ctl("send", second)[0]["state"] == "queued"
    with pytest.raises(Failed) as failed:
        released.ctl("send", first)
    assert failed.value.status == 73
    released.call("send", {"message": "all"})
    released.ctl("clock", "+1 min")
    assert counts(released)["sent"] == held - 1
    assert len(released.mails()) == held - 1
    assert released.ctl("show", f"message {second}")[0]["state"] == "sent"
    raw = released.run("message", second, "--raw").stdout
    assert "Message-ID: <" in raw and "Auto-Submitted: auto-generated" in raw


def test_resend_is_a_message_of_its_own(released):
    first = released.ctl("outbox", "--state", "held")[0]
    with pytest.raises(Failed) as failed:
        released.ctl("resend", first["message"])
    assert failed.value.status == 73 and "only what was sent" in failed.value.error["text"]
    released.ctl("send")
    released.ctl("clock", "+1 min")
    copies = [released.ctl("resend", first["message"], "--because", "lost")[0] for _ in range(2)]
    assert [c["state"] for c in copies] == ["queued", "queued"]
    assert all((c["to"], c["subject"]) == (first["to"], first["subject"]) for c in copies)
    released.ctl("clock", "+1 min")
    mails = [released.run("message", c["message"], "--raw").stdout for c in [first, *copies]]
    ids = [re.search(r"^Message-ID: <(.*)>", m, re.M)[1] for m in mails]
    assert len(set(ids)) == 3
    assert len({re.sub(r"^Message-ID: .*$", "", m, flags=re.M) for m in mails}) == 1
    assert [released.ctl("message", c["message"])[0]["state"] for c in copies] == ["sent", "sent"]


def test_a_digest_tells_old_and_new(released):
    released.ctl("send")
    released.ctl("clock", "+1 min")
    released.ctl("move", "MINISTERIAL-2027", "2027-01-25")
    released.ctl("release", "--note", "Host asked for a later week", "--send")
    released.ctl("clock", "+1 min")
    mails = [parse(p) for p in released.mails() if p.name.startswith("20261124T0001")]
    mine = next(m for m in mails if m["To"].addresses[0].addr_spec == "adgmin@digital.th.example")
    text = mine.get_body(("plain",)).get_content()
    assert "18-22 January 2027" in text and "25-29 January 2027" in text
    assert "Host asked for a later week" in text
    assert mine.defects == []
    # Nobody outside the ministers' week hears of it.
    assert not any(m["To"].addresses[0].addr_spec.startswith("wg-ddg@") for m in mails)


def test_reminders_leave_when_due_and_once(released):
    released.ctl("send")
    released.ctl("clock", "2027-01-04T00:59:00Z")
    before = len([r for r in released.ctl("outbox") if r["kind"] == "reminder"])
    released.ctl("clock", "2027-01-04T23:59:00Z")
    rows = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027") if r["kind"] == "reminder"]
    assert len(rows) > before
    told = {}
    for r in rows:
        told[r["to"], r["cause"]] = told.get((r["to"], r["cause"]), 0) + 1
    assert set(told.values()) == {1}
    released.stop()
    released.clock = "2027-01-05T00:00:00Z"
    released.start()
    released.ctl("clock", "+1 min")
    again = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027")
             if r["kind"] == "reminder"]
    assert len(again) == len(rows)


def test_a_letter_that_nobody_wrote_holds_no_other_back(where):
    """A step may name a template that is not there: the task is told all the same, and what comes after it."""
    text, n = re.subn(r"^( *step PAPERS .*)$", r"\1  mail circulars", (
        SOURCE / "config/rules/asean-digital.rules").read_text(), flags=re.M)
    assert n
    d = Daemon(where, rules=text)
    warnings = [r for r in d.ctl("check") if "no mail template circulars" in r["text"]]
    assert len(warnings) == n and all(r["severity"] == "warning" and r["line"] > 1 for r in warnings)
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    d.ctl("contact", "add", "desk@calendar.example", "--name", "Desk", "--of", "SEC", "--role", "desk")
    d.ctl("release", "--send")
    d.ctl("clock", "2027-01-17")
    rows = d.ctl("outbox", "--edition", "MINISTERIAL-2027")
    assert any(r["kind"] == "task" and r["thing"] == "MINISTERIAL-2027/PAPERS" for r in rows)
    assert max(r["created"] for r in rows if r["kind"] == "reminder") > "2027-01-15"
    assert d.ctl("status")[0]["last_error"] is None
    d.stop()


def test_a_long_release_is_no_hang(where):
    """Composing letters takes the loop's time: the watchdog hears of it meanwhile."""
    signs = []

    def collect(notify):
        notify.settimeout(None)
        try:
            while message := notify.recv(4096):
                signs.append(message)
        except OSError:
            pass

    d = Daemon(where, start=False)
    d._drain = collect
    d.start()
    d.ctl("plan", "2027")
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    d.ctl("confirm", "MINISTERIAL-2027")
    assert not any(b"WATCHDOG=1" in s for s in signs)
    messages = d.call("release").summary["messages"]
    assert messages > 400
    wait_for(lambda: sum(b"WATCHDOG=1" in s for s in signs) >= messages // 64)
    d.stop()


def test_a_reminder_missed_while_down_is_late_or_said(released):
    """Down over a due time: told late, once; down over its end: said, not sent."""
    released.ctl("send")
    released.ctl("clock", "2027-01-01")
    released.stop()
    released.clock = "2027-01-10T00:00:00Z"
    released.start()
    released.ctl("clock", "+1 min")
    rows = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027") if "14 days" in r["cause"]]
    assert rows and {r["state"] for r in rows} == {"sent"}
    released.stop()
    released.clock = "2027-03-01T00:00:00Z"
    released.start()
    released.ctl("clock", "+1 min")
    missed = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027")
              if r["kind"] == "reminder" and "/2 days/" in r["cause"]]
    assert missed and {r["state"] for r in missed} == {"expired"}
    assert all("missed" in r["verdict"] for r in missed)


def restart_at(d, clock):
    d.stop()
    d.clock = clock
    d.start()
    d.ctl("clock", "+1 min")


def test_what_expired_by_a_clock_that_was_ahead_comes_back(released):
    """Reminders when they are due, once; what waited for `send` waits again."""
    held = {r["message"] for r in released.ctl("outbox", "--state", "held")}
    restart_at(released, "2027-03-01T00:00:00Z")
    expired = {r["message"]: r for r in released.ctl("outbox", "--state", "expired")}
    assert held and held <= set(expired)
    restart_at(released, "2026-11-25T00:00:00Z")
    assert "the clock was ahead" in released.stderr
    assert held <= {r["message"] for r in released.ctl("outbox", "--state", "held")}
    with pytest.raises(Failed):  # what is over stays over
        released.ctl("retry", next(iter(set(expired) - held)))
    released.ctl("clock", "2027-01-10")
    rows = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027") if "14 days" in r["cause"]]
    assert rows and {r["state"] for r in rows} == {"sent"}
    assert {r["message"] for r in rows} <= set(expired)
    mails = len(released.mails())
    restart_at(released, "2027-01-02T00:00:00Z")
    released.ctl("clock", "2027-01-10")
    assert len(released.mails()) == mails


def test_a_moved_meeting_is_due_again(released):
    released.ctl("clock", "2027-01-08")
    released.ctl("move", "MINISTERIAL-2027", "2027-01-25", "--force", "flood")
    released.ctl("release", "--send")
    released.ctl("clock", "2027-01-15")
    rows = [r for r in released.ctl("outbox", "--edition", "MINISTERIAL-2027")
            if r["kind"] == "reminder" and "14 days" in r["cause"] and
            r["to"] == "adgmin@digital.vn.example"]
    assert len(rows) == 2 and len({r["cause"] for r in rows}) == 2


def test_preview_shows_a_letter(planned):
    text = planned.run("preview", "reminder", "MINISTERIAL-2027").stdout
    assert text.startswith("Subject: ") and "7th ADGMIN" in text
    assert "UTC" in text
    page = planned.run("preview", "reminder", "MINISTERIAL-2027", "--html").stdout
    assert page.startswith("<!DOCTYPE html") and "7th ADGMIN" in page
    item = planned.ctl("agenda", "MINISTERIAL-2027")[0]["item"]
    assert "/rsvp/..." in planned.run("preview", "invitation", item).stdout
    with pytest.raises(Failed) as failed:
        planned.ctl("preview", "remider", "MINISTERIAL-2027")
    assert "did you mean reminder" in failed.value.error["text"]


def test_review_all_holds_reminders_too(where):
    d = Daemon(where, mail={"review": "all"})
    try:
        d.ctl("plan", "2027")
        d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
        d.ctl("confirm", "MINISTERIAL-2027")
        d.ctl("release", "--send")
        d.ctl("clock", "2026-12-20")
        rows = [r for r in d.ctl("outbox") if r["kind"] in ("reminder", "task")]
        assert rows and {r["state"] for r in rows} <= {"held", "expired"}
    finally:
        d.stop()


def test_a_relay_that_is_down_makes_mail_wait(where):
    d = Daemon(where, mail={"deliver": "smtp://127.0.0.1:1", "review": "none"})
    try:
        d.ctl("plan", "2027")
        d.ctl("contact", "add", "a@example.bn", "--name", "A", "--of", "BN", "--role", "focal")
        d.ctl("release")
        d.ctl("clock", "+10 min")
        rows = d.ctl("outbox")
        assert [r["state"] for r in rows] == ["deferred"]
        assert rows[0]["waits"]
        assert d.ctl("retry", "all")[0]["state"] == "queued"
        assert d.ctl("status")[0]["mail"]
    finally:
        d.stop()


def test_kill_9_loses_nothing_and_repeats_nothing(released):
    """The directory is exactly once, whenever the daemon dies."""
    for n in range(4):
        released.call("send", {"message": "all"})
        steps = threading.Thread(target=lambda: released.run("clock", "+21 days"))
        steps.start()
        time.sleep(0.15 + 0.2 * n)
        released.kill()
        steps.join()
        db = sqlite3.connect(f"file:{released.path}/state/convened.db?mode=ro", uri=True)
        latest = db.execute("SELECT max(created) FROM message").fetchone()[0]
        db.close()
        released.clock = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(latest))
        released.start()
    released.ctl("clock", "2027-02-10")
    released.ctl("clock", "+2 days")
    rows = released.ctl("outbox")
    assert {r["state"] for r in rows} <= {"sent", "expired"}
    assert all("missed" in r["verdict"] for r in rows if r["state"] == "expired")
    ids = [parse(p)["Message-ID"] for p in released.mails()]
    assert len(ids) == len(set(ids)) == sum(r["state"] == "sent" for r in rows)
    assert len({(r["to"], r["cause"]) for r in rows}) == len(rows)
