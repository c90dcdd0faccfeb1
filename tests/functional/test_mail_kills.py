"""kill -9 again and again while a release goes out: everybody has every mail.

CONVENED_KILLS and CONVENED_KILL_PEOPLE make it longer; docs/mail.md has the numbers
of 500 kills over 1,000 mails. A duplicate may only be the mail that the relay had
accepted and whose verdict was not yet written down: one a kill, and the last one
that the relay saw of that life. After every fifth kill at a random point comes one
between two mails, when the verdict of the first is stored: that one repeats nothing.
"""
import email
import os
import random
import threading
import time

from conftest import Daemon
from smtp import CLOSE, Server, Slow

KILLS = int(os.environ.get("CONVENED_KILLS", "25"))
PEOPLE = int(os.environ.get("CONVENED_KILL_PEOPLE", "200"))
SEED = int(os.environ.get("CONVENED_SEED", "1"))


def message_id(octets):
    return email.message_from_bytes(octets)["Message-ID"].strip("<>")


def prepared(where, relay):
    d = Daemon(where, mail={"deliver": f"smtp://127.0.0.1:{relay.port}"})
    table = where / "people.csv"
    table.write_text("email,name,of,bodies,role,zone,channel\n" + "".join(
        f"p{i}@example.bn,Person {i},BN,,focal,,feed\n" for i in range(PEOPLE)))
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("import", "contacts", table)
    d.ctl("release")
    d.call("send", {"message": "all"})
    return d


def kill_while_it_sends(d, relay, seconds):
    """Kills it so long after the first mail of this life has come, on a machine of any speed.

    What was under way when it died is tried again a minute later: `clock` takes it there.
    """
    before = len(relay.seen)
    step = threading.Thread(target=lambda: d.run("clock", "+2 min"))
    step.start()
    for _ in range(200):
        if len(relay.seen) > before or not step.is_alive():
            break
        time.sleep(0.02)
    time.sleep(seconds)
    d.kill()
    step.join()


class Gate:
    """Where the relay waits with its answer to DATA, once it is closed."""

    def __init__(self):
        self.after = None  # so many mails of a life pass; None: it is open
        self.waits, self.opened = threading.Event(), threading.Event()

    def close(self, after):
        self.after = after
        self.waits.clear()
        self.opened.clear()

    def __call__(self, session):
        if self.after is None:
            return None
        self.after -= 1
        if self.after >= 0:
            return None
        self.waits.set()
        assert self.opened.wait(60)
        return CLOSE

    def open(self):
        self.after = None
        self.opened.set()


def kill_between_two_mails(d, relay, gate, mails):
    """Kills it when so many mails of this life have come and their verdicts are stored."""
    gate.close(mails)
    step = threading.Thread(target=lambda: d.run("clock", "+2 min"))
    step.start()
    assert gate.waits.wait(30), "no mail came"
    last = message_id(relay.seen[-1])
    for _ in range(300):
        state = {row["message_id"]: row["state"] for row in d.ctl("outbox")}[last]
        if state == "sent":
            break
        time.sleep(0.02)
    d.kill()
    gate.open()
    step.join()
    assert state == "sent", "the verdict was never stored"


def check_one_a_life(relay, ends, between):
    """Of the mails of one life, at most the last comes again; none if it died between two."""
    ids = [message_id(octets) for octets in relay.seen]
    last = {name: i for i, name in enumerate(ids)}
    for begin, end in zip([0] + ends, ends):
        again = [i for i in range(begin, end) if last[ids[i]] != i]
        allowed = ([],) if end in between else ([], [end - 1])
        assert again in allowed, f"{len(again)} mails of one life came again"


def restart(d, minutes):
    d.clock = f"2026-11-{24 + minutes // 1440:02}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"
    d.start()


def test_kill_9_at_many_points_of_a_release(where):
    dice, gate = random.Random(SEED), Gate()
    # Slow enough that not all is sent before the last kill.
    pause = 0.008 * KILLS * 25 / PEOPLE
    with Server(data=gate,
                dot=lambda session: Slow(pause * dice.random(), "250 2.0.0 queued")) as relay:
        d = prepared(where, relay)
        try:
            ends = []  # how many mails the relay had seen when a life was over
            between = set()  # those of the lives that ended between two mails
            for kill in range(KILLS):
                kill_while_it_sends(d, relay, 0.2 * dice.random())
                ends.append(len(relay.seen))
                restart(d, 3 * len(ends))
                if kill % 5 == 4:
                    kill_between_two_mails(d, relay, gate, dice.randint(1, 4))
                    ends.append(len(relay.seen))
                    between.add(ends[-1])
                    restart(d, 3 * len(ends))
            d.ctl("clock", "+1 day")
            rows = d.ctl("outbox")
            assert len(rows) == PEOPLE and {r["state"] for r in rows} == {"sent"}
            octets = {}
            for mail in relay.seen:
                assert octets.setdefault(message_id(mail), mail) == mail, "the same mail"
            assert set(octets) == {r["message_id"] for r in rows}, "everybody has it"
            check_one_a_life(relay, ends, between)
            twice = len(relay.seen) - PEOPLE
            during = sum(a < b for a, b in zip([0] + ends, ends))
            print(f"{len(ends)} kills, {during} of them while mails went, {twice} mails twice")
            assert during >= KILLS // 2, "the kills hit nothing"
            assert twice < len(ends), "one a kill, or more"
            d.stop()
        finally:  # a daemon left behind would hold the test's output open
            gate.open()
            d.process.kill()
