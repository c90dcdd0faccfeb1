"""The whole loop through a real Postfix of its own: release -> Postfix ->
Maildir -> a program answers -> Postfix -> pipe -> convenectl deliver -> replies;
and a refused address comes back as a bounce.
"""
import email
import email.policy
import os
import pwd
import re
import shutil
import smtplib
import subprocess
import tempfile
from pathlib import Path

import pytest

from conftest import BUILD, PATIENCE, SOURCE, Daemon, free_port, wait_for

EDITION = "MINISTERIAL-2027"
GONE = "adgmin@digital.kh.example"

# What makes it an instance beside the machine's, delivering into files. All else are
# the lines of docs/mail.md.
MAIN = """
compatibility_level = 3.6
queue_directory = {path}/queue
data_directory = {path}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.calendar.example
mydestination =
inet_protocols = ipv4
maillog_file = {path}/log
maillog_file_prefixes = {path}
alias_maps =
alias_database =
local_recipient_maps =
smtp_dns_support_level = disabled
default_transport = box:
relay_transport = box:
box_destination_recipient_limit = 1
bounce_queue_lifetime = 1h
"""

MASTER = """
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
error     unix  - - n - - error
retry     unix  - - n - - error
proxymap  unix  - - n - - proxymap
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
box       unix  - n n - 2 pipe
    flags=Fq user={user} argv={path}/box ${{recipient}}
"""


def documented(file):
    """The blocks of docs/mail.md that an administrator copies into `file`."""
    text = (SOURCE / "docs/mail.md").read_text()
    blocks = re.findall(rf"`[a-z/]*{file}`[^`]*:\n\n```\n(.*?)```\n", text, re.S)
    assert len(blocks) == 2, "one for sending, one for receiving"
    return "".join(blocks)


