"""Two sectors in one daemon: one rules file each, ministers shared."""
import csv
import json
import subprocess

import pytest
from conftest import BUILD, Daemon, Failed

COMMON = """
member BN "Brunei Darussalam" since 1984-01-08 city "Bandar Seri Begawan" zone Asia/Brunei
member ID "Indonesia" since 1967-08-08 city "Jakarta" zone Asia/Jakarta
partner JP "Japan" zone Asia/Tokyo
holiday BN "Inauguration" 2027-09-13
workflow STEPS
  step LETTER "Send the invitation" due 3 weeks before by secretariat
"""

DIGITAL = """sector DIGITAL "Digital Affairs"
  levels minister
  notice 2 weeks
  seat "Jakarta" in ID
""" + COMMON + """
body DCOUNCIL "Digital Council" level minister mandate "It meets." requires 1 meeting per cycle
people ministers shared sit in DCOUNCIL
desk "Digital" serves all, 1 cluster at once
cluster DWEEK "Digital Week" times 1 per cycle lasts 3 days host BN
  window 6 Sep .. 6 Sep
  workflow STEPS
  meeting TALK "Digital Ministers" of DCOUNCIL 1 day
  ceremony OPEN "Digital Opening" with ministers 30 min on the last day
  consult PLUS "Digital Ministers with {partner}" of DCOUNCIL + JP 90 min after TALK
remind delegates of meetings 3 days before
"""

RIVERS = """sector RIVERS "River Affairs"
  cycle from 1 Jan
  levels chief, minister
  notice 4 weeks
  hours 08:00 .. 12:00, 13:00 .. 16:00
  seat "Bandar Seri Begawan" in BN
""" + COMMON + """
body RBOARD "River Board" level minister mandate "It meets." requires 1 meeting per cycle
people ministers shared sit in RBOARD
desk "Rivers" serves all, 1 cluster at once
cluster RWEEK "River Week" times 1 per cycle lasts 2 days host BN
  window 6 Sep .. 17 Sep
  prefer start near 6 Sep weight 9 per week
  workflow STEPS
  meeting TALK "River Ministers" of RBOARD 1 day
remind delegates of meetings 10 days before
"""


@pytest.fixture
def two(where):
    d = Daemon(where, rules=DIGITAL, start=False, conf="")
    d.other = d.path / "rules" / "rivers.rules"
    d.other.write_text(RIVERS)
    d.rules_file = d.rules_file.rename(d.path / "rules" / "digital.rules")
    d.start()
    yield d
    d.stop()


def test_check_and_status_know_both(two):
    assert two.call("check").summary["errors"] == 0
    rules = two.ctl("status")[0]["rules"]
    assert rules["sector"] == "DIGITAL, RIVERS"
    assert rules["file"].count(".rules") == 2


def test_status_has_a_line_for_each_sector(two):
    lines = two.run("status").stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("rules:"))
    assert "loaded" in lines[at] and "errors 0, warnings 0" in lines[at] and "DIGITAL" not in lines[at]
    assert lines[at + 1].split() == ["sector", "DIGITAL,", "title", "Digital", "Affairs,", "file",
                                     str(two.path / "rules" / "digital.rules")]
    assert "sector RIVERS, title River Affairs" in lines[at + 2]
    assert lines[at + 3].startswith("feeds:")


def test_shared_ministers_are_kept_apart(two):
    rows = {r["edition"]: r for r in two.ctl("plan", "2027")}
    assert rows["DWEEK-2027"]["start"] == "2027-09-06"
    assert rows["RWEEK-2027"]["start"] == "2027-09-09"
    why = two.ctl("whynot", "RWEEK-2027", "2027-09-07")
    assert any("DWEEK-2027" in str(r) and "ministers" in str(r) for r in why), why
    with pytest.raises(Failed) as failed:
        two.ctl("move", "RWEEK-2027", "2027-09-08")
    assert "DWEEK-2027" in failed.value.stderr


CONTACTS = (("bn@digital.example", "DCOUNCIL"), ("bn@rivers.example", "RBOARD"))


def released(d):
    for address, body in CONTACTS:
        d.ctl("contact", "add", address, "--name", "BN", "--of", "BN", "--bodies", body)
    d.ctl("plan", "2027")
    for edition in ("DWEEK-2027", "RWEEK-2027"):
        d.ctl("confirm", edition)
    d.ctl("release", "--send")
    return d


