"""Two sectors in one daemon: one rules file each, ministers shared."""
import pytest
from conftest import Daemon, Failed

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


def test_shared_ministers_are_kept_apart(two):
    rows = {r["edition"]: r for r in two.ctl("plan", "2027")}
    assert rows["DWEEK-2027"]["start"] == "2027-09-06"
    assert rows["RWEEK-2027"]["start"] == "2027-09-09"
    why = two.ctl("whynot", "RWEEK-2027", "2027-09-07")
    assert any("DWEEK-2027" in str(r) and "ministers" in str(r) for r in why), why
    with pytest.raises(Failed) as failed:
        two.ctl("move", "RWEEK-2027", "2027-09-08")
    assert "DWEEK-2027" in failed.value.stderr
