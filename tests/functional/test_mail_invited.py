"""The life of an invitation: changed, left, joined again; who hears of answers and failures."""
import re

import pytest
from conftest import Daemon
from smtp import Server
from test_replies import (ATTENDEE, EDITION, answer, deliver, field, ics_of, invitations, mail_of,
                          one_invitation, released, reply_of)

assert released  # a fixture


def mails(d, to, kind):
    return [m for m in d.ctl("outbox") if m["to"] == to and m["kind"] == kind]


def calendars(d, rows):
    """The iTIP objects of messages, by UID."""
    found = {}
    for row in rows:
        text, part = ics_of(mail_of(d, row))
        found[field(text, "UID")] = (text, part.get_param("method"), row)
    return found


def bounce_of(message_id):
    return (b"From: MAILER-DAEMON@relay.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n--b\n"
            b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
            b"Final-Recipient: rfc822; x@example.kh\nAction: failed\nStatus: 5.1.1\n\n--b\n"
            b"Content-Type: text/rfc822-headers\n\nMessage-ID: " + message_id.encode() + b"\n\n--b--\n")


def set_contact(d, *what, who=ATTENDEE):
    d.ctl("contact", "set", who, *what)
    d.ctl("clock", "+2 min")


def test_a_move_is_a_request_of_the_same_uid_with_a_higher_sequence(released):
    before = calendars(released, invitations(released))
    released.ctl("clock", "+1 day")
    released.ctl("move", EDITION, "2027-01-25", "--force", "flood")
    released.ctl("release", "--send")
    released.ctl("clock", "+1 min")
    changed = calendars(released, invitations(released, kind="change"))
    assert before and set(changed) == set(before)
    assert len(invitations(released)) == len(before), "nobody is invited twice"
    for uid, (now, method, row) in changed.items():
        was = before[uid][0]
        assert method == "REQUEST" and "METHOD:REQUEST" in now
        assert int(field(now, "SEQUENCE")) > int(field(was, "SEQUENCE"))
        assert field(now, "DTSTAMP") > field(was, "DTSTAMP")
        assert field(was, "DTSTART").startswith("202701") and field(now, "DTSTART") > field(was, "DTSTART")
        mail = mail_of(released, row)
        assert mail["Subject"].startswith("Updated: ")
        for form in ("plain", "html"):
            text = mail.get_body((form,)).get_content()
            assert "This meeting changed. Please answer again." in text and "/rsvp/" in text
        assert mail["References"] == mail_of(released, before[uid][2])["References"]
    # What was old and what is new stands in the digest.
    digest = mail_of(released, mails(released, ATTENDEE, "digest")[-1]).get_body(("plain",)).get_content()
    assert "18-22 January 2027 -> 25-29 January 2027" in re.sub(r"\s+", " ", digest)


@pytest.mark.parametrize("what", [("--bodies", "ANSAC"), ("--channel", "feed")], ids=["body", "channel"])
def test_who_leaves_is_told_for_what_lies_ahead(released, what):
    before = calendars(released, invitations(released))
    released.ctl("clock", "+1 hour")
    set_contact(released, *what)
    taken = calendars(released, invitations(released, kind="cancellation"))
    assert before and set(taken) == set(before)
    for uid, (text, method, row) in taken.items():
        was = before[uid][0]
        assert method == "CANCEL" and "METHOD:CANCEL" in text and row["state"] == "sent"
        # RFC 5546 3.2.5: the event stands, for others.
        assert "\nSTATUS:" not in text and field(text, "ATTENDEE") == f"mailto:{ATTENDEE}"
        assert field(text, "SEQUENCE") == field(was, "SEQUENCE")
        assert field(text, "DTSTAMP") > field(was, "DTSTAMP"), "the later word counts"
        assert mail_of(released, row)["Subject"].startswith("No longer invited: ")
    assert not [r for r in released.ctl("replies", EDITION) if r["email"] == ATTENDEE]
    set_contact(released, "--name", "Somebody else")
    assert len(invitations(released, kind="cancellation")) == len(taken), "once"


