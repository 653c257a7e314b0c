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

    def during(self, begin, end, host):
        """The longest delay of the simulator, and of the host, between two moments; in seconds.

        A busy account stays as far beyond its rate as its latest clump has made it: so from when it began to be busy.
        """
        begin -= 1
        simulator = max((done - asked for asked, done in self.answers if asked <= end and done >= begin), default=0.0)
        samples = [sample for sample in self.threads.get(host, []) if begin <= sample[0] <= end + PULSE]
        thread, first = 0.0, 0
        for moment, busy in samples:
            while moment - samples[first][0] > 1:
                first += 1
            earlier = samples[first][1]
            thread = max([thread] + [seconds - earlier[name] for name, seconds in busy.items() if name in earlier])
        return simulator, thread