def test_rows_say_whose_they_are(two):
    rows = two.ctl("plan", "2027")
    assert {r["edition"]: r["sector"] for r in rows} == \
        {"DWEEK-2027": "DIGITAL", "RWEEK-2027": "RIVERS"}
    assert [r["edition"] for r in two.ctl("editions", "--sector", "rivers")] == ["RWEEK-2027"]
    assert [b["code"] for b in two.ctl("bodies", "--sector", "DIGITAL")] == ["DCOUNCIL"]
    assert [c["sector"] for c in two.ctl("clusters")] == ["DIGITAL", "RIVERS"]
    assert {m["code"]: m["sectors"] for m in two.ctl("members")}["BN"] == ["DIGITAL", "RIVERS"]
    with pytest.raises(Failed) as failed:
        two.ctl("editions", "--sector", "LAKES")
    assert "no sector LAKES" in failed.value.stderr
    assert "SECTOR" in two.run("editions").stdout.splitlines()[0]
    assert [s["sector"] for s in two.ctl("status")[0]["rules"]["sectors"]] == ["DIGITAL", "RIVERS"]


def test_each_sector_has_its_own_hours_and_mandates(two):
    two.ctl("plan", "2027")
    assert two.ctl("agenda", "DWEEK-2027")[0]["start"].endswith("T09:00")
    assert two.ctl("agenda", "RWEEK-2027")[0]["start"].endswith("T08:00")
    assert [(r["body"], r["ok"]) for r in two.ctl("audit", "2027")] == \
        [("DCOUNCIL", True), ("RBOARD", True)]
    tasks = {t["task"]: t["sector"] for t in two.ctl("tasks")}
    assert tasks == {"DWEEK-2027/LETTER": "DIGITAL", "RWEEK-2027/LETTER": "RIVERS"}


def test_members_take_part_in_their_own_sector(two, where):
    two.other.write_text(RIVERS + 'member TL "Timor-Leste" since 2025-10-26 zone Asia/Dili\n')
    two.ctl("reload")
    two.ctl("contact", "add", "tl@rivers.example", "--name", "TL", "--of", "TL")
    two.ctl("plan", "2027")
    with pytest.raises(Failed) as failed:
        two.ctl("confirm", "DWEEK-2027", "--host", "TL")
    assert "TL is no member of Digital Affairs" in failed.value.stderr
    two.ctl("confirm", "DWEEK-2027")
    two.ctl("release")
    assert [m for m in two.ctl("outbox") if m["to"] == "tl@rivers.example"
            and "Digital Week" in two.run("message", m["message"], "--raw").stdout] == []
    assert "Asia/Dili" not in two.get("/editions/DWEEK-2027")[2].decode()


def test_handover_and_counts(two):
    two.ctl("plan", "2027")
    paper = two.run("handover", "BN", "2027").stdout
    assert "Digital Affairs, River Affairs." in paper
    assert two.call("tasks", {"sector": "RIVERS"}).summary["tasks"] == 1
    assert two.call("editions", {"sector": "RIVERS"}).summary["editions"] == 1


def test_feeds_and_pages_show_both(two):
    released(two)
    everything = two.get("/feeds/all.ics")[2].decode()
    assert "Digital Ministers" in everything and "River Ministers" in everything
    rivers = two.get("/feeds/RBOARD.ics")[2].decode()
    assert "River Ministers" in rivers and "Digital Ministers" not in rivers
    assert "Digital Opening" in everything and "Digital Opening" not in rivers
    assert "Digital Opening" in two.get("/feeds/DCOUNCIL.ics")[2].decode()
    assert "X-WR-TIMEZONE:Asia/Brunei" in rivers
    assert "X-WR-TIMEZONE:Asia/Jakarta" in two.get("/feeds/DCOUNCIL.ics")[2].decode()
    assert two.run("feed", "lint").returncode == 0
    year = two.get("/2027")[2].decode()
    assert "Digital Affairs and River Affairs" in year
    assert "<h3><bdi>Digital Affairs</bdi></h3>" in year and "<h3><bdi>River Affairs</bdi></h3>" in year
    assert "<dd><bdi>River Affairs</bdi></dd>" in two.get("/editions/RWEEK-2027")[2].decode()
    assert "<dd><bdi>River Affairs</bdi></dd>" in two.get("/bodies/RBOARD")[2].decode()


