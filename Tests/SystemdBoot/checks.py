"""What the package promises on a host, checked from outside, in the order in which an operator meets it.

Each check is a function of the machine and what the checks share; its doc string is its name in the report.
"""

import json
import pathlib
import re
import time

import simulator as stand_in

UNIT = "polarai-daemon"
CONFIG = "/etc/polarai/config.json"
DATABASE = "/var/lib/polarai/polarai.db"
CONTROL = "/run/polarai/control.sock"
DROP_INS = f"/etc/systemd/system/{UNIT}.service.d"
EXAMPLES = "/usr/share/doc/polarai-daemon/examples"
FAILED_ID = "703fff2077b4461ba1674e29a871b2b0"
REFUSED_ID = "f4c3481ac042467a9b31beb84ed1a3f1"
LISTED = (
    "/usr/bin/polarai-daemon", CONFIG, f"{EXAMPLES}/credentials.conf",
    f"{EXAMPLES}/full.json*", "/usr/share/bash-completion/completions/polarai-daemon",
    "/usr/share/zsh/vendor-completions/_polarai-daemon", "/usr/share/fish/vendor_completions.d/polarai-daemon.fish",
    "/usr/share/man/man1/polarai-daemon.1.gz",
    "/usr/share/man/man5/polarai-config.5.gz",
    "/usr/share/man/man8/polarai-daemon.8.gz", "/usr/lib/systemd/catalog/polarai.catalog",
    "/usr/lib/systemd/system/polarai-hooks.service", "/usr/lib/systemd/system/polarai-hooks.socket",
    "/usr/lib/sysusers.d/polarai-daemon.conf", "/usr/lib/tmpfiles.d/polarai-daemon.conf",
    "/usr/share/doc/polarai-daemon/copyright",
)  # fmt: skip
SIMULATOR_LISTED = (
    "/usr/bin/polarai-simulator", "/usr/share/bash-completion/completions/polarai-simulator",
    "/usr/share/man/man1/polarai-simulator.1.gz", "/usr/share/doc/polarai-simulator/simulator.md*",
    "/usr/share/doc/polarai-simulator/copyright",
)  # fmt: skip
WEB_LISTED = (
    "/usr/bin/polarai-web", "/usr/share/bash-completion/completions/polarai-web",
    "/usr/share/man/man8/polarai-web.8.gz", "/usr/lib/sysusers.d/polarai-web.conf",
    "/usr/share/doc/polarai-web/copyright",
)  # fmt: skip


class Shared:
    """What one check leaves for the next."""

    def __init__(self, package, upgrade, simulator_package, web_package):
        self.package, self.upgrade, self.simulator_package = package, upgrade, simulator_package
        self.web_package = web_package
        self.simulator = None


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def history(machine, arguments="", user=None):
    text = machine.text(f"polarai-daemon history --limit 0 --format jsonl {arguments}", user=user)
    return [json.loads(line) for line in text.splitlines()]


def is_active(machine):
    return machine.text(f"systemctl is-active {UNIT}", check=False) == "active"


def configure(machine, text):
    """As an administrator's editor does it: into the file that is there."""
    machine.run(f"cat >{CONFIG}", stdin=text)


def drop_in(machine, name, text):
    machine.write(f"{DROP_INS}/{name}.conf", text)
    machine.run("systemctl daemon-reload")


def remove_drop_in(machine, name):
    machine.run(f"rm -f {DROP_INS}/{name}.conf && systemctl daemon-reload")


def main_pid(machine):
    return int(machine.property("MainPID"))


def restarted(machine, old_pid):
    """The service runs again, as another process."""
    return is_active(machine) and main_pid(machine) not in (0, old_pid)


def with_upstream_unit(machine):
    machine.run(f"systemctl reset-failed {UNIT}", check=False)


# The checks.


def installs(machine, shared):
    """installing starts the service, which is active within 2 s and says that it watches nothing"""
    machine.run("useradd --create-home alice && useradd --create-home bob")
    machine.run(f"dpkg -i {shared.package}", timeout=120)
    machine.eventually("the unit is active", lambda: is_active(machine), within=2)
    expect(machine.text(f"systemctl is-enabled {UNIT}") == "enabled", "the unit is not enabled")
    status = machine.property("StatusText")
    expect("no tasks configured" in status, f"STATUS does not say that nothing is watched: {status}")
    machine.run("usermod --append --groups polarai alice")


