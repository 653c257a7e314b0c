"""Trainings that fail when a trial says so, and receivers that are away when it says so.

One HTTPS server answers as the API does, one HTTP server as an exporter for Prometheus and as a page of health for a check
loop; all three say the same at the same time. Both listen on 127.0.0.1.
"""

import datetime
import http.server
import json
import pathlib
import ssl
import threading
import time
import urllib.parse

TEMPLATE = json.loads((pathlib.Path(__file__).resolve().parent.parent / "answer.json").read_text())


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    def __init__(self, tasks):
        self.tasks = [f"pm-2zebench{100000 + number}" for number in range(tasks)]
        self.lock = threading.Lock()
        begin = time.time() - 3600
        # Status, begin and end of the current run.
        self.runs = {task: ("ACTIVATION", begin, None) for task in self.tasks}
        self.is_away = False
        # Receiver, time and body of what was taken.
        self.taken = []
        # The tasks that the API was asked for since somebody began to count.
        self.asked = set()

    def fail(self, task):
        with self.lock:
            self.runs[task] = ("FAILED", self.runs[task][1], time.time())

    def run_again(self, task):
        with self.lock:
            self.runs[task] = ("ACTIVATION", time.time(), None)

    def answer(self, task):
        """What the API says of a task."""
        with self.lock:
            status, begin, end = self.runs[task]
            self.asked.add(task)
        answer = dict(TEMPLATE, RequestId="45D24263-7E3A-4140-9472-%012d" % (time.monotonic_ns() % 10**12))
        answer.update(DBClusterId=task, DBClusterStatus=status, DBClusterStatusDesc=status)
        run = dict(TEMPLATE["TaskInfo"][0], StartTime=utc(begin))
        if end is not None:
            run["CompletedTime"] = utc(end)
        answer["TaskInfo"] = [run]
        return answer

    def metrics(self):
        """All tasks as an exporter shows them that costs nothing itself."""
        with self.lock:
            lines = [
                'training_failed{task="%s"} %d' % (task, status == "FAILED") for task, (status, _, _) in self.runs.items()]
        return "# TYPE training_failed gauge\n" + "\n".join(lines) + "\n"

    def take(self, receiver, body):
        """Whether the receiver takes a message now."""
        with self.lock:
            if self.is_away:
                return False
            self.taken.append((receiver, time.monotonic(), body))
            return True

    def messages(self, receiver, task, since):
        """Times of the messages that tell of the failure of a task."""
        with self.lock:
            return [
                at for name, at, body in self.taken
                if name == receiver and at >= since and task in body and ("FAILED" in body or '"firing"' in body)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self, status, text, kind="application/json"):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")

    def do_GET(self):
        self.handle_call()

    def do_POST(self):
        self.handle_call()

    def handle_call(self):
        world, body = self.server.world, self.body()
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/hook/"):
            took = world.take(url.path.removeprefix("/hook/"), body)
            self.respond(200 if took else 503, "{}")
        elif url.path == "/metrics":
            self.respond(200, world.metrics(), "text/plain; version=0.0.4")
        elif url.path.startswith("/health/"):
            self.respond(200, json.dumps({"status": world.runs[url.path.removeprefix("/health/")][0]}))
        elif self.headers.get("x-acs-action") == "DescribeAIDBClusterTaskAttribute":
            task = urllib.parse.parse_qs(url.query)["DBClusterId"][0]
            self.respond(200, json.dumps(world.answer(task)))
        else:
            # Progress and logs: nothing is known.
            self.respond(200, json.dumps({"RequestId": "45D24263-7E3A-4140-9472-BEDF60A15A4E"}))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def serve(world, certificate=None, key=None):
    """The port of a server for a world, over TLS if it gets a certificate."""
    server = Server(("127.0.0.1", 0), Handler)
    server.world = world
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