def test_programs_are_told_whose_an_edition_is(two):
    released(two)
    table = list(csv.DictReader(two.get("/2027.csv")[2].decode().splitlines()))
    assert list(table[0])[-1] == "sector"
    assert {(r["edition"], r["sector"]) for r in table} == {("DWEEK-2027", "DIGITAL"), ("RWEEK-2027", "RIVERS")}
    data = json.loads(two.get("/2027.json")[2])
    assert {e["edition"]: e["sector"] for e in data["editions"]} == {"DWEEK-2027": "DIGITAL", "RWEEK-2027": "RIVERS"}
    picture = two.get("/2027.svg")[2].decode()
    assert picture.index(">Digital Affairs<") < picture.index(">DWEEK<") < \
        picture.index(">River Affairs<") < picture.index(">RWEEK<")


def test_reminders_are_those_of_the_sector(two):
    released(two)
    two.ctl("clock", "2027-09-10T00:00:00Z")
    sent = [m for m in two.ctl("outbox") if m["kind"] == "reminder"]
    assert sorted((m["to"], m["edition"]) for m in sent) == \
        [("bn@digital.example", "DWEEK-2027"), ("bn@rivers.example", "RWEEK-2027")]
    for m in sent:
        raw = two.run("message", m["message"], "--raw").stdout
        name = "digital" if m["edition"] == "DWEEK-2027" else "rivers"
        assert f"<{name}.calendar.example>" in raw
    due = {m["edition"]: m["created"][:10] for m in sent}
    assert due == {"DWEEK-2027": "2027-09-03", "RWEEK-2027": "2027-08-30"}


def test_a_file_is_checked_beside_the_others(two, where):
    trial = where / "trial.rules"
    trial.write_text(RIVERS.replace("zone Asia/Jakarta", "zone Asia/Makassar"))
    done = two.run("check", trial)
    assert done.returncode == 65
    assert "member ID is not said as in" in done.stdout and "digital.rules" in done.stdout
    trial.write_text(RIVERS)
    assert two.run("check", trial).returncode == 0
    offline = [str(BUILD / "convened"), "-c", str(two.config), "--check"]
    assert subprocess.run(offline, capture_output=True, text=True).returncode == 0
    two.other.write_text(RIVERS.replace("body RBOARD", "body DCOUNCIL"))
    done = subprocess.run(offline, capture_output=True, text=True)
    assert done.returncode == 65
    assert 'body "DCOUNCIL" is given twice: also in' in done.stdout


def test_an_error_in_one_file_changes_nothing(two):
    before = two.ctl("bodies")
    two.other.write_text(RIVERS.replace("level minister mandate", "level emperor mandate"))
    with pytest.raises(Failed) as failed:
        two.ctl("reload")
    assert "rivers.rules:" in failed.value.stderr and "emperor" in failed.value.stderr
    assert two.ctl("bodies") == before
    assert two.ctl("status")[0]["rules"]["errors"] == 1
    two.other.write_text(RIVERS.replace("zone Asia/Brunei", "zone Asia/Tokyo"))
    done = two.run("check")
    assert done.returncode == 65
    assert "member BN is not said as in" in done.stdout and "zone Asia/Tokyo" in done.stdout
    two.other.write_text(RIVERS)
    two.ctl("reload")


def test_a_sector_can_be_taken_away(two):
    released(two)
    two.other.unlink()
    two.ctl("reload")
    assert [b["code"] for b in two.ctl("bodies")] == ["DCOUNCIL"]
    assert "sectors" not in two.ctl("status")[0]["rules"]
    assert two.get("/feeds/RBOARD.ics")[0] == 200  # the last release still stands
    two.other.write_text(RIVERS)
    two.ctl("reload")
    rows = {r["edition"]: r for r in two.ctl("editions")}
    assert rows["RWEEK-2027"]["start"] == "2027-09-09"
    assert rows["RWEEK-2027"]["status"] == "confirmed"


def test_other_rules_on_a_fork_replace_one_file(two, where):
    two.ctl("plan", "2027")
    two.ctl("fork", "late")
    trial = where / "trial.txt"
    trial.write_text(RIVERS.replace("window 6 Sep .. 17 Sep", "window 4 Oct .. 15 Oct")
                     .replace("start near 6 Sep", "start near 4 Oct"))
    rows = {r["edition"]: r for r in two.ctl("plan", "2027", "--rules", trial, "--draft", "late")}
    assert rows["RWEEK-2027"]["start"] == "2027-10-04"
    assert rows["DWEEK-2027"]["start"] == "2027-09-06"
    assert {r["edition"]: r["start"] for r in two.ctl("editions")}["RWEEK-2027"] == "2027-09-09"
    trial.write_text(RIVERS.replace("sector RIVERS", "sector LAKES"))
    with pytest.raises(Failed) as failed:
        two.ctl("plan", "2027", "--rules", trial, "--draft", "late")
    assert "no sector here has the code LAKES" in failed.value.stderr


