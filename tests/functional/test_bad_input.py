"""Bad input: a clear answer, the right status, nothing changed, still serving."""
import json
import os
import socket

import pytest
from conftest import PATIENCE, SOURCE, Failed, wait_for


def talk(daemon, octets, shut=False):
    """Sends octets to the control socket; the lines that come back."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(daemon.socket))
        s.settimeout(PATIENCE)
        try:
            s.sendall(octets)
            if shut:
                s.shutdown(socket.SHUT_WR)
            return s.makefile(encoding="utf-8").readline()
        except (ConnectionResetError, BrokenPipeError):
            return ""


@pytest.mark.parametrize("args, status, says", [
    (("plam", "2027"), 64, "plan"),
    (("plan",), 64, "CYCLES"),
    (("plan", "next year"), 64, "2027"),
    (("plan", "2027..2026"), 64, ""),
    (("plan", "1850"), 64, ""),
    (("agenda", "MINISTERAL-2027"), 66, "did you mean MINISTERIAL-2027"),
    (("agenda", "MINISTERIAL-2040"), 66, "no edition MINISTERIAL-2040"),
    (("confirm", "MINISTERIAL-2027", "2027-02-30"), 64, "2027-02-30"),
    (("move", "MINISTERIAL-2027", "tomorrow"), 64, ""),
    (("hosts", "NOBODY"), 66, "CHAIR"),
    (("holidays", "XX"), 66, "XX"),
    (("show", "NOTHING-2027"), 66, ""),
    (("contact", "add", "not an address", "--name", "x", "--of", "BN"), 64, ""),
    (("contact", "add", "ü@example.org", "--name", "x", "--of", "BN"), 64, "ASCII"),
    (("contact", "drop", "nobody@example.org"), 66, "nobody@example.org"),
    (("contact", "set", "nobody@example.org", "--name", "x"), 66, ""),
    (("message", "999"), 66, ""),
    (("send", "999"), 66, ""),
    (("feed", "NOTHING"), 66, ""),
    (("preview", "remindr", "MINISTERIAL-2027"), 66, "reminder"),
    (("clock", "2020-01-01"), 73, "never goes back"),
    (("release", "--wrong"), 64, "--wrong"),
    (("adopt", "nothing"), 66, ""),
    (("confirm", "MINISTERIAL-2027", "--host", "XX"), 66, "XX"),
    (("call", "NOBODY", "--for", "x", "--by", "2027-05-01"), 66, ""),
])
def test_wrong_words_are_answered(planned, args, status, says):
    with pytest.raises(Failed) as failed:
        planned.ctl(*args)
    assert failed.value.status == status, failed.value.stderr
    assert says in failed.value.stderr
    assert planned.ctl("status")[0]["draft_changes"] > 0


def test_lines_that_are_no_requests(daemon):
    good = b'{"verb":"status","args":{}}\n'
    for line in (b"hello\n", b"{}\n", b"[]\n", b'{"verb":1}\n', b'{"verb":"status","args":3}\n',
                 b'{"verb":"status","args":{"x":1}}\n', b'{"verb":"stat"}\n', b"\xff\xfe\n",
                 b'{"verb":"status","verb":"status"}\n', b"\x00\n",
                 b'{"verb":"plan","args":{"cycles":["2027"]}}\n',
                 b'{"verb":"help","args":{"topic":"x"}}\n', b"[" * 5000 + b"\n"):
        answer = json.loads(talk(daemon, line))
        assert answer["ok"] is False and answer["error"]["code"] == "usage", (line, answer)
        assert answer["error"]["text"]
    assert json.loads(talk(daemon, good))["row"]["version"]


def test_over_long_lines_are_cut_off(daemon):
    answer = talk(daemon, b'{"verb":"' + b"x" * (2 << 20))
    assert answer == "" or json.loads(answer)["ok"] is False
    daemon.ctl("status")


def test_half_open_and_silent_clients(daemon):
    silent = []
    for _ in range(20):
        s = socket.socket(socket.AF_UNIX)
        s.connect(str(daemon.socket))
        s.sendall(b'{"verb":"sta')
        silent.append(s)
    daemon.ctl("status")
    for s in silent:
        s.close()
    # A client that leaves before its plan is made takes nothing with it.
    s = socket.socket(socket.AF_UNIX)
    s.connect(str(daemon.socket))
    s.sendall(b'{"verb":"plan","args":{"cycles":"2027..2046"}}\n')
    s.close()
    wait_for(lambda: daemon.run("plan", "2027").returncode == 0)
    assert {e["cycle"] for e in daemon.ctl("editions")} == {2027}


def test_many_requests_on_one_connection(daemon):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(str(daemon.socket))
        s.sendall(b'{"verb":"status","args":{}}\n' * 50)
        lines = s.makefile(encoding="utf-8")
        ends = 0
        while ends < 50:
            ends += "ok" in json.loads(lines.readline())


def test_more_clients_than_places(daemon):
    held = []
    for _ in range(64):
        s = socket.socket(socket.AF_UNIX)
        s.connect(str(daemon.socket))
        held.append(s)
    assert json.loads(talk(daemon, b""))["error"]["code"] == "later"
    for s in held:
        s.close()
    wait_for(lambda: daemon.run("status").returncode == 0)


def http(daemon, octets, wait=5):
    with socket.create_connection(("127.0.0.1", daemon.port)) as s:
        s.settimeout(wait)
        try:
            s.sendall(octets)
            return s.recv(65536)
        except (socket.timeout, ConnectionError):
            return b""


def test_broken_http(daemon):
    for octets in (b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                   b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
                   b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                   b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9000 + b"\r\n",
                   b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"):
        answer = http(daemon, octets, wait=1)
        assert not answer.startswith(b"HTTP/1.1 200"), octets[:40]
    assert daemon.get("/healthz")[0] == 200


def test_http_methods_and_paths(daemon):
    status, headers, _ = daemon.get("/", method="POST")
    assert status == 405 and "GET" in headers["Allow"]
    assert daemon.get("/", method="DELETE")[0] == 405
    assert daemon.get("/feeds/NOTHING.ics")[0] == 503  # it may become one with the first release
    daemon.ctl("plan", "2027")
    daemon.ctl("release")
    for path in ("/nothing", "/editions/NONE-2027", "/feeds/NOTHING.ics", "/../../etc/passwd",
                 "/feeds/..%2f..%2fetc%2fpasswd", "/feeds/%0d%0aX:%20y", "/meetings/x.ics",
                 "/bodies/NOBODY", "/2999", "/p/0000.ics"):
        status, headers, body = daemon.get(path)
        assert status == 404, (path, status)
        assert b"Traceback" not in body and "X" not in headers
    assert daemon.get("/", Accept_Encoding="gzip")[1].get("Content-Encoding") is None


def test_a_rules_file_with_twenty_errors(daemon):
    lines = ['sector X "X"'] + [f'member A{c} "M{c}" since 2027-02-30' for c in "BCDEFGHIJKLMNOPQRSTU"]
    daemon.rules_file.write_text("\n".join(lines) + "\n")
    rows = []
    with pytest.raises(Failed) as failed:
        daemon.ctl("check")
    rows = failed.value.rows
    assert failed.value.status == 65
    assert len([r for r in rows if r["severity"] == "error"]) >= 20
    assert {r["line"] for r in rows} >= set(range(2, 22))
    with pytest.raises(Failed):
        daemon.ctl("reload")
    assert daemon.ctl("bodies")  # those of the old rules


def test_csv_with_one_bad_line_changes_nothing(daemon, where):
    text = (SOURCE / "config/demo/contacts.csv").read_text().splitlines()
    text[5] = text[5].replace("@", "@@")
    text[9] = text[9].replace(",focal,", ",vocal,").replace(",delegate,", ",vocal,")
    bad = where / "contacts.csv"
    bad.write_text("\n".join(text) + "\n")
    with pytest.raises(Failed) as failed:
        daemon.ctl("import", "contacts", bad)
    assert failed.value.status == 65
    assert {r["line"] for r in failed.value.rows} == {6, 10}
    assert daemon.ctl("contacts") == []
    bad.write_text("email,nam\n")
    with pytest.raises(Failed) as failed:
        daemon.ctl("import", "contacts", bad)
    assert "name" in failed.value.error["text"]
    bad.write_text("date,name\n2027-13-01,Day\n")
    with pytest.raises(Failed) as failed:
        daemon.ctl("import", "holidays", bad)
    assert failed.value.rows[0]["line"] == 2


def test_rights_are_the_users(daemon):
    """Somebody else may not even look."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.chmod(daemon.path, 0o755)
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            answer = json.loads(talk(daemon, b'{"verb":"status","args":{}}\n'))
            os._exit(0 if answer["error"]["code"] == "denied" else 1)
        except BaseException:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0