def swap(text, *pairs):
    """What differs from one machine to the next: each must stand in the text."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def postfix():
    if os.geteuid() != 0:
        pytest.skip("a Postfix of its own can be started by root only")
    if not shutil.which("postfix"):
        pytest.skip("Postfix is not installed")
    path = Path(tempfile.mkdtemp(prefix="pfx"))
    path.chmod(0o755)
    user = next((u.pw_name for u in pwd.getpwall() if u.pw_uid == 65534), None)
    port = free_port()
    for name in ("conf", "queue", "data", "maildir"):
        (path / name).mkdir()
    shutil.chown(path / "data", "postfix")
    shutil.chown(path / "maildir", user)
    (path / "log").touch()
    (path / "conf/main.cf").write_text(
        MAIN.format(path=path) + swap(documented("main.cf"), ("[smtp.example.net]:587", "")))
    (path / "conf/master.cf").write_text(
        MASTER.format(path=path, user=user) +
        swap(documented("master.cf"), ("127.0.0.1:10026", f"127.0.0.1:{port}"), ("user=convene", f"user={user}"),
             ("/usr/bin/convenectl", f"{path}/convenectl")))
    yield path, port
    subprocess.run(["postfix", "-c", str(path / "conf"), "stop"], capture_output=True, timeout=PATIENCE)
    shutil.rmtree(path, ignore_errors=True)


def script(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def start(postfix, socket):
    path, port = postfix
    script(path / "box", f'[ "$1" != {GONE} ] || exit 67\n'
           f'n=$(mktemp {path}/maildir/.XXXXXXXX) && cat > "$n" && '
           f'mv "$n" "{path}/maildir/$1-${{n##*.}}"\n')
    script(path / "convenectl", f'exec {BUILD}/convenectl -s {socket} "$@"\n')
    done = subprocess.run(["postfix", "-c", str(path / "conf"), "start"], capture_output=True,
                          text=True, timeout=PATIENCE)
    if done.returncode:
        pytest.skip(f"Postfix does not start here: {done.stderr[-300:]} {(path / 'log').read_text()[-500:]}")


def calendar_of(text):
    mail = email.message_from_bytes(text, policy=email.policy.default)
    for part in mail.walk():
        if part.get_content_type() == "text/calendar" and part.get_param("method") == "REQUEST":
            return mail, re.sub(r"\r?\n[ \t]", "", part.get_payload(decode=True).decode())
    return mail, None


def value(ics, name):
    return re.search(rf"^{name}(?:;[^:\r\n]*)?:([^\r\n]*)", ics[ics.index("BEGIN:VEVENT"):], re.M).group(1)


def answer_all(path, port):
    """What a calendar program does: every invitation is answered, by address."""
    sent = {}
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for file in sorted((path / "maildir").glob("*@*")):
            mail, ics = calendar_of(file.read_bytes())
            if not ics:
                continue
            me = value(ics, "ATTENDEE").removeprefix("mailto:")
            partstat = "DECLINED" if me < "h" else "ACCEPTED"
            reply = ("From: {0}\r\nTo: {1}\r\nSubject: {2}\r\nMessage-ID: <{3}@client.example>\r\n"
                     "MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
                     "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{4}\r\n"
                     "SEQUENCE:{5}\r\nATTENDEE;PARTSTAT={2}:mailto:{0}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
                     ).format(me, value(ics, "ORGANIZER").removeprefix("mailto:"), partstat, file.name,
                              value(ics, "UID"), value(ics, "SEQUENCE"))
            smtp.sendmail(me, ["secretariat@calendar.example"], reply)
            sent[me] = sent.get(me, 0) + 1
    return sent


CONTACTS = f"""email,name,of,bodies,role,zone,channel
adgsom@digital.kh.example,"Focal point, Cambodia",KH,ADGSOM,focal,Asia/Phnom_Penh,invite
wg@digital.la.example,"Focal point, Lao PDR",LA,ADGSOM,focal,Asia/Vientiane,invite
{GONE},"Gone",KH,ADGMIN,focal,Asia/Phnom_Penh,feed
"""


def test_the_loop_closes(postfix, where):
    path, port = postfix
    log = path / "log"

    def until(what):
        return wait_for(what, told=lambda: log.read_text()[-3000:])
    # The user of the pipe may read, and so deliver.
    group = "nogroup"
    daemon = Daemon(where, start=False,
                    mail={"deliver": f"smtp://127.0.0.1:{port}", "review": "none"})
    text = daemon.config.read_text().replace("socket = s\n", f"socket = s\nviewers = {group}\n")
    daemon.config.write_text(text)
    where.chmod(0o755)
    daemon.start()
    daemon.socket.chmod(0o666)  # as its group would have it
    try:
        start(postfix, daemon.socket)
        (where / "contacts.csv").write_text(CONTACTS)
        daemon.ctl("plan", "2027")
        daemon.ctl("import", "contacts", where / "contacts.csv")
        daemon.ctl("confirm", EDITION)
        daemon.ctl("release")
        until(lambda: all(m["state"] == "sent" for m in daemon.ctl("outbox")))
        invited = [r for r in daemon.ctl("replies", EDITION)]
        assert invited and all(r["partstat"] == "NEEDS-ACTION" for r in invited)
        want = len(daemon.ctl("outbox")) - len([m for m in daemon.ctl("outbox") if m["to"] == GONE])
        until(lambda: len(list((path / "maildir").glob("*@*"))) >= want)

        sent = answer_all(path, port)
        assert sum(sent.values()) == len(invited)
        until(lambda: all(r["partstat"] != "NEEDS-ACTION" for r in daemon.ctl("replies", EDITION)))
        for r in daemon.ctl("replies", EDITION):
            assert r["partstat"] == ("DECLINED" if r["email"] < "h" else "ACCEPTED") and r["via"] == "mail"

        # The refused address came back to the token of its mail.
        bounce = until(lambda: daemon.ctl("inbox", "--kind", "bounce"))[0]
        assert re.fullmatch(r"secretariat\+b\d+-[a-z2-7]{16}@calendar\.example", bounce["recipient"])
        assert bounce["sender"] == ""
        gone = next(c for c in daemon.ctl("contacts") if c["email"] == GONE)
        assert gone["bounces"] >= 1
        assert until(lambda: [m for m in daemon.ctl("outbox")
                              if m["to"] == GONE and m["verdict"].startswith("bounced: 5.")])

        # While the daemon is away the MTA keeps the mail.
        daemon.stop()
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail("who@elsewhere.example", ["secretariat@calendar.example"],
                          "From: who@elsewhere.example\r\nSubject: Seats\r\n\r\nHow many?\r\n")
        until(lambda: "status=deferred" in log.read_text())
        daemon.start()
        daemon.socket.chmod(0o666)

        def flushed():
            """Again and again: the log is ahead of the queue."""
            subprocess.run(["postqueue", "-c", str(path / "conf"), "-f"], check=True, capture_output=True)
            return daemon.ctl("inbox", "--kind", "note")
        note = until(flushed)[0]
        assert note["subject"] == "Seats" and note["desk"]
    finally:
        daemon.stop()
