"""The example gallery, served through the proxy as its README tells."""

import socket
import unittest

from harness import shared
from harness.mintcache import Mintcache
from harness.waiting import eventually

LAST_OF_ORCHARD = 9999
CONFIGURATION = """
routes:
  - {{ name: gallery, path: /gallery/, upstream: "{site}/", cache: {{ mode: off }} }}
cache: {{ ttl: 1s, ttl_jitter: 0%, error_ttl: 100ms }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gallery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        port = free_port()
        cls.mintcache = Mintcache(
            CONFIGURATION.format(site=shared.gallery().url), server=f'public_url: "http://127.0.0.1:{port}"', port=port
        )
        cls.addClassCleanup(cls.mintcache.close)
        cls.orchard = cls.mintcache.contract("Orchard")
        cls.browser = shared.browser()

    def setUp(self):
        self.browser.resize(1280, 900)
        self.browser.show_as("light")
        self.browser.console_errors()

    def open(self, first, count, contract=None):
        choice = f"chain=demo&contract={contract or self.orchard}&from={first}&count={count}"
        self.browser.open(f"{self.mintcache.url}/gallery/?{choice}")

    def texts(self, selector):
        return [each.text for each in self.browser.find_all(selector)]

    def fault(self, **fault):
        """Makes the sample upstream misbehave until the test ends."""
        self.mintcache.control("POST", "faults", fault)
        self.addCleanup(self.mintcache.control, "DELETE", "faults")

    def test_tokens_are_shown_with_names_traits_and_images_through_the_proxy(self):
        self.open(0, 12)
        self.browser.wait_for_text("#status", "12 shown.")
        self.assertEqual(self.texts(".name"), [f"Orchard #{number}" for number in range(12)])
        self.assertTrue(all(self.texts(".traits")))
        loaded = "return [...document.images].every(image => image.complete && image.naturalWidth > 0)"
        eventually(lambda: self.browser.run(loaded), "all images have come")
        origins = self.browser.run(
            "return [...new Set(performance.getEntriesByType('resource').map(each => new URL(each.name).origin))]"
        )
        self.assertEqual(origins, [self.mintcache.url])
        self.assertEqual(self.browser.find("img").get_attribute("alt"), "Image of Orchard #0")
        self.assertEqual(self.browser.console_errors(), [])

    def test_tokens_that_fail_say_why_beside_those_that_do_not(self):
        self.open(LAST_OF_ORCHARD - 1, 4)
        self.browser.wait_for_text("#status", "2 shown, 2 with a problem.")
        self.assertEqual(self.texts(".broken .name"), ["#10000", "#10001"])
        self.assertIn("Token not found", self.texts(".broken .note")[0])
        self.assertEqual(self.browser.find_all(".broken .again:not([hidden])"), [])

    def test_a_slow_token_holds_up_no_other_and_need_not_be_waited_for(self):
        self.fault(match=self.mintcache.document_path("Orchard", 100).removesuffix("100") + "103", hang=True)
        self.open(100, 6)
        eventually(lambda: len(self.browser.find_all(".card[aria-busy=false]")) == 5, "all but one are shown")
        self.assertEqual(self.texts(".card[aria-busy=true] .name"), ["#103"])
        self.browser.find("#stop").click()
        self.browser.wait_for_text("#status", "Stopped. 5 shown.")
        self.assertIn("not asked for any more", self.texts(".broken .note")[0])

    def test_a_token_whose_source_failed_can_be_asked_for_again(self):
        self.fault(match=self.mintcache.document_path("Orchard", 110).removesuffix("110") + "111", status=500)
        self.open(110, 2)
        self.browser.wait_for_text("#status", "1 shown, 1 with a problem.")
        self.mintcache.control("DELETE", "faults")
        button = self.browser.find(".broken .again")

        def has_come():
            if button.text == "Try again" and button.is_enabled():
                button.click()
            return "Orchard #111" in self.texts(".name")

        eventually(has_come, "the token has come after all")
        self.assertEqual(self.browser.find_all(".broken"), [])

    def test_older_copies_that_stand_in_are_marked(self):
        bazaar = self.mintcache.contract("Bazaar")
        self.open(1, 2, bazaar)
        self.browser.wait_for_text("#status", "2 shown.")
        names = self.texts(".name")
        self.fault(match="/web/bazaar/", status=503)

        def are_marked():
            self.open(1, 2, bazaar)
            self.browser.wait_for_text("#status", "2 shown.")
            return self.texts(".aged .name") == names

        eventually(are_marked, "the older copies are marked")
        self.assertIn("An older copy, of", self.texts(".aged .note")[0])

    def test_a_token_can_be_fetched_anew_once_per_cool_down(self):
        self.open(300, 1)
        self.browser.wait_for_text("#status", "1 shown.")
        self.browser.find(".again").click()
        self.browser.wait_for_text(".again", "Asked for")
        self.assertFalse(self.browser.find(".again").is_enabled())

    def test_the_choice_is_kept_in_the_address(self):
        self.browser.open(f"{self.mintcache.url}/gallery/")
        self.browser.wait_for_text("#status", "24 shown.")
        for name, value in [("from", "7"), ("count", "2")]:
            field = self.browser.find(f"[name={name}]")
            field.clear()
            field.send_keys(value)
        self.browser.find("#show").click()
        self.browser.wait_for_text("#status", "2 shown.")
        self.browser.driver.refresh()
        self.browser.wait_for_text("#status", "2 shown.")
        self.assertEqual(self.texts(".name"), ["Orchard #7", "Orchard #8"])

    def test_what_a_token_says_of_itself_is_text(self):
        self.open(0, 30, self.mintcache.contract("Oddities"))
        self.browser.wait_for_text("#status", " shown")
        self.assertEqual(self.browser.find_all("#tokens script, #tokens iframe, #tokens [onload]"), [])

    def test_no_wallet_no_button(self):
        self.open(0, 1)
        self.browser.wait_for_text("#status", "1 shown.")
        self.assertFalse(self.browser.find("#wallet").is_displayed())

    def test_it_is_accessible_and_fits_in_light_and_dark_and_on_a_phone(self):
        for scheme, size in [("light", (1280, 900)), ("dark", (1280, 900)), ("light", (320, 640)), ("dark", (390, 844))]:
            with self.subTest(scheme=scheme, size=size):
                self.browser.show_as(scheme)
                self.browser.resize(*size, is_phone=size[0] < 1000)
                self.open(LAST_OF_ORCHARD - 5, 8)
                self.browser.wait_for_text("#status", "6 shown, 2 with a problem.")
                self.assertEqual(self.browser.accessibility_violations(), [])
                self.assertFalse(self.browser.scrolls_sideways())


if __name__ == "__main__":
    unittest.main()
