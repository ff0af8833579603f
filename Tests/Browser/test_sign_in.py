"""Signing in from the example gallery, with a wallet that signs for real."""

import json
import socket
import unittest

from eth_account import Account
from eth_account.messages import encode_defunct
from harness import shared
from harness.browser import Browser
from harness.mintcache import Mintcache
from harness.site import Site
from harness.waiting import eventually

# The chain is the demonstration's, which need not be named.
CONFIGURATION = """
routes:
  - {{ name: gallery, path: /gallery/, upstream: "{site}/", cache: {{ mode: off }} }}
sessions: {{ enabled: true, domain: "{host}", origins: ["http://{host}"], requests_per_minute: 1000 }}
"""

# A wallet as pages see it (EIP-1193). What it is asked to sign waits for the test, which has the key.
WALLET = """
window.ethereum = {
  async request({ method, params }) {
    if (method === 'eth_requestAccounts') return ['%s'];
    if (method === 'eth_chainId') return '0x539';
    if (method !== 'personal_sign') throw new Error(`no such method: ${method}`);
    return new Promise((resolve, reject) => { window.asked = { text: params[0], resolve, reject } });
  },
};
"""

# A page that would like to act for whoever is signed in, with a form for what needs no script.
FOREIGN = """<!doctype html><html lang="en"><title>Elsewhere</title>
<form method="post" enctype="text/plain"><input name="a" value="b"></form>"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Another origin of the same site: browsers send cookies there, whatever SameSite says.
        cls.elsewhere = Site({"index.html": FOREIGN})
        cls.addClassCleanup(cls.elsewhere.close)
        port = free_port()
        cls.host = f"127.0.0.1:{port}"
        cls.mintcache = Mintcache(CONFIGURATION.format(site=shared.gallery().url, host=cls.host), port=port)
        cls.addClassCleanup(cls.mintcache.close)

    def setUp(self):
        self.account = Account.create()
        self.browser = shared.browser()
        # A wallet that gives addresses in lower case, as many do.
        self.addCleanup(self.browser.run_before_pages(WALLET % self.account.address.lower()))
        self.addCleanup(self.browser.driver.delete_all_cookies)
        self.browser.open(self.gallery)
        self.browser.wait_for_text("#sign", "Sign in")

    @property
    def gallery(self):
        return f"{self.mintcache.url}/gallery/?chain=demo&count=1&from=0"

    def asked(self):
        """What the wallet is asked to sign, once it is."""
        self.browser.find("#sign").click()
        text = eventually(lambda: self.browser.run("return window.asked?.text"), "the wallet is asked")
        return bytes.fromhex(text.removeprefix("0x")).decode()

    def answer(self, message, account=None):
        signed = (account or self.account).sign_message(encode_defunct(text=message))
        self.browser.run("window.asked.resolve(arguments[0]); delete window.asked", "0x" + signed.signature.hex())

    def sign_in(self):
        """Returns the message that was signed."""
        message = self.asked()
        self.answer(message)
        self.browser.wait_for_text("#account", self.short)
        return message

    def sent_again(self, message, browser=None):
        """Sends a signed message past the page; returns the status, and the reason of a refusal."""
        signature = "0x" + self.account.sign_message(encode_defunct(text=message)).signature.hex()
        script = """
            const answer = await fetch('/auth/verify', {
              method: 'POST', headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ message: arguments[0], signature: arguments[1] }),
            });
            return [answer.status, (await answer.json()).reason];
            """
        return tuple((browser or self.browser).run(script, message, signature))

    def cookie(self, name):
        return self.browser.driver.get_cookie(f"__Host-{name}")

    @property
    def short(self):
        return f"{self.account.address[:6]}…{self.account.address[-4:]}"

    def test_a_signature_signs_in_and_the_session_stays_until_signing_out(self):
        message = self.asked()
        self.assertTrue(message.startswith(f"{self.host} wants you to sign in with your Ethereum account:\n"))
        self.assertIn(f"\n{self.account.address}\n", message)
        self.answer(message)
        self.browser.wait_for_text("#account", self.short)
        self.browser.driver.refresh()
        self.browser.wait_for_text("#account", self.short)
        self.browser.find("#sign").click()
        self.browser.wait_for_text("#sign", "Sign in")
        self.assertEqual(self.browser.text("#account"), "")
        self.assertIsNone(self.cookie("session"))

    def test_cookies_are_out_of_reach_of_scripts_and_other_hosts(self):
        message = self.asked()
        before = self.cookie("presession")
        self.answer(message)
        self.browser.wait_for_text("#account", self.short)
        self.assertIsNone(self.cookie("presession"))
        for cookie in (before, self.cookie("session")):
            self.assertEqual((cookie["httpOnly"], cookie["secure"], cookie["sameSite"]), (True, True, "Lax"))
            self.assertEqual((cookie["domain"], cookie["path"]), ("127.0.0.1", "/"))
        self.browser.run("document.cookie = '__Host-session=forged; Secure; Path=/'")
        self.assertEqual(self.browser.run("return document.cookie"), "")
        self.browser.driver.refresh()
        self.browser.wait_for_text("#account", self.short)

    def test_a_page_of_another_origin_can_neither_read_nor_end_a_session(self):
        self.sign_in()
        self.browser.open(f"{self.elsewhere.url}/")
        outcomes = self.browser.run(
            """
            const json = { 'Content-Type': 'application/json' };
            const attempts = [
              ['/auth/session', {}], ['/auth/sessions', {}], ['/auth/session', { method: 'DELETE' }],
              ['/auth/session', { method: 'PATCH', headers: json, body: '{"username":"mallory"}' }],
              ['/auth/nonce', { method: 'POST', headers: json, body: '{}' }],
              ['/auth/nonce', { method: 'POST', mode: 'no-cors', body: '{}' }],
            ];
            return Promise.all(attempts.map(([path, options]) =>
              fetch(arguments[0] + path, { credentials: 'include', ...options })
                .then((answer) => answer.type, (error) => error.name)));
            """,
            self.mintcache.url,
        )
        # What a page need not ask leave for is sent, and refused; it does not get to know even that.
        self.assertEqual(outcomes, ["TypeError"] * 5 + ["opaque"])
        form = "document.forms[0].action = arguments[0]; document.forms[0].submit()"
        self.browser.run(form, f"{self.mintcache.url}/auth/nonce")
        self.browser.wait_for_text("body", "foreign-origin")
        self.browser.open(self.gallery)
        self.browser.wait_for_text("#account", self.short)
        self.assertIsNone(self.cookie("presession"))

    def test_a_nonce_is_worth_nothing_in_another_browser(self):
        message = self.asked()
        thief = Browser()
        self.addCleanup(thief.close)
        thief.open(self.gallery)
        self.assertEqual(thief.run("return (await fetch('/auth/nonce', { method: 'POST' })).status"), 200)
        self.assertEqual(self.sent_again(message, thief), (401, "nonce"))
        self.assertIsNone(thief.driver.get_cookie("__Host-session"))
        # The attempt has used it up for everybody.
        self.answer(message)
        eventually(lambda: self.browser.text("#account") not in ("", self.short), "the refusal is told")
        self.assertIsNone(self.cookie("session"))

    def test_a_signature_is_worth_nothing_after_signing_out(self):
        message = self.sign_in()
        self.browser.find("#sign").click()
        self.browser.wait_for_text("#sign", "Sign in")
        self.assertEqual(self.sent_again(message), (401, "nonce"))
        self.browser.driver.refresh()
        self.browser.wait_for_text("#sign", "Sign in")
        self.assertIsNone(self.cookie("session"))

    def test_a_session_that_is_over_shows_as_signed_out(self):
        self.sign_in()
        status, text = self.mintcache.admin("DELETE", f"/admin/sessions/{self.account.address}")
        self.assertEqual((status, json.loads(text)["ended"]), (200, 1))
        self.assertIsNotNone(self.cookie("session"))
        self.browser.driver.refresh()
        self.browser.wait_for_text("#sign", "Sign in")
        self.assertEqual(self.browser.text("#account"), "")
        self.sign_in()

    def test_the_signature_of_another_wallet_is_refused(self):
        self.answer(self.asked(), Account.create())
        eventually(lambda: self.browser.text("#account") not in ("", self.short), "the refusal is told")
        self.assertEqual(self.browser.text("#sign"), "Sign in")
        self.assertIsNone(self.cookie("session"))

    def test_a_wallet_that_refuses_leaves_everything_as_it_was(self):
        self.asked()
        self.browser.run("window.asked.reject(new Error('The user said no.'))")
        self.browser.wait_for_text("#account", "The user said no.")
        self.assertTrue(self.browser.find("#sign").is_enabled())

    def test_a_signature_is_good_once(self):
        self.assertEqual(self.sent_again(self.sign_in()), (401, "nonce"))

    def test_the_page_is_accessible_when_signed_in(self):
        self.sign_in()
        self.assertEqual(self.browser.accessibility_violations(), [])


if __name__ == "__main__":
    unittest.main()
