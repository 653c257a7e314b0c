#!/usr/bin/env python3
"""A bad hour for the daemon: everything that goes wrong in a data centre, at once and again and again.

    torture.py PROGRAMS [--minutes N] [--seed N] [--keep]

PROGRAMS is the folder of polarai-daemon and polarai-simulator. The daemon is killed with SIGKILL, its wall clock is
stepped by up to four days, its database is a symbolic link into a tmpfs that fills up, nobody reads its standard error,
the program that gives one account its credentials hangs, and the receiver of alerts goes away; what injections.py adds:
it is frozen, its disk hangs or is read-only, a second daemon is started, descriptors and memory run out, and reloads come
by the hundred with a broken config.

At the end, what the daemon stored and sent is compared with what the simulator showed and received (Proof/checker.py):
nothing is lost, nothing is made up, no silence goes unreported. Exits 0, or 1 with each breach on a line.
"""
import argparse
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Proof"))

# pylint: disable=wrong-import-position
from ending import LONGEST_CHANGE, LONGEST_SILENCE, Ending  # noqa: E402
from service import Site  # noqa: E402
from setting import HELPED, TASKS, STATUS_EVENTS, Setting  # noqa: E402

DAY = 86400


class Task:
    """One training: a change of its status is made only after the one before is in the history."""

    def __init__(self, name):
        self.name = name
        self.truth = ["ACTIVATION"]
        self.changed_at = time.monotonic()
        self.next_change = None


class Torture(Setting, Ending):
    def __init__(self, site, seed, has_mount):
        self.site = site
        self.random = random.Random(seed)
        self.has_mount = has_mount
        self.tasks = {name: Task(name) for name in TASKS + HELPED}
        self.breaches = []
        self.counts = {}
        self.silence = None
        self.silences = []
        self.history = []
        self.dead = set()
        self.began = time.monotonic()

    # What happens

    def run(self, minutes):
        self.prepare()
        end = time.monotonic() + minutes * 60
        plans = [
            [self.soon(20, 45), self.do_kill, (20, 60)],
            [self.soon(5, 25), self.do_clock, (10, 40)],
            [self.soon(30, 60), self.do_fill, (45, 120)],
            [self.soon(15, 40), self.do_receiver, (30, 90)],
            [self.soon(25, 50), self.do_silence, (60, 150)],
            [self.soon(40, 80), self.do_reload, (30, 90)],
        ] + self.injections.plans()
        endings = []
        look_at = 0
        report_at = time.monotonic() + 60
        while time.monotonic() < end:
            self.daemon.keep_running()
            self.daemon.listen()
            now = time.monotonic()
            for plan in plans:
                if now >= plan[0]:
                    undo = plan[1]()
                    if undo:
                        endings.append((now + undo[0], undo[1]))
                    plan[0] = self.soon(*plan[2])
            for moment, undo in [item for item in endings if item[0] <= now]:
                undo()
            endings = [item for item in endings if item[0] > now]
            if now >= look_at:
                self.look()
                look_at = time.monotonic() + 3
            if now >= report_at:
                self.say()
                report_at = now + 60
            time.sleep(0.2)
        for _, undo in endings:
            undo()
        self.finish()

    def soon(self, least, most):
        return time.monotonic() + self.random.uniform(least, most)

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def do_kill(self):
        self.daemon.kill()
        self.count("SIGKILL")

    def do_clock(self):
        days = self.random.choice([0, 0, 4, -4, 1, -1, 0.25, -0.25, 0.0001, -0.0001])
        self.clock[0:8] = struct.pack("q", int(days * DAY * 1e9))
        self.count("clock steps")

    def do_fill(self):
        if not self.has_mount:
            return None
        self.count("full disks")
        try:
            with open(self.site.path("disk/filler"), "ab", buffering=0) as file:
                while True:
                    file.write(b"\0" * 65536)
        except OSError:
            pass
        return self.random.uniform(8, 25), self.free_disk

    def free_disk(self):
        try:
            os.unlink(self.site.path("disk/filler"))
        except FileNotFoundError:
            pass

    def do_receiver(self):
        self.control.ask("POST", "/hooks/ops", {"down": self.random.choice(["reset", "503"])})
        self.count("receiver away")
        return self.random.uniform(5, 30), lambda: self.control.ask("POST", "/hooks/ops", {"down": None})

    def do_reload(self):
        # As a service manager does: not before it is ready.
        if self.daemon.process and self.daemon.is_ready:
            self.daemon.process.send_signal(signal.SIGHUP)
            self.count("reloads")

    def do_silence(self):
        """The helper hangs until the daemon has reported the account's silence."""
        if self.silence:
            return
        # One that another injection has begun is reported already, and not once more.
        outages = [row["event"] for row in self.history
                   if row["account"] == "helped" and row["event"] in ("poll_failing", "poll_recovered")]
        if outages and outages[-1] == "poll_failing":
            return
        self.write_helper(hangs=True)
        self.silence = {"began": time.monotonic(), "seq": self.history[-1]["seq"] if self.history else 0,
                        "reported": None}
        self.count("hanging programs")

    # What is seen meanwhile

    def stored(self, *command):
        """A list as the command line shows it, the history if no other is named; None if it cannot be read just now."""
        result = subprocess.run(
            [self.site.program("polarai-daemon"), *(command or ["history"]), "--limit", "0", "--format", "json",
             "--database", self.site.path("history.db")], env=self.site.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False)
        return json.loads(result.stdout) if result.returncode == 0 else None

    def look(self):
        rows = self.stored()
        if rows is None:
            return
        if [row["id"] for row in rows[:len(self.history)]] != [row["id"] for row in self.history]:
            self.breach("what was in the history is not in it any more, or has changed its id")
        self.history = rows
        self.watch_dead(rows)
        self.move_tasks(rows)
        self.watch_silence(rows)

    def watch_dead(self, rows):
        """The receiver is away for half a minute at most: nothing may become dead. Says why it was, while it can be seen."""
        dead = {row["id"] for row in rows for alert in row["alerts"] if alert["state"] == "dead"} - self.dead
        if dead:
            alerts = self.stored("alerts", "list", "--state", "dead") or []
            for alert in alerts:
                if alert["id"] in dead:
                    self.dead.add(alert["id"])
                    self.breach("the alert of %s is dead: %s" % (alert["id"], json.dumps(alert)))

    def move_tasks(self, rows):
        last = {}
        for row in rows:
            if row["cluster"] and row["event"] in STATUS_EVENTS:
                last[row["cluster"]] = row["to"]
        now = time.monotonic()
        for task in self.tasks.values():
            is_hidden = self.silence is not None and task.name in HELPED
            if last.get(task.name) != task.truth[-1]:
                if is_hidden:
                    task.changed_at = now
                elif now - task.changed_at > LONGEST_CHANGE:
                    self.breach("%s has been %s for %d s, and the history says %s" % (
                        task.name, task.truth[-1], LONGEST_CHANGE, last.get(task.name)))
                    task.changed_at = now
                continue
            if task.next_change is None:
                task.next_change = now + self.random.uniform(2, 40)
            if now >= task.next_change and not is_hidden:
                status = self.random.choice(["COMPLETED", "FAILED"]) if task.truth[-1] == "ACTIVATION" else "ACTIVATION"
                self.control.ask("POST", "/tasks/" + task.name, {"status": status})
                task.truth.append(status)
                task.changed_at = now
                task.next_change = None

    def watch_silence(self, rows):
        silence = self.silence
        if not silence:
            return
        events = [row["event"] for row in rows if row["seq"] > silence["seq"] and row["account"] == "helped"
                  and row["event"] in ("poll_failing", "poll_recovered")]
        took = time.monotonic() - silence["began"]
        if silence["reported"] is None:
            if "poll_failing" in events:
                silence["reported"] = took
                self.write_helper(hangs=False)
                silence["ended"] = time.monotonic()
            elif took > LONGEST_SILENCE:
                self.breach("an account without a good answer for %d s was not reported" % LONGEST_SILENCE)
                self.write_helper(hangs=False)
                self.silence = None
        elif events[-1] == "poll_recovered":
            silence["recovered"] = time.monotonic() - silence["ended"]
            self.silences.append(silence)
            self.silence = None
        elif time.monotonic() - silence["ended"] > LONGEST_SILENCE:
            self.breach("an account that answers again for %d s was not reported" % LONGEST_SILENCE)
            self.silence = None

    def breach(self, words):
        self.breaches.append(words)
        print("BREACH after %d s: %s" % (time.monotonic() - self.began, words), flush=True)

    def say(self):
        print("%4d s: %d events, %s; %s" % (
            time.monotonic() - self.began, len(self.history),
            ", ".join("%s %d" % item for item in sorted(self.counts.items())), self.daemon.status[:160]), flush=True)

    def wait_for(self, condition, limit):
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline or self.simulator.poll() is not None:
                raise SystemExit("the simulator did not start; see " + self.site.path("simulator.log"))
            time.sleep(0.1)

    def summary(self):
        changes = sum(len(task.truth) - 1 for task in self.tasks.values())
        return {
            "seconds": int(time.monotonic() - self.began), "events": len(self.history), "changes": changes,
            "starts": self.daemon.starts, "endings": {str(code): n for code, n in self.daemon.endings.items()},
            "silences": [{"reported_after": round(item["reported"], 1), "recovered_after": round(item["recovered"], 1)}
                         for item in self.silences],
            "longest_without_progress": round(self.daemon.longest_without_progress, 1), **self.counts,
            "breaches": len(self.breaches)}

    def clean_up(self):
        for process in (getattr(self, "daemon", None) and self.daemon.process, getattr(self, "simulator", None)):
            if process and process.poll() is None:
                process.kill()
                process.wait()


