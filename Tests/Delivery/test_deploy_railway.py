"""How scripts/deploy-railway.py speaks to Railway's API, and what it makes of the answers."""

import http.server
import json
import os
import subprocess
import threading
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = "ghcr.io/owner/mintcache@sha256:" + "0" * 64


class DeployRailway(unittest.TestCase):
    def deploy(self, *answers, image=IMAGE):
        """Runs it against an API that gives these answers in turn. Returns how it ended, and what it asked."""
        asked, remaining = [], list(answers)

        class API(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append({**body["variables"], "token": self.headers["Project-Access-Token"]})
                status, document = remaining.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), API) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            environment = {
                "RAILWAY_API": f"http://127.0.0.1:{server.server_address[1]}/", "RAILWAY_PAUSE": "0",
                "RAILWAY_TOKEN": "a-token", "RAILWAY_SERVICE_ID": "service", "RAILWAY_ENVIRONMENT_ID": "staging",
            }
            program = [REPOSITORY / "scripts" / "deploy-railway.py", image]
            ended = subprocess.run(program, env=os.environ | environment, capture_output=True, text=True, timeout=30)
            server.shutdown()
        self.assertNotIn("a-token", ended.stdout + ended.stderr)
        return ended, asked

    updated = (200, {"data": {"serviceInstanceUpdate": True}})
    begun = (200, {"data": {"serviceInstanceDeployV2": "42"}})

    @staticmethod
    def status(name):
        return 200, {"data": {"deployment": {"status": name}}}

    def test_the_image_and_the_settings_of_railway_json_are_deployed_and_waited_for(self):
        ended, asked = self.deploy(self.updated, self.begun, self.status("DEPLOYING"), self.status("SUCCESS"))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        settings = json.loads((REPOSITORY / "railway.json").read_text())["deploy"]
        self.assertEqual(asked[0]["input"], {"source": {"image": IMAGE}, **settings})
        self.assertEqual([each["token"] for each in asked], ["a-token"] * 4)
        self.assertEqual(asked[1], {"service": "service", "environment": "staging", "token": "a-token"})
        self.assertEqual(asked[2]["deployment"], "42")

    def test_a_deployment_that_fails_fails(self):
        for name in ["FAILED", "CRASHED"]:
            ended, _ = self.deploy(self.updated, self.begun, self.status(name))
            self.assertEqual(ended.returncode, 1)
            self.assertIn(name, ended.stdout)

    def test_a_refusal_is_told_and_nothing_is_deployed(self):
        ended, asked = self.deploy((200, {"errors": [{"message": "Not Authorized"}], "data": None}))
        self.assertEqual((ended.returncode, len(asked)), (1, 1))
        self.assertIn("Not Authorized", ended.stderr)
        ended, _ = self.deploy((503, {}))
        self.assertIn("Railway answered 503", ended.stderr)

    def test_a_question_without_an_answer_is_asked_again(self):
        ended, _ = self.deploy(self.updated, self.begun, (502, {}), self.status("SUCCESS"))
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_an_image_without_its_digest_is_refused(self):
        ended, asked = self.deploy(image="ghcr.io/owner/mintcache:latest")
        self.assertEqual((ended.returncode, asked), (1, []))


if __name__ == "__main__":
    unittest.main()
