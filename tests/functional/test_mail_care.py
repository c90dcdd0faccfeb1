"""What the recipients see and when: HTML, a way out, quiet hours, the safety net."""
import email
import email.policy
import sqlite3

from conftest import SOURCE, Daemon

NOON = "2026-11-24T05:00:00Z"     # Tuesday; 12:00 in Jakarta
EVENING = "2026-11-27T14:00:00Z"  # Friday; 21:00 in Jakarta, 15:00 in Brussels


def add(d, address, of, *more):
    d.ctl("contact", "add", address, "--name", address, "--of", of, "--role", "focal", *more)


def prepared(where, clock, **mail):
    d = Daemon(where, clock=clock, mail=mail)
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    add(d, "a@example.id", "ID")
    add(d, "b@example.eu", "EU")
    d.ctl("contact", "add", "desk@secretariat.example", "--name", "Desk", "--of", "SEC", "--role",
          "desk", "--zone", "Asia/Jakarta")
    return d


def letter(d, row):
    return email.message_from_string(d.call("message", {"message": row["message"], "raw": True})[0]["text"],
                                     policy=email.policy.default)


def waits(d):
    return {r["to"]: (r["next"], r["waits"]) for r in d.ctl("outbox") if r["state"] == "queued"}


def test_a_digest_has_html_and_a_way_out(where):
    d = prepared(where, NOON)
    d.ctl("release")
    row = next(r for r in d.ctl("outbox") if r["kind"] == "digest")
    mail = letter(d, row)
    assert mail["List-Unsubscribe"] == "<mailto:secretariat@calendar.example?subject=unsubscribe>"
    assert mail.get_content_type() == "multipart/alternative" and mail.defects == []
    html = mail.get_body(("html",)).get_content()
    assert "7th ADGMIN" in html and "<ul>" in html and "style=" not in html
    assert "{{" not in html
    d.stop()


def test_what_one_is_bound_to_know_has_no_way_out(where):
    d = prepared(where, NOON, review="none")
    add(d, "c@example.bn", "BN", "--channel", "invite")
    d.ctl("release")
    d.ctl("clock", "2027-01-10")
    rows = d.ctl("outbox")
    kinds = {r["kind"]: letter(d, r)["List-Unsubscribe"] for r in rows}
    assert {"digest", "reminder", "task", "invitation"} <= set(kinds)
    assert kinds["digest"] and kinds["reminder"]
    assert kinds["task"] is None and kinds["invitation"] is None
    d.stop()


def test_mail_waits_over_the_night_and_the_weekend(where):
    d = prepared(where, EVENING, quiet="20:00-07:00")
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")
    held = waits(d)
    assert set(held) == {"a@example.id", "desk@secretariat.example"}, "Brussels is at work"
    when, why = held["a@example.id"]
    assert when == "2026-11-30T01:00:00Z" and "quiet hours or a day off" in why and when in why
    d.ctl("clock", "2026-11-30T00:59:00Z")
    assert set(waits(d)) == set(held)
    d.ctl("clock", "2026-11-30T01:01:00Z")
    assert waits(d) == {}
    assert {r["state"] for r in d.ctl("outbox")} == {"sent"}
    d.stop()


def test_send_all_waits_for_the_morning_and_send_one_does_not(where):
    d = prepared(where, EVENING, quiet="20:00-07:00")
    d.ctl("release")
    mine = next(r for r in d.ctl("outbox") if r["to"] == "a@example.id")
    d.ctl("send", mine["message"])
    d.ctl("send", "all")
    d.ctl("clock", "+1 min")
    assert set(waits(d)) == {"desk@secretariat.example"}
    assert {r["to"] for r in d.ctl("outbox") if r["state"] == "sent"} >= {"a@example.id", "b@example.eu"}
    d.stop()


def test_nothing_waits_for_a_meeting_that_is_near(where):
    d = prepared(where, NOON, quiet="20:00-07:00")
    d.ctl("release", "--send")
    # The ministers' week begins on Monday 18 January; this is the Saturday before.
    d.ctl("clock", "2027-01-16T03:00:00Z")
    d.ctl("cancel", "MINISTERIAL-2027", "--because", "flood", "--force", "flood")
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")
    told = [r for r in d.ctl("outbox") if r["kind"] == "digest" and "release 2" in r["subject"]]
    assert told
    d.stop()


def test_the_safety_net_holds_and_the_desk_is_told_once(where):
    d = prepared(where, NOON, **{"safety-net": "200/hour, 2/day", "review": "none"})
    d.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    for e in d.ctl("editions", "2027"):
        d.ctl("confirm", e["edition"])
    d.ctl("release")
    d.ctl("clock", "2027-06-01")
    rows = d.ctl("outbox")
    held = [r for r in rows if "safety net" in (r["verdict"] or "")]
    assert held and {r["kind"] for r in held} <= {"reminder", "task"}
    assert all("more than 2 mails to" in r["verdict"] for r in held)
    notices = [r for r in rows if r["kind"] == "notice" and r["cause"].startswith("safety-net/")]
    assert notices and {r["state"] for r in notices} == {"sent"}
    assert "Mails are held" in notices[0]["subject"]
    assert len({(r["to"], r["cause"]) for r in notices}) == len(notices)
    # Never more than two of them in a day to anybody.
    per = {}
    for r in rows:
        if r["kind"] in ("reminder", "task") and r not in held:
            per.setdefault((r["to"], r["created"][:10]), []).append(r["cause"])
    assert max(len(v) for v in per.values()) <= 2
    d.stop()


def test_the_safety_net_counts_what_went_before_a_restart(where):
    """Three mails at 23:15 UTC (08:00 in Eucla), three at midnight (08:00 in Brunei)."""
    d = Daemon(where, clock=NOON, mail={"safety-net": "3/hour, 10/day", "review": "none"})
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    for i in range(3):
        add(d, f"early{i}@example.bn", "BN", "--zone", "Australia/Eucla")
        add(d, f"late{i}@example.bn", "BN", "--zone", "Asia/Brunei")
    d.ctl("release")
    d.ctl("clock", "2027-01-03T23:30:00Z")
    d.stop()
    d.clock = "2027-01-03T23:31:00Z"
    d.start()
    d.ctl("clock", "2027-01-04T00:10:00Z")
    rows = [r for r in d.ctl("outbox") if r["kind"] == "reminder" and "/14 days/" in r["cause"]]
    states = {r["to"][:5]: r["state"] for r in rows}
    assert len(rows) == 6 and states == {"early": "sent", "late0": "held", "late1": "held", "late2": "held"}
    assert "more than 3 mails in an hour" in next(r for r in rows if r["state"] == "held")["verdict"]
    d.ctl("send", "all")
    d.ctl("clock", "+1 min")
    assert {r["state"] for r in d.ctl("outbox") if "/14 days/" in r["cause"]} == {"sent"}
    d.stop()


def test_a_year_of_the_sector_stays_below_the_net(planned):
    """The shipped limits are more than twice what a normal year needs."""
    for e in planned.ctl("editions", "2027"):
        planned.ctl("confirm", e["edition"])
    planned.ctl("release", "--send")
    planned.ctl("clock", "2028-01-01T00:00:00Z")
    db = sqlite3.connect(f"file:{planned.path}/state/convened.db?mode=ro", uri=True)
    hour, = db.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM message"
                       " WHERE kind IN ('reminder', 'task') GROUP BY created / 3600)").fetchone()
    day, = db.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM message"
                      " WHERE kind IN ('reminder', 'task') GROUP BY created / 86400, recipient)").fetchone()
    db.close()
    assert hour <= 100 and day <= 5, (hour, day)
