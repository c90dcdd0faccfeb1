"""planner_table.py BENCH-PLANNER [DATA]: a table of the solver beside toulbar2.

For each problem: cost, bound and seconds of ours; the same of toulbar2 (60 s at
most), and how many times longer toulbar2 took. Known optima of DATA are
compared: a wrong one ends with status 1.
"""
import csv
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HARD = 1_000_000
LIMIT = 60


def read(path):
    """Editions as lists of (start, end, cost), and the rules between them."""
    words = iter(Path(path).read_text().split())
    editions, rules = [], []
    for tag in words:
        if tag == "p":
            next(words), next(words)
        elif tag == "v":
            n = [next(words) for _ in range(5)][4]
            editions.append([tuple(int(next(words)) for _ in range(3)) for _ in range(int(n))])
        else:
            i, j, kind = int(next(words)), int(next(words)), next(words)
            rules.append((i, j, kind, *(int(next(words)) for _ in range(5))))
    return editions, rules


def cost(kind, x, y, a, b, ideal, band, weight):
    ahead, behind = y[0] - x[1], x[0] - y[1]
    if kind == "disj":
        return 0 if ahead > a or behind > a else HARD
    if kind == "near":
        return 0 if 0 < ahead <= a or 0 < behind <= a else weight
    gap = ahead if kind == "gap" else y[0] - x[0]
    return HARD if gap < a or gap > b else max(0, abs(gap - ideal) - band) * weight


def wcsp(path, out):
    """The problem as toulbar2 reads it; only tuples that cost are written."""
    editions, rules = read(path)
    lines = [" ".join(str(len(e)) for e in editions)]
    for i, e in enumerate(editions):
        lines.append(f"1 {i} 0 {len(e)}")
        lines += [f"{k} {c}" for k, (_, _, c) in enumerate(e)]
    count = len(editions)
    for i, j, kind, *rest in rules:
        table = [(a, b, cost(kind, x, y, *rest)) for a, x in enumerate(editions[i])
                 for b, y in enumerate(editions[j])]
        table = [t for t in table if t[2]]
        if not table:
            continue
        count += 1
        lines.append(f"2 {i} {j} 0 {len(table)}")
        lines += [f"{a} {b} {min(c, HARD)}" for a, b, c in table]
    head = f"p {len(editions)} {max(map(len, editions))} {count} {HARD}"
    out.write_text("\n".join([head] + lines) + "\n")


def ours(program, path):
    done = subprocess.run([program, "--time", "150", path], capture_output=True, text=True, check=True)
    words = done.stdout.split()
    if words[1] in ("infeasible", "undecided"):
        return words[1], None, float(words[2])
    return int(words[1]), int(words[2]), float(words[4])


def theirs(path):
    """Cost, bound and seconds of toulbar2, reading not counted."""
    done = subprocess.run(["toulbar2", path, f"-timer={LIMIT}"], capture_output=True, text=True)
    found = re.findall(r"New solution: (\d+)", done.stdout)
    best = int(found[-1]) if found else None
    end = re.search(r"Optimum: (\d+) in .* and ([\d.]+) seconds", done.stdout)
    if end:
        return int(end[1]), int(end[1]), float(end[2])
    bounds = re.findall(r"(?:lower bound|Lb|Dual bound):? (\d+)|\[(\d+),", done.stdout)
    bound = max((int(a or b) for a, b in bounds), default=None)
    none = re.search(r"No solution in .* and ([\d.]+) seconds", done.stdout)
    return ("infeasible", None, float(none[1])) if none else (best, bound, None)


def generate(folder):
    """A small set where there is none: sectors of 4 bodies, 1 and 3 cycles."""
    for cycles in (1, 3):
        rng, lines, rules = random.Random(7 + cycles), [], []
        for cycle in range(cycles):
            for body in range(4):
                number, first = len(lines), 20820 + 365 * cycle + rng.randrange(0, 250)
                days = [first + d for d in range(60) if (first + d) % 7 in (4, 5)]
                lines.append(f"v {number} B{body}-{cycle} {cycle} {body} {len(days)}\n" +
                             "".join(f"{d} {d + 1} {rng.randrange(6)}\n" for d in days))
                rules += [f"b {other} {number} disj 1 0 0 0 0" for other in range(4 * cycle, number)]
                if cycle:
                    rules.append(f"b {number - 4} {number} sep 200 560 365 14 1")
        (folder / f"small-y{cycles}.ins").write_text(
            f"p {len(lines)} {len(rules)}\n" + "".join(lines) + "\n".join(rules) + "\n")
    return sorted(folder.glob("*.ins"))


def known(data):
    if not data or not (data / "EXPECTED.tsv").exists():
        return {}
    with open(data / "EXPECTED.tsv", newline="") as f:
        return {r["problem"]: (r["verdict"], r["cost"]) for r in csv.DictReader(f, delimiter="\t")}


def agrees(expected, result):
    verdict, best = expected
    if verdict == "infeasible":
        return result[0] == "infeasible"
    return verdict != "optimal" or result[0] == int(best) or result[1] != result[0]


def line(name, mine, other):
    gap = "" if mine[1] is None else f"{100 * (mine[0] - mine[1]) / max(mine[0], 1):.2f}%"
    text = f"{name:16} {mine[0]!s:>10} {mine[1] if mine[1] is not None else '':>8} {gap:>6} {mine[2]:9.4f}"
    if not other:
        return text
    seconds = f"{other[2]:9.4f}" if other[2] is not None else f"   > {LIMIT:4d}"
    ratio = (other[2] if other[2] is not None else LIMIT) / max(mine[2], 0.0001)
    return f"{text} {other[0]!s:>10} {other[1] if other[1] is not None else '':>8} {seconds} {ratio:8.1f}x"


def main():
    program, data = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None
    expected, wrong = known(data), 0
    rival = shutil.which("toulbar2")
    print(f"{'problem':16} {'cost':>10} {'bound':>8} {'gap':>6} {'seconds':>9}" +
          (f" {'toulbar2':>10} {'bound':>8} {'seconds':>9} {'ratio':>9}" if rival else ""))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = sorted(data.glob("instances/*.ins")) if data else generate(folder)
        for path in files:
            mine, other = ours(program, path), None
            if rival:
                wcsp(path, folder / "x.wcsp")
                other = theirs(folder / "x.wcsp")
            print(line(path.stem, mine, other), flush=True)
            if path.stem in expected and not agrees(expected[path.stem], mine):
                wrong += 1
                print(f"  expected {' '.join(expected[path.stem])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
