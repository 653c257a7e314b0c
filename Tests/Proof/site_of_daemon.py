"""One daemon with its simulator, its config and a folder of its own, as the tests in Python use them."""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

# Longer than anything takes, however busy the machine is.
PATIENCE = 120


class Failed(Exception):
    """Something did not come about in time, or a program ended that should not have."""


def wait_for(words, condition, limit=PATIENCE, step=0.02):
    """The first true value of `condition`."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed("%s: not within %d s" % (words, limit))
        time.sleep(step)


class Site:
    def __init__(self, folder, programs):
        self.folder = os.path.realpath(folder)
        self.programs = os.path.abspath(programs)
        for name in ("run", "state", "etc"):
            os.makedirs(self.path(name), exist_ok=True)
        self.database = self.path("state/polarai.db")
        self.simulator = None
        self.processes = []
        self.environment = dict(
            os.environ, RUNTIME_DIRECTORY=self.path("run"), POLARAI_CONFIG=self.path("etc/config.json"))
        for name in list(self.environment):
            if name.lower().endswith("_proxy") or name in ("NOTIFY_SOCKET", "JOURNAL_STREAM", "WATCHDOG_USEC"):
                del self.environment[name]

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.programs, name)

    def write(self, name, value):
        text = value if isinstance(value, str) else json.dumps(value, indent=1)
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    # The simulator

    def start_simulator(self, scenario):
        self.write("scenario.json", scenario)
        ports = self.path("ports.json")
        with open(self.path("simulator.log"), "ab") as log:
            self.simulator = subprocess.Popen(
                [self.program("polarai-simulator"), "serve", "--scenario", self.path("scenario.json"), "--ready-file",
                 ports], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(self.simulator)
        wait_for("the simulator listens", lambda: os.path.exists(ports) and os.path.getsize(ports) > 0)
        with open(ports) as file:
            self.url = "http://127.0.0.1:%d" % json.load(file)["http"]

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + "/_control" + path, data=None if body is None else json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def set_status(self, task, status):
        self.control("POST", "/tasks/" + task, {"status": status})

    # The daemon

    def start_daemon(self, extra=None):
        daemon = Daemon(self, extra or {})
        self.processes.append(daemon.process)
        return daemon

    def command(self, *arguments, extra=None, limit=PATIENCE):
        """A run of the command line: (exit code, output, errors)."""
        result = subprocess.run(
            [self.program("polarai-daemon"), *arguments], env=dict(self.environment, **(extra or {})),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit, check=False)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def history(self, database=None):
        """(rows, or None where it cannot be read; exit code; errors)"""
        code, output, errors = self.command(
            "history", "--limit", "0", "--format", "json", "--database", database or self.database)
        return (json.loads(output) if code == 0 else None), code, errors

    def clean_up(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


class Daemon:
    """One process of `polarai-daemon run`, watched as a service manager does."""

    numbers = iter(range(1, 1 << 30))

    def __init__(self, site, extra):
        self.site = site
        number = next(self.numbers)
        self.log_path = site.path("daemon-%d.log" % number)
        address = site.path("run/notify-%d" % number)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(address)
        self.notify.setblocking(False)
        self.address = address
        self.is_ready = False
        self.status = ""
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [site.program("polarai-daemon"), "run"], env=dict(site.environment, NOTIFY_SOCKET=address, **extra),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def listen(self):
        """Takes in what it has notified since."""
        while True:
            try:
                text = self.notify.recv(65536).decode(errors="replace")
            except BlockingIOError:
                return
            for line in text.split("\n"):
                if line == "READY=1":
                    self.is_ready = True
                if line.startswith("STATUS="):
                    self.status = line[7:]

    def await_start(self, limit=PATIENCE):
        """Whether it became ready; false if it ended before."""
        def is_over():
            self.listen()
            return self.is_ready or self.process.poll() is not None
        wait_for("the daemon starts or ends", is_over, limit)
        return self.is_ready

    @property
    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def stop(self, limit=PATIENCE):
        """SIGTERM; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("the daemon did not end within %d s of SIGTERM" % limit) from None
        finally:
            self.close()

    def close(self):
        self.notify.close()
        if os.path.exists(self.address):
            os.unlink(self.address)
