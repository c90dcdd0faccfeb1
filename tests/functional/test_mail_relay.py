"""The daemon, convene-mailer and a relay: nothing lost, at most one mail twice."""
import re
import email
import signal
import threading
from collections import Counter

import pytest
from conftest import PATIENCE, Daemon, Failed, wait_for
from smtp import CLOSE, SILENT, Server

PEOPLE = 30


def message_id(mail):
    return email.message_from_bytes(mail.octets)["Message-ID"]


def states(daemon):
    return Counter(row["state"] for row in daemon.ctl("outbox"))


def prepared(where, relay, **mail):
    """Everybody has one mail held."""
    d = Daemon(where, mail={"deliver": f"smtp://127.0.0.1:{relay.port}", **mail})
    d.ctl("plan", "2027")
    for i in range(PEOPLE):
        d.ctl("contact", "add", f"p{i}@example.bn", "--name", f"Person {i}", "--of", "BN",
              "--role", "focal")
    d.ctl("release")
    assert states(d) == {"held": PEOPLE}
    return d


def check_all_sent(daemon, relay, twice=0):
    """Every row is sent and at the relay, `twice` of them with one copy more."""
    rows = daemon.ctl("outbox")
    assert {row["state"] for row in rows} == {"sent"} and len(rows) == PEOPLE
    seen = Counter(message_id(mail) for mail in relay.mails)
    assert set(seen) == {f"<{row['message_id']}>" for row in rows}
    assert sum(seen.values()) <= PEOPLE + twice


def test_every_mail_arrives_once_in_few_sessions(where):
    with Server() as relay:
        d = prepared(where, relay)
        assert relay.sessions == 0
        d.ctl("send", "all")
        wait_for(lambda: states(d)["sent"] == PEOPLE)
        check_all_sent(d, relay)
        assert relay.sessions == 2 and relay.helo == "calendar.example"
        # The row rides in the sender (VERP), so that a bounce finds its way back.
        assert {re.sub(r"\+[^@]*", "", mail.sender) for mail in relay.mails} == {"secretariat@calendar.example"}
        assert all(row["verdict"] == "DATA: 250 2.0.0 queued" for row in d.ctl("outbox"))
        d.stop()


def test_the_clock_is_moved_by_one_at_a_time(where):
    opened = threading.Event()
    with Server(dot=lambda session: None if opened.wait(PATIENCE) else CLOSE) as relay:
        d = prepared(where, relay)
        d.ctl("send", "all")
        ended = []
        both = [threading.Thread(target=lambda: ended.append(d.run("clock", "+1 day"))) for _ in range(2)]
        for one in both:
            one.start()
        wait_for(lambda: ended)
        assert ended[0].returncode == 75 and "the clock is moving" in ended[0].stderr
        assert any(one.is_alive() for one in both)
        opened.set()
        for one in both:
            one.join()
        assert ended[1].returncode == 0
        d.ctl("clock", "+1 day")
        check_all_sent(d, relay)
        d.stop()


def test_verdicts_reach_the_outbox(where):
    with Server(rcpt=["450 4.2.0 greylisted", "550 5.1.1 no such user"],
                dot=[None] * 27 + [CLOSE]) as relay:
        d = prepared(where, relay)
        d.ctl("send", "all")
        wait_for(lambda: states(d)["sent"] == 27 and states(d)["inflight"] == 0)
        assert states(d) == {"sent": 27, "failed": 1, "deferred": 2}
        words = {row["verdict"] for row in d.ctl("outbox") if row["state"] != "sent"}
        assert words == {"RCPT: 450 4.2.0 greylisted", "RCPT: 550 5.1.1 no such user",
                         "DATA: no answer after the end of the data"}
        d.ctl("clock", "+20 min")
        assert states(d) == {"sent": 29, "failed": 1}
        failed = next(row for row in d.ctl("outbox") if row["state"] == "failed")
        d.ctl("retry", failed["message"])
        wait_for(lambda: states(d)["sent"] == PEOPLE)
        check_all_sent(d, relay)
        d.said("it is not known whether the relay took it")
        d.stop()


def test_a_relay_that_refuses_us_rests_and_comes_back(where):
    with Server(mail=["550 5.7.1 not you"] * 20) as relay:
        d = prepared(where, relay)
        d.ctl("send", "all")
        wait_for(lambda: "550 5.7.1 not you" in (d.ctl("status")[0]["mail"] or ""))
        assert relay.mails == [] and relay.sessions == 1
        assert all(row["attempts"] == 0 for row in d.ctl("outbox")), "nobody's attempt counts"
        d.ctl("clock", "+30 min")
        check_all_sent(d, relay)
        d.stop()


