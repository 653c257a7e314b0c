"""A host dies, and another one takes its 10,000 tasks over: time to the first poll, and resident memory.

hosts.py DAEMON WORK_FOLDER ENDPOINT CA_FILE

Needs PostgreSQL's server; says so and measures nothing without it.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Hosts"))
from installation import Postgres, wait_for  # noqa: E402

CLUSTERS = 10_000
# As /proc/net/tcp writes them.
CONNECTING, CONNECTED = "02", "01"


def main():
    daemon, work, endpoint, ca_file = sys.argv[1:]
    if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        print("hosts: not measured: PostgreSQL's server is not installed (apt-get install postgresql)")
        return
    postgres = Postgres()
    processes = []
    try:
        measure(daemon, work, endpoint, ca_file, postgres, processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        postgres.end()


def start(daemon, work, name, config, processes):
    folder = os.path.join(work, name)
    os.makedirs(os.path.join(folder, "run"))
    path = os.path.join(folder, "config.json")
    with open(path, "w") as file:
        json.dump(config, file)
    os.chmod(path, 0o600)
    environment = {"PATH": os.environ["PATH"], "RUNTIME_DIRECTORY": os.path.join(folder, "run")}
    process = subprocess.Popen([daemon, "run", "--config", path], env=environment, stderr=subprocess.DEVNULL)
    processes.append(process)
    return process


def is_connected(port):
    """Whether somebody here has, or opens, a connection to the port."""
    with open("/proc/net/tcp") as table:
        for line in table.readlines()[1:]:
            remote, state = line.split()[2:4]
            if state in (CONNECTING, CONNECTED) and int(remote.split(":")[1], 16) == port:
                return True
    return False


def owner(postgres):
    return postgres.sql("SELECT owner FROM leases WHERE what LIKE 'scope %' AND expires > clock_timestamp()")


def memory(process):
    with open(f"/proc/{process.pid}/status") as file:
        status = dict(line.split(":", 1) for line in file)
    with open(f"/proc/{process.pid}/smaps_rollup") as file:
        proportional = next(line for line in file if line.startswith("Pss:"))
    return [int(status[key].split()[0]) / 1024 for key in ("VmRSS", "RssAnon", "VmHWM")] + [
        int(proportional.split()[1]) / 1024]


def processor_time(process):
    with open(f"/proc/{process.pid}/stat") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def report(what, ours, goal):
    print(f"{what:<58} {ours:>10.3f} {0:>10.3f} {0:>8.2f}   goal {goal}", flush=True)


def measure(daemon, work, endpoint, ca_file, postgres, processes):
    port = int(endpoint.split(":")[1])
    config = {
        "api": {
            "region": "cn-beijing", "endpoint": "https://" + endpoint, "ca_file": ca_file, "calls_per_second": 1000,
            "burst": 1000, "credentials": {"type": "access_key", "access_key_id": "bench", "access_key_secret": "bench"},
        },
        "clusters": [{"id": f"pm-2zebench{100000 + i}", "name": f"bench-{i}"} for i in range(CLUSTERS)],
        "targets": {"hook": {"type": "webhook", "url": "http://127.0.0.1:9/hook"}},
        "storage": {"url": postgres.url},
    }
    first = start(daemon, work, "first", config, processes)
    wait_for("10,000 first answers", lambda: int(postgres.sql("SELECT last_seq FROM installation") or 0) >= CLUSTERS
        if is_migrated(postgres) else False, within=300, every=1)
    second = start(daemon, work, "second", config, processes)
    wait_for("the second host", lambda: postgres.sql("SELECT count(*) FROM hosts") == "2", within=60)
    before = owner(postgres)
    time.sleep(5)
    first.send_signal(signal.SIGKILL)
    first.wait()
    died = time.monotonic()
    wait_for("no connection to be left", lambda: not is_connected(port), every=0.01)
    wait_for("the lease to be taken", lambda: owner(postgres) not in ("", before), within=60, every=0.01)
    taken, used = time.monotonic(), processor_time(second)
    wait_for("the first poll", lambda: is_connected(port), within=60, every=0.002)
    polled, used = time.monotonic(), processor_time(second) - used
    report("lease taken to first poll, 10,000 tasks of another host, s", polled - taken, "<= 1 s")
    report("    processor time of the host meanwhile, s", used, "")
    report("    kill -9 to first poll, s", polled - died, "<= 16 s")
    # The first round of polls takes 10 s, and what it needed is given back after it.
    time.sleep(25)
    resident, anonymous, most, proportional = memory(second)
    report("resident MB, 10,000 tasks taken over", resident, "<= 48 MB")
    report("    of it anonymous, MB", anonymous, "")
    report("    proportional (PSS), MB", proportional, "")
    report("    at most, MB", most, "")


def is_migrated(postgres):
    return postgres.sql("SELECT to_regclass('installation') IS NOT NULL") == "t"


main()
