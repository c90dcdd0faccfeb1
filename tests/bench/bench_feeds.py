"""Serving feeds beside nginx and Radicale, one interleaved run, as ratios; how long a release of 1,000 items takes;
whether the control socket answers while the HTTP port is beset; and what keep-alive subscribers cost.

usage: bench_feeds.py BUILD        needs cc, wrk, nginx, radicale, curl

What makes the comparison fair: one thread here, one worker there; the same octets; the same number of kept-alive
connections, none of them closed on the way; no access log. nginx runs twice: with its built-in settings, and tuned for
this very task (sendfile, tcp_nopush, open_file_cache). The servers take turns of a second, and a ratio is the median
over the rounds, so that what else the machine does meets all alike. Beside the rate stands the ratio of processor time
an answer cost the server, which needs no quiet machine.

Full bodies are fetched by two clients. wrk reads 8 KiB at a time, which costs it more than an answer costs us: its core is
full before ours is, and the rate is then wrk's own. So load.c asks too, which takes an answer as it comes and leaves its
octets where they are; how busy each client was while it asked us is printed behind its rate.
"""
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
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

SECONDS, ROUNDS, CONNECTIONS = 1, 7, 32
SUBSCRIBERS, BESIEGERS = 10000, 1000
TICK = os.sysconf("SC_CLK_TCK")

# A host with seven of the 24 clusters: its calendar has 200 KiB.
MEMBER = 'member VN "Viet Nam" since 1995-07-28 city "Ha Noi" zone Asia/Ho_Chi_Minh\nmember TH'
RULES = sectors.large(24, 40).replace("member TH", MEMBER, 1).replace("  host TH", "  host VN", 7)
FEEDS = ("all", "host-VN", "cluster-C0")


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


class Server:
    """A process that serves the feeds at PREFIX/NAME.ics."""

    def __init__(self, name, process, number, prefix):
        self.name, self.process, self.port, self.prefix = name, process, number, prefix
        wait_for(number)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        self.worker = int(children[0]) if children else process.pid

    def path(self, feed):
        return f"{self.prefix}/{feed}.ics"

    def url(self, feed):
        return f"http://127.0.0.1:{self.port}{self.path(feed)}"

    def etag(self, feed):
        with urllib.request.urlopen(self.url(feed)) as answer:
            return answer.headers["ETag"]

    def processor(self):
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def start_daemon(where):
    number = port()
    (where / "rules").mkdir(parents=True)
    (where / "rules/large.rules").write_text(RULES)
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
    return Server("convened", subprocess.Popen(
        [str(BUILD / "convened"), "-c", str(where / "convened.conf"), "--clock", "2026-11-24T00:00:00Z"],
        stderr=subprocess.DEVNULL), number, "/feeds")


