"""The pages that letters lead to: where an invitation is answered, where digests are refused."""
import re

import pytest
from conftest import Daemon, folder
from test_pages import AXE, By, browser, until, visit  # noqa: F401
from test_replies import link_of, mail_of

NAME = "Ibu <b>Siti</b> & Rekan, Direktorat Jenderal Penyelenggaraan Pos dan Informatika"


@pytest.fixture(scope="module")
def invited():
    with folder() as path:
        d = Daemon(path)
        d.ctl("contact", "add", "siti@digital.example", "--name", NAME, "--of", "ID", "--bodies", "ADGMIN",
              "--channel", "invite")
        d.ctl("plan", "2027")
        d.ctl("confirm", "MINISTERIAL-2027")
        d.ctl("release", "--send")
        d.ctl("clock", "+1 min")
        yield d
        d.stop()


def link(daemon):
    return link_of(mail_of(daemon, next(m for m in daemon.ctl("outbox") if m["kind"] == "invitation")))


@pytest.mark.parametrize("width", [360, 1280])
def test_page_of_an_invitation(browser, invited, width):  # noqa: F811
    visit(browser, invited, link(invited), width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    facts = browser.find_element(By.CSS_SELECTOR, ".facts").text
    assert re.search(r"When\s+\w{3} \d+ Jan 2027 \d\d:\d\d-\d\d:\d\d Asia/Brunei \(UTC\+8\)", facts)
    assert "Bandar Seri Begawan" in facts and "ADGMIN and Related Meetings" in facts and NAME in facts
    assert browser.title.endswith("Test Calendar")
    assert browser.find_element(By.CSS_SELECTOR, "header a").get_attribute("href") == f"http://127.0.0.1:{invited.port}/"
    assert [b.text for b in browser.find_elements(By.TAG_NAME, "button")] == ["I come", "Perhaps", "I do not come"]
    if AXE.exists():
        browser.execute_script(AXE.read_text())
        assert browser.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run().then(r => done(r.violations.map(v => v.id)));""") == []


def test_the_answer_is_posted_where_it_was_asked(browser, invited):  # noqa: F811
    visit(browser, invited, link(invited), 360)
    browser.find_element(By.ID, "comment").send_keys("With two colleagues")
    browser.find_element(By.CSS_SELECTOR, "button[value=ACCEPTED]").click()
    until(browser, lambda: "Your answer: You come. With two colleagues" in browser.find_element(By.TAG_NAME, "main").text)
    assert [r["comment"] for r in invited.ctl("replies") if r["partstat"] == "ACCEPTED"] == ["With two colleagues"]


def test_forms_stand_below_the_address_of_the_calendar(where):
    d = Daemon(where, start=False)
    d.config.write_text(re.sub(r"(base-url = \S+)", r"\1/calendar", d.config.read_text()))
    d.start()
    for path in ("/rsvp/abc", "/unsubscribe/abc"):
        status, _, body = d.get(path)
        assert status == 404
        assert b'href="/calendar/style.css"' in body and b'href="/calendar/"' in body and b"action=" not in body
    d.stop()
