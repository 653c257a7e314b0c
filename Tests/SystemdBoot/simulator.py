"""polarai-simulator as a transient service inside the machine, and the daemon's config for it."""

import json
import shlex

PORT = 18080
BASE = f"http://127.0.0.1:{PORT}"
HOOK_SECRET = "whsec_cG9sYXJhaS1kYWVtb24tYm9vdC10ZXN0LXNlY3JldA=="


class Simulator:
    def __init__(self, machine, key_id="testid", key_secret="testsecret"):
        self.machine = machine
        scenario = {
            "accounts": [{"access_key_id": key_id, "access_key_secret": key_secret}],
            "tasks": [{"id": f"pm-boot{number}"} for number in (1, 2, 3)],
            "hooks": [{"name": "chat", "secret": HOOK_SECRET}],
        }
        machine.write("/run/scenario.json", json.dumps(scenario))
        machine.run(
            "systemd-run -q --unit=simulator --collect "
            f"polarai-simulator serve --scenario /run/scenario.json --http-port {PORT}")  # fmt: skip
        machine.eventually("the simulator answers", lambda: self.get("stats") is not None)

    def get(self, path):
        result = self.machine.run(f"curl -sf {shlex.quote(f'{BASE}/_control/{path}')}", check=False)
        return json.loads(result.stdout) if result.code == 0 else None

    def post(self, path, body):
        quoted = shlex.quote(json.dumps(body))
        return self.machine.text(f"curl -sf -d {quoted} {shlex.quote(f'{BASE}/_control/{path}')}")

    def set_status(self, task, status):
        self.post(f"tasks/{task}", {"status": status})

    def deliveries(self):
        """What the receiver took, in order."""
        answer = self.get("deliveries?hook=chat")
        listed = answer["deliveries"] if isinstance(answer, dict) else answer
        return [delivery for delivery in listed if delivery.get("verdict") == "accepted"]

    def calls(self):
        answer = self.get("calls?limit=100000")
        return answer["calls"] if isinstance(answer, dict) else answer


def config(credentials=None, clusters=2, **changes):
    """A config for the simulator, polling fast."""
    settings = {
        "api": {
            "region": "cn-beijing", "endpoint": BASE, "calls_per_second": 50, "burst": 50,
            "credentials": credentials
            or {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"},
        },
        "clusters": [{"id": f"pm-boot{number}", "name": f"task{number}"} for number in range(1, clusters + 1)],
        "schedule": {"running": "500ms", "settled": "500ms"},
        "targets": {"chat": {"type": "webhook", "url": f"{BASE}/hook/chat", "secret": HOOK_SECRET}},
        "delivery": {"retry": ["200ms", "500ms", "1s"]},
    }  # fmt: skip
    settings.update(changes)
    return json.dumps(settings, indent=2)
