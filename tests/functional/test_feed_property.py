"""What a subscriber relies on, whatever an officer does: a random year of planning, moving, hiding, cancelling, renaming,
restoring and releasing, and after every release all calendars are fetched and held against all that were fetched before."""
import os
import random
import re
import shutil
from datetime import datetime

import pytest

from conftest import Daemon, Failed

RULES = """
sector SMALL "Small"
  cycle  calendar year
  notice 30 days
  hours  09:00 .. 17:00
  levels minister
  seat   "Jakarta" in ID

member ID "Indonesia" since 1967-08-08 city "Jakarta" zone Asia/Jakarta
member TH "{thailand}" since 1967-08-08 city "Bangkok" zone Asia/Bangkok
partner JP "{japan}" zone Asia/Tokyo
partner US "United States" zone America/New_York

body SOM "Senior Officials"
  level minister
body REG "Regulators"
  level minister
{bodies}
cluster MAIN "Main Week"
  times  1 per cycle
  window 10 Feb .. 20 Mar
  lasts  2 days
  host   TH
  workflow STEPS
  meeting SOM   "{som}" of SOM 90 min
  consult PLUS  "{{nth}} SOM with {{partner}}" of SOM + JP, US 45 min after SOM
  meeting JOINT "Joint Meeting" of SOM with REG 60 min
  number PLUS 1 in 2027
{clusters}
workflow STEPS
  step LETTER "Letters" due 20 days before by host
  step PAPERS "Papers" due 10 days before by members
"""
OTHER_BODY = 'body {code} "Working Group"\n  level minister\n{formerly}'
OTHER_CLUSTER = """cluster OTHER "Other Days"
  times  1 per cycle
  window 1 Apr .. 20 Jun
  lasts  1 day
  host   ID
  meeting WG "Group" of {code} 60 min
  meeting BOTH "Both" of {code} with REG 60 min
"""
DAYS_KEPT, TOMBSTONE_DAYS = 365, 30


class Event:
    def __init__(self, text):
        self.text = re.sub(r"BEGIN:VALARM\r\n.*?END:VALARM\r\n", "", text, flags=re.S)  # one calendar's own
        flat = re.sub(r"\r\n ", "", text)
        self.uid, self.status, self.url = (self.value(flat, n) for n in ("UID", "STATUS", "URL"))
        self.sequence, self.modified = int(self.value(flat, "SEQUENCE")), self.value(flat, "LAST-MODIFIED")
        self.summary = self.value(flat, "SUMMARY")
        self.end = re.search(r"\r\nDTEND[^:]*:(\d{8})", flat)[1]

    @staticmethod
    def value(text, name):
        found = re.search(rf"\r\n{name}:(.*?)\r\n", text)
        return found[1] if found else None


def parse(body):
    head, *blocks = body.split("BEGIN:VEVENT\r\n")
    events = [Event("BEGIN:VEVENT\r\n" + b.split("END:VEVENT\r\n")[0] + "END:VEVENT\r\n") for b in blocks]
    by_uid = {e.uid: e for e in events}
    assert len(by_uid) == len(events), "a UID is there twice"
    return re.sub(r"LAST-MODIFIED:.*?\r\n", "", head), by_uid


class Subscribers:
    """All that anybody has ever fetched, and what must hold of it."""

    def __init__(self):
        self.texts, self.high, self.seen = {}, {}, {}
        self.bodies, self.heads, self.shown, self.tags = {}, {}, {}, {}
        self.stamps, self.anew = {}, False

    def fetch(self, daemon, path, private):
        status, headers, octets = daemon.get(path)
        assert status == 200, (path, status)
        body, tag = octets.decode(), headers["ETag"]
        before = self.bodies.get(path)
        assert self.tags.setdefault((path, tag), body) == body, f"{path}: one ETag, two bodies"
        if before is None or before[0] != body:
            assert before is None or before[1] != tag
            stamp = re.search(r"LAST-MODIFIED:(\w+)", body)[1]
            assert stamp > self.stamps.get(path, ""), f"{path}: changed, and its Last-Modified did not grow"
            self.stamps[path] = stamp
        self.bodies[path] = body, tag
        head, events = parse(body)
        if before and (head, {u: e.text for u, e in events.items()}) == (
                self.heads[path], {u: e.text for u, e in self.shown[path].items()}):
            assert before[0] == body or self.anew, f"{path}: nothing has changed but the octets"
        self.heads[path] = head
        for e in events.values():
            self.check(path, e, private)
        return events

    def check(self, path, e, private):
        said = self.texts.setdefault((e.uid, e.sequence, private), e.text)
        assert said == e.text, f"{path}: SEQUENCE {e.sequence} says two things:\n{said}\n{e.text}"
        sequence, modified = self.high.get((e.uid, private), (-1, ""))
        assert e.sequence >= sequence and e.modified >= modified, \
            f"{path}: fell from {sequence}, {modified}:\n{e.text}"
        self.high[e.uid, private] = e.sequence, e.modified
        last = self.seen.get((path, e.uid))
        if last and last.text != e.text:
            assert e.sequence > last.sequence and e.modified > last.modified, f"{path}:\n{last.text}\n{e.text}"
        self.seen[path, e.uid] = e


