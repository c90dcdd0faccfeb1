"""Templates of one's own: names are checked when they are read, and those that
docs/templates.md promises are there."""
import re
import shutil
import subprocess

import pytest
from conftest import BUILD, PATIENCE, SOURCE, Daemon, Failed

PAGE = (SOURCE / "docs/templates.md").read_text()


@pytest.fixture
def own(where):
    """A daemon with a copy of the templates; not started."""
    shutil.copytree(SOURCE / "templates", where / "templates")
    return Daemon(where, templates=where / "templates", start=False)


def change(daemon, file, old, new):
    path = daemon.path / "templates" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def check(daemon):
    return subprocess.run([BUILD / "convened", "--check", "-c", daemon.config], capture_output=True,
                          text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("file, old, new, line, near", [
    ("mail/digest.txt.mustache", "{{headline}}", "{{headlin}}", 1, "headline"),
    ("mail/task.txt.mustache", "{{#task}}", "{{#taks}}", 1, "task"),
    ("mail/reminder.html.mustache", "{{#items}}", "{{#item_s}}", None, "items"),
    ("web/edition.mustache", "{{#days}}", "{{#dayz}}", None, "days"),
])
def test_a_name_that_no_view_has_is_refused(own, file, old, new, line, near):
    path = change(own, file, old, new)
    closing = new.replace("#", "/")
    if "#" in new:
        change(own, file, old.replace("#", "/"), closing)
    done = check(own)
    name = re.search(r"[a-z_]+(?=}})", new)[0]
    line = line or next(i for i, text in enumerate(path.read_text().splitlines(), 1) if new in text)
    assert done.returncode == 65
    assert re.search(rf"{re.escape(str(path))}:{line}:\d+: error: .*unknown name "
                     rf'"{name}", did you mean {near}\?', done.stdout + done.stderr), done.stderr + done.stdout


def test_a_reload_with_a_wrong_name_changes_nothing(own):
    own.start()
    change(own, "web/year.mustache", "{{cycle}}", "{{cykle}}")
    with pytest.raises(Failed) as failed:
        own.ctl("reload")
    assert failed.value.status == 65 and "cycle?" in failed.value.error["text"]
    assert "year.mustache" in failed.value.error["at"]
    own.ctl("plan", "2027")
    own.ctl("release")
    assert own.get("/2027")[0] == 200
    own.stop()


def names(cell):
    return [name for code in re.findall(r"`([^`]+)`", cell) for name in re.findall(r"[a-z][a-z_0-9]*", code)]


def table(heading):
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [[c.strip() for c in line.strip("|").split("|")] for line in part.splitlines()
            if line.startswith("| ") and not re.match(r"\| (name|page) \|", line)]


def test_the_names_of_the_manual_are_there(own):
    letter = {name for cells in table("What a letter sees") for name in names(cells[0])}
    assert len(letter) > 30 and {"headline", "leave_url", "overdue", "desk"} <= letter
    (own.path / "templates/mail/own.txt.mustache").write_text(
        "Subject: x\n\n" + "\n".join(f"{{{{{name}}}}}" for name in sorted(letter)) + "\n")
    for cells in table("What a page sees"):
        for page in names(cells[0]):
            path = own.path / f"templates/web/{page}.mustache"
            path.write_text(path.read_text() + "".join(
                f"{{{{{name}}}}}" for name in names(cells[1]) if not name.endswith("_svg")))
    done = check(own)
    assert done.returncode == 0, done.stdout + done.stderr
