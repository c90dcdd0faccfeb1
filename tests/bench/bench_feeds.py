"""Serving feeds: full bodies, 304s and HEADs beside nginx and Radicale, one interleaved run, as ratios;
how long a release of 1,000 items takes; and what keep-alive subscribers cost.

usage: bench_feeds.py BUILD        needs wrk, nginx, radicale
"""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

BUILD = Path(sys.argv[1]).resolve()
SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/functional"))
import sectors  # noqa: E402

SECONDS, ROUNDS, CONNECTIONS = 2, 3, 32
SUBSCRIBERS = 10000


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(number):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", number), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {number}")


def start_daemon(where, number):
    (where / "rules").mkdir()
    (where / "rules/large.rules").write_text(sectors.large(24, 40))
    (where / "convened.conf").write_text(f"""[daemon]
state = state
rules = rules
holidays = {SOURCE}/config/holidays
templates = {SOURCE}/templates
[control]
socket = s
[http]
listen = 127.0.0.1:{number}
base-url = http://127.0.0.1:{number}
[mail]
deliver = none
""")
    process = subprocess.Popen([str(BUILD / "convened"), "-c", str(where / "convened.conf"), "--clock",
                                "2026-11-24T00:00:00Z"], stderr=subprocess.DEVNULL)
    wait_for(number)
    return process


def ctl(where, *words):
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(where / "s"), "--json", "-y", *words],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def publish(where):
    for row in ctl(where, "plan", "2027"):
        ctl(where, "confirm", row["edition"])
    began = time.monotonic()
    ctl(where, "release")
    took = time.monotonic() - began
    bodies = ctl(where, "feeds")
    print(f"release of 960 items: {took:.2f} s for {len(bodies)} feeds, "
          f"{sum(b['bytes'] for b in bodies) >> 10} KiB (wanted: under 0.3 s)")


def start_nginx(where, number, bodies):
    (where / "www").mkdir()
    for name, body in bodies.items():
        (where / f"www/{name}.ics").write_bytes(body)
    (where / "nginx.conf").write_text(f"""daemon off; worker_processes 1; pid {where}/nginx.pid; error_log /dev/null;
events {{ worker_connections 4096; }}
http {{ access_log off; default_type text/calendar; sendfile on; tcp_nopush on; keepalive_requests 1000000;
open_file_cache max=100; client_body_temp_path {where}/a; proxy_temp_path {where}/b; fastcgi_temp_path {where}/c;
uwsgi_temp_path {where}/d; scgi_temp_path {where}/e;
server {{ listen 127.0.0.1:{number}; root {where}/www; }} }}
""")
    os.chmod(where, 0o755)
    process = subprocess.Popen(["nginx", "-p", str(where), "-c", str(where / "nginx.conf")], stderr=subprocess.DEVNULL)
    wait_for(number)
    return process


def start_radicale(where, number, body):
    process = subprocess.Popen(["radicale", "--config", "", f"--server-hosts=127.0.0.1:{number}", "--auth-type=none",
                                f"--storage-filesystem-folder={where}/r"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    wait_for(number)
    subprocess.run(["curl", "-sf", "-u", "u:", "-X", "PUT", "-H", "Content-Type: text/calendar", "--data-binary", "@-",
                    f"http://127.0.0.1:{number}/u/c/"], input=body, check=True)
    return process


def wrk(url, connections=CONNECTIONS, seconds=SECONDS):
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url], capture_output=True, text=True).stdout
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", text)[1])


def build_load(where):
    """wrk waits for the body that the Content-Length of a 304 or a HEAD speaks of; ours does not."""
    source = SOURCE / "tests/bench/load.c"
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", str(where / "load"), str(source)], check=True)
    return str(where / "load")


def bodiless(load, number, path, method="GET", header="", status="200"):
    """Answers without a body a second, over connections that are kept alive."""
    words = [load, str(number), method, path, status, str(CONNECTIONS), str(SECONDS)] + ([header] if header else [])
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def etag(url):
    with urllib.request.urlopen(url) as answer:
        return answer.headers["ETag"], answer.read()


def memory(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])


def subscribers(process, number, wanted):
    """Keep-alive clients that have fetched once and stay."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = min(wanted, hard - 200)
    before, crowd = memory(process), []
    tag = etag(f"http://127.0.0.1:{number}/feeds/all.ics")[0]
    ask = f"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n".encode()
    for k in range(wanted):
        s = socket.socket()
        s.bind((f"127.0.0.{2 + k // 20000}", 0))
        s.connect(("127.0.0.1", number))
        s.sendall(ask)
        if not s.recv(4096).startswith(b"HTTP/1.1 304"):
            break
        crowd.append(s)
    again = 0
    for s in crowd[::100]:
        s.sendall(ask)
        again += s.recv(4096).startswith(b"HTTP/1.1 304")
    grown = memory(process) - before
    print(f"keep-alive subscribers: {len(crowd)} held, {again} of {len(crowd[::100])} served again, "
          f"{grown >> 10} MiB more ({grown / max(1, len(crowd)):.1f} KiB each), {memory(process) >> 10} MiB in all")


def compare(load, name, tag, body, ours, theirs):
    """Interleaved rounds of one feed beside nginx with the same file."""
    path, file = f"/feeds/{name}.ics", f"/{name}.ics"
    other = etag(f"http://127.0.0.1:{theirs}{file}")[0]
    same, theirs_same = f"If-None-Match: {tag}", f"If-None-Match: {other}"
    ratios = {"200": [], "304": [], "HEAD": []}
    for _ in range(ROUNDS):
        ratios["200"].append(wrk(f"http://127.0.0.1:{ours}{path}") / wrk(f"http://127.0.0.1:{theirs}{file}"))
        ratios["304"].append(bodiless(load, ours, path, "GET", same, "304") /
                             bodiless(load, theirs, file, "GET", theirs_same, "304"))
        ratios["HEAD"].append(bodiless(load, ours, path, "HEAD") / bodiless(load, theirs, file, "HEAD"))
    said = ", ".join(f"{k} {min(v):.2f}..{max(v):.2f}" for k, v in ratios.items())
    print(f"{name}, {len(body) >> 10} KiB, beside nginx (1 worker): {said}")


def main():
    for program in ("cc", "wrk", "nginx", "radicale", "curl"):
        if not shutil.which(program):
            sys.exit(f"bench: {program} is not installed")
    where = Path(tempfile.mkdtemp(prefix="cvb"))
    running, load = [], build_load(where)
    try:
        ours, theirs, dav = port(), port(), port()
        daemon = start_daemon(where, ours)
        running.append(daemon)
        publish(where)
        feeds = ("all", "cluster-C0")
        mine = {name: etag(f"http://127.0.0.1:{ours}/feeds/{name}.ics") for name in feeds}
        running.append(start_nginx(where, theirs, {name: body for name, (_, body) in mine.items()}))
        running.append(start_radicale(where, dav, mine["all"][1]))
        for name in feeds:
            compare(load, name, *mine[name], ours, theirs)
        fast = wrk(f"http://127.0.0.1:{ours}/feeds/all.ics")
        slow = wrk(f"http://127.0.0.1:{dav}/u/c/", connections=2, seconds=20)
        print(f"200 of all: {fast / slow:.0f} times Radicale" if slow else
              f"200 of all: Radicale answered nothing in 20 s, we {fast * 20:.0f} times")
        subscribers(daemon, ours, SUBSCRIBERS)
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        shutil.rmtree(where, ignore_errors=True)


main()
