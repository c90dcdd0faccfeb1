"""planner_targets.py BUILD CONFIG [DATA]: what the planner is to reach, and what
it reached here, as one table.

From the shipped rules in CONFIG, and from DATA where it is there: instances/*.ins
and generate.py, which makes the large ones. Seconds are the solver's; what the
rules take to become a problem is told beside them.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (44, 34, 48)


def row(*cells):
    print("  ".join(f"{c:{w}}" for c, w in zip(cells, WIDTHS)).rstrip(), flush=True)


def run(*command):
    """What it prints, a list of words a line, and the most memory it took, MB."""
    read, write = os.pipe()
    child = subprocess.Popen([str(c) for c in command], stdout=write)
    os.close(write)
    with os.fdopen(read) as out:
        lines = [line.split() for line in out]
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with status {status}")
    return lines, usage.ru_maxrss / 1024


def shipped(build, config, first, last):
    lines, _ = run(build / "bench-planner-again", "--rules", config / "rules/asean-digital.rules",
                   config / "holidays", first, last)
    return {line[1]: line[2:] for line in lines}


def plan_row(name, wanted, again):
    cost, bound, seconds = again["plan"]
    row(name, wanted, f"{'proved' if cost == bound else f'{cost}/{bound}'} in {1000 * float(seconds):.1f} ms "
        f"(+ {1000 * float(again['expansion'][0]):.1f} ms of rules)")


CHANGES = ("blocked-week", "moved-edition", "changed-rule")


def again_row(name, again):
    told = []
    for change in CHANGES:
        nothing, _, second, moved, cost, same = again[change]
        told.append(f"{float(second) / max(float(nothing), 1e-6):.2f} ({moved} moved)" +
                    ("" if cost == same else f" {cost} instead of {same}"))
    row(name, "< 0.33 of from nothing, same cost", ", ".join(told))


def gap_row(build, name, wanted, path):
    lines, memory = run(build / "bench-planner", path)
    cost, bound, seconds = int(lines[0][1]), int(lines[0][2]), float(lines[0][4])
    row(name, wanted, f"{100 * (cost - bound) / max(cost, 1):.2f} % ({cost}/{bound}) in {seconds:.1f} s, {memory:.0f} MB")


def generated(data, folder, bodies):
    path = folder / f"b{bodies}-y10-t1.0.ins"
    with open(path, "w") as out:
        subprocess.run([sys.executable, data / "generate.py", str(bodies), "10", "1", "1.0"], stdout=out, check=True)
    return path


def main():
    build, config = Path(sys.argv[1]), Path(sys.argv[2])
    data = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    row("target", "wanted", "reached")
    plan_row("one cycle of the shipped rules", "proved in 10 ms", shipped(build, config, 2027, 2027))
    ten = shipped(build, config, 2027, 2036)
    plan_row("ten cycles of the shipped rules", "proved in 300 ms", ten)
    again_row("again after " + ", ".join(c.split("-")[0] for c in CHANGES), ten)
    if not data or not (data / "generate.py").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        path = generated(data, folder, 80)
        gap_row(build, "80 bodies x 10", "< 0.5 % in 5 s", path)
        for tight in ("0.5", "0.35"):
            gap_row(build, f"80 bodies x 10, tight {tight}", "< 0.5 % in 5 s",
                    data / f"instances/b80-y10-t{tight}.ins")
        lines, _ = run(build / "bench-planner-again", path)
        again_row("80 bodies x 10, again", {line[1]: line[2:] for line in lines})
        gap_row(build, "800 bodies x 10", "< 10 % in 120 s, 1024 MB", generated(data, folder, 800))


if __name__ == "__main__":
    main()