def test_who_is_dropped_is_told_for_what_lies_ahead(released):
    before = calendars(released, invitations(released))
    released.ctl("clock", "+1 hour")
    released.ctl("contact", "drop", ATTENDEE)
    released.ctl("clock", "+2 min")
    rows = invitations(released, kind="cancellation")
    taken = calendars(released, rows)
    assert before and set(taken) == set(before) and len(rows) == len(before)
    for uid, (text, method, row) in taken.items():
        assert method == "CANCEL" and row["state"] == "sent" and "\nSTATUS:" not in text
        assert field(text, "ATTENDEE") == f"mailto:{ATTENDEE}"
        assert field(text, "SEQUENCE") == field(before[uid][0], "SEQUENCE")
        assert mail_of(released, row)["Subject"].startswith("No longer invited: ")
    # That is the last word, whatever happens to the meetings.
    released.ctl("move", EDITION, "2027-01-25", "--force", "flood")
    released.ctl("release", "--send")
    assert len(invitations(released, kind="cancellation")) == len(rows)
    assert not invitations(released, kind="change")
    # Who is taken in again is invited again.
    released.ctl("contact", "add", ATTENDEE, "--name", "Back", "--of", "KH", "--bodies", "ADGSOM",
                 "--channel", "invite")
    released.ctl("clock", "+2 min")
    again = calendars(released, invitations(released)[len(before):])
    assert set(again) == set(before) and all(m == "REQUEST" for _, m, _ in again.values())


@pytest.mark.parametrize("what", [("--channel", "none"), ("--subscribed", "no")], ids=["channel none", "unsubscribed"])
def test_who_wanted_no_mail_is_dropped_in_silence(released, what):
    set_contact(released, *what)
    released.ctl("contact", "drop", ATTENDEE)
    released.ctl("clock", "+2 min")
    assert not invitations(released, kind="cancellation")


def test_an_address_that_does_not_exist_is_dropped_in_silence(released):
    sent = [m for m in released.ctl("outbox") if m["to"] == ATTENDEE][:2]
    for row in sent:
        raw = released.ctl("message", row["message"], "--raw")[0]["text"]
        own = re.search(r"^Message-ID: (\S+)", raw, re.M).group(1)
        deliver(released, bounce_of(own), sender="")
    assert next(c for c in released.ctl("contacts") if c["email"] == ATTENDEE)["suspended"]
    released.ctl("contact", "drop", ATTENDEE)
    released.ctl("clock", "+2 min")
    assert not invitations(released, kind="cancellation")


def test_what_was_not_sent_yet_is_dropped_with_its_contact(planned):
    planned.ctl("confirm", EDITION)
    planned.ctl("release")
    planned.ctl("contact", "drop", ATTENDEE)
    assert {m["state"] for m in invitations(planned)} == {"dropped"}
    assert not invitations(planned, kind="cancellation")


def test_the_safety_net_and_review_know_who_is_dropped(where):
    d = Daemon(where, mail={"review": "all"})
    d.ctl("plan", "2027")
    d.ctl("contact", "add", "a@example.la", "--name", "A", "--of", "LA", "--bodies", "ADGSOM", "--channel", "invite")
    d.ctl("confirm", EDITION)
    d.ctl("release", "--send")
    d.ctl("send", "all")
    d.ctl("clock", "+1 min")
    d.ctl("contact", "drop", "a@example.la")
    gone = mails(d, "a@example.la", "cancellation")
    assert gone and {m["state"] for m in gone} == {"held"}
    d.stop()


