"""The HTTP side of feeds: conditions, methods, limits, and clients that misbehave."""
import contextlib
import json
import re
import resource
import shutil
import socket
import subprocess
import time

import pytest

import ics
import sectors
from conftest import BUILD, PATIENCE, Daemon, Failed, folder, wait_for

FEED = "/feeds/all.ics"


@pytest.fixture
def served(daemon):
    daemon.ctl("plan", "2027")
    daemon.ctl("confirm", "MINISTERIAL-2027")
    daemon.ctl("release")
    return daemon


@pytest.fixture(scope="module")
def still():
    """The same for tests that ask and change nothing: one daemon for all of them."""
    with folder() as path:
        d = Daemon(path)
        d.ctl("plan", "2027")
        d.ctl("confirm", "MINISTERIAL-2027")
        d.ctl("release")
        yield d
        d.stop()


@pytest.fixture(scope="module")
def crowded():
    """960 items in more than 60 calendars, the largest of 660 KiB."""
    with folder() as path:
        d = Daemon(path, rules=sectors.large(24, 40))
        d.ctl("plan", "2027")
        for row in d.ctl("editions", "2027"):
            d.ctl("confirm", row["edition"])
        d.ctl("release")
        yield d
        d.stop()


def connection(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def raw(daemon, octets, until=None):
    """What comes back for these octets, until the server closes or `until` was seen."""
    got = b""
    # Who is refused in the middle of a request may be told so before it is sent, and then be reset.
    with connection(daemon.port) as s:
        with contextlib.suppress(ConnectionError):
            s.sendall(octets)
        with contextlib.suppress(ConnectionError):
            while not (until and until in got) and (part := s.recv(65536)):
                got += part
    return got


def head_of(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), {k.lower(): v for k, v in (l.split(": ", 1) for l in lines)}, body


# ---------------------------------------------------------------- headers

def test_headers_of_a_feed(still):
    status, headers, body = still.get(FEED)
    assert status == 200
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == 'inline; filename="all.ics"'
    assert headers["Content-Length"] == str(len(body))
    assert re.fullmatch(r'"[0-9a-zA-Z]{16,}"', headers["ETag"])
    assert headers["Last-Modified"] == "Tue, 24 Nov 2026 00:00:00 GMT"
    assert headers["Cache-Control"] == "public, max-age=900, no-transform"
    assert headers["X-Robots-Tag"] == "noindex" and headers["Referrer-Policy"] == "no-referrer"
    assert not {"Transfer-Encoding", "Content-Encoding", "Set-Cookie", "Location"} & set(headers)


def test_no_gzip_whatever_is_accepted(still):
    plain = still.get(FEED)[2]
    for accepts in ("gzip", "gzip, deflate, br", "*", "identity;q=0, gzip"):
        status, headers, body = still.get(FEED, Accept_Encoding=accepts)
        assert status == 200 and body == plain and "Content-Encoding" not in headers


def test_no_accept_header_is_needed(still):
    for accept in (None, "text/calendar", "text/html", "application/json"):
        line = f"Accept: {accept}\r\n" if accept else ""
        answer = raw(still, f"GET {FEED} HTTP/1.1\r\nHost: x\r\n{line}Connection: close\r\n\r\n".encode())
        assert head_of(answer)[0] == 200


@pytest.mark.parametrize("agent", [None, "Google-Calendar-Importer", "Microsoft Office/16.0 (Microsoft Outlook 16.0)",
                                   "macOS/14.1 (23B74) dataaccessd/1.0", "Mozilla/5.0 Thunderbird/128.5", "Evolution/3.46", "ICSx5/2.1",
                                   "() { :; }", "x" * 4000])
def test_every_program_gets_the_same_octets(still, agent):
    line = f"User-Agent: {agent}\r\n" if agent else ""
    status, headers, body = head_of(raw(still, f"GET {FEED} HTTP/1.1\r\nHost: x\r\n{line}Connection: close\r\n\r\n".encode()))
    plain = still.get(FEED)
    assert (status, body) == (200, plain[2])
    assert {k: v for k, v in headers.items() if k != "date"} == {k.lower(): v for k, v in plain[1].items() if k != "Date"}


def test_two_gets_an_hour_apart_are_equal(served):
    _, headers, body = served.get(FEED)
    served.ctl("clock", "+1 hour")
    assert served.get(FEED)[2] == body
    assert served.get(FEED, If_None_Match=headers["ETag"])[0] == 304


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "{0},W/\"x\"", "*", ' "a" , W/{0} '])
def test_if_none_match_forms(still, form):
    etag = still.get(FEED)[1]["ETag"]
    status, headers, body = still.get(FEED, If_None_Match=form.format(etag))
    assert status == 304 and body == b"" and headers["ETag"] == etag
    assert headers["Last-Modified"] and headers["Cache-Control"] == "public, max-age=900, no-transform"
    assert "Content-Type" not in headers


