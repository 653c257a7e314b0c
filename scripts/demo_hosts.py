#!/usr/bin/env python3
"""Two daemons on one PostgreSQL share the work; one is killed, and the other goes on: demo_hosts.py FOLDER_OF_THE_PROGRAMS

Everything it writes is in temporary folders, and it ends only what it started.
"""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Hosts"))
sys.dont_write_bytecode = True

from installation import Installation, wait_for


def shares(daemon):
    status = daemon.status()
    return {host["pid"]: host for host in status["hosts"]} if status else {}


def show(world, hosts):
    for daemon in world.daemons:
        host = hosts.get(daemon.process.pid)
        if host:
            print(f"   {daemon.name} (pid {host['pid']}): polls {', '.join(host['scopes']) or 'nothing'}; "
                  f"serves {', '.join(host['targets']) or 'nothing'}")


def main():
    print("== Starting PostgreSQL, the simulator, and two daemons that share the database")
    world = Installation(sys.argv[1], hosts=2, tasks=8, accounts=2, targets=2, running="1s")
    first, second = world.daemons
    try:
        first.start()
        second.start()
        wait_for("both to have their share", lambda: sum(bool(host["scopes"]) for host in shares(first).values()) == 2)
        show(world, shares(first))
        task = next(iter(world.tasks))
        print(f"== A training fails: {task}")
        world.simulator.ask(f"/_control/tasks/{task}", {"status": "FAILED"})
        wait_for("the alert", lambda: world.simulator.ask("/_control/deliveries?hook=t0"))
        print(f"== {first.name} is killed")
        killed = time.monotonic()
        first.kill()
        wait_for("the other one to do all", lambda: len(shares(second).get(second.process.pid, {}).get("scopes", [])) == 2)
        print(f"   after {time.monotonic() - killed:.1f} s the other one does all:")
        show(world, shares(second))
        print("== The training goes on, and fails again")
        for status in ("ACTIVATION", "FAILED"):
            world.simulator.ask(f"/_control/tasks/{task}", {"status": status})
            time.sleep(3)
        wait_for("all to be delivered", lambda: len(world.simulator.ask("/_control/deliveries?hook=t1")) >= 3)
        print(second.command("history", "--cluster", task).stdout)
    finally:
        world.end()


if __name__ == "__main__":
    main()
