"""Time from start to READY=1 and resident memory of the daemon with 10,000 clusters and 100,000 waiting alerts.

ready.py DAEMON WORK_FOLDER ENDPOINT CA_FILE ROUNDS
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

daemon, work, endpoint, ca_file, rounds = sys.argv[1:]
rounds = int(rounds)


def config(name, clusters, database):
    path = os.path.join(work, name + ".json")
    with open(path, "w") as file:
        json.dump(
            {
                "api": {
                    "region": "cn-beijing", "endpoint": "https://" + endpoint, "ca_file": ca_file,
                    "calls_per_second": 1000, "burst": 1000,
                    "credentials": {"type": "access_key", "access_key_id": "bench", "access_key_secret": "bench"},
                },
                "clusters": [{"id": f"pm-2zebench{100000 + i}", "name": f"bench-{i}"} for i in range(clusters)],
                # Nobody listens there: the alerts go on waiting.
                "targets": {"hook": {"type": "webhook", "url": "http://127.0.0.1:9/hook"}},
                "storage": {"path": database},
            },
            file,
        )
    os.chmod(path, 0o600)
    return path


def at_once():
    return True


def run(path, settle, is_settled=at_once):
    """Seconds until READY=1; after `settle` seconds, and once `is_settled`, VmRSS, anonymous memory and the highest VmRSS
    ever, in MB."""
    address = os.path.join(work, "notify.sock")
    if os.path.exists(address):
        os.unlink(address)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address)
    listener.settimeout(1)
    started = time.monotonic()
    process = subprocess.Popen(
        [daemon, "run", "--config", path], env=dict(os.environ, NOTIFY_SOCKET=address), stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                if b"READY=1" in listener.recv(65536):
                    break
            except TimeoutError:
                if process.poll() is not None:
                    sys.exit(f"ready.py: the daemon ended with {process.returncode}: {daemon} run --config {path}")
                if time.monotonic() - started > 60:
                    sys.exit("ready.py: no READY=1 within a minute")
        ready = time.monotonic() - started
        time.sleep(settle)
        while not is_settled():
            if time.monotonic() - started > 600:
                sys.exit("ready.py: the daemon did not settle within ten minutes")
            time.sleep(1)
        if is_settled is not at_once:
            # What the first reading needed is given back.
            time.sleep(30)
        with open(f"/proc/{process.pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        return [ready] + [int(status[key].split()[0]) / 1024 for key in ("VmRSS", "RssAnon", "VmHWM")]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        listener.close()


def report(what, ours, other, goal):
    print(f"{what:<58} {ours:>10.3f} {other:>10.3f} {ours / other if other else 0:>8.2f}   goal {goal}")


def progress_rows(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM progress").fetchone()[0]


waiting = os.path.join(work, "waiting.db")
full, empty = [], []
for number in range(rounds):
    copy = os.path.join(work, f"waiting-{number}.db")
    shutil.copy(waiting, copy)
    # The first round of polls takes 10 s, and what it needed is given back 14 s after the start.
    full.append(run(config("full", 10_000, copy), 20 if number == 0 else 0))
    empty.append(run(config("empty", 0, os.path.join(work, f"empty-{number}.db")), 20 if number == 0 else 0))
report(
    "start to READY, 10,000 clusters, 100,000 waiting / empty, s",
    statistics.median(r[0] for r in full), statistics.median(r[0] for r in empty), "<= 0.3 s",
)
report("resident MB, 10,000 polled clusters / empty daemon", full[0][1], empty[0][1], "<= 48 MB")
report("    of it anonymous, MB", full[0][2], empty[0][2], "")
report("    at most, the start included, MB", full[0][3], empty[0][3], "")
# Each training's measurements are read and on the disk, which takes a minute or more.
database = os.path.join(work, "trainings.db")
trainings = run(config("trainings", 10_000, database), 20, lambda: progress_rows(database) >= 10_000)
report("resident MB, 10,000 trainings with metrics read / empty daemon", trainings[1], empty[0][1], "<= 48 MB")
report("    at most, the start included, MB", trainings[3], empty[0][3], "")
