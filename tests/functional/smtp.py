"""A relay that does what a script says: one thread, one port, no dependency.

    with Server(rcpt=["550 5.1.1 no such user", None]) as relay:
        ... send to relay.port ...
        assert [m.recipient for m in relay.mails] == ["b@example.org"]

A stage (greeting ehlo starttls auth mail rcpt data dot rset quit bdat) has an
action, or a list of actions for its first, second ... time; None, and what is
behind the list's end, is the reply of a good server. An action is a reply (lines
split at "\\n"), CLOSE, RESET, SILENT, Slow(seconds, reply), Drip(seconds, reply),
or a function of the session that returns an action. body=N closes the connection
after N octets of the first mail's data; body=-1 takes the dot and closes.
"""
import base64
import select
import socket
import ssl
import struct
import subprocess
import threading
from dataclasses import dataclass, field

CLOSE, RESET, SILENT = object(), object(), object()


@dataclass
class Slow:
    seconds: float
    reply: str


@dataclass
class Drip:
    """One octet at a time, for ever: the reply never ends."""
    seconds: float
    reply: str = "2"


@dataclass
class Mail:
    sender: str
    recipient: str
    octets: bytes
    parameters: str = ""
    tls: bool = False
    user: str = ""


class Ended(Exception):
    """The connection is over."""


@dataclass
class Session:
    server: "Server"
    socket: socket.socket
    buffer: bytes = b""
    sender: str = ""
    recipient: str = ""
    parameters: str = ""
    user: str = ""
    tls: bool = False
    chunks: bytes = b""
    lines: list = field(default_factory=list)

    # ---- octets
    def fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise Ended
        self.buffer += more

    def line(self):
        while b"\n" not in self.buffer:
            self.fill()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("latin-1")

    def take(self, n):
        while len(self.buffer) < n:
            self.fill()
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def send(self, text):
        octets = "".join(f"{line}\r\n" for line in text.split("\n")).encode("latin-1")
        self.socket.sendall(octets)

    # ---- one stage
    def answer(self, stage, reply):
        """Does what the script has for this stage; False unless it was 2xx or 3xx."""
        action = self.server.action(stage)
        if callable(action):
            action = action(self)
        if action is None:
            action = reply
        if action is CLOSE:
            raise Ended
        if action is RESET:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Ended
        if action is SILENT:
            self.server.stopped.wait(600)
            raise Ended
        if isinstance(action, Drip):
            while not self.server.stopped.wait(action.seconds):
                self.socket.sendall(action.reply.encode())
            raise Ended
        if isinstance(action, Slow):
            self.server.stopped.wait(action.seconds)
            action = action.reply or reply
        self.send(action)
        if action.startswith("421"):
            raise Ended
        return action[0] in "23"

    def run(self):
        if not self.answer("greeting", "220 relay.example ESMTP"):
            while self.line().upper() != "QUIT":
                self.send("503 go away")
            return
        while True:
            line = self.line()
            self.server.commands.append(line)
            verb, _, rest = line.partition(" ")
            handler = getattr(self, f"on_{verb.lower()}", None)
            if handler is None:
                self.send("500 what?")
            elif handler(rest) is False:
                return

    # ---- commands
    def on_ehlo(self, rest):
        self.server.helo = rest
        words = list(self.server.extensions)
        if self.server.certificate and not self.tls:
            words.append("STARTTLS")
        if self.server.users:
            words.append("AUTH PLAIN LOGIN")
        lines = ["relay.example", *words]
        self.answer("ehlo", "\n".join(f"250{' ' if i == len(lines) - 1 else '-'}{word}"
                                      for i, word in enumerate(lines)))

    def on_helo(self, rest):
        self.server.helo = rest
        self.answer("ehlo", "250 relay.example")

    def on_starttls(self, rest):
        if self.answer("starttls", "220 go on"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.server.certificate)
            try:
                self.socket = context.wrap_socket(self.socket, server_side=True)
            except OSError as error:
                self.server.handshakes.append(str(error))
                raise Ended from error
            self.server.handshakes.append(self.socket.version())
            self.tls = True

    def on_auth(self, rest):
        how, _, initial = rest.partition(" ")
        if how.upper() == "PLAIN":
            if not initial:
                self.send("334 ")
                initial = self.line()
            _, user, password = base64.b64decode(initial).decode().split("\0")
        else:
            self.send("334 VXNlcm5hbWU6")
            user = base64.b64decode(self.line()).decode()
            self.send("334 UGFzc3dvcmQ6")
            password = base64.b64decode(self.line()).decode()
        good = self.server.users.get(user) == password
        if self.answer("auth", "235 2.7.0 welcome" if good else "535 5.7.8 wrong password"):
            self.user = user

    def on_mail(self, rest):
        address, _, self.parameters = rest[5:].partition(" ")
        if self.server.must_auth and not self.user:
            self.send("530 5.7.0 authenticate first")
        elif self.answer("mail", "250 2.1.0 ok"):
            self.sender = address.strip("<>")

    def on_rcpt(self, rest):
        address, _, parameters = rest[3:].partition(" ")
        if self.answer("rcpt", "250 2.1.5 ok"):
            self.recipient = address.strip("<>")
            self.parameters += " " + parameters

    def on_data(self, rest):
        if not self.answer("data", "354 go on"):
            return
        limit = self.server.body
        octets = b""
        while not (octets.endswith(b"\r\n.\r\n") or octets == b".\r\n"):
            if limit is not None and 0 <= limit <= len(octets):
                raise Ended
            octets += self.take(1) if limit is not None else self.line_octets()
        if limit == -1:
            self.server.seen.append(octets)
            raise Ended
        text = octets[:-3]
        if text.startswith(b"."):
            text = text[1:]
        self.received(text.replace(b"\r\n.", b"\r\n"), "dot")

    def line_octets(self):
        while b"\n" not in self.buffer:
            self.fill()
        return self.take(self.buffer.index(b"\n") + 1)

    def on_bdat(self, rest):
        size, _, last = rest.partition(" ")
        self.chunks += self.take(int(size))
        if last:
            octets, self.chunks = self.chunks, b""
            self.received(octets, "dot")
        else:
            self.answer("bdat", "250 2.0.0 chunk taken")

    def received(self, octets, stage):
        self.server.seen.append(octets)
        mail = Mail(self.sender, self.recipient, octets, self.parameters, self.tls, self.user)
        if self.answer(stage, "250 2.0.0 queued"):
            self.server.mails.append(mail)

    def on_rset(self, rest):
        self.chunks = b""
        self.answer("rset", "250 2.0.0 ok")

    def on_quit(self, rest):
        self.answer("quit", "221 2.0.0 bye")
        return False


