#!/usr/bin/env python3
"""Kills, freezes and cuts off daemons that share a PostgreSQL database, and checks what an operator relies on.

    Tests/Hosts/chaos.py .build/debug --minutes 10

Needs PostgreSQL's server (Debian: postgresql) and a C compiler. Prints a table of takeovers; exits 1 if something was lost,
made twice, out of order, polled by two hosts at once, or faster than its rate.
"""

import argparse
import collections
import datetime
import json
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Proof"))

# pylint: disable=wrong-import-position
import budget  # noqa: E402
import checker  # noqa: E402
from installation import Installation, wait_for  # noqa: E402

RATE, BURST = 20, 20
# The logs give milliseconds.
ROUNDING = 0.05
# Of each target, in messages a second.
TARGET_RATE = 10
# Messages that wait for a busy machine arrive closer together than they were sent.
LATE = 0.5
CLOCKS = [1, -24, -1]
# A task changes again only after every takeover is over: what comes and goes within an outage nobody can see.
CHANGE_APART = 75.0


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Chaos:
    def __init__(self, arguments):
        self.random = random.Random(arguments.seed)
        self.world = Installation(
            arguments.programs, tasks=arguments.tasks, rate=f"{TARGET_RATE}/1s", log_level="debug")
        shim = self.build_shim()
        for daemon in self.world.daemons:
            daemon.clock = daemon.folder / "clock"
            daemon.clock.write_bytes(bytes(8))
            daemon.extra = {"LD_PRELOAD": str(shim), "TORTURE_CLOCK": str(daemon.clock)}
        self.faults = []
        self.calls = []
        self.changes = collections.defaultdict(list)
        self.changed_at = {task: 0.0 for task in self.world.tasks}
        self.steps = 0

    def build_shim(self):
        goal = self.world.folder / "clock.so"
        source = pathlib.Path(__file__).resolve().parent.parent / "Torture" / "clock_shim.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", goal, source, "-ldl"], check=True)
        return goal

    # What happens

    def change_a_task(self):
        now = time.monotonic()
        ready = [task for task, at in self.changed_at.items() if now - at >= CHANGE_APART]
        if not ready:
            return
        task = self.random.choice(ready)
        before = self.changes[task][-1] if self.changes[task] else "ACTIVATION"
        after = "ACTIVATION" if before != "ACTIVATION" else self.random.choice(["FAILED", "COMPLETED"])
        self.world.simulator.ask(f"/_control/tasks/{task}", {"status": after})
        self.changes[task].append(after)
        self.changed_at[task] = now

    def note(self, kind, host):
        self.faults.append((time.time(), kind, host))
        print(f"{datetime.datetime.now():%H:%M:%S} {kind} {host}", flush=True)

    def run_for(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.change_a_task()
            time.sleep(0.4)
        self.calls += self.world.simulator.new_calls()

    def kill(self, daemon):
        self.note("kill -9", daemon.name)
        daemon.kill()
        self.run_for(self.random.uniform(1, 25))
        daemon.start()
        self.run_for(8)

    def freeze(self, daemon):
        self.note("SIGSTOP", daemon.name)
        daemon.signal(signal.SIGSTOP)
        self.run_for(self.random.uniform(17, 28))
        daemon.signal(signal.SIGCONT)
        self.run_for(8)

    def cut(self, daemon):
        self.note("link cut", daemon.name)
        self.world.links[daemon.name].cut()
        self.run_for(self.random.uniform(17, 28))
        self.world.links[daemon.name].restore()
        self.run_for(8)

    def step_clock(self, daemon):
        hours = CLOCKS[self.steps % len(CLOCKS)]
        self.steps += 1
        self.note(f"clock {hours:+d} h", daemon.name)
        with open(daemon.clock, "r+b") as clock:
            clock.write((hours * 3600 * 10**9).to_bytes(8, sys.byteorder, signed=True))
        self.run_for(5)

    def restart_database(self, _):
        self.note("pg restart", "-")
        self.world.postgres.restart("immediate")
        self.run_for(12)

    def stop(self, daemon):
        self.note("SIGTERM", daemon.name)
        daemon.stop()
        self.run_for(self.random.uniform(2, 10))
        daemon.start()
        self.run_for(8)

    def run(self, minutes):
        for daemon in self.world.daemons:
            daemon.start()
        wait_for("the first events", lambda: self.count_events() >= len(self.world.tasks), within=120)
        end = time.monotonic() + minutes * 60
        kinds = [self.kill, self.freeze, self.cut, self.restart_database, self.step_clock, self.stop]
        turn = 0
        while time.monotonic() < end:
            kinds[turn % len(kinds)](self.random.choice(self.world.daemons))
            turn += 1
        wait_for("all alerts to be delivered", self.is_quiet, within=180, every=1)

    def count_events(self):
        try:
            return int(self.world.postgres.sql("SELECT last_seq FROM installation"))
        except subprocess.CalledProcessError:
            return 0

    def is_quiet(self):
        expected = len(self.world.tasks) + sum(map(len, self.changes.values()))
        done = self.world.postgres.sql(
            "SELECT (SELECT count(*) FROM events WHERE event IN ('started', 'failed', 'completed', 'restarted'))"
            ", (SELECT count(*) FROM outbox WHERE state IN ('pending', 'held'))").split("|")
        return int(done[0]) >= expected and done[1] == "0"

    # What must have come of it

    def check(self):
        self.problems = []
        self.rates = []
        self.check_events()
        self.check_deliveries()
        self.check_calls()
        return self.problems

    def check_events(self):
        rows = [
            line.split("|") for line in self.world.postgres.sql(
                "SELECT seq, event, cluster, from_status, to_status FROM events ORDER BY seq").splitlines()]
        if [int(row[0]) for row in rows] != list(range(1, len(rows) + 1)):
            self.problems.append("the numbers of events have gaps")
        seen = collections.defaultdict(list)
        for _, event, cluster, _, status in rows:
            if event in ("started", "failed", "completed", "restarted"):
                seen[cluster].append(status)
            else:
                self.problems.append(f"an event that nothing caused: {event} {cluster}")
        for task in self.world.tasks:
            if seen[task] != ["ACTIVATION"] + self.changes[task]:
                self.problems.append(f"{task}: was {self.changes[task]}, stored {seen[task]}")
        self.events = len(rows)
        self.rows = rows

    def check_receipts(self, target, found):
        """What arrived is stored, says the same, and always in the same words."""
        receipts = []
        for delivery in found:
            data = delivery["json"]["data"]
            receipts.append({
                "id": delivery["headers"]["webhook-id"], "target": target, "body": delivery["body"],
                "accepted": delivery["verdict"] == "accepted", "event": data["event"], "cluster": data["cluster"],
                "from": data["from"], "to": data["to"]})
        prefix = receipts[0]["id"].rpartition("-")[0] if receipts else ""
        rows = [
            {"id": f"{prefix}-{seq}", "event": event, "cluster": cluster or None, "from": old or None, "to": new or None}
            for seq, event, cluster, old, new in self.rows]
        self.problems += checker.receipts_are_events(receipts, rows)
        self.problems += [f"{target} refused {item['id']}" for item in receipts if not item["accepted"]]

    def check_deliveries(self):
        self.twice = 0
        for target in self.world.targets:
            found = self.world.simulator.ask(f"/_control/deliveries?hook={target}")
            found = found["deliveries"] if isinstance(found, dict) else found
            self.check_receipts(target, found)
            first = {}
            for place, delivery in enumerate(found):
                name = delivery["headers"]["webhook-id"]
                self.twice += name in first
                first.setdefault(name, (place, delivery))
            numbers = collections.defaultdict(list)
            for name, (_, delivery) in first.items():
                body = delivery["body"]
                body = body if isinstance(body, dict) else json.loads(body)
                numbers[body["data"]["cluster"]].append(int(name.split("-")[-1]))
            times = sorted((moment(delivery["at"]), delivery["headers"].get("x-host", "?")) for delivery in found)
            self.check_rate(target, times, TARGET_RATE, TARGET_RATE + TARGET_RATE * LATE)
            total = sum(map(len, numbers.values()))
            expected = int(self.world.postgres.sql(f"SELECT count(*) FROM outbox WHERE target = '{target}'"))
            if total != expected:
                self.problems.append(f"{target} got {total} of {expected} alerts")
            for cluster, order in numbers.items():
                if order != sorted(order):
                    self.problems.append(f"{target}: the alerts of {cluster} came in the order {order}")

    def check_calls(self):
        calls = collections.defaultdict(list)
        self.calls += self.world.simulator.new_calls()
        for call in self.calls:
            if call.get("account") and "@" in call["account"]:
                account, host = call["account"].split("@")
                calls[account].append((moment(call["at"]), host, call.get("cluster") or ""))
        self.gap = 0.0
        self.takeovers = []
        self.arrived = {}
        (self.world.folder / "calls.json").write_text(json.dumps(calls))
        taken = budget.taken(self.world.daemons)
        kills = [(at, host) for at, kind, host in self.faults if kind == "kill -9"]
        for account, found in sorted(calls.items()):
            found.sort()
            times = [at for at, _, _ in found]
            self.gap = max([self.gap] + [later - earlier for earlier, later in zip(times, times[1:])])
            sent, others = budget.sent(found, taken.get(account, []), kills)
            if others:
                self.problems.append(f"{account}: {len(others)} calls that no budget shows, the first {others[0]}")
            arrived = [(at, host) for at, host, _ in found]
            self.check_rate(account, sent, RATE, BURST + ROUNDING)
            self.arrived[account] = budget.most_at_once(arrived, RATE)[0]
            self.check_hosts(account, arrived)

    def check_rate(self, name, found, rate, allowed):
        level, at, host = budget.most_at_once(found, rate)
        self.rates.append((name, level, len(found)))
        if level > allowed:
            self.problems.append(
                f"{name}: {level:.2f} at once by {host}, {allowed} are allowed, at "
                f"{datetime.datetime.fromtimestamp(at):%H:%M:%S.%f}")

    def check_hosts(self, account, found):
        tenures = []
        for at, host in found:
            if tenures and tenures[-1][0] == host:
                tenures[-1][2] = at
            else:
                tenures.append([host, at, at])
        for place, (host, begin, end) in enumerate(tenures):
            if place + 1 < len(tenures) and end - begin < 1 and place > 0:
                before, after = tenures[place - 1], tenures[place + 1]
                if before[0] == after[0] and after[1] - before[2] < 2:
                    self.problems.append(f"{account}: {host} polled while {after[0]} did, at {begin}")
            if place == 0:
                continue
            before, last = tenures[place - 1][0], tenures[place - 1][2]
            causes = [fault for fault in self.faults if fault[2] == before and begin - 60 < fault[0] <= begin]
            if causes and not causes[-1][1].startswith("clock"):
                self.takeovers.append((causes[-1][1], begin - max(last, causes[-1][0])))
            else:
                self.takeovers.append(("shared anew", begin - last))

    def report(self):
        table = collections.defaultdict(list)
        for kind, seconds in self.takeovers:
            table[kind].append(seconds)
        print(f"events {self.events}, alerts sent again {self.twice}, longest time without a call {self.gap:.1f} s")
        for name, most, count in self.rates:
            arrived = f"; as they arrived {self.arrived[name]:.1f}" if name in self.arrived else ""
            print(f"{name}: {count}, at most {most:.2f} at once{arrived}")
        print("| fault | takeovers | shortest | median | longest |")
        print("|---|---|---|---|---|")
        for kind, times in sorted(table.items()):
            times.sort()
            print(f"| {kind} | {len(times)} | {times[0]:.1f} s | {times[len(times) // 2]:.1f} s | {times[-1]:.1f} s |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave logs and configs where they are")
    arguments = parser.parse_args()
    chaos = Chaos(arguments)
    print(chaos.world.folder, flush=True)
    problems = ["it did not come to an end"]
    try:
        chaos.run(arguments.minutes)
        problems = chaos.check()
        chaos.report()
    finally:
        for problem in problems[:30]:
            print("✘", problem)
        chaos.world.end(keep=arguments.keep or bool(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
