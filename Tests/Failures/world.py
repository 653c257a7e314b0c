"""Where the operations take place: a simulator, a receiver, prepared databases, and what is asked of all of them."""
import os
import shutil
import signal
import time

import checker
import database
import shim
import site_of_daemon as sites
from receiver import Receiver

TASK = "pm-failing00001"
# Words that are wrong for a disk that fails: a person would look in the wrong place.
WRONG_WORDS = ("a bug in polarai-daemon", "Fatal error", "Illegal instruction")


class World:
    """A simulator, a receiver and prepared databases for all operations."""

    def __init__(self, folder, programs):
        self.site = sites.Site(folder, programs)
        self.receiver = Receiver(lambda _: None)
        self.library = shim.build(folder)
        self.page = shim.FaultPage(self.site.path("fault"))
        self.site.start_simulator({"tasks": [{"id": TASK, "phases": [{"at": "-1h", "status": "ACTIVATION"}]}]})
        self.write_config()
        self.status = "ACTIVATION"
        # The newest event before the change that is waited for.
        self.after = 0
        self.prepare()

    def write_config(self, running="100ms"):
        self.site.write("etc/config.json", {
            "api": {"region": "cn-beijing", "endpoint": self.site.url, "calls_per_second": 200, "burst": 100,
                    "credentials": {"type": "access_key", "access_key_id": "testid",
                                    "access_key_secret": "testsecret"}},
            "clusters": [TASK], "schedule": {"running": running, "settled": running, "stall_after": "0"},
            "targets": {"ops": {"type": "webhook", "url": self.receiver.url("ops"), "retry": ["100ms"],
                                "rate": "1000/1s"}},
            "routes": [{"events": sorted(checker.STATUS_EVENTS)}], "storage": {"path": self.site.database}})

    def extra(self, folder="state"):
        return shim.environment(self.library, self.site.path(folder), page=self.page.path)

    def prepare(self):
        """A database that a killed daemon left, and one of an older program."""
        daemon = self.start()
        self.change()
        self.change()
        daemon.kill()
        self.keep("killed")
        self.clear()
        database.make_old(self.site.database, database.latest_version() - 3, 60, "ops", int(time.time() * 1000) - 60000)
        self.keep("old")
        self.clear()

    def keep(self, name):
        shutil.copytree(self.site.path("state"), self.site.path("prepared-" + name))

    def clear(self, name=None):
        """An empty folder, or what was prepared."""
        self.after = 0
        shutil.rmtree(self.site.path("state"))
        if name:
            shutil.copytree(self.site.path("prepared-" + name), self.site.path("state"))
        else:
            os.mkdir(self.site.path("state"))

    def start(self, extra=None):
        daemon = self.site.start_daemon(extra)
        if not daemon.await_start():
            raise sites.Failed("the daemon does not start: " + daemon.log[-400:])
        return daemon

    def next_status(self):
        rows = self.site.history()[0]
        self.after = rows[-1]["seq"] if rows else 0
        self.status = "FAILED" if self.status == "ACTIVATION" else "ACTIVATION"
        self.site.set_status(TASK, self.status)

    def change(self):
        """One more change; the history once it is stored and delivered. Before that, a daemon that has just started may
        still be finding out what happened while none ran."""
        self.next_status()
        return self.await_settled()

    def was_killed(self, daemon):
        """Whether it was killed in the place of a call: on a busy machine its end may come well after the call is counted."""
        if self.page.fired and self.page.kills:
            daemon.process.wait(timeout=sites.PATIENCE)
        return daemon.process.poll() == -signal.SIGKILL

    def is_settled(self):
        rows = self.site.history()[0]
        own = [row for row in rows or [] if row["cluster"] == TASK and row["event"] in checker.STATUS_EVENTS]
        if not own or own[-1]["to"] != self.status or own[-1]["seq"] <= self.after:
            return None
        return rows if all(alert["state"] in checker.OVER for row in rows for alert in row["alerts"]) else None

    def await_settled(self):
        return sites.wait_for("the change is stored and delivered", self.is_settled, step=0.03)

    def compare(self, before, rows):
        """What was there is there; everything that was sent is stored."""
        routed = [row for row in rows if row["cluster"] == TASK]
        return (
            checker.unchanged({row["id"]: row for row in before}, rows) + checker.numbered(rows)
            + checker.receipts_are_events(
                [item for item in self.receiver.since(self.place) if item["cluster"] == TASK], routed)
            + checker.proven(routed[len(before):], self.receiver.since(self.place)))

    def begin(self):
        self.place = self.receiver.count()

    def clean_up(self):
        self.receiver.stop()
        self.site.clean_up()


def words(text, place):
    """What is wrong with what the program said of a failure."""
    lines = [line for line in text.strip().split("\n") if line]
    if not lines:
        return ["it said nothing"]
    breaches = ["it said: " + lines[-1] for wrong in WRONG_WORDS if wrong in text]
    if place not in text:
        breaches.append("it did not name %s: %s" % (place, lines[-1]))
    return breaches
