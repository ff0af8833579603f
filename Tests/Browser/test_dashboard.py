"""The dashboard on the admin listener: signing in, what it shows all the time, and what it survives."""

import unittest
import urllib.error
import urllib.request

from harness.dashboard import DashboardTest
from harness.mintcache import TOKEN
from harness.waiting import eventually


class Signing(DashboardTest):
    def test_a_wrong_token_is_refused_and_that_is_said(self):
        self.sign_in("not-the-token-at-all")
        self.browser.wait_for_text("#sign-in-error", "This is not the admin token.")
        self.assertFalse(self.browser.find("#overview").is_displayed())
        # The browser itself notes every refused request; there is nothing else.
        self.assertTrue(all("401" in line for line in self.browser.console_errors()))

    def test_the_right_token_opens_the_overview_for_this_tab_only(self):
        self.signed_in()
        self.assertTrue(self.browser.find("#overview").is_displayed())
        self.assertIn(TOKEN, self.browser.run("return Object.values(sessionStorage)"))
        self.assertEqual(self.browser.run("return [localStorage.length, document.cookie]"), [0, ""])
        self.browser.open(self.relay.url)
        self.browser.wait_for_text("#link-text", "Live")
        self.press("Sign out")
        self.assertTrue(self.browser.find("#sign-in").is_displayed())
        self.assertEqual(self.browser.run("return sessionStorage.length"), 0)
        self.assert_clean_console()

    def test_the_page_holds_no_data_and_is_asked_for_only_when_it_has_changed(self):
        with urllib.request.urlopen(self.mintcache.admin_url) as answer:
            policy, tag = answer.headers["Content-Security-Policy"], answer.headers["ETag"]
            self.assertNotIn("unsafe", policy)
            self.assertNotIn(TOKEN, answer.read().decode())
        with self.assertRaises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(urllib.request.Request(self.mintcache.admin_url, headers={"If-None-Match": tag}))
        self.assertEqual(unchanged.exception.code, 304)


class Watching(DashboardTest):
    def setUp(self):
        super().setUp()
        self.signed_in()

    def test_traffic_is_drawn(self):
        for number in range(20):
            with urllib.request.urlopen(f"{self.mintcache.url}/v1/demo/{self.mintcache.contract('Orchard')}/{number % 3}"):
                pass
        eventually(lambda: self.browser.find_all("#chart-requests .area[data-key='memory']"), "an area")
        eventually(lambda: self.browser.find_all("#chart-latency .line[data-key='p99']"), "a line")
        self.assertIn("Now: ", self.browser.find("#chart-requests svg").get_attribute("aria-label"))
        self.assert_clean_console()

    def test_the_configuration_is_shown_without_secrets(self):
        self.go("settings")
        self.browser.wait_for_text("#configuration", "token_file")
        self.assertNotIn(TOKEN, self.browser.text("#configuration"))
        self.press("Read the file again")
        self.browser.wait_for_text("#reload-outcome", "is in force")
        self.assert_clean_console()


class Lasting(DashboardTest):
    def test_a_lost_connection_is_said_and_made_up_for(self):
        self.signed_in()
        eventually(lambda: self.samples(), "a sample")
        self.relay.cut()
        self.browser.wait_for_text("#link-text", "Connection lost")
        self.assertTrue(self.browser.find("#lost").is_displayed())
        missed = self.newest_sample()
        eventually(lambda: self.newest_sample() > missed, "a sample that nobody hears of")
        self.relay.mend()
        self.press("Try now")
        self.browser.wait_for_text("#link-text", "Live")
        self.assertFalse(self.browser.find("#lost").is_displayed())
        numbers = eventually(lambda: (n := self.samples()) and n[-1] > missed and n, "the samples since")
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))

    def test_a_restart_of_the_server_is_survived(self):
        self.signed_in()
        before = self.browser.text("#instance")
        self.mintcache.stop()
        self.browser.wait_for_text("#link-text", "Connection lost")
        self.mintcache.start()
        self.press("Try now")
        self.browser.wait_for_text("#link-text", "Live")
        eventually(lambda: self.browser.text("#instance") not in ("", before), "another instance")

    def samples(self):
        return self.browser.run("return (await import('/dashboard/main.js')).state.samples.map((sample) => sample.number)")

    def newest_sample(self):
        request = urllib.request.Request(self.mintcache.admin_url + "/admin/events", headers={"Authorization": f"Bearer {TOKEN}"})
        newest = 0
        with urllib.request.urlopen(request, timeout=10) as stream:
            for line in stream:
                if line.startswith(b"id: "):
                    newest = int(line.split()[-1])
                if line.startswith(b"event: stats"):
                    return newest


if __name__ == "__main__":
    unittest.main()
