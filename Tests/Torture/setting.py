"""What a bad hour is built of: the scenario, the config, the disk, the libraries that are preloaded."""
import json
import mmap
import os
import struct
import subprocess

from injections import Injections
from service import Control, Daemon
import checker
import shim

TASKS = ["pm-torture%04d" % number for number in range(1, 9)]
# Watched with the account whose credentials come from a program.
HELPED = ["pm-helped%04d" % number for number in range(1, 4)]
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
STATUS_EVENTS = checker.STATUS_EVENTS - {"gone"}


class Setting:
    """Builds it; the part of Torture that is over before anything happens."""

    def prepare(self):
        site = self.site
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock_shim.c")
        subprocess.run(
            ["cc", "-O1", "-shared", "-fPIC", "-o", site.path("clock_shim.so"), source, "-ldl"], check=True)
        with open(site.path("clock"), "wb") as file:
            file.write(struct.pack("q", 0))
        file = open(site.path("clock"), "r+b")
        self.clock = mmap.mmap(file.fileno(), 8)

        tasks = [{"id": name, "account": "main", "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for name in TASKS]
        tasks += [
            {"id": name, "account": "helped", "phases": [{"at": "-1h", "status": "ACTIVATION"}]} for name in HELPED]
        scenario = {
            "accounts": [
                {"name": "main", "access_key_id": "testid", "access_key_secret": "testsecret"},
                {"name": "helped", "access_key_id": "helpedid", "access_key_secret": "helpedsecret",
                 "security_tokens": ["token"]}],
            "tasks": tasks, "hooks": [{"name": "ops", "secret": SECRET}]}
        site.write("scenario.json", json.dumps(scenario))
        log = open(site.path("simulator.log"), "wb")
        self.simulator = subprocess.Popen(
            [site.program("polarai-simulator"), "serve", "--scenario", site.path("scenario.json"), "--ready-file",
             site.path("ports")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_for(lambda: os.path.exists(site.path("ports")) and os.path.getsize(site.path("ports")) > 0, 60)
        with open(site.path("ports")) as file:
            port = json.load(file)["http"]
        self.control = Control(port)

        library = shim.build(site.folder)
        self.page = shim.FaultPage(site.path("fault"))
        site.shims = shim.environment(library, site.path("disk"), page=self.page.path)
        site.shims["LD_PRELOAD"] += ":" + site.path("clock_shim.so")
        self.injections = Injections(self, self.page)

        os.makedirs(site.path("disk"), exist_ok=True)
        if self.has_mount:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", site.path("disk")], check=True)
        os.symlink(site.path("disk/real.db"), site.path("history.db"))
        self.write_helper(hangs=False)
        profiles = {"current": "p", "profiles": [
            {"name": "p", "mode": "External", "process_command": "/bin/sh " + site.path("helper.sh")}]}
        site.write("profiles.json", json.dumps(profiles))
        url = "http://127.0.0.1:%d" % port
        config = {
            "api": {"region": "cn-beijing", "endpoint": url, "timeout": "3s", "calls_per_second": 50, "burst": 20,
                    "credentials": {"type": "access_key", "access_key_id": "testid",
                                    "access_key_secret": "testsecret"}},
            "accounts": {"helped": {"credentials": {"type": "profile", "file": site.path("profiles.json")}}},
            "clusters": TASKS + [{"id": name, "account": "helped"} for name in HELPED],
            "schedule": {"running": "2s", "settled": "2s", "failing_after": "10s", "stall_after": "0"},
            "targets": {"ops": {"url": url + "/hook/ops", "secret": SECRET, "retry": ["1s", "2s", "5s"]}},
            "routes": [{"events": sorted(STATUS_EVENTS | {"gone", "poll_failing", "poll_recovered"}),
                        "targets": ["ops"]}],
            "storage": {"path": site.path("history.db")}}
        site.write("config.json", json.dumps(config, indent=1))
        self.daemon = Daemon(site)

    def write_helper(self, hangs):
        """The program that gives credentials; while it hangs, it leaves another process behind that holds its output."""
        if hangs:
            text = "sleep 600 &\nsleep 600\n"
        else:
            text = (
                'end=$(($(date +%s) + 20))\n'
                'echo "{\\"mode\\": \\"StsToken\\", \\"access_key_id\\": \\"helpedid\\", \\"access_key_secret\\": '
                '\\"helpedsecret\\", \\"sts_token\\": \\"token\\", \\"expiration\\": $end}"\n')
        # The real clock: what the daemon's shows is another matter.
        self.site.write("helper.new", "unset LD_PRELOAD\n" + text)
        os.rename(self.site.path("helper.new"), self.site.path("helper.sh"))
