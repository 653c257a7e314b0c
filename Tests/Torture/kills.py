#!/usr/bin/env python3
"""SIGKILL again and again while trainings start and end: nothing is lost, and what is sent twice is the same.

    kills.py PROGRAMS [--kills N] [--seed N] [--keep]

PROGRAMS is the folder of polarai-daemon and polarai-simulator. The daemon is killed at random moments: while it starts, at
work, while it sends. A change is made only after the one before was shown by `history --follow`, so that each of them must
be in the history. At the end the one checker compares it with what the API showed and the receivers got; what had been shown
as delivered must not have come again. Exits 0, or 1 with each breach on a line.
"""
import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../PowerCuts"), os.path.join(HERE, "../Proof")]

# pylint: disable=wrong-import-position
import checker  # noqa: E402
from session import Session, routed  # noqa: E402
import site_of_daemon as sites  # noqa: E402


class Kills:
    def __init__(self, session, seed):
        self.session = session
        self.random = random.Random(seed)
        self.counts = {"kills": 0, "before it was ready": 0}

    def run(self, kills):
        session = self.session
        session.prepare()
        daemon = session.start()
        session.background(session.follow)
        session.background(session.watch_states)
        changes = session.background(self.change_tasks)
        while self.counts["kills"] < kills:
            # Every third one dies while it starts, or whenever that is.
            if self.random.random() < 2 / 3 and not daemon.await_start():
                raise sites.Failed("the daemon ended by itself: " + daemon.log[-400:])
            time.sleep(self.random.uniform(0, 0.3))
            daemon.listen()
            if daemon.process.poll() is not None:
                raise sites.Failed("the daemon ended by itself: " + daemon.log[-400:])
            self.counts["before it was ready"] += not daemon.is_ready
            daemon.kill()
            os.unlink(daemon.log_path)
            self.counts["kills"] += 1
            if session.error:
                raise session.error
            daemon = session.site.start_daemon()
        session.is_over.set()
        # A change after all has settled would be one that nobody could see.
        changes.join(sites.PATIENCE)
        if not daemon.await_start():
            raise sites.Failed("the daemon does not start: " + daemon.log[-400:])
        session.settle()
        session.stop(daemon)
        session.follower.terminate()

    def change_tasks(self):
        while not self.session.is_over.is_set():
            self.session.change_tasks(1)

    def compare(self):
        session = self.session
        rows = session.site.history()[0]
        receipts = session.receiver.since(0)
        arrived = [(item["id"], item["target"]) for item in receipts if item["accepted"]]
        self.counts.update({
            "events": len(rows), "receipts": len(arrived), "received twice": len(arrived) - len(set(arrived)),
            "shown as over": len(session.over)})
        return checker.unchanged(session.shown, rows) + checker.not_again(session.over, receipts) + checker.everything(
            {task: [(status, 1) for status in truth] for task, truth in session.truth.items()}, rows, receipts, routed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with config, logs and database")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="kills-")
    session = Session(sites.Site(folder, arguments.programs), None, arguments.seed)
    kills = Kills(session, arguments.seed)
    breaches = []
    began = time.monotonic()
    try:
        kills.run(arguments.kills)
        breaches = kills.compare()
    except sites.Failed as failure:
        breaches = [str(failure)]
    finally:
        session.receiver.stop()
        session.site.clean_up()
        if arguments.keep:
            print("kept: " + folder, flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for breach in breaches:
        print("BREACH: " + breach, flush=True)
    print(json.dumps(dict(kills.counts, seconds=int(time.monotonic() - began), breaches=len(breaches))), flush=True)
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
