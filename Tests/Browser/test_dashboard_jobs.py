"""Warm jobs on the dashboard, from the form to their end."""

import re
import unittest

from harness.dashboard import DashboardTest
from harness.waiting import eventually

from selenium.webdriver.support.select import Select


class Jobs(DashboardTest):
    def setUp(self):
        super().setUp()
        self.signed_in()
        self.go("jobs")

    def test_a_job_is_started_and_watched_to_its_end(self):
        card = self.start("range", "Orchard", {"from": "100", "to": "139", "rate": "20"}, checks=["refresh"])
        self.browser.wait_for_text(card, "running")
        self.browser.wait_for_text(card, "finished")
        self.browser.wait_for_text(card, "40 of 40")
        self.assertEqual(self.browser.run("return document.querySelector(arguments[0]).value", f"{card} progress"), 40)
        self.browser.wait_for_text("#announcer", "40 fetched, 0 failed")
        self.assert_clean_console()

    def test_a_job_is_cancelled(self):
        card = self.start("range", "Grove", {"to": "9999", "rate": "1"})
        self.browser.wait_for_text(card, "running")
        self.press("Cancel", within=card)
        self.browser.wait_for_text(card, "cancelled")
        self.assert_clean_console()

    def test_a_job_that_makes_no_sense_is_refused_with_the_reason(self):
        self.fill_form("range", "Orchard", {"chain": "nowhere", "to": "1"})
        self.press("Start")
        self.browser.wait_for_text("#job-form .error", "nowhere")

    def test_a_supply_is_only_counted_when_that_is_all_that_is_wanted(self):
        card = self.start("supply", "Inkwell", checks=["dry_run"])
        self.assertFalse(self.browser.find("#job-to").is_displayed())
        self.browser.wait_for_text(card, "finished, only counting")
        self.browser.wait_for_text(card, "1,000 to fetch, with")
        _, entries = self.mintcache.admin("GET", f"/admin/entries/demo/{self.mintcache.contract('Inkwell')}/999")
        self.assertIn('"held":false', entries)
        self.assert_clean_console()

    def test_what_the_archive_holds_of_a_contract_is_brought_back(self):
        for number in range(3):
            self.mintcache.read(f"{self.mintcache.url}/v1/demo/{self.mintcache.contract('Driftwood')}/{number}")
        card = self.start("archive", "Driftwood")
        # It has nothing newer.
        self.assertFalse(self.browser.find("#job-form [name=refresh]").is_displayed())
        self.browser.wait_for_text(card, "finished")
        self.browser.wait_for_text(card, "3 of 3")
        self.browser.wait_for_text(card, "3 already fresh")
        self.assert_clean_console()

    def test_what_failed_in_a_job_is_retried_alone(self):
        orchard = self.mintcache.contract("Orchard")
        document = self.mintcache.document_path("Orchard", 4710).removesuffix("4710") + "4712"
        self.mintcache.control("POST", "faults", {"match": document, "status": 500})
        self.addCleanup(self.mintcache.control, "DELETE", "faults")
        card = self.start("token_ids", "Orchard", {"ids": "4711, 4712"})
        self.browser.wait_for_text(card, "finished")
        self.browser.wait_for_text(card, "1 failed")
        self.browser.wait_for_text(f"{card} details", "Why 1 failed")
        self.assertIn(f"{orchard}/4712".lower(), self.browser.text(f"{card} .failures").lower())
        self.mintcache.control("DELETE", "faults")
        self.press("Retry failures", within=card)
        retry = self.card_that_says(f"repeats {self.identifier(card)}")
        self.browser.wait_for_text(retry, "finished")
        self.browser.wait_for_text(retry, "1 of 1")
        self.browser.wait_for_text(retry, "1 fetched")
        self.assertFalse(self.browser.find(f"{retry} details").is_displayed())
        self.assert_clean_console()

    def fill_form(self, kind, collection, fields=None, checks=()):
        Select(self.browser.find("#job-kind")).select_by_value(kind)
        for name, text in {"chain": "demo", "contract": self.mintcache.contract(collection), **(fields or {})}.items():
            self.fill(f"#job-{name}", text)
        for name in checks:
            self.browser.find(f"#job-form [name={name}]").click()

    def start(self, kind, collection, fields=None, checks=()):
        """Fills in the form and sends it; returns the selector of the job's card."""
        self.fill_form(kind, collection, fields, checks)
        self.press("Start", within="#job-form")
        said = "Job (.+) has been started"
        started = eventually(lambda: re.search(said, self.browser.text("#announcer")), "it is said that the job has begun")
        card = f".job[data-job='{started.group(1)}']"
        eventually(lambda: self.browser.find_all(card), "the job is among the others")
        return card

    def identifier(self, card):
        return self.browser.find(card).get_attribute("data-job")

    def card_that_says(self, text):
        def found():
            return next((card for card in self.browser.find_all(".job") if text in card.text), None)

        return f".job[data-job='{eventually(found, text).get_attribute('data-job')}']"


if __name__ == "__main__":
    unittest.main()
