"""The public API as a page of another origin uses it."""

import unittest

from harness import shared
from harness.site import Site

PAGE = '<!doctype html><html lang="en"><title>A shop window</title><link rel="icon" href="data:,"><h1>Tokens</h1>'


class PublicAPI(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mintcache, cls.browser = shared.mintcache(), shared.browser()
        cls.site = Site({"index.html": PAGE})
        cls.addClassCleanup(cls.site.close)

    def setUp(self):
        self.browser.open(self.site.url)
        self.browser.console_errors()

    def test_a_page_of_another_origin_reads_a_token_and_what_the_cache_did(self):
        token = f"{self.mintcache.url}/v1/demo/{self.mintcache.contract('Orchard')}/3"
        name, cache = self.browser.run(
            """
            const answer = await fetch(arguments[0]);
            return [(await answer.json()).name, answer.headers.get('Cache-Status')];
            """,
            token,
        )
        self.assertEqual(name, "Orchard #3")
        self.assertIn("mintcache; ", cache)
        self.assertEqual(self.browser.console_errors(), [])

    def test_a_page_of_another_origin_cannot_use_the_admin_api(self):
        said = self.browser.run(
            "try { return (await fetch(arguments[0])).status } catch (error) { return error.name }",
            self.mintcache.admin_url + "/admin/stats",
        )
        self.assertEqual(said, "TypeError")


if __name__ == "__main__":
    unittest.main()
