"""Invitations go out per item, what comes back is read, matched and kept."""
import email
import email.policy
import re
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request

import pytest

from conftest import BUILD, PATIENCE, SOURCE, wait_for

GOLDEN = SOURCE / "tests/golden/replies"
READER = str(BUILD / "convene-reader")
EDITION = "MINISTERIAL-2027"


# ---- convene-reader alone

def attempt(command, mail):
    done = subprocess.run(command, input=mail, capture_output=True, timeout=PATIENCE)
    return None if done.returncode == -signal.SIGALRM else done


def read(mail, *args):
    """Again when the machine was too busy for it to end in time, as an MTA does."""
    done = wait_for(lambda: attempt([READER, *args], mail), 5 * PATIENCE)
    return done.returncode, dict(line.split(" ", 1) for line in done.stdout.decode().splitlines())


@pytest.mark.parametrize("name", sorted(p.stem for p in GOLDEN.glob("*.eml")))
@pytest.mark.parametrize("ends", ["as they are", "CRLF", "LF"])
def test_shapes(name, ends):
    mail = (GOLDEN / f"{name}.eml").read_bytes()
    if ends != "as they are":
        mail = mail.replace(b"\r\n", b"\n")
    if ends == "CRLF":
        mail = mail.replace(b"\n", b"\r\n")
    done = wait_for(lambda: attempt([READER], mail), 5 * PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == (GOLDEN / f"{name}.txt").read_text()


def calendar(lines, method="REPLY"):
    return ("From: a@b.example\nSubject: x\nMIME-Version: 1.0\n"
            "Content-Type: text/calendar; charset=utf-8\n\n"
            f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\n" + lines + "\nEND:VCALENDAR\n").encode()


EVENT = ("BEGIN:VEVENT\nUID:u@x.example\nSEQUENCE:1\n"
         "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\n{}END:VEVENT")


def multipart(depth):
    head = "From: a@b.example\nMIME-Version: 1.0\n"
    for i in range(depth):
        head += f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n'
    return head.encode()


HOSTILE = {
    "nested multiparts": (multipart(12), "unreadable"),
    "nested multiparts, many": (multipart(10000), "unreadable"),
    "flat parts": (b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                   + b"--b\n\nx\n" * 100000 + b"--b--\n", "unreadable"),
    "header lines": (b"X-A: b\n" * 140000 + b"\nx\n", "unreadable"),
    "one header": (b"Subject: " + b"x" * 1000000 + b"\n\nx\n", "unreadable"),
    "body in one line": (b"From: a@b.example\n\n" + b"x" * 1000000, "note"),
    "longer than 1 MiB": (b"From: a@b.example\n\n" + b"x\n" * 600000, "unreadable"),
    "charset": (b"From: a@b.example\nSubject: =?nonsense?Q?=41?=\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe", "note"),
    "charset module": (b"From: =?ISO-2022-CN-EXT?Q?=41?= <a@b.example>\nContent-Type: text/plain; charset=IBM1390\n\nx", "note"),
    "NUL in the mail": (b"From: a@b.example\nSubject: a\0b\n\nx\0y\n", "note"),
    "NUL in the calendar": (calendar(EVENT.format("COMMENT:a\0b\n")), "unreadable"),
    "no mail at all": (b"\xff" * 1000, "unreadable"),
    "nothing": (b"", "unreadable"),
    "empty boundary": (b'From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=""\n\n--\n\nx\n----\n', "note"),
    "long boundary": (b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=" + b"b" * 400 + b"\n\n--" + b"b" * 400 + b"\n\nx\n", "unreadable"),
    "parameters": (b"Content-Type: text/plain" + b"; a*0=b" * 8000 + b"\n\nx\n", "note"),
    "zone that never ends": (calendar(
        "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
        + EVENT.format("DTSTART;TZID=X:20370101T000000\n")), "reply"),
    "rule that never ends": (calendar(EVENT.format(
        "DTSTART:20270101T000000Z\nRRULE:FREQ=SECONDLY;BYSETPOS=-366\nEXRULE:FREQ=YEARLY;RSCALE=HEBREW;BYMONTH=5L\n")), "reply"),
    "nested components": (calendar("BEGIN:X\n" * 30000), "unreadable"),
    "many components": (calendar("BEGIN:X\nEND:X\n" * 20001).replace(b"text/calendar", b"text/calendar")[:250000], "note"),
    "line of a calendar": (calendar(EVENT.format("COMMENT:" + "x" * 70000 + "\n")), "unreadable"),
    "folded line of a calendar": (calendar(EVENT.format("COMMENT:" + "\n x" * 70000 + "\n")), "unreadable"),
    "long calendar": (calendar(EVENT.format("X-A:b\n" * 50000)), "unreadable"),
    "calendar cut off": (calendar(EVENT.format(""))[:-30], "reply"),
    "injection": (calendar(EVENT.format("COMMENT:a\\nkind bounce\\nenvid 1\n")), "reply"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile(name):
    mail, kind = HOSTILE[name]
    status, facts = read(mail)
    assert status == 0  # in five seconds of the processor, or it would have been ended
    assert facts["kind"] == kind
    assert "envid" not in facts


def test_sender_decides_last():
    mail = b"From: a@b.example\nSubject: x\n\nx\n"
    assert read(mail)[1]["kind"] == "note"
    assert read(mail, "a@b.example")[1]["kind"] == "note"
    assert read(mail, "")[1]["kind"] == "auto"


# ---- the loop

ATTENDEE = "adgsom@digital.kh.example"


@pytest.fixture
def released(planned):
    planned.ctl("confirm", EDITION)
    planned.ctl("release", "--send")
    planned.ctl("clock", "+1 min")
    return planned


def invitations(daemon, to=ATTENDEE, kind="invitation"):
    return [m for m in daemon.ctl("outbox", "--edition", EDITION)
            if m["to"] == to and m["kind"] == kind]


def mail_of(daemon, row):
    text = daemon.ctl("message", row["message"], "--raw")[0]["text"]
    return email.message_from_string(text, policy=email.policy.default)


def ics_of(mail):
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            return re.sub(r"\r?\n[ \t]", "", part.get_payload(decode=True).decode()), part
    raise AssertionError("no calendar")


def field(ics, name):
    return re.search(rf"^{name}(?:;[^:\r\n]*)?:([^\r\n]*)", ics[ics.index("BEGIN:VEVENT"):], re.M).group(1)


def answer(uid, sequence, attendee, partstat="ACCEPTED", method="REPLY", extra=""):
    return (f"From: {attendee}\nTo: secretariat@calendar.example\nSubject: Re\nMIME-Version: 1.0\n"
            f"Message-ID: <{partstat}{sequence}{method}@x.example>\n"
            f"Content-Type: text/calendar; charset=utf-8; method={method}\n\n"
            f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{uid}\n"
            f"SEQUENCE:{sequence}\nATTENDEE;PARTSTAT={partstat}:mailto:{attendee}\n"
            f"{extra}END:VEVENT\nEND:VCALENDAR\n").encode()


def deliver(daemon, mail, recipient="secretariat@calendar.example", sender="a@b.example", status=0):
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(daemon.socket), "--json", "deliver",
                           "--sender", sender, "--recipient", recipient],
                          input=mail, capture_output=True, timeout=PATIENCE)
    assert done.returncode == status, done.stderr.decode()
    import json
    return json.loads(done.stdout) if done.stdout else None


def reply_of(daemon, item, to=ATTENDEE):
    return next(r for r in daemon.ctl("replies", EDITION) if r["item"] == item and r["email"] == to)


def test_invitation_is_the_feeds_event(released):
    rows = invitations(released)
    assert rows and all(r["state"] == "sent" for r in rows)
    feed = re.sub(r"\r\n[ \t]", "", released.get("/feeds/all.ics")[2].decode())
    for row in rows:
        mail = mail_of(released, row)
        ics, part = ics_of(mail)
        assert part.get_param("method") == "REQUEST" and "METHOD:REQUEST" in ics
        uid = field(ics, "UID")
        event = next(e for e in feed.split("BEGIN:VEVENT")[1:] if f"UID:{uid}" in e)
        for name in ("SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"):
            assert field(ics, name) == re.search(rf"^{name}(?:;[^:\r\n]*)?:([^\r\n]*)", event, re.M).group(1)
        assert field(ics, "ORGANIZER") == "mailto:secretariat@calendar.example"
        assert field(ics, "ATTENDEE") == f"mailto:{ATTENDEE}"
        assert re.search(r"ATTENDEE[^:]*RSVP=TRUE", ics) and "PARTSTAT=NEEDS-ACTION" in ics
        assert mail.get_content_type() == "multipart/mixed" and not mail.defects
        assert "/rsvp/" in mail.get_body(("plain",)).get_content()
    digests = [m for m in released.ctl("outbox") if m["to"] == ATTENDEE and m["kind"] == "digest"]
    assert len(digests) == 1


def test_channel_feed_gets_no_invitations(released):
    kinds = {m["kind"] for m in released.ctl("outbox") if m["to"] == "adgsom-wg@digital.kh.example"}
    assert kinds == {"digest"}


def test_change_and_cancellation(released):
    first = invitations(released)[0]
    item = first["thing"] if "thing" in first else next(
        r["item"] for r in released.ctl("replies", EDITION) if r["email"] == ATTENDEE)
    item = reply_of(released, item)["item"]
    before = {field(ics_of(mail_of(released, r))[0], "UID"): r for r in invitations(released)}
    row = next(r for r in released.ctl("agenda", EDITION) if r["item"] == item)
    released.ctl("cancel", item)
    released.ctl("release", "--send")
    released.ctl("clock", "+1 min")
    rows = invitations(released, kind="cancellation")
    assert len(rows) == 1 and rows[0]["state"] == "sent"
    ics, part = ics_of(mail_of(released, rows[0]))
    assert part.get_param("method") == "CANCEL" and "METHOD:CANCEL" in ics
    uid = field(ics, "UID")
    assert field(ics, "STATUS") == "CANCELLED" and uid in before and row["title"]
    old = ics_of(mail_of(released, before[uid]))[0]
    assert int(field(ics, "SEQUENCE")) > int(field(old, "SEQUENCE"))
    assert all(r["item"] != item or r["email"] != ATTENDEE for r in released.ctl("replies", EDITION))


def test_second_release_and_scheduler_invite_nobody_twice(released):
    n = len(invitations(released))
    released.ctl("contact", "set", ATTENDEE, "--name", "Somebody else")
    released.ctl("clock", "+1 min")
    assert len(invitations(released)) == n


def test_held_and_cancelled_drops_both(planned):
    planned.ctl("confirm", EDITION)
    planned.ctl("release")
    held = [m for m in invitations(planned)]
    assert held and all(m["state"] == "held" for m in held)
    item = next(r["item"] for r in planned.ctl("replies", EDITION) if r["email"] == ATTENDEE)
    planned.ctl("cancel", item)
    planned.ctl("release")
    states = sorted(m["state"] for m in invitations(planned))
    assert states.count("dropped") >= 1
    assert not invitations(planned, kind="cancellation")


def test_newcomer_is_told_what_lies_ahead_once(released):
    new = "newcomer@digital.la.example"
    released.ctl("contact", "add", new, "--name", "New", "--of", "LA", "--bodies", "ADGSOM", "--channel", "invite")
    released.ctl("clock", "+1 min")
    mine = [m for m in released.ctl("outbox") if m["to"] == new]
    assert [m["kind"] for m in mine].count("digest") == 1
    assert [m["kind"] for m in mine].count("invitation") >= 1
    released.ctl("contact", "set", new, "--name", "Newer")
    released.ctl("clock", "+1 min")
    assert len([m for m in released.ctl("outbox") if m["to"] == new]) == len(mine)


def one_invitation(daemon, to=ATTENDEE):
    row = invitations(daemon, to)[0]
    mail = mail_of(daemon, row)
    ics = ics_of(mail)[0]
    uid = field(ics, "UID")
    return row, mail, uid, int(field(ics, "SEQUENCE"))


def test_reply_is_matched_logged_and_idempotent(released):
    row, _, uid, sequence = one_invitation(released)
    mail = answer(uid, sequence, ATTENDEE.upper(), "ACCEPTED", extra="COMMENT:With two colleagues\n")
    taken = deliver(released, b"Received: by a\n" + mail)
    assert taken["kind"] == "reply" and taken["new"] and not taken["desk"], taken
    item = taken["thing"]
    got = reply_of(released, item)
    assert (got["partstat"], got["comment"], got["via"], got["current"]) == (
        "ACCEPTED", "With two colleagues", "mail", True)
    assert not deliver(released, b"Received: by b;\n another\n" + mail)["new"]
    assert len(released.ctl("inbox")) == 1
    log = [r for r in released.ctl("log", "--of", item) if r["verb"] == "reply"]
    assert len(log) == 1 and log[0]["who"] == ATTENDEE
    deliver(released, answer(uid, sequence, ATTENDEE, "DECLINED"))
    assert reply_of(released, item)["partstat"] == "DECLINED"


def test_strangers_change_nothing(released):
    row, _, uid, sequence = one_invitation(released)
    contacts = released.ctl("contacts")
    for mail in (answer(uid, sequence, "stranger@elsewhere.example"),
                 answer("nothing@elsewhere.example", 0, ATTENDEE),
                 answer(uid, sequence + 5, ATTENDEE)):
        assert deliver(released, mail)["desk"]
    assert all(r["partstat"] == "NEEDS-ACTION" for r in released.ctl("replies"))
    assert released.ctl("contacts") == contacts


def add_desk(daemon):
    daemon.ctl("contact", "add", "desk@calendar.example", "--name", "Desk", "--of", "SEC", "--role", "desk")
    daemon.ctl("clock", "+1 min")


def notices(daemon):
    return [m for m in daemon.ctl("outbox")
            if m["kind"] == "notice" and m["to"] == "desk@calendar.example"]


def test_counter_reaches_the_desk(released):
    add_desk(released)
    row, _, uid, sequence = one_invitation(released)
    taken = deliver(released, answer(uid, sequence, ATTENDEE, "TENTATIVE", "COUNTER",
                                     "DTSTART;TZID=Asia/Vientiane:20270118T090000\n"
                                     "DTEND;TZID=Asia/Vientiane:20270118T100000\nCOMMENT:Flight\n"))
    assert taken["kind"] == "counter"
    got = reply_of(released, taken["thing"])
    assert got["partstat"] == "TENTATIVE"
    assert got["proposal"] == "2027-01-18 09:00 to 2027-01-18 10:00 Asia/Vientiane"
    told = notices(released)
    assert len(told) == 1 and told[0]["to"] == "desk@calendar.example"
    assert ATTENDEE in told[0]["subject"]


def bounce(message_id="", status="5.1.1", action="failed", n=0):
    return (f"From: MAILER-DAEMON@mx.example\nSubject: Undelivered {n}\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
            f"Final-Recipient: rfc822; {ATTENDEE}\nAction: {action}\nStatus: {status}\n"
            "Diagnostic-Code: smtp; 550 no such user\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n").encode()


def sender_of(daemon, row):
    for path in daemon.mails():
        text = path.read_text()
        head = text.split("\r\n\r\n")[0]
        if f"+b{row['message']}-" in head:
            return re.search(r"X-Envelope-From: <?([^>\r\n]+)", head).group(1)
    raise AssertionError("no such file")


def contact_of(daemon, address=ATTENDEE):
    return next(c for c in daemon.ctl("contacts") if c["email"] == address)


def test_bounces_need_a_proof_and_suspend_twice(released):
    add_desk(released)
    rows = invitations(released)
    token = sender_of(released, rows[0])
    assert re.fullmatch(r"secretariat\+b\d+-[a-z2-7]{16}@calendar\.example", token)
    forged = token[:-20] + ("a" if token[-20] != "a" else "b") + token[-19:]
    for n, to in enumerate((forged, "secretariat@calendar.example")):
        deliver(released, bounce("<guess@calendar.example>", n=n), to, "")
    assert contact_of(released)["bounces"] == 0
    deliver(released, bounce(status="4.2.2", action="delayed"), token, "")
    assert contact_of(released)["bounces"] == 0
    deliver(released, bounce(n=1), token.upper(), "")
    deliver(released, bounce(n=2), token, "")
    got = contact_of(released)
    assert (got["bounces"], got["suspended"]) == (1, False)
    row = released.ctl("message", rows[0]["message"])[0]
    assert row["state"] == "sent" and row["verdict"].startswith("bounced: 5.1.1")
    deliver(released, bounce(mail_of(released, rows[1])["Message-ID"], n=3), sender="")
    got = contact_of(released)
    assert (got["bounces"], got["suspended"]) == (2, True)
    assert released.ctl("status")[0]["suspended_contacts"] == 1
    assert any("refused twice" in m["subject"] for m in notices(released))
    before = len(invitations(released))
    released.ctl("clock", "+20 days")
    late = [m for m in released.ctl("outbox") if m["to"] == ATTENDEE and m["created"] > got["added"]
            and m["kind"] in ("reminder", "task")]
    assert not late and len(invitations(released)) == before
    released.ctl("contact", "set", ATTENDEE, "--name", "Right again")
    assert not contact_of(released)["suspended"]


def test_what_comes_back_without_a_report_says_for_whom(released):
    """Some systems write bounces as prose: nothing is believed of them, the desk can look."""
    row = invitations(released)[0]
    mail = b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. I could not deliver it.\n"
    got = deliver(released, mail, sender_of(released, row), "")
    assert (got["kind"], got["thing"]) == ("auto", row["thing"])
    assert got["outcome"] == f"counted; it answers message {row['message']} to {ATTENDEE}"
    assert contact_of(released)["bounces"] == 0
    # A report without the headers of the mail finds it by its address too.
    bare = bounce().split(b"--b\nContent-Type: text/rfc822-headers")[0] + b"--b--\n"
    assert "5.1.1" in deliver(released, bare, sender_of(released, row), "")["outcome"]
    assert contact_of(released)["bounces"] == 1


def test_vacation_note_and_unreadable(released):
    add_desk(released)
    for name, kind in (("vacation", "auto"), ("person", "note"), ("receipt", "receipt")):
        assert deliver(released, (GOLDEN / f"{name}.eml").read_bytes())["kind"] == kind
    assert deliver(released, b"From: a@b.example\n\n" + b"x" * (2 << 20))["kind"] == "unreadable"
    assert deliver(released, b"From: a@b.example\n\n" + b"x" * 900000)["truncated"]
    rows = released.ctl("inbox")
    assert [r["kind"] for r in rows] == ["auto", "note", "receipt", "unreadable", "note"]
    assert released.ctl("inbox", "--kind", "auto")[0]["outcome"] == "counted"
    assert "how many seats" in released.ctl("inbox", rows[1]["mail"], "--raw")[0]["text"]
    assert len(notices(released)) == 1  # one an hour, whatever comes


def test_deliver_ends_with_0_or_75(daemon, tmp_path):
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(tmp_path / "nobody"), "deliver"],
                          input=b"From: a@b.example\n\nx\n", capture_output=True, timeout=PATIENCE)
    assert done.returncode == 75
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(daemon.socket), "deliver", "--nonsense"],
                          input=b"x", capture_output=True, timeout=PATIENCE)
    assert done.returncode == 75
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(daemon.socket), "deliver"],
                          input=b"From: a@b.example\n\nx\n", capture_output=True, timeout=PATIENCE,
                          env={"SENDER": "who@b.example", "ORIGINAL_RECIPIENT": "secretariat@calendar.example"})
    assert done.returncode == 0, done.stderr
    assert daemon.ctl("inbox")[0]["sender"] == "who@b.example"


