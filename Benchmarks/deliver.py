"""Alerts delivered per second by a daemon that has nothing else to send, and by one with 100,000 waiting for a target
that is away and 100,000 dead.

deliver.py DAEMON WORK_FOLDER ENDPOINT CA_FILE ROUNDS

WORK_FOLDER/backlog.db holds 206,000 alerts that wait for the target "hook": see start_up in run.sh.
"""

import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time

daemon, work, endpoint, ca_file, rounds = sys.argv[1:]
OTHERS = 100_000
MEASURED = 6_000
# The first ones are sent while the daemon still starts, the last ones by fewer connections.
FIRST, LAST = 1_000, 5_500


def database(name, with_backlog):
    """The last alerts are due; the others are dead or wait for a target that is away, or are not there."""
    path = os.path.join(work, name)
    shutil.copy(os.path.join(work, "backlog.db"), path)
    now = int(time.time() * 1000)
    with sqlite3.connect(path) as db:
        newest = db.execute("SELECT max(seq) FROM outbox").fetchone()[0]
        due = newest - MEASURED
        assert due >= 2 * OTHERS, "backlog.db is too small"
        db.execute("UPDATE outbox SET next_attempt_at = NULL")
        if with_backlog:
            db.execute("UPDATE outbox SET state = 'dead' WHERE seq <= ?", [OTHERS])
            db.execute("UPDATE outbox SET target = 'away' WHERE seq > ? AND seq <= ?", [OTHERS, due])
        else:
            db.execute("DELETE FROM outbox WHERE seq <= ?", [due])
        # Old ones would be given up.
        db.execute("UPDATE events SET observed_at = ?1, not_before = ?1, api_time = ?1", [now])
        db.execute("UPDATE outbox SET created_at = ?1, waiting_since = ?1, updated_at = ?1", [now])
        db.execute(
            "UPDATE outbox SET next_attempt_at = ? WHERE (seq, target) IN"
            " (SELECT min(seq), target FROM outbox WHERE state = 'pending' GROUP BY target, line)", [now])
    db.close()
    return path


def config(name, path):
    file = os.path.join(work, name + ".json")
    with open(file, "w") as out:
        json.dump(
            {
                "api": {
                    "region": "cn-beijing", "endpoint": "https://" + endpoint, "ca_file": ca_file,
                    "credentials": {"type": "access_key", "access_key_id": "bench", "access_key_secret": "bench"},
                },
                "targets": {
                    "hook": {"type": "webhook", "url": f"https://{endpoint}/", "ca_file": ca_file},
                    # Nobody listens there.
                    "away": {"type": "webhook", "url": "http://127.0.0.1:9/hook"},
                },
                "storage": {"path": path},
            },
            out,
        )
    os.chmod(file, 0o600)
    return file


def used(process):
    """Seconds of processor time."""
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rate(name, with_backlog):
    """Alerts per second, and milliseconds of processor time for each."""
    path = database(name + ".db", with_backlog)
    process = subprocess.Popen(
        [daemon, "run", "--config", config(name, path)],
        env=dict(os.environ, RUNTIME_DIRECTORY=work), stderr=subprocess.DEVNULL)
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    query = "SELECT count(*) FROM outbox WHERE state = 'delivered' AND seq > ?"
    due = reader.execute("SELECT max(seq) FROM outbox").fetchone()[0] - MEASURED
    begin = None
    deadline = time.monotonic() + 120
    try:
        while True:
            delivered = reader.execute(query, [due]).fetchone()[0]
            now = time.monotonic()
            if begin is None and delivered >= FIRST:
                begin = (now, delivered, used(process))
            if delivered >= LAST:
                count = delivered - begin[1]
                return count / (now - begin[0]), 1000 * (used(process) - begin[2]) / count
            if process.poll() is not None:
                sys.exit(f"deliver.py: the daemon ended with {process.returncode}")
            if now > deadline:
                sys.exit(f"deliver.py: {delivered} of {MEASURED} alerts were delivered within two minutes")
            time.sleep(0.05)
    finally:
        reader.close()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        for ending in ("", "-wal", "-shm", ".last"):
            if os.path.exists(path + ending):
                os.unlink(path + ending)


alone, behind = [], []
for number in range(int(rounds)):
    alone.append(rate(f"alone-{number}", False))
    behind.append(rate(f"behind-{number}", True))
def report(what, place, goal):
    ours, other = (statistics.median(run[place] for run in runs) for runs in (behind, alone))
    print(f"{what:<58} {ours:>10.2f} {other:>10.2f} {ours / other:>8.2f}   goal {goal}")
    mine, others = ([run[place] for run in runs] for runs in (behind, alone))
    print(f"    spread: {min(mine):.2f}..{max(mine):.2f}, with none {min(others):.2f}..{max(others):.2f}, {rounds} rounds")


report("alerts/s with 100,000 waiting and 100,000 dead / with none", 0, ">= 0.8")
report("    CPU ms for each / with none", 1, "")