def ctl(where, *words):
    done = subprocess.run([str(BUILD / "convenectl"), "-s", str(where / "s"), "--json", "-y", *words],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def publish(where):
    """Plans, confirms and releases all; how long the release took."""
    for row in ctl(where, "plan", "2027"):
        ctl(where, "confirm", row["edition"])
    began = time.monotonic()
    ctl(where, "release")
    return time.monotonic() - began


def start_nginx(where, name, bodies, settings):
    number = port()
    (where / name / "www").mkdir(parents=True)
    for feed, body in bodies.items():
        (where / f"{name}/www/{feed}.ics").write_bytes(body)
    (where / f"{name}/conf").write_text(f"""daemon off; worker_processes 1; pid {where}/{name}/pid; error_log /dev/null;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; default_type text/calendar; {settings}
client_body_temp_path {where}/{name}/a; proxy_temp_path {where}/{name}/b; fastcgi_temp_path {where}/{name}/c;
uwsgi_temp_path {where}/{name}/d; scgi_temp_path {where}/{name}/e;
server {{ listen 127.0.0.1:{number}; root {where}/{name}/www; }} }}
""")
    os.chmod(where, 0o755)
    return Server(name, subprocess.Popen(["nginx", "-p", str(where / name), "-c", str(where / f"{name}/conf")],
                                         stderr=subprocess.DEVNULL), number, "")


def start_radicale(where, body):
    number = port()
    process = subprocess.Popen(["radicale", "--config", "", f"--server-hosts=127.0.0.1:{number}", "--auth-type=none",
                                f"--storage-filesystem-folder={where}/r"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    server = Server("radicale", process, number, "/u")
    subprocess.run(["curl", "-sf", "-u", "u:", "-X", "PUT", "-H", "Content-Type: text/calendar", "--data-binary", "@-",
                    f"http://127.0.0.1:{number}/u/c/"], input=body, check=True)
    return server


# ---------------------------------------------------------------- load

def children():
    """Seconds of processor time of the clients so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wrk(url, connections=CONNECTIONS, seconds=SECONDS):
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url], capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text.replace("timeout", ""):
        sys.exit(f"{url}: {text}")
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", text)[1])


def build_load(where):
    """What wrk cannot ask, it waits for the body that a 304 or a HEAD speaks of, and what it asks too slowly."""
    source = SOURCE / "tests/bench/load.c"
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", str(where / "load"), str(source)], check=True)
    return str(where / "load")


def answers(load, server, feed, method="GET", header="", status="200"):
    """Answers a second, over connections that are kept alive."""
    words = [load, str(server.port), method, server.path(feed), status, str(CONNECTIONS), str(SECONDS)]
    return float(subprocess.run(words + ([header] if header else []), capture_output=True, text=True, check=True).stdout)


def asks(load, feed):
    """The ways to ask for a feed: what one of them does to a server, in answers a second."""
    return {"200": lambda s: answers(load, s, feed),
            "200 by wrk": lambda s: wrk(s.url(feed)),
            "304": lambda s: answers(load, s, feed, "GET", f"If-None-Match: {s.etag(feed)}", "304"),
            "HEAD": lambda s: answers(load, s, feed, "HEAD")}


def measured(server, ask):
    """Answers a second, microseconds of processor time each, and the part of a core that the client took."""
    before, client = server.processor(), children()
    rate = ask(server)
    return rate, (server.processor() - before) / (rate * SECONDS) * 1e6, (children() - client) / SECONDS


def compare(load, feed, size, ours, others):
    rounds = {}
    for _ in range(ROUNDS):
        for what, ask in asks(load, feed).items():
            for server in (ours, *others):
                rounds.setdefault((what, server.name), []).append(measured(server, ask))
    for what in asks(load, feed):
        mine = rounds[what, ours.name]
        rate, cost, busy = (statistics.median(column) for column in zip(*mine))
        said = [f"{rate:.0f}/s (client {min(busy, 1):.0%} busy), {cost:.1f} us"]
        for other in others:
            pairs = list(zip(mine, rounds[what, other.name]))
            rates, costs = [m[0] / o[0] for m, o in pairs], [o[1] / m[1] for m, o in pairs]
            said.append(f"{statistics.median(rates):.2f} ({min(rates):.2f}..{max(rates):.2f}) of {other.name}, "
                        f"{statistics.median(costs):.2f} by processor time")
        print(f"{feed} {size >> 10} KiB {what}: {'; '.join(said)}", flush=True)


# ---------------------------------------------------------------- being beset

def besiege(where, server):
    """Half-sent requests, garbage and a flood of fetches at once: how soon does the control socket answer?"""
    crowd = []
    for k in range(BESIEGERS):
        s = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        s.sendall(b"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nX-Slow: "[:3 + k % 40] if k % 4 else os.urandom(200))
        crowd.append(s)
    flood = subprocess.Popen(["wrk", "-t1", "-c256", "-d10s", server.url("all")], stdout=subprocess.DEVNULL)
    waits = []
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(where / "s"))
        answers = control.makefile("rb")
        while flood.poll() is None:
            began = time.monotonic()
            control.sendall(b'{"verb":"status","args":{}}\n')
            while b'"ok"' not in answers.readline():
                pass
            waits.append((time.monotonic() - began) * 1000)
            time.sleep(0.05)
    for s in crowd:
        s.close()
    print(f"beset by {BESIEGERS} half-sent requests and 256 fetching at once: status answers in "
          f"{statistics.median(waits):.1f} ms, at worst in {max(waits):.0f} ms", flush=True)


def memory(server):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.worker}/status").read_text())[1])


def subscribers(server, wanted):
    """Keep-alive clients that have fetched once and stay."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = min(wanted, hard - 200)
    before, crowd = memory(server), []
    ask = f"GET /feeds/all.ics HTTP/1.1\r\nHost: x\r\nIf-None-Match: {server.etag('all')}\r\n\r\n".encode()
    for k in range(wanted):
        s = socket.socket()
        s.bind((f"127.0.0.{2 + k // 20000}", 0))
        s.connect(("127.0.0.1", server.port))
        s.sendall(ask)
        if not s.recv(4096).startswith(b"HTTP/1.1 304"):
            break
        crowd.append(s)
    again = 0
    for s in crowd[::100]:
        s.sendall(ask)
        again += s.recv(4096).startswith(b"HTTP/1.1 304")
    grown = memory(server) - before
    print(f"keep-alive subscribers: {len(crowd)} held, {again} of {len(crowd[::100])} served again, "
          f"{grown >> 10} MiB more ({grown / max(1, len(crowd)):.1f} KiB each), {memory(server) >> 10} MiB in all")


def release(where, running):
    """The middle of three releases, each of a fresh daemon; the last one stays."""
    took = []
    for k in range(3):
        if running:
            running.pop().stop()
        running.append(start_daemon(where / str(k)))
        took.append(publish(where / str(k)))
    feeds = ctl(where / "2", "feeds")
    print(f"release of 960 items: {statistics.median(took):.2f} s for {len(feeds)} feeds, "
          f"{sum(f['bytes'] for f in feeds) >> 10} KiB (wanted: under 0.3 s)", flush=True)
    return running[0]


def main():
    for program in ("cc", "wrk", "nginx", "radicale", "curl"):
        if not shutil.which(program):
            sys.exit(f"bench: {program} is not installed")
    where = Path(tempfile.mkdtemp(prefix="cvb"))
    running, load = [], build_load(where)
    try:
        ours = release(where, running)
        bodies = {feed: urllib.request.urlopen(ours.url(feed)).read() for feed in FEEDS}
        others = [start_nginx(where, "nginx", bodies, ""),
                  start_nginx(where, "tuned-nginx", bodies, "sendfile on; tcp_nopush on; open_file_cache max=100;")]
        running += others
        print(f"wanted of nginx: 2.00 on 200, 1.50 on 304; {ROUNDS} rounds, {CONNECTIONS} connections, congestion control "
              + Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip(), flush=True)
        for feed in FEEDS:
            compare(load, feed, len(bodies[feed]), ours, others)
        running.append(start_radicale(where, bodies["all"]))
        fast = wrk(ours.url("all"))
        slow = wrk(f"http://127.0.0.1:{running[-1].port}/u/c/", connections=2, seconds=20)
        print(f"200 of all: {fast / slow:.0f} times Radicale (wanted: 100)" if slow else
              f"200 of all: Radicale answered nothing in 20 s, we {fast * 20:.0f} times (wanted: 100)")
        besiege(where / "2", ours)
        subscribers(ours, SUBSCRIBERS)
    finally:
        for server in running:
            server.stop()
        shutil.rmtree(where, ignore_errors=True)


main()
