#!/usr/bin/env python3
"""Power cuts: whatever was shown or sent before the power went is there when it is back.

    power_cuts.py PROGRAMS [--cuts N] [--seed N] [--seconds N] [--keep]

PROGRAMS is the folder of polarai-daemon and polarai-simulator. The daemon works for some seconds on files whose every
write and sync is recorded, together with what receivers and readers of the history got, in one order. Then the files are
rebuilt as a power cut at some moment would have left them: what had been synced, and of the rest nothing, all, a part,
or sectors in any order. SQLite's own check, `polarai-daemon history` and at times a started daemon say what is left.

The same is done with a disk that does not keep what it was asked to keep: that must be found, or the check is worth
nothing. Exits 0, or 1 with each breach on a line.
"""
import argparse
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../Proof")]

# pylint: disable=wrong-import-position
import checker  # noqa: E402
import database  # noqa: E402
from disk import Disk  # noqa: E402
import record as records  # noqa: E402
from session import Session, TASKS, routed  # noqa: E402
import shim  # noqa: E402
import site_of_daemon as sites  # noqa: E402

# Every so many cuts a daemon is started on what is left.
STARTED = 6


class Seen:
    """What others had seen at a moment of the record."""

    def __init__(self):
        self.rows = {}
        self.states = {}
        self.receipts = []
        self.backups = {}

    def add(self, mark):
        if "shown" in mark:
            self.rows[mark["shown"]["id"]] = mark["shown"]
        if "receipt" in mark:
            self.receipts.append(mark["receipt"])
        for key, state in mark.get("states", {}).items():
            self.states[tuple(key.split(" "))] = state
        if "backup" in mark:
            self.backups[mark["backup"]["path"]] = mark["backup"]["ids"]


