"""A start on bad rules or tables: the calendars stay, by what was last loaded."""
import shutil

import pytest
from conftest import SOURCE, Daemon, Failed


@pytest.fixture
def stopped(where):
    """2027 released, by tables and templates of its own."""
    shutil.copytree(SOURCE / "config/holidays", where / "holidays")
    shutil.copytree(SOURCE / "templates", where / "templates")
    d = Daemon(where, holidays=where / "holidays", templates=where / "templates")
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("release")
    d.kept = d.ctl("editions"), d.get("/feeds/all.ics")[2]
    d.stop()
    yield d
    d.stop()


def spoil_rules(d):
    d.rules_file.write_text(d.rules_file.read_text() + "garbage\n")
    return d.rules_file


def spoil_table(d):
    table = next(iter(sorted((d.path / "holidays").glob("*.csv"))))
    table.write_text(table.read_text() + "2027-13-01,Never,public,fixed\n")
    return table


def remove_rules(d):
    d.rules_file.unlink()
    return d.rules_file.parent


@pytest.mark.parametrize("spoil", [spoil_rules, spoil_table, remove_rules])
def test_the_calendars_stay_and_everybody_is_told(stopped, spoil):
    file = spoil(stopped)
    stopped.start()
    assert (stopped.ctl("editions"), stopped.get("/feeds/all.ics")[2]) == stopped.kept
    rules = stopped.ctl("status")[0]["rules"]
    assert rules["errors"] == 1 and rules["error"].startswith(str(file))
    assert str(file) in stopped.stderr and "goes by those that were last loaded" in stopped.stderr
    assert "1 error in the files that were to be loaded" in stopped.told[-1]
    assert stopped.run("check").returncode == 65
    # Work goes on, by the tables of before, too.
    stopped.ctl("plan", "2028")
    assert stopped.call("release").summary["release"] == 2


def test_mended_files_are_loaded(stopped):
    good = stopped.rules_file.read_text()
    spoil_rules(stopped)
    stopped.start()
    with pytest.raises(Failed) as failed:
        stopped.ctl("reload")
    assert failed.value.status == 65
    stopped.rules_file.write_text(good)
    stopped.ctl("reload")
    assert stopped.ctl("status")[0]["rules"]["errors"] == 0


def test_what_a_reload_took_is_what_is_kept(stopped):
    stopped.start()
    text = stopped.rules_file.read_text()
    title = next(b for b in stopped.ctl("bodies"))["title"]
    stopped.rules_file.write_text(text.replace(title, "Another Title"))
    stopped.ctl("reload")
    stopped.stop()
    spoil_rules(stopped)
    stopped.start()
    assert stopped.ctl("bodies")[0]["title"] == "Another Title"


def test_a_first_start_has_nothing_to_go_by(where):
    d = Daemon(where, start=False)
    file = spoil_rules(d)
    assert d.start(expect_ready=False) == 65
    assert f"{file}:" in d.stderr and "last loaded" not in d.stderr
    d.close()


def test_of_templates_there_are_none_of_before(stopped):
    page = stopped.path / "templates" / "web" / "year.mustache"
    page.write_text(page.read_text() + "{{#open}}")
    assert stopped.start(expect_ready=False) == 65
    assert str(page) in stopped.stderr
