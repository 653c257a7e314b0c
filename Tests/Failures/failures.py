#!/usr/bin/env python3
"""The n-th failure: each system call on the database's files fails, once and for good, one after the other.

    failures.py PROGRAMS [--only OPERATION]... [--jobs N] [--sample N] [--every N [--first N]] [--seed N] [--keep]

For each operation (opening a new database, one that a killed daemon left, and one of an older program; a commit with its
delivery; a stop; a backup; a reload) and each kind of error, the first call fails, then the second, and so on, until a
run passes without a failure; and the program is killed in the place of each call. Afterwards all of the operation is done
or nothing of it, SQLite finds no fault, everything goes on once the disk is well, and the program has said what happened.
`--sample N` tries only N failures of each operation, chosen at random, `--every N` only each N-th call, from a random one or
from `--first` on. `--jobs N` shares the calls among N processes, each with a folder and a simulator of its own: most of the
time is waiting. Exits 0, or 1 with each breach on a line.
"""
import argparse
import errno
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../Proof")]

# pylint: disable=wrong-import-position
import operations  # noqa: E402
import shim  # noqa: E402
import site_of_daemon as sites  # noqa: E402
from world import World  # noqa: E402

ONCE, FOR_GOOD = False, True
# Kinds of calls (letters of disk_shim.c), error, whether it goes on failing. No error: a write is a short one. KILLED: the
# program is killed in the place of the call.
ERRORS = [
    ("W", errno.ENOSPC, ONCE), ("W", errno.ENOSPC, FOR_GOOD), ("W", errno.EIO, ONCE), ("W", errno.EIO, FOR_GOOD),
    ("W", errno.EINTR, ONCE), ("W", 0, ONCE),
    ("S", errno.EIO, ONCE), ("S", errno.EIO, FOR_GOOD), ("S", errno.ENOSPC, ONCE),
    ("O", errno.EMFILE, ONCE), ("O", errno.EMFILE, FOR_GOOD), ("O", errno.EINTR, ONCE),
    ("R", errno.EIO, ONCE), ("R", errno.EIO, FOR_GOOD), ("R", errno.EINTR, ONCE),
    ("T", errno.ENOSPC, ONCE), ("T", errno.EIO, FOR_GOOD),
    ("N", errno.EIO, ONCE), ("N", errno.ENOSPC, FOR_GOOD), ("U", errno.EIO, ONCE), ("U", errno.EIO, FOR_GOOD),
    ("M", errno.ENOMEM, ONCE), ("M", errno.ENOMEM, FOR_GOOD), ("L", errno.ENOLCK, ONCE), ("L", errno.EINTR, ONCE),
    ("WSOTNU", shim.KILLED, ONCE),
]
NAMES = {**errno.errorcode, 0: "a short write", shim.KILLED: "SIGKILL"}
# More calls than any operation makes: a run that never passes is a fault of its own.
MOST = 5000


class Failures:
    def __init__(self, world, sample, every, first, seed):
        self.world = world
        self.sample = sample
        self.every = every
        self.first = first
        self.random = random.Random(seed)
        self.breaches = []
        self.runs = {}
        self.fired = {}

    def run(self, name, operation):
        errors = [error for error in ERRORS if set(error[0]) <= set(getattr(operation, "kinds", error[0]))]
        if self.sample:
            self.run_sample(name, operation, errors)
        else:
            for error in errors:
                number = self.first or self.random.randint(1, self.every)
                while self.attempt(name, operation, error, number):
                    number += self.every
                    if number > MOST:
                        self.breaches.append("%s: more than %d calls" % (name, MOST))
                        break
        if hasattr(operation, "end"):
            self.breaches += ["%s, at its end: %s" % (name, breach) for breach in operation.end()]
        print("%s: %d runs, a call failed in %d" % (name, self.runs[name], self.fired.get(name, 0)), flush=True)

    def run_sample(self, name, operation, errors):
        """Failures at random; how far a kind of error reaches is learnt on the way."""
        reach = {error: 6 for error in errors}
        for _ in range(self.sample):
            error = self.random.choice(errors)
            number = self.random.randint(1, reach[error])
            if self.attempt(name, operation, error, number):
                reach[error] = max(reach[error], number * 2)
            else:
                reach[error] = max(1, min(reach[error], self.world.page.count))

    def attempt(self, name, operation, error, number):
        """One run; whether a call failed in it."""
        calls, code, for_good = error
        page = self.world.page
        case = "%s: call %d of kind %s fails %s with %s" % (
            name, number, calls, "for good" if for_good else "once", NAMES[code])
        self.runs[name] = self.runs.get(name, 0) + 1
        try:
            found = operation(self.world, lambda: page.arm(calls, number, code, for_good))
        except sites.Failed as failure:
            found = [str(failure)]
        finally:
            page.disarm()
        if page.fired:
            self.fired[name] = self.fired.get(name, 0) + 1
        for breach in found:
            self.breaches.append("%s (%s): %s" % (case, page.what if page.fired else "none failed", breach))
            print("BREACH: " + self.breaches[-1], flush=True)
        return page.fired > 0


