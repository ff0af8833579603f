"""Signing in from the example gallery, with a wallet that signs for real."""

import socket
import unittest

from eth_account import Account
from eth_account.messages import encode_defunct
from harness import shared
from harness.mintcache import Mintcache
from harness.waiting import eventually

CONFIGURATION = """
routes:
  - {{ name: gallery, path: /gallery/, upstream: "{site}/", cache: {{ mode: off }} }}
sessions: {{ enabled: true, domain: "{host}", origins: ["http://{host}"], chains: [1] }}
"""

# A wallet as pages see it (EIP-1193). What it is asked to sign waits for the test, which has the key.
WALLET = """
window.ethereum = {
  async request({ method, params }) {
    if (method === 'eth_requestAccounts') return ['%s'];
    if (method === 'eth_chainId') return '0x1';
    if (method !== 'personal_sign') throw new Error(`no such method: ${method}`);
    return new Promise((resolve, reject) => { window.asked = { text: params[0], resolve, reject } });
  },
};
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
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
        self.browser.open(f"{self.mintcache.url}/gallery/?chain=demo&count=1&from=0")
        self.browser.wait_for_text("#sign", "Sign in")

    def asked(self):
        """What the wallet is asked to sign, once it is."""
        self.browser.find("#sign").click()
        text = eventually(lambda: self.browser.run("return window.asked?.text"), "the wallet is asked")
        return bytes.fromhex(text.removeprefix("0x")).decode()

    def answer(self, message, account=None):
        signed = (account or self.account).sign_message(encode_defunct(text=message))
        self.browser.run("window.asked.resolve(arguments[0]); delete window.asked", "0x" + signed.signature.hex())

    @property
    def short(self):
        return f"{self.account.address[:6]}…{self.account.address[-4:]}"

    def test_a_signature_signs_in_and_the_session_stays_until_signing_out(self):
        message = self.asked()
        self.assertTrue(message.startswith(f"{self.host} wants you to sign in with your Ethereum account:\n"))
        self.assertIn(f"\n{self.account.address}\n", message)
        self.answer(message)
        self.browser.wait_for_text("#account", self.short)
        self.assertEqual(self.browser.run("return document.cookie"), "")
        cookie = self.browser.driver.get_cookie("__Host-session")
        self.assertEqual((cookie["httpOnly"], cookie["secure"], cookie["sameSite"]), (True, True, "Lax"))
        self.browser.driver.refresh()
        self.browser.wait_for_text("#account", self.short)
        self.browser.find("#sign").click()
        self.browser.wait_for_text("#sign", "Sign in")
        self.assertEqual(self.browser.text("#account"), "")
        self.assertIsNone(self.browser.driver.get_cookie("__Host-session"))

    def test_the_signature_of_another_wallet_is_refused(self):
        self.answer(self.asked(), Account.create())
        eventually(lambda: self.browser.text("#account") not in ("", self.short), "the refusal is told")
        self.assertEqual(self.browser.text("#sign"), "Sign in")
        self.assertIsNone(self.browser.driver.get_cookie("__Host-session"))

    def test_a_wallet_that_refuses_leaves_everything_as_it_was(self):
        self.asked()
        self.browser.run("window.asked.reject(new Error('The user said no.'))")
        self.browser.wait_for_text("#account", "The user said no.")
        self.assertTrue(self.browser.find("#sign").is_enabled())

    def test_a_signature_is_good_once(self):
        message = self.asked()
        self.answer(message)
        self.browser.wait_for_text("#account", self.short)
        signature = "0x" + self.account.sign_message(encode_defunct(text=message)).signature.hex()
        status, reason = self.browser.run(
            """
            const answer = await fetch('/auth/verify', {
              method: 'POST', headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ message: arguments[0], signature: arguments[1] }),
            });
            return [answer.status, (await answer.json()).reason];
            """,
            message,
            signature,
        )
        self.assertEqual((status, reason), (401, "nonce"))

    def test_the_page_is_accessible_when_signed_in(self):
        self.answer(self.asked())
        self.browser.wait_for_text("#account", self.short)
        self.assertEqual(self.browser.accessibility_violations(), [])


if __name__ == "__main__":
    unittest.main()
