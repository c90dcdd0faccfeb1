"""By the clock of the machine, whatever day that is: all other tests have a clock of their own."""
from datetime import datetime, timedelta, timezone

from conftest import Daemon, wait_for


def test_the_clock_of_the_machine(where):
    d = Daemon(where, clock=None, mail={"review": "none"})
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    status = d.ctl("status")[0]
    after = datetime.now(timezone.utc) + timedelta(seconds=1)
    assert status["clock"] == "real" and before <= datetime.fromisoformat(status["now"].replace("Z", "+00:00")) <= after
    year = before.year + 2  # never too late to plan
    assert [r for r in d.ctl("plan", str(year)) if r["start"]]
    d.ctl("contact", "add", "a@example.org", "--name", "A", "--of", "BN", "--role", "focal")
    d.ctl("release")
    wait_for(lambda: [m["state"] for m in d.ctl("outbox")] == ["sent"])
    assert len(d.mails()) == 1
    assert b"DTSTART" in d.get("/feeds/all.ics")[2]
    d.stop()
