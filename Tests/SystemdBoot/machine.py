"""A Debian tree booted in a container with systemd as its PID 1, and thrown away afterwards.

The tree stays untouched: each boot writes to an overlay in memory. Nothing is registered with the host's systemd, so
the host need not run one. The host's network is shared; loopback servers of the machine are reached from it alone.
"""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time
import zlib

CGROUPS = pathlib.Path("/sys/fs/cgroup")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PACKAGES = [
    "systemd", "systemd-sysv", "dbus", "libnss-systemd", "procps", "sqlite3", "curl", "ca-certificates", "libstdc++6",
    "openssl", "passwd", "libpq5",
]  # fmt: skip


class Unavailable(Exception):
    """This host cannot boot a container; the text says why."""


class CommandFailed(Exception):
    pass


class Result:
    def __init__(self, code, stdout, stderr, seconds):
        self.code, self.stdout, self.stderr, self.seconds = code, stdout, stderr, seconds

    @property
    def output(self):
        return self.stdout + self.stderr


def require_host():
    """Raises Unavailable where no container can be booted."""
    if os.geteuid() != 0:
        raise Unavailable("needs root")
    for program in ("systemd-nspawn", "nsenter", "mmdebstrap"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    if not control_groups():
        raise Unavailable(f"no writable control group hierarchy of systemd under {CGROUPS}")


def control_groups():
    """The hierarchies in which a container gets a group of its own, or all would share one."""
    if (CGROUPS / "cgroup.controllers").exists():
        candidates = [CGROUPS]
    else:
        candidates = [CGROUPS / "systemd", CGROUPS / "unified"]
    return [folder for folder in candidates if (folder / "cgroup.procs").exists() and os.access(folder, os.W_OK)]


def build_tree(suite, folder):
    """Makes the tree of a Debian suite, once for a list of packages; half a tree is never left under its name."""
    contents = zlib.crc32(" ".join(PACKAGES).encode())
    tree = folder / f"{suite}-{contents:08x}"
    if tree.exists():
        return tree
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{tree.name}.{os.getpid()}"
    print(f"# building the {suite} tree in {tree}", flush=True)
    command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(PACKAGES)}", suite, str(unfinished)]
    built = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if built.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise Unavailable(f"mmdebstrap could not build {suite}: {built.stdout.strip()[-500:]}")
    (unfinished / "etc/systemd/system/console-getty.service").symlink_to("/dev/null")
    (unfinished / "var/log/journal").mkdir(exist_ok=True)
    unfinished.rename(tree)
    return tree


class Machine:
    """`with Machine(tree, name) as machine:` is booted; leaving it powers it off."""

    def __init__(self, tree, name, binds=(), log_folder=pathlib.Path("/tmp")):
        self.tree, self.binds = tree, dict(binds)
        self.name = f"polarai-{name}-{os.getpid()}"
        self.console = log_folder / f"{self.name}.console"
        self.process = self.leader = None
        self.groups = [folder / f"nsp-{self.name}" for folder in control_groups()]

    def __enter__(self):
        for group in self.groups:
            group.mkdir()
        command = [
            "systemd-nspawn", "-q", "-D", str(self.tree), "-M", self.name, "--register=no", "--keep-unit",
            "--notify-ready=yes", "--volatile=overlay", "--system-call-filter=bpf",
            "--capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON",
            *[f"--bind-ro={outside}:{inside}" for outside, inside in self.binds.items()], "-b",
        ]  # fmt: skip
        environment = {"PATH": PATH, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with open(self.console, "wb") as console:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                preexec_fn=self._enter_groups)  # fmt: skip
        try:
            self._wait_for_boot()
        except BaseException:
            self.power_off()
            raise
        return self

    def __exit__(self, *_):
        self.power_off()

    def _enter_groups(self):
        for group in self.groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def _wait_for_boot(self):
        deadline = time.monotonic() + 30
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            child = (children.read_text().split() or [None])[0]
            if child and pathlib.Path(f"/proc/{child}/root/run/systemd/private").is_socket():
                self.leader = int(child)
                break
            time.sleep(0.05)
        if self.leader is None:
            raise Unavailable(f"the container did not boot: {self.console.read_text(errors='replace').strip()[-500:]}")
        state = self.run("systemctl is-system-running --wait", check=False).stdout.strip()
        if state != "running":
            failed = self.run("systemctl --failed --no-legend --plain", check=False).stdout
            raise Unavailable(f"the container came up {state}: {failed}")

    def power_off(self):
        """By SIGRTMIN+4, as systemd(1) has it. nspawn itself is never killed: its PID 1 would live on."""
        if self.process is None:
            return
        if self.leader is not None and self.process.poll() is None:
            os.kill(self.leader, signal.SIGRTMIN + 4)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.kill(self.leader, signal.SIGKILL)
        elif self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=30)
        self.process = None
        for group in self.groups:
            for folder in sorted(group.rglob("*/"), key=lambda path: -len(path.parts)):
                if folder.is_dir():
                    folder.rmdir()
            group.rmdir()

    # What the tests do inside.

    def run(self, command, user=None, check=True, timeout=60, stdin=None):
        """Runs a shell command inside; with check, one that fails raises CommandFailed."""
        words = ["nsenter", "-t", str(self.leader), "-a", "--"]
        if user is not None:
            words += ["runuser", "-u", user, "--"]
        words += ["env", "-i", f"PATH={PATH}", "LANG=C.UTF-8", "HOME=/tmp", "sh", "-c", command]
        started = time.monotonic()
        done = subprocess.run(
            words, input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace", timeout=timeout)  # fmt: skip
        result = Result(done.returncode, done.stdout, done.stderr, time.monotonic() - started)
        if check and result.code != 0:
            raise CommandFailed(f"`{command}` exited {result.code}:\n{result.output.strip()}")
        return result

    def text(self, command, **options):
        return self.run(command, **options).stdout.strip()

    def write(self, path, text, mode="0644"):
        quoted = shlex.quote(path)
        self.run(f"mkdir -p $(dirname {quoted}) && cat >{quoted} && chmod {mode} {quoted}", stdin=text)

    def property(self, name, unit="polarai-daemon"):
        return self.text(f"systemctl show -P {name} {unit}")

    def journal(self, *matches):
        """Journal entries as dictionaries, the oldest first."""
        quoted = " ".join(shlex.quote(match) for match in matches)
        lines = self.text(f"journalctl --sync; journalctl -q -o json --no-pager {quoted}", check=False).splitlines()
        return [json.loads(line) for line in lines]

    def eventually(self, what, condition, within=15):
        """Waits until the condition is true, and returns what it gave."""
        deadline = time.monotonic() + within
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within} s: {what}")
            time.sleep(0.1)
