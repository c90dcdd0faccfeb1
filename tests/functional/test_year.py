"""A year of the whole sector: planned, confirmed, released, then lived.

The list of mails is a golden text that a person can check: a line per day and
subject with those who get it. GOLDEN_UPDATE=1 writes it again.
"""
import os
from collections import defaultdict

from conftest import SOURCE

GOLDEN = SOURCE / "tests/golden/year.txt"


def short(addresses):
    """name@office.{bn,kh}.example: the same office of several countries."""
    offices = defaultdict(list)
    for a in addresses:
        local, domain = a.split("@")
        parts = domain.split(".")
        if len(parts) == 3:
            offices[f"{local}@{parts[0]}.%s.{parts[2]}"].append(parts[1])
        else:
            offices[a].append("")
    return ", ".join(key % ("{" + ",".join(sorted(ccs)) + "}" if len(ccs) > 1 else ccs[0])
                     if "%s" in key else key for key, ccs in sorted(offices.items()))


def listing(rows):
    groups = defaultdict(list)
    for r in rows:
        groups[r["created"][:10], r["kind"], r["subject"]].append(r["to"])
    lines = []
    day = None
    for (date, kind, subject), to in sorted(groups.items()):
        if date != day:
            lines.append(f"\n{date}")
            day = date
        lines.append(f"  {kind:9} {subject}\n            {len(to)}: {short(sorted(to))}")
    return "\n".join(lines).strip() + "\n"


def test_a_year_in_the_life_of_a_sector(planned):
    for e in planned.ctl("editions", "2027"):
        planned.ctl("confirm", e["edition"])
    planned.ctl("release", "--note", "Calendar of 2027", "--send")
    planned.ctl("clock", "2028-01-01T00:00:00Z")
    rows = planned.ctl("outbox")
    assert {r["state"] for r in rows} == {"sent"}
    assert len(planned.mails()) == len(rows)
    assert len({(r["to"], r["cause"]) for r in rows}) == len(rows)
    created = [r["created"] for r in sorted(rows, key=lambda r: r["message"])]
    assert created == sorted(created)
    text = listing(rows)
    if os.environ.get("GOLDEN_UPDATE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_the_editions_of_a_lived_year_are_held(planned):
    planned.ctl("confirm", "MINISTERIAL-2027")
    planned.ctl("release")
    planned.ctl("clock", "2027-02-01")
    row = next(r for r in planned.ctl("editions") if r["edition"] == "MINISTERIAL-2027")
    assert row["status"] == "held"
    assert planned.ctl("agenda", "MINISTERIAL-2027")[0]["status"] == "held"
    rows = planned.ctl("plan", "2028")
    assert next(r for r in rows if r["edition"] == "MINISTERIAL-2028")["host"] == "KH"