@pytest.mark.parametrize("form", ['"other"', 'W/"other"', "garbage", '"', "W/", '"unfinished', '"{0}', '{0}"', "{0}",
                                  '"{0}x"', '"x{0}"', 'w/"{0}"', '"other, "{0}"', '"{0}" x', '*"x"', '"x", *', ""])
def test_if_none_match_that_does_not_match(still, form):
    _, headers, body = still.get(FEED)
    status, again, full = still.get(FEED, If_None_Match=form.format(headers["ETag"].strip('"')))
    assert status == 200 and full == body and again["ETag"] == headers["ETag"]


def test_etag_is_of_the_octets(served):
    """Strong: two bodies have one tag exactly when they are the same octets."""
    paths = [FEED, "/feeds/editions.ics", "/feeds/ADGSOM.ics", "/feeds/partner-JP.ics", "/feeds/deadlines.ics"]
    seen = {}
    for edition in ("MINISTERIAL-2027", "JWG-2027"):
        for path in paths:
            _, headers, body = served.get(path)
            assert not headers["ETag"].startswith("W/")
            assert seen.setdefault(headers["ETag"], body) == body
            assert served.get(path, "HEAD")[1]["ETag"] == headers["ETag"]
        old = served.get(FEED)[1]["ETag"]
        served.ctl("clock", "+1 hour")
        served.ctl("confirm", edition, "--city", "Tutong" if edition[0] == "M" else "Vigan")
        served.ctl("release")
        status, headers, body = served.get(FEED, If_None_Match=old)
        assert status == 200 and headers["ETag"] != old and body
    assert len(set(seen.values())) == len(seen) > len(paths)
    other = served.get("/feeds/editions.ics")[1]["ETag"]
    assert served.get(FEED, If_None_Match=other)[0] == 200


def test_if_modified_since(still):
    modified = still.get(FEED)[1]["Last-Modified"]
    assert still.get(FEED, If_Modified_Since=modified)[0] == 304
    assert still.get(FEED, If_Modified_Since="Wed, 25 Nov 2026 00:00:00 GMT")[0] == 304
    assert still.get(FEED, If_Modified_Since="Mon, 23 Nov 2026 23:59:59 GMT")[0] == 200
    for text in ("yesterday", "Tue, 31 Feb 2026 00:00:00 GMT", "0", "2026-11-24", "", modified + "x", modified[:-4]):
        assert still.get(FEED, If_Modified_Since=text)[0] == 200


@pytest.mark.parametrize("then,before", [
    ("Tue, 24 Nov 2026 00:00:00 GMT", "Mon, 23 Nov 2026 23:59:59 GMT"),
    ("Tuesday, 24-Nov-26 00:00:00 GMT", "Monday, 23-Nov-26 23:59:59 GMT"),
    ("Tue Nov 24 00:00:00 2026", "Mon Nov 23 23:59:59 2026"),
    ("Tue Dec  1 00:00:00 2026", "Sun Nov  1 00:00:00 2026"),
], ids=["RFC 1123", "RFC 850", "asctime", "asctime of one figure"])
def test_if_modified_since_in_each_form_of_a_date(still, then, before):
    status, headers, body = still.get(FEED, If_Modified_Since=then)
    assert (status, body) == (304, b"") and headers["ETag"] == still.get(FEED)[1]["ETag"]
    assert still.get(FEED, If_Modified_Since=before)[0] == 200


