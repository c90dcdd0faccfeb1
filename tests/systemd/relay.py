"""The relay of the tests, as a unit of the machine: who got what, a line each."""
import sys
import time

from smtp import Server

server = Server(port=25, users={"convened": "geheim"}, must_auth="auth" in sys.argv[2:],
                data=lambda session: time.sleep(0.05))
told = 0
with open(sys.argv[1], "a", encoding="utf-8") as f:
    while True:
        for mail in server.mails[told:]:
            message_id = next(line for line in mail.octets.split(b"\r\n") if line.lower().startswith(b"message-id"))
            print(mail.recipient, mail.user or "-", message_id.decode(), file=f, flush=True)
            told += 1
        time.sleep(0.02)