def share(arguments):
    """The same in several processes, of which each tries each n-th call; together they try all."""
    jobs = arguments.jobs
    command = [sys.executable, "-B", os.path.abspath(__file__), arguments.programs, "--every", str(jobs)]
    command += ["--seed", str(arguments.seed)] + (["--keep"] if arguments.keep else [])
    command += [word for name in arguments.only or [] for word in ("--only", name)]
    parts = [subprocess.Popen(command + ["--first", str(first)], stdout=subprocess.PIPE, text=True)
             for first in range(1, jobs + 1)]
    results = []

    def relay(part):
        for line in part.stdout:
            if line.startswith("{"):
                results.append(json.loads(line))
            else:
                print(line, end="", flush=True)
    threads = [threading.Thread(target=relay, args=(part,)) for part in parts]
    try:
        for thread in threads:
            thread.start()
        codes = [part.wait() for part in parts]
    except KeyboardInterrupt:
        # The parts are interrupted, too, and clean up.
        codes = [part.wait() for part in parts]
    for thread in threads:
        thread.join()
    print(json.dumps({key: (max if key == "seconds" else sum)(result[key] for result in results)
                      for key in (results[0] if results else {})}), flush=True)
    return 1 if any(codes) or len(results) < jobs else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--only", action="append", help="an operation; may be repeated")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--every", type=int, default=1, help="only each n-th call, from a random one on")
    parser.add_argument("--first", type=int, default=0, help="the first call that --every tries")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1000000))
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    arguments = parser.parse_args()
    if not arguments.first:
        print("failures: seed %d" % arguments.seed, flush=True)
    if arguments.jobs > 1 and not arguments.sample:
        sys.exit(share(arguments))
    began = time.monotonic()
    folder = tempfile.mkdtemp(prefix="failures-")
    world = None
    try:
        world = World(folder, arguments.programs)
        kinds = {
            "open a new database": functools.partial(operations.opening, prepared=None),
            "open after a kill": functools.partial(operations.opening, prepared="killed"),
            "migrate": functools.partial(operations.opening, prepared="old"),
            "commit and settle": operations.Running(world),
            "stop": operations.stopping,
            "backup": operations.backing_up,
            "reload": operations.Reloading(),
        }
        failures = Failures(world, arguments.sample, arguments.every, arguments.first, arguments.seed)
        for name, operation in kinds.items():
            if not arguments.only or name in arguments.only:
                failures.run(name, operation)
    finally:
        if world:
            world.clean_up()
        if arguments.keep:
            print("kept: " + folder, flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if not sum(failures.fired.values()):
        failures.breaches.append("no call failed: nothing was tried")
    print(json.dumps({
        "seconds": int(time.monotonic() - began), "runs": sum(failures.runs.values()),
        "calls that failed": sum(failures.fired.values()), "breaches": len(failures.breaches)}), flush=True)
    sys.exit(1 if failures.breaches else 0)


if __name__ == "__main__":
    main()
