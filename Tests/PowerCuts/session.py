"""The daemon at work on a disk that is recorded, with everything that others see of it in the same record."""
import json
import os
import random
import subprocess
import threading
import time

from receiver import Receiver
from record import Marks
import checker
import database
import shim
import site_of_daemon as sites

TASKS = ["pm-cut%05d" % number for number in range(1, 6)]
ROUTES = [
    {"events": ["started", "restarted", "completed", "failed", "changed"], "targets": ["ops"]},
    {"events": ["failed"], "targets": ["log"]},
]


def routed(row):
    """The targets of an event, by ROUTES; a first answer is reported only if it is a failure."""
    if row["kind"] == "first_seen" and row["event"] != "failed":
        return set()
    return {target for route in ROUTES if row["event"] in route["events"] for target in route["targets"]}


class Session:
    """The daemon at work; one recording. `marks` of kind "shown" (a row of the history), "states" (of alerts), "receipt", "backup"."""

    def __init__(self, site, library, seed):
        self.site = site
        self.random = random.Random(seed)
        self.record = site.path("record")
        self.marks = Marks(self.record)
        # Without a library nothing is recorded but the marks.
        self.extra = shim.environment(library, site.path("state"), record=self.record) if library else {}
        self.receiver = Receiver(lambda receipt: self.marks.append(receipt=receipt), self.plan)
        self.is_rough = True
        self.truth = {task: ["ACTIVATION"] for task in TASKS}
        self.shown = {}
        # How many receipts there were when an alert was first shown as over.
        self.over = {}
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.threads = []
        self.follower = None
        self.error = None

    def plan(self, _):
        """Receivers are slow at times, and refuse now and then."""
        if not self.is_rough:
            return 0, 204
        return self.random.choice([0, 0, 0, 0.05, 0.2]), self.random.choice([204, 204, 204, 204, 503])

    def prepare(self, old_schema=None):
        site = self.site
        site.start_simulator({"tasks": [
            {"id": task, "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for task in TASKS]})
        self.write_config("100ms")
        if old_schema:
            database.make_old(site.database, old_schema, 400, "ops", int(time.time() * 1000) - 60000)

    def write_config(self, running):
        hook = {"type": "webhook", "retry": ["100ms", "300ms"], "rate": "1000/1s"}
        self.site.write("etc/config.json", {
            "api": {"region": "cn-beijing", "endpoint": self.site.url, "calls_per_second": 200, "burst": 100,
                    "credentials": {"type": "access_key", "access_key_id": "testid",
                                    "access_key_secret": "testsecret"}},
            "clusters": TASKS, "schedule": {"running": running, "settled": running, "stall_after": "0"},
            "targets": {name: dict(hook, url=self.receiver.url(name)) for name in ("ops", "log")},
            "routes": ROUTES, "storage": {"path": self.site.database}})

    # What others see, noted as soon as it is seen

    def follow(self):
        follower = subprocess.Popen(
            [self.site.program("polarai-daemon"), "history", "--follow", "--limit", "0", "--format", "jsonl"],
            env=self.site.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.site.processes.append(follower)
        self.follower = follower
        for line in follower.stdout:
            row = json.loads(line)
            self.marks.append(shown={key: row[key] for key in ("id",) + checker.IDENTITY})
            with self.lock:
                self.shown[row["id"]] = row

    def watch_states(self):
        seen = {}
        while not self.is_over.wait(0.7):
            rows, _, _ = self.site.history()
            place = self.receiver.count()
            for row in rows or []:
                for alert in row["alerts"]:
                    if alert["state"] in checker.OVER:
                        self.over.setdefault((row["id"], alert["target"]), place)
            states = {
                "%s %s" % (row["id"], alert["target"]): alert["state"] for row in rows or [] for alert in row["alerts"]}
            news = {key: state for key, state in states.items() if seen.get(key) != state}
            if news:
                self.marks.append(states=news)
            seen.update(news)

    def last_shown(self, task):
        with self.lock:
            rows = [row for row in self.shown.values() if row["cluster"] == task]
        return max(rows, key=lambda row: row["seq"])["to"] if rows else None

    # What happens

    def background(self, function):
        def body():
            try:
                function()
            except Exception as error:  # noqa: BLE001 - reported by the thread that waits
                self.error = error
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def change(self, task):
        """The next status of a task whose last one is in the history."""
        status = self.random.choice(["COMPLETED", "FAILED"]) if self.truth[task][-1] == "ACTIVATION" else "ACTIVATION"
        self.truth[task].append(status)
        self.site.set_status(task, status)

    def change_tasks(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for task in TASKS:
                if self.last_shown(task) == self.truth[task][-1] and self.random.random() < 0.5:
                    self.change(task)
            time.sleep(0.03)

    def start(self):
        daemon = self.site.start_daemon(self.extra)
        if not daemon.await_start():
            raise sites.Failed("the daemon ended at its start: " + daemon.log[-500:])
        return daemon

    def run(self, seconds):
        """A start, work with all that an operator does meanwhile, a kill, a start, more work, a stop, a start."""
        daemon = self.start()
        self.background(self.follow)
        self.background(self.watch_states)
        self.change_tasks(seconds / 4)
        self.command("silence", "add", "--target", "log", "--for", "2s", "--comment", "recorded")
        self.change_tasks(seconds / 8)
        self.back_up("first")
        self.write_config("150ms")
        self.command("reload")
        self.change_tasks(seconds / 8)
        failures = [name for name, row in self.shown.items() if row["event"] == "failed"]
        for name in failures[:2]:
            self.command("ack", name, "--by", "recorder")
        daemon.kill()
        daemon = self.start()
        self.change_tasks(seconds / 4)
        self.stop(daemon)
        self.command("silence", "add", "--cluster", TASKS[0], "--for", "1s", "--comment", "without a daemon")
        daemon = self.start()
        self.change_tasks(seconds / 4)
        self.settle()
        self.back_up("second")
        self.stop(daemon)
        self.is_over.set()
        self.follower.terminate()
        for thread in self.threads:
            thread.join(sites.PATIENCE)
        self.marks.close()

    def stop(self, daemon):
        code = daemon.stop()
        if code != 0:
            raise sites.Failed("SIGTERM: the daemon ended with %s" % code)

    def settle(self):
        """All is stored, and nothing waits."""
        self.is_rough = False

        def is_settled():
            if self.error:
                raise self.error
            rows, _, _ = self.site.history()
            return rows and all(self.last_shown(task) == self.truth[task][-1] for task in TASKS) and all(
                alert["state"] in checker.OVER for row in rows for alert in row["alerts"])
        sites.wait_for("all is stored and delivered", is_settled, step=0.2)

    def command(self, *arguments):
        code, _, errors = self.site.command(*arguments, extra=self.extra)
        if code != 0:
            raise sites.Failed("%s: exit code %d: %s" % (arguments[0], code, errors))

    def back_up(self, name):
        with self.lock:
            before = list(self.shown)
        path = self.site.path("state/%s.backup" % name)
        self.command("backup", path)
        self.marks.append(backup={"path": os.path.basename(path), "ids": before})
