"""What every test of the dashboard does."""

import unittest

from . import shared
from .mintcache import TOKEN
from .waiting import eventually

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

VIEWS = ["overview", "jobs", "token", "purge", "errors", "settings"]


class DashboardTest(unittest.TestCase):
    """Each test has a page of its own, behind a wire that it may cut, and in the end a console without complaints."""

    def setUp(self):
        self.mintcache, self.relay, self.browser = shared.mintcache(), shared.relay(), shared.browser()
        self.relay.mend()
        self.browser.resize(1280, 900)
        self.browser.show_as("light")
        self.browser.open(self.relay.url)
        if self.browser.run("const had = sessionStorage.length; sessionStorage.clear(); return had"):
            self.browser.open(self.relay.url)
        self.browser.console_errors()

    def sign_in(self, token=TOKEN):
        field = self.browser.find("#admin-token")
        field.clear()
        field.send_keys(token + Keys.ENTER)

    def signed_in(self):
        self.sign_in()
        self.browser.wait_for_text("#link-text", "Live")
        self.browser.wait_for_text("#tiles", "up for")

    def go(self, view):
        self.browser.find(f'.views a[href="#{view}"]').click()
        eventually(lambda: self.browser.find(f"#{view}").is_displayed(), f"the view {view}")

    def fill(self, selector, text):
        field = self.browser.find(selector)
        field.clear()
        field.send_keys(text)

    def press(self, name, within="body"):
        self.browser.find(within).find_element(By.XPATH, f".//button[normalize-space()='{name}']").click()

    def look_up(self, collection, number):
        contract = self.mintcache.contract(collection)
        self.go("token")
        self.fill("#token-name", f"demo/{contract}/{number}")
        self.press("Look up")
        return contract

    def assert_clean_console(self):
        self.assertEqual(self.browser.console_errors(), [])
