"""What the daemon and its client say to a service manager: state, priorities."""
import os
import signal
import socket
import subprocess
import time

from conftest import BUILD, CLOCK, Daemon


def told_within(d, what, seconds=60):
    """Waits until systemd was told that; what it was told."""
    end = time.monotonic() + seconds
    while not any(what in message for message in d.told):
        assert time.monotonic() < end, (what, d.told)
        time.sleep(0.05)
    return [message for message in d.told if what in message]


def journal_of(command, connected=True, **env):
    """Status of a program whose stderr is "the journal", and the lines it wrote there."""
    r, w = os.pipe()
    st = os.fstat(w)
    env = dict(os.environ, LC_ALL="C.UTF-8", JOURNAL_STREAM=f"{st.st_dev}:{st.st_ino + (not connected)}", **env)
    process = subprocess.Popen(command, env=env, stderr=w, stdin=subprocess.DEVNULL)
    os.close(w)
    with open(r, encoding="utf-8") as f:
        lines = f.read().splitlines()
    return process.wait(60), lines


def test_the_status_follows_what_happens(daemon):
    assert "STATUS=ASEAN-DIGITAL, release 0" in daemon.told[-1] and "READY=1" in daemon.told[-1]
    daemon.ctl("plan", "2027")
    daemon.ctl("release")
    assert told_within(daemon, "release 1") == ["STATUS=ASEAN-DIGITAL, release 1"]
    good = daemon.rules_file.read_text()
    daemon.rules_file.write_text(good + "garbage\n")
    assert daemon.run("reload").returncode == 65
    told_within(daemon, "STATUS=ASEAN-DIGITAL, release 1; 1 error in the files that were to be loaded")
    daemon.rules_file.write_text(good)
    daemon.told.clear()
    daemon.ctl("reload")
    assert told_within(daemon, "release 1") == ["STATUS=ASEAN-DIGITAL, release 1"]
    daemon.stop()
    assert daemon.told[-1] == "STOPPING=1"


def test_the_status_says_that_the_relay_is_away(where):
    d = Daemon(where, mail={"deliver": "smtp://127.0.0.1:1"})
    d.ctl("plan", "2027")
    d.ctl("contact", "add", "a@x.example", "--name", "A", "--of", "BN", "--bodies", "ADGMIN", "--role", "delegate")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("release", "--send")
    d.ctl("clock", "+1 min")
    told_within(d, "; mail: ")
    d.stop()


def test_a_start_that_fails_says_why(where):
    d = Daemon(where, start=False)
    (where / "state").write_text("a file")
    assert d.start(expect_ready=False) == 75
    d.notify.settimeout(60)
    message = d.notify.recv(4096).decode()
    assert message.startswith("STATUS=") and "state" in message and "READY" not in message
    d.close()


def test_lines_for_the_journal_have_priorities(where):
    d = Daemon(where, start=False)
    d.rules_file.write_text(d.rules_file.read_text() + "\tgarbage here\n")
    command = [str(BUILD / "convened"), "-c", str(d.config), "--clock", CLOCK]
    status, lines = journal_of(command)
    assert status == 65
    assert [line for line in lines if not line.startswith("<")] == []
    assert lines[0].startswith(f"<3>{d.rules_file}:273:2: error: ")
    assert "<3>    \tgarbage here" in lines and not any("\x1b" in line or "convened:" in line for line in lines)
    # Led into a file, the same lines are for people.
    status, lines = journal_of(command, connected=False)
    assert status == 65 and lines and not any(line.startswith("<") for line in lines)


def test_a_refused_reload_is_an_error_in_the_journal(daemon):
    daemon.rules_file.write_text("garbage\n")
    command = [str(BUILD / "convenectl"), "-s", str(daemon.socket), "reload"]
    status, lines = journal_of(command)
    assert status == 65 and len(lines) == 1 and lines[0].startswith("<3>convenectl: ")
    status, lines = journal_of(command, connected=False)
    assert status == 65 and lines[0].startswith("convenectl: ")


def start_at(d, listeners):
    """The daemon with sockets that somebody else keeps open; waits for nothing."""
    with_fds = ("import os, sys\n"
                "names = sys.argv[1].split(':')\n"
                "kept = [os.dup(int(n)) for n in sys.argv[2].split(':')]\n"
                "kept = [fd if fd > 9 else os.dup2(fd, fd + 20) for fd in kept]\n"
                "for i, fd in enumerate(kept): os.dup2(fd, 3 + i)\n"
                "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=sys.argv[1])\n"
                "os.execv(sys.argv[3], sys.argv[3:])\n")
    fds = [s.fileno() for s in listeners.values()]
    return subprocess.Popen(["/usr/bin/python3", "-c", with_fds, ":".join(listeners), ":".join(map(str, fds)),
                             str(BUILD / "convened"), "-c", str(d.config), "--clock", d.clock], pass_fds=fds,
                            stderr=subprocess.DEVNULL)


def ask(path, octets):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(str(path))
    s.sendall(octets)
    return s


def whole(s):
    with s, s.makefile("rb") as f:
        return f.read() if b"HTTP" in s.recv(4, socket.MSG_PEEK) else f.readline()


def test_whoever_asks_while_it_restarts_is_answered(where):
    """By the daemon that leaves, or by the one that comes: the sockets are kept."""
    d = Daemon(where, start=False)
    listeners = {}
    for name in ("control", "http"):
        listeners[name] = socket.socket(socket.AF_UNIX)
        listeners[name].bind(str(where / name))
        listeners[name].listen(64)
    process = start_at(d, listeners)
    get = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    verb = b'{"verb": "status", "args": {}}\n'
    try:
        for _ in range(5):
            with ask(where / "http", get) as s:  # it runs
                assert b" 200 " in s.recv(65536)
            process.send_signal(signal.SIGSTOP)
            asked = [ask(where / "control", verb) for _ in range(8)] + [ask(where / "http", get) for _ in range(8)]
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGCONT)
            assert process.wait(60) == 0
            process = start_at(d, listeners)
            for s in asked:
                answer = whole(s)
                assert b" 200 " in answer or answer.startswith(b"{"), answer
    finally:
        process.terminate()
        process.wait(60)
        for s in listeners.values():
            s.close()