def lists_files(machine, _):
    """everything that belongs to the package is in its place, readable by whom it should be"""
    for path in LISTED:
        expect(machine.run(f"ls {path}", check=False).code == 0, f"{path} is missing")
    owners = machine.text(f"stat -c '%U:%G %a %n' /etc/polarai {CONFIG} /var/lib/polarai /run/polarai {CONTROL}")
    wanted = [
        "root:polarai 2750 /etc/polarai", f"root:polarai 640 {CONFIG}", "polarai:polarai 750 /var/lib/polarai",
        "polarai:polarai 750 /run/polarai", f"polarai:polarai 660 {CONTROL}",
    ]  # fmt: skip
    expect(owners.splitlines() == wanted, f"owners and modes are {owners}")
    expect(machine.text(f"dpkg-query -W -f '${{Conffiles}}' {UNIT}").startswith(CONFIG), "the config is not a conffile")
    missing = machine.text("ldd /usr/bin/polarai-daemon | grep 'not found' || true")
    expect(missing == "", f"libraries are missing: {missing}")
    expect(machine.run("ls /usr/bin/polarai-simulator", check=False).code != 0, "the simulator comes with the daemon")


def installs_simulator(machine, shared):
    """the simulator is a package of its own, and installs beside the daemon or without it"""
    machine.run(f"dpkg -i {shared.simulator_package}", timeout=120)
    for path in SIMULATOR_LISTED:
        expect(machine.run(f"ls {path}", check=False).code == 0, f"{path} is missing")
    needs = machine.text("dpkg-query -W -f '${Depends}' polarai-simulator")
    expect("polarai-daemon" not in needs, f"it depends on {needs}")


def serves_the_page(machine, shared):
    """the status page is a package of its own, off by default, and sees nothing with which something could be changed"""
    machine.run(f"dpkg -i {shared.web_package}", timeout=120)
    for path in WEB_LISTED:
        expect(machine.run(f"ls {path}", check=False).code == 0, f"{path} is missing")
    state = machine.text("systemctl is-enabled polarai-web; systemctl is-active polarai-web", check=False)
    expect(state.split() == ["disabled", "inactive"], f"after the installation it is {state}")
    text = machine.text("systemd-analyze security --no-pager polarai-web.service")
    level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", text).group(1))
    expect(level <= 1.5, f"exposure level {level}")
    machine.run("systemctl enable --now polarai-web", timeout=60)
    page = "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9478"
    machine.eventually("the page", lambda: machine.text(f"{page}/-/ready", check=False) == "200")
    up = "curl -s http://127.0.0.1:9478/metrics | grep -x 'polarai_up 1'"
    machine.eventually("the daemon's figures", lambda: machine.run(up, check=False).code == 0)
    pid = machine.text("systemctl show -P MainPID polarai-web")
    inside = machine.text(f"nsenter -t {pid} -m ls /run/polarai /run/polarai-status 2>/dev/null", check=False)
    expect("control.sock" not in inside and "status.sock" in inside, f"it sees {inside}")
    machine.run(f"systemctl restart {UNIT}", timeout=60)
    machine.eventually("figures again", lambda: machine.run(up, check=False).code == 0)
    inside = machine.text(f"nsenter -t {pid} -m ls /run/polarai 2>/dev/null", check=False)
    expect("control.sock" not in inside, "after a restart of the daemon it sees the control socket")
    machine.run("systemctl disable --now polarai-web", timeout=60)


def verifies(machine, _):
    """systemd-analyze has nothing to say against the unit, and finds little exposed"""
    result = machine.run(f"systemd-analyze verify --man=no {UNIT}.service", check=False)
    expect(result.code == 0 and result.output.strip() == "", f"systemd-analyze verify: {result.output}")
    text = machine.text(f"systemd-analyze security --no-pager {UNIT}.service")
    level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", text).group(1))
    shared_note = f"exposure level {level}"
    print(f"#   {shared_note}", flush=True)
    expect(level <= 1.2, shared_note)


