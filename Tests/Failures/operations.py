"""What is done while a call fails, and what must hold afterwards: all of it or nothing, and in the daemon's own words."""
import os
import shutil
import signal
import time

import database
import site_of_daemon as sites
from world import TASK, WRONG_WORDS, words

# What may lie beside a database that is at rest.
AT_REST = ("polarai.db", "polarai.db-wal", "polarai.db-shm", "polarai.db.last")


def is_other_words(world, code, said):
    """SQLite takes a file that it could not open once, when it tries in another way, for one that is read-only."""
    return code == 77 and "/state" in said and not world.page.is_for_good


def opening(world, arm, prepared):
    """A start, of which a call fails; then one on a disk that is well again."""
    world.clear(prepared)
    world.begin()
    before = raw_events(world.site.database)
    arm()
    daemon = world.site.start_daemon(world.extra())
    became_ready = daemon.await_start()
    breaches = []
    if became_ready:
        # It stays up, whatever fails, and goes on when the disk is well.
        time.sleep(0.1)
        world.page.disarm()
        if world.was_killed(daemon):
            daemon.kill()
        elif daemon.process.poll() is not None:
            breaches.append("it was ready, and ended with %s: %s" % (daemon.process.poll(), daemon.log[-300:]))
        else:
            world.change()
            code = daemon.stop()
            breaches += stopped(daemon, code)
    else:
        world.page.disarm()
        code = daemon.process.poll()
        daemon.kill()
        if code not in (74, -signal.SIGKILL) and not is_other_words(world, code, daemon.log):
            breaches.append("it ended with %s, not with 74: %s" % (code, daemon.log[-300:]))
        if code != -signal.SIGKILL:
            # The folder is opened and written to the disk, too.
            breaches += words(daemon.log, "/state")
        breaches += ["after a failed start: " + fault for fault in left(world, before)]
    return breaches + ends_well(world, before)


def stopped(daemon, code):
    return [] if code == 0 else ["SIGTERM: ended with %s: %s" % (code, daemon.log[-300:])]


def left(world, before):
    """What a failed start left."""
    if not os.path.exists(world.site.database):
        return ["the database is gone"] if before else []
    copy = world.site.path("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world.site.path("state"), copy)
    path = os.path.join(copy, "polarai.db")
    faults = database.faults(path)
    if not faults and raw_events(path)[:len(before)] != before:
        faults = ["events are missing: %d of %d" % (len(raw_events(path)), len(before))]
    return faults


def ends_well(world, before):
    """A start on a disk that is well."""
    daemon = world.start()
    rows = world.change()
    code = daemon.stop()
    breaches = stopped(daemon, code) + database.faults(world.site.database)
    if raw_events(world.site.database)[:len(before)] != before:
        breaches.append("events are missing")
    rows = rows[len(before):]
    breaches += world.compare([], rows)
    beside = [name for name in os.listdir(world.site.path("state"))
              if name not in AT_REST and not name.endswith(".bak")]
    return breaches + ["left beside the database: " + name for name in beside]


def raw_events(path):
    return database.events(path) if os.path.exists(path) else []


class Running:
    """One daemon that works on while a call of a commit or of a settlement fails."""

    def __init__(self, world):
        self.world = world
        self.daemon = None

    def __call__(self, world, arm):
        if self.daemon is None:
            world.clear()
            self.daemon = world.start(world.extra())
            world.await_settled()
        before = world.site.history()[0]
        world.begin()
        arm()
        world.next_status()

        def has_happened():
            return world.page.fired or world.is_settled()
        sites.wait_for("a call fails, or all is done", has_happened)
        if world.page.fired:
            time.sleep(0.2)
        world.page.disarm()
        if world.was_killed(self.daemon):
            self.daemon.kill()
            self.daemon = world.start(world.extra())
        elif self.daemon.process.poll() is not None:
            code = self.daemon.process.returncode
            self.daemon = None
            return ["the daemon ended with %s" % code]
        rows = world.await_settled()
        breaches = world.compare(before, rows)
        if len(rows) != len(before) + 1:
            breaches.append("one change is %d events" % (len(rows) - len(before)))
        return breaches + ["it said: " + wrong for wrong in WRONG_WORDS if wrong in self.daemon.log]

    def end(self):
        if self.daemon is None:
            return []
        code = self.daemon.stop()
        return database.faults(self.world.site.database) + ([] if code == 0 else ["SIGTERM: ended with %s" % code])


def stopping(world, arm):
    """A stop: copying the log back and closing."""
    world.clear("killed")
    daemon = world.start(world.extra())
    before = world.change()
    world.begin()
    arm()
    code = daemon.stop()
    world.page.disarm()
    breaches = [] if code in (0, 74, -signal.SIGKILL) else ["it ended with %s: %s" % (code, daemon.log[-300:])]
    return breaches + left(world, raw_of(before)) + ends_well(world, raw_of(before))


def raw_of(rows):
    return [(row["seq"], row["event"], row["cluster"], row["to"]) for row in rows]


def backing_up(world, arm):
    """`polarai-daemon backup`: a whole copy, or none."""
    world.clear("killed")
    before = raw_events(world.site.database)
    target = world.site.path("state/copy.db")
    arm()
    code, _, errors = world.site.command("backup", target, extra=world.extra())
    world.page.disarm()
    breaches = []
    if code == -signal.SIGKILL:
        # The copy has its name already if only the folder was still to be synced.
        if os.path.exists(target) and raw_events(target) != before:
            breaches.append("it was killed, and left a copy that is not whole")
    elif code == 0:
        breaches += database.faults(target)
        if raw_events(target) != before:
            breaches.append("the copy is not whole")
    else:
        if code != 74 and not is_other_words(world, code, errors):
            breaches.append("it ended with %d, not with 74: %s" % (code, errors.strip()))
        breaches += words(errors, "/state")
        if os.path.exists(target):
            breaches.append("it failed, and left a file of the copy's name")
        if world.site.command("backup", target)[0] != 0 or raw_events(target) != before:
            breaches.append("a second try does not work")
    return breaches + left(world, before)


class Reloading:
    """`polarai-daemon reload` while the config cannot be read: refused, and nothing changes."""

    # A config is opened and read, and that is all.
    kinds = "OR"

    def __init__(self):
        self.daemon = None

    def __call__(self, world, arm):
        if self.daemon is None:
            world.clear()
            self.daemon = world.start(world.extra("etc"))
        arm()
        code, output, errors = world.site.command("reload")
        world.page.disarm()
        if code == 0:
            return []
        breaches = [] if code == 78 else ["it ended with %d, not with 78: %s" % (code, (output + errors).strip())]
        breaches += words(output + errors, "etc/config.json")
        if world.site.command("reload")[0] != 0:
            breaches.append("a second try does not work")
        return breaches

    def end(self):
        return [] if self.daemon is None or self.daemon.stop() == 0 else ["the daemon did not end well"]
