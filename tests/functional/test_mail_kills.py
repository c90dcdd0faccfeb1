"""kill -9 again and again while a release goes out: everybody has every mail.

CONVENED_KILLS and CONVENED_KILL_PEOPLE make it longer: 500 and 1000 is what was
asked of the design. A duplicate may only be a mail that the relay had accepted
before its verdict was written down, so at most one a kill.
"""
import email
import os
import random
import threading
import time
from collections import Counter

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
    before = len(relay.mails)
    step = threading.Thread(target=lambda: d.run("clock", "+2 min"))
    step.start()
    for _ in range(200):
        if len(relay.mails) > before or not step.is_alive():
            break
        time.sleep(0.02)
    time.sleep(seconds)
    d.kill()
    step.join()


def test_kill_9_at_many_points_of_a_release(where):
    dice = random.Random(SEED)
    # Slow enough that not all is sent before the last kill.
    pause = 0.004 * KILLS * 25 / PEOPLE
    with Server(dot=lambda session: Slow(pause * dice.random(), "250 2.0.0 queued")) as relay:
        d = prepared(where, relay)
        try:
            sent = []
            minute = 0
            for _ in range(KILLS):
                kill_while_it_sends(d, relay, 0.2 * dice.random())
                sent.append(len(relay.mails))
                minute += 3
                d.clock = f"2026-11-{24 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
                d.start()
            d.ctl("clock", "+1 day")
            rows = d.ctl("outbox")
            assert len(rows) == PEOPLE and {r["state"] for r in rows} == {"sent"}
            copies = Counter(message_id(m.octets) for m in relay.mails)
            assert set(copies) == {r["message_id"] for r in rows}, "everybody has it"
            octets = {}
            for m in relay.mails:
                assert octets.setdefault(message_id(m.octets), m.octets) == m.octets, "the same mail"
            twice = sum(copies.values()) - PEOPLE
            during = sum(a < b for a, b in zip([0] + sent, sent))
            print(f"{KILLS} kills, {during} of them while mails went, {twice} mails twice")
            assert during >= 3, "the kills hit nothing"
            assert twice < KILLS
            d.stop()
        finally:  # a daemon left behind would hold the test's output open
            d.process.kill()