def reloads(machine, shared):
    """a changed config is taken over by systemctl reload"""
    shared.simulator = stand_in.Simulator(machine)
    configure(machine, stand_in.config())
    pid = main_pid(machine)
    machine.run(f"systemctl reload {UNIT}")
    expect(main_pid(machine) == pid, "the reload was a restart")
    machine.eventually(
        "STATUS counts both tasks", lambda: "watching 2: 2 ACTIVATION" in machine.property("StatusText"))  # fmt: skip


def tells(machine, shared):
    """a task that fails is reported to the webhook, in STATUS and in the journal, once each"""
    shared.simulator.set_status("pm-boot1", "FAILED")
    machine.eventually("the webhook came", lambda: len(shared.simulator.deliveries()) == 1)
    machine.eventually("STATUS says it", lambda: "ACTIVATION → FAILED" in machine.property("StatusText"))
    entries = machine.journal(f"MESSAGE_ID={FAILED_ID}")
    expect(len(entries) == 1, f"{len(entries)} journal entries")
    entry = entries[0]
    wanted = {
        "PRIORITY": "3", "SYSLOG_IDENTIFIER": "polarai-daemon", "POLARAI_EVENT": "failed",
        "POLARAI_TASK_ID": "pm-boot1",
        "POLARAI_NAME": "task1", "POLARAI_STATUS_OLD": "ACTIVATION", "POLARAI_STATUS_NEW": "FAILED",
        "_SYSTEMD_UNIT": f"{UNIT}.service",
    }  # fmt: skip
    found = {key: entry.get(key) for key in wanted}
    expect(found == wanted, f"the entry has {found}")
    body = json.loads(shared.simulator.deliveries()[0]["body"])
    row = history(machine, "--event failed")[-1]
    expect(body["data"]["id"] == row["id"], "webhook and history call it differently")
    expect(entry["POLARAI_TRANSITION_SEQ"] == str(row["seq"]), "journal and history number it differently")


def explains(machine, _):
    """journalctl -x explains an entry, and -t finds what the daemon says"""
    text = machine.text(f"journalctl -q --no-pager -x MESSAGE_ID={FAILED_ID}")
    expect("Subject: Training pm-boot1 has failed" in text, f"no catalog text: {text}")
    expect("polarai-daemon show pm-boot1" in text, "the catalog text says not what to do")
    expect("is ready" in machine.text("journalctl -q --no-pager -t polarai-daemon"), "journalctl -t finds nothing")


def serves_group(machine, _):
    """members of the group read history and use the control socket; others get the name of the group"""
    expect(len(history(machine, user="alice")) >= 1, "alice sees no history")
    status = json.loads(machine.text(f"curl -sf --unix-socket {CONTROL} http://localhost/v1/status", user="alice"))
    expect(status["daemon"]["pid"] == main_pid(machine), f"the control socket says {status['daemon']}")
    expect(len(status["clusters"]) == 2, "the control socket knows other clusters")
    polled = machine.run(
        f"curl -sf --unix-socket {CONTROL} -d '{{\"cluster\": \"task2\"}}' http://localhost/v1/poll", user="alice")
    expect(json.loads(polled.stdout) == {"cluster": "pm-boot2"}, polled.stdout)
    for command in (f"history --database {DATABASE}", "reload"):
        refused = machine.run(f"polarai-daemon {command}", user="bob", check=False)
        expect(refused.code == 77, f"bob's {command} exited {refused.code}: {refused.output}")
        expect("group polarai" in refused.stderr, f"bob is not reported of the group: {refused.stderr}")


