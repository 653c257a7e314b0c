#!/usr/bin/env python3
"""A webhook receiver that verifies every delivery with the official standardwebhooks library.

Usage: standard_webhooks_receiver.py --secret whsec_… [--secret whsec_…]

Listens on a port of 127.0.0.1 that the kernel chooses and prints {"http": …}. A delivery that verifies with one of the
secrets is answered by 200, any other by 401. GET /_control/deliveries lists all of them.
"""

import argparse
import json
import threading

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from local_server import Handler, Server


def verdict(webhooks, body, headers):
    words = "no secret"
    for webhook in webhooks:
        try:
            webhook.verify(body, headers)
            return "accepted"
        except (WebhookVerificationError, ValueError) as error:
            words = f"{type(error).__name__}: {error}"
    return words


def make_handler(webhooks):
    deliveries = []

    class Receiver(Handler):
        def do_GET(self):
            self.answer(200, list(deliveries))

        def do_POST(self):
            body = self.read_body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            result = verdict(webhooks, body, headers)
            deliveries.append(
                {"path": self.path, "headers": headers, "body": body.decode("utf-8", "replace"), "verdict": result})
            if result == "accepted":
                self.answer(200, b"{}")
            else:
                self.answer(401, {"error": result})

    return Receiver


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secret", action="append", required=True)
    server = Server(make_handler([Webhook(secret) for secret in parser.parse_args().secret]))
    server.start()
    print(json.dumps({"http": server.port}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