@pytest.mark.parametrize("number, status", [("KILL", 0), ("ALRM", 75)])
def test_what_waited_for_the_processor_is_tried_later(daemon, where, number, status):
    """A mail that ends its reader is kept for the desk; one for which there was no time comes again."""
    (where / "bin").mkdir()
    shutil.copy(BUILD / "convenectl", where / "bin/convenectl")
    (where / "bin/convene-reader").write_text(f"#!/bin/sh\ncat >/dev/null\nkill -{number} $$\n")
    (where / "bin/convene-reader").chmod(0o755)
    done = subprocess.run([where / "bin/convenectl", "-s", daemon.socket, "deliver", "--sender", "a@b.example"],
                          input=b"From: a@b.example\n\nx\n", capture_output=True, timeout=PATIENCE)
    assert done.returncode == status, done.stderr
    assert [m["kind"] for m in daemon.ctl("inbox")] == ["unreadable"][:status == 0]
    assert status == 0 or b"too busy" in done.stderr


# ---- the page to answer on

def link_of(mail):
    return re.search(r"(/rsvp/[a-z2-7]+)", mail.get_body(("plain",)).get_content()).group(1)


def post(daemon, path, fields, raw=None, kind="application/x-www-form-urlencoded"):
    body = raw if raw is not None else urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{daemon.port}{path}", data=body, method="POST",
                                     headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def test_page_asks_and_answers(released):
    row, mail, uid, sequence = one_invitation(released)
    link = link_of(mail)
    for method in ("GET", "HEAD", "GET"):
        status, headers, body = released.get(link, method)
        assert status == 200 and headers["Cache-Control"] == "no-store"
    assert b'method="post"' in body and b'value="DECLINED"' in body
    assert all(r["partstat"] == "NEEDS-ACTION" for r in released.ctl("replies"))
    status, text = post(released, link, {"partstat": "DECLINED", "comment": "<b>Ein Grund & é</b>"})
    assert status == 200 and "&lt;b&gt;" in text and "<b>Ein" not in text
    got = [r for r in released.ctl("replies") if r["partstat"] != "NEEDS-ACTION"]
    assert len(got) == 1 and got[0]["email"] == ATTENDEE and got[0]["via"] == "link"
    assert got[0]["comment"] == "<b>Ein Grund & é</b>"
    post(released, link, {"partstat": "ACCEPTED"})
    assert reply_of(released, got[0]["item"])["partstat"] == "ACCEPTED"


