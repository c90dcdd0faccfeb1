"""planner_sectors.py RULES OUT [N]: N sectors (10) out of one rules file.

Bodies, clusters and rotations get codes of their own; the ministers are shared,
so all sectors are one problem. Each sector's year is shifted by 36 days against
the one before (its cycle, windows, history), for no country could hold ten
ministers' weeks in one window. Members, partners and workflows stay the same.
"""
import re
import sys
from datetime import date, timedelta
from pathlib import Path

SHIFT = 36
YEARLY = re.compile(r"\b(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
OWN = re.compile(r"^(?:body|cluster|rotation)\s+(\S+)", re.M)
WORD = re.compile(r'"[^"]*"|#.*|[A-Za-z0-9_+:-]+')
DATED = re.compile(r"^\s*(?:held|needs|window|prefer|cycle)\b")


def shifted(line, days):
    def yearly(m):
        d = date(2027, MONTHS.index(m[2]) + 1, int(m[1])) + timedelta(days)
        return f"{d.day} {MONTHS[d.month - 1]}"

    def day(m):
        return str(date.fromisoformat(m[0]) + timedelta(days))
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", day, YEARLY.sub(yearly, line))


def sector(text, k):
    own = set(OWN.findall(text))

    def word(m):
        code, colon, rest = m[0].partition(":")
        return f"S{k}-{code}{colon}{rest}" if code in own else m[0]
    text = re.sub(r"^(sector\s+)(\S+)", rf"\1S{k}", text, flags=re.M)
    text = re.sub(r"^people ministers ", "people ministers shared ", text, flags=re.M)
    text = re.sub(r"cycle\s+calendar year", "cycle from 1 Jan", text)
    lines = [WORD.sub(word, line) for line in text.splitlines()]
    return "\n".join(shifted(line, SHIFT * k) if DATED.match(line) else line for line in lines) + "\n"


def write(rules, out, n):
    text, files = Path(rules).read_text(), []
    for k in range(n):
        files.append(Path(out) / f"sector{k}.rules")
        files[-1].write_text(sector(text, k))
    return files


if __name__ == "__main__":
    print(*write(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 10))
