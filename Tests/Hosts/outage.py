#!/usr/bin/env python3
"""Takes PostgreSQL away from two daemons and a status page for a while, and checks what an operator sees of it.

    Tests/Hosts/outage.py .build/debug --seconds 120

Needs PostgreSQL's server (Debian: postgresql). Prints what was seen; exits 1 if something was lost, made up, sent without the
database, or not said, or if the work did not go on within 5 s.
"""

import argparse
import json
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from installation import Installation, wait_for


class Manager(threading.Thread):
    """What systemd hears of a daemon."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.lines = []

    def run(self):
        while True:
            for line in self.socket.recv(65536).decode().splitlines():
                self.lines.append((time.time(), line))

    def status(self):
        return next((line[7:] for _, line in reversed(self.lines) if line.startswith("STATUS=")), "")


class Outage:
    def __init__(self, arguments):
        self.seconds = arguments.seconds
        self.problems = []
        self.world = Installation(arguments.programs, hosts=2, tasks=40, accounts=2, targets=2, running="2s")
        self.managers = []
        for daemon in self.world.daemons:
            manager = Manager(daemon.folder)
            manager.start()
            daemon.extra = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "20000000"}
            self.managers.append(manager)
        self.web = None
        self.follow = None

    def demand(self, what, is_so, seen=""):
        print(f"{'✔' if is_so else '✘'} {what}{f': {seen}' if seen != '' else ''}", flush=True)
        if not is_so:
            self.problems.append(what)

    def start_web(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.web = subprocess.Popen(
            [self.world.programs / "polarai-web", "--listen", f"127.0.0.1:{self.port}"],
            env=self.world.daemons[0].environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start_following(self):
        self.followed = open(self.world.folder / "followed", "w+")
        self.follow_errors = open(self.world.folder / "follow-errors", "w+")
        self.follow = subprocess.Popen(
            [self.world.programs / "polarai-daemon", "history", "--follow", "--limit", "0", "--format", "jsonl"],
            env=self.world.daemons[1].environment, stdout=self.followed, stderr=self.follow_errors)

    def check_following(self):
        stored = int(self.world.postgres.sql("SELECT last_seq FROM installation"))

        def numbers():
            self.followed.seek(0)
            return [json.loads(line)["seq"] for line in self.followed.read().splitlines()]

        wait_for("history --follow to have all", lambda: len(numbers()) >= stored, within=30)
        self.demand("history --follow went on, nothing twice or missing", numbers() == list(range(1, stored + 1)), stored)
        self.follow_errors.seek(0)
        errors = self.follow_errors.read().splitlines()
        self.demand("and said so in one line", len(errors) == 1, errors)

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=20) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode().strip()
        except OSError as error:
            return 0, str(error)

    def set(self, task, status):
        self.world.simulator.ask(f"/_control/tasks/{task}", {"status": status})

    def events(self):
        return self.world.postgres.sql(
            "SELECT event || ' ' || coalesce(cluster, '') FROM events WHERE event <> 'started' ORDER BY seq").splitlines()

    def first_events(self):
        try:
            return int(self.world.postgres.sql("SELECT last_seq FROM installation"))
        except subprocess.CalledProcessError:
            # The tables are not there yet.
            return 0

    def deliveries(self):
        return len(self.world.simulator.ask("/_control/deliveries"))

    def run(self):
        tasks = list(self.world.tasks)
        for daemon in self.world.daemons:
            daemon.start()
        self.start_web()
        wait_for("the first events", lambda: self.first_events() >= len(tasks), within=120, every=1)
        wait_for("the status page to be ready", lambda: self.ready()[0] == 200)
        self.start_following()
        self.set(tasks[0], "FAILED")
        wait_for("a failure", lambda: len(self.events()) == 1)
        wait_for("all alerts", lambda: self.world.postgres.sql(
            "SELECT count(*) FROM outbox WHERE state = 'pending'") == "0", every=0.5)
        sent = self.deliveries()

        away = time.time()
        self.world.postgres.stop("immediate")
        self.set(tasks[1], "FAILED")
        time.sleep(3)
        self.during(tasks, away)
        time.sleep(max(0.0, away + self.seconds - time.time()))
        calls = self.world.simulator.new_calls()
        late = [call["at"] for call in calls if call["at"] > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(away + 16))]
        self.demand("no call of the API once the leases are over", not late, len(late))
        self.demand("nothing was sent meanwhile", self.deliveries() == sent, self.deliveries() - sent)
        watchdogs = [at for at, line in self.managers[0].lines if line == "WATCHDOG=1" and at > away]
        gaps = [later - earlier for earlier, later in zip([away] + watchdogs, watchdogs + [time.time()])]
        self.demand("the watchdog is fed all the time", max(gaps) < 20, f"longest gap {max(gaps):.1f} s")

        self.world.postgres.start()
        back = time.time()
        wait_for("a call", lambda: self.world.simulator.new_calls(), within=60, every=0.05)
        self.demand("a call within 5 s", time.time() - back < 5, f"{time.time() - back:.2f} s")
        wait_for("the failure of the outage", lambda: len(self.events()) >= 3, within=60)
        self.demand("what happened meanwhile is stored within 5 s", time.time() - back < 5, f"{time.time() - back:.2f} s")
        wait_for("alerts", lambda: self.deliveries() >= sent + 4, within=60)
        self.demand("and sent", True, f"{time.time() - back:.2f} s")
        wait_for("the status page to be ready", lambda: self.ready()[0] == 200, within=15)
        self.demand("/-/ready is 200 again", True, f"{time.time() - back:.2f} s")
        time.sleep(10)
        expected = sorted(f"failed {task}" for task in tasks[:3])
        self.demand("exactly the failures that there were", sorted(self.events()) == expected, self.events())
        self.check_following()
        self.demand("STATUS is as before", "cannot be reached" not in self.managers[0].status(), self.managers[0].status())

    def during(self, tasks, away):
        for manager in self.managers:
            self.demand("STATUS begins with it", manager.status().startswith("the database cannot"), manager.status())
        begin = time.time()
        code, text = self.ready()
        self.demand("/-/ready is 503 within 15 s", code == 503 and time.time() - begin < 15, f"{code} {text}")
        for words, code in [
                (["status", "--format", "json"], 0), (["status"], 0), (["history"], 69), (["alerts", "list"], 69),
                (["runs"], 69), (["show", tasks[0]], 69), (["silence", "list"], 69), (["summary"], 69),
                (["ack", tasks[0]], 69), (["silence", "add", "--cluster", tasks[0], "--for", "1h", "--comment", "x"], 69),
                (["alerts", "retry", "--target", "t0"], 69), (["metrics"], 69)]:
            begin = time.time()
            done = self.world.daemons[0].command(*words)
            took = time.time() - begin
            said = (done.stderr or done.stdout).strip().splitlines()
            self.demand(f"{' '.join(words)} exits {code} within 15 s", done.returncode == code and took < 15,
                f"{done.returncode} after {took:.1f} s; {said[0] if said else ''}")
            if words == ["status", "--format", "json"] and done.returncode == 0:
                database = json.loads(done.stdout)["database"]
                self.demand("status has database", database["reachable"] is False and bool(database["since"]), database)
        self.set(tasks[2], "FAILED")

    def end(self):
        for process in (self.web, self.follow):
            if process:
                process.terminate()
                process.wait(15)
        self.world.end(keep=bool(self.problems))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=120)
    outage = Outage(parser.parse_args())
    print(outage.world.folder, flush=True)
    try:
        outage.run()
    finally:
        outage.end()
    sys.exit(1 if outage.problems else 0)


if __name__ == "__main__":
    main()
