"""Takes the pictures of the dashboard that are in the documentation: `scripts/test-browser.sh --screenshots FOLDER`."""

import http.client
import math
import random
import sys
import threading
import time
from pathlib import Path

from harness.browser import Browser
from harness.mintcache import TOKEN, Mintcache
from harness.waiting import eventually

from selenium.webdriver.common.keys import Keys

# Seconds of traffic before the first picture: the charts then show five minutes.
TRAFFIC = 290
COLLECTION = "Orchard"


class Traffic:
    """People who look at tokens, some at the same ones again and again, in waves."""

    def __init__(self, mintcache, people=4):
        self._address = mintcache.url.removeprefix("http://")
        self._contracts = [mintcache.contract(name) for name in [COLLECTION] * 3 + ["Grove"]]
        self._begin = time.monotonic()
        self._is_over = False
        for seed in range(people):
            threading.Thread(target=self._look, args=(random.Random(seed),), daemon=True).start()

    def stop(self):
        self._is_over = True

    def _look(self, chance):
        connection = http.client.HTTPConnection(self._address, timeout=20)
        while not self._is_over:
            age = time.monotonic() - self._begin
            pace = 26 + 14 * math.sin(age / 23) + 7 * math.sin(age / 6.1) + (30 if 150 < age < 175 else 0)
            number = min(int(chance.paretovariate(0.62)), 3900)
            connection.request("GET", f"/v1/demo/{chance.choice(self._contracts)}/{number}")
            connection.getresponse().read()
            time.sleep(max(chance.expovariate(pace), 0.002))


def main(folder, seconds):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with Mintcache() as mintcache:
        contract = mintcache.contract(COLLECTION)
        collection = {"chain": "demo", "contract": contract}
        mintcache.admin("POST", "/admin/warm", {**collection, "from": "0", "to": "2500", "concurrency": 64})
        eventually(lambda: '"state":"finished"' in mintcache.admin("GET", "/admin/warm")[1], "the job ends", within=120)
        # After a start everything comes from the archive at first.
        mintcache.stop()
        mintcache.start()
        traffic = Traffic(mintcache)
        browser = Browser(width=1360, height=900)
        try:
            time.sleep(seconds)
            mintcache.admin("POST", "/admin/warm", {**collection, "from": "0", "to": "999", "concurrency": 64})
            ember = f"eip155:1337/erc721:{mintcache.contract('Ember')}/"
            mintcache.admin("POST", "/admin/warm", {"tokens": [ember + str(number) for number in range(12)]})
            mintcache.admin("POST", "/admin/warm", {**collection, "from": "2000", "to": "9999", "rate": 120})
            mintcache.admin("GET", "/admin/stats", token="a-wrong-token")
            time.sleep(6)
            take(browser, mintcache, folder, f"demo/{contract}/7")
        finally:
            traffic.stop()
            browser.close()


def take(browser, mintcache, folder, token):
    browser.open(mintcache.admin_url)
    browser.find("#admin-token").send_keys(TOKEN + Keys.ENTER)
    browser.wait_for_text("#tiles", "up for")
    sizes = [("", 1360, False), ("-phone", 390, True)]
    for scheme in ["light", "dark"]:
        browser.show_as(scheme)
        for suffix, width, is_phone in sizes:
            for view in ["overview", "jobs", "token", "purge", "errors", "settings"]:
                open_view(browser, view, token)
                shoot(browser, folder / f"{view}-{scheme}{suffix}.png", width, is_phone)


def open_view(browser, view, token):
    browser.run("location.hash = arguments[0]", f"token/{token}" if view == "token" else view)
    eventually(lambda: browser.find(f"#{view}").is_displayed(), view)
    if view == "token" and not browser.find_all(".explanation"):
        eventually(lambda: browser.find_all(".picture img"), "the image")
        browser.run("[...document.querySelectorAll('button')].find(b => b.textContent === 'Explain').click()")
        eventually(lambda: browser.find_all(".explanation"), "the explanation")
    if view == "overview":
        eventually(lambda: browser.find_all("#chart-latency .line"), "the charts")
    if view == "jobs":
        eventually(lambda: browser.find_all(".job"), "jobs")


def shoot(browser, path, width, is_phone):
    """The whole page, or on a phone what fits upon its screen."""
    browser.resize(width, 844 if is_phone else 900, is_phone)
    if not is_phone:
        height = browser.run("return document.documentElement.scrollHeight")
        browser.resize(width, min(max(height, 600), 1500))
    browser.run("document.activeElement.blur(); window.scrollTo(0, 0)")
    time.sleep(0.5)
    browser.driver.save_screenshot(str(path))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else TRAFFIC)