@pytest.mark.parametrize("when", ["before the reply", "after the reply"])
def test_kill_9_repeats_one_mail_at_most(where, when):
    d = None

    def die(session):
        d.process.kill()
        d.process.wait()
        return "250 2.0.0 queued"

    script = {"dot": [None] * 7 + [die]} if when == "before the reply" else {"mail": [None] * 7 + [die]}
    with Server(extensions=(), **script) as relay:
        d = prepared(where, relay)
        try:
            d.ctl("send", "all")
        except Failed:
            pass
        wait_for(lambda: d.process.poll() is not None)
        d.close()
        relay.at_rest()
        assert 7 <= len(relay.mails) <= 8
        d.start()
        d.ctl("clock", "+2 hours")
        check_all_sent(d, relay, twice=1)
        d.stop()


def test_a_stop_finishes_the_mail_in_hand(where):
    begun, stopping = threading.Event(), threading.Event()

    def slow(session):
        begun.set()
        stopping.wait(PATIENCE)
        return "250 2.0.0 queued"

    with Server(dot=[None] * 3 + [slow]) as relay:
        d = prepared(where, relay)
        d.ctl("send", "all")
        assert begun.wait(PATIENCE)
        d.process.send_signal(signal.SIGTERM)
        d.said("stopping on SIGTERM")
        stopping.set()
        d.stop()
        relay.at_rest()
        assert len(relay.mails) == 4
        d.start()  # what was not begun did not fail: it goes on at once
        wait_for(lambda: states(d)["sent"] == PEOPLE)
        check_all_sent(d, relay)
        assert {row["attempts"] for row in d.ctl("outbox")} == {1}
        d.stop()


def test_a_stop_ends_in_time_whatever_the_relay_does(where):
    begun = threading.Event()

    def silent(session):
        begun.set()
        return SILENT

    with Server(dot=[None] * 3 + [silent]) as relay:
        d = prepared(where, relay)
        d.ctl("send", "all")
        assert begun.wait(PATIENCE)
        d.stop()  # the relay would let it wait for ten minutes
        # Nobody knows whether the relay took that one; of the others nothing was begun.
        assert d.stderr.count("it is not known whether the relay took it") == 1
        d.start()
        d.ctl("clock", "+2 hours")
        check_all_sent(d, relay, twice=1)
        d.stop()


def test_a_relay_that_is_gone_for_a_day(where):
    """Nothing is lost, nobody's attempt counts, and the relay is asked every 15 minutes at most."""
    with Server() as relay:
        port = relay.port
        d = prepared(where, relay)
    d.ctl("send", "all")
    d.ctl("clock", "+1 day")
    assert states(d)["deferred"] + states(d)["queued"] == PEOPLE
    assert all(row["attempts"] == 0 for row in d.ctl("outbox"))
    assert all("rests until" in row["waits"] for row in d.ctl("outbox"))
    assert "Connection refused" in d.ctl("status")[0]["mail"] or "no connection" in d.ctl("status")[0]["mail"]
    assert d.stderr.count("mail relay") < 30, "one line an hour or so"
    with Server(port=port) as relay:
        d.ctl("clock", "+16 min")
        check_all_sent(d, relay)
        d.stop()


def test_no_more_than_so_many_a_minute(where):
    with Server() as relay:
        d = prepared(where, relay, **{"per-minute": "12"})
        d.ctl("send", "all")
        wait_for(lambda: states(d)["sent"] == 12)
        waiting = [row for row in d.ctl("outbox") if row["state"] == "queued"]
        assert len(waiting) == PEOPLE - 12
        assert all(row["waits"].startswith("12 mails a minute are allowed") for row in waiting)
        d.ctl("clock", "2026-11-24T00:00:59Z")
        assert len(relay.mails) == 12
        d.ctl("clock", "2026-11-24T00:01:01Z")
        assert len(relay.mails) == 24
        d.ctl("clock", "+1 min")
        check_all_sent(d, relay)
        d.stop()


def test_what_is_older_than_its_lifetime_expires(where):
    with Server() as relay:
        port = relay.port
        d = prepared(where, relay, lifetime="3h")
    d.ctl("send", "all")
    d.ctl("clock", "2026-11-24T02:59:00Z")
    assert "expired" not in states(d)
    d.ctl("clock", "2026-11-24T03:01:00Z")
    assert states(d) == {"expired": PEOPLE}
    with Server(port=port) as relay:
        d.ctl("clock", "+1 hour")
        assert relay.mails == [] and states(d) == {"expired": PEOPLE}
        d.stop()
