#!/usr/bin/env python3
"""Many seeds of the simulation, each of many virtual days, in parts: what is done is not done again.

    night.py PROGRAMS [--seeds N] [--first N] [--days N] [--part N] [--for MINUTES]

PROGRAMS is the folder with the tests, as `swift build --show-bin-path` prints it. Each part is a run of the tests by itself;
what it printed is kept in .build/simulation-night, one folder for each build of the tests and number of days. Started again,
it goes on with the first part that has not passed. At the end it prints how often each moment that is worth being in came,
and what became of the seeds. Exits 0; 1 if a promise was broken, or a moment never came; 2 if --for ended it early.
"""
import argparse
import hashlib
import os
import re
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
FILTER = "SimulationTests.*months"
FIGURES = ("seeds", "polls", "events", "messages", "crashes", "failed", "held", "reminders", "escalations", "summaries")


def bundle(programs):
    """The program with the tests."""
    return os.path.join(programs, "polarai-daemonPackageTests.xctest")


def version(programs):
    digest = hashlib.sha256()
    with open(bundle(programs), "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()[:12]


def is_done(path):
    try:
        with open(path, encoding="utf-8") as file:
            return re.search(r"^part passed$", file.read(), re.M) is not None
    except FileNotFoundError:
        return False


def run(programs, path, first, count, days):
    """One part; true if it passed."""
    environment = dict(
        os.environ, POLARAI_FIRST_SEED=str(first), POLARAI_SEEDS=str(count), POLARAI_DAYS=str(days))
    command = [bundle(programs), "--testing-library", "swift-testing", "--filter", FILTER]
    with open(path, "w", encoding="utf-8") as file:
        status = subprocess.run(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # A filter without a match passes as well.
    passed = status.returncode == 0 and re.search(r"Test run with 1 test .* passed", text) is not None
    if passed:
        with open(path, "a", encoding="utf-8") as file:
            file.write("part passed\n")
    else:
        for line in re.findall(r"^↳ seed .*$", text, re.M) or text.splitlines()[-5:]:
            print(line[:1000])
    return passed


def totals(paths):
    marks, figures = {}, dict.fromkeys(FIGURES, 0)
    for path in paths:
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, count in re.findall(r"^mark (\w+) (\d+)$", text, re.M):
            marks[name] = marks.get(name, 0) + int(count)
        for line in re.findall(r"^\d+ seeds, .*$", text, re.M):
            for count, name in re.findall(r"(\d+) (\w+)", line):
                if name in figures:
                    figures[name] += int(count)
    return marks, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs")
    parser.add_argument("--seeds", type=int, default=10000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--part", type=int, default=50)
    parser.add_argument("--for", type=float, dest="minutes", help="begin no part after so many minutes")
    options = parser.parse_args()
    folder = os.path.join(
        ROOT, ".build/simulation-night", "%d-days-%s" % (options.days, version(options.programs)))
    os.makedirs(folder, exist_ok=True)
    begin = time.monotonic()
    paths, failed, left = [], 0, 0
    last = options.first + options.seeds
    for first in range(options.first, last, options.part):
        count = min(options.part, last - first)
        path = os.path.join(folder, "%07d-%07d.log" % (first, first + count - 1))
        paths.append(path)
        if is_done(path):
            continue
        if options.minutes is not None and time.monotonic() - begin > options.minutes * 60:
            left += count
            continue
        print("seeds %d to %d, %d days each" % (first, first + count - 1, options.days), flush=True)
        if not run(options.programs, path, first, count, options.days):
            failed += 1
    marks, figures = totals(paths)
    for name in sorted(marks):
        print("mark %s %d" % (name, marks[name]))
    print(", ".join("%d %s" % (figures[name], name) for name in FIGURES))
    missing = [name for name in sorted(marks) if marks[name] == 0]
    if failed or (missing and not left) or not marks:
        print("%d parts failed; never came: %s" % (failed, ", ".join(missing) or "nothing"))
        return 1
    if left:
        print("%d seeds are left: the same command goes on with them" % left)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
