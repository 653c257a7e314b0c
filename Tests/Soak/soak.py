#!/usr/bin/env python3
"""Ordinary work for an hour: what the daemon uses stays flat.

    soak.py PROGRAMS [--minutes N] [--tasks N] [--keep]

PROGRAMS is the folder of polarai-daemon and polarai-simulator. Trainings start and end, two receivers get every event, one
of them is slow; every minute the config is reloaded, an operator looks at the history, and a silence begins. Resident
memory, descriptors, threads, the size of the database per event and the time from a change to its receipt are measured
every few seconds. After a time to settle their trend must be flat. At the end the one checker compares what the simulator
showed, what the database says and what the receivers got. Exits 0, or 1 with each breach on a line.
"""
import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Proof"))

# pylint: disable=wrong-import-position
import checker  # noqa: E402
import site_of_daemon as sites  # noqa: E402
from receiver import Receiver  # noqa: E402

ROUTES = [{"events": sorted(checker.STATUS_EVENTS), "targets": ["ops", "slow"]}]
# What each figure may grow by in an hour, beyond what is noise.
LIMITS = {"resident_kb": 4096, "descriptors": 8, "threads": 4, "log_kb": 8192, "lag_ms": 2000}


class Soak:
    def __init__(self, site, count, seed):
        self.site = site
        self.random = random.Random(seed)
        self.tasks = ["pm-soak%05d" % number for number in range(1, count + 1)]
        self.truth = {task: ["ACTIVATION"] for task in self.tasks}
        self.changed_at = {}
        self.arrived = {}
        self.lags = []
        self.lock = threading.Lock()
        self.receiver = Receiver(self.note, lambda target: (0.2 if target == "slow" else 0, 204))
        self.samples = []
        self.breaches = []

    def note(self, receipt):
        """Called by the receiver: a change has arrived at the fast target."""
        if receipt["target"] != "ops":
            return
        with self.lock:
            began = self.changed_at.pop((receipt["cluster"], receipt["to"]), None)
            if began is not None:
                self.lags.append((time.monotonic() - began) * 1000)
            self.arrived[receipt["cluster"]] = receipt["to"]

    def prepare(self):
        self.site.start_simulator({"tasks": [
            {"id": task, "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for task in self.tasks]})
        hook = {"type": "webhook", "retry": ["1s"], "rate": "1000/1s"}
        self.site.write("etc/config.json", {
            "api": {"region": "cn-beijing", "endpoint": self.site.url, "calls_per_second": 500, "burst": 200,
                    "credentials": {"type": "access_key", "access_key_id": "testid",
                                    "access_key_secret": "testsecret"}},
            "clusters": self.tasks, "schedule": {"running": "1s", "settled": "1s", "stall_after": "0"},
            "targets": {name: dict(hook, url=self.receiver.url(name)) for name in ("ops", "slow")},
            "routes": ROUTES, "storage": {"path": self.site.database}})

    def run(self, minutes):
        self.prepare()
        daemon = self.site.start_daemon()
        if not daemon.await_start():
            raise sites.Failed("the daemon does not start: " + daemon.log[-400:])
        self.ready = set(self.tasks)
        began = time.monotonic()
        end = began + minutes * 60
        chores_at, sample_at = began + 20, began
        while time.monotonic() < end:
            if daemon.process.poll() is not None:
                raise sites.Failed("the daemon ended with %s: %s" % (daemon.process.poll(), daemon.log[-400:]))
            now = time.monotonic()
            daemon.listen()
            self.change()
            if now >= chores_at:
                self.chores()
                chores_at = now + 60
            if now >= sample_at:
                self.measure(daemon.process.pid, now - began)
                sample_at = now + 2
            time.sleep(0.1)
        self.finish(daemon)

    def change(self):
        """A few trainings start or end, of those whose last change has arrived."""
        for task in self.random.sample(self.tasks, max(1, len(self.tasks) // 40)):
            with self.lock:
                is_known = len(self.truth[task]) == 1 or self.arrived.get(task) == self.truth[task][-1]
                if not is_known:
                    continue
                status = "ACTIVATION" if self.truth[task][-1] != "ACTIVATION" else self.random.choice(
                    ["COMPLETED", "FAILED"])
                self.truth[task].append(status)
                self.changed_at[task, status] = time.monotonic()
            self.site.set_status(task, status)

    def chores(self):
        for arguments in [
                ("reload",), ("history", "--limit", "50"), ("status",),
                ("silence", "add", "--cluster", "pm-nobody", "--for", "1s", "--comment", "soak")]:
            code, _, errors = self.site.command(*arguments)
            if code != 0:
                self.breaches.append("%s: exit code %d: %s" % (arguments[0], code, errors.strip()))

    def measure(self, pid, seconds):
        with open("/proc/%d/status" % pid) as file:
            status = dict(line.split(":", 1) for line in file)
        with self.lock:
            lags, self.lags = self.lags, []
        database = self.site.database
        events = sum(len(truth) for truth in self.truth.values())
        self.samples.append({
            "seconds": seconds, "resident_kb": int(status["VmRSS"].split()[0]), "threads": int(status["Threads"]),
            "descriptors": len(os.listdir("/proc/%d/fd" % pid)),
            "log_kb": os.path.getsize(database + "-wal") // 1024, "lag_ms": sorted(lags)[len(lags) // 2] if lags else None,
            "database_kb": os.path.getsize(database) // 1024, "events": events})

    def finish(self, daemon):
        def is_settled():
            rows = self.site.history()[0]
            return rows and all(
                alert["state"] in checker.OVER for row in rows for alert in row["alerts"]) and all(
                    len(truth) == 1 or self.arrived.get(task) == truth[-1] for task, truth in self.truth.items())
        sites.wait_for("all is stored and delivered", is_settled, step=1)
        code = daemon.stop()
        if code != 0:
            self.breaches.append("SIGTERM: ended with %s" % code)
        rows = self.site.history()[0]
        self.breaches += checker.everything(
            {task: [(status, 60) for status in truth] for task, truth in self.truth.items()}, rows,
            self.receiver.since(0), lambda row: set() if row["kind"] == "first_seen" else {"ops", "slow"})
        self.events = len(rows)
        self.breaches += ["%s grows by %.0f an hour" % (name, slope) for name, slope in self.slopes().items()
                          if slope > LIMITS[name]]

    def slopes(self):
        """By how much each figure grows in an hour: from the median of the second quarter to that of the last."""
        quarter = len(self.samples) // 4
        early, late = self.samples[quarter:2 * quarter], self.samples[3 * quarter:]
        slopes = {}
        for name in LIMITS:
            before, after = middle(early, name), middle(late, name)
            if before is not None and after is not None:
                hours = (middle(late, "seconds") - middle(early, "seconds")) / 3600
                # Short runs: a step of some hundred kilobytes is not a trend.
                noise = {"resident_kb": 768, "log_kb": 4096, "lag_ms": 500}.get(name, 2)
                slopes[name] = max(0, after - before - noise) / hours
        return slopes

    def quarters(self, name):
        """The median of each quarter of the run."""
        count = len(self.samples)
        values = [middle(self.samples[part * count // 4:(part + 1) * count // 4], name) for part in range(4)]
        return [None if value is None else round(value) for value in values]

    def figures(self):
        last = self.samples[-1]
        return {
            "minutes": round(last["seconds"] / 60, 1), "tasks": len(self.tasks), "events": self.events,
            "receipts": self.receiver.count(), **{name: self.quarters(name) for name in LIMITS},
            "database_bytes_per_event": last["database_kb"] * 1024 // max(1, last["events"]),
            "grows_an_hour": {name: round(slope) for name, slope in self.slopes().items()},
            "breaches": len(self.breaches)}


def middle(samples, name):
    values = sorted(sample[name] for sample in samples if sample[name] is not None)
    return values[len(values) // 2] if values else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with config, logs and database")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="soak-")
    soak = Soak(sites.Site(folder, arguments.programs), arguments.tasks, arguments.seed)
    try:
        soak.run(arguments.minutes)
    finally:
        soak.receiver.stop()
        soak.site.clean_up()
        if arguments.keep:
            print("kept: " + folder, flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for breach in soak.breaches:
        print("BREACH: " + breach, flush=True)
    print(json.dumps(soak.figures()), flush=True)
    sys.exit(1 if soak.breaches else 0)


if __name__ == "__main__":
    main()
