"""A body that is given another code: those who heard of it go on hearing, under both names."""
import ics
import pytest
from conftest import Failed
from test_clients import rename_body

EDITION = "MINISTERIAL-2027"
SENIOR, NARROW = "sen.bn@example.org", "min.bn@example.org"


@pytest.fixture
def renamed(daemon):
    """ADGSOM has contacts and private calendars, is released, and is ADGSENIOR then."""
    daemon.ctl("plan", "2027")
    daemon.ctl("confirm", EDITION)
    daemon.ctl("contact", "add", SENIOR, "--name", "Senior", "--of", "BN", "--bodies", "ADGSOM", "--role", "delegate",
               "--channel", "invite")
    daemon.ctl("contact", "add", NARROW, "--name", "Minister", "--of", "BN", "--role", "delegate")
    daemon.feed = {}
    for name, email, more in (("senior", SENIOR, ()), ("narrow", NARROW, ("--bodies", "ADGSOM"))):
        url = daemon.ctl("feed", "add", name, "--for", email, *more)[0]["url"]
        daemon.feed[name] = url[url.index("/p/"):]
    daemon.ctl("release", "--send")
    daemon.rules_file.write_text(rename_body(daemon.rules_file.read_text()))
    daemon.ctl("reload")
    return daemon


def messages(d, email):
    return [m for m in d.ctl("outbox") if m["to"] == email]


def uids(d, name):
    return set(ics.by_uid(d.get(d.feed[name])[2]))


def test_contacts_show_the_new_code(renamed):
    shown = {c["email"]: c["bodies"] for c in renamed.ctl("contacts")}
    assert shown[SENIOR] == ["ADGSENIOR"] and "ADGSOM" not in shown[NARROW]


def test_private_calendars_keep_their_meetings(renamed):
    before = {name: uids(renamed, name) for name in renamed.feed}
    assert all(len(held) > 3 for held in before.values())
    renamed.ctl("release", "--send")
    assert {name: uids(renamed, name) for name in renamed.feed} == before


def test_who_heard_of_it_hears_on(renamed):
    renamed.ctl("release", "--send")
    told = len(messages(renamed, SENIOR))
    item = next(r["item"] for r in renamed.ctl("agenda", EDITION) if r["bodies"] == ["ADGSENIOR"])
    renamed.ctl("cancel", item)
    renamed.ctl("release", "--send")
    assert len(messages(renamed, SENIOR)) > told


def test_a_meeting_called_off_with_the_renaming_is_told(renamed):
    """What is dropped while it still has the old code concerns those of the new one."""
    told = len(messages(renamed, SENIOR))
    renamed.ctl("cancel", EDITION)
    renamed.ctl("release", "--send")
    kinds = {m["kind"] for m in messages(renamed, SENIOR)[told:]}
    assert "cancellation" in kinds


def test_nobody_is_welcomed_to_what_he_knows(renamed):
    renamed.ctl("release", "--send")
    renamed.ctl("contact", "set", SENIOR, "--name", "Senior of Brunei")  # looks for what newcomers are owed
    renamed.ctl("clock", "+1 hour")
    assert not [m for m in messages(renamed, SENIOR) if m["cause"].startswith("welcome")]


def test_a_former_code_is_understood_when_contacts_are_set(renamed):
    renamed.ctl("contact", "set", NARROW, "--bodies", "ADGSOM,ATRC")
    assert next(c["bodies"] for c in renamed.ctl("contacts") if c["email"] == NARROW) == ["ADGSENIOR", "ATRC"]
    with pytest.raises(Failed):
        renamed.ctl("contact", "set", NARROW, "--bodies", "ADGNOBODY")