def test_who_comes_back_is_invited_again(released):
    before = calendars(released, invitations(released))
    set_contact(released, "--channel", "feed")
    set_contact(released, "--channel", "invite")
    again = invitations(released)
    assert len(again) == 2 * len(before) and {m["state"] for m in again} == {"sent"}
    for uid, (text, method, _) in calendars(released, again).items():
        assert method == "REQUEST" and field(text, "SEQUENCE") == field(before[uid][0], "SEQUENCE")
        assert field(text, "DTSTAMP") > field(before[uid][0], "DTSTAMP")
    item = next(r["item"] for r in released.ctl("replies", EDITION) if r["email"] == ATTENDEE)
    assert reply_of(released, item)["partstat"] == "NEEDS-ACTION"


def test_what_was_not_sent_yet_needs_no_cancellation(planned):
    planned.ctl("confirm", EDITION)
    planned.ctl("release")
    set_contact(planned, "--channel", "feed")
    assert {m["state"] for m in invitations(planned)} == {"dropped"}
    assert not invitations(planned, kind="cancellation")


def test_channel_none_hears_nothing_more(released):
    set_contact(released, "--channel", "none")
    assert not invitations(released, kind="cancellation")


def test_what_a_newcomer_is_owed_counts_as_one(where):
    """The net counts people, so that a table of newcomers is caught, and one newcomer is not."""
    d = Daemon(where, mail={"safety-net": "3/hour, 2/day"})
    d.ctl("plan", "2027")
    d.ctl("confirm", EDITION)
    d.ctl("release")
    for i in range(5):
        d.ctl("contact", "add", f"new{i}@example.la", "--name", "New", "--of", "LA", "--bodies", "ADGSOM",
              "--channel", "invite")
    d.ctl("clock", "+1 min")
    states = {}
    for m in d.ctl("outbox"):
        states.setdefault(m["to"], set()).add((m["state"], m["kind"]))
    assert len(states) == 5
    for i in range(5):
        want = "sent" if i < 3 else "held"
        assert states[f"new{i}@example.la"] == {(want, "digest"), (want, "invitation")}
    assert all("more than 3 mails in an hour" in m["verdict"] for m in d.ctl("outbox", "--state", "held"))
    d.stop()


# ---- answers

def test_a_counter_goes_to_the_desk_of_its_body(released):
    row, mail, uid, sequence = one_invitation(released)
    deliver(released, answer(uid, sequence, ATTENDEE, "TENTATIVE", "COUNTER",
                             "DTSTART:20270118T010000Z\nDTEND:20270118T020000Z\n"))
    told = {m["to"] for m in released.ctl("outbox") if m["kind"] == "notice"}
    bodies = set(released.ctl("show", released.ctl("inbox")[0]["thing"])[0]["bodies"])
    desks = {c["email"]: bool(set(c["bodies"]) & bodies) for c in released.ctl("contacts") if c["role"] == "desk"}
    assert told == {address for address, has in desks.items() if has} != set(desks)


def test_where_no_desk_has_the_body_all_of_them_hear(released):
    for c in released.ctl("contacts"):
        if c["role"] == "desk":
            released.ctl("contact", "set", c["email"], "--bodies", "ANSAC")
    row, mail, uid, sequence = one_invitation(released)
    deliver(released, answer(uid, sequence, ATTENDEE, "TENTATIVE", "COUNTER"))
    told = {m["to"] for m in released.ctl("outbox") if m["kind"] == "notice"}
    assert told == {c["email"] for c in released.ctl("contacts") if c["role"] == "desk"}


def test_an_answer_to_an_older_revision_is_not_current(released):
    row, mail, uid, sequence = one_invitation(released)
    item = next(r["thing"] for r in [deliver(released, answer(uid, sequence, ATTENDEE))])
    assert reply_of(released, item)["current"]
    released.ctl("move", EDITION, "2027-01-25", "--force", "flood")
    released.ctl("release", "--send")
    released.ctl("clock", "+1 min")
    assert not reply_of(released, item)["current"]
    # It comes after the change was told, and answers what was before.
    deliver(released, answer(uid, sequence, ATTENDEE, "DECLINED"))
    got = reply_of(released, item)
    assert got["partstat"] == "DECLINED" and not got["current"]
    newest = int(field(ics_of(mail_of(released, next(
        r for r in invitations(released, kind="change")
        if field(ics_of(mail_of(released, r))[0], "UID") == uid)))[0], "SEQUENCE"))
    deliver(released, answer(uid, newest, ATTENDEE))
    assert reply_of(released, item)["current"]
    assert deliver(released, answer(uid, sequence, ATTENDEE, "TENTATIVE"))["outcome"].startswith("it is older")
    assert reply_of(released, item)["partstat"] == "ACCEPTED"


