"""The pages as people see them: a real daemon, a real browser.

One daemon and one browser for all tests of this file, because both take their
time to start. Every page must fit a phone and a desk, say what it is, load
nothing but its style sheet, and pass axe-core.
"""
import base64
import json
import os
import re
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlparse

import pytest
import sectors
from conftest import PATIENCE, SOURCE, Daemon, folder

selenium = pytest.importorskip("selenium")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
AXE = SOURCE / "tests/node_modules/axe-core/axe.min.js"
WIDTHS = (375, 1280)

# path, what stands in its heading, texts that must be seen
PAGES = [
    ("/", "ASEAN Digital Sector 2027", ["What is next", "18–22 January 2027", "January 2027"]),
    ("/2027", "ASEAN Digital Sector 2027", ["Month by month", "ADGMIN and Related Meetings 2027",
                                            "Dates proposed", "Cancelled"]),
    ("/editions/MINISTERIAL-2027", "ADGMIN and Related Meetings 2027",
     ["Monday 18 January 2027", "7th ADGMIN", "Asia/Brunei", "UTC+8", "UTC"]),
    ("/editions/ministerial-2027?zone=Asia/Tokyo", "ADGMIN and Related Meetings 2027",
     ["Asia/Tokyo (UTC+9)", "Tue 19 Jan 2027 20:00–20:45 America/New_York (UTC−5)"]),
    ("/editions/RETREAT-2027", "ADGSOM-ATRC Leaders' Retreat 2027",
     ["These dates are proposed", "Joint ADGSOM-ATRC Meeting (Leaders' Retreat 2027)"]),
    ("/editions/HACKATHON-2027", "ASEAN Makers Hackathon 2027", ["These meetings are cancelled"]),
    ("/bodies/ADGSOM", "ADGSOM", ["2 joint meetings with ATRC", "TELSOM), until October 2019", "Planned",
                                  "7th ADGSOM with Japan", "Times in Asia/Brunei, UTC+8", "Wed 20 Jan, 10:30–11:15", "Past", "Held", "Da Nang"]),
    ("/partners/JP", "Japan", ["Asia/Tokyo, UTC+9", "6th ADGMIN with Japan", "11:30–12:15 Asia/Tokyo (UTC+9)"]),
    ("/hosts/BN", "Brunei Darussalam", ["Bandar Seri Begawan", "18–22 January 2027", "Member since", "7 January 1984"]),
    ("/subscribe", "Subscribe", ["Apple Calendar", "Outlook desktop (classic)", "Outlook on the web, new Outlook",
                                 "Google Calendar", "Thunderbird", "Android", "after 4–24 hours", "after 3–24 hours",
                                 "within 4 hours", "within 30 minutes", "ADGSOM-WG", "Deadlines by owner"]),
    ("/nothing-here", "There is nothing here", ["Status 404"]),
]


@pytest.fixture(scope="module")
def site():
    with folder() as path:
        d = Daemon(path)
        d.before = d.get("/")
        (path / "held.csv").write_text("cluster,cycle,start,end,host,city\nMINISTERIAL,2022,2022-01-24,2022-01-28,VN,Da Nang\n")
        d.ctl("import", "held", str(path / "held.csv"))
        d.ctl("plan", "2027")
        d.ctl("confirm", "MINISTERIAL-2027")
        d.ctl("release", "--note", "The year 2027")
        d.ctl("plan", "2028")
        d.ctl("confirm", "JWG-2027")
        d.ctl("cancel", "HACKATHON-2027")
        d.ctl("release", "--note", "JWG <b>confirmed</b>")
        yield d
        d.stop()


@pytest.fixture(scope="module")
def browser():
    if not (os.path.exists(CHROMIUM) and os.path.exists(DRIVER)):
        pytest.skip("chromium and chromedriver are not installed")
    with folder() as profile:
        yield from started(profile)


