"""convene-mailer against relays that misbehave, through its stdin and stdout.

Each row of the table is what a relay does and what must be concluded: only
"sent" and "failed" are final, "unknown" may come twice, all else is tried again.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

import smtp
from conftest import BUILD, PATIENCE, wait_for
from smtp import CLOSE, RESET, SILENT, Drip, Server, Slow

MAILER = BUILD / "convene-mailer"
EXTENSIONS = ("PIPELINING", "ENHANCEDSTATUSCODES", "DSN")
CHUNKING = (*EXTENSIONS, "CHUNKING")


def octets(i, lines=3):
    head = (f"Date: Mon, 04 Jan 2027 00:00:00 +0000\r\nFrom: <a@calendar.example>\r\n"
            f"To: <r{i}@example.org>\r\nSubject: mail {i}\r\nMessage-ID: <{i}.x@calendar.example>\r\n"
            "MIME-Version: 1.0\r\n\r\n")
    return (head + ".a line with a dot\r\n..\r\n" + "text =\r\n" * lines).encode()


def batch(port, n=3, host="127.0.0.1", helo="calendar.example", starttls="none", user="-",
          password="-", lines=3):
    text = f"relay {host}:{port} {helo} {starttls} {user} {password}\n".encode()
    for i in range(1, n + 1):
        mail = octets(i, lines)
        text += f"mail {i} b{i}@calendar.example r{i}@example.org {len(mail)}\n".encode() + mail
    return text


class Result:
    """The lines of a run: words by mail, texts, notes."""

    def __init__(self, process, out, err):
        self.status = process.returncode
        self.lines = out.decode().splitlines()
        self.verdicts, self.stages, self.codes, self.texts = {}, {}, {}, {}
        self.begun, self.notes = [], []
        for line in self.lines:
            word, _, rest = line.partition(" ")
            if word == "verdict":
                mail, verdict, stage, code, enhanced, *text = rest.split(" ", 5)
                assert mail not in self.verdicts, "a second verdict"
                self.verdicts[mail], self.stages[mail] = verdict, stage
                self.codes[mail], self.texts[mail] = int(code), f"{enhanced} {' '.join(text)}"
            elif word == "begun":
                self.begun.append(rest)
            elif word == "note":
                self.notes.append(rest)
        self.words = " ".join(self.verdicts.get(str(i), "-") for i in range(1, 21)).rstrip(" -")
        self.note = self.notes[-1] if self.notes else ""
        self.done = self.lines[-1:] == ["done"]
        assert b"Sanitizer" not in err and b"runtime error" not in err, err.decode()


def start(*arguments, env=None):
    return subprocess.Popen([MAILER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=env)


def run(text, patience=60, env=None):
    process = start("--patience", str(patience), env=env)
    out, err = process.communicate(text, 10 * PATIENCE)
    return Result(process, out, err)


# ---- the table: what the relay does -> verdicts, stage and code of the first, part of the note

TABLE = {
    "accepts": ({}, "sent sent sent", "data", 250, ""),
    "accepts chunks": ({"extensions": CHUNKING}, "sent sent sent", "data", 250, ""),
    "offers nothing": ({"extensions": ()}, "sent sent sent", "data", 250, ""),
    "greets 554": ({"greeting": "554 5.3.2 not today"}, "deferred deferred deferred", "connect", 0,
                   "554 5.3.2 not today"),
    "greets 421": ({"greeting": "421 4.3.2 busy"}, "deferred deferred deferred", "connect", 0,
                   "421 4.3.2 busy"),
    "closes at once": ({"greeting": CLOSE}, "deferred deferred deferred", "connect", 0,
                       "ended early"),
    "greets with nonsense": ({"greeting": "hello"}, "deferred deferred deferred", "connect", 0, ""),
    "refuses EHLO and HELO": ({"ehlo": "550 5.7.1 who?"}, "deferred deferred deferred", "connect",
                              0, "550 5.7.1 who?"),
    "MAIL 451": ({"mail": "451 4.3.0 later"}, "deferred deferred deferred", "mail", 451,
                 "451 4.3.0 later"),
    "MAIL 550": ({"mail": "550 5.7.1 sender refused"}, "deferred deferred deferred", "mail", 550,
                 "550 5.7.1 sender refused"),
    "MAIL 552, the first": ({"mail": ["552 5.3.4 too big"]}, "deferred sent sent", "mail", 552, ""),
    "RCPT 450": ({"rcpt": "450 4.2.0 greylisted"}, "deferred deferred deferred", "rcpt", 450, ""),
    "RCPT 450, chunks": ({"rcpt": "450 4.2.0 greylisted", "extensions": CHUNKING},
                         "deferred deferred deferred", "rcpt", 450, ""),
    "RCPT 550, the first": ({"rcpt": ["550 5.1.1 no such user"]}, "failed sent sent", "rcpt", 550,
                            ""),
    "RCPT 550, the first, chunks": ({"rcpt": ["550 5.1.1 no such user"], "extensions": CHUNKING},
                                    "failed sent sent", "rcpt", 550, ""),
    "RCPT 421": ({"rcpt": "421 4.3.2 shutting down"}, "deferred deferred deferred", "rcpt", 421,
                 "421 4.3.2"),
    "closes at RCPT": ({"rcpt": CLOSE}, "deferred deferred deferred", "rcpt", 0, ""),
    "closes at RCPT, chunks": ({"rcpt": CLOSE, "extensions": CHUNKING},
                               "deferred deferred deferred", "rcpt", 0, ""),
    "DATA 554": ({"data": ["554 5.7.1 no"]}, "failed sent sent", "data", 554, ""),
    "DATA 451": ({"data": ["451 4.3.0 no"]}, "deferred sent sent", "data", 451, ""),
    "DATA 250, a nonsense": ({"data": "250 2.0.0 thanks", "patience": 5},
                             "deferred deferred deferred", "data", 250, ""),
    "554 after the dot": ({"dot": ["554 5.6.0 content"]}, "failed sent sent", "data", 554, ""),
    "554 after the last chunk": ({"dot": ["554 5.6.0 content"], "extensions": CHUNKING},
                                 "failed sent sent", "data", 554, ""),
    "451 after the dot": ({"dot": ["451 4.3.0 disk"]}, "deferred sent sent", "data", 451, ""),
    "closes in DATA": ({"body": 40}, "unknown deferred deferred", "data", 0, ""),
    "closes after the dot": ({"body": -1}, "unknown deferred deferred", "data", 0, ""),
    "closes after the last chunk": ({"dot": CLOSE, "extensions": CHUNKING},
                                    "unknown deferred deferred", "data", None, ""),
    "resets after the second dot": ({"dot": [None, RESET]}, "sent unknown deferred", "data", 250,
                                    ""),
    "refuses one, closes for the next": ({"rcpt": ["550 5.1.1 no such user"], "dot": CLOSE},
                                         "failed unknown deferred", "rcpt", 550, "ended early"),
    "closes for QUIT": ({"quit": CLOSE}, "sent sent sent", "data", 250, ""),
    "is silent for QUIT": ({"quit": SILENT, "patience": 2}, "sent sent sent", "data", 250, ""),
    "is slow": ({"patience": 6, "mail": Slow(1.1, "250 ok"), "dot": Slow(1.1, "250 ok")},
                "sent sent sent", "data", 250, ""),
    "never greets": ({"greeting": SILENT, "patience": 2}, "deferred deferred deferred", "connect", 0,
                     "ended early"),
    "is silent at RCPT": ({"rcpt": SILENT, "patience": 5}, "deferred deferred deferred", "rcpt", 0,
                          ""),
    "one line of 5 KB": ({"rcpt": [f"250 {'x' * 5000}"]}, None, None, None, ""),
    "a refusal of 5 KB": ({"mail": f"550 {'x' * 5000}"}, None, None, None, ""),
    "two replies for one": ({"mail": ["250 ok\n250 ok"]}, None, None, None, ""),
    "a reply that never ends": ({"rcpt": "\n".join(["250-x"] * 4000) + "\n250 ok"}, None, None, None,
                                ""),
    "STARTTLS missing": ({"starttls_required": True}, "deferred deferred deferred", "connect", 0,
                         "offers no STARTTLS"),
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name):
    script, words, stage, code, note = TABLE[name]
    script = dict(script)
    patience = script.pop("patience", 60)
    starttls = "required" if script.pop("starttls_required", False) else "none"
    with Server(**script) as relay:
        result = run(batch(relay.port, starttls=starttls), patience)
        assert result.status == 0 and result.done, result.lines
        assert len(result.verdicts) == 3, "every mail has a verdict"
        for i, word in result.verdicts.items():  # what is true for every relay
            had = octets(int(i)) in relay.seen
            assert word != "sent" or had, "sent, but the relay has not got it"
            assert not had or word != "deferred" or result.codes[i] // 100 == 4, result.lines
            assert word not in ("sent", "unknown") or i in result.begun
    assert all(len(line) < 1024 for line in result.lines)
    if words is not None:
        assert result.words == words, result.lines
        assert result.stages["1"] == stage
        assert code is None or result.codes["1"] == code
    assert note in result.note


def test_octets_arrive_as_they_are_and_envelopes_too():
    for extensions in (EXTENSIONS, CHUNKING, ()):
        with Server(extensions=extensions) as relay:
            assert run(batch(relay.port, lines=9000)).words == "sent sent sent"
            assert relay.sessions == 1 and relay.helo == "calendar.example"
            assert [m.octets for m in relay.mails] == [octets(i, 9000) for i in (1, 2, 3)]
            assert [m.recipient for m in relay.mails] == [f"r{i}@example.org" for i in (1, 2, 3)]
            assert [m.sender for m in relay.mails] == [f"b{i}@calendar.example" for i in (1, 2, 3)]
            if "DSN" in extensions:
                assert relay.mails[1].parameters.split() == [
                    "RET=HDRS", "ENVID=2", "NOTIFY=FAILURE,DELAY"]


def test_an_empty_sender():
    with Server() as relay:
        mail = octets(1)
        text = f"relay 127.0.0.1:{relay.port} calendar.example none - -\n"
        text += f"mail 1 <> r1@example.org {len(mail)}\n"
        assert run(text.encode() + mail).words == "sent"
        assert "MAIL FROM:<> RET=HDRS ENVID=1" in relay.commands


def test_connection_refused_and_name_unknown():
    result = run(batch(smtp.closed_port()))
    assert result.words == "deferred deferred deferred" and "connected" not in result.lines
    assert "Connection refused" in result.note
    nowhere = "x" * 64 + ".invalid"  # no resolver can be asked for such a name, nor make one up
    result = run(batch(25, host=nowhere))
    assert result.words == "deferred deferred deferred"
    assert f"{nowhere}:25: no connection" in result.note


def test_text_of_a_relay_makes_no_line_of_ours():
    with Server(rcpt="550 no\rverdict 2 sent data 250 2.0.0 ha\x1b[2J\x07\xe9") as relay:
        result = run(batch(relay.port, n=2))
    assert result.words == "failed failed"
    assert all(" " <= c <= "~" for line in result.lines for c in line)


def test_silence_after_the_dot_waits_ten_times_longer():
    with Server(dot=[Slow(6, "250 at last")]) as relay:
        assert run(batch(relay.port), patience=4).words == "sent sent sent"


# ---- what only the one who started it can end

def read_until(process, line):
    while True:
        got = process.stdout.readline().decode().strip()
        assert got, "the mailer ended"
        if got == line:
            return


@pytest.mark.parametrize("script, last, patience", [
    ({"dot": SILENT}, "begun 1", 30),
    ({"greeting": Drip(0.1)}, "connected", 1),
])
def test_held_for_ever_until_killed(script, last, patience):
    with Server(**script) as relay:
        process = start("--patience", str(patience))
        process.stdin.write(batch(relay.port))
        process.stdin.close()
        read_until(process, last)
        time.sleep(1.5)
        assert process.poll() is None, "the library gave up; the watchdog is not needed?"
        process.kill()
        assert b"verdict" not in process.stdout.read()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def connects(process, port):
    """A socket of the process is on its way to the port: SYN-SENT."""
    inodes = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
              if line.split()[2].endswith(f":{port:04X}") and line.split()[3] == "02"}
    targets = []
    for fd in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            targets.append(os.readlink(fd))
        except OSError:  # it is closed by now
            pass
    return any(f"socket:[{inode}]" in targets for inode in inodes)


class Later:
    """A reply that comes when the test says so."""

    def __init__(self, reply):
        self.reply, self.now = reply, threading.Event()

    def __call__(self, session):
        self.now.wait(PATIENCE)
        return self.reply


def test_a_port_that_drops_connections_ends_by_sigterm():
    with smtp.Full() as port:
        process = start()
        process.stdin.write(batch(port.port))
        process.stdin.close()
        wait_for(lambda: connects(process, port.port))
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        out = process.stdout.read().decode()
        process.wait(PATIENCE)
        assert out.count(" deferred connect ") == 3 and "connected" not in out
        process.stdout.close()
        process.stderr.close()


def test_sigterm_finishes_the_mail_in_hand():
    taken = Later("250 taken")
    with Server(dot=[taken]) as relay:
        process = start()
        process.stdin.write(batch(relay.port))
        process.stdin.close()
        read_until(process, "begun 1")
        process.send_signal(signal.SIGTERM)
        taken.now.set()
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(PATIENCE)
        result = Result(process, out, err)
        assert result.words == "sent deferred deferred" and result.begun == []
        assert len(relay.seen) == 1
        process.stdout.close()
        process.stderr.close()


def test_sighup_ends_nothing():
    with Server(dot=[Slow(0.3, "250 taken")]) as relay:
        process = start()
        process.stdin.write(batch(relay.port))
        process.stdin.close()
        read_until(process, "begun 1")
        process.send_signal(signal.SIGHUP)
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(60)
        assert Result(process, out, err).words == "sent sent sent"
        process.stdout.close()
        process.stderr.close()


def test_nothing_is_sent_when_nobody_listens():
    go_on = Later("354 go on")
    with Server(data=[go_on]) as relay:
        process = start()
        process.stdin.write(batch(relay.port))
        process.stdin.close()
        read_until(process, "connected")
        process.stdout.close()
        go_on.now.set()
        process.wait(PATIENCE)
        process.stderr.close()
        relay.at_rest()
        assert relay.seen == []


def test_it_dies_with_the_one_who_started_it(tmp_path):
    with Server(dot=SILENT) as relay:
        (tmp_path / "batch").write_bytes(batch(relay.port))
        script = ("import subprocess, sys, time\n"
                  "child = subprocess.Popen([sys.argv[1]], stdin=open(sys.argv[2]),"
                  " stdout=subprocess.PIPE)\n"
                  "print(child.pid, flush=True)\n"
                  "while child.stdout.readline() != b'begun 1\\n': pass\n"
                  "print('begun', flush=True)\n"
                  "time.sleep(600)\n")
        parent = subprocess.Popen([sys.executable, "-c", script, MAILER, tmp_path / "batch"],
                                  stdout=subprocess.PIPE, text=True)
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "begun\n"
        parent.kill()
        parent.wait()
        parent.stdout.close()

        def gone():
            try:
                return Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except (FileNotFoundError, ProcessLookupError):
                return True
        try:
            wait_for(gone, told=lambda: "the mailer lives on")
        except AssertionError:
            os.kill(child, signal.SIGKILL)
            raise


# ---- TLS and passwords

@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys")
    return {"good": smtp.certificate(path), "foreign": smtp.certificate(path, "other", "127.9.9.9")}


def trusting(certificate):
    return dict(os.environ, SSL_CERT_FILE=certificate[0])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_starttls(keys, host):
    with Server(certificate=keys["good"], extensions=CHUNKING) as relay:
        result = run(batch(relay.port, host=host, starttls="required"), env=trusting(keys["good"]))
        assert result.words == "sent sent sent", result.lines
        assert all(mail.tls for mail in relay.mails)
        assert relay.handshakes == ["TLSv1.2"]


def test_untrusted_certificate(keys):
    with Server(certificate=keys["good"]) as relay:
        result = run(batch(relay.port, starttls="required"))
        assert result.words == "deferred deferred deferred"
        assert "the certificate is not good: self-signed certificate" in result.note
        assert not relay.seen and not any(c.startswith("MAIL") for c in relay.commands)


def test_certificate_of_somebody_else(keys):
    with Server(certificate=keys["foreign"]) as relay:
        result = run(batch(relay.port, host="localhost", starttls="required"),
                     env=trusting(keys["foreign"]))
        assert result.words == "deferred deferred deferred"
        assert "the certificate is not good: hostname mismatch" in result.note
        assert not relay.seen


def test_starttls_refused(keys):
    with Server(certificate=keys["good"], starttls="454 4.7.0 no TLS today") as relay:
        result = run(batch(relay.port, starttls="required"), env=trusting(keys["good"]))
        assert result.words == "deferred deferred deferred" and not relay.seen
        assert "454 4.7.0 no TLS today" in result.note


def test_plain_text_behind_starttls_is_no_reply(keys):
    """Somebody in between answers the encrypted commands beforehand."""
    with Server(certificate=keys["good"],
                starttls="220 go on\n250-x\n250 PIPELINING\n250 ok\n250 ok\n354 go\n250 sent") as relay:
        result = run(batch(relay.port, starttls="required"), env=trusting(keys["good"]))
        assert result.words == "deferred deferred deferred", result.lines
        assert "slipped in" in result.note


def password_file(path, text="secret word\nsecond line\n", mode=0o600):
    file = path / "password"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_password(keys, tmp_path):
    with Server(certificate=keys["good"], users={"desk": "secret word"}, must_auth=True) as relay:
        result = run(batch(relay.port, starttls="required", user="desk",
                           password=password_file(tmp_path)), env=trusting(keys["good"]))
        assert result.words == "sent sent sent", result.lines
        assert {mail.user for mail in relay.mails} == {"desk"}
        assert not any("secret" in line for line in result.lines)


def test_wrong_password(tmp_path):
    with Server(users={"desk": "other"}, must_auth=True) as relay:
        result = run(batch(relay.port, user="desk", password=password_file(tmp_path)))
        assert result.words == "deferred deferred deferred"
        assert result.stages["1"] in ("mail", "auth") and result.codes["1"] == 530
        assert "user and password were not taken: 535 5.7.8 wrong password" in result.note


def test_no_refusal_is_believed_without_the_password_taken(tmp_path):
    """A relay that refuses strangers only at RCPT has not judged the recipient."""
    with Server(users={"desk": "other"}, rcpt="554 5.7.1 relay access denied") as relay:
        result = run(batch(relay.port, user="desk", password=password_file(tmp_path)))
        assert result.words == "deferred deferred deferred"
        assert set(result.stages.values()) == {"auth"}


def test_no_auth_offered(tmp_path):
    with Server(mail="530 5.7.0 authenticate") as relay:
        result = run(batch(relay.port, user="desk", password=password_file(tmp_path)))
        assert result.words == "deferred deferred deferred"
        assert "user and password were not taken" in result.note


@pytest.mark.parametrize("change, note", [
    ({"mode": 0o604}, "may be read by everybody"),
    ({"mode": 0o620}, "written by others"),
    ({"text": "\nsecret\n"}, "empty first line"),
])
def test_password_file(tmp_path, change, note):
    with Server(users={"desk": "secret"}) as relay:
        result = run(batch(relay.port, user="desk", password=password_file(tmp_path, **change)))
        assert result.status != 0 and note in result.note and relay.sessions == 0


def test_no_password_in_clear_to_another_host(tmp_path):
    result = run(batch(25, host="relay.example.org", user="desk",
                       password=password_file(tmp_path)))
    assert result.status != 0 and "only under starttls" in result.note


# ---- bad batches

@pytest.mark.parametrize("text, note", [
    ("", "breaks off"),
    ("relay 127.0.0.1:25 x none - -", "breaks off"),
    ("relay 127.0.0.1:25 x none - -\n", "without mails"),
    ("relay 127.0.0.1:25 x none -\nmail", "no line \"relay\""),
    ("relay 127.0.0.1 x none - -\n", "not HOST:PORT"),
    ("relay [::1]:25 x none - -\n", "not HOST:PORT"),
    ("relay 127.0.0.1:99999 x none - -\n", "not HOST:PORT"),
    ("relay 127.0.0.1:25 x maybe - -\n", "none or required"),
    ("relay 127.0.0.1:25 a_b none - -\n", "no name to greet"),
    ("relay 127.0.0.1:25 -x none - -\n", "no name to greet"),
    ("relay 127.0.0.1:25 x none u /nonexistent\n", "/nonexistent"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b 10\nshort", "octets are missing"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b -1\nshort", "octets are missing"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b 0\n", "octets are missing"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b\rRCPT 5\nshort", "bad address"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b> 5\nshort", "bad address"),
    ("relay 127.0.0.1:25 x none - -\nmail 1 a b 5 6\nshort", "no line \"mail\""),
])
def test_bad_batches(text, note):
    result = run(text.encode())
    assert result.status == 1 and note in result.note and not result.done


# ---- chance

FAULTS = [CLOSE, RESET, "421 4.3.2 bye", "451 4.3.0 later", "550 5.0.0 no", "garbage",
          "250 " + "x" * 5000, "250 ok\n250 ok", "250-more\n250 ok", "25"]


@pytest.mark.parametrize("seed", range(40))
def test_a_relay_with_faults_in_its_replies(seed):
    """Whatever comes back: no mail is lost, none called sent that did not arrive."""
    chance = random.Random(seed)

    def fault(session):
        return chance.choice(FAULTS) if chance.random() < 0.08 else None

    stages = ("greeting", "ehlo", "mail", "rcpt", "data", "dot", "rset", "quit", "bdat")
    with Server(extensions=CHUNKING if seed % 2 else EXTENSIONS,
                **{stage: fault for stage in stages}) as relay:
        result = run(batch(relay.port, n=5), patience=1)
        relay.at_rest()
        assert result.status == 0 and result.done, result.lines
        assert len(result.verdicts) == 5
        for i, word in result.verdicts.items():
            if word == "sent":
                assert octets(int(i)) in relay.seen, f"lost: {result.lines}"


# ---- the real one

def postfix_folder(path):
    """A private Postfix: its own queue, configuration, ports; mails go nowhere."""
    port = smtp.closed_port()
    config, queue, data = path / "etc", path / "queue", path / "data"
    for folder in (config, queue, data):
        folder.mkdir()
    shutil.chown(data, "postfix")
    path.chmod(0o755)
    (config / "main.cf").write_text(f"""\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{ r2@example.org = REJECT no such user }} }},
    permit_mynetworks, reject_unauth_destination