def test_of_two_answers_the_one_said_later_counts(released):
    released.ctl("clock", "+1 day")
    row, mail, uid, sequence = one_invitation(released)
    item = deliver(released, answer(uid, sequence, ATTENDEE, "DECLINED", extra="DTSTAMP:20261124T120000Z\n"))["thing"]
    late = answer(uid, sequence, ATTENDEE, "TENTATIVE", extra="DTSTAMP:20261124T110000Z\n")
    assert deliver(released, late)["outcome"].startswith("it is older")
    assert reply_of(released, item)["partstat"] == "DECLINED"
    # A clock that is ahead of ours does not win for ever.
    deliver(released, answer(uid, sequence, ATTENDEE, "TENTATIVE", extra="DTSTAMP:20991231T000000Z\n"))
    assert reply_of(released, item)["partstat"] == "TENTATIVE"
    released.ctl("clock", "+1 min")
    deliver(released, answer(uid, sequence, ATTENDEE, "ACCEPTED", extra="DTSTAMP:20261125T000200Z\n"))
    assert reply_of(released, item)["partstat"] == "ACCEPTED"


# ---- failures

def test_failures_are_one_notice_an_hour(where):
    refused = [f"550 5.1.1 no such user {i}" for i in range(3)]
    with Server(rcpt=refused[:2] + [None] * 4) as relay:
        d = Daemon(where, clock="2026-11-24T09:10:00Z",
                   mail={"deliver": f"smtp://127.0.0.1:{relay.port}", "review": "none"})
        d.ctl("plan", "2027")
        for i in range(3):
            d.ctl("contact", "add", f"p{i}@example.bn", "--name", f"P{i}", "--of", "BN", "--role", "focal")
        d.ctl("contact", "add", "z@desk.example", "--name", "Desk", "--of", "SEC", "--role", "desk")
        d.ctl("release")
        d.ctl("clock", "2026-11-24T09:59:00Z")
        assert not mails(d, "z@desk.example", "notice")
        d.ctl("clock", "2026-11-24T10:01:00Z")
        notice, = mails(d, "z@desk.example", "notice")
        assert notice["subject"].startswith("For the desk: 2 mails did not go")
        for form in ("plain", "html"):
            text = re.sub(r"\s+", " ", mail_of(d, notice).get_body((form,)).get_content())
            for i in range(2):
                assert f"to p{i}@example.bn: failed, RCPT: 550 5.1.1 no such user {i}" in text
        d.ctl("clock", "+1 day")
        assert len(mails(d, "z@desk.example", "notice")) == 1
        d.stop()


def test_failures_before_a_restart_are_told_after_it(where):
    with Server(rcpt=["550 5.1.1 no such user"]) as relay:
        d = Daemon(where, mail={"deliver": f"smtp://127.0.0.1:{relay.port}", "review": "none"})
        d.ctl("plan", "2027")
        d.ctl("contact", "add", "a@example.bn", "--name", "A", "--of", "BN", "--role", "focal")
        d.ctl("contact", "add", "z@desk.example", "--name", "Desk", "--of", "SEC", "--role", "desk")
        d.ctl("clock", "+1 min")
        d.ctl("release")
        d.ctl("clock", "+1 min")
        assert "failed" in {m["state"] for m in d.ctl("outbox")}
        d.stop()
        d.clock = "2026-11-24T05:00:00Z"
        d.start()
        d.ctl("clock", "+1 min")
        assert len(mails(d, "z@desk.example", "notice")) == 1
        d.stop()