def started(profile):
    options = Options()
    options.binary_location = CHROMIUM
    for switch in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-dev-shm-usage",
                   "disable-background-networking", "disable-component-update", "disable-sync",
                   f"user-data-dir={profile}"):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    b = webdriver.Chrome(service=Service(DRIVER), options=options)
    b.set_page_load_timeout(PATIENCE)
    b.set_script_timeout(PATIENCE)
    yield b
    b.quit()


def until(browser, what):
    """Waits: the page of before may still stand there for a moment, and be gone when it is asked for something."""
    WebDriverWait(browser, PATIENCE, ignored_exceptions=[selenium.common.exceptions.WebDriverException]).until(
        lambda _: what())


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
              if e["level"] == "SEVERE" and not (path == "/nothing-here" and "404" in e["message"])]
    assert not errors
    assert not browser.find_elements(By.CSS_SELECTOR, "script, [style], [onclick]")


@pytest.fixture
def scheme(browser, request):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": request.param}]})
    yield request.param
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("scheme,width", [("light", 1280), ("dark", 375)], indirect=["scheme"])
@pytest.mark.parametrize("path", [p[0] for p in PAGES])
def test_page_passes_axe(browser, site, path, scheme, width):
    if not AXE.exists():
        pytest.skip("axe-core is not installed (tests/npm.sh)")
    visit(browser, site, path, width)
    browser.execute_script("for (const d of [...document.querySelectorAll('details')].slice(0, 3)) d.open = true")
    browser.execute_script(AXE.read_text())
    found = browser.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run({rules: {"target-size": {enabled: true}}}).then(r => done(r.violations.map(v =>
            v.id + ": " + v.nodes.map(n => n.html).join(" | "))));""")
    assert found == []


@pytest.mark.parametrize("path", [p[0] for p in PAGES])
def test_page_bears_letters_that_are_set_wider(browser, site, path):
    """WCAG 1.4.12, at 400 % of a desk (1.4.10): nothing is cut, and nothing scrolls sideways but the picture."""
    visit(browser, site, path, 320)
    browser.execute_script("""
        for (const d of document.querySelectorAll("details")) d.open = true;
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
                          + " p { margin-bottom: 2em !important }");
        document.adoptedStyleSheets = [sheet];""")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    assert browser.execute_script("""
        return [...document.querySelectorAll("main *")].filter(e => !e.closest("svg, figure, .hidden, select") &&
            e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible").map(e => e.outerHTML);""") == []


# Which labels of the picture touch another, or leave it; which month lines are drawn over one.
TOUCHING = """
    const svg = document.querySelector("svg.year"), all = [...svg.querySelectorAll("text")];
    const box = t => t.getBoundingClientRect(), edge = box(svg), found = [];
    const first = all.findIndex(t => t.querySelector("tspan"));
    all.forEach((t, i) => {
        const a = box(t);
        if (a.left < edge.left || a.right > edge.right + 1) found.push("outside: " + t.textContent);
        all.slice(i + 1).forEach(u => {
            const b = box(u);
            if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
                found.push(t.textContent + " / " + u.textContent);
        });
    });
    svg.querySelectorAll("path.line, path.today").forEach(l => {
        if (l.getAttribute("d").includes("V") &&
            all[first].compareDocumentPosition(l) & Node.DOCUMENT_POSITION_FOLLOWING) found.push("line over labels");
    });
    return found;"""


@pytest.mark.parametrize("year", ["2027", "2028"])
def test_labels_of_the_picture_touch_nothing(browser, site, year):
    visit(browser, site, f"/{year}", 1280)
    assert browser.execute_script(TOUCHING) == []


def test_hosts_are_named_in_the_picture(browser, site):
    visit(browser, site, "/2027", 1280)
    labels = [t.text for t in browser.find_elements(By.CSS_SELECTOR, "svg.year text")]
    assert "18–22 Jan Bandar Seri Begawan, Brunei Darussalam" in labels
    assert any(t.endswith(", cancelled") for t in labels)


