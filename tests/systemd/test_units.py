"""The units as an administrator meets them. The tests share one machine and go
on from each other's state in the order of this file; each leaves the service
running and its configuration good.
"""
import os
import re
import shutil
import subprocess
import threading

import pytest
from conftest import BUILD, SOURCE

RULES = "/etc/convened/rules/asean-digital.rules"
DROP_IN = "/run/systemd/system/convened.service.d"
FEED = "http://127.0.0.1:8080/feeds/ADGMIN.ics"


@pytest.fixture(scope="module")
def m(machine):
    """Installed by the lines of the README."""
    done = subprocess.run(["cmake", "--install", str(BUILD)], capture_output=True, text=True,
                          env=dict(os.environ, DESTDIR=f"/proc/{machine.init}/root"))
    assert done.returncode == 0, done.stderr
    for name in ("functional/smtp.py", "systemd/relay.py"):
        shutil.copy(SOURCE / "tests" / name, f"/proc/{machine.init}/root/root/")
    lines = re.search(r"## Installing\n```\n(.*?)```", (SOURCE / "README.md").read_text(), re.S)[1].splitlines()
    assert lines[0] == "./dev build && cmake --install build          # below /usr"
    machine.run("\n".join(["set -e", *lines[1:]]))
    machine.run("useradd anna; useradd vic; useradd eve;"
                "usermod -aG convened-officers anna; usermod -aG convened-viewers vic")
    machine.configure(quiet="none", review="none", safety_net="none", deliver="smtp://localhost:25")
    relay(machine)
    return machine


def relay(m, *words):
    m.run("systemctl stop relay 2>/dev/null; systemctl reset-failed relay 2>/dev/null;"
          f"systemd-run -q --unit relay env -C /root python3 relay.py /root/mails {' '.join(words)}")


def drop_in(m, *lines):
    """More lines for the unit, until restored() takes them back."""
    text = " ".join(repr(line) for line in ("[Service]", *lines))
    m.run(f"mkdir -p {DROP_IN}; printf '%s\\n' {text} > {DROP_IN}/test.conf; systemctl daemon-reload")


def restored(m):  # what drop_in() and configure() did
    m.run(f"rm -rf {DROP_IN}; systemctl daemon-reload")
    m.restart()


# ---- the first day

def test_verify_finds_nothing(m):
    units = "cd /lib/systemd/system; systemd-analyze verify convened.service convened.socket convened-http.socket"
    assert m.run(units) == ""


def test_the_exposure_is_low(m):
    score = re.search(r"exposure level for convened.service: ([0-9.]+)",
                      m.run("systemd-analyze security convened --no-pager"))[1]
    assert float(score) <= 1.4, score


def test_a_client_starts_the_daemon(m):
    m.run("systemctl stop convened")
    assert (m.show("ActiveState"), m.show("ActiveState", "convened.socket")) == ("inactive", "active")
    assert "release:" in m.run("convenectl status")
    assert m.show("ActiveState") == "active"
    assert m.show("StatusText") == "ASEAN-DIGITAL, release 0"


def test_groups_say_who_may_do_what(m):
    assert m.run("stat -c '%U %G %a' /run/convened/control") == "convened convened 666"
    for user, look, change in (("eve", 77, 77), ("vic", 0, 77), ("anna", 0, 0)):
        assert m.status("convenectl status", user=user) == look, user
        assert m.status("convenectl plan 2027", user=user) == change, user


def test_a_release_is_mailed_and_served(m):
    m.configure(listen="127.0.0.1:8080, unix:/run/convened/http")
    m.restart()
    m.run("convenectl import contacts /usr/share/doc/convened/contacts.csv", user="anna")
    m.run("convenectl confirm MINISTERIAL-2027; convenectl release --note first", user="anna")
    m.until(lambda: m.show("StatusText") == "ASEAN-DIGITAL, release 1")
    # One that speaks to a relay has little memory, under this sandbox, too.
    limits = "cat /proc/$(pgrep -n convene-mailer)/limits 2>/dev/null"
    m.until(lambda: re.search(r"Max address space +\d+", m.run(limits, check=False)))
    m.until(lambda: m.run("cat /root/mails 2>/dev/null | wc -l") != "0")
    for where in (FEED, "--unix-socket /run/convened/http http://x/feeds/ADGMIN.ics"):
        assert m.run(f"curl -sS {where}", user="eve").startswith("BEGIN:VCALENDAR"), where