def runs_hooks(machine, shared):
    """hooks are off until their socket is enabled; a hook runs as its own user and finds nothing of the daemon"""
    state = machine.text("systemctl is-enabled polarai-hooks.socket", check=False)
    expect(state == "disabled", f"the socket of the hooks is {state}")
    script = """#!/bin/sh
        [ "$(id -un)" = polarai-hooks ] || exit 11
        cat /etc/polarai/config.json 2>&1 && exit 12
        ls /var/lib/polarai /run/polarai 2>&1 && exit 13
        ls "$CREDENTIALS_DIRECTORY/" 2>&1 && [ -n "$CREDENTIALS_DIRECTORY" ] && exit 14
        grep -q '"event":"failed"' || exit 15
        exit 0
        """
    machine.write("/usr/local/bin/boot-hook", script, mode="0755")
    targets = {"deploy": {"type": "command", "hook": "deploy"}}
    configure(machine, stand_in.config(targets=targets, hooks={"deploy": {"command": ["/usr/local/bin/boot-hook"]}}))
    result = machine.run("polarai-daemon test-alert deploy", check=False)
    expect(result.code == 69, f"without a runner test-alert exits {result.code}: {result.output}")
    machine.run("systemctl enable --now polarai-hooks.socket")
    result = machine.run("polarai-daemon test-alert deploy", check=False)
    expect(result.code == 0, f"the hook's end: {result.output}")
    refused = machine.run("polarai-daemon doctor", check=False, user="alice").output
    expect("may not ask" in refused or "no hooks runner" in refused, "a member of the group may have hooks run")
    text = machine.text("systemd-analyze security --no-pager polarai-hooks.service")
    level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", text).group(1))
    print(f"#   exposure level of the hooks {level}", flush=True)
    machine.run("systemctl disable --now polarai-hooks.socket polarai-hooks.service")
    configure(machine, stand_in.config())


def keeps_quiet(machine, _):
    """what it writes is a line a change: no complaint of the runtime, nothing once a poll"""
    entries = machine.journal("-u", UNIT)
    daemon = machine.property("MainPID")
    nice = int(machine.text(f"awk '/Max nice priority/ {{ print $4 }}' /proc/{daemon}/limits"))
    if nice == 0:
        print("#   this host's containers cannot grant LimitNICE: libdispatch's complaint of that is not looked at")
    foreign = [
        entry["MESSAGE"] for entry in entries
        # What the reload command says to whoever called it ends up there too, and is its own.
        if entry.get("_TRANSPORT") == "stdout" and entry.get("_PID") == daemon
        or nice > 0 and "worker thread" in entry["MESSAGE"]
    ]  # fmt: skip
    expect(not foreign, f"lines past the log: {foreign}")
    before = len(entries)
    time.sleep(3)
    added = [entry["MESSAGE"] for entry in machine.journal("-u", UNIT)[before:]]
    expect(not added, f"lines while nothing changed: {added}")


def gives_memory_back(machine, _):
    """the pages that only a start looks at are given back, inside the unit too"""
    def file_pages():
        return int(machine.text(f"awk '/^RssFile/ {{ print $2 }}' /proc/{main_pid(machine)}/status"))

    machine.run(f"systemctl restart {UNIT}")
    # Without that it keeps some 30 MB; a few seconds after a start it is about a third.
    machine.eventually("under 20 MB of programs and libraries are resident", lambda: file_pages() < 20_000)
    print(f"#   {file_pages() / 1000:.0f} MB of programs and libraries are resident", flush=True)


def refuses(machine, shared):
    """a bad config makes the reload fail with every mistake named, and changes nothing"""
    good = machine.text(f"cat {CONFIG}")
    bad = json.loads(good)
    bad["clusters"][1]["id"] = bad["clusters"][0]["id"]
    bad["schedule"]["runing"] = "30s"
    configure(machine, json.dumps(bad))
    failed = machine.run(f"systemctl reload {UNIT}", check=False)
    expect(failed.code != 0, "systemctl reload did not fail")
    asked = machine.run("polarai-daemon reload", user="alice", check=False)
    expect(asked.code == 78, f"polarai-daemon reload exited {asked.code}")
    for mistake in ("clusters[1]", "runing"):
        expect(mistake in asked.stderr, f"{mistake} is not named: {asked.stderr}")
        shown = machine.text(f"journalctl -q --no-pager -u {UNIT} -n 50")
        expect(mistake in shown, f"{mistake} is not in the unit's journal")
    expect("refused" in machine.property("StatusText"), f"STATUS: {machine.property('StatusText')}")
    expect(machine.journal(f"MESSAGE_ID={REFUSED_ID}"), "no journal entry of its own")
    calls = len(shared.simulator.calls())
    machine.eventually("the old config goes on", lambda: len(shared.simulator.calls()) > calls + 4)
    configure(machine, good)
    machine.run(f"systemctl reload {UNIT}")
    expect("refused" not in machine.property("StatusText"), "STATUS keeps the old trouble")