def test_wrong_configuration_names_every_line(where):
    from conftest import BUILD
    import subprocess
    conf = where / "bad.conf"
    conf.write_text("[deamon]\nstate = x\n[http]\nlisen = 1\n[mail]\ndeliver = pigeon\n"
                    "review = maybe\nfrom = nobody\n[control]\nofficers = nobody-of-that-name\n[secretariat]\nzone = Asia/Hanoi\n")
    done = subprocess.run([BUILD / "convened", "-c", conf, "--check"], capture_output=True, text=True)
    assert done.returncode == 65
    for says in ("bad.conf:2:", 'did you mean "daemon"', "bad.conf:4:", 'did you mean "listen"',
                 "bad.conf:6:", "pigeon", "bad.conf:7:", "maybe", "bad.conf:8:", "Asia/Hanoi", "from", "bad.conf:10:", "no group nobody-of-that-name"):
        assert says in done.stdout, done.stdout
    done = subprocess.run([BUILD / "convened", "--clock", "yesterday"], capture_output=True, text=True)
    assert done.returncode == 64 and "yesterday" in done.stderr
    assert subprocess.run([BUILD / "convened", "-c", where / "none"], capture_output=True).returncode == 65


def test_contacts_as_offices_abroad_save_them(daemon, where):
    """Semicolons between the columns, bodies with blanks, commas or semicolons."""
    table = where / "table.csv"
    table.write_text("﻿email;name;of;bodies\r\na@x.example;Été;TH;ADGSOM ANSAC\r\n"
                     "b@x.example;B;TH;ADGSOM, ANSAC\r\nc@x.example;=C;TH;\"ADGSOM;ANSAC\"\r\n")
    assert daemon.call("import", {"kind": "contacts", "text": table.read_text(), "name": "t"}).summary["added"] == 3
    rows = daemon.ctl("contacts")
    assert [r["bodies"] for r in rows] == [["ADGSOM", "ANSAC"]] * 3 and rows[0]["name"] == "Été"
    back = daemon.run("--csv", "contacts").stdout
    assert daemon.call("import", {"kind": "contacts", "text": back, "name": "t"}).summary["unchanged"] == 3
    table.write_bytes("email,name,of\na@x.example,Été,TH\n".encode("latin-1"))
    with pytest.raises(Failed) as failed:
        daemon.ctl("import", "contacts", table)
    assert "save it as UTF-8" in failed.value.stderr


