"""What else goes wrong in a bad hour, beside what torture.py does itself: each undoes itself after a while."""
import errno
import json
import os
import resource
import signal
import subprocess
import time


class Injections:
    """`torture` gives the site, the daemon as a service manager sees it, the random choices and the list of breaches; `page`
    says which call on the database's files fails."""

    def __init__(self, torture, page):
        self.torture = torture
        self.page = page
        self.random = torture.random
        # Codes with which a daemon may have ended by itself for what was done to it.
        self.excused = set()

    @property
    def process(self):
        process = self.torture.daemon.process
        return process if process and process.poll() is None else None

    def plans(self):
        """(first time, what, how often): seconds between two, at random."""
        soon = self.torture.soon
        return [
            [soon(10, 40), self.freeze, (60, 120)],
            [soon(20, 60), self.hang_disk, (60, 150)],
            [soon(30, 70), self.make_read_only, (60, 150)],
            [soon(15, 50), self.start_second, (40, 100)],
            [soon(30, 80), self.take_descriptors, (60, 150)],
            [soon(60, 110), self.take_memory, (120, 300)],
            [soon(20, 60), self.hang_up_often, (60, 120)],
        ]

    def count(self, what):
        self.torture.count(what)

    def freeze(self):
        """The host sleeps: the process gets no time for 2 to 20 seconds."""
        process = self.process
        if not process:
            return None
        process.send_signal(signal.SIGSTOP)
        self.count("freezes")
        return self.random.uniform(2, 20), lambda: self.thaw(process)

    def thaw(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
        # While it was frozen it could show no progress.
        self.torture.daemon.last_progress = time.monotonic()

    def fail_calls(self, calls, error, seconds):
        if self.page.is_armed or not self.process:
            return None
        self.page.arm(calls, 1, error, True)
        return seconds, self.page.disarm

    def hang_disk(self):
        """Writes and syncs wait, as on a disk that hangs."""
        undo = self.fail_calls("WS", -2, self.random.choice([2, 2, 8, 20]))
        if undo:
            self.count("hanging disks")
        return undo

    def make_read_only(self):
        """What changes a file fails as on a file system that was made read-only."""
        undo = self.fail_calls("WTNU", errno.EROFS, self.random.uniform(5, 20))
        if undo:
            self.count("read-only disks")
        return undo

    def start_second(self):
        """A second daemon ends by itself with 75 and says who holds the database."""
        process = self.process
        if not process or not self.torture.daemon.is_ready or self.page.is_armed:
            return None
        site = self.torture.site
        result = subprocess.run(
            [site.program("polarai-daemon"), "run"], env=dict(site.environment, RUNTIME_DIRECTORY=site.path("run2")),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120, check=False)
        self.count("second daemons")
        words = result.stderr.decode(errors="replace")
        # Killed meanwhile, it holds nothing any more; a full disk is found before the lock.
        if process.poll() is None and not (
                (result.returncode == 75 and str(process.pid) in words) or result.returncode == 74):
            self.torture.breach("a second daemon ended with %s: %s" % (result.returncode, words[-300:]))
        return None

    def take_descriptors(self):
        """No more files or connections than it has open now."""
        process = self.process
        if not process:
            return None
        try:
            count = len(os.listdir("/proc/%d/fd" % process.pid))
            before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (count, before[1]))
        except OSError:
            return None
        self.count("no descriptors left")
        # A process that is just being started cannot load its libraries.
        self.excused.add(127)

        def give_back():
            if process.poll() is None:
                resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)
        return self.random.uniform(5, 20), give_back

    def take_memory(self):
        """Hardly any memory beyond what it has: it goes on or ends, as when the kernel is out of memory."""
        process = self.process
        if not process:
            return None
        with open("/proc/%d/status" % process.pid) as file:
            size = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmSize"))
        try:
            resource.prlimit(process.pid, resource.RLIMIT_AS, (size + (1 << 20), resource.RLIM_INFINITY))
        except OSError:
            return None
        self.count("no memory left")
        self.excused |= {-signal.SIGILL, -signal.SIGTRAP, -signal.SIGABRT, -signal.SIGSEGV, 127, 71, 1}

        def give_back():
            if process.poll() is None:
                resource.prlimit(process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return self.random.uniform(5, 15), give_back

    def hang_up_often(self):
        """A hundred reloads within a second, with a config that is empty, broken, huge or good."""
        process = self.process
        if not process or not self.torture.daemon.is_ready:
            return None
        site = self.torture.site
        with open(site.path("config.json")) as file:
            good = file.read()
        bad = self.random.choice(["", good[:len(good) // 2], " " * (20 << 20), json.dumps({"clusters": "all"})])
        site.write("config.json", bad)
        for number in range(100):
            if number == 60:
                site.write("config.json", good)
            if process.poll() is None:
                process.send_signal(signal.SIGHUP)
            time.sleep(0.01)
        self.count("storms of reloads")
        return None