def reloads_on_hangup(machine, _):
    """SIGHUP reloads as well, and leaves the verdict in the journal"""
    before = len(machine.journal(f"MESSAGE_ID={REFUSED_ID}"))
    good = machine.text(f"cat {CONFIG}")
    configure(machine, "{")
    machine.run(f"systemctl kill --kill-who=main -s HUP {UNIT}")
    machine.eventually(
        "the refusal is logged", lambda: len(machine.journal(f"MESSAGE_ID={REFUSED_ID}")) > before)  # fmt: skip
    configure(machine, good)
    machine.run(f"systemctl kill --kill-who=main -s HUP {UNIT}")
    machine.eventually("the trouble is over", lambda: "refused" not in machine.property("StatusText"))
    expect(is_active(machine), "the service did not survive it")


def holds_database(machine, _):
    """a second daemon on the same database exits 75 within a second and says who holds it"""
    second = machine.run(f"runuser -u polarai -- polarai-daemon run --config {CONFIG}", check=False)
    expect(second.code == 75, f"it exited {second.code}: {second.output}")
    expect(second.seconds < 1.5, f"it took {second.seconds:.2f} s")
    expect(str(main_pid(machine)) in second.output, f"it does not name the holder: {second.output}")


def survives_kill(machine, shared):
    """killed with -9 it is started again, and loses nothing"""
    rows = history(machine)
    pid = main_pid(machine)
    machine.run(f"systemctl kill --kill-who=main -s KILL {UNIT}")
    shared.simulator.set_status("pm-boot2", "COMPLETED")
    machine.eventually("the service runs again", lambda: restarted(machine, pid))
    machine.eventually("what happened meanwhile is stored", lambda: history(machine, "--event completed"))
    machine.eventually("and reported", lambda: len(shared.simulator.deliveries()) == 2)
    expect(history(machine)[: len(rows)] == rows, "stored rows changed")


def watchdog_restarts(machine, shared):
    """frozen it is restarted by the watchdog in time, and loses nothing"""
    drop_in(machine, "watchdog", "[Service]\nWatchdogSec=3\n")
    machine.run(f"systemctl restart {UNIT}")
    rows = history(machine)
    pid = main_pid(machine)
    frozen = time.monotonic()
    machine.run(f"kill -STOP {pid}")
    machine.eventually("the watchdog restarted it", lambda: restarted(machine, pid), within=20)
    print(f"#   running again {time.monotonic() - frozen:.1f} s after it froze, with WatchdogSec=3", flush=True)
    log = machine.text(f"journalctl -q --no-pager -u {UNIT} -n 100")
    expect("Watchdog timeout" in log, "it was not the watchdog")
    expect(history(machine)[: len(rows)] == rows, "stored rows changed")


def watchdog_tolerates(machine, shared):
    """a mute API and a webhook that hangs get nobody restarted"""
    restarts = machine.property("NRestarts")
    pid = main_pid(machine)
    shared.simulator.post("faults", {"kind": "mute"})
    shared.simulator.post("hooks/chat", {"plan": [{"mute": True}], "secret": stand_in.HOOK_SECRET})
    time.sleep(10)
    expect(main_pid(machine) == pid and machine.property("NRestarts") == restarts, "the service was restarted")
    machine.run(f"curl -sf -X DELETE {stand_in.BASE}/_control/faults")
    shared.simulator.post("hooks/chat", {"plan": [], "secret": stand_in.HOOK_SECRET})
    remove_drop_in(machine, "watchdog")


def survives_journal(machine, shared):
    """with journald stopped it goes on, and speaks again afterwards"""
    journald = machine.text("systemctl show -P MainPID systemd-journald")
    machine.run(f"kill -STOP {journald}")
    try:
        for number in range(30):
            shared.simulator.set_status("pm-boot1", "ACTIVATION" if number % 2 == 0 else "FAILED")
            time.sleep(0.1)
        calls = len(shared.simulator.calls())
        machine.eventually("it goes on polling", lambda: len(shared.simulator.calls()) > calls + 4)
    finally:
        machine.run(f"kill -CONT {journald}")
    shared.simulator.set_status("pm-boot1", "FAILED")
    machine.eventually("it is heard again", lambda: "FAILED" in machine.property("StatusText"))
    expect(is_active(machine), "the service did not survive it")