class Cuts:
    """The cuts of one recording."""

    def __init__(self, session, before, seed):
        self.session = session
        self.site = session.site
        self.random = random.Random(seed)
        self.entries = records.read(session.record)
        self.before = before
        # Whether the last cut came before or during a migration: only a daemon can open what it left.
        self.is_old = False
        self.breaches = []
        marks = [json.loads(entry.data) for entry in self.entries if entry.call == "M"]
        self.counts = {
            "cuts": 0, "starts": 0, "syncs": sum(1 for entry in self.entries if entry.call == "E"),
            "writes": sum(1 for entry in self.entries if entry.call in "WT"),
            "events shown": sum(1 for mark in marks if "shown" in mark),
            "messages received": sum(1 for mark in marks if "receipt" in mark)}
        if self.counts["events shown"] < 20 or self.counts["messages received"] < 20:
            self.breaches.append("too little was seen to be lost: %s" % self.counts)
        self.pool = self.site.path("pool")
        self.state = self.site.path("state")
        shutil.rmtree(self.pool, ignore_errors=True)
        os.rename(self.state, self.pool)
        # A file that is rebuilt stays the same file: for the daemon, another one would be a copy.
        self.pooled = {
            os.stat(os.path.join(self.pool, name)).st_ino: os.path.join(self.pool, name)
            for name in os.listdir(self.pool) if name == "polarai.db"}

    def moments(self, count):
        """Places in the record: after each sync first, then before it ended, then any."""
        last = max(place for place, entry in enumerate(self.entries) if entry.call == "E")
        after = [place + 1 for place, entry in enumerate(self.entries) if entry.call == "E"]
        during = [place + 1 for place, entry in enumerate(self.entries) if entry.call == "B"]
        chosen = self.random.sample(after, min(len(after), count * 2 // 3))
        chosen += self.random.sample(during, min(len(during), count // 6))
        chosen += [self.random.randrange(1, last + 2) for _ in range(count - len(chosen))]
        return sorted(chosen)

    def run(self, count, lies_about=None, checks_start=True):
        disk = Disk()
        disk.lies_about = lies_about
        for path, inode, content in self.before:
            disk.add(path, inode, content)
        seen = Seen()
        place = 0
        for number, moment in enumerate(self.moments(count)):
            for entry in self.entries[place:moment]:
                if entry.call == "M":
                    seen.add(json.loads(entry.data))
                else:
                    disk.play(entry)
            place = moment
            files, words = disk.after_cut(self.random)
            self.counts["cuts"] += 1
            breaches = self.look(files, seen)
            if not breaches and checks_start and (number % STARTED == 0 or self.is_old):
                breaches = self.start(files, seen)
                self.counts["starts"] += 1
            self.breaches += ["cut at %d of %d (%s): %s" % (moment, len(self.entries), words, breach)
                              for breach in breaches]
            if lies_about and self.breaches:
                return

    # What is left

    def rebuild(self, files, folder):
        """Writes the files of a cut to `folder`."""
        if os.path.exists(self.state):
            for name in os.listdir(self.state):
                path = os.path.join(self.state, name)
                if os.stat(path).st_ino in self.pooled:
                    os.rename(path, self.pooled[os.stat(path).st_ino])
            shutil.rmtree(self.state)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for path, inode, content in files:
            target = os.path.join(folder, os.path.basename(path))
            if folder == self.state and os.path.exists(self.pooled.get(inode, "")):
                os.rename(self.pooled[inode], target)
            with open(target, "r+b" if os.path.exists(target) else "wb") as file:
                file.truncate(0)
                file.write(content)
            os.chmod(target, 0o640)

    def look(self, files, seen):
        """What SQLite and the command line say of it."""
        folder = self.site.path("look")
        self.rebuild(files, folder)
        path = os.path.join(folder, "polarai.db")
        breaches = []
        self.is_old = False
        for name, ids in seen.backups.items():
            breaches += self.look_at_backup(os.path.join(folder, name), ids)
        if not os.path.exists(path):
            gone = list(seen.rows) + [receipt["id"] for receipt in seen.receipts]
            return breaches + ["%s was shown, and there is no database" % name for name in gone[:3]]
        breaches += database.faults(path)
        self.is_old = not breaches and database.version(path) < database.latest_version()
        if breaches or self.is_old:
            return breaches
        self.rebuild(files, folder)
        rows, code, errors = self.site.history(path)
        if rows is None:
            return ["history: exit code %d: %s" % (code, errors.strip())]
        return self.compare(rows, seen)

    @staticmethod
    def look_at_backup(path, ids):
        if not os.path.exists(path):
            return ["the finished backup %s is gone" % os.path.basename(path)]
        breaches = database.faults(path)
        if not breaches:
            connection = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
            stored = {str(row[0]) for row in connection.execute("SELECT seq FROM events")}
            connection.close()
            breaches = ["%s is not in the finished backup" % name for name in ids if name.split("-")[1] not in stored]
        return breaches

    @staticmethod
    def compare(rows, seen):
        new = [row for row in rows if not row["id"].startswith("oldfile0")]
        return (
            checker.unchanged(seen.rows, rows) + checker.numbered(rows) + checker.whole(new, routed)
            + checker.settled_stays(seen.states, rows) + checker.receipts_are_events(seen.receipts, rows))

    def start(self, files, seen):
        """A daemon goes on with it, and ends up where the world is."""
        self.rebuild(files, self.state)
        receiver = self.session.receiver
        place = receiver.count()
        daemon = self.site.start_daemon()
        try:
            if not daemon.await_start():
                return ["a daemon does not start: " + daemon.log[-300:]]
            rows = sites.wait_for("all is stored and delivered after a cut", self.settled_rows, step=0.1)
            code = daemon.stop()
        except sites.Failed as failure:
            rows = self.site.history()[0] or []
            waiting = [row for row in rows if any(alert["state"] not in checker.OVER for alert in row["alerts"])]
            return ["%s; %d events, waiting: %s; %s" % (failure, len(rows), waiting[:1], daemon.log[-300:])]
        finally:
            daemon.kill()
        breaches = [] if code == 0 else ["SIGTERM: the daemon ended with %s" % code]
        if seen.rows and len({row["id"].split("-")[0] for row in rows}) > len(
                {name.split("-")[0] for name in seen.rows}):
            breaches.append("the daemon took the database for a copy: " + daemon.log[-300:])
        sent = receiver.since(place)
        breaches += self.compare(rows, seen)
        breaches += checker.receipts_are_events(seen.receipts + sent, rows)
        breaches += checker.proven([row for row in rows if not row["id"].startswith("oldfile0")], seen.receipts + sent)
        breaches += checker.truth({task: [(status, 0) for status in self.session.truth[task]] for task in TASKS},
                                  rows, shortest=1)
        breaches += checker.not_again({key: 0 for key, state in seen.states.items() if state in checker.OVER}, sent)
        return breaches

    def settled_rows(self):
        rows = self.site.history()[0]
        last = {row["cluster"]: row["to"] for row in rows or [] if row["event"] in checker.STATUS_EVENTS}
        is_settled = rows and all(last.get(task) == self.session.truth[task][-1] for task in TASKS) and all(
            alert["state"] in checker.OVER for row in rows for alert in row["alerts"])
        return rows if is_settled else None


def recording(folder, programs, library, seed, seconds, old_schema=None):
    """A session that has ended, and the files that were there before it."""
    site = sites.Site(folder, programs)
    session = Session(site, library, seed)
    try:
        session.prepare(old_schema)
        before = []
        for name in os.listdir(site.path("state")):
            path = site.path("state/" + name)
            with open(path, "rb") as file:
                before.append((path, os.stat(path).st_ino, file.read()))
        session.run(seconds)
    except BaseException:
        site.clean_up()
        raise
    return session, before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=8, help="how long the daemon works while it is recorded")
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1000000))
    parser.add_argument("--keep", action="store_true", help="keep the folder with the record and the logs")
    arguments = parser.parse_args()
    print("power cuts: seed %d" % arguments.seed, flush=True)
    folder = tempfile.mkdtemp(prefix="power-cuts-")
    began = time.monotonic()
    breaches, counts, control = [], {}, False
    try:
        library = shim.build(folder)
        # A new database, and one that an older program left: it is copied and migrated at the start.
        old = arguments.cuts // 3
        plans = [("new", None, arguments.cuts - old), ("old", database.latest_version() - 3, old)]
        for name, old_schema, count in plans:
            session, before = recording(
                os.path.join(folder, name), arguments.programs, library, arguments.seed, arguments.seconds, old_schema)
            try:
                cuts = Cuts(session, before, arguments.seed)
                cuts.run(count)
                breaches += ["%s: %s" % (name, breach) for breach in cuts.breaches]
                for key, value in cuts.counts.items():
                    counts[key] = counts.get(key, 0) + value
                if name == "new":
                    control = finds_a_lie(session, before, cuts, arguments.seed)
            finally:
                session.receiver.stop()
                session.site.clean_up()
        if not control:
            breaches.append("a disk that forgets the log was not found out: the check is worth nothing")
    finally:
        if arguments.keep:
            print("kept: " + folder, flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for breach in breaches:
        print("BREACH: " + breach, flush=True)
    counts.update(seconds=int(time.monotonic() - began), breaches=len(breaches))
    print(json.dumps(counts), flush=True)
    sys.exit(1 if breaches else 0)


def finds_a_lie(session, before, cuts, seed):
    """Whether a disk that does not keep the log when it is asked to is found out."""
    liar = Cuts.__new__(Cuts)
    liar.__dict__.update(cuts.__dict__, random=random.Random(seed), breaches=[], counts=dict(cuts.counts))
    liar.run(40, lies_about="-wal", checks_start=False)
    return bool(liar.breaches)


if __name__ == "__main__":
    main()