class Year:
    def __init__(self, where, seed):
        self.random, self.where, self.log = random.Random(seed), where, []
        self.words = {"thailand": "Thailand", "japan": "Japan", "som": "Plenary"}
        self.code, self.former, self.other = "WG", [], True
        self.d = Daemon(where, rules=self.rules())
        self.all, self.hidden, self.links, self.backups = Subscribers(), set(), False, []
        self.items_of, self.restored = {}, False  # items_of: item by UID
        self.private = []
        self.d.ctl("plan", "2027")
        self.d.ctl("contact", "add", "a@example.org", "--name", "A", "--of", "TH", "--bodies", "SOM")
        self.d.ctl("contact", "add", "b@example.org", "--name", "B", "--of", "ID")
        for name, alarm in (("a", ["--alarm", "30 min"]), ("b", [])):
            url = self.d.ctl("feed", "add", name, "--for", f"{name}@example.org", *alarm)[0]["url"]
            self.private.append(url[url.index("/p/"):])

    def rules(self):
        formerly = "".join(f'  formerly {c} "Old Group" until 2026-0{n}\n' for n, c in enumerate(self.former, 1))
        bodies = OTHER_BODY.format(code=self.code, formerly=formerly) if self.other else ""
        return RULES.format(bodies=bodies, clusters=OTHER_CLUSTER.format(code=self.code) if self.other else "",
                            **self.words)

    # ---- what an officer does
    def do(self, verb, **args):
        if verb != "agenda":
            self.log.append((verb, args))
        try:
            return self.d.call(verb, args)
        except Failed as refused:
            self.log.append(refused.args[0][:150])
            return []

    def reload(self):
        self.d.rules_file.write_text(self.rules())
        self.do("reload")

    def items(self):
        return [i for e in ("MAIN-2027", "OTHER-2027") for i in self.do("agenda", edition=e)]

    def item(self):
        rows = self.items()
        return self.random.choice(rows)["item"] if rows else "MAIN-2027/SOM"

    def edition(self):
        return self.random.choice(["MAIN-2027", "MAIN-2027", "OTHER-2027"])

    def confirm(self):
        self.do("confirm", edition=self.edition(), force="because")

    def city(self):
        self.do("confirm", edition=self.edition(), city=self.random.choice(["Ubud", "Krabi", "Trat"]), force="because")

    def move(self):
        rows = [i for i in self.items() if i["start"]]
        if rows:
            i = self.random.choice(rows)
            self.do("move", thing=i["item"], start=i["start"][:11] + self.random.choice(["09:00", "11:30", "15:00"]),
                    force="because")

    def move_edition(self):
        edition = self.edition()
        day = self.random.randint(10, 27)
        self.do("move", thing=edition, start=f"2027-{'03' if edition < 'N' else '05'}-{day}", force="because")

    def cancel(self):
        self.do("cancel", thing=self.random.choice([self.item(), self.item(), self.edition()]), force="because")

    def reinstate(self):
        for edition in ("MAIN-2027", "OTHER-2027"):
            self.do("reinstate", thing=edition, force="because")
        for i in self.items():
            if i["status"] == "cancelled":
                self.do("reinstate", thing=i["item"], force="because")

    def postpone(self):
        self.do("postpone", edition=self.edition(), force="because")

    def hide(self):
        item = self.item()
        if self.do("audience", item=item, audience=self.random.choice(["invited", "invited", "nobody"])):
            self.hidden.add(item)

    def show(self):
        for item in sorted(self.hidden)[:2]:
            if self.do("audience", item=item, audience="all"):
                self.hidden.discard(item)

    def link(self):
        self.do("link", item=self.item(), url=f"https://video.example.org/secret{self.random.randint(1, 3)}")

    def retitle(self):
        word = self.random.choice(list(self.words))
        self.words[word] = f"{word.title()} {self.random.randint(1, 4)}"
        self.reload()

    def rename_body(self):
        if self.other and len(self.former) < 4:
            self.former.append(self.code)
            self.code = "WG" + "ABCDE"[len(self.former)]
            self.reload()

    def drop(self):
        self.other = not self.other
        self.reload()
        self.do("plan", cycles="2027")

    def task(self):
        rows = self.do("tasks")
        if rows:
            task = self.random.choice(rows)["task"]
            verb = self.random.choice(["done", "waive", "reopen"])
            self.do(verb, task=task, **({"because": "so"} if verb == "waive" else {}))

    def one_more_feed(self):
        """Private calendars are made anew, also between releases."""
        if not self.do("feed add", **{"name": "more", "for": "a@example.org"}):
            self.do("feed revoke", feed="more")
        self.fetch()

    def tick(self):
        self.do("clock", to=self.random.choice(["+1 hour", "+1 hour", "+1 day", "+9 days", "+40 days"]))

    def backup(self):
        name = f"copy{len(self.backups)}.db"
        self.do("backup", file=str(self.where / name))
        self.backups.append((name, dict(hidden=set(self.hidden))))

    def restore(self):
        if not self.backups or self.restored:
            return
        name, then = self.random.choice(self.backups)
        now = self.d.ctl("status")[0]["now"]
        self.log.append(("restore", name))
        self.d.stop()
        for old in (self.where / "state").glob("convened.db*"):
            if not old.name.endswith("lock"):
                old.unlink()
        shutil.copyfile(self.where / name, self.where / "state/convened.db")
        self.d.clock, self.restored, self.hidden = now, True, then["hidden"]
        self.d.start()
        self.do("clock", to="+1 min")
        self.release()

    # ---- what subscribers see
    def release(self):
        if self.random.random() < 0.9:
            self.do("clock", to="+1 min")
        self.log.append("release")
        try:
            number = self.d.call("release", {}).summary["release"]
            self.items_of |= {i["uid"]: i["item"] for e in ("MAIN-2027", "OTHER-2027")
                              for i in self.do("agenda", edition=e, release=number)}
            self.log.append("release")
        except Failed as refused:
            self.log.append(refused.args[0][:150])
            self.restored = False  # to a copy of what is served
            return
        self.fetch()
        self.check_pages()
        self.restored = False

    def fetch(self):
        if self.restored and self.log[-1] != "release":
            return
        self.all.anew = self.restored  # then every feed counts as changed
        today = self.d.call("status")[0]["now"][:10].replace("-", "")
        paths = {"/" + row["url"].split("/", 3)[3] for row in self.d.call("feeds") if not row["private"]}
        paths |= {p for p in self.all.bodies if p.startswith("/feeds/")}  # an address is for ever
        numbers = {}
        for path in sorted(paths) + self.private:
            private = path.startswith("/p/")
            events = self.all.fetch(self.d, path, private)
            if not private:
                assert "video.example.org" not in self.all.bodies[path][0], path
            for e in events.values() if self.log[-1] == "release" else ():  # between, private ones are ahead
                assert numbers.setdefault(e.uid, (e.sequence, e.modified)) == (e.sequence, e.modified), (path, e.text)
                assert private or self.items_of.get(e.uid) not in self.hidden, (path, e.text)
            if path == "/feeds/all.ics":
                self.check_gone(events, today)
            self.all.shown[path] = events

    def check_pages(self):
        titles = {i["title"] for i in self.items() if i["item"] in self.hidden}
        for path in ("/", "/2027", "/2027.json", "/editions/MAIN-2027", "/editions/OTHER-2027", "/bodies/SOM", "/changes"):
            text = self.d.get(path)[2].decode()
            assert "video.example.org" not in text and not [t for t in titles if f">{t}<" in text], (path, titles)

    def check_gone(self, events, today):
        """Nobody wonders where a meeting went: it is cancelled before it leaves, unless it was never meant to be seen."""
        for uid, was in self.all.shown.get("/feeds/all.ics", {}).items():
            if uid in events or self.restored or self.items_of.get(uid) in self.hidden:
                continue
            age = (datetime.strptime(today, "%Y%m%d") - datetime.strptime(was.end, "%Y%m%d")).days
            assert age >= (TOMBSTONE_DAYS if was.status == "CANCELLED" else DAYS_KEPT), f"is gone:\n{was.text}"

    OFTEN = ["confirm", "release", "release", "release", "tick", "retitle", "hide", "show", "move"]
    ALL = OFTEN + ["city", "move_edition", "cancel", "reinstate", "postpone", "link", "rename_body", "drop", "task",
                   "one_more_feed", "backup", "restore"]

    def live(self, steps):
        for _ in range(2):
            self.confirm()
        self.release()
        for _ in range(steps):
            name = self.random.choice(self.ALL)
            self.log.append(name)
            getattr(self, name)()
        self.release()


# SEEDS=200 tries as many.
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "3"))))
def test_what_subscribers_rely_on(where, seed):
    year = Year(where, seed)
    try:
        year.live(30)
    except AssertionError as e:
        raise AssertionError(f"seed {seed}: {e}\n" + "\n".join(map(str, year.log[-60:]))) from e
    year.d.stop()