def later(rules, window, near):
    """The rules with their week in October."""
    return rules.replace(window, "window 4 Oct .. 15 Oct").replace(f"start near {near}", "start near 4 Oct")


def test_a_fork_keeps_every_file_it_was_planned_with(two, where):
    two.ctl("plan", "2027")
    two.ctl("fork", "late")
    rivers, digital = where / "r.txt", where / "d.txt"
    rivers.write_text(later(RIVERS, "window 6 Sep .. 17 Sep", "6 Sep"))
    digital.write_text(DIGITAL.replace("window 6 Sep .. 6 Sep", "window 8 Nov .. 8 Nov"))
    two.ctl("plan", "2027", "--rules", rivers, "--draft", "late")
    assert two.ctl("drafts")[1]["rules"] == [str(rivers)]
    two.ctl("plan", "2027", "--rules", digital, "--draft", "late")
    assert two.ctl("drafts")[1]["rules"] == [str(digital), str(rivers)]

    def dates(draft):
        return {r["edition"]: r["start"] for r in two.ctl("plan", "2027", "--fresh", "--draft", draft)}
    assert dates("late") == {"DWEEK-2027": "2027-11-08", "RWEEK-2027": "2027-10-04"}
    two.ctl("fork", "later", "--from", "late")
    rivers.write_text(later(RIVERS, "window 6 Sep .. 17 Sep", "6 Sep").replace("4 Oct", "11 Oct"))
    two.ctl("plan", "2027", "--rules", rivers, "--draft", "later")
    two.stop()
    two.start()
    assert dates("later") == {"DWEEK-2027": "2027-11-08", "RWEEK-2027": "2027-10-11"}
    assert dates("late") == {"DWEEK-2027": "2027-11-08", "RWEEK-2027": "2027-10-04"}
    two.ctl("discard", "late")
    two.ctl("adopt", "later")
    two.ctl("fork", "late")
    assert [d.get("rules") for d in two.ctl("drafts")] == [[], []]
    assert dates("late") == {"DWEEK-2027": "2027-09-06", "RWEEK-2027": "2027-09-09"}


def test_a_change_that_two_files_make_together(two, where):
    """Either alone says of a member what the other does not."""
    two.ctl("plan", "2027")
    two.ctl("fork", "late")
    rivers, digital = where / "r.txt", where / "d.txt"
    for file, rules in ((rivers, RIVERS), (digital, DIGITAL)):
        file.write_text(later(rules, "window 6 Sep .. 17 Sep", "6 Sep")
                        .replace("window 6 Sep .. 6 Sep", "window 8 Nov .. 8 Nov")
                        .replace("zone Asia/Jakarta", "zone Asia/Makassar"))
        with pytest.raises(Failed) as failed:
            two.ctl("plan", "2027", "--rules", file, "--draft", "late")
        assert failed.value.status == 65 and "member ID" in failed.value.stderr
    rows = two.ctl("plan", "2027", "--rules", rivers, "--draft", "late", f"--rules={digital}")
    assert {r["edition"]: r["start"] for r in rows} == {"DWEEK-2027": "2027-11-08", "RWEEK-2027": "2027-10-04"}
    assert two.ctl("drafts")[1]["rules"] == [str(digital), str(rivers)]
    logged = two.ctl("log")[-1]["args"]
    assert str(rivers) in str(logged) and "sha256:" in str(logged) and "sector RIVERS" not in str(logged)
    with pytest.raises(Failed) as failed:
        two.ctl("plan", "2027", "--rules", rivers, "--rules", rivers, "--draft", "late")
    assert failed.value.status == 64 and "both rules of RIVERS" in failed.value.stderr


def test_a_text_alone_is_one_file_on_the_wire(two):
    two.ctl("plan", "2027")
    two.ctl("fork", "late")
    text = DIGITAL.replace("window 6 Sep .. 6 Sep", "window 8 Nov .. 8 Nov")
    rows = two.call("plan", {"cycles": "2027", "draft": "late", "rules": text, "name": "mine.rules"})
    assert "2027-11-08" in {r["start"] for r in rows}
    assert two.ctl("drafts")[1]["rules"] == ["mine.rules"]