def test_an_address_that_is_sent_on_says_when_where_and_how_sure(site):
    """Programs that show a line below a link read it of the head; nothing there leads elsewhere."""
    for edition, wanted in (("MINISTERIAL-2027", "18–22 January 2027, Bandar Seri Begawan, Brunei Darussalam, Confirmed"),
                            ("HACKATHON-2027", "Phnom Penh, Cambodia, Cancelled")):
        head = site.get(f"/editions/{edition}")[2].decode().split("</head>")[0]
        said = re.search('<meta name="description" content="([^"]*)">', head)[1]
        assert said.endswith(wanted) and f'<meta property="og:description" content="{said}">' in head
        assert "http" not in head.replace(f"http://127.0.0.1:{site.port}/feeds/all.ics", "")
    assert "description" not in site.get("/subscribe")[2].decode().split("</head>")[0]


# ---- from right to left: Jawi, the other script of Malay

JAWI = {'"Brunei Darussalam"': '"نڬارا بروني دارالسلام"', '"Bandar Seri Begawan"': '"بندر سري بڬاوان"',
        '"ADGMIN and Related Meetings"': '"مشوارت منتري-منتري ديجيتل (ADGMIN)"'}


@pytest.fixture(scope="module")
def jawi():
    text = (SOURCE / "config/rules/asean-digital.rules").read_text()
    for old, new in JAWI.items():
        assert old in text
        text = text.replace(old, new)
    with folder() as path:
        d = Daemon(path, rules=text)
        d.ctl("plan", "2027")
        d.ctl("confirm", "MINISTERIAL-2027")
        d.ctl("release")
        d.ctl("confirm", "MINISTERIAL-2027", "--city", "توتوڠ")
        d.ctl("cancel", "HACKATHON-2027")
        d.ctl("release")
        yield d
        d.stop()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_name_from_right_to_left_turns_nothing_round_it(browser, jawi, width):
    visit(browser, jawi, "/2027", width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(TOUCHING) == [] or width == 320  # the picture scrolls there
    order = browser.execute_script("""
        const line = [...document.querySelectorAll(".changes li")].find(l => l.querySelector("ins"));
        const x = e => e.getClientRects()[0], a = x(line.querySelector("del")), b = x(line.querySelector("ins"));
        return [a.top < b.top || a.right <= b.left, line.querySelector("del").textContent, line.querySelector("ins").textContent];""")
    assert order == [True, "بندر سري بڬاوان", "توتوڠ"]
    turned = browser.execute_script("""
        const found = [], x = e => e.getClientRects()[0];
        document.querySelectorAll(".card .place").forEach(p => {
            const place = p.querySelector("bdi"), status = p.querySelector(".status");
            if (place && x(place).top === x(status).top && x(status).left < x(place).right) found.push(p.textContent);
        });
        return found;""")
    assert turned == []


def test_every_name_stands_alone_in_its_line(jawi):
    """What officers may write in any script is in a bdi (or an element of a direction of its own) on every page."""
    for path in ("/2027", "/editions/MINISTERIAL-2027", "/bodies/ADGMIN", "/hosts/BN", "/subscribe"):
        body = jawi.get(path)[2].decode()
        body = re.sub(r"<svg.*?</svg>|<head>.*?</head>|<option.*?</option>|<caption.*?</caption>", "", body, flags=re.S)
        body = re.sub(r'<bdi>[^<]*</bdi>|<[a-z][^>]*>', "", body)
        for name in ("نڬارا", "بندر", "توتوڠ", "مشوارت"):
            assert name not in body, (path, name)


# ---- seven scripts, quotes, and titles as long as they may be

@pytest.fixture(scope="module")
def babel():
    with folder() as path:
        d = Daemon(path, rules=sectors.HOSTILE)
        d.ctl("plan", "2027")
        for row in d.ctl("editions", "2027"):
            d.ctl("confirm", row["edition"])
        d.ctl("release")
        yield d
        d.stop()


@pytest.mark.parametrize("path", ["/2027", "/editions/BE-2027?zone=America/New_York", "/editions/KH-2027", "/bodies/DUO",
                                  "/partners/EU", "/hosts/MM", "/subscribe"])
def test_every_script_fits(browser, babel, path):
    for width in WIDTHS:
        visit(browser, babel, path, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, width
    assert browser.find_elements(By.CSS_SELECTOR, "h1")[0].text
    if AXE.exists():
        browser.execute_script(AXE.read_text())
        assert browser.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run().then(r => done(r.violations.map(v => v.id)));""") == []


def test_labels_of_every_script_touch_nothing(browser, babel):
    visit(browser, babel, "/2027", 1280)
    assert browser.execute_script(TOUCHING) == []
    assert "北京" in browser.find_element(By.CSS_SELECTOR, "svg.year").text
    assert printed(browser, babel, "/2027") == [(842, 595)]


def printed(browser, site, path):
    """The sizes of the sheets, in points, and the octets."""
    visit(browser, site, path, 1280)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    pdf = base64.b64decode(browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"])
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    return [(round(float(w)), round(float(h))) for w, h in boxes]


@pytest.mark.parametrize("year", ["2027", "2028"])
def test_year_prints_on_one_broad_sheet(browser, site, year):
    assert printed(browser, site, f"/{year}") == [(842, 595)]


def test_edition_prints_upright(browser, site):
    assert set(printed(browser, site, "/editions/MINISTERIAL-2027")) == {(595, 842)}


@pytest.fixture(scope="module")
def sectored():
    """Two sectors, one with a title as long as it may be."""
    with folder() as path:
        d = Daemon(path, rules=sectors.large(clusters=2, meetings=1), start=False)
        (path / "rules" / "second.rules").write_text(
            sectors.large(clusters=3, meetings=1).replace('sector LARGE "Large"', f'sector WIDE "{"WORD & MW " * 30}"')
            .replace("body B", "body W").replace(" of B", " of W").replace("cluster C", "cluster D"))
        d.start()
        d.ctl("plan", "2027")
        d.ctl("release")
        yield d
        d.stop()


@pytest.mark.parametrize("width", [360, 1280])
def test_sectors_stand_apart(browser, sectored, width):
    visit(browser, sectored, "/2027", width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(TOUCHING) == []
    labels = [t.text for t in browser.find_elements(By.CSS_SELECTOR, "svg.year text")]
    assert labels.index("Large") < labels.index("C0")
    assert any(t.startswith("WORD & MW WORD") and t.endswith("…") for t in labels)
    if AXE.exists():
        browser.execute_script(AXE.read_text())
        assert browser.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run().then(r => done(r.violations.map(v => v.id)));""") == []


@pytest.fixture(scope="module")
def crowded():
    with folder() as path:
        d = Daemon(path, rules=sectors.large(clusters=24, meetings=1))
        d.ctl("plan", "2027")
        d.ctl("release")
        yield d
        d.stop()


def test_picture_of_a_crowded_year_fills_a_sheet(browser, crowded):
    """Its list comes after it: beside each other neither could be read."""
    assert printed(browser, crowded, "/2027") == [(842, 595)] * 2
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    visit(browser, crowded, "/2027", 1040)
    box = browser.find_element(By.CSS_SELECTOR, "svg.year").rect
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert 550 < box["height"] < 625  # of the 725 of a sheet


# The clocks of a row that break inside a zone's name, or run into another.
CLOCKS = """
    const found = [], box = e => e.getBoundingClientRect();
    document.querySelectorAll(".clocks").forEach(row => {
        const all = [...row.children], zone = row.querySelector(".zone");
        if (zone.getClientRects().length > 1 || box(zone).height > 1.8 * 16) found.push(zone.textContent);
        if (zone.scrollWidth > row.clientWidth) found.push("wide: " + zone.textContent);
        all.forEach((a, i) => all.slice(i + 1).forEach(b => {
            const x = box(a), y = box(b);
            if (x.left < y.right && y.left < x.right && x.top + 2 < y.bottom && y.top + 2 < x.bottom)
                found.push(a.textContent + " / " + b.textContent);
        }));
    });
    return found;"""


@pytest.mark.parametrize("width", [320, 375, 768, 1000, 1280])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kuala_Lumpur"])
def test_clocks_keep_apart(browser, site, zone, width):
    visit(browser, site, f"/editions/MINISTERIAL-2027?zone={zone}", width)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".clocks .zone")) > 10
    assert browser.execute_script(CLOCKS) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_changes_are_one_step_from_the_head(browser, site):
    visit(browser, site, "/2027", 375)
    link = browser.find_element(By.CSS_SELECTOR, ".jump a")
    assert link.location["y"] < 400
    target = browser.find_element(By.CSS_SELECTOR, link.get_attribute("href").rsplit("#", 1)[1].join(("#", "")))
    assert target.text == "Changed by release 2"