class Server:
    def __init__(self, extensions=("PIPELINING", "ENHANCEDSTATUSCODES", "DSN"), certificate=None,
                 users=None, must_auth=False, body=None, port=0, **script):
        self.extensions, self.certificate, self.body = extensions, certificate, body
        self.users, self.must_auth = users or {}, must_auth
        self.script = {stage: list(actions) if isinstance(actions, list) else actions
                       for stage, actions in script.items()}
        self.mails = []       # taken with 2xx
        self.seen = []        # octets of every mail whose end came
        self.commands = []
        self.handshakes = []  # TLS versions, or what was wrong
        self.sessions = 0
        self.helo = ""
        self.stopped = threading.Event()
        self.port = port or closed_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def action(self, stage):
        actions = self.script.get(stage)
        if isinstance(actions, list):
            return actions.pop(0) if actions else None
        return actions

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.sessions += 1
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        connection.settimeout(600)
        session = Session(self, connection)
        try:
            session.run()
        except (Ended, OSError, ValueError):
            pass
        finally:
            session.socket.close()

    def at_rest(self):
        """Waits until every session is over: nothing more comes, all that came is in the lists."""
        for thread in self.threads[1:]:
            thread.join(60)
            assert not thread.is_alive(), "a session does not end"

    def stop(self):
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def certificate(path, name="localhost", address="127.0.0.1"):
    """A certificate that signs itself; (certificate file, key file)."""
    files = str(path / f"{name}.crt"), str(path / f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "36500", "-subj",
                    f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:{address}",
                    "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


held = []  # sockets that keep the ports of this run


def closed_port():
    """A port that is ours until this run is over: bound here and not listened on, so that
    connections are refused, nobody else is given it, and a program with SO_REUSEADDR may listen."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", 0))
    held.append(s)
    return s.getsockname()[1]


class Full:
    """A port whose queue is full: connections to it are neither made nor refused."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
            self.clients.append(client)
        assert select.select([], self.clients, [], 60)[1], "nobody is in the queue"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.close()
        self.listener.close()
