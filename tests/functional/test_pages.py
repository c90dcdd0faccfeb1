"""The pages as people see them: a real daemon, a real browser.

One daemon and one browser for all tests of this file, because both take their
time to start. Every page must fit a phone and a desk, say what it is, load
nothing but its style sheet, and pass axe-core.
"""
import base64
import json
import os
import re
import shutil
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from conftest import Daemon, SOURCE

selenium = pytest.importorskip("selenium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
AXE = SOURCE / "tests/node_modules/axe-core/axe.min.js"
WIDTHS = (360, 1280)

# path, what stands in its heading, texts that must be seen
PAGES = [
    ("/", "ASEAN Digital Sector 2027", ["What is next", "18–22 January 2027", "January 2027"]),
    ("/2027", "ASEAN Digital Sector 2027", ["Month by month", "ADGMIN and Related Meetings 2027",
                                            "Dates proposed", "Cancelled"]),
    ("/editions/MINISTERIAL-2027", "ADGMIN and Related Meetings 2027",
     ["Monday 18 January 2027", "7th ADGMIN", "Asia/Brunei", "UTC+8", "UTC"]),
    ("/editions/ministerial-2027?zone=Asia/Tokyo", "ADGMIN and Related Meetings 2027",
     ["Asia/Tokyo (UTC+9)", "Tue 19 Jan 2027 20:00–20:45 America/New_York (UTC-5)"]),
    ("/editions/RETREAT-2027", "ADGSOM-ATRC Leaders' Retreat 2027",
     ["These dates are proposed", "Joint ADGSOM-ATRC Meeting (Leaders' Retreat 2027)"]),
    ("/editions/HACKATHON-2027", "ASEAN Makers Hackathon 2027", ["These meetings are cancelled"]),
    ("/bodies/ADGSOM", "ADGSOM", ["2 joint meetings with ATRC", "TELSOM", "7th ADGSOM with Japan"]),
    ("/partners/JP", "Japan", ["Asia/Tokyo", "6th ADGMIN with Japan"]),
    ("/hosts/BN", "Brunei Darussalam", ["Bandar Seri Begawan", "18–22 January 2027"]),
    ("/subscribe", "Subscribe", ["Apple Calendar", "Outlook desktop", "Outlook.com", "Google Calendar",
                                 "Thunderbird", "every 4–24 hours", "ADGSOM-WG"]),
    ("/nothing-here", "There is nothing here", ["Status 404"]),
]


@pytest.fixture(scope="module")
def site():
    path = Path(tempfile.mkdtemp(prefix="cvd"))
    d = Daemon(path)
    d.before = d.get("/")
    d.ctl("plan", "2027")
    d.ctl("confirm", "MINISTERIAL-2027")
    d.ctl("release", "--note", "The year 2027")
    d.ctl("confirm", "JWG-2027")
    d.ctl("cancel", "HACKATHON-2027")
    d.ctl("release", "--note", "JWG <b>confirmed</b>")
    yield d
    d.stop()
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def browser():
    if not (os.path.exists(CHROMIUM) and os.path.exists(DRIVER)):
        pytest.skip("chromium and chromedriver are not installed")
    profile = tempfile.mkdtemp(prefix="cvd")
    options = Options()
    options.binary_location = CHROMIUM
    for switch in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                   "disable-background-networking", "disable-component-update", "disable-sync",
                   f"user-data-dir={profile}"):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    b = webdriver.Chrome(service=Service(DRIVER), options=options)
    yield b
    b.quit()
    shutil.rmtree(profile, ignore_errors=True)


def visit(browser, site, path, width):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 800, "deviceScaleFactor": 1,
                             "mobile": width < 500})
    browser.get_log("browser")
    browser.get(f"http://127.0.0.1:{site.port}{path}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path,heading,texts", PAGES, ids=[p[0] for p in PAGES])
def test_page_fits_and_says_what_it_is(browser, site, path, heading, texts, width):
    visit(browser, site, path, width)
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width, f"{path} is {wide} wide at {width}"
    assert "Test Calendar" in browser.title
    headings = browser.find_elements(By.TAG_NAME, "h1")
    assert len(headings) == 1 and heading in headings[0].text
    seen = browser.find_element(By.TAG_NAME, "body").text
    for text in texts:
        assert text in seen, f"{path} does not show {text!r}"
    errors = [e["message"] for e in browser.get_log("browser")
              if e["level"] == "SEVERE" and "favicon" not in e["message"]
              and not (path == "/nothing-here" and "404" in e["message"])]
    assert not errors
    assert not browser.find_elements(By.CSS_SELECTOR, "script, [style], [onclick]")