def test_zone_form_leads_to_that_zone(browser, site):
    visit(browser, site, "/editions/MINISTERIAL-2027", 1280)
    browser.find_element(By.CSS_SELECTOR, "option[value='Asia/Kolkata']").click()
    browser.find_element(By.CSS_SELECTOR, "form.zones button").click()
    until(browser, lambda: "06:30–10:00 Asia/Kolkata (UTC+5:30)" in browser.find_element(By.TAG_NAME, "main").text)
    assert parse_qs(urlparse(browser.current_url).query) == {"zone": ["Asia/Kolkata"]}


def test_keyboard_reaches_the_content_first(browser, site):
    visit(browser, site, "/2027", 1280)
    first = browser.execute_script("""
        const all = document.querySelectorAll("a[href], button, select");
        return [all[0].textContent, all[0].getAttribute("href"),
                !!document.querySelector("main#main")];""")
    assert first == ["Skip to the content", "#main", True]


def test_every_calendar_is_reached_by_keyboard(browser, site):
    """Its summary takes the focus, opens on Enter, and the links come next."""
    visit(browser, site, "/subscribe", 375)
    summary = browser.find_elements(By.TAG_NAME, "summary")[4]
    details = summary.find_element(By.XPATH, "..")
    browser.execute_script("arguments[0].focus()", summary)
    assert not details.get_property("open")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(browser, lambda: details.get_property("open"))
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("href").startswith("https://calendar.google.com/")
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


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
    assert any("18–22 Jan" in "".join(t.itertext()) for t in root.iter(name + "text"))


