#!/usr/bin/env python3
"""A mail server (aiosmtpd) whose mails are read by Python's own library.

Usage: mail_server.py [--cert FILE --key FILE] [--user NAME --password P]

Listens on ports of 127.0.0.1 that the kernel chooses and prints {"smtp": STARTTLS if there is a certificate,
"smtps": TLS from the start, "control": …}. With --user both want a login. The control port takes a plan at POST /plan:

    {"recipients": {"a@example.com": ["450 4.2.0 later", "250"]},   one reply an attempt, the last one again and again
     "sender": ["550 5.7.1 no"], "mail": ["421 4.3.2 going down", "silent", "close", "250"]}

"silent" never answers, "close" hangs up without an answer. GET /mails shows what was accepted: envelope, header fields
in order, parts, defects that the library found, and the digest of the bytes. GET /talks: the EHLO names, whether TLS and
a login were used.
"""

import argparse
import asyncio
import email
import email.policy
import hashlib
import json
import ssl
import threading

from aiosmtpd.smtp import SMTP, AuthResult

from local_server import Handler, Server


class Book:
    def __init__(self):
        self.lock = threading.Lock()
        self.plan = {}
        self.mails = []
        self.talks = []

    def next(self, *path):
        """The next reply of a plan; None: as it should be."""
        with self.lock:
            entry = self.plan
            for part in path:
                entry = entry.get(part) if isinstance(entry, dict) else None
            if not entry:
                return None
            reply = entry.pop(0) if len(entry) > 1 else entry[0]
        return None if reply.startswith("250") else reply


class Receiver:
    def __init__(self, book):
        self.book = book

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        with self.book.lock:
            self.book.talks.append({
                "hello": session.host_name, "user": getattr(session, "user", None),
                "tls": server.transport.get_extra_info("ssl_object") is not None})
        refusal = self.book.next("sender")
        if refusal:
            return refusal
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.book.next("recipients", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        step = self.book.next("mail")
        with self.book.lock:
            self.book.mails.append(dict(read(envelope), answered=step or "250"))
        if step == "silent":
            await asyncio.sleep(600)
        if step == "close":
            server.transport.abort()
            return "421 closed"
        return step or f"250 2.0.0 queued as {len(self.book.mails)}"


def read(envelope):
    raw = envelope.original_content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    defects += [f"{name}: {defect}" for name, value in message.items() for defect in getattr(value, "defects", ())]
    return {
        "from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": [[n, str(v)] for n, v in message.items()],
        "parts": [{"type": part.get_content_type(), "text": part.get_content()} for part in parts],
        "defects": defects, "digest": hashlib.sha256(raw).hexdigest(),
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "bare_line_ends": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
    }


async def listen(book, options, tls=None, **settings):
    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (options.user.encode(), options.password.encode())
        if good:
            session.user = data.login.decode()
        return AuthResult(success=good, handled=False)

    if options.user:
        settings.update(authenticator=authenticate, auth_required=True, auth_require_tls=bool(options.cert) and not tls)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Receiver(book), hostname="mail.example.com", **settings), "127.0.0.1", 0, ssl=tls)
    return server.sockets[0].getsockname()[1]


def make_control(book):
    class Control(Handler):
        def do_GET(self):
            with book.lock:
                self.answer(200, book.mails if self.path == "/mails" else book.talks)

        def do_POST(self):
            with book.lock:
                book.plan = json.loads(self.read_body())
            self.answer(200, {})

    return Control


async def serve(options):
    book = Book()
    ports = {}
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        ports["smtp"] = await listen(book, options, tls_context=context)
        ports["smtps"] = await listen(book, options, tls=context)
    else:
        ports["smtp"] = await listen(book, options)
    control = Server(make_control(book))
    control.start()
    print(json.dumps({**ports, "control": control.port}), flush=True)
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