def test_if_none_match_in_several_lines(still):
    etag = still.get(FEED)[1]["ETag"]
    for tags, status in ((['"a"', etag], 304), ([etag, '"a"'], 304), (['"a"', '"b", W/' + etag], 304), (['"a"', '"b"'], 200)):
        lines = "".join(f"If-None-Match: {tag}\r\n" for tag in tags)
        answer = raw(still, f"GET {FEED} HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n".encode())
        assert head_of(answer)[0] == status, tags


def test_a_part_of_a_feed_is_never_sent(still):
    """A range may be ignored (RFC 9110 14.2); a calendar that was cut is none."""
    status, headers, body = still.get(FEED)
    for more in ({}, {"If_Range": headers["ETag"]}, {"If_Range": '"other"'}):
        got = still.get(FEED, Range="bytes=0-99", **more)
        assert got[0] == 200 and got[2] == body and "Content-Range" not in got[1]
    assert still.get(FEED, Range="bytes=0-99", If_None_Match=headers["ETag"])[0] == 304


def test_if_none_match_wins_over_if_modified_since(still):
    etag, modified = (still.get(FEED)[1][name] for name in ("ETag", "Last-Modified"))
    assert still.get(FEED, If_None_Match=etag, If_Modified_Since="Mon, 23 Nov 2026 00:00:00 GMT")[0] == 304
    assert still.get(FEED, If_None_Match='"other"', If_Modified_Since=modified)[0] == 200


def test_head_is_get_without_a_body(still):
    for path in (FEED, "/", "/nothing", "/2027.csv", "/healthz", "/rsvp/x", "/style.css", "/feeds.json"):
        get, head = still.get(path), still.get(path, "HEAD")
        for answer in (get, head):
            answer[1].pop("Date")
        assert head == (get[0], get[1], b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "PATCH", "TRACE", "REPORT", "get"])
def test_other_methods_are_405_with_allow(still, method):
    for path in (FEED, "/", "/.well-known/caldav"):
        status, headers, _ = still.get(path, method)
        assert status == 405 and headers["Allow"] == "GET, HEAD"
    assert still.get("/rsvp/x", "PUT")[1]["Allow"] == "GET, HEAD, POST"


QUESTION = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'


@pytest.mark.parametrize("pause", [False, True], ids=["in one piece", "body later"])
def test_a_calendar_program_that_asks_for_caldav_first_goes_on(still, pause):
    """Apple, Thunderbird and Evolution ask PROPFIND of an address, of / and of the well-known place, then GET."""
    for path in (FEED, "/", "/.well-known/caldav"):
        head = (f"PROPFIND {path} HTTP/1.1\r\nHost: x\r\nDepth: 0\r\nContent-Type: application/xml\r\n"
                f"Content-Length: {len(QUESTION)}\r\n\r\n").encode()
        with connection(still.port) as s:
            s.sendall(head if pause else head + QUESTION)
            got = s.recv(65536)
            if pause:
                s.sendall(QUESTION)
            assert head_of(got)[0] == 405 and "www-authenticate" not in head_of(got)[1]
    status, headers, body = still.get("/.well-known/caldav")
    assert status == 404 and "Location" not in headers and b"BEGIN:VCALENDAR" not in body
    assert still.get(FEED)[0] == 200


def test_query_is_ignored(still):
    plain = still.get(FEED)[2]
    for query in ("?x=1", "?token=abc&all", "?"):
        assert still.get(FEED + query)[2] == plain


@pytest.mark.parametrize("path", ["/feeds/%61ll.ics", "/feeds/all%2Eics", "/%66eeds/all%2eics", "/feeds/all.ics?a=%00&b=%zz",
                                  "/feeds/all.ics?" + "q" * 7900, "http://x/feeds/all.ics", "https://calendar.example:8443/feeds/all.ics?x"])
