"""Commits of single events on PostgreSQL, one after the other, and pgbench with commits of the same shape, in turn.

commits.py POLARAI_BENCH ROUNDS

Needs PostgreSQL's server and pgbench; says so and measures nothing without them.
"""

import pathlib
import re
import statistics
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "Tests" / "Hosts"))
from installation import Postgres  # noqa: E402

SECONDS = 5


def ours(bench, postgres):
    return float(subprocess.run(
        [bench, "commits", postgres.url, "--seconds", str(SECONDS)], check=True, capture_output=True, text=True).stdout)


def pgbench(postgres):
    output = subprocess.run(
        [postgres.bin / "pgbench", "-n", "-M", "prepared", "-T", str(SECONDS), "-f", here / "commits.pgbench", postgres.url],
        check=True, capture_output=True, text=True).stdout
    return float(re.search(r"tps = ([\d.]+)", output)[1])


def main():
    bench, rounds = sys.argv[1:]
    if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench")):
        print("commits: not measured: PostgreSQL's server is not installed (apt-get install postgresql)")
        return
    postgres = Postgres()
    try:
        own, other = [], []
        ours(bench, postgres)
        for _ in range(int(rounds)):
            own.append(ours(bench, postgres))
            # The lease is new at each start, and its number is part of the condition.
            postgres.sql("UPDATE leases SET epoch = 1")
            other.append(pgbench(postgres))
        times = [1000 / statistics.median(own), 1000 / statistics.median(other)]
        print(f"{'commit of one event with two alerts / pgbench, ms':<58} {times[0]:>10.3f} {times[1]:>10.3f} "
            f"{times[0] / times[1]:>8.2f}   goal <= 1.3")
        print(f"    spread: ours {min(own):.0f}..{max(own):.0f}, pgbench {min(other):.0f}..{max(other):.0f} commits/s, "
            f"{rounds} rounds of {SECONDS} s")
    finally:
        postgres.end()


main()
