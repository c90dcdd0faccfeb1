"""A small reader of iCalendar for tests, strict about octets, naive about all else."""
import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


def check_octets(body):
    """FEEDS: CRLF, at most 75 octets a line, UTF-8, no control characters, no empty line."""
    assert body.endswith(b"\r\n")
    assert body.count(b"\n") == body.count(b"\r") == body.count(b"\r\n")
    for n, line in enumerate(body.split(b"\r\n")[:-1], 1):
        assert 0 < len(line) <= 75, (n, len(line))
        line.decode("utf-8")
        assert not any((c < 32 and c != 9) or c == 127 for c in line), n


def lines(body):
    return re.sub(rb"\r\n[ \t]", b"", body).decode().split("\r\n")[:-1]


def unescape(text):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], text)


class Property:
    def __init__(self, line):
        head = re.match(r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"]*"|[^";:,]*))*:', line)
        assert head, line
        name, *parameters = head[0][:-1].split(";")
        self.line, self.name, self.value = line, name, line[head.end():]
        self.parameters = dict(p.split("=", 1) for p in parameters)

    @property
    def text(self):
        return unescape(self.value)

    @property
    def instant(self):
        """An aware datetime, or a date."""
        if self.parameters.get("VALUE") == "DATE":
            return datetime.strptime(self.value, "%Y%m%d").date()
        if self.value.endswith("Z"):
            return datetime.strptime(self.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        zone = ZoneInfo(self.parameters["TZID"])
        return datetime.strptime(self.value, "%Y%m%dT%H%M%S").replace(tzinfo=zone)


class Component:
    def __init__(self, name):
        self.name, self.properties, self.parts = name, [], []

    def all(self, name):
        return [p for p in self.properties if p.name == name]

    def __contains__(self, name):
        return bool(self.all(name))

    def __getitem__(self, name):
        found = self.all(name)
        assert len(found) == 1, (self.name, name, len(found))
        return found[0]

    def text(self, name):
        return self[name].text

    def __getattr__(self, name):
        if name in ("uid", "summary", "status", "location", "description"):
            return self.text(name.upper())
        raise AttributeError(name)

    @property
    def sequence(self):
        return int(self["SEQUENCE"].value)

    @property
    def modified(self):
        return self["LAST-MODIFIED"].instant

    @property
    def days(self):
        """How many days an all-day event has."""
        return (self["DTEND"].instant - self["DTSTART"].instant) // timedelta(days=1)

    def kinds(self, name):
        return [c for c in self.parts if c.name == name]


def read(body):
    """The VCALENDAR of a body."""
    stack = [Component("")]
    for line in lines(body):
        p = Property(line)
        if p.name == "BEGIN":
            part = Component(p.value)
            stack[-1].parts.append(part)
            stack.append(part)
        elif p.name == "END":
            assert stack.pop().name == p.value, line
        else:
            stack[-1].properties.append(p)
    assert len(stack) == 1 and [c.name for c in stack[0].parts] == ["VCALENDAR"]
    return stack[0].parts[0]


def events(body):
    return read(body).kinds("VEVENT")


def by_uid(body):
    found = events(body)
    one = {e.uid: e for e in found}
    assert len(one) == len(found), "a UID is there twice"
    return one


def feed(daemon, name="all"):
    status, headers, body = daemon.get(f"/feeds/{name}.ics")
    assert status == 200, (name, status)
    return body


def feeds(daemon):
    """Every public feed over HTTP: {name: body}."""
    bodies = {}
    for row in daemon.ctl("feeds"):
        if row["private"]:
            continue
        path = row["url"][row["url"].index("/feeds/"):]
        status, headers, bodies[row["feed"]] = daemon.get(path)
        assert status == 200, path
    return bodies
