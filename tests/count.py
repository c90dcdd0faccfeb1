#!/usr/bin/env python3
"""Reads ctest's verbose output, shows what failed, counts test cases.

cmocka prints "[  PASSED  ] N test(s)." and so on, pytest closes with
"3 passed, 1 failed in 2.1s"; a program that ended otherwise counts as one.
"""
import re
import sys

console = open(sys.argv[1], encoding="utf-8", errors="replace").read()
status = int(sys.argv[2])
passed = failed = skipped = 0
output = {}
for number, text in re.findall(r"^(\d+): (.*)$", console, re.M):
    output.setdefault(number, []).append(text)
ended = re.findall(
    r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(\**\s*\w[\w ]*?)\s+([\d.]+) sec", console, re.M)
for number, name, verdict, seconds in ended:
    text = "\n".join(output.get(number, []))
    good = "Passed" in verdict
    ok = bad = left = 0
    for n in re.findall(r"\[  PASSED  \] (\d+) test\(s\)", text):
        ok += int(n)
    for n in re.findall(r"\[  FAILED  \] .*?(\d+) test\(s\), listed below", text):
        bad += int(n)
    for n in re.findall(r"\[  SKIPPED \] .*?(\d+) test\(s\), listed below", text):
        left += int(n)
    closing = re.findall(r"^=*\s*((?:\d+ \w+(?:, )?)+) in [\d.]+s", text, re.M)
    for line in closing[-1:]:
        for n, word in re.findall(r"(\d+) (\w+)", line):
            if word == "passed":
                ok += int(n)
            elif word in ("failed", "error", "errors"):
                bad += int(n)
            elif word == "skipped":
                left += int(n)
    if not good and bad == 0:
        bad = 1
    if good and ok + bad + left == 0:
        ok = 1
    passed, failed, skipped = passed + ok, failed + bad, skipped + left
    note = "" if good else "   FAILED"
    print(f"{name:48} {ok:4} passed {bad:3} failed {left:3} skipped {float(seconds):7.1f} s{note}")
    if not good:
        print("\n".join("    " + line for line in text.splitlines()[-120:]))
if not ended:
    print(console[-4000:])
    failed = max(failed, 1)
if status and not failed:
    failed = 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