default_transport = discard:
maillog_file = {path}/log
maillog_file_prefixes = {path}
""")
    services = f"""\
127.0.0.1:{port} inet n - n - - smtpd
    -o smtpd_discard_ehlo_keywords=pipelining,chunking,silent-discard
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
"""
    (config / "master.cf").write_text(services)
    return config, port


@pytest.fixture
def postfix(tmp_path):
    program = shutil.which("postfix", path="/usr/sbin:/usr/bin")
    if not program:
        pytest.skip("Postfix is not installed")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only")
    path = Path(tempfile.mkdtemp(prefix="pf"))
    config, port = postfix_folder(path)
    started = subprocess.run([program, "-c", config, "start"], capture_output=True, text=True)
    if started.returncode:
        shutil.rmtree(path)
        pytest.skip(f"Postfix does not start here: {started.stderr[-300:]}")
    yield path, port
    subprocess.run([program, "-c", config, "stop"], capture_output=True)
    shutil.rmtree(path, ignore_errors=True)


def test_postfix(postfix):
    path, port = postfix
    result = run(batch(port))
    log = path / "log"
    assert result.words == "sent failed sent", (result.lines, log.read_text())
    assert "no such user" in result.texts["2"] and result.codes["2"] == 554
    for n in (1, 3):  # its log comes behind its replies
        wait_for(lambda: f"message-id=<{n}.x@calendar.example>" in log.read_text(), told=log.read_text)
    assert "message-id=<2.x@" not in log.read_text()
