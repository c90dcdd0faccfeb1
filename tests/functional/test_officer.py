"""docs/officer.md, typed: every command of it is run in its order by one daemon,
and what it shows must be what comes.

A line that is only "..." stands for any number of lines; a line may be cut
short; blanks between columns do not count. `$ cat FILE` shows a file that the
next commands read. GOLDEN_UPDATE=1 writes the answers again, each as long as it
was, cut where it was.
"""
import os
import pwd
import re
import shlex
import subprocess

from conftest import BUILD, PATIENCE, SOURCE, Daemon

PAGE = SOURCE / "docs/officer.md"
BLOCK = re.compile(r"^```\n\$ (.*)\n((?:(?!```).*\n)*)```$", re.M)
WIDTH = 160


def squeezed(line):
    """Blanks and how long the planner took are of no importance."""
    line = re.sub(r"seconds [0-9.]+", "seconds 0.25", line)
    return re.sub(r"\s+", " ", line.expandtabs()).strip()


def shows(told, lines):
    """The first line told that does not come in its place; None when all do."""
    at, skipping = 0, False
    for line in told:
        if line == "...":
            skipping = True
            continue
        while skipping and at < len(lines) and not squeezed(lines[at]).startswith(squeezed(line)):
            at += 1
        if at == len(lines) or not squeezed(lines[at]).startswith(squeezed(line)) or (
                not squeezed(line) and squeezed(lines[at])):
            return line
        at, skipping = at + 1, False
    return None if skipping or at == len(lines) else f"(the end, before {lines[at]!r})"


def rewritten(told, lines):
    """The lines as many as were told before and after the first "..."."""
    if "..." in told:
        head, tail = told.index("..."), len(told) - told.index("...") - 1
        if head + tail < len(lines):
            lines = lines[:head] + ["..."] + lines[len(lines) - tail:]
    return "".join(line[:WIDTH].rstrip() + "\n" for line in lines)


def answer(daemon, words):
    """What a person sees, with the paths of an installed daemon."""
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(daemon.socket), *words],
                          cwd=daemon.path, capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL)
    text = done.stdout + done.stderr
    for ours, theirs in ((daemon.path / "rules", "/etc/convened/rules"),
                         (daemon.path / "state", "/var/lib/convened")):
        text = text.replace(str(ours), theirs)
    text = re.sub(rf"\b{re.escape(pwd.getpwuid(os.getuid()).pw_name)}\b", "officer", text)
    return done.returncode, text.rstrip("\n").split("\n")


def test_the_year_at_the_desk_is_as_it_is_told(where):
    daemon = Daemon(where, mail={"escalate-to": "head@secretariat.example"})
    (where / "config").symlink_to(SOURCE / "config")
    page, wrong, at = PAGE.read_text(), [], 0
    text = ""
    try:
        for block in BLOCK.finditer(page):
            command, told = block[1], block[2].splitlines()
            program, *words = shlex.split(command)
            if program == "cat":
                (where / words[0]).write_text(block[2])
                continue
            assert program == "convenectl", command
            status, lines = answer(daemon, words)
            fault = shows(told, lines)
            failed = any(line.startswith("convenectl: ") for line in told)
            text += page[at:block.start(2)]
            text += block[2] if fault is None else rewritten(told, lines)
            at = block.end(2)
            if fault is not None or failed != (status != 0):
                wrong.append(f"{command}: exit {status}, not shown: {fault!r}")
    finally:
        daemon.stop()
    if os.environ.get("GOLDEN_UPDATE"):
        PAGE.write_text(text + page[at:])
    assert not wrong, "\n".join(["GOLDEN_UPDATE=1 writes the page again.", *wrong])
    assert at > 0