TABLE = [["email", "name", "of", "bodies"], ["a@x.example", "Été", "TH", "ADGSOM"], ["b@x.example", "B", "TH", "ANSAC"]]


@pytest.mark.parametrize("name, text", {
    "semicolons": "\ufeffEmail;NAME;of;bodies\r\na@x.example;Été;TH;ADGSOM\r\nb@x.example;B;TH;ANSAC\r\n",
    "tabs": "email\tname\tof\tbodies\r\na@x.example\tÉté\tTH\tADGSOM\r\nb@x.example\tB\tTH\tANSAC\r\n",
    "order": "of,bodies,Name,E-Mail\n".replace("E-Mail", "EMAIL") + "TH,ADGSOM,Été,a@x.example\nTH,ANSAC,B,b@x.example",
    "empty columns and lines": "email,name,of,bodies,,\na@x.example,Été,TH,ADGSOM,,\n,,,,,\n\nb@x.example,B,TH,ANSAC,,\n ,,,,,\n",
    "blanks that break no line": "email,name,of,bodies\n\u00a0a@x.example\u00a0,Été\u202f,TH,\u00a0ADGSOM\nb@x.example\u200b,B,TH,ANSAC\n",
}.items())
def test_tables_as_spreadsheets_save_them(daemon, name, text):
    assert daemon.call("import", {"kind": "contacts", "text": text, "name": "t"}).summary["added"] == 2
    assert [[r["email"], r["name"], r["of"], *r["bodies"]] for r in daemon.ctl("contacts")] == TABLE[1:]


def test_tables_that_are_refused_say_what_to_write(daemon, where):
    path = where / "t.csv"
    for octets, says in [
            ("email\tname\tof\r\na@x.example\tA\tTH\r\n".encode("utf-16"), 'save it as "CSV UTF-8"'),
            ("email,name,of\nA <a@x.example>,A,TH\n".encode(), "write the address alone"),
            ('email,name,of\n"a@x.example\nb@x.example",A,TH\n'.encode(), "email"),
            ('email,name,of\na@x.example,"A,TH\n'.encode(), "a quote is not closed"),
            ("email,name,of\na@x.example,A,TH,more\n".encode(), "4 fields, but 3 columns"),
            ("mail,name,of\na@x.example,A,TH\n".encode(), "did you mean email")]:
        path.write_bytes(octets)
        with pytest.raises(Failed) as failed:
            daemon.ctl("import", "contacts", path)
        told = failed.value.stderr + json.dumps(failed.value.rows)
        assert says.replace('"', '\\"') in told or says in told, told
    assert daemon.ctl("contacts") == []


def test_csv_for_every_list_separator(daemon, where):
    """What is printed for one is read again, its text with the others' separators too."""
    (where / "t.csv").write_text('email,name,of,bodies\na@x.example,"A; b, c",TH,ADGSOM;ANSAC\n')
    daemon.ctl("import", "contacts", where / "t.csv")
    for option, separator in (("--csv", ","), ("--csv=semicolon", ";"), ("--csv=;", ";"), ("--csv=tab", "\t")):
        text = daemon.run(option, "contacts").stdout
        head = text.splitlines()[0]
        assert head.startswith("\ufeffemail" + separator) and "sep=" not in text
        assert daemon.call("import", {"kind": "contacts", "text": text, "name": "t"}).summary["unchanged"] == 1
    assert daemon.run("--csv=pipe", "contacts").returncode != 0
