"""Addresses whose domain is typed in another script: kept, compared and sent as A-labels."""
import subprocess

import pytest
from conftest import BUILD, Daemon, Failed
from test_replies import EDITION, answer, deliver, field, ics_of, mail_of

TYPED = "anna@bücher.example"
KEPT = "anna@xn--bcher-kva.example"


def add(d, address, *more):
    return d.run("contact", "add", address, "--name", "Anna", "--of", "BN", *more)


def take(d, table):
    """The rows of an import; .summary counts them."""
    return d.call("import", {"kind": "contacts", "text": table, "name": "contacts.csv"})


def kept(d):
    return [c["email"] for c in d.ctl("contacts")]


@pytest.mark.parametrize("typed, address", [
    (TYPED, KEPT),
    ("Anna@BÜCHER.Example", "Anna@xn--bcher-kva.example"),
    ("a@ไทย.example", "a@xn--o3cw4h.example"),
    ("a@កម្ពុជា.example", "a@xn--i2eo8bh6m2a3n.example"),
    ("a@例子。测试", "a@xn--fsqu00a.xn--0zwm56d"),
], ids=["German", "capitals", "Thai", "Khmer", "Chinese"])
def test_a_domain_in_another_script(daemon, typed, address):
    assert add(daemon, typed).returncode == 0
    assert kept(daemon) == [address]
    # Whichever way it is typed later, it is this contact.
    again = add(daemon, address.lower())
    assert again.returncode != 0 and "is a contact already" in again.stderr
    daemon.ctl("contact", "set", typed, "--name", "Anna B.")
    assert [c["name"] for c in daemon.ctl("contacts")] == ["Anna B."]
    daemon.ctl("feed", "add", "anna", "--for", typed)
    daemon.ctl("contact", "drop", typed)
    assert not kept(daemon)


@pytest.mark.parametrize("typed, says", [
    ("genève@itu.example", "before the @ stand plain ASCII letters only"),
    ("a@-bücher.example", "or in its xn-- form"),
    ("a@bü_cher.example", "'_' is not allowed in the domain"),
    ("a@bücher", "write the whole domain, like example.org"),
    ("a@xn--zzzzzz.example", "or in its xn-- form"),
    ("a@" + "ក" * 70 + ".example", "longer than 63 characters"),
])
def test_what_cannot_be_says_what_to_write(daemon, typed, says):
    done = add(daemon, typed)
    assert done.returncode == 64 and "EMAIL: " in done.stderr and says in done.stderr, done.stderr
    done = daemon.run("feed", "add", "x", "--for", typed)
    assert done.returncode == 64 and "--for: " in done.stderr and says in done.stderr, done.stderr
    assert not kept(daemon)


def test_a_table_with_two_spellings(daemon):
    first = f"email,name,of\n{TYPED},Anna,BN\n"
    assert take(daemon, first).summary["added"] == 1 and kept(daemon) == [KEPT]
    assert take(daemon, first).summary["unchanged"] == 1
    with pytest.raises(Failed) as bad:
        take(daemon, first + f"{KEPT.upper()},Anna,BN\nanné@x.example,A,BN\na@-bücher.example,A,BN\n")
    texts = {r["line"]: r["text"] for r in bad.value.rows}
    assert texts[3].endswith("stands in line 2 already")
    assert texts[4].startswith("email: ") and "plain ASCII letters only" in texts[4]
    assert texts[5].startswith("email: ") and "xn-- form" in texts[5]


def test_what_a_spreadsheet_was_handed_comes_back(daemon):
    """--csv keeps cells from being formulas; the apostrophe is no part of the address."""
    assert add(daemon, "=desk@x.example").returncode == 0
    table = daemon.run("contacts", "--csv").stdout
    assert "'=desk@x.example" in table
    assert take(daemon, table).summary["unchanged"] == 1


def test_mail_goes_out_and_answers_come_back(where):
    d = Daemon(where, mail={"from": "Secretariat <desk@bücher.example>", "reply-to": "office@ไทย.example"})
    d.ctl("plan", "2027")
    assert add(d, TYPED, "--channel", "invite").returncode == 0
    d.ctl("confirm", EDITION)
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")
    mail = mail_of(d, next(m for m in d.ctl("outbox") if m["kind"] == "invitation"))
    assert mail["From"].addresses[0].addr_spec == "desk@xn--bcher-kva.example"
    assert mail["To"].addresses[0].addr_spec == KEPT and "office@xn--o3cw4h.example" in mail["Reply-To"]
    assert mail["Message-ID"].endswith("@xn--bcher-kva.example>")
    text, _ = ics_of(mail)
    assert field(text, "ORGANIZER") == "mailto:desk@xn--bcher-kva.example"
    # Programs show the domain in its own script, and some answer so.
    for attendee in (TYPED, KEPT.upper(), "anna@b%C3%BCcher.example"):
        got = deliver(d, answer(field(text, "UID"), field(text, "SEQUENCE"), attendee))
        assert got["outcome"] == f"{KEPT}: ACCEPTED", got
        d.ctl("clock", "+1 min")
    rows = [r for r in d.ctl("replies", EDITION) if r["email"] == KEPT and r["item"] == got["thing"]]
    assert [r["partstat"] for r in rows] == ["ACCEPTED"]
    d.stop()


def test_a_configuration_that_is_wrong_names_the_key(where):
    d = Daemon(where, mail={"from": "Desk <genève@itu.example>", "reply-to": "a@-bücher.example"}, start=False)
    done = subprocess.run([BUILD / "convened", "-c", d.config, "--check"], capture_output=True, text=True)
    assert done.returncode == 65
    said = done.stdout + done.stderr
    assert 'from: "genève@itu.example": before the @' in said
    assert 'reply-to: the domain "-bücher.example"' in said
