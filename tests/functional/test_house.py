"""The house stays the house: who may know whom, and where what is called."""
import re

from conftest import SOURCE

# Each room with the rooms it may include, as the picture in daemon/README.md.
ROOMS = {
    "ctl": {"ctl", "base"},
    "base": {"base", "ctl/reply.def"},
    "rules": {"rules", "base"},
    "plan": {"plan", "rules", "base"},
    "office": {"office", "plan", "rules", "base"},
    "publish": {"publish", "office", "plan", "rules", "base", "mail/outbox.h"},
    "mail": {"mail", "publish", "office", "plan", "rules", "base"},
    "store": {"store", "office", "plan", "rules", "base", "mail/outbox.h"},
    "serve": {"serve", "store", "mail", "publish", "office", "plan", "rules", "base", "ctl"},
    "daemon": {"daemon", "serve", "store", "mail", "publish", "office", "plan", "rules", "base", "ctl"},
    "mailer": {"base", "mailer_batch.h"},
    "reader": {"base", "ctl"},
}

# What may be called in one place only.
FENCES = [
    (r"\b(clock_gettime|gettimeofday|time\s*\(\s*(NULL|0|&)|localtime\s*\()", {"daemon/base/clock.c"}),
    (r"\blocaltime_r\b|\btzset\b", {"daemon/base/zone.c"}),
    (r"\bsqlite3_", {"daemon/store/"}),
    (r"#include <(libical/)?ical\.h>|\bicalcomponent_", {"daemon/publish/", "daemon/mail/itip", "ctl/reader"}),
    (r"\bsmtp_[a-z]+\s*\(", {"daemon/mailer.c"}),
    (r"\bg_mime_", {"ctl/reader.c"}),
    (r"\bidn2_", {"daemon/base/address.c"}),
    (r"\blog_line\s*\(", {"daemon/base/log", "daemon/serve/", "daemon/daemon.c"}),
    (r"\bgoto\b|\balloca\s*\(", set()),
]


def sources():
    for folder in ("ctl", "daemon"):
        for path in sorted((SOURCE / folder).rglob("*.[ch]")):
            yield path.relative_to(SOURCE).as_posix(), path.read_text()


def room_of(name):
    if name.startswith("ctl/"):
        return "reader" if name.startswith("ctl/reader") else "ctl"
    parts = name.split("/")
    if len(parts) == 3:
        return parts[1]
    return "mailer" if parts[1].startswith("mailer") else "daemon"


def code_of(text):
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def test_arrows_go_down_only():
    wrong = []
    for name, text in sources():
        may = ROOMS[room_of(name)]
        for target in re.findall(r'#include "([^"]+)"', text):
            inner = target.removeprefix("daemon/")
            room = inner.split("/")[0] if "/" in inner else "daemon"
            if room not in may and inner not in may and target not in may:
                wrong.append(f"{name} includes {target}")
    assert not wrong, "\n".join(wrong)


def test_calls_stay_behind_their_fences():
    wrong = []
    for name, text in sources():
        for number, line in enumerate(code_of(text).splitlines(), 1):
            for pattern, places in FENCES:
                if re.search(pattern, line) and not any(name.startswith(p) for p in places):
                    wrong.append(f"{name}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)


def sources_of_tests():
    for folder in ("unit", "functional", "fuzz", "bench"):
        for path in sorted((SOURCE / "tests" / folder).iterdir()):
            if path.suffix in (".c", ".h", ".py"):
                yield path.relative_to(SOURCE).as_posix(), path.read_text()


def test_files_are_rooms_not_halls():
    long = [f"{n}: {t.count(chr(10))} lines" for n, t in [*sources(), *sources_of_tests()] if t.count("\n") > 700]
    assert not long, "\n".join(long)


def test_every_source_says_what_it_is():
    silent = [n for n, t in sources() if "/*" not in t[:300]]
    assert not silent, "\n".join(silent)


def test_no_name_of_a_sector_in_code():
    """A body, member, partner or city of the shipped rules is data."""
    words = r"\b(ASEAN|ADGMIN|ADGSOM|ATRC|ANSAC|TELMIN|Brunei|Jakarta|MINISTERIAL)\b"
    found = []
    for name, text in sources():
        bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        if name == "daemon/rules/language.c" or name.startswith("ctl/"):
            continue  # examples in help texts
        found += [f"{name}: {m.group()}" for m in re.finditer(words, bare)]
    assert not [f for f in found if "Asia/" not in f], "\n".join(found)


def test_every_verb_has_a_functional_test():
    text = (SOURCE / "ctl/verbs.def").read_text()
    verbs = re.findall(r'^VERB\(\w+, "([^"]+)"', text, re.M)
    tests = "\n".join(p.read_text() for p in (SOURCE / "tests/functional").glob("test_*.py"))
    missing = [v for v in verbs
               if not re.search(r'(ctl|run|call)\(\s*(\*\w+, )?' +
                                r',\s*'.join(f'"{w}"' for w in v.split()), tests)]
    assert not missing, missing
