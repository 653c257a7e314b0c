"""How late the calls of a host can have been counted, measured while it ran.

A daemon takes a call from its budget, signs it, and sends it; the simulator counts it when it has read it. Whatever comes
between moves the calls of a burst closer together: calls that were taken 0.3 s apart, but wait for one busy thread or one busy
simulator, are counted in the same moment. So a rate that is kept exactly looks as if it were passed by
(calls per second) x (that delay), and no more. Two delays are measured, 20 times a second:

- of the simulator: how long it needs for an answer to a request that costs it nothing;
- of each daemon: how long the busiest of its threads ran or waited for a processor. A thread that signs 40 calls sends
  none of them meanwhile, and one that has no processor sends none either.
"""

import http.client
import pathlib
import threading
import time

PULSE = 0.05


class Delays(threading.Thread):
    def __init__(self, port, daemons):
        super().__init__(daemon=True)
        self.port = port
        self.daemons = daemons
        # (begin, end) of each request to the simulator, by the wall clock.
        self.answers = []
        # By a host's name: (at, {thread: seconds that it ran or waited for a processor}).
        self.threads = {daemon.name: [] for daemon in daemons}
        self.is_over = threading.Event()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.is_over.wait(PULSE):
            begin = time.time()
            try:
                connection.request("GET", "/_control/pulse")
                connection.getresponse().read()
            except OSError:
                connection.close()
            self.answers.append((begin, time.time()))
            for daemon in self.daemons:
                self.threads[daemon.name].append((time.time(), self.busy_threads(daemon)))

    @staticmethod
    def busy_threads(daemon):
        found = {}
        if daemon.process is None:
            return found
        for entry in pathlib.Path(f"/proc/{daemon.process.pid}/task").glob("*/schedstat"):
            try:
                ran, waited, _ = entry.read_text().split()
                found[entry.parent.name] = (int(ran) + int(waited)) / 1e9
            except (OSError, ValueError):
                continue
        return found

    def end(self):
        self.is_over.set()
        self.join(35)

    def before(self, at, host, seconds=1.0):
        """The longest delay of the simulator, and of the host, in the time before a moment; in seconds."""
        simulator = max((end - begin for begin, end in self.answers if begin <= at and end >= at - seconds), default=0.0)
        samples = [threads for moment, threads in self.threads.get(host, []) if at - seconds <= moment <= at + PULSE]
        if not samples:
            return simulator, 0.0
        first, last = samples[0], samples[-1]
        return simulator, max((last[thread] - first.get(thread, 0.0) for thread in last), default=0.0)
