#!/usr/bin/env python3
"""Installs the Debian package in booted Debian systems and checks from outside what it promises.

    run.py PACKAGE.deb [--suite bookworm --suite trixie] [--only NAME ...] [--require]

Exit status 0 where all checks passed, 1 where one failed. Where this host cannot boot a container the checks are
skipped, which is said loudly, and fails only with --require.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import checks
import machine as machines

SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("--suite", action="append", choices=SUITES, help="only this one (may be repeated)")
    parser.add_argument("--only", action="append", help="only these checks; the first three always run")
    parser.add_argument("--require", action="store_true", help="a host that cannot boot a container is a failure")
    parser.add_argument("--bind", action="append", default=[], help="a folder to show inside, read-only")
    options = parser.parse_args()

    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="polarai-boot-") as folder:
        folder = pathlib.Path(folder)
        try:
            machines.require_host()
            upgrade = rebuilt(options.package, folder)
            for suite in options.suite or SUITES:
                good, bad = check(suite, options, upgrade, folder)
                passed, failed = passed + good, failed + bad
        except machines.Unavailable as reason:
            return skipped(reason, options.require)
    print(f"{passed + failed} checks, {passed} passed, {failed} failed")
    return 1 if failed else 0


def check(suite, options, upgrade, folder):
    tree = machines.build_tree(suite, cache())
    names = checks.CHECKS[:3] + [
        name for name in checks.CHECKS[3:] if not options.only or name.__name__ in options.only]  # fmt: skip
    binds = {folder: "/opt/packages", options.package.resolve().parent: "/opt/package"}
    binds.update({path: path for path in options.bind})
    passed = failed = 0
    began = time.monotonic()
    with machines.Machine(tree, suite, binds=binds, log_folder=folder) as machine:
        version = machine.text("systemctl --version | head -1")
        print(f"# {SUITES[suite]}, {version}, booted in {time.monotonic() - began:.1f} s", flush=True)
        simulator = options.package.name.replace("polarai-daemon_", "polarai-simulator_", 1)
        web = options.package.name.replace("polarai-daemon_", "polarai-web_", 1)
        shared = checks.Shared(
            f"/opt/package/{options.package.name}", f"/opt/packages/{upgrade.name}", f"/opt/package/{simulator}",
            f"/opt/package/{web}")
        for function in names:
            started = time.monotonic()
            try:
                function(machine, shared)
                passed += 1
                verdict, detail = "ok", ""
            except Exception as error:  # a check may stumble over anything that the last one left
                failed += 1
                verdict = "not ok"
                detail = "".join(traceback.format_exception_only(error)) + diagnosis(machine)
            print(f"{verdict} - {suite}: {function.__doc__} ({time.monotonic() - started:.1f} s)", flush=True)
            if detail:
                print("\n".join("    " + line for line in detail.splitlines()), flush=True)
            if failed and function is checks.installs:
                break
    return passed, failed


def diagnosis(machine):
    """What a person would look at first."""
    return machine.run(
        f"systemctl status --no-pager -n 0 {checks.UNIT}; journalctl -q --no-pager -u {checks.UNIT} -n 15",
        check=False).output  # fmt: skip


def rebuilt(package, folder):
    """The same package under a higher version."""
    tree, upgrade = folder / "tree", folder / "upgrade.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    lines = control.read_text().splitlines()
    control.write_text("\n".join(f"{line}+upgrade" if line.startswith("Version:") else line for line in lines) + "\n")
    subprocess.run(
        ["dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", tree, upgrade], check=True,
        stdout=subprocess.DEVNULL)  # fmt: skip
    folder.chmod(0o755)
    return upgrade


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or "/var/cache"
    return pathlib.Path(base) / "polarai-test"


def skipped(reason, is_required):
    line = "=" * 78
    print(f"{line}\nSKIPPED: nothing was checked under systemd, for this host cannot boot a container:")
    print(f"  {reason}\n{line}")
    return 1 if is_required else 0


if __name__ == "__main__":
    sys.exit(main())
