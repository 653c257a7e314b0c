"""The status page in a real browser: check.py FOLDER_OF_THE_PROGRAMS [FOLDER_FOR_PICTURES]

Starts the simulator, the daemon and polarai-web, and looks at every page in both languages, both themes, with scripts and
without, on a phone and on a screen. Ends only what it started. Exits 1 with a list of what is wrong.
"""
import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

import axe_playwright_python
from chromium import Browser

PROGRAMS = pathlib.Path(sys.argv[1])
AXE = next(pathlib.Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
HOSTILE = "<b onmouseover=alert(1)>\"'&\u202egnp.\u0301 \u0007</script>"
# Commands refuse control characters in what an operator writes.
HOSTILE_LINE = HOSTILE.replace("\a", "")
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"


class World:
    """The three programs on a folder of their own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.running = []

    def start(self, name, *arguments, environment=None):
        log = open(self.path / f"{name}.log", "ab")
        process = subprocess.Popen(
            [PROGRAMS / name, *map(str, arguments)], stdout=log, stderr=log,
            env={**os.environ, "RUNTIME_DIRECTORY": self.folder.name, **(environment or {})})
        self.running.append(process)
        return process

    def wait(self, what, look, limit=30):
        end = time.time() + limit
        while time.time() < end:
            try:
                found = look()
                if found:
                    return found
            except (OSError, ValueError):
                pass
            time.sleep(0.05)
        logs = "\n".join(file.read_text(errors="replace")[-1500:] for file in self.path.glob("*.log"))
        raise SystemExit(f"gave up waiting for {what}\n{logs}")

    def __enter__(self):
        tasks = [
            {"id": "pm-run1", "description": HOSTILE, "phases": [{"at": "-1h", "status": "ACTIVATION"}]},
            {"id": "pm-turn1", "phases": [{"at": "-1h", "status": "ACTIVATION"}]},
            {"id": "pm-fail1", "phases": [{"at": "-2h", "status": "ACTIVATION"}, {"at": "-1h", "status": "FAILED"}]},
            {"id": "pm-done1", "phases": [{"at": "-2h", "status": "ACTIVATION"}, {"at": "-1h", "status": "COMPLETED"}]},
        ]
        (self.path / "scenario.json").write_text(json.dumps({"tasks": tasks}))
        self.start(
            "polarai-simulator", "serve", "--scenario", self.path / "scenario.json", "--make-certs",
            self.path / "certs", "--ready-file", self.path / "ports.json")
        ports = self.wait("the simulator", lambda: json.loads((self.path / "ports.json").read_text()))
        self.control = f"http://127.0.0.1:{ports['http']}"
        config = {
            "api": {
                "region": "cn-beijing", "endpoint": f"https://127.0.0.1:{ports['https']}",
                "ca_file": str(self.path / "certs/ca.pem"), "calls_per_second": 100,
                "credentials": {
                    "type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"},
            },
            "clusters": [{"id": "pm-run1", "name": "night\"ly <i>"}, "pm-turn1", "pm-fail1", "pm-done1"],
            "schedule": {"running": "500ms", "jitter": 0},
            "targets": {"ops": {"type": "webhook", "url": f"{self.control}/hook/none", "retry": ["1s"]}},
            "storage": {"path": str(self.path / "polarai.db")},
        }
        (self.path / "config.json").write_text(json.dumps(config))
        self.daemon = self.start("polarai-daemon", "run", "--config", self.path / "config.json")
        self.start("polarai-web", "--config", self.path / "config.json", "--listen", "127.0.0.1:0")
        log = self.path / "polarai-web.log"
        line = self.wait("polarai-web", lambda: "Listening on" in log.read_text() and log.read_text())
        self.origin = line.split("Listening on ")[1].split()[0].rstrip("./").rstrip("/")
        self.wait("the first polls", lambda: len(self.history()) >= 4)
        self.silence("--cluster", "pm-run*", "--label", "team=<i>nlp", "--for", "8h", "--comment", HOSTILE_LINE, "--by", HOSTILE_LINE)
        self.silence("--event", "completed", "--target", "ops", "--drop", "--for", "30d", "--comment", "nobody waits for these")
        over = self.silence("--cluster", "nobody", "--for", "2h", "--comment", "moving the data " * 20)
        self.command("silence", "end", over)
        return self

    def command(self, *arguments):
        return subprocess.run(
            [PROGRAMS / "polarai-daemon", *arguments, "--config", self.path / "config.json"], check=True, timeout=60,
            capture_output=True, text=True, env={**os.environ, "RUNTIME_DIRECTORY": self.folder.name}).stdout.strip()

    def silence(self, *arguments):
        return self.command("silence", "add", *arguments)

    def history(self):
        with urllib.request.urlopen(self.origin + "/api/v1/history", timeout=10) as answer:
            return json.load(answer)["items"]

    def fail(self, task):
        body = json.dumps({"status": "FAILED"}).encode()
        request = urllib.request.Request(f"{self.control}/_control/tasks/{task}", data=body, method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.kill()
            process.wait()
        self.folder.cleanup()


class Checks:
    def __init__(self, pictures):
        self.wrong = []
        self.pictures = pictures

    def expect(self, condition, message):
        if not condition:
            self.wrong.append(message)
            print("WRONG", message, flush=True)

    async def every_page(self, page, origin):
        addresses = ["/", "/history", "/runs", "/alerts?all=1", "/silences", "/silences?all=1", "/tasks/pm-run1", "/tasks/pm-fail1",
                     "/nothing", "/history?cluster=nobody", "/?status=FAILED"]
        for address in addresses:
            for language, header in (("en", "en-GB,en;q=0.9"), ("zh", "zh-CN,zh;q=0.9")):
                await page.do("Network.setExtraHTTPHeaders", headers={"Accept-Language": header})
                for width in (320, 1280):
                    await page.size(width)
                    for theme in ("light", "dark"):
                        await page.theme(theme)
                        for scripts in (True, False):
                            where = f"{address} {language} {width} {theme} {'js' if scripts else 'plain'}"
                            await page.scripts(scripts)
                            await page.go(origin + address)
                            await self.one_page(page, origin, address, language, width, where, scripts)
        await page.scripts(True)
        await page.do("Network.setExtraHTTPHeaders", headers={})

    async def one_page(self, page, origin, address, language, width, where, scripts):
        problems = [p for p in page.problems(origin) if not (address == "/nothing" and "404" in p)]
        self.expect(not problems, f"{where}: {problems}")
        code = await page.js("document.documentElement.lang")
        self.expect(code.startswith(language), f"{where}: is in {code}")
        extent = await page.js("document.documentElement.scrollWidth")
        self.expect(extent <= width, f"{where}: is {extent} wide")
        times = await page.js("[...document.querySelectorAll('time')].map(t => t.textContent)")
        if not scripts:
            self.expect(all(t.endswith(" UTC") for t in times), f"{where}: times {times[:3]}")
        if scripts:
            await page.do("Runtime.evaluate", expression=AXE)
            broken = await page.js(
                "axe.run({runOnly:" + RULES + "}).then(r => r.violations.map("
                "v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))")
            self.expect(not broken, f"{where}: {broken}")
        name = where.replace("/", "_").replace("?", "-").replace(" ", "-")
        if self.pictures:
            await page.picture(f"{self.pictures}/{name}.png")

    async def keyboard(self, page, origin):
        await page.size(1280)
        await page.go(origin + "/")
        reachable = await page.js(
            "[...document.querySelectorAll('a[href],button,input,select,summary,[tabindex=\"0\"]')].length")
        seen = set()
        for _ in range(reachable + 5):
            await page.key("Tab", 9)
            where = await page.js(
                "(e => e === document.body ? null : [e.tagName, e.id, e.getAttribute('href'), e.textContent.slice(0, 30),"
                " e.matches(':focus-visible'), [...document.querySelectorAll('*')].indexOf(e)])(document.activeElement)")
            if where:
                self.expect(where[4], f"no visible focus on {where}")
                seen.add(where[5])
        self.expect(len(seen) >= reachable, f"{len(seen)} of {reachable} can be reached by keyboard")

    async def refreshes(self, page, world):
        await page.size(1280)
        await page.go(world.origin + "/")
        await page.js("document.getElementById('filter-cluster').focus()")
        await page.do("Input.insertText", text="half-ty")
        self.expect((await page.js("document.title")).startswith("(1 failed)"), "the title counts one failure")
        icon = await page.js("document.getElementById('icon').getAttribute('href')")
        self.expect("failed" in icon, f"the icon is {icon}")
        await page.js("window.mark = 1")
        world.fail("pm-turn1")
        world.wait("the failure to be stored", lambda: any(
            item["event"] == "failed" and item["cluster"] == "pm-turn1" for item in world.history()))
        began = time.time()
        while time.time() - began < 5:
            if (await page.js("document.title")).startswith("(2 failed)"):
                break
            await asyncio.sleep(0.05)
        took = time.time() - began
        self.expect(took < 2, f"a failure took {took:.1f} s to show")
        text = await page.js("document.getElementById('trouble').textContent")
        self.expect("pm-turn1" in text, "the failed task is among the trouble")
        self.expect(await page.js("window.mark") == 1, "the page was loaded anew")
        typed = await page.js("document.getElementById('filter-cluster').value + document.activeElement.id")
        self.expect(typed == "half-tyfilter-cluster", f"what was typed is lost: {typed}")
        self.expect(not page.problems(world.origin), f"{page.problems(world.origin)}")

    async def focus_stays(self, page, world):
        await page.go(world.origin + "/")
        await page.js("document.querySelector('#running a').focus()")
        before = await page.js("document.activeElement.getAttribute('href')")
        await asyncio.sleep(3)
        after = await page.js("document.activeElement.getAttribute('href')")
        self.expect(before == after and before, f"the focus moved from {before} to {after}")

    async def hostile_text(self, page, world):
        for address in ("/tasks/pm-run1", "/history"):
            await page.go(world.origin + address)
            tags = await page.js("document.querySelectorAll('b, i, script:not([src]), [onmouseover]').length")
            self.expect(tags == 0, f"{address}: text from outside became {tags} elements")
            text = await page.js("document.body.textContent")
            self.expect("night\"ly <i>" in text, f"{address}: the name is not shown as text")

    async def silences(self, page, world):
        """Rows as `silence add` makes them: three, of which one is over."""
        await page.go(world.origin + "/silences?all=1")
        rows = await page.js("document.querySelectorAll('tbody tr').length")
        self.expect(rows == 3, f"/silences shows {rows} rows of 3")
        text = await page.js("document.querySelector('table').textContent")
        for part in ("pm-run*", "team=<i>nlp", "completed", "ops", "moving the data", "</script>"):
            self.expect(part in text, f"/silences does not show {part}")
        tags = await page.js("document.querySelectorAll('table b, table i, table script').length")
        self.expect(tags == 0, f"/silences: text from outside became {tags} elements")

    async def silence_of_the_daemon(self, page, world):
        await page.go(world.origin + "/")
        self.expect(await page.js("document.getElementById('daemon').textContent.trim()") == "", "a banner too early")
        world.daemon.kill()
        world.daemon.wait()
        began = time.time()
        while time.time() - began < 20:
            if await page.js("document.getElementById('daemon').textContent.trim()"):
                break
            await asyncio.sleep(0.1)
        self.expect(time.time() - began < 15, "the page does not say within 15 s that the daemon is gone")


async def main():
    pictures = sys.argv[2] if len(sys.argv) > 2 else None
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    checks = Checks(pictures)
    with World() as world:
        async with Browser() as browser:
            page = await browser.page()
            await checks.every_page(page, world.origin)
            await checks.keyboard(page, world.origin)
            await checks.hostile_text(page, world)
            await checks.silences(page, world)
            await checks.focus_stays(page, world)
            await checks.refreshes(page, world)
            await checks.silence_of_the_daemon(page, world)
            page.pump.cancel()
    if checks.wrong:
        print(f"{len(checks.wrong)} things are wrong")
        sys.exit(1)
    print("All pages are as they should be.")


asyncio.run(main())
