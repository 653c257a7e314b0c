"""What watches the trainings of a trial: each can be killed and started again, and knows what it cost."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(script, folder):
    """Debian's own program, unpacked once."""
    result = subprocess.run([SCRIPTS / script, folder], check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout.strip().split("\n")[-1]


class Contender:
    """Processes of one kind of watching; the last one sends the messages and is the one that is killed."""

    name = receiver = ""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.processes = []
        self.spent = 0.0

    def commands(self):
        raise NotImplementedError

    def is_ready(self):
        return True

    def start(self):
        self.processes = [self.launch(command) for command in self.commands()]
        self.wait_until_ready()

    def launch(self, command):
        log = open(self.folder / "log.txt", "ab")
        environment = dict(os.environ, RUNTIME_DIRECTORY=str(self.folder))
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=environment)

    def wait_until_ready(self):
        deadline = time.monotonic() + 60
        while not self.is_ready():
            if time.monotonic() > deadline:
                sys.exit("peers: %s does not start: %s" % (self.name, (self.folder / "log.txt").read_text()[-2000:]))
            time.sleep(0.1)

    def kill(self):
        self.spent += self.cost(self.processes[-1])[0]
        self.processes[-1].kill()
        self.processes[-1].wait()

    def restart(self):
        self.processes[-1] = self.launch(self.commands()[-1])
        self.wait_until_ready()

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()

    def total(self):
        """Processor time in seconds and resident memory in MB of all processes."""
        costs = [self.cost(process) for process in self.processes]
        return self.spent + sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)

    @staticmethod
    def cost(process):
        with open(f"/proc/{process.pid}/stat") as file:
            user, system = file.read().rsplit(")", 1)[1].split()[11:13]
        with open(f"/proc/{process.pid}/status") as file:
            resident = next(line for line in file if line.startswith("VmRSS"))
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), int(resident.split()[1]) / 1024


class Daemon(Contender):
    name, receiver = "polarai-daemon", "daemon"

    def __init__(self, folder, program, world, api, ca_file, hooks):
        super().__init__(folder)
        self.program, self.world = program, world
        self.config = self.folder / "config.json"
        self.config.write_text(json.dumps({
            "api": {
                "region": "cn-beijing", "endpoint": f"https://127.0.0.1:{api}", "ca_file": ca_file,
                "calls_per_second": 1000, "burst": 1000,
                "credentials": {"type": "access_key", "access_key_id": "bench", "access_key_secret": "bench"},
            },
            "clusters": [{"id": task, "name": "training-%d" % number} for number, task in enumerate(world.tasks)],
            "schedule": {"running": "1s", "jitter": 0},
            "targets": {"hook": {
                "type": "webhook", "url": f"http://127.0.0.1:{hooks}/hook/daemon", "retry": ["1s"]}},
            "storage": {"path": str(self.folder / "polarai.db")},
        }))
        self.config.chmod(0o600)

    def commands(self):
        self.world.asked.clear()
        return [[self.program, "run", "--config", self.config]]

    def is_ready(self):
        return len(self.world.asked) == len(self.world.tasks)


class PrometheusAndAlertmanager(Contender):
    name, receiver = "Prometheus and Alertmanager", "alertmanager"

    def __init__(self, folder, cache, exporter):
        super().__init__(folder)
        self.prometheus = fetch("fetch-prometheus.sh", os.path.join(cache, "independent-prometheus"))
        unpacked = os.path.join(cache, "independent-alertmanager")
        self.alertmanager = [fetch("fetch-alertmanager.sh", unpacked)]
        if self.alertmanager[0].startswith(unpacked):
            # Its templates have a fixed place: a mount that it alone sees puts them there.
            mount = 'mount --bind "$1/usr/share" /usr/share; shift; exec "$@"'
            self.alertmanager[:0] = ["unshare", "--map-root-user", "--mount", "sh", "-ceu", mount, "sh", unpacked]
        self.ports = [free_port(), free_port()]
        # Everything at once: with their usual minutes they would be later, and see less.
        (self.folder / "alertmanager.yml").write_text(f"""
route: {{receiver: hook, group_by: [task], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}}
receivers: [{{name: hook, webhook_configs: [{{url: "http://127.0.0.1:{exporter}/hook/alertmanager", send_resolved: false}}]}}]
""")
        (self.folder / "rules.yml").write_text("""
groups: [{name: trainings, rules: [{alert: TrainingFailed, expr: training_failed == 1}]}]
""")
        (self.folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{self.ports[1]}"]}}]}}]}}
scrape_configs: [{{job_name: trainings, static_configs: [{{targets: ["127.0.0.1:{exporter}"]}}]}}]
""")

    def commands(self):
        return [
            [os.path.join(self.prometheus, "prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
                f"--web.listen-address=127.0.0.1:{self.ports[0]}"],
            [*self.alertmanager, "--config.file=alertmanager.yml",
                "--storage.path=alertmanager", f"--web.listen-address=127.0.0.1:{self.ports[1]}",
                "--cluster.listen-address="],
        ]

    def is_ready(self):
        try:
            for port in self.ports:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2).close()
            return True
        except OSError:
            return False


class CheckLoop(Contender):
    name, receiver = "check loop in memory", "check-loop"

    def __init__(self, folder, tasks, port):
        super().__init__(folder)
        self.tasks, self.port = tasks, port

    def commands(self):
        return [[sys.executable, HERE / "check_loop.py", str(self.port), *self.tasks]]