def test_one_address_in_other_words(still, path):
    """RFC 3986 2.3 and 6.2.2.2, RFC 9112 3.2.2; a request line of 8 KiB."""
    answer = raw(still, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert head_of(answer)[0] == 200 and head_of(answer)[2] == still.get(FEED)[2]


@pytest.mark.parametrize("path", ["/feeds/all.ics%00", "/feeds/all.ics%00.html", "/feeds/%00all.ics", "/feeds/all%252Eics", "/feeds//all.ics",
                                  "//feeds/all.ics", "/feeds/./all.ics", "/x/../feeds/all.ics", "/feeds/all.ics/", "/feeds/all.ics;x",
                                  "/feeds/all.ics%20", "/feeds/all.ics%0d%0aX-Evil:%20y", "/feeds/all", "/feeds/al%6c", "/%", "/%zz", "/%ff%fe",
                                  "/%E0%B8%81.ics", "/feeds/%F0%9F%98%80.ics", "http://x", "x"])
def test_an_address_that_only_looks_like_it(still, path):
    answer = raw(still, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert head_of(answer)[0] == (200 if path == "http://x" else 404) and b"BEGIN:VCALENDAR" not in answer
    assert "x-evil" not in head_of(answer)[1]


@pytest.mark.parametrize("host", ["", "a", "evil.example:99999", "[::1]:80", "a b", "\"<script>", "x" * 2000])
def test_whatever_the_host_the_answer_is_the_same(still, host):
    answer = raw(still, f"GET /subscribe HTTP/1.1\r\nHost: {host}\r\nForwarded: host=evil.example;proto=https\r\n"
                         "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n".encode())
    assert head_of(answer)[0] == 200 and head_of(answer)[2] == still.get("/subscribe")[2]


def test_http_1_0_without_a_host(still):
    answer = raw(still, f"GET {FEED} HTTP/1.0\r\n\r\n".encode())
    assert head_of(answer)[0] == 200 and head_of(answer)[2] == still.get(FEED)[2]
    assert "transfer-encoding" not in head_of(answer)[1]


def test_every_answer_is_of_its_type_and_tells_no_referrer(still):
    for path, method in ((FEED, "GET"), (FEED, "POST"), ("/nothing", "GET"), ("/p/x.ics", "GET"), ("/healthz", "GET"),
                         ("/metrics", "GET"), ("/rsvp/x", "GET"), ("/rsvp/x", "POST"), ("/style.css", "GET"), ("/", "PUT"),
                         ("/meetings/x.ics", "GET"), ("/" + "x" * 3000, "GET")):
        status, headers, _ = still.get(path, method)
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer", (path, status)
        assert headers["Content-Type"].endswith("; charset=utf-8") or path == "/metrics", path
        assert not {"Set-Cookie", "WWW-Authenticate", "Location", "Server"} & set(headers)
    etag = still.get(FEED)[1]["ETag"]
    assert still.get(FEED, If_None_Match=etag)[1]["X-Content-Type-Options"] == "nosniff"


def test_path_in_any_case_is_the_feed(still):
    assert still.get("/feeds/adgsom.ics")[2] == still.get("/feeds/ADGSOM.ics")[2]


def test_unknown_feed_is_404_and_never_calendar(still):
    for path in ("/feeds/none.ics", "/feeds/", "/feeds/all", "/feeds/../state/convened.db", "/feeds/%2e%2e/x.ics",
                 "/meetings/", "/feeds/all.ics/x"):
        status, headers, _ = still.get(path)
        assert status == 404 and "text/calendar" not in headers["Content-Type"]


def test_base_url_is_never_from_host(still):
    answer = raw(still, f"GET {FEED} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
                         "Connection: close\r\n\r\n".encode())
    assert head_of(answer)[0] == 200 and b"evil" not in answer


def test_no_redirects(still):
    for path in (FEED, "/", "/feeds", "//feeds/all.ics", "/feeds/all.ics/"):
        assert head_of(raw(still, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))[0] \
            not in range(300, 400)


def test_robots_may_read_feeds(still):
    status, _, body = still.get("/robots.txt")
    assert status == 200 and b"/feeds" not in body and b"Disallow: /\n" not in body


def test_before_the_first_release_a_feed_is_503_and_who_subscribed_comes_again(daemon):
    """Whoever spread an address too early has done no harm."""
    for path in (FEED, "/feeds/none.ics"):
        status, headers, body = daemon.get(path)
        assert status == 503 and int(headers["Retry-After"]) > 0 and b"Nothing has been released yet" in body
        assert "text/calendar" not in headers["Content-Type"] and headers["Cache-Control"] == "no-store"
    daemon.ctl("plan", "2027")
    daemon.ctl("release")
    assert daemon.get(FEED)[0] == 200 and daemon.get("/feeds/none.ics")[0] == 404


def test_last_good_body_stays_when_a_release_is_refused(crowded):
    d = crowded
    before = d.get(FEED)
    for k in range(17):
        d.ctl("meeting", "C0-2027", f"MORE{k}", "One more", "--at", "2027-01-08T09:00", "--for", "30 min")
    with pytest.raises(Failed):
        d.ctl("release")
    after = d.get(FEED)
    assert after[0] == 200 and after[2] == before[2] and after[1]["ETag"] == before[1]["ETag"]


# ---------------------------------------------------------------- health and metrics

def test_healthz(still):
    assert still.get("/healthz")[::2] == (200, b"ok\n")


def test_healthz_is_503_when_the_store_takes_no_writes(served):
    """A file that may not grow stands for a full disk: told, read on, and over when there is room again."""
    before = served.get(FEED)[2]
    limit = (served.path / "state/convened.db").stat().st_size
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    refused = None
    for k in range(2000):
        try:
            served.ctl("contact", "add", f"a{k}@example.org", "--name", "A" * 200, "--of", "BN")
        except Failed as failed:
            refused = failed
            break
    assert refused and refused.status == 75 and "the disk fails" in refused.stderr
    status, headers, body = served.get("/healthz")
    assert status == 503 and body.startswith(b"the store takes no writes: the disk fails: ")
    assert served.get("/healthz", "HEAD")[0] == 503
    assert served.ctl("status")[0]["store"].startswith("the disk fails: ")
    assert served.get(FEED)[2] == before
    served.said("error: the store takes no writes: the disk fails: ")
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    served.said("the store takes writes again")
    assert served.stderr.count("the store takes no writes") == 1
    assert served.get("/healthz")[::2] == (200, b"ok\n")
    served.ctl("contact", "add", "again@example.org", "--name", "A", "--of", "BN")


def test_metrics_count_polls(served):
    etag = served.get(FEED)[1]["ETag"]
    served.get(FEED, If_None_Match=etag)
    text = served.get("/metrics")[2].decode()
    assert 'convened_feed_polls{feed="all",status="200"} 1' in text
    assert 'convened_feed_polls{feed="all",status="304"} 1' in text
    assert re.search(r"^convened_release 1$", text, re.M) and "convened_bad_feeds 0" in text


def test_polls_are_counted_of_every_feed_and_family(crowded):
    """More pairs than any table has room for at first."""
    agents = {"Google-Calendar-Importer": "google", "Microsoft Outlook": "outlook", "ICSx5/2.1": "android", "curl/8": "program",
              "x" * 400: "other"}
    feeds = [f["feed"] for f in json.loads(crowded.get("/feeds.json")[2])["feeds"]]
    before = {r["feed"]: {c["client"]: c["polled"] for c in r["clients"]} for r in crowded.ctl("feeds")}
    assert len(feeds) > 60
    for name in feeds:
        for agent in agents:
            path = f"/feeds/{name.replace('/', '-') if name.split('/')[0] != 'body' else name.split('/')[1]}.ics"
            assert crowded.get(path, "HEAD", User_Agent=agent)[0] == 200
    for row in crowded.ctl("feeds"):
        now = {c["client"]: c["polled"] for c in row["clients"]}
        grown = {family: n - before[row["feed"]].get(family, 0) for family, n in now.items()}
        assert {k: n for k, n in grown.items() if n} == dict.fromkeys(agents.values(), 1), row["feed"]


def outside_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            return s.getsockname()[0]
        except OSError:
            return None


def test_everywhere_is_both_families(where):
    """IPv6 too where the machine has it, and loopback is loopback in either."""
    d = Daemon(where, start=False)
    d.config.write_text(d.config.read_text().replace(f"127.0.0.1:{d.port}\nbase", f"*:{d.port}\nbase"))
    d.start()
    addresses = ["127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        addresses.append("::1")
    except OSError:
        pass  # a machine of IPv4 alone
    for address in addresses:
        with socket.create_connection((address, d.port), timeout=PATIENCE) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert s.recv(100).startswith(b"HTTP/1.1 200"), address
    d.stop()


def test_metrics_only_from_loopback(where):
    address = outside_address()
    if not address or address.startswith("127."):
        pytest.skip("this machine has loopback only")
    d = Daemon(where, start=False)
    d.config.write_text(d.config.read_text().replace(f"127.0.0.1:{d.port}\nbase", f"*:{d.port}\nbase"))
    d.start()
    with socket.create_connection((address, d.port), timeout=PATIENCE) as s:
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 404")
    assert d.get("/metrics")[0] == 200
    d.stop()


def test_metrics_are_not_for_those_behind_a_proxy(served):
    assert served.get("/metrics", X_Forwarded_For="192.0.2.1")[0] == 404
    assert served.get("/healthz", X_Forwarded_For="192.0.2.1")[0] == 200
    text = served.get("/metrics")[2].decode()
    for line in ("convened_store_writable 1", "convened_rules_errors 0", "convened_mail_trouble 0"):
        assert f"\n{line}\n" in text
    served.rules_file.write_text("nonsense\n")
    with pytest.raises(Failed):
        served.ctl("reload")
    assert "\nconvened_rules_errors 0\n" not in served.get("/metrics")[2].decode()


# ---------------------------------------------------------------- clients that misbehave

def answers(daemon):
    """It answers, and sooner than those that hold it up would be cut (after 30 seconds)."""
    began = time.monotonic()
    assert daemon.call("status")[0]["version"]
    return time.monotonic() - began < 25


def test_pipelined_requests_are_answered_in_order(still):
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    got = raw(still, one * 49 + last)
    assert got.count(b"HTTP/1.1 200 OK") == 50 and got.count(b"\r\n\r\nok\n") == 50


def test_keep_alive_serves_many(still):
    with connection(still.port) as s:
        for _ in range(20):
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            got = b""
            while not got.endswith(b"\r\n\r\nok\n"):
                part = s.recv(4096)
                assert part, got
                got += part
            assert got.startswith(b"HTTP/1.1 200")


def test_half_open_clients_and_slow_senders_do_not_stop_the_control_socket(served):
    crowd = [connection(served.port) for _ in range(200)]
    for k, s in enumerate(crowd):
        s.sendall(b"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nX-Slow: "[: 3 + k % 40])
    assert answers(served) and served.get(FEED)[0] == 200
    for _ in range(3):
        for s in crowd:
            with contextlib.suppress(ConnectionError):  # cut already, where all this takes long
                s.sendall(b"a")
        assert answers(served)
    for s in crowd:
        s.close()
    assert served.get(FEED)[0] == 200


def test_a_sender_that_never_ends_is_cut(served):
    began = time.monotonic()
    with connection(served.port) as s:
        s.sendall(b"GET /")
        s.settimeout(1)
        while time.monotonic() - began < PATIENCE:
            try:
                s.sendall(b"x")
                if s.recv(100) == b"":
                    break
            except socket.timeout:
                continue
            except OSError:
                break
        assert 25 < time.monotonic() - began < PATIENCE


def test_readers_that_do_not_read_hold_nobody_up(served):
    crowd = []
    for _ in range(50):
        s = connection(served.port)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(f"GET {FEED} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        crowd.append(s)
    assert answers(served) and served.get(FEED)[0] == 200
    for s in crowd:
        s.close()


def unread(port):
    """Octets that wait in the kernel for the readers of a port."""
    lines = [line.split() for line in open("/proc/net/tcp").read().splitlines()[1:]]
    return sum(int(words[4].split(":")[0], 16) for words in lines if int(words[1].split(":")[1], 16) == port)


def test_a_slow_reader_holds_no_copy_of_its_own(crowded):
    """What is not read waits in the body that all share: of 660 KiB no more than half a MiB is in the kernel."""
    size = len(crowded.get(FEED)[2])
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", crowded.port))
        s.sendall(f"GET {FEED} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        wait_for(lambda: unread(crowded.port) > 16384)
        waits = 0
        for _ in range(50):  # it does not grow any more
            waits = max(waits, unread(crowded.port))
            time.sleep(0.02)
        assert size > 600 << 10 and waits <= 512 << 10
        got = b""
        while part := s.recv(65536):
            got += part
    assert len(head_of(got)[2]) == size


def test_a_flood_of_connections(served):
    crowd = []
    try:
        for _ in range(700):
            crowd.append(connection(served.port))
    except OSError:
        pass
    assert len(crowd) > 200 and answers(served)
    for s in crowd:
        s.close()
    assert served.get(FEED)[0] == 200


@pytest.mark.parametrize("octets,wanted", [
    (b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {404, 414}),
    (b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414, 431}),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40000 + b"\r\n\r\n", {431}),
    (b"GET / HTTP/1.1\r\n\r\n", {400}),
    (b"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", {413}),
    (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", {400, 505}),
    (b"POST /feeds/all.ics HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 1000, {405, 413}),
])
def test_broken_requests(still, octets, wanted):
    answer = raw(still, octets, until=b"\r\n\r\n")
    assert head_of(answer)[0] in wanted
    assert answers(still)


FORM = b"POST /rsvp/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("head", [
    FORM + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    FORM + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
    FORM + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc",
    FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    FORM + b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
])
def test_a_request_that_two_may_read_differently_hides_no_other(still, head):
    """Refused, and the connection ends: what follows is never answered."""
    answer = raw(still, head + HIDDEN)
    assert head_of(answer)[0] == 400 and answer.count(b"HTTP/1.1 ") == 1, answer


def test_a_request_of_16_kib_is_taken(still):
    one = b"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    size = 16384 - len(one) - len(b"X-Long: \r\n\r\n")
    answer = raw(still, one + b"X-Long: " + b"x" * size + b"\r\n\r\n")
    assert head_of(answer)[0] == 200 and answer.endswith(b"END:VCALENDAR\r\n")


def test_garbage_and_tls_hello_are_survived(still):
    for octets in (bytes(range(256)) * 4, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                   b"\0" * 5000):
        with connection(still.port) as s:
            s.sendall(octets)
    assert answers(still) and still.get(FEED)[0] == 200


# ---------------------------------------------------------------- listeners

def test_http_none_serves_nothing(where):
    d = Daemon(where, http="none")
    with pytest.raises(OSError):
        connection(d.port)
    assert answers(d)
    d.stop()


def test_unix_listener_beside_tcp(where):
    d = Daemon(where, start=False)
    d.config.write_text(d.config.read_text().replace(
        f"listen = 127.0.0.1:{d.port}", f"listen = 127.0.0.1:{d.port}, unix:{where}/http"))
    d.start()
    for path in ("/healthz", "/metrics"):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(where / "http"))
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert s.recv(4096).startswith(b"HTTP/1.1 200")
    assert (where / "http").stat().st_mode & 0o777 == 0o666  # the proxy is another user
    assert d.get("/healthz")[0] == 200
    d.stop()
    assert not (where / "http").exists()


@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate is not installed")
def test_socket_activation(where):
    d = Daemon(where, start=False)
    process = subprocess.Popen(
        ["systemd-socket-activate", "-l", f"127.0.0.1:{d.port}", "--fdname=http", str(BUILD / "convened"), "-c",
         str(d.config), "--clock", d.clock], stderr=subprocess.PIPE)

    def healthy():
        try:
            return d.get("/healthz")[::2] == (200, b"ok\n")
        except OSError:
            return False
    try:
        wait_for(healthy)
    finally:
        process.terminate()
        process.wait(PATIENCE)