def with_mount():
    """Runs this program again with mounts of its own, if the host lets it; whether it has them."""
    if os.environ.get("TORTURE_MOUNT"):
        return os.environ["TORTURE_MOUNT"] == "yes"
    options = ["--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    trial = subprocess.run(
        ["unshare"] + options + ["sh", "-c", "mount -t tmpfs tmpfs /mnt"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False) if shutil.which("unshare") else None
    if trial is None or trial.returncode != 0:
        print("No mounts of its own are possible here: the disk is not filled.", flush=True)
        return False
    os.environ["TORTURE_MOUNT"] = "yes"
    os.execvp("unshare", ["unshare"] + options + [sys.executable] + sys.argv)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with config, logs and database; with a breach it always is")
    arguments = parser.parse_args()
    has_mount = with_mount()
    folder = tempfile.mkdtemp(prefix="torture-")
    torture = Torture(Site(folder, os.path.abspath(arguments.programs)), arguments.seed, has_mount)
    try:
        torture.run(arguments.minutes)
    finally:
        torture.clean_up()
        if arguments.keep or torture.breaches:
            shutil.copytree(folder, folder + "-kept", symlinks=True, ignore=shutil.ignore_patterns("run", "notify"))
            print("kept: " + folder + "-kept", flush=True)
        if has_mount:
            subprocess.run(["umount", "-l", torture.site.path("disk")], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(torture.summary()), flush=True)
    sys.exit(1 if torture.breaches else 0)


if __name__ == "__main__":
    main()
