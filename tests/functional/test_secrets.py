"""Links that act for somebody stay his: what viewers, files and pages tell of them."""
import grp
import json
import os
import re
import subprocess

import pytest
from conftest import BUILD, Daemon, release_edition

EDITION = "MINISTERIAL-2027"
NOBODY = 65534
LINK = re.compile(r"/(?:rsvp|unsubscribe)/[a-z2-7]{26}")
VEILED = re.compile(r"/(?:rsvp|unsubscribe)/\*{26}")


def viewers():
    """A group that nobody is in, to begin with."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    return grp.getgrgid(NOBODY).gr_name


@pytest.fixture
def released(where):
    """Mails with links of every kind, in the directory too; `nobody` is a viewer."""
    d = Daemon(where, start=False)
    text = re.sub(r"base-url = .*", "base-url = https://calendar.example", d.config.read_text())
    d.config.write_text(text.replace("socket = s\n", f"socket = s\nviewers = {viewers()}\n"))
    where.chmod(0o755)
    d.start()
    release_edition(d, EDITION, "desk@secretariat.example")
    yield d
    d.stop()


def as_viewer(d, verb, **args):
    """The last line of the answer, and the rows before it, as `nobody` gets them."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", "import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
         "s.sendall(sys.argv[2].encode() + b'\\n')\n"
         "for line in s.makefile(encoding='utf-8'):\n    print(line, end='')\n    if '\"ok\":' in line[:8]: break",
         str(d.socket), json.dumps({"verb": verb, "args": args})],
        user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, timeout=60, check=True)
    *rows, last = [json.loads(line) for line in done.stdout.splitlines()]
    return last, [row["row"] for row in rows]


def plain(octets):
    return octets.replace("=\r\n", "")


def test_a_viewer_reads_mails_but_not_their_links(released):
    kinds = {}
    for m in released.ctl("outbox"):
        kinds.setdefault(m["kind"], m["message"])
    assert {"invitation", "digest"} <= set(kinds)
    for kind, message in kinds.items():
        sent = released.ctl("message", message, "--raw")[0]["text"]
        last, rows = as_viewer(released, "message", message=message, raw=True)
        assert last["ok"], last
        seen = rows[0]["text"]
        assert len(seen) == len(sent) and not LINK.search(plain(seen))
        assert len(VEILED.findall(plain(seen))) == len(LINK.findall(plain(sent)))
        assert re.sub(r"\*", "", LINK.sub("", plain(sent))) == re.sub(r"\*", "", VEILED.sub("", plain(seen)))
    for kind in ("invitation", "digest"):
        assert LINK.search(plain(released.ctl("message", kinds[kind], "--raw")[0]["text"]))


def test_a_viewer_reads_no_reply_as_it_came(released):
    """It quotes the mail that it answers, links and all, in any coding."""
    mail = b"From: a@b.example\r\nSubject: Seats\r\n\r\nHow many?\r\n"
    subprocess.run([BUILD / "convenectl", "-s", released.socket, "deliver", "--sender", "a@b.example",
                    "--recipient", "secretariat@calendar.example"], input=mail, check=True, timeout=60)
    got = released.ctl("inbox")[0]["mail"]
    last, rows = as_viewer(released, "inbox", mail=got)
    assert last["ok"] and rows[0]["subject"] == "Seats"
    last, rows = as_viewer(released, "inbox", mail=got, raw=True)
    assert last["error"]["code"] == "denied" and rows == [] and "officers" in last["error"]["text"]
    assert "How many?" in released.ctl("inbox", got, "--raw")[0]["text"]


def test_nothing_else_tells_a_viewer(released):
    """Rows, texts of errors, the log: everything a viewer may ask for."""
    released.ctl("feed", "add", "one", "--for", "adgsom@digital.kh.example")
    asked = [("outbox", {}), ("log", {}), ("status", {}), ("contacts", {}), ("replies", {}), ("feeds", {}),
             ("inbox", {}), ("versions", {}), ("tasks", {}), ("show", {"thing": EDITION}),
             ("preview", {"template": "invitation", "thing": EDITION + "/ADGMIN"})]
    for verb, args in asked:
        last, rows = as_viewer(released, verb, **args)
        text = json.dumps(rows) + json.dumps(last)
        assert not LINK.search(text) and not re.search(r"/p/[0-9a-f]{64}", text), verb
    assert not LINK.search(released.stderr) and "/p/" not in released.stderr


def test_files_are_the_services_own(released, where):
    """Database, mails and copies: nobody else opens them."""
    released.ctl("backup", where / "copy.db")
    held = [f for f in (where / "state").rglob("*") if f.is_file() and f.name != "lock"]
    assert any(f.suffix == ".eml" for f in held) and any(f.name == "convened.db" for f in held)
    for f in [*held, where / "copy.db"]:
        assert f.stat().st_mode & 0o077 == 0, f


def test_pages_of_links_hand_no_address_on(released):
    message = next(m["message"] for m in released.ctl("outbox") if m["kind"] == "invitation")
    links = set(LINK.findall(plain(released.ctl("message", message, "--raw")[0]["text"])))
    assert links
    for path in [*links, "/rsvp/" + "a" * 26]:
        _, headers, body = released.get(path)
        assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
        assert not re.search(rb"https?://(?!calendar\.example)", body)
