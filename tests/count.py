#!/usr/bin/env python3
"""Reads ctest's verbose output, shows what failed, counts test cases.

cmocka prints "[  PASSED  ] N test(s)." and so on, pytest closes with
"3 passed, 1 failed in 2.1s"; a program that ended otherwise counts as one, and
so does one that was begun and of which no end is told. The last line counts all,
whatever happens.
"""
import re
import sys
import traceback


def cases(text):
    """(passed, failed, skipped) as the program itself told."""
    def told(word, more=""):
        return sum(map(int, re.findall(rf"\[  {word} \] {more}(\d+) test\(s\)", text)))
    ok, bad, left = told("PASSED "), told("FAILED ", ".*?"), told("SKIPPED", ".*?")
    closing = re.findall(r"^=*\s*((?:\d+ \w+(?:, )?)+) in [\d.]+s", text, re.M)
    for n, word in re.findall(r"(\d+) (\w+)", closing[-1]) if closing else ():
        ok += int(n) * (word == "passed")
        bad += int(n) * (word in ("failed", "error", "errors"))
        left += int(n) * (word == "skipped")
    return ok, bad, left


def shown(text):
    print("\n".join("    " + line for line in text.splitlines()[-120:]))


def count(console, status):
    passed = failed = skipped = 0
    output = {}
    for number, text in re.findall(r"^(\d+): (.*)$", console, re.M):
        output.setdefault(number, []).append(text)
    begun = dict(re.findall(r"^\s*Start\s+(\d+): (\S+)", console, re.M))
    ended = re.findall(
        r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(\S.*?)\s+([\d.]+) sec", console, re.M)
    for number, name, verdict, seconds in ended:
        text = "\n".join(output.get(number, []))
        good = "Passed" in verdict
        ok, bad, left = cases(text)
        if not good and bad == 0:
            bad = 1
        if good and ok + bad + left == 0:
            ok = 1
        passed, failed, skipped = passed + ok, failed + bad, skipped + left
        note = "" if good else f"   {verdict.strip('*: ').upper()}"
        print(f"{name:48} {ok:4} passed {bad:3} failed {left:3} skipped {float(seconds):7.1f} s{note}")
        if not good:
            shown(text)
    for number in begun.keys() - {number for number, *_ in ended}:
        failed += 1
        print(f"{begun[number]:48} did not end")
        shown("\n".join(output.get(number, [])))
    if not ended:
        print(console[-4000:])
    if (status or not ended) and not failed:
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        code = count(open(sys.argv[1], encoding="utf-8", errors="replace").read(), int(sys.argv[2]))
    except Exception:
        traceback.print_exc()
        print("0 passed, 1 failed, 0 skipped")
        code = 1
    sys.exit(code)
