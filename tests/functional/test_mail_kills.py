"""kill -9 again and again while a release goes out: everybody has every mail.

CONVENED_KILLS and CONVENED_KILL_PEOPLE make it longer; docs/mail.md has the numbers
of 500 kills over 1,000 mails. A duplicate may only be the mail that the relay had
accepted and whose verdict was not yet written down: one a kill, and the last one
that the relay saw of that life.
"""
import email
import os
import random
import threading
import time

from conftest import Daemon
from smtp import Server, Slow

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


def check_one_a_life(relay, ends):
    """Of the mails that came in one life of the daemon, at most the last comes again."""
    ids = [message_id(octets) for octets in relay.seen]
    last = {name: i for i, name in enumerate(ids)}
    for begin, end in zip([0] + ends, ends):
        again = [i for i in range(begin, end) if last[ids[i]] != i]
        assert again in ([], [end - 1]), f"{len(again)} mails of one life came again"


def test_kill_9_at_many_points_of_a_release(where):
    dice = random.Random(SEED)
    # Slow enough that not all is sent before the last kill.
    pause = 0.008 * KILLS * 25 / PEOPLE
    with Server(dot=lambda session: Slow(pause * dice.random(), "250 2.0.0 queued")) as relay:
        d = prepared(where, relay)
        try:
            ends = []  # how many mails the relay had seen when a life was over
            minute = 0
            for _ in range(KILLS):
                kill_while_it_sends(d, relay, 0.2 * dice.random())
                minute += 3
                d.clock = f"2026-11-{24 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
                d.start()
                ends.append(len(relay.seen))
            d.ctl("clock", "+1 day")
            rows = d.ctl("outbox")
            assert len(rows) == PEOPLE and {r["state"] for r in rows} == {"sent"}
            octets = {}
            for mail in relay.seen:
                assert octets.setdefault(message_id(mail), mail) == mail, "the same mail"
            assert set(octets) == {r["message_id"] for r in rows}, "everybody has it"
            check_one_a_life(relay, ends)
            twice = len(relay.seen) - PEOPLE
            during = sum(a < b for a, b in zip([0] + ends, ends))
            print(f"{KILLS} kills, {during} of them while mails went, {twice} mails twice")
            assert during >= KILLS // 2, "the kills hit nothing"
            assert twice < KILLS
            d.stop()
        finally:  # a daemon left behind would hold the test's output open
            d.process.kill()
