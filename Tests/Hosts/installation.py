"""An installation of several daemons on one PostgreSQL, with the simulator as API and as receivers."""

import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

from link import Link

REGION = "cn-beijing"


def wait_for(what, condition, within=60.0, every=0.1):
    """Returns what `condition` gives as soon as that is true."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(every)
    raise SystemExit(f"{what} did not happen within {within:.0f} s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A server of its own, on a Unix socket and on 127.0.0.1, in a folder that goes with it."""

    def __init__(self, port=0):
        self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="polarai-pg-"))
        self.user = "postgres" if os.getuid() == 0 else None
        self.port = port or free_port()
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-U", "watch", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(
                f"port = {self.port}\nunix_socket_directories = '{self.folder}'\nlisten_addresses = '127.0.0.1'\n"
                "shared_buffers = 32MB\nmax_connections = 60\n")
        self.start()
        self.sql("CREATE DATABASE polarai", "postgres")

    @property
    def url(self):
        return f"postgresql://watch@127.0.0.1:{self.port}/polarai"

    def run(self, program, *arguments, check=True):
        command = [str(self.bin / program), *map(str, arguments)]
        if self.user:
            command = ["runuser", "-u", self.user, "--", *command]
        return subprocess.run(command, cwd="/", check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "120", "start")

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    def restart(self, mode="immediate"):
        self.stop(mode)
        self.start()

    def sql(self, text, database="polarai"):
        return subprocess.run(
            [str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.port), "-U", "watch",
             "-d", database, "-c", text], check=True, capture_output=True, text=True).stdout.strip()

    def end(self):
        self.stop("fast")
        shutil.rmtree(self.folder, ignore_errors=True)


class Simulator:
    def __init__(self, programs, scenario, folder):
        path = folder / "scenario.json"
        path.write_text(json.dumps(scenario))
        self.process = subprocess.Popen(
            [programs / "polarai-simulator", "serve", "--scenario", path, "--make-certs", folder / "certs"],
            stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.process.stdout.readline())
        self.seen = 0
        self.base = f"http://127.0.0.1:{self.ports['http']}"

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def new_calls(self):
        """The calls of the API since the last time this was asked; the simulator keeps the newest 50,000."""
        found = self.ask(f"/_control/calls?limit=50000&since={self.seen}")
        if found:
            self.seen = found[-1]["n"]
        return found

    def end(self):
        self.process.terminate()
        self.process.wait(10)


class Daemon:
    """One host: a config, a runtime folder, and the process."""

    def __init__(self, name, programs, config, folder, environment=None):
        self.name = name
        self.program = programs / "polarai-daemon"
        self.folder = folder / name
        self.folder.mkdir()
        (self.folder / "run").mkdir()
        self.config = self.folder / "config.json"
        self.config.write_text(json.dumps(config, indent=1))
        self.config.chmod(0o600)
        self.log = self.folder / "log"
        self.extra = environment or {}
        self.process = None

    @property
    def environment(self):
        return {"PATH": os.environ["PATH"], "RUNTIME_DIRECTORY": str(self.folder / "run"), "POLARAI_CONFIG": str(self.config)}

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [self.program, "run"], env=self.environment | self.extra, stdout=log, stderr=log)

    def command(self, *arguments, within=30):
        return subprocess.run(
            [self.program, *arguments], env=self.environment, capture_output=True, text=True, timeout=within)

    def status(self):
        answer = self.command("status", "--format", "json")
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                return self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
                return "did not stop"
        return self.process.returncode if self.process else None


class Installation:
    def __init__(
            self, programs, hosts=3, tasks=200, accounts=4, targets=5, running="5s", rate=None, postgres=None,
            log_level="info"):
        self.programs = pathlib.Path(programs)
        self.log_level = log_level
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="polarai-hosts-"))
        self.accounts = [f"a{number}" for number in range(accounts)]
        self.targets = [f"t{number}" for number in range(targets)]
        self.tasks = {
            f"pm-2zehosts{account}x{number:04d}": account
            for number in range(tasks // accounts) for account in self.accounts}
        names = [f"h{number}" for number in range(hosts)]
        scenario = {
            # A key for each host and account: so each call says whose it was.
            "accounts": [
                {"name": f"{account}@{host}", "access_key_id": f"{host}{account}", "access_key_secret": "testsecret"}
                for host in names for account in self.accounts],
            "tasks": [{"id": task, "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for task in self.tasks],
        }
        self.postgres = postgres or Postgres()
        # A server that was given is reached without links, which can be cut.
        self.links = {} if postgres else {name: Link(self.postgres.port) for name in names}
        self.simulator = Simulator(self.programs, scenario, self.folder)
        self.daemons = [
            Daemon(name, self.programs, self.config(name, running, rate), self.folder) for name in names]

    def config(self, host, running, rate):
        def api(account):
            return {
                "region": REGION, "endpoint": self.simulator.base, "calls_per_second": 20, "burst": 20,
                "credentials": {
                    "type": "access_key", "access_key_id": f"{host}{account}", "access_key_secret": "testsecret"}}

        def target(name):
            keys = {
                "type": "webhook", "url": f"{self.simulator.base}/hook/{name}", "headers": {"X-Host": host},
                "retry": ["500ms"]}
            return keys | ({"rate": rate} if rate else {})

        return {
            "api": api(self.accounts[0]),
            "accounts": {account: api(account) for account in self.accounts},
            "clusters": [{"id": task, "account": account} for task, account in self.tasks.items()],
            "schedule": {"running": running, "settled": running, "jitter": 0.1},
            "targets": {name: target(name) for name in self.targets},
            "routes": [{"events": ["completed", "failed", "restarted", "changed", "started", "poll_failing"]}],
            "storage": {"url": self.database_url(host)},
            "log": {"level": self.log_level},
        }

    def database_url(self, host):
        if host not in self.links:
            return self.postgres.url
        return self.postgres.url.replace(str(self.postgres.port), str(self.links[host].port))

    def end(self, keep=False):
        for daemon in self.daemons:
            daemon.stop()
        self.simulator.end()
        self.postgres.end()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
