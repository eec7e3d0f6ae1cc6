# SPDX-License-Identifier: Apache-2.0
"""Speaks the DevTools protocol with a headless Chromium over two pipes: no port, no socket.

Every wait has an end; the browser is ended by its process id when the block is left.
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time


class BrowserFailed(Exception):
    """The browser did not do what it was told, or not in time."""


class Browser:
    """A Chromium for the length of a block."""

    def __init__(self, program: str = "chromium", seconds: float = 60):
        self.program, self.seconds = program, seconds
        self.number, self.buffer, self.events = 0, b"", []

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="relaymark-browser-")
        child_in, self.out = os.pipe()
        self.into, child_out = os.pipe()

        def place():
            # Chromium reads commands from descriptor 3 and writes answers to 4.
            first, second = os.dup(child_in), os.dup(child_out)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [self.program, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update",
             "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, close_fds=False,
            preexec_fn=place, start_new_session=True)
        os.close(child_in)
        os.close(child_out)
        return self

    def __exit__(self, *_):
        try:
            self.command("Browser.close")
            self.process.wait(10)
        except (BrowserFailed, OSError, subprocess.TimeoutExpired):
            # Its own session: the group is the browser and what it started, nothing else.
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # Gone by itself in the meantime.
            self.process.wait(10)
        os.close(self.out)
        os.close(self.into)
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def command(self, method: str, session: str | None = None, **parameters) -> dict:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        deadline = time.monotonic() + self.seconds
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise BrowserFailed(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method: str, session: str) -> dict:
        deadline = time.monotonic() + self.seconds
        place = 0
        while True:
            while place < len(self.events):
                event = self.events[place]
                if event.get("method") == method and event.get("sessionId") == session:
                    return event["params"]
                place += 1
            self.events.append(self.receive(deadline))

    def receive(self, deadline: float) -> dict:
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise BrowserFailed(f"the browser said nothing for {self.seconds:g} s")
            part = os.read(self.into, 1 << 20)
            if not part:
                self.log.seek(0)
                said = self.log.read().decode("utf-8", "replace").strip()[-500:]
                raise BrowserFailed(f"the browser ended: {said}")
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)


class Page:
    """One tab that shows a file."""

    def __init__(self, browser: Browser):
        self.browser = browser
        target = browser.command("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.command(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **parameters) -> dict:
        return self.browser.command(method, self.session, **parameters)

    def look(self, width: int, height: int, scheme: str = "light", media: str = "screen") -> None:
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.tell("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url: str) -> list[str]:
        """Loads the page and says what went wrong meanwhile."""
        self.browser.events.clear()
        failure = self.tell("Page.navigate", url=url).get("errorText")
        if failure:
            return [f"cannot open: {failure}"]
        self.browser.wait_for("Page.loadEventFired", self.session)
        # A round trip more, for what the page did in its last moment.
        self.evaluate("1")
        return [text for event in self.browser.events
                if event.get("sessionId") == self.session and (text := self.trouble(event, url))]

    @staticmethod
    def trouble(event: dict, url: str) -> str | None:
        method, facts = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
            return f"the browser logs: {facts['entry']['text']}"
        if method == "Runtime.exceptionThrown":
            return f"exception: {facts['exceptionDetails']['text']}"
        if method == "Runtime.consoleAPICalled":
            return f"the console was written to: {facts['type']}"
        if method == "Network.loadingFailed":
            return f"a request failed: {facts['errorText']}"
        if method == "Network.requestWillBeSent" and facts["request"]["url"] != url:
            return f"the page asks for {facts['request']['url']}"
        return None

    def evaluate(self, script: str):
        result = self.tell("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise BrowserFailed(str(result["exceptionDetails"].get("exception", result)))
        return result["result"].get("value")

    def screenshot(self, path: str) -> None:
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        data = self.tell("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12000),
            "scale": 1})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def pdf(self) -> bytes:
        return base64.b64decode(self.tell(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, marginTop=0.4,
            marginBottom=0.4, marginLeft=0.4, marginRight=0.4, printBackground=False)["data"])

    def close(self) -> None:
        self.browser.command("Target.closeTarget", targetId=self.target)
