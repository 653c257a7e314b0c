"""A receiver of webhooks that notes each message before it answers."""
import hashlib
import http.server
import json
import threading


def receipts_of(target, body, accepted):
    """One receipt for each event that a message reports: a digest reports several."""
    data = json.loads(body).get("data", {})
    digest = hashlib.sha256(body).hexdigest()
    # What is in a digest is compared event by event: its message as a whole is another one than that of each event.
    parts = [(part, "in a digest") for part in data["events"]] if data.get("event") == "digest" else [(data, digest)]
    return [
        {"target": target, "body": words, "accepted": accepted,
         **{key: part.get(key) for key in ("id", "event", "cluster", "from", "to")}} for part, words in parts]


class Receiver:
    """One server for several targets: the path names the target. `note` is called with each receipt before the answer
    is sent; `plan` decides the answer: (seconds to wait, status)."""

    def __init__(self, note, plan=lambda target: (0, 204)):
        self.plan = plan
        self.receipts = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                target = self.path.strip("/")
                wait, status = outer.plan(target)
                with outer.lock:
                    for receipt in receipts_of(target, body, status < 300):
                        outer.receipts.append(receipt)
                        note(receipt)
                if wait:
                    outer.stopping.wait(wait)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    # The sender was killed.
                    self.close_connection = True

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.stopping = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, target):
        return "http://127.0.0.1:%d/%s" % (self.server.server_address[1], target)

    def count(self):
        with self.lock:
            return len(self.receipts)

    def since(self, place):
        with self.lock:
            return self.receipts[place:]

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
