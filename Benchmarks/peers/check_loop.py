"""A loop that checks addresses and calls a webhook, as Gatus does: what it knows is in memory alone.

check_loop.py HTTP_PORT TASK...

Once a second each address is read. The first bad answer sends a message; if the receiver refuses it, the next bad answer
does. A good answer ends the alert.
"""

import concurrent.futures
import http.client
import json
import sys
import threading
import time

port, *tasks = sys.argv[1:]
failing = set()
local = threading.local()


def call(method, path, body=None):
    connection = getattr(local, "connection", None)
    if connection is None:
        connection = local.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:
        local.connection = None
        raise


def check(task):
    try:
        status, body = call("GET", "/health/" + task)
        is_good = status == 200 and json.loads(body)["status"] != "FAILED"
    except OSError:
        is_good = False
    if is_good:
        failing.discard(task)
    elif task not in failing:
        try:
            status, _ = call("POST", "/hook/check-loop", json.dumps({"task": task, "status": "FAILED"}))
        except OSError:
            return
        if status == 200:
            failing.add(task)


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    while True:
        begin = time.monotonic()
        list(pool.map(check, tasks))
        time.sleep(max(0, begin + 1 - time.monotonic()))
