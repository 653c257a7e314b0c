"""The end of a bad hour: everything works again, and what was stored and sent is compared with what was shown."""
import signal
import sqlite3
import struct
import time

from service import WATCHDOG
from setting import STATUS_EVENTS
import checker

# What a change may take to be stored while the worst goes on, and what a silence may take to be reported.
LONGEST_CHANGE = 300
LONGEST_SILENCE = 300
# What a report of an outage says when the injections made it.
SHORTAGES = ("no file descriptors left", "out of memory")


class Ending:
    """The part of Torture that says what was wrong."""

    def finish(self):
        """Everything works again: within some minutes all is stored and delivered."""
        self.page.disarm()
        self.clock[0:8] = struct.pack("q", 0)
        self.free_disk()
        # A silence that has begun is still to be reported; that ends it.
        if not self.silence:
            self.write_helper(hangs=False)
        self.control.ask("POST", "/hooks/ops", {"down": None})
        deadline = time.monotonic() + LONGEST_CHANGE
        while time.monotonic() < deadline and not self.is_settled():
            self.daemon.keep_running()
            self.daemon.listen()
            time.sleep(2)
        # Before the simulator is asked for what it got, nothing more may come.
        code, took = self.daemon.stop()
        if code != 0 or took > 5:
            self.breach("SIGTERM: ended with %s after %.1f s" % (code, took))
        rows = self.stored()
        if rows is None:
            self.breach("the history cannot be read at the end")
        else:
            self.compare(rows)
        for ending, times in self.daemon.endings.items():
            # Killed; a start on a full disk, which a service manager repeats.
            if ending not in {-signal.SIGKILL, 74} | self.injections.excused:
                self.breach("the daemon ended by itself with %s, %d times; it said: %s" % (
                    ending, times, self.daemon.last_words.get(ending, "nothing")))
        if self.daemon.longest_without_progress > WATCHDOG:
            self.breach("the daemon ran without a sign of progress for %d s" % self.daemon.longest_without_progress)

    def is_settled(self):
        rows = self.stored()
        if rows is None:
            return False
        self.watch_silence(rows)
        last = {row["cluster"]: row["to"] for row in rows if row["cluster"] and row["event"] in STATUS_EVENTS}
        waits = any(alert["state"] == "pending" for row in rows for alert in row["alerts"])
        return not waits and not self.silence and all(
            last.get(task.name) == task.truth[-1] for task in self.tasks.values())

    def compare(self, rows):
        self.compare_outages(rows)
        for row in rows:
            if row["event"] not in STATUS_EVENTS | {"poll_failing", "poll_recovered"}:
                self.breach("%s %s was made up" % (row["id"], row["event"]))
        # Each change was shown until it was in the history: none may be missing.
        timelines = {task.name: [(status, LONGEST_CHANGE) for status in task.truth] for task in self.tasks.values()}
        receipts = self.receipts()
        self.watch_dead(rows)
        alerts = self.stored("alerts", "list", "--all") or []
        for breach in checker.everything(
                timelines, rows, receipts, lambda row: set() if row["kind"] == "first_seen" else {"ops"}, alerts):
            self.breach(breach)
        arrived = [receipt["id"] for receipt in receipts if receipt["accepted"]]
        self.counts["deliveries"] = len(receipts)
        self.counts["alerts that arrived"] = len(set(arrived))
        self.counts["sent more than once"] = sum(1 for name in set(arrived) if arrived.count(name) > 1)

    def compare_outages(self, rows):
        """Only the credentials of one account hang; another one's calls fail if the process is short of something, which
        the report then says."""
        with sqlite3.connect("file:%s?mode=ro" % self.site.path("history.db"), uri=True) as database:
            details = dict(database.execute("SELECT seq, details FROM events WHERE event = 'poll_failing'"))
        failing = set()
        for row in rows:
            whose = (row["account"], row["cluster"])
            if row["event"] == "poll_failing":
                was_made = any(words in (details.get(row["seq"]) or "") for words in SHORTAGES)
                if row["account"] != "helped" and not was_made:
                    self.breach("%s %s of account %s was made up: %s" % (
                        row["id"], row["event"], row["account"], details.get(row["seq"])))
                failing.add(whose)
            elif row["event"] == "poll_recovered":
                if whose not in failing:
                    self.breach("%s %s of account %s is the end of nothing" % (row["id"], row["event"], row["account"]))
                failing.discard(whose)

    def receipts(self):
        """What the simulator's receiver got, as the checker reads it."""
        receipts = []
        for delivery in self.control.ask("GET", "/deliveries?since=0&hook=ops"):
            data = (delivery["json"] or {}).get("data", {})
            receipts.append({
                "target": "ops", "body": delivery["body"],
                "accepted": delivery["verdict"] == "accepted" and str(delivery["answer"]).startswith("2"),
                **{key: data.get(key) for key in ("id", "event", "cluster", "from", "to")}})
        return receipts