def test_a_backup_has_a_place(m):
    m.run("convenectl backup /var/backups/convened/a.db")
    files = "/var/backups/convened/a.db /var/lib/convened/sequence"
    assert m.run(f"stat -c '%U %a' {files}") == "convened 600\nconvened 600"
    assert m.status("convenectl backup /home/a.db") != 0


# ---- reload

def test_reload_takes_good_rules_and_keeps_them_when_the_next_are_bad(m):
    m.run("systemctl reload convened")
    m.run(f"cp {RULES} /root/good; echo garbage >> {RULES}")
    try:
        assert m.status("systemctl reload convened") == 1
        assert m.show("ActiveState") == "active"
        assert '"garbage" is no statement' in m.journal("-p err")
        m.until(lambda: "1 error in the files" in m.show("StatusText"))
        m.run("systemctl kill -s HUP convened")
        m.until(lambda: "error: reload:" in m.journal("-p err"))
        assert "mailer ended" not in m.journal()
        assert m.status("convenectl plan 2027") == 0
    finally:
        m.run(f"cp /root/good {RULES}")
    m.run("systemctl reload convened")
    m.until(lambda: m.show("StatusText") == "ASEAN-DIGITAL, release 1")


# ---- restart, stop, kill

def test_a_restart_loses_no_request(m):
    """With both sockets systemd's; mail goes on where it was."""
    m.run("systemctl stop convened; systemctl start convened-http.socket convened")
    answers = {"convenectl status": [], f"curl -sS -o /dev/null -w '%{{http_code}}' {FEED}": []}
    done = threading.Event()

    def ask(command, said):
        while not done.is_set():
            said.append(m.run(f"{command} >/tmp/said 2>&1; echo $?" if "curl" not in command else command, check=False))

    m.run("convenectl move MINISTERIAL-2027 2027-01-25; convenectl release --note moved")
    askers = [threading.Thread(target=ask, args=pair) for pair in answers.items()]
    for asker in askers:
        asker.start()
    try:
        for n in range(4):
            before = len(answers["convenectl status"])
            m.run("systemctl restart convened")
            m.until(lambda: len(answers["convenectl status"]) > before + 5)
            m.run("systemctl reset-failed convened")  # the limit of starts is for others
    finally:
        done.set()
        for asker in askers:
            asker.join()
    for command, said in answers.items():
        assert set(said) == {"200" if "curl" in command else "0"}, (command, said)
    m.run("systemctl stop convened convened-http.socket; systemctl start convened")


def test_nobody_gets_a_mail_twice_by_restarts(m):
    m.until(lambda: "queued 0, inflight 0" in m.run("convenectl status"))
    ids = m.run("awk '{print $4, $1}' /root/mails | sort | uniq -d")
    assert ids == ""


def test_stop_is_quick_and_clean(m):
    m.run("systemctl stop convened")
    assert m.show("Result") == "success"
    assert m.run("pgrep -u convened | wc -l") == "0"
    m.run("systemctl start convened")


def test_killed_it_comes_back(m):
    before = int(m.show("NRestarts"))
    m.run("systemctl kill -s KILL convened")
    m.until(lambda: int(m.show("NRestarts")) > before and m.show("ActiveState") == "active")
    assert "release:" in m.run("convenectl status")


def test_hung_it_comes_back(m):
    drop_in(m, "WatchdogSec=2", "RestartSec=100ms")
    m.restart()
    before = int(m.show("NRestarts"))
    m.run("systemctl kill --kill-whom=main -s STOP convened")
    m.until(lambda: int(m.show("NRestarts")) > before and m.show("ActiveState") == "active")
    assert "Watchdog timeout" in m.journal()
    restored(m)


def test_a_restart_on_bad_rules_goes_by_those_of_before(m):
    m.run(f"cp {RULES} /root/good; echo garbage >> {RULES}")
    try:
        m.restart()
        assert m.show("ActiveState") == "active"
        assert "1 error in the files that were to be loaded" in m.show("StatusText")
        assert f"{RULES}:" in m.journal("-p err -n 12")
        assert "release:" in m.run("convenectl status")
    finally:
        m.run(f"cp /root/good {RULES}")
    m.run("systemctl reload convened")
    m.until(lambda: "error" not in m.show("StatusText"))