def test_page_refuses(released):
    row, mail, *_ = one_invitation(released)
    link = link_of(mail)
    assert released.get(link + "a")[0] == 404
    assert released.get("/rsvp/")[0] == 404
    assert post(released, "/rsvp/abc", {"partstat": "ACCEPTED"})[0] == 404
    assert post(released, link, {"partstat": "MAYBE"})[0] == 400
    assert post(released, link, {"comment": "x"})[0] == 400
    assert post(released, link, {"partstat": "ACCEPTED", "comment": "x" * 501})[0] == 400
    assert post(released, link, {"partstat": "ACCEPTED", "comment": "a\0b"})[0] == 400
    assert post(released, link, {}, raw=b"partstat=ACCEPTED&comment=%ff")[0] == 400
    assert post(released, link, {}, raw=b"x" * 5000)[0] == 413
    assert post(released, link, {"partstat": "ACCEPTED"}, kind="text/plain")[0] == 415
    assert released.get("/", "POST")[0] == 405
    assert all(r["partstat"] == "NEEDS-ACTION" for r in released.ctl("replies"))
    released.ctl("clock", "2027-12-01")
    assert post(released, link, {"partstat": "ACCEPTED"})[0] == 409


def test_nothing_at_all_is_kept_for_the_desk(daemon):
    done = daemon.run("deliver", "--sender", "", "--recipient", "secretariat@calendar.example")
    assert done.returncode == 0, done.stderr
    assert daemon.ctl("inbox")[0]["kind"] == "unreadable"
