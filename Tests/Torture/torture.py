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
import fcntl
import json
import mmap
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Proof"))

# pylint: disable=wrong-import-position
import checker  # noqa: E402
from injections import Injections  # noqa: E402
import shim  # noqa: E402

TASKS = ["pm-torture%04d" % number for number in range(1, 9)]
# Watched with the account whose credentials come from a program.
HELPED = ["pm-helped%04d" % number for number in range(1, 4)]
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
DAY = 86400
STATUS_EVENTS = {"started", "restarted", "completed", "failed", "changed"}
# What a change may take to be stored while the worst goes on, and what a silence may take to be reported.
LONGEST_CHANGE = 300
LONGEST_SILENCE = 300
# A daemon that runs shows that it makes progress at least this often.
WATCHDOG = 60


class Control:
    """The simulator's control endpoint."""

    def __init__(self, port):
        self.base = "http://127.0.0.1:%d/_control" % port

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


class Task:
    """One training: a change of its status is made only after the one before is in the history."""

    def __init__(self, name):
        self.name = name
        self.truth = ["ACTIVATION"]
        self.changed_at = time.monotonic()
        self.next_change = None


class Daemon:
    """The daemon as a service manager sees it: started again whenever it has ended."""

    def __init__(self, site):
        self.site = site
        self.process = None
        self.unread = None
        self.start_at = 0
        self.starts = 0
        self.kills = 0
        self.endings = {}
        self.last_progress = time.monotonic()
        self.longest_without_progress = 0
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(site.path("notify"))
        self.notify.setblocking(False)
        self.status = ""
        self.is_ready = False

    def keep_running(self):
        if self.process and self.process.poll() is not None:
            code = self.process.returncode
            self.endings[code] = self.endings.get(code, 0) + 1
            self.process = None
            os.close(self.unread)
            self.start_at = time.monotonic() + 1
        if not self.process and time.monotonic() >= self.start_at:
            self.start()

    def start(self):
        # What the one before has said is not the new one's.
        self.listen()
        self.is_ready = False
        # A pipe that nobody reads, as small as it can be.
        self.unread, end = os.pipe()
        fcntl.fcntl(end, 1031, 4096)  # F_SETPIPE_SZ
        environment = dict(
            self.site.environment, **self.site.shims, TORTURE_CLOCK=self.site.path("clock"),
            NOTIFY_SOCKET=self.site.path("notify"), WATCHDOG_USEC=str(WATCHDOG * 1000000))
        self.process = subprocess.Popen(
            [self.site.program("polarai-daemon"), "run"], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=end)
        os.close(end)
        self.starts += 1
        self.last_progress = time.monotonic()

    def listen(self):
        while True:
            try:
                text = self.notify.recv(65536).decode(errors="replace")
            except BlockingIOError:
                break
            for line in text.split("\n"):
                if line.startswith("STATUS="):
                    self.status = line[7:]
                if line == "READY=1":
                    self.is_ready = True
                if line == "WATCHDOG=1" or line == "READY=1":
                    self.last_progress = time.monotonic()
        if self.process:
            self.longest_without_progress = max(
                self.longest_without_progress, time.monotonic() - self.last_progress)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def stop(self):
        """SIGTERM; how it ended and how long that took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "not within 30 s"
        return code, time.monotonic() - begin


class Site:
    def __init__(self, folder, programs):
        self.folder = folder
        self.programs = programs
        os.makedirs(self.path("run"))
        os.makedirs(self.path("run2"))
        # What stands between the daemon and its clock and disk.
        self.shims = {}
        self.environment = dict(
            os.environ, RUNTIME_DIRECTORY=self.path("run"), POLARAI_CONFIG=self.path("config.json"))
        for name in list(self.environment):
            if name.lower().endswith("_proxy") or name in ("NOTIFY_SOCKET", "JOURNAL_STREAM"):
                del self.environment[name]

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.programs, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)


class Torture:
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
        self.began = time.monotonic()

    # What is built

    def prepare(self):
        site = self.site
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock_shim.c")
        subprocess.run(
            ["cc", "-O1", "-shared", "-fPIC", "-o", site.path("clock_shim.so"), source, "-ldl"], check=True)
        with open(site.path("clock"), "wb") as file:
            file.write(struct.pack("q", 0))
        file = open(site.path("clock"), "r+b")
        self.clock = mmap.mmap(file.fileno(), 8)

        tasks = [{"id": name, "account": "main", "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for name in TASKS]
        tasks += [
            {"id": name, "account": "helped", "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for name in HELPED]
        scenario = {
            "accounts": [
                {"name": "main", "access_key_id": "testid", "access_key_secret": "testsecret"},
                {"name": "helped", "access_key_id": "helpedid", "access_key_secret": "helpedsecret",
                 "security_tokens": ["token"]}],
            "tasks": tasks, "hooks": [{"name": "ops", "secret": SECRET}]}
        site.write("scenario.json", json.dumps(scenario))
        log = open(site.path("simulator.log"), "wb")
        self.simulator = subprocess.Popen(
            [site.program("polarai-simulator"), "serve", "--scenario", site.path("scenario.json"), "--ready-file",
             site.path("ports")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_for(lambda: os.path.exists(site.path("ports")) and os.path.getsize(site.path("ports")) > 0, 60)
        with open(site.path("ports")) as file:
            port = json.load(file)["http"]
        self.control = Control(port)

        library = shim.build(site.folder)
        self.page = shim.FaultPage(site.path("fault"))
        site.shims = shim.environment(library, site.path("disk"), page=self.page.path)
        site.shims["LD_PRELOAD"] += ":" + site.path("clock_shim.so")
        self.injections = Injections(self, self.page)

        os.makedirs(site.path("disk"), exist_ok=True)
        if self.has_mount:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", site.path("disk")], check=True)
        os.symlink(site.path("disk/real.db"), site.path("history.db"))
        self.write_helper(hangs=False)
        profiles = {"current": "p", "profiles": [
            {"name": "p", "mode": "External", "process_command": "/bin/sh " + site.path("helper.sh")}]}
        site.write("profiles.json", json.dumps(profiles))
        url = "http://127.0.0.1:%d" % port
        config = {
            "api": {"region": "cn-beijing", "endpoint": url, "timeout": "3s", "calls_per_second": 50, "burst": 20,
                    "credentials": {"type": "access_key", "access_key_id": "testid",
                                    "access_key_secret": "testsecret"}},
            "accounts": {"helped": {"credentials": {"type": "profile", "file": site.path("profiles.json")}}},
            "clusters": TASKS + [{"id": name, "account": "helped"} for name in HELPED],
            "schedule": {"running": "2s", "settled": "2s", "failing_after": "10s", "stall_after": "0"},
            "targets": {"ops": {"url": url + "/hook/ops", "secret": SECRET, "retry": ["1s", "2s", "5s"]}},
            "routes": [{"events": sorted(STATUS_EVENTS | {"gone", "poll_failing", "poll_recovered"}),
                        "targets": ["ops"]}],
            "storage": {"path": site.path("history.db")}}
        site.write("config.json", json.dumps(config, indent=1))
        self.daemon = Daemon(site)

    def write_helper(self, hangs):
        """The program that gives credentials; while it hangs, it leaves another process behind that holds its output."""
        if hangs:
            text = "sleep 600 &\nsleep 600\n"
        else:
            text = (
                'end=$(($(date +%s) + 20))\n'
                'echo "{\\"mode\\": \\"StsToken\\", \\"access_key_id\\": \\"helpedid\\", \\"access_key_secret\\": '
                '\\"helpedsecret\\", \\"sts_token\\": \\"token\\", \\"expiration\\": $end}"\n')
        # The real clock: what the daemon's shows is another matter.
        self.site.write("helper.new", "unset LD_PRELOAD\n" + text)
        os.rename(self.site.path("helper.new"), self.site.path("helper.sh"))

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
        self.write_helper(hangs=True)
        self.silence = {"began": time.monotonic(), "seq": self.history[-1]["seq"] if self.history else 0,
                        "reported": None}
        self.count("hanging programs")

    # What is seen meanwhile

    def stored(self):
        """The history as the command line shows it; nil where the file cannot be read just now."""
        result = subprocess.run(
            [self.site.program("polarai-daemon"), "history", "--limit", "0", "--format", "json", "--database",
             self.site.path("history.db")], env=self.site.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        return json.loads(result.stdout) if result.returncode == 0 else None

    def look(self):
        rows = self.stored()
        if rows is None:
            return
        if [row["id"] for row in rows[:len(self.history)]] != [row["id"] for row in self.history]:
            self.breach("what was in the history is not in it any more, or has changed its id")
        self.history = rows
        self.move_tasks(rows)
        self.watch_silence(rows)

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

    # The end

    def finish(self):
        """Everything works again: within some minutes all is stored and delivered."""
        self.page.disarm()
        self.clock[0:8] = struct.pack("q", 0)
        self.free_disk()
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
                self.breach("the daemon ended by itself with %s, %d times" % (ending, times))
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
        for row in rows:
            if row["event"] in ("poll_failing", "poll_recovered") and row["account"] != "helped":
                self.breach("%s %s of account %s was made up" % (row["id"], row["event"], row["account"]))
            if row["event"] not in STATUS_EVENTS | {"poll_failing", "poll_recovered"}:
                self.breach("%s %s was made up" % (row["id"], row["event"]))
        # Each change was shown until it was in the history: none may be missing.
        timelines = {task.name: [(status, LONGEST_CHANGE) for status in task.truth] for task in self.tasks.values()}
        receipts = self.receipts()
        for breach in checker.everything(
                timelines, rows, receipts, lambda row: set() if row["kind"] == "first_seen" else {"ops"}):
            self.breach(breach)
        arrived = [receipt["id"] for receipt in receipts if receipt["accepted"]]
        self.counts["deliveries"] = len(receipts)
        self.counts["alerts that arrived"] = len(set(arrived))
        self.counts["sent more than once"] = sum(1 for name in set(arrived) if arrived.count(name) > 1)

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
    parser.add_argument("--keep", action="store_true", help="keep the folder with config, logs and database")
    arguments = parser.parse_args()
    has_mount = with_mount()
    folder = tempfile.mkdtemp(prefix="torture-")
    torture = Torture(Site(folder, os.path.abspath(arguments.programs)), arguments.seed, has_mount)
    try:
        torture.run(arguments.minutes)
    finally:
        torture.clean_up()
        if arguments.keep:
            shutil.copytree(folder, folder + "-kept", symlinks=True, ignore=shutil.ignore_patterns("run", "notify"))
            print("kept: " + folder + "-kept", flush=True)
        if has_mount:
            subprocess.run(["umount", "-l", torture.site.path("disk")], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(torture.summary()), flush=True)
    sys.exit(1 if torture.breaches else 0)


if __name__ == "__main__":
    main()
