"""Chromium by its own protocol (https://chromedevtools.github.io/devtools-protocol/)."""
import asyncio
import base64
import json
import subprocess
import tempfile

import websockets

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Browser:
    """One Chromium with a profile of its own; ended with the block it is made for."""

    async def __aenter__(self):
        self.profile = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            ["/usr/bin/chromium", *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"],
            stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "DevTools listening on" in line:
                self.address = line.split()[-1]
                break
        else:
            raise RuntimeError("chromium did not start")
        # Nobody reads what it says later: it must not wait for a reader.
        self.drain = asyncio.get_running_loop().run_in_executor(None, self.process.stderr.read)
        self.socket = await websockets.connect(self.address, max_size=None)
        return self

    async def __aexit__(self, *_):
        await self.socket.close()
        self.process.terminate()
        self.process.wait(10)
        await self.drain
        self.profile.cleanup()

    async def page(self):
        page = Page(self.socket)
        page.pump = asyncio.create_task(page.read())
        target = (await page.do("Target.createTarget", url="about:blank"))["targetId"]
        page.session = (await page.do("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits", "Accessibility"):
            await page.do(domain + ".enable")
        return page


class Page:
    def __init__(self, socket):
        self.socket, self.number, self.waiting, self.events, self.session = socket, 0, {}, [], None

    async def read(self):
        async for message in self.socket:
            message = json.loads(message)
            if "id" in message:
                self.waiting.pop(message["id"]).set_result(message)
            else:
                self.events.append((message["method"], message["params"]))

    async def do(self, method, **parameters):
        self.number += 1
        answer = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self.session} if self.session else {}
        await self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters, **session}))
        message = await asyncio.wait_for(answer, 30)
        if "error" in message:
            raise RuntimeError((method, message["error"]))
        return message["result"]

    async def js(self, text):
        result = await self.do("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    async def go(self, url):
        self.events.clear()
        await self.do("Page.navigate", url=url)
        for _ in range(2000):
            if any(method == "Page.loadEventFired" for method, _ in self.events):
                break
            await asyncio.sleep(0.01)
        else:
            raise RuntimeError(f"{url} did not load")
        await asyncio.sleep(0.1)

    async def size(self, width, height=900):
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 500)

    async def theme(self, name):
        await self.do(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    async def scripts(self, on):
        await self.do("Emulation.setScriptExecutionDisabled", value=not on)

    async def key(self, key, number):
        for kind in ("rawKeyDown", "keyUp"):
            await self.do("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=number)

    async def picture(self, path):
        data = (await self.do("Page.captureScreenshot", captureBeyondViewport=True))["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def problems(self, origin):
        """What a reader's browser complained of since the last address was opened."""
        found = []
        for method, values in self.events:
            if method == "Runtime.exceptionThrown":
                found.append("exception: " + values["exceptionDetails"].get("text", ""))
            if method == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning", "assert"):
                found.append("console: " + str([value.get("value") for value in values["args"]]))
            if method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
                found.append("log: " + values["entry"]["text"])
            if method == "Audits.issueAdded":
                found.append("issue: " + values["issue"]["code"] + " " + json.dumps(values["issue"]["details"])[:300])
            if method == "Network.requestWillBeSent" and not values["request"]["url"].startswith((origin, "data:")):
                found.append("outside: " + values["request"]["url"])
        return found