def test_a_broken_configuration_is_tried_once(m):
    path = "/etc/convened/convened.conf"
    m.run(f"cp {path} /root/good; echo garbage >> {path}")
    try:
        assert m.status("systemctl restart convened") != 0
        assert (m.show("ActiveState"), m.show("Result"), m.show("ExecMainStatus")) == ("failed", "exit-code", "65")
        assert m.show("NRestarts") == "0"
        said = m.journal("-p err -n 12")
        assert f"{path}:" in said and "garbage" in said
        # Somebody who asks makes it try again, not for ever, and is not left waiting.
        assert m.status("convenectl status", timeout=60) == 69
        assert "Start request repeated too quickly" in m.journal("-n 20")
    finally:
        m.run(f"cp /root/good {path}")
    m.restart()
    assert "release:" in m.run("convenectl status")


# ---- a password

def test_the_password_may_be_a_credential(m):
    relay(m, "auth")
    m.run("install -m 600 <(echo geheim) /root/smtp-password; : > /root/mails")
    drop_in(m, "LoadCredential=smtp:/root/smtp-password")
    m.configure(user="convened", password_file="/run/credentials/convened.service/smtp")
    m.restart()
    m.run("convenectl move MINISTERIAL-2027 2027-01-11; convenectl release --note again")
    m.until(lambda: " convened Message-I" in m.run("cat /root/mails"))
    m.configure(user="", password_file="")
    relay(m)
    restored(m)


# ---- disks

def test_a_full_disk_stops_changes_and_nothing_else(m):
    m.run("systemctl stop convened; cp -a /var/lib/convened /root/kept;"
          "mount -t tmpfs -o size=64M,mode=700,uid=$(id -u convened),gid=$(id -g convened) tmpfs /var/lib/convened;"
          "cp -a /root/kept/. /var/lib/convened/; systemctl start convened")
    m.run("dd if=/dev/zero of=/var/lib/convened/filler bs=64k 2>/dev/null", check=False)
    add = "convenectl contact add a$n@x.example --name A --of BN --role delegate --bodies ADGMIN"
    said = m.run(f"for n in $(seq 50); do {add} || break; done", check=False)
    assert "full" in said, said
    assert m.run(f"curl -s {FEED} | head -1 | tr -d '\\r'") == "BEGIN:VCALENDAR"
    assert m.status("convenectl status") == 0
    m.until(lambda: "takes no writes" in m.journal("-p err"))
    m.until(lambda: "takes no writes" in m.show("StatusText"))
    m.run("rm /var/lib/convened/filler")
    m.until(lambda: m.status(f"n=99; {add}") == 0)
    m.until(lambda: "takes no writes" not in m.show("StatusText"))
    m.run("systemctl stop convened; umount /var/lib/convened; systemctl start convened")


@pytest.mark.parametrize("damage, repair", [
    ("mount --bind /var/lib/convened /var/lib/convened; mount -o remount,bind,ro /var/lib/convened",
     "umount /var/lib/convened"),
    ("chown root: /var/lib/convened/convened.db", "chown convened: /var/lib/convened/convened.db"),
])
def test_a_state_it_may_not_write_is_named(m, damage, repair):
    m.run(f"systemctl stop convened; {damage}")
    try:
        m.run("systemctl start convened", check=False)
        said = m.journal("-p err -n 5")
        print(said, m.show("StatusText"))
        assert "/var/lib/convened" in said, said
        assert m.show("StatusText") != "" or m.show("ActiveState") == "active"
    finally:
        m.run(repair)
    m.restart()
    assert m.status("convenectl status") == 0


# ---- the end

def test_nothing_was_refused_by_the_sandbox(m):
    said = m.journal()
    assert not re.search(r"SIGSYS|Operation not permitted|core-dump|broken invariant", said), said


def test_it_leaves_as_the_manual_says(m):
    m.run("systemctl disable --now convened.socket convened-http.socket convened")
    assert m.show("ActiveState") == "inactive" and m.status("test -e /run/convened/control") != 0
