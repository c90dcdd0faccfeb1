"""kill -9 again and again while a release goes out: everybody has every mail.

CONVENED_KILLS and CONVENED_KILL_PEOPLE make it longer; docs/mail.md has the numbers
of 500 kills over 1,000 mails. A duplicate may only be the mail that the relay had
accepted and whose verdict was not yet written down: one a kill, and the last one
that the relay saw of that life. After every fifth kill at a random point comes one
between two mails, when the verdict of the first is stored: that one repeats nothing.
The relay takes so many mails of one life and no more, so that each has some to send
however long the kill lets itself be waited for.
"""
import email
import os
import random
import threading
import time

from conftest import PATIENCE, Daemon, wait_for
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
    return d


class Gate:
    """Where the relay waits with its answer to DATA, when so many mails of a life have passed."""

    def __init__(self):
        self.left = 0
        self.waits, self.opened = threading.Event(), threading.Event()

    def close(self, after):
        self.waits.clear()
        self.opened.clear()
        self.left = after

    def __call__(self, session):
        self.left -= 1
        if self.left >= 0:
            return None
        self.waits.set()
        self.opened.wait(PATIENCE)
        return CLOSE


def kill(d, relay, gate, step):
    d.kill()
    gate.opened.set()
    step.join()
    relay.at_rest()


def live(d):
    """What was under way when it died is tried again a minute later: `clock` takes it there."""
    step = threading.Thread(target=lambda: d.run("clock", "+2 min"))
    step.start()
    return step


def kill_while_it_sends(d, relay, gate, before, seconds):
    """Kills it so long after the first mail of this life has come, on a machine of any speed."""
    step = live(d)
    wait_for(lambda: len(relay.seen) > before)
    time.sleep(seconds)
    kill(d, relay, gate, step)


def kill_between_two_mails(d, relay, gate):
    """Kills it when those mails of this life that pass the gate have come and their verdicts are stored."""
    step = live(d)
    assert gate.waits.wait(PATIENCE), "no mail came"
    last = message_id(relay.seen[-1])
    wait_for(lambda: {row["message_id"]: row["state"] for row in d.ctl("outbox")}[last] == "sent")
    kill(d, relay, gate, step)


def check_one_a_life(relay, ends, between):
    """Of the mails of one life, at most the last comes again; none if it died between two."""
    ids = [message_id(octets) for octets in relay.seen]
    last = {name: i for i, name in enumerate(ids)}
    for begin, end in zip([0] + ends, ends):
        again = [i for i in range(begin, end) if last[ids[i]] != i]
        allowed = ([],) if end in between else ([], [end - 1])
        assert again in allowed, f"{len(again)} mails of one life came again"


def start(d, lives):
    minutes = 3 * lives
    d.clock = f"2026-11-{24 + minutes // 1440:02}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"
    d.start()


def test_kill_9_at_many_points_of_a_release(where):
    dice, gate = random.Random(SEED), Gate()
    between = {n for n in range(KILLS + KILLS // 5) if n % 6 == 5}  # the lives that end between two mails
    most = PEOPLE // (KILLS + KILLS // 5 + 1)  # mails of one life: some are left for the last one
    assert most > 0, "CONVENED_KILL_PEOPLE: more than kills"
    with Server(data=gate, dot=lambda session: Slow(0.025 * dice.random(), "250 2.0.0 queued")) as relay:
        d = prepared(where, relay)
        try:
            ends = []  # how many mails the relay had seen when a life was over
            for life in range(KILLS + KILLS // 5):
                gate.close(dice.randint(1, most) if life in between else most)
                if life:
                    start(d, life)
                else:
                    d.call("send", {"message": "all"})
                if life in between:
                    kill_between_two_mails(d, relay, gate)
                else:
                    kill_while_it_sends(d, relay, gate, ends[-1] if ends else 0, 0.02 * most * dice.random())
                ends.append(len(relay.seen))
            gate.close(10 * PEOPLE)
            start(d, len(ends))
            d.ctl("clock", "+1 day")
            rows = d.ctl("outbox")
            assert len(rows) == PEOPLE and {r["state"] for r in rows} == {"sent"}
            octets = {}
            for mail in relay.seen:
                assert octets.setdefault(message_id(mail), mail) == mail, "the same mail"
            assert set(octets) == {r["message_id"] for r in rows}, "everybody has it"
            check_one_a_life(relay, ends, {ends[life] for life in between})
            assert all(a < b for a, b in zip([0] + ends, ends)), "a kill hit nothing"
            print(f"{len(ends)} kills, {len(relay.seen) - PEOPLE} mails twice")
            d.stop()
        finally:  # a daemon left behind would hold the test's output open
            gate.opened.set()
            d.process.kill()
