"""A machine of its own for the units: systemd as PID 1 over this one's files."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
BUILD = Path(os.environ.get("CONVENED_BUILD", SOURCE / "build"))


class Machine:
    def __init__(self):
        trees = [p for p in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")) if (p / "cgroup.procs").exists()]
        if not trees:
            pytest.skip("there are no control groups (version 2) here")
        self.directory = Path(tempfile.mkdtemp(prefix="cvm"))
        self.cgroup = trees[0] / self.directory.name
        self.log = tempfile.TemporaryFile("w+")
        self.outer = subprocess.Popen(["bash", HERE / "boot.sh", self.directory, self.cgroup],
                                      stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.init = None

    def wait(self):
        """Until it has booted; False when it does not."""
        for _ in range(600):
            if self.outer.poll() is not None:
                return False
            if self.init is None:
                children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
                if children and Path(f"/proc/{children[0]}/comm").read_text() == "systemd\n":
                    self.init = int(children[0])
            elif self.run("systemctl is-active default.target", check=False) == "active":
                return True
            time.sleep(0.1)
        return False

    def why(self):
        self.log.seek(0)
        return (self.log.read().strip().splitlines() or ["it does not come up"])[-1]

    def run(self, script, check=True, user=None, timeout=120):
        """What a shell of root in there says, both streams; with check=False whatever its status is."""
        command = ["nsenter", "-t", str(self.init), "-a", *(["runuser", "-u", user, "--"] if user else []),
                   "env", "-i", "LC_ALL=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                   "bash", "-c", script]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=timeout)
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout.strip()

    def status(self, script, **how):
        return int(self.run(f"( {script} ) >/dev/null 2>&1; echo $?", **how))

    def show(self, what, unit="convened"):
        return self.run(f"systemctl show -p {what} --value {unit}")

    def until(self, condition, seconds=120):
        """Waits for it; its last value."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, self.run(
                "journalctl -u convened -n 40 --no-pager; timeout 10 convenectl status", check=False)
            time.sleep(0.1)
        return value

    def journal(self, options="", unit="convened"):
        return self.run(f"journalctl -q -o cat --no-pager -u {unit} {options}")

    def configure(self, **keys):
        """Other values in convened.conf; a restart takes them."""
        for key, value in keys.items():
            key = key.replace("_", "-")
            self.run(f"sed -i 's|^;*{key} =.*|{key} = {value}|' /etc/convened/convened.conf")

    def restart(self):
        self.run("systemctl reset-failed convened convened.socket; systemctl restart convened.socket convened")

    def end(self):
        if self.init and self.outer.poll() is None:
            os.kill(self.init, signal.SIGKILL)
        self.outer.wait(60)
        self.log.close()
        self.directory.rmdir()
        for root, folders, _ in os.walk(self.cgroup, topdown=False):
            for folder in folders:
                os.rmdir(os.path.join(root, folder))
        if self.cgroup.exists():
            self.cgroup.rmdir()


@pytest.fixture(scope="session")
def machine():
    if os.geteuid() != 0:
        pytest.skip("only root can boot a machine of its own")
    for program in ("/lib/systemd/systemd", "unshare", "setpriv", "nsenter", "cmake", "curl", "dbus-daemon"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    if not (BUILD / "convened").exists():
        pytest.skip(f"{BUILD} has no programs: ./dev build")
    m = Machine()
    try:
        if not m.wait():
            pytest.skip(f"systemd does not boot in a container here: {m.why()}")
        yield m
    finally:
        m.end()
