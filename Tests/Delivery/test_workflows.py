"""What the workflows do with images: their scripts, run with programs that stand in for the real ones."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

GITHUB = Path(__file__).resolve().parents[2] / ".github"
VERIFIERS = ["./.github/actions/verify", "./.github/actions/deploy"]


def read(path):
    return yaml.safe_load((GITHUB / path).read_text())


def step(steps, name):
    return next(each for each in steps if each.get("name") == name)


class Workflows(unittest.TestCase):
    def run_script(self, script, programs, **environment):
        """Runs a step as GitHub does. Returns how it ended, what it put out for later steps, and its summary."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in programs.items():
                (root / name).write_text(f"#!/bin/bash\n{text}\n")
                (root / name).chmod(0o755)
            files = {name: root / name for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]}
            for file in files.values():
                file.touch()
            given = {"PATH": f"{root}:{os.environ['PATH']}", **{name: str(file) for name, file in files.items()}}
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            ended = subprocess.run(command, env=given | environment, capture_output=True, text=True, timeout=30)
            return ended, *(file.read_text() for file in files.values())

    def look_for_what_is_deployed(self, docker):
        script = step(read("workflows/nightly.yml")["jobs"]["scan"]["steps"], "Find the image")["run"]
        return self.run_script(script, {"docker": docker}, REFERENCE="ghcr.io/owner/mintcache:production")

    def test_an_image_that_is_deployed_is_scanned(self):
        ended, output, _ = self.look_for_what_is_deployed("echo 'Name: …'")
        self.assertEqual((ended.returncode, output), (0, "found=true\n"))

    def test_before_the_first_promotion_the_scan_says_so_and_does_not_fail(self):
        ended, output, summary = self.look_for_what_is_deployed('echo "ERROR: $4: not found" >&2; exit 1')
        self.assertEqual((ended.returncode, output), (0, ""))
        self.assertIn("nothing has been deployed there: ghcr.io/owner/mintcache:production", summary)

    def test_a_registry_that_does_not_answer_is_no_reason_not_to_scan(self):
        ended, output, _ = self.look_for_what_is_deployed("echo 'ERROR: 503 Service Unavailable' >&2; exit 1")
        self.assertEqual((ended.returncode, output), (1, ""))
        self.assertIn("503", ended.stdout)

    def verify(self, programs, commit=""):
        script = step(read("actions/verify/action.yml")["runs"]["steps"], "It was built here, from main, and found good")
        names = {"REFERENCE": "image", "REPOSITORY": "owner/mintcache", "SIGNER": "deliver", "COMMIT": commit}
        return self.run_script(script["run"], programs, **names)[0]

    def test_an_image_without_signature_or_provenance_is_refused(self):
        self.assertEqual(self.verify({"cosign": "exit 0", "gh": "exit 0"}).returncode, 0)
        self.assertNotEqual(self.verify({"cosign": "exit 1", "gh": "exit 0"}).returncode, 0)
        self.assertNotEqual(self.verify({"cosign": "exit 0", "gh": "exit 1"}).returncode, 0)

    def test_the_commit_counts_where_one_is_named(self):
        tell = {"cosign": 'printf "%s\\n" "$@" >&2', "gh": "exit 0"}
        self.assertNotIn("workflow-sha", self.verify(tell).stderr)
        self.assertIn("--certificate-github-workflow-sha\n4711\n", self.verify(tell, commit="4711").stderr)

    def test_a_release_names_what_was_verified_for_its_commit(self):
        steps = read("workflows/release.yml")["jobs"]["release"]["steps"]
        verifying = next(index for index, each in enumerate(steps) if each.get("uses") in VERIFIERS)
        self.assertLess(verifying, steps.index(step(steps, "Name the image")))
        self.assertEqual(steps[verifying]["with"]["commit"], "${{ github.sha }}")
        self.assertEqual(
            steps[verifying]["with"]["digest"], step(steps, "Name the image")["env"]["DIGEST"])

    def test_whoever_verifies_may_read_attestations(self):
        verifying = [
            (file.name, name, job["permissions"])
            for file in (GITHUB / "workflows").glob("*.yml")
            for name, job in yaml.safe_load(file.read_text())["jobs"].items()
            if any(each.get("uses") in VERIFIERS for each in job.get("steps", []))
        ]
        self.assertEqual(len(verifying), 3)
        for file, name, permissions in verifying:
            self.assertEqual(permissions.get("attestations"), "read", f"{name} of {file}")

    def test_a_deployment_begins_with_verifying(self):
        names = [each.get("uses", each.get("name")) for each in read("actions/deploy/action.yml")["runs"]["steps"]]
        self.assertLess(names.index("./.github/actions/verify"), names.index("Deploy"))


if __name__ == "__main__":
    unittest.main()