def test_table_has_a_line_per_thing(site):
    import csv
    rows = list(csv.DictReader(site.get("/2027.csv")[2].decode().splitlines()))
    assert {"MINISTERIAL-2027", "JWG-2027"} <= {r["edition"] for r in rows}
    one = next(r for r in rows if r["item"] == "MINISTERIAL-2027/MIN")
    assert one["start_utc"] and one["bodies"] == "ADGMIN"
    assert {r["sector"] for r in rows} == {"ASEAN-DIGITAL"}
    assert f"`{' '.join(rows[0])}`" in (SOURCE / "docs/clients.md").read_text()


def test_list_of_feeds(site):
    answer = json.loads(site.get("/feeds.json")[2])
    assert answer["release"] == 2
    assert {f["feed"] for f in answer["feeds"]} >= {"all", "body/ADGSOM", "partner/JP", "editions"}
    assert all(set(f) >= {"feed", "url", "title", "events", "bytes", "etag", "release", "private"}
               for f in answer["feeds"])


@pytest.mark.parametrize("path", [p[0] for p in PAGES] + ["/2027.svg", "/2027.json", "/2027.csv", "/style.css"])
def test_headers_of_every_page(site, path):
    headers = site.get(path)[1]
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and "script-src" not in policy
    assert policy["style-src"] == policy["img-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin" and "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/2027", "/subscribe", "/editions/MINISTERIAL-2027", "/bodies/ADGSOM", "/hosts/BN"])
