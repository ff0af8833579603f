"""Tokens on the dashboard: looked up, explained and purged, and harmless whatever they say."""

import unittest

from harness.dashboard import DashboardTest
from harness.waiting import eventually

from selenium.webdriver.support.select import Select


class Tokens(DashboardTest):
    def setUp(self):
        super().setUp()
        self.signed_in()

    def test_a_token_is_looked_up_with_image_document_and_holdings(self):
        self.look_up("Orchard", 7)
        self.browser.wait_for_text("#token-heading", "Orchard #7")
        self.browser.wait_for_text("#token-result pre", '"name":"Orchard #7"')
        self.browser.wait_for_text("#token-result", "Where it is held")
        eventually(lambda: self.browser.run("return document.querySelector('.picture img')?.naturalWidth > 0"), "the image")
        self.assertTrue(self.browser.find(".picture img").get_attribute("src").startswith("blob:"))
        self.assertTrue(self.browser.run("return location.hash").endswith("/7"))
        self.assert_clean_console()

    def test_a_token_is_explained(self):
        self.look_up("Orchard", 8)
        self.browser.wait_for_text("#token-heading", "Orchard #8")
        self.press("Explain")
        self.browser.wait_for_text(".explanation", "token-uri")
        steps = self.browser.find_all(".steps li")
        self.assertGreater(len(steps), 3)
        steps[1].click()
        self.assertIn("address guard", steps[1].text)
        self.assert_clean_console()

    def test_what_is_not_there_is_said(self):
        self.look_up("Ember", 1)
        self.browser.wait_for_text("#token-result", "It cannot be served")
        self.browser.wait_for_text("#token-result", "does not exist")

    def test_a_token_is_purged(self):
        contract = self.look_up("Orchard", 9)
        self.browser.wait_for_text("#token-heading", "Orchard #9")
        self.go("purge")
        self.fill("#purge-tokens", f"eip155:1337/erc721:{contract}/9")
        self.press("Purge", within="#purge-form")
        self.browser.wait_for_text("#purge-outcome", "Forgotten everywhere.")
        _, entries = self.mintcache.admin("GET", f"/admin/entries/demo/{contract}/9")
        self.assertIn('"held":false', entries)
        self.assert_clean_console()

    def test_a_purge_of_everything_is_asked_about_first(self):
        self.go("purge")
        Select(self.browser.find("#purge-kind")).select_by_value("everything")
        self.press("Purge", within="#purge-form")
        self.press("Keep it", within="#confirm")
        eventually(lambda: not self.browser.find("#confirm").is_displayed(), "the question is gone")
        self.assertEqual(self.browser.text("#purge-outcome"), "")
        self.press("Purge", within="#purge-form")
        self.press("Purge", within="#confirm")
        self.browser.wait_for_text("#purge-outcome", "everything")
        self.assert_clean_console()


class Hostile(DashboardTest):
    def test_names_documents_and_errors_are_text_and_nothing_else(self):
        self.signed_in()
        _, _ = self.mintcache.admin("GET", "/admin/%3Cimg%20src=x%20onerror=alert(1)%3E<script>alert(1)</script>", token=None)
        self.look_up("Specimens", 15801)
        self.browser.wait_for_text("#token-result .description", "<script>alert(1)</script>")
        self.look_up("Vitrine", self.vitrine("a javascript: URI"))
        self.browser.wait_for_text("#token-result", "Vitrine")
        self.look_up("Vitrine", self.vitrine("SVG with everything that runs"))
        eventually(lambda: self.browser.find_all(".picture img"), "the vector image")
        self.go("errors")
        self.browser.wait_for_text("#error-list", "<script>alert(1)</script>")
        self.assertEqual(self.browser.run("return document.querySelectorAll('main script, main [onerror], main iframe').length"), 0)
        links = self.browser.run("return [...document.querySelectorAll('a[href]')].map(a => a.protocol)")
        self.assertLessEqual(set(links), {"http:", "https:"})

    def vitrine(self, summary):
        examples = self.mintcache.collections["Vitrine"]["examples"]
        return next(example["token_id"] for example in examples if summary in example["summary"])


if __name__ == "__main__":
    unittest.main()
