"""The dashboard for everybody: in light and dark, on a phone, by keyboard, and to an accessibility checker."""

import unittest

from harness.dashboard import VIEWS, DashboardTest
from harness.waiting import eventually

from selenium.webdriver.common.keys import Keys


class Accessible(DashboardTest):
    def test_no_view_has_a_fault_that_a_checker_finds_in_light_and_dark(self):
        self.check("sign-in")
        self.signed_in()
        self.fill_views()
        for view in VIEWS:
            self.go(view)
            self.check(view)

    def check(self, view):
        # In the dark only colours are others.
        for scheme, rules in [("light", None), ("dark", ["color-contrast"])]:
            self.browser.show_as(scheme)
            with self.subTest(view=view, scheme=scheme):
                self.assertEqual(self.browser.accessibility_violations(rules), [])

    def fill_views(self):
        self.mintcache.admin("GET", "/admin/stats", token="wrong-token")
        orchard = self.mintcache.contract("Orchard")
        self.mintcache.admin("POST", "/admin/warm", {"chain": "demo", "contract": orchard, "from": "0", "to": "9"})
        self.mintcache.admin("POST", "/admin/warm", {"tokens": [f"eip155:1337/erc721:{self.mintcache.contract('Ember')}/1"]})
        self.go("jobs")
        self.browser.wait_for_text("#job-list", "Why 1 failed")
        self.look_up("Orchard", 1)
        self.browser.wait_for_text("#token-heading", "Orchard #1")
        self.press("Explain")
        self.browser.wait_for_text(".explanation", "token-uri")
        self.browser.find(".steps li").click()

    def test_no_view_is_wider_than_a_phone(self):
        self.signed_in()
        self.fill_views()
        self.browser.resize(360, 740, is_phone=True)
        for view in VIEWS:
            self.go(view)
            with self.subTest(view=view):
                self.assertFalse(self.browser.scrolls_sideways())

    def test_everything_is_within_reach_of_the_keyboard(self):
        self.signed_in()
        self.browser.find("body").send_keys(Keys.TAB)
        reached = []
        for _ in range(12):
            reached.append(self.browser.run("return document.activeElement.id || document.activeElement.hash || ''"))
            self.browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        self.assertEqual([link for link in reached if link.startswith("#")], [f"#{view}" for view in VIEWS])
        self.browser.find('.views a[href="#jobs"]').send_keys(Keys.ENTER)
        eventually(lambda: self.browser.run("return document.activeElement.id") == "jobs-title", "the focus is on the heading")


if __name__ == "__main__":
    unittest.main()
