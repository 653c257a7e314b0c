"""Broken requests for polarai-web: web_fuzz.py PORT PID [COUNT] [SEED]

Sends COUNT mutated requests on several connections at once, with slow senders and idle connections beside them. Whatever
comes, the program must stay up, answer /-/healthy, never say 500 or 502, and not grow. Prints what is wrong and what was
answered; exits 1 if anything is wrong. A run is repeated by its SEED.
"""
import collections
import random
import socket
import sys
import threading
import time

PORT, PID = int(sys.argv[1]), int(sys.argv[2])
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 50_000
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
WORKERS = 8
PATHS = ["/", "/history", "/runs", "/alerts", "/silences", "/tasks/pm-1", "/api/v1/status", "/api/v1/history",
         "/api/v1/runs", "/api/v1/alerts", "/api/v1/silences", "/api/v1/tasks/pm-1", "/api/v1/tasks/pm-1/curve",
         "/api/v1/openapi.json", "/feed.atom", "/metrics", "/-/healthy", "/-/ready", "/style.css", "/nothing"]
NAMES = ["limit", "cursor", "cluster", "event", "status", "account", "since", "until", "target", "state", "lang", "all"]
VALUES = ["0", "1", "-1", "1000", "99999999999999999999", "%00", "%", "%zz", "%ff%fe", "night*", "[", "[!", "@1e999", "yesterday",
          "2026-13-45", "'; DROP TABLE events; --", "<script>", "%E2%80%AE", "zh", "x" * 5000, "..%2f..%2fetc", ""]
METHODS = ["GET"] * 30 + ["HEAD"] * 4 + ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G\0T", ""]
HEADERS = [b"Accept: */*", b"Accept: application/openmetrics-text", b"Accept-Language: zh;q=0.9, en;q=2, *;q=NaN",
           b"If-None-Match: \"a\", W/\"b\", *", b"If-None-Match: " + b"\"x\"," * 2000, b"Authorization: Basic Og==",
           b"Authorization: Basic !!!!", b"Authorization: Bearer ", b"Last-Event-ID: 18446744073709551616",
           b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
           b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked, chunked", b"Expect: 100-continue",
           b"Upgrade: h2c", b"Connection: upgrade, close", b"Host: other.example.com", b"Range: bytes=0-,0-,0-",
           b"X-Forwarded-For: ::1", b"Cookie: " + b"a=b; " * 3000, b" folded: line", b"no colon", b": no name",
           b"A" * 70_000 + b": long", b"Null: \0", b"Bad\xff: \xfe\xfd"]
PREFACES = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"\x05\x01\x00",
            b"SSH-2.0-OpenSSH\r\n", b"\0" * 4096, b"\r\n\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n"]

wrong = []
answers = collections.Counter()
lock = threading.Lock()


def target(chance):
    path = chance.choice(PATHS)
    if chance.random() < 0.15:
        path = "/" + "".join(chance.choice("./%2eab\\;:@&=+$,~#?é\u202e") for _ in range(chance.randrange(60)))
    if chance.random() < 0.1:
        path = chance.choice(["http://localhost", "//", "*", "http://[::1", "/" * 3000]) + path
    if chance.random() < 0.6:
        pairs = [f"{chance.choice(NAMES)}={chance.choice(VALUES)}" for _ in range(chance.choice([1, 1, 1, 2, 2, 5]))]
        path += "?" + chance.choice(["&", "&&", ";"]).join(pairs)
    return path.encode("utf-8", "surrogatepass")


def request(chance):
    if chance.random() < 0.03:
        return chance.choice(PREFACES)
    lines = [chance.choice(METHODS).encode() + b" " + target(chance) + b" " + chance.choice(
        [b"HTTP/1.1"] * 20 + [b"HTTP/1.0", b"HTTP/2.0", b"", b"HTTP/1.1 x"])]
    if chance.random() < 0.97:
        hosts = [b"localhost", b"127.0.0.1:1", b"[::1]"] * 8 + [b"", b"a b", b"localhost,localhost"]
        lines.append(b"Host: " + chance.choice(hosts))
    # Most requests are broken in one way only: they get further than those that are broken in many.
    lines += [chance.choice(HEADERS) for _ in range(chance.choice([0, 0, 0, 0, 1, 1, 2, 8]))]
    end = chance.choice([b"\r\n"] * 18 + [b"\n", b"\r"])
    whole = bytearray(end.join(lines) + end + end)
    if chance.random() < 0.05:
        whole += chance.choice([b"5\r\nhello\r\n0\r\n\r\n", b"hello", bytes(100_000), b"ffffffffffffffff\r\n"])
    for _ in range(chance.choice([0] * 12 + [1, 1, 3, 20])):
        place = chance.randrange(len(whole))
        kind = chance.randrange(4)
        if kind == 0:
            whole[place] = chance.randrange(256)
        elif kind == 1:
            del whole[place:place + chance.randrange(1, 20)]
        elif kind == 2:
            whole[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
        else:
            whole[place:place] = whole[:chance.randrange(len(whole) + 1)]
        if not whole:
            break
    return bytes(whole[:200_000])


def ask(data, limit=60):
    """The status of the first answer: 0 if the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=limit) as connection:
        try:
            connection.sendall(data)
            # Nothing more comes: a request that is not whole is not waited for.
            connection.shutdown(socket.SHUT_WR)
            head = connection.recv(4096)
        except (ConnectionResetError, BrokenPipeError):
            return 0
        words = head.split(b" ", 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def memory():
    with open(f"/proc/{PID}/status") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))


def work(number):
    chance = random.Random(SEED * 1000 + number)
    for _ in range(COUNT // WORKERS):
        data = request(chance)
        for attempt in (1, 2):
            try:
                status = ask(data)
                break
            except TimeoutError:
                status = -1
            except OSError as error:
                status = -2
                if attempt == 2:
                    with lock:
                        wrong.append(f"{error!r} at {data[:200]!r}")
        with lock:
            answers[status] += 1
            if status in (-1, 500, 501, 502):
                wrong.append(f"{status} for {data[:300]!r}")


def slow(end):
    """Senders of one byte a second, and connections that send nothing: they must not keep the others out."""
    connections = []
    for number in range(40):
        try:
            connections.append(socket.create_connection(("127.0.0.1", PORT), timeout=5))
        except OSError:
            pass
    while not end.wait(1):
        for number, connection in enumerate(connections[:20]):
            try:
                connection.send(b"G")
            except OSError:
                pass
    for connection in connections:
        connection.close()


before = memory()
end = threading.Event()
slowly = threading.Thread(target=slow, args=(end,))
slowly.start()
workers = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
started = time.monotonic()
for worker in workers:
    worker.start()
largest = before
while any(worker.is_alive() for worker in workers):
    largest = max(largest, memory())
    time.sleep(0.2)
end.set()
slowly.join()
if ask(b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") != 200:
    wrong.append("/-/healthy is not answered at the end")
if largest > max(150, before + 100):
    wrong.append(f"it grew from {before} MB to {largest} MB")
for line in wrong[:50]:
    print(line)
print(f"{sum(answers.values())} requests in {time.monotonic() - started:.0f} s: {dict(answers.most_common())}; "
      f"{before} MB before, at most {largest} MB")
sys.exit(1 if wrong else 0)
