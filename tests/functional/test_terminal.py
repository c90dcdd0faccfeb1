"""Tables as a person at a terminal sees them: no line wider than the terminal, nothing lost, no
escape where the terminal knows none."""
import os
import pty
import subprocess
import unicodedata

from conftest import BUILD, Daemon

WEEK = "MINISTERIAL-2027"
COMMANDS = [("status",), ("editions", "2027"), ("audit", "2027"), ("agenda", WEEK), ("why", WEEK),
            ("tasks", WEEK, "--owner", "secretariat"), ("contacts", "--of", "BN"), ("bodies",),
            ("clusters",), ("deliverables",), ("diff",), ("holidays", "BN", "2027"), ("hosts", "CHAIR"),
            ("outbox",), ("log",), ("members",), ("drafts",), ("workflows",)]


def at_terminal(daemon, columns, *words, term="xterm"):
    """What the terminal receives, errors and progress included."""
    master, slave = pty.openpty()
    env = dict(os.environ, COLUMNS=str(columns), TERM=term, LC_ALL="C.UTF-8")
    process = subprocess.Popen([str(BUILD / "convenectl"), "-s", str(daemon.socket), *words],
                               stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    octets = b""
    try:
        while part := os.read(master, 65536):
            octets += part
    except OSError:  # the last writer is gone
        pass
    os.close(master)
    assert process.wait(60) in (0, 1)
    return octets.decode().replace("\r\n", "\n")


def width(line):
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Cf")
               else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_no_line_is_wider_than_the_terminal(planned):
    for columns in (80, 60, 40):
        for words in COMMANDS:
            text = at_terminal(planned, columns, *words, term="dumb")
            wide = [line for line in text.splitlines() if width(line) > columns and " " in line.strip()]
            assert not wide, (columns, words, wide)


def test_what_has_no_room_stands_below_its_row(planned):
    text = at_terminal(planned, 80, "editions", "2027", term="dumb")
    lines = text.splitlines()
    assert lines[0].split() == ["EDITION", "START", "END", "HOST", "CITY"]
    assert lines[1].startswith(f"{WEEK}  Mon 18 Jan 2027  Fri 22 Jan 2027  BN    Bandar Seri Begawan")
    assert lines[2].startswith("    status: proposed; cost: 6; warnings: partner holiday on 18 Jan 2027: US")
    piped = planned.run("editions", "2027").stdout.splitlines()
    assert piped[0].split()[-3:] == ["STATUS", "COST", "WARNINGS"] and piped[1].startswith(lines[1])


def test_a_dumb_terminal_gets_no_escapes(planned):
    assert "\x1b" not in at_terminal(planned, 80, "plan", "2027", term="dumb")
    assert "\x1b" not in at_terminal(planned, 80, "why", WEEK, term="")


NAMES = ["ប្រទេសកម្ពុជា", "日本国", "ประเทศไทย", "Việt Nam", "Plain"]


def test_columns_stand_below_each_other_in_any_script(where):
    rules = 'sector S "S"\n levels l\n' + "".join(
        f'member M{i} "{name}" since 2000-01-01 city "{name}" zone Asia/Tokyo\n'
        for i, name in enumerate(NAMES)) + 'body B "B" level l\n'
    d = Daemon(where, rules=rules)
    lines = d.run("members").stdout.splitlines()
    at = width(lines[0][:lines[0].index("SINCE")])
    for line, name in zip(lines[1:], NAMES):
        assert name in line
        assert width(line[:line.index("Sat 1 Jan 2000")]) == at, line
    d.stop()