def stops(machine, _):
    """it stops within 5 s, and the history can be read while it is stopped, by a member of the group too"""
    rows = history(machine)
    stopped = machine.run(f"systemctl stop {UNIT}")
    expect(stopped.seconds < 5, f"the stop took {stopped.seconds:.1f} s")
    expect(machine.property("Result") == "success", f"the result is {machine.property('Result')}")
    expect(history(machine, user="alice") == rows, "the history differs after the stop")
    machine.run("mkdir -p /mnt/copy && cp /var/lib/polarai/polarai.db /mnt/copy/ && chmod 444 /mnt/copy/polarai.db")
    machine.run("mount --bind /mnt/copy /mnt/copy && mount -o remount,bind,ro /mnt/copy")
    expect(history(machine, "--database /mnt/copy/polarai.db", user="bob") == rows, "a read-only copy differs")
    machine.run("umount /mnt/copy")
    refused = machine.run("polarai-daemon reload", check=False)
    expect(refused.code == 69, f"reload without a daemon exited {refused.code}")
    machine.run(f"systemctl start {UNIT}")


def backs_up(machine, _):
    """a backup taken while it runs has the whole history"""
    rows = history(machine)
    machine.run("polarai-daemon backup /root/copy.db")
    expect(machine.text("sqlite3 /root/copy.db 'PRAGMA integrity_check'") == "ok", "the copy is damaged")
    expect(history(machine, "--database /root/copy.db")[: len(rows)] == rows, "the copy differs")


def takes_credentials(machine, shared):
    """an access key comes by LoadCredential, and encrypted by LoadCredentialEncrypted"""
    credential = {
        "type": "access_key", "access_key_id": {"credential": "access-key-id"},
        "access_key_secret": {"credential": "access-key-secret"},
    }  # fmt: skip
    machine.run("install -d -m 0700 /etc/polarai/credentials")
    machine.write("/etc/polarai/credentials/access-key-id", "testid\n", mode="0600")
    machine.write("/etc/polarai/credentials/access-key-secret", "testsecret\n", mode="0600")
    configure(machine, stand_in.config(credential))
    machine.run(f"install -D -m 0644 {EXAMPLES}/credentials.conf {DROP_INS}/credentials.conf")
    machine.run("systemctl daemon-reload")
    machine.run(f"systemctl restart {UNIT}")
    calls = len(shared.simulator.calls())
    polled(machine, shared, calls)
    machine.run(f"systemctl reload {UNIT}")

    # Not every container may make a host key; the plain way is proved above.
    if machine.run("systemd-creds setup", check=False).code != 0:
        print("#   no host key can be made here: LoadCredentialEncrypted is not tried", flush=True)
        return
    machine.run(
        "cd /etc/polarai/credentials && systemd-creds encrypt --with-key=host --name=access-key-secret "
        "access-key-secret access-key-secret.cred && rm access-key-secret")  # fmt: skip
    drop_in(
        machine, "credentials",
        "[Service]\nLoadCredential=access-key-id:/etc/polarai/credentials/access-key-id\n"
        "LoadCredentialEncrypted=access-key-secret:/etc/polarai/credentials/access-key-secret.cred\n")  # fmt: skip
    machine.run(f"systemctl restart {UNIT}")
    polled(machine, shared, len(shared.simulator.calls()))


def polled(machine, shared, after):
    def good():
        calls = shared.simulator.calls()[after:]
        return len(calls) > 3 and all(call.get("outcome") == 200 or call.get("code") is None for call in calls[-3:])

    machine.eventually("the API takes the key", good)
    status = json.loads(machine.text("polarai-daemon status --format json"))
    errors = [cluster["last_error"] for cluster in status["clusters"] if cluster["last_error"]]
    expect(not errors, f"polls fail: {errors}")


def rotates(machine, shared):
    """a secret in a file is used as it is at the moment, without a restart"""
    secret = "/etc/polarai/access-key.secret"
    machine.write(secret, "testsecret\n", mode="0640")
    configure(
        machine, stand_in.config({
            "type": "access_key", "access_key_id": "testid", "access_key_secret": {"file": secret}}))  # fmt: skip
    remove_drop_in(machine, "credentials")
    machine.run(f"systemctl restart {UNIT}")
    polled(machine, shared, len(shared.simulator.calls()))
    pid = main_pid(machine)
    shared.simulator.post("accounts", [{"access_key_id": "testid", "access_key_secret": "rotated"}])
    machine.run(f"cat >{secret}", stdin="rotated\n")
    machine.eventually("the new key is used", lambda: not any(
        cluster["last_error"] for cluster in json.loads(machine.text(
            f"curl -sf --unix-socket {CONTROL} http://localhost/v1/status"))["clusters"]))  # fmt: skip
    polled(machine, shared, len(shared.simulator.calls()))
    expect(main_pid(machine) == pid, "the service was restarted")


