"""The dashboard on the admin listener, as a person uses it."""

import unittest
import urllib.error
import urllib.request

from harness.browser import Browser
from harness.mintcache import TOKEN, Mintcache
from harness.relay import Relay
from harness.waiting import eventually

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

VIEWS = ["overview", "jobs", "token", "purge", "errors", "settings"]


def setUpModule():
    # One of each for all tests: starting them takes longer than most of what is tried.
    for name, make in [
        ("mintcache", Mintcache),
        ("relay", lambda: Relay(DashboardTest.mintcache.admin_port)),
        ("browser", Browser),
    ]:
        resource = make()
        setattr(DashboardTest, name, resource)
        unittest.addModuleCleanup(resource.close)


class DashboardTest(unittest.TestCase):
    """Each test has a page of its own and, in the end, a console without complaints."""

    def setUp(self):
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


class Working(DashboardTest):
    def setUp(self):
        super().setUp()
        self.signed_in()

    def test_a_job_is_started_and_watched_to_its_end(self):
        self.go("jobs")
        self.fill("#job-chain", "demo")
        self.fill("#job-contract", self.mintcache.contract("Orchard"))
        self.fill("#job-from", "100")
        self.fill("#job-to", "139")
        self.fill("#job-rate", "20")
        self.press("Start")
        self.browser.wait_for_text("#job-list", "running")
        self.browser.wait_for_text("#job-list", "finished")
        self.browser.wait_for_text("#job-list", "40 of 40")
        self.assertEqual(self.browser.run("return document.querySelector('#job-list progress').value"), 40)
        self.browser.wait_for_text("#announcer", "40 fetched, 0 failed")
        self.assert_clean_console()

    def test_a_job_is_cancelled(self):
        self.go("jobs")
        self.fill("#job-chain", "demo")
        self.fill("#job-contract", self.mintcache.contract("Grove"))
        self.fill("#job-to", "9999")
        self.fill("#job-rate", "1")
        self.press("Start")
        eventually(lambda: self.browser.find_all(".job[data-state='running']"), "the job runs")
        self.press("Cancel", within=".job[data-state='running']")
        eventually(lambda: self.browser.find_all(".job[data-state='cancelled']"), "the job is cancelled")
        self.assert_clean_console()

    def test_a_job_that_makes_no_sense_is_refused_with_the_reason(self):
        self.go("jobs")
        self.fill("#job-chain", "nowhere")
        self.fill("#job-contract", self.mintcache.contract("Orchard"))
        self.fill("#job-to", "1")
        self.press("Start")
        self.browser.wait_for_text("#job-form .error", "nowhere")

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

    def test_what_is_not_there_is_said(self):
        self.look_up("Ember", 1)
        self.browser.wait_for_text("#token-result", "It cannot be served")
        self.browser.wait_for_text("#token-result", "does not exist")

    def test_the_configuration_is_shown_without_secrets(self):
        self.go("settings")
        self.browser.wait_for_text("#configuration", "token_file")
        self.assertNotIn(TOKEN, self.browser.text("#configuration"))
        self.press("Read the file again")
        self.browser.wait_for_text("#reload-outcome", "is in force")
        self.assert_clean_console()

    def test_traffic_is_drawn(self):
        for number in range(20):
            with urllib.request.urlopen(f"{self.mintcache.url}/v1/demo/{self.mintcache.contract('Orchard')}/{number % 3}"):
                pass
        eventually(lambda: self.browser.find_all("#chart-requests .area[data-key='memory']"), "an area")
        eventually(lambda: self.browser.find_all("#chart-latency .line[data-key='p99']"), "a line")
        self.assertIn("Now: ", self.browser.find("#chart-requests svg").get_attribute("aria-label"))
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


class Accessible(DashboardTest):
    def test_no_view_has_a_fault_that_a_checker_finds_in_light_and_dark(self):
        self.check("sign-in")
        self.signed_in()
        self.fill_views()
        for view in VIEWS:
            self.go(view)
            self.check(view)

    def check(self, view):
        for scheme in ["light", "dark"]:
            self.browser.show_as(scheme)
            with self.subTest(view=view, scheme=scheme):
                self.assertEqual(self.browser.accessibility_violations(), [])

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
