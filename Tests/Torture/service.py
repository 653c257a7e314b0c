"""The daemon as a service manager sees it, in a folder of its own; the simulator's control endpoint."""
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

# A daemon that runs shows that it makes progress at least this often.
WATCHDOG = 60


class Control:
    """The simulator's control endpoint."""

    def __init__(self, port):
        self.base = "http://127.0.0.1:%d/_control" % port

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


class Daemon:
    """The daemon as a service manager sees it: started again whenever it has ended."""

    def __init__(self, site):
        self.site = site
        self.process = None
        self.unread = None
        self.start_at = 0
        self.starts = 0
        self.kills = 0
        self.endings = {}
        # The end of what one had said that ended by itself, as far as the pipe took it.
        self.last_words = {}
        self.last_progress = time.monotonic()
        self.longest_without_progress = 0
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(site.path("notify"))
        self.notify.setblocking(False)
        self.status = ""
        self.is_ready = False

    def keep_running(self):
        if self.process and self.process.poll() is not None:
            code = self.process.returncode
            self.endings[code] = self.endings.get(code, 0) + 1
            os.set_blocking(self.unread, False)
            try:
                self.last_words[code] = os.read(self.unread, 4096).decode(errors="replace")[-1000:]
            except BlockingIOError:
                pass
            self.process = None
            os.close(self.unread)
            self.start_at = time.monotonic() + 1
        if not self.process and time.monotonic() >= self.start_at:
            self.start()

    def start(self):
        # What the one before has said is not the new one's.
        self.listen()
        self.is_ready = False
        # A pipe that nobody reads, as small as it can be.
        self.unread, end = os.pipe()
        fcntl.fcntl(end, 1031, 4096)  # F_SETPIPE_SZ
        environment = dict(
            self.site.environment, **self.site.shims, TORTURE_CLOCK=self.site.path("clock"),
            NOTIFY_SOCKET=self.site.path("notify"), WATCHDOG_USEC=str(WATCHDOG * 1000000))
        self.process = subprocess.Popen(
            [self.site.program("polarai-daemon"), "run"], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=end)
        os.close(end)
        self.starts += 1
        self.last_progress = time.monotonic()

    def listen(self):
        while True:
            try:
                text = self.notify.recv(65536).decode(errors="replace")
            except BlockingIOError:
                break
            for line in text.split("\n"):
                if line.startswith("STATUS="):
                    self.status = line[7:]
                if line == "READY=1":
                    self.is_ready = True
                if line == "WATCHDOG=1" or line == "READY=1":
                    self.last_progress = time.monotonic()
        if self.process:
            self.longest_without_progress = max(
                self.longest_without_progress, time.monotonic() - self.last_progress)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1

    def stop(self):
        """SIGTERM; how it ended and how long that took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "not within 30 s"
        return code, time.monotonic() - begin


class Site:
    def __init__(self, folder, programs):
        self.folder = folder
        self.programs = programs
        os.makedirs(self.path("run"))
        os.makedirs(self.path("run2"))
        # What stands between the daemon and its clock and disk.
        self.shims = {}
        self.environment = dict(
            os.environ, RUNTIME_DIRECTORY=self.path("run"), POLARAI_CONFIG=self.path("config.json"))
        for name in list(self.environment):
            if name.lower().endswith("_proxy") or name in ("NOTIFY_SOCKET", "JOURNAL_STREAM"):
                del self.environment[name]

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.programs, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)
