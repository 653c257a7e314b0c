#!/usr/bin/env python3
"""Loses the primary of a PostgreSQL with a synchronous standby, promotes the standby, and checks that two daemons go on.

    Tests/Hosts/failover.py .build/debug

Needs PostgreSQL's server (Debian: postgresql). The daemons name both servers in storage.url. Prints what was seen; exits 1 if
something was lost, made twice or not said, or if the work did not go on within 20 s of the promotion.
"""

import argparse
import collections
import json
import pathlib
import re
import shutil
import sys
import time

from installation import Installation, Postgres, free_port, wait_for
from outage import Manager


class Pair(Postgres):
    """A primary, and a standby that it waits for; each with a folder and a port of its own."""

    def __init__(self):
        super().__init__()
        self.first = (self.data, self.port)
        self.second = (self.folder / "standby", free_port())
        self.run(
            "pg_basebackup", "-h", self.folder, "-p", self.port, "-U", "watch", "-D", self.second[0], "-R", "-X", "stream",
            "-c", "fast")
        with open(self.second[0] / "postgresql.auto.conf", "a") as conf:
            conf.write("primary_conninfo = "
                       f"'host={self.folder} port={self.port} user=watch application_name=second'\n")
        with open(self.second[0] / "postgresql.conf", "a") as conf:
            conf.write(f"port = {self.second[1]}\n")
        self.run("pg_ctl", "-D", self.second[0], "-l", self.folder / "standby.log", "-w", "-t", "120", "start")
        self.sql("ALTER SYSTEM SET synchronous_standby_names = 'second'")
        self.sql("SELECT pg_reload_conf()")
        wait_for("the standby to be waited for", lambda: self.sql(
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1")

    @property
    def url(self):
        return f"postgresql://watch@127.0.0.1:{self.first[1]},127.0.0.1:{self.second[1]}/polarai"

    def lose_primary(self):
        self.run("pg_ctl", "-D", self.first[0], "-m", "immediate", "-w", "stop", check=False)

    def promote(self):
        self.run("pg_ctl", "-D", self.second[0], "-w", "-t", "60", "promote")
        self.data, self.port = self.second
        # Nothing follows the new primary: its commits would wait for ever.
        self.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.sql("SELECT pg_reload_conf()")

    def end(self):
        for data, _ in (self.first, self.second):
            self.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Failover:
    def __init__(self, programs, seconds):
        self.problems = []
        self.seconds = seconds
        self.pair = Pair()
        self.world = Installation(
            programs, hosts=2, tasks=40, accounts=2, targets=2, running="1s", postgres=self.pair)
        self.unseen = []
        self.managers = []
        for daemon in self.world.daemons:
            manager = Manager(daemon.folder)
            manager.start()
            daemon.extra = {"NOTIFY_SOCKET": manager.path}
            self.managers.append(manager)
        self.changes = collections.defaultdict(list)

    def demand(self, what, is_so, seen=""):
        print(f"{'✔' if is_so else '✘'} {what}{f': {seen}' if seen != '' else ''}", flush=True)
        if not is_so:
            self.problems.append(what)

    def change(self, task):
        status = "FAILED" if len(self.changes[task]) % 2 == 0 else "ACTIVATION"
        self.world.simulator.ask(f"/_control/tasks/{task}", {"status": status})
        self.changes[task].append(status)

    def stored(self):
        seen = collections.defaultdict(list)
        for line in self.pair.sql("SELECT cluster, to_status FROM events WHERE cluster IS NOT NULL ORDER BY seq").splitlines():
            cluster, status = line.split("|")
            seen[cluster].append(status)
        return seen

    def is_stored(self):
        seen = self.stored()
        return all(seen[task] == ["ACTIVATION"] + self.changes[task] for task in self.world.tasks)

    def count(self):
        try:
            return int(self.pair.sql("SELECT last_seq FROM installation"))
        except Exception:  # The tables are not there yet.
            return 0

    def run(self):
        tasks = list(self.world.tasks)
        for daemon in self.world.daemons:
            daemon.start()
        wait_for("the first events", lambda: self.count() >= len(tasks), within=120, every=1)
        wait_for("both hosts to have a share", lambda: all(
            host["scopes"] for host in (self.world.daemons[0].status() or {"hosts": [{"scopes": []}]})["hosts"]), within=90)
        doctor = self.world.daemons[0].command("doctor", within=60)
        line = next((line for line in doctor.stdout.splitlines() if "failover" in line), "")
        self.demand("doctor says that a failover loses nothing", "loses nothing" in line, line.strip())
        # In the middle of commits and messages.
        for task in tasks[:20]:
            self.change(task)
        time.sleep(0.7)
        self.pair.lose_primary()
        lost = time.time()
        self.unseen = tasks[20:30]
        for task in self.unseen:
            self.change(task)
        time.sleep(self.seconds)
        for manager in self.managers:
            self.demand("STATUS begins with the outage", manager.status().startswith("the database cannot"), manager.status())
        self.world.simulator.new_calls()
        self.pair.promote()
        promoted = time.time()
        print(f"the standby was promoted {promoted - lost:.1f} s after the primary was lost", flush=True)
        wait_for("a call", self.world.simulator.new_calls, within=60, every=0.05)
        self.demand("a call within 20 s of the promotion", time.time() - promoted < 20, f"{time.time() - promoted:.1f} s")
        wait_for("all changes to be stored", self.is_stored, within=60, every=0.5)
        print(f"all is stored after {time.time() - promoted:.1f} s", flush=True)
        for task in tasks[30:]:
            self.change(task)
        wait_for("the changes after it to be stored", self.is_stored, within=60, every=0.5)
        wait_for("all alerts to be sent", lambda: self.pair.sql(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'held')") == "0", within=120, every=0.5)
        self.check()

    def check(self):
        numbers = [int(line) for line in self.pair.sql("SELECT seq FROM events ORDER BY seq").splitlines()]
        self.demand("events are numbered without gaps", numbers == list(range(1, len(numbers) + 1)), len(numbers))
        self.demand("each change is stored once, in order", self.is_stored())
        others = self.pair.sql("SELECT event, cluster FROM events WHERE event NOT IN ('started', 'failed', 'restarted')")
        self.demand("nothing was made up", others == "", others)
        kinds = self.pair.sql(
            "SELECT DISTINCT kind FROM events WHERE event = 'failed' AND cluster IN "
            f"({', '.join(repr(task) for task in self.unseen)})")
        self.demand("what happened while nobody could look is late", kinds == "late", kinds)
        for target in self.world.targets:
            found = self.world.simulator.ask(f"/_control/deliveries?hook={target}")
            found = found["deliveries"] if isinstance(found, dict) else found
            bodies = collections.defaultdict(set)
            for delivery in found:
                body = delivery["body"]
                bodies[delivery["headers"]["webhook-id"]].add(body if isinstance(body, str) else json.dumps(body))
            expected = int(self.pair.sql(f"SELECT count(*) FROM outbox WHERE target = '{target}'"))
            self.demand(f"{target} got each alert", len(bodies) == expected, f"{len(bodies)}, {len(found)} with repeats")
            self.demand("under one id, with one body", all(len(texts) == 1 for texts in bodies.values()))
        for manager in self.managers:
            wait_for("STATUS to be as before", lambda manager=manager: "cannot be" not in manager.status(), within=30)
        self.read_only()

    def read_only(self):
        """A primary that takes no writes is an outage that is named."""
        self.pair.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        self.pair.sql("SELECT pg_reload_conf()")
        self.pair.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                      "AND application_name LIKE 'polarai%'")
        words = re.compile("default_transaction_read_only")
        wait_for("STATUS to say that it is read only", lambda: all(
            words.search(manager.status()) for manager in self.managers), within=60)
        self.demand("a read-only primary is named", True, self.managers[0].status())
        doctor = self.world.daemons[0].command("doctor", within=60)
        line = next((line for line in doctor.stdout.splitlines() if "database" in line), "")
        self.demand("and doctor names it", bool(words.search(line)) and doctor.returncode != 0, line.strip())
        self.pair.sql("ALTER SYSTEM RESET default_transaction_read_only")
        self.pair.sql("SELECT pg_reload_conf()")
        self.world.simulator.new_calls()
        wait_for("a call", self.world.simulator.new_calls, within=60)
        self.demand("and the work goes on by itself", True)

    def end(self, keep):
        self.world.end(keep=keep or bool(self.problems))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=20, help="from the loss of the primary to the promotion")
    arguments = parser.parse_args()
    failover = Failover(arguments.programs, arguments.seconds)
    print(failover.world.folder, flush=True)
    ended = False
    try:
        failover.run()
        ended = True
    finally:
        failover.end(keep=not ended)
    sys.exit(1 if failover.problems else 0)


if __name__ == "__main__":
    main()