def fails_for_good(machine, _):
    """a start with a bad config fails for good and calls OnFailure, and works again once it is fixed"""
    good = machine.text(f"cat {CONFIG}")
    machine.run(f"install -D -m 0644 {EXAMPLES}/onfailure.conf {DROP_INS}/onfailure.conf")
    machine.run(f"install -m 0644 {EXAMPLES}/polarai-onfailure@.service /etc/systemd/system/")
    machine.run("systemctl daemon-reload")
    configure(machine, '{"clusters": 1}')
    failed = machine.run(f"systemctl restart {UNIT}", check=False)
    expect(failed.code != 0, "it started with a bad config")
    machine.eventually("the unit has failed", lambda: machine.property("ActiveState") == "failed")
    expect(machine.property("ExecMainStatus") == "78", f"it exited {machine.property('ExecMainStatus')}")
    expect(machine.property("NRestarts") == "0", "it was tried again")
    machine.eventually(
        "OnFailure spoke",
        lambda: any("has failed: exit-code" in str(entry.get("MESSAGE")) for entry in machine.journal(
            "SYSLOG_IDENTIFIER=polarai-onfailure")))  # fmt: skip
    configure(machine, good)
    remove_drop_in(machine, "onfailure")
    machine.run(f"systemctl reset-failed {UNIT}; systemctl start {UNIT}")
    expect(is_active(machine), "it does not start after the fix")


def upgrades(machine, shared):
    """an upgrade restarts it, and keeps history and config"""
    rows, config, pid = history(machine), machine.text(f"cat {CONFIG}"), main_pid(machine)
    machine.run(f"dpkg -i --force-confold {shared.upgrade}", timeout=120)
    machine.eventually("the service runs again", lambda: restarted(machine, pid), within=5)
    expect(machine.text(f"dpkg-query -W -f '${{Version}}' {UNIT}").endswith("+upgrade"), "it was not upgraded")
    expect(history(machine)[: len(rows)] == rows, "the history changed")
    expect(machine.text(f"cat {CONFIG}") == config, "the config changed")
    expect(machine.text(f"stat -c '%U:%G %a' {CONFIG}") == "root:polarai 640", "the config's mode changed")


def removes(machine, shared):
    """a removal stops it and keeps history and config for the next installation"""
    rows = history(machine)
    machine.run(f"dpkg -r {UNIT}", timeout=120)
    expect(not is_active(machine), "it still runs")
    expect(machine.run(f"ls {DATABASE} {CONFIG}", check=False).code == 0, "history or config are gone")
    machine.run(f"dpkg -i {shared.package}", timeout=120)
    machine.eventually("the unit is active", lambda: is_active(machine), within=5)
    expect(history(machine)[: len(rows)] == rows, "the history changed")


def purges(machine, _):
    """a purge takes everything away"""
    machine.run("rm -rf /etc/polarai/credentials /etc/polarai/access-key.secret")
    machine.run(f"dpkg -P {UNIT} polarai-web polarai-simulator", timeout=120)
    left = machine.text("ls -d /etc/polarai /var/lib/polarai /run/polarai /usr/bin/polarai-* 2>/dev/null || true")
    expect(left == "", f"left behind: {left}")
    expect(machine.text(f"systemctl is-active {UNIT}", check=False) != "active", "it still runs")
    expect(machine.text("systemctl --failed --no-legend --plain") == "", "a unit has failed")


CHECKS = [
    installs, lists_files, installs_simulator, verifies, reloads, tells, explains, serves_group, serves_the_page,
    runs_hooks, keeps_quiet,
    gives_memory_back, refuses, reloads_on_hangup, holds_database, survives_kill, watchdog_restarts,
    watchdog_tolerates, survives_journal, stops, backs_up, takes_credentials, rotates, fails_for_good, upgrades,
    removes, purges,
]  # fmt: skip