@pytest.mark.parametrize("path", [p[0] for p in PAGES])
def test_page_passes_axe(browser, site, path):
    if not AXE.exists():
        pytest.skip("axe-core is not installed (tests/npm.sh)")
    visit(browser, site, path, 1280)
    browser.execute_script(AXE.read_text())
    found = browser.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run().then(r => done(r.violations.map(v =>
            v.id + ": " + v.nodes.map(n => n.html).join(" | "))));""")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(browser, site, scheme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed (tests/npm.sh)")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        for path in ("/2027", "/editions/MINISTERIAL-2027?zone=UTC"):
            visit(browser, site, path, 360)
            browser.execute_script(AXE.read_text())
            found = browser.execute_async_script("""
                const done = arguments[arguments.length - 1];
                axe.run({runOnly: ["color-contrast"]}).then(r => done(r.violations.map(v =>
                    v.nodes.map(n => n.html).join(" | "))));""")
            assert found == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_year_prints_on_one_sheet(browser, site):
    visit(browser, site, "/2027", 1280)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    pdf = base64.b64decode(browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"])
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


def test_zone_form_leads_to_that_zone(browser, site):
    visit(browser, site, "/editions/MINISTERIAL-2027", 1280)
    browser.find_element(By.CSS_SELECTOR, "option[value='Asia/Kolkata']").click()
    browser.find_element(By.CSS_SELECTOR, "form.zones button").click()
    WebDriverWait(browser, 10).until(lambda b: "zone=" in b.current_url)
    assert parse_qs(urlparse(browser.current_url).query) == {"zone": ["Asia/Kolkata"]}
    assert "06:30–10:00 Asia/Kolkata (UTC+5:30)" in browser.find_element(By.TAG_NAME, "main").text


def test_keyboard_reaches_the_content_first(browser, site):
    visit(browser, site, "/2027", 1280)
    first = browser.execute_script("""
        const all = document.querySelectorAll("a[href], button, select");
        return [all[0].textContent, all[0].getAttribute("href"),
                !!document.querySelector("main#main")];""")
    assert first == ["Skip to the content", "#main", True]


def links(browser):
    return [a.get_attribute("href") for a in browser.find_elements(By.TAG_NAME, "a")]


def test_subscribe_links_work(browser, site):
    visit(browser, site, "/subscribe", 1280)
    found = links(browser)
    base = f"127.0.0.1:{site.port}/feeds/"
    assert f"webcal://{base}all.ics" in found
    assert f"webcal://{base}ADGSOM-WG.ics" in found
    google = [h for h in found if h.startswith("https://calendar.google.com/")]
    assert f"webcal://{base}all.ics" in [parse_qs(urlparse(h).query)["cid"][0] for h in google]
    for name in {h.rsplit("/", 1)[1] for h in found if h.startswith("webcal:")}:
        status, headers, _ = site.get(f"/feeds/{name}")
        assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")


def test_every_inner_link_leads_somewhere(site):
    seen, todo = set(), ["/", "/2027", "/subscribe"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        status, headers, body = site.get(path)
        assert status == 200, path
        if headers["Content-Type"].startswith("text/html"):
            todo += [h for h in re.findall(r'href="(/[^"#]*)"', body.decode())]
    assert len(seen) > 40


# ---- the same facts for programs

def test_before_the_first_release(site):
    status, _, body = site.before
    assert status == 200 and b"Nothing has been released yet" in body


def test_nothing_of_officers_is_public(site):
    bodies = [site.get(p)[2].decode() for p in
              ("/2027", "/2027.json", "/2027.csv", "/editions/MINISTERIAL-2027")]
    for body in bodies:
        for secret in ("warnings", '"cost"', "forced", "CIRCULAR", "pinned"):
            assert secret not in body
    assert "JWG &lt;b&gt;confirmed&lt;/b&gt;" in bodies[0]


def test_proposed_times_stay_inside(site):
    rows = {e["edition"]: e for e in json.loads(site.get("/2027.json")[2])["editions"]}
    assert rows["RETREAT-2027"]["start"] and rows["RETREAT-2027"]["status"] == "proposed"
    assert all(i["start"] is None for i in rows["RETREAT-2027"]["items"])
    assert all(i["start_utc"] for i in rows["MINISTERIAL-2027"]["items"])


def test_picture_is_a_document(site):
    status, headers, body = site.get("/2027.svg")
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    root = ET.fromstring(body)
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img" and root.find(name + "title").text == "Test Calendar 2027"
    assert any("18–22 Jan" in (t.text or "") for t in root.iter(name + "text"))


def test_table_has_a_line_per_thing(site):
    import csv
    rows = list(csv.DictReader(site.get("/2027.csv")[2].decode().splitlines()))
    assert {"MINISTERIAL-2027", "JWG-2027"} <= {r["edition"] for r in rows}
    one = next(r for r in rows if r["item"] == "MINISTERIAL-2027/MIN")
    assert one["start_utc"] and one["bodies"] == "ADGMIN"


def test_list_of_feeds(site):
    answer = json.loads(site.get("/feeds.json")[2])
    assert answer["release"] == 2
    assert {f["feed"] for f in answer["feeds"]} >= {"all", "body/ADGSOM", "partner/JP", "editions"}
    assert all(set(f) >= {"feed", "url", "title", "events", "bytes", "etag", "release", "private"}
               for f in answer["feeds"])


def test_robots_may_read_feeds(site):
    assert "Disallow: /" not in site.get("/robots.txt")[2].decode()


@pytest.mark.parametrize("path", ["/2027.xml", "/20270", "/1999", "/editions/", "/bodies/NONE",
                                  "/partners/%3Cscript%3E", "/hosts/..", "/style.css/x"])
def test_unknown_paths(site, path):
    status, headers, body = site.get(path)
    assert status == 404 and headers["Content-Type"].startswith("text/html")
    assert b"<script" not in body


def test_unknown_zone(site):
    status, _, body = site.get("/editions/MINISTERIAL-2027?zone=Asia/Tokio")
    assert status == 422 and b"Asia/Tokyo" in body
