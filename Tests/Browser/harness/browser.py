"""Chromium without a window, driven by Debian's chromium-driver. It reaches this machine and nothing else."""

import functools
import os
import tempfile
from pathlib import Path

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from .waiting import eventually

CHROMIUM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"


class Browser:
    """One window. `driver` is Selenium's, for what has no method here."""

    def __init__(self, width=1280, height=900):
        self._profile = tempfile.TemporaryDirectory(prefix="mintcache-chromium-", ignore_cleanup_errors=True)
        options = Options()
        options.binary_location = CHROMIUM
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for argument in self._arguments(width, height):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(service=Service(executable_path=DRIVER), options=options)
        self.driver.set_page_load_timeout(20)
        self.driver.set_script_timeout(20)

    def _arguments(self, width, height):
        yield "--headless=new"
        yield f"--window-size={width},{height}"
        yield f"--user-data-dir={self._profile.name}"
        # A page that asks for anything outside of this machine gets nothing, and says so in its console.
        yield "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        yield from ["--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-background-networking"]
        yield from ["--disable-component-update", "--no-first-run", "--password-store=basic"]
        if os.geteuid() == 0:
            yield "--no-sandbox"

    def close(self):
        self.driver.quit()
        self._profile.cleanup()

    # Finding

    def open(self, url):
        self.driver.get(url)

    def find(self, selector):
        """The one element there must be."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        """What an element says, whether it can be seen or not; empty when there is none."""
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def wait_for_text(self, selector, text, within=20):
        """Waits until an element says something with this text in it."""
        try:
            eventually(lambda: text in self.text(selector), text, within)
        except AssertionError:
            raise AssertionError(f"{selector} never said {text!r}; it says {self.text(selector)!r}") from None

    def run(self, script, *arguments):
        """Runs JavaScript; returns what it returns, or what its promise brings."""
        return self.driver.execute_script(script, *arguments)

    def run_before_pages(self, script):
        """Runs JavaScript in every page from now on, before its own; returns what ends that."""
        added = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        return lambda: self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    # Seeing

    def show_as(self, scheme):
        """`light` or `dark`, as the person's system would have it."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def resize(self, width, height, is_phone=False):
        size = {"width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def scrolls_sideways(self):
        """Whether the page is wider than the window."""
        return self.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth")

    # Judging

    def console_errors(self):
        """What the console has said since the last call, from warnings up."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]

    def accessibility_violations(self, rules=None):
        """What axe-core finds on the page as it is, a line for each; rules of WCAG 2.2 AA and best practices, or those
        named."""
        # Through the DevTools protocol: the page's own Content-Security-Policy stays in force.
        if self._evaluate("typeof axe") == "undefined":
            self._evaluate(_axe())
        only = f", runOnly: {rules}" if rules else ""
        found = self._evaluate(f"axe.run(document, {{resultTypes: ['violations']{only}}}).then(r => r.violations)")
        return [
            f"{violation['id']}: {violation['help']} ({', '.join(str(node['target'][0]) for node in violation['nodes'])})"
            for violation in found or []
        ]

    def _evaluate(self, expression):
        order = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.driver.execute_cdp_cmd("Runtime.evaluate", order)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")


@functools.cache
def _axe():
    # The script's value would be the library itself, which is too much to bring back.
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text() + "\n;undefined"
