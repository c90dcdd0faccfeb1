"""What `cmake --install` puts where."""
import os
import re
import shutil
import subprocess

import pytest
from conftest import BUILD, SOURCE


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The tree below the prefix, and the prefix."""
    if not shutil.which("cmake"):
        pytest.skip("cmake is not installed")
    prefix = re.search(r"^CMAKE_INSTALL_PREFIX:PATH=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M)[1]
    root = tmp_path_factory.mktemp("root")
    done = subprocess.run(["cmake", "--install", str(BUILD)], env=dict(os.environ, DESTDIR=str(root)),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return root / prefix.lstrip("/"), prefix


def test_the_units_start_what_was_installed(installed):
    tree, prefix = installed
    unit = (tree / "lib/systemd/system/convened.service").read_text()
    programs = re.findall(r"^Exec\w+=(\S+)", unit, re.M)
    assert len(programs) == 2 and "@CMAKE" not in unit
    assert {"UMask=0077", "LimitCORE=0"} <= set(unit.splitlines())  # what it holds is nobody else's
    for program in programs:
        assert os.access(tree / os.path.relpath(program, prefix), os.X_OK), program
    kept = re.search(r"^ReadWritePaths=(.*)$", unit, re.M)[1].split()
    made = [line.split()[1] for line in (tree / "lib/tmpfiles.d/convened.conf").read_text().splitlines()]
    assert sorted(path.lstrip("-") for path in kept) == sorted(made)


def test_everything_that_the_manual_names_is_there(installed):
    tree, _ = installed
    wanted = ["bin/convenectl", "sbin/convened", "libexec/convened/convene-mailer", "libexec/convened/convene-reader",
              "lib/systemd/system/convened.socket", "lib/systemd/system/convened-http.socket",
              "lib/sysusers.d/convened.conf", "lib/tmpfiles.d/convened.conf",
              "share/bash-completion/completions/convenectl", "share/zsh/site-functions/_convenectl",
              "share/convened/config/convened.conf", "share/man/man1/convenectl.1", "share/man/man8/convened.8"]
    wanted += [f"share/doc/convened/{f.name}" for f in (SOURCE / "docs").glob("*.md")]
    wanted += [f"share/man/man5/{f.name}" for f in (SOURCE / "docs").glob("*.5")]
    for folder in ("templates", "config/rules", "config/holidays", "config/examples"):
        wanted += [f"share/convened/{f.relative_to(SOURCE)}" for f in (SOURCE / folder).rglob("*.*") if f.is_file()]
    assert [w for w in wanted if not (tree / w).is_file()] == []
    writable = [f for f in tree.rglob("*") if f.is_file() and f.stat().st_mode & 0o022]
    assert not writable
