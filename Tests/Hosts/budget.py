"""What the budgets of the accounts allowed, as the daemons' logs show it.

At the level debug a daemon logs each call when it takes it from the budget of its account, with the uptime, which all processes
of a machine share and nobody sets. The simulator counts a call when it has read it; whatever comes between moves the calls of a
burst closer together, so its times show how busy the machine was, and the logs show whether a rate was kept.
"""

import bisect
import collections
import re
import time

TAKEN = re.compile(r"API call: (.*), account (\S+) in \S+, at uptime (\d+\.\d+) s\.$")
TASK = re.compile(r"pm-[^\s,]+")
# The last lines of a process that is killed may be lost.
LOST_AT_KILL = 1.0
# The clock of the simulator's times and the uptime are read one after the other.
CLOCKS_APART = 0.05


def boot_time():
    """When the uptime was zero, by the wall clock."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def taken(daemons):
    """By account: (when, host, task) of each call that was taken from the budget, by the wall clock."""
    boot = boot_time()
    calls = collections.defaultdict(list)
    for daemon in daemons:
        with open(daemon.log, errors="replace") as log:
            for line in log:
                found = TAKEN.search(line.rstrip())
                if found:
                    task = TASK.search(found[1])
                    calls[found[2]].append((boot + float(found[3]), daemon.name, task[0] if task else ""))
    return {account: sorted(found) for account, found in calls.items()}


def most_at_once(calls, rate):
    """The highest level of a bucket that loses `rate` calls a second, and when and by whom it was reached."""
    level, last, most = 0.0, None, (0.0, None, None)
    for at, host in calls:
        level = (max(0.0, level - (at - last) * rate) if last is not None else 0.0) + 1
        last = at
        most = max(most, (level, at, host), key=lambda entry: entry[0])
    return most


def sent(seen, calls, kills):
    """When the calls that the simulator got were taken from the budget.

    What a host takes and never sends, because its lease is over, is no call: so each call is the latest one of its host about
    its task that was taken before.

    - seen: (when, host, task) of the simulator, sorted; calls: of `taken`; kills: (when, host).
    Returns (when, host) of them, and those that no log shows. The last ones of a process that was killed may be missing there;
    they count from when the simulator got them.
    """
    waiting = collections.defaultdict(list)
    for at, host, task in calls:
        waiting[host, task].append(at)
    found, others = [], []
    for at, host, task in seen:
        before = waiting[host, task]
        place = bisect.bisect_right(before, at + CLOCKS_APART) - 1
        if place >= 0:
            found.append((before.pop(place), host))
        elif any(who == host and abs(when - at) <= LOST_AT_KILL for when, who in kills):
            found.append((at, host))
        else:
            others.append((at, host))
    return sorted(found), others
