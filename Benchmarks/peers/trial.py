"""What becomes of a failed training with the daemon and with what is used in its place, side by side.

trial.py DAEMON WORK_FOLDER CERTIFICATE KEY CACHE

All watch the same trainings once a second at the same time, and send to receivers that are away at the same time. Prometheus
and Alertmanager are Debian's, with waits of nothing; they read an exporter that costs nothing, as neither can sign a call. Each
trial prints how many messages came and how late; then what each of them used.
"""

import os
import sys
import time

from contenders import CheckLoop, Daemon, PrometheusAndAlertmanager
from world import World, serve

TASKS = 100
# So long a message is waited for; Prometheus repeats an alert to an Alertmanager once a minute.
PATIENCE = 75


def failure(world, task, contenders):
    """The receiver is well."""
    world.fail(task)


def short_failure(world, task, contenders):
    """It fails, and runs again 4 s later."""
    world.fail(task)
    time.sleep(4)
    world.run_again(task)


def receiver_away(world, task, contenders):
    """It stays failed; the receiver is away for 15 s."""
    world.is_away = True
    world.fail(task)
    time.sleep(15)
    world.is_away = False


def short_failure_receiver_away(world, task, contenders):
    """It fails and runs again 4 s later; the receiver is away for 15 s."""
    world.is_away = True
    world.fail(task)
    time.sleep(4)
    world.run_again(task)
    time.sleep(11)
    world.is_away = False


def killed(world, task, contenders):
    """The receiver is away; 5 s after the failure kill -9 and a new start; it runs again; the receiver is back."""
    world.is_away = True
    world.fail(task)
    time.sleep(5)
    for contender in contenders:
        contender.kill()
    world.run_again(task)
    for contender in contenders:
        contender.restart()
    time.sleep(5)
    world.is_away = False


TRIALS = [
    ("a failure", failure, 10),
    ("a failure, run again after 4 s", short_failure, 10),
    ("a failure, receiver away for 15 s", receiver_away, PATIENCE),
    ("receiver away for 15 s, run again after 4 s", short_failure_receiver_away, PATIENCE),
    ("receiver away, watcher killed, run again", killed, PATIENCE),
]


def run(world, contenders):
    for number, (name, trial, patience) in enumerate(TRIALS):
        task = world.tasks[number]
        begin = time.monotonic()
        trial(world, task, contenders)
        # Seconds count from the moment from which a message could come.
        possible = begin if patience != PATIENCE else time.monotonic()
        time.sleep(patience)
        for contender in contenders:
            times = world.messages(contender.receiver, task, begin)
            late = "%.2f" % max(0, times[0] - possible) if times else "never"
            print("peer: %-43s | %-28s | %d | %s" % (name, contender.name, len(times), late), flush=True)


def main():
    daemon, work, certificate, key, cache = sys.argv[1:]
    world = World(TASKS)
    api, plain = serve(world, certificate, key), serve(world)
    folder = os.path.join(work, "peers")
    os.makedirs(folder)
    contenders = [
        Daemon(os.path.join(folder, "daemon"), daemon, world, api, certificate, plain),
        PrometheusAndAlertmanager(os.path.join(folder, "prometheus"), cache, plain),
        CheckLoop(os.path.join(folder, "loop"), world.tasks, plain),
    ]
    begin = time.monotonic()
    try:
        for contender in contenders:
            contender.start()
        time.sleep(5)
        run(world, contenders)
        minutes = (time.monotonic() - begin) / 60
        for contender in contenders:
            spent, resident = contender.total()
            print("peer cost: %-28s | %.2f | %.1f" % (contender.name, spent / minutes, resident), flush=True)
    finally:
        for contender in contenders:
            contender.end()


main()
