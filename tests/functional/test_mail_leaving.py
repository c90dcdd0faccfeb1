"""One-click unsubscribe (RFC 8058): who presses the button gets no more of what may be refused."""
import email
import email.policy
import re
import urllib.error
import urllib.request

import pytest
from conftest import PATIENCE, SOURCE, Daemon, release_edition

EDITION = "MINISTERIAL-2027"
ME = "adgsom@digital.kh.example"
DESK = "desk@secretariat.example"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
PARTS = ("multipart/form-data; boundary=x",
         b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n')


@pytest.fixture
def released(where):
    """A calendar with a public address, and a release whose mails are sent."""
    d = Daemon(where, start=False)
    d.config.write_text(re.sub(r"base-url = .*", "base-url = https://calendar.example", d.config.read_text()))
    d.start()
    release_edition(d, EDITION, DESK)
    yield d
    d.stop()


def mails(d, to=ME, **want):
    return [m for m in d.ctl("outbox") if m["to"] == to and all(m[k] == v for k, v in want.items())]


def letter(d, row):
    text = d.ctl("message", row["message"], "--raw")[0]["text"]
    return email.message_from_string(text, policy=email.policy.default)


def link_of(mail):
    found = re.search(r"<https://calendar\.example(/unsubscribe/[a-z2-7]{26})>", mail["List-Unsubscribe"])
    return found.group(1)


def contact(d, address=ME):
    return next(c for c in d.ctl("contacts") if c["email"] == address)


def post(d, path, body=ONE_CLICK, kind=FORM):
    request = urllib.request.Request(f"http://127.0.0.1:{d.port}{path}", body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def test_the_headers_are_those_of_the_rfc(released):
    raw = released.ctl("message", mails(released, kind="digest")[0]["message"], "--raw")[0]["text"]
    head = raw.split("\r\n\r\n")[0]
    assert re.search(r"\r\nList-Unsubscribe: <https://calendar\.example/unsubscribe/[a-z2-7]{26}>,\r\n"
                     r" <mailto:secretariat@calendar\.example\?subject=unsubscribe>\r\n"
                     r"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", head)
    mail = letter(released, mails(released, kind="digest")[0])
    for form in ("plain", "html"):
        assert link_of(mail) in mail.get_body((form,)).get_content()
    invitation = letter(released, mails(released, kind="invitation")[0])
    assert invitation["List-Unsubscribe"] is None and invitation["List-Unsubscribe-Post"] is None


def test_looking_changes_nothing(released):
    link = link_of(letter(released, mails(released, kind="digest")[0]))
    for method in ("GET", "HEAD", "GET"):
        status, headers, body = released.get(link, method)
        assert status == 200 and headers["Cache-Control"] == "no-store"
    assert b'method="post"' in body and ME.encode() in body
    assert not contact(released)["unsubscribed"]


@pytest.mark.parametrize("kind, body", [(FORM, ONE_CLICK), PARTS], ids=["form", "parts"])
def test_one_click_ends_digests_and_reminders(released, kind, body):
    link = link_of(letter(released, mails(released, kind="digest")[0]))
    for _ in range(2):  # a mail program may press twice
        status, text = post(released, link, body, kind)
        assert status == 200 and "gets no digests" in text
    assert contact(released)["unsubscribed"]
    # The desk hears of it once, and the log knows who did it.
    released.ctl("clock", "+1 min")
    notices = mails(released, DESK, kind="notice")
    assert len(notices) == 1 and f"{ME} (" in notices[0]["subject"]
    assert [(r["verb"], r["who"]) for r in released.ctl("log", "--of", ME)][-1] == ("unsubscribe", ME)
    # What may be refused ends, what one is bound to know comes.
    released.ctl("move", EDITION, "2027-01-25", "--force", "flood")
    released.ctl("release", "--send")
    released.ctl("clock", "2027-01-20")
    assert len(mails(released, kind="digest")) == 1 and not mails(released, kind="reminder")
    assert mails(released, kind="change")
    other = "adgsom@digital.la.example"
    assert len(mails(released, other, kind="digest")) == 2 and mails(released, other, kind="reminder")


def test_what_waits_is_dropped(released):
    link = link_of(letter(released, mails(released, kind="digest")[0]))
    released.ctl("move", EDITION, "2027-01-25", "--force", "flood")
    released.ctl("release")
    assert {m["kind"] for m in mails(released, state="held")} == {"digest", "change"}
    assert post(released, link)[0] == 200
    assert {m["kind"] for m in mails(released, state="held")} == {"change"}
    dropped = mails(released, state="dropped")
    assert [m["kind"] for m in dropped] == ["digest"] and "wants no more" in dropped[0]["verdict"]


def test_only_an_officer_takes_it_back(released):
    link = link_of(letter(released, mails(released, kind="digest")[0]))
    post(released, link)
    assert b"<form" not in released.get(link)[2]
    released.ctl("import", "contacts", SOURCE / "config/demo/contacts.csv")
    assert contact(released)["unsubscribed"], "a table that comes in again knows nothing of it"
    assert not released.ctl("contact", "set", ME, "--subscribed", "yes")[0]["unsubscribed"]
    assert b"<form" in released.get(link)[2]
    assert released.ctl("contact", "set", ME, "--subscribed", "no")[0]["unsubscribed"]


def test_other_requests_are_refused(released):
    link = link_of(letter(released, mails(released, kind="digest")[0]))
    assert post(released, link, b"x=y")[0] == 400
    assert post(released, link, ONE_CLICK, "text/plain")[0] == 415
    assert post(released, link, b"x" * 5000)[0] == 413
    assert post(released, link[:-1])[0] == 404 and post(released, "/unsubscribe/")[0] == 404
    assert post(released, link.replace("unsubscribe", "rsvp"), b"partstat=ACCEPTED")[0] == 404
    assert not contact(released)["unsubscribed"]
    released.ctl("contact", "drop", ME)
    assert post(released, link)[0] == 404


def test_without_a_public_address_there_is_only_the_mailbox(planned):
    planned.ctl("release")
    mail = letter(planned, planned.ctl("outbox")[0])
    assert mail["List-Unsubscribe"] == "<mailto:secretariat@calendar.example?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] is None