def test_a_slash_behind_an_address_changes_nothing(site, path):
    assert site.get(path + "/")[::2] == (200, site.get(path)[2])
    assert site.get(path + "//")[0] == 404


def test_page_is_fetched_once_until_it_changes(site):
    status, headers, body = site.get("/2027")
    assert headers["Cache-Control"] == "public, max-age=60"
    status, again, nothing = site.get("/2027", If_None_Match=headers["ETag"])
    assert (status, nothing, again["ETag"]) == (304, b"", headers["ETag"])
    assert site.get("/2027?zone=Asia/Tokyo", If_None_Match='"other"')[0] == 200


def test_nothing_comes_from_elsewhere(site):
    for path in [p[0] for p in PAGES]:
        body = site.get(path)[2].decode()
        assert not re.search(r"<script|<iframe|<img|javascript:|\son[a-z]+=|\sstyle=|@import", body)
        for href in re.findall(r'<link rel="(?:stylesheet|icon)"[^>]* href="([^"]*)"', body):
            assert href.startswith("/")


def test_icon(site):
    for path in ("/icon.svg", "/favicon.ico"):
        status, headers, body = site.get(path)
        assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
        assert ET.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"


def test_postponed_stays_on_the_pages_of_who_sits_in_it(where):
    """It has no agenda then; that it will be is what its delegates come for."""
    d = Daemon(where)
    d.ctl("plan", "2027")
    d.ctl("release")
    d.ctl("postpone", "RETREAT-2027")
    d.ctl("postpone", "MINISTERIAL-2027")
    d.ctl("release")
    assert d.ctl("agenda", "RETREAT-2027", "--release", "2") == []
    for path, names in (("/bodies/ADGSOM", ["RETREAT", "MINISTERIAL"]), ("/bodies/ADGMIN", ["MINISTERIAL"]),
                        ("/partners/JP", ["MINISTERIAL"])):
        page = d.get(path)[2].decode()
        cards = re.findall(r'<li class="card postponed">(.*?)</li>\n', page, re.S)
        found = [re.search('/editions/([A-Z]+)-2027"', card)[1] for card in cards]
        assert sorted(found) == sorted(names), path
        assert all("No date for now" in card and ">Postponed</span>" in card for card in cards)
    d.stop()


def test_a_card_names_a_few_meetings_and_counts_the_rest(where):
    d = Daemon(where, rules=sectors.large(clusters=2, meetings=9))
    d.ctl("plan", "2027")
    d.ctl("confirm", "C0-2027")
    d.ctl("release")
    cards = re.findall(r'<p class="contents">(.*?)</p>', d.get("/2027")[2].decode())
    assert len(cards) == 2
    for card in cards:
        assert re.sub("<[^>]*>", "", card).strip().endswith("4 more meetings") and card.count("<span>") == 6
    assert d.get("/editions/C0-2027")[2].decode().count(" of cluster 0</bdi>") == 9  # its own page has them all
    d.stop()


def test_planned_stands_before_held(site):
    body = site.get("/bodies/ADGMIN")[2].decode()
    assert body.index("18–22 January 2027") < body.index('id="past"') < body.index("24–28 January 2022")


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


@pytest.mark.parametrize("zone", ["../../../etc/passwd", "/etc/passwd", "Asia/Tokyo/../Seoul", "./Asia/Tokyo", "Asia/", "zone.tab",
                                  "%3Cscript%3Ealert(1)%3C/script%3E", "%22onload=%22x", "%F0%9F%98%80", "A" * 5000, "%0d%0aX-Evil:1"])
def test_a_zone_that_is_none_opens_nothing_and_is_not_handed_back_raw(site, zone):
    status, headers, body = site.get(f"/editions/MINISTERIAL-2027?zone={zone}")
    assert status == 422 and headers["Content-Type"].startswith("text/html") and "X-Evil" not in headers
    assert b"<script" not in body and b'"onload' not in body and b"root:" not in body and len(body) < 5000
