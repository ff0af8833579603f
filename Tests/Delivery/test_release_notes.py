"""What scripts/release-notes.sh finds in a changelog."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CHANGELOG = """# Changelog

## Unreleased

- Soon.

## 1.2.0 - 2026-01-02

### Added

- Much.

## 1.2.0-beta

- Less.

## 1.1.0
"""


class ReleaseNotes(unittest.TestCase):
    def notes(self, version):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "scripts").mkdir()
            shutil.copy(REPOSITORY / "scripts" / "release-notes.sh", root / "scripts")
            (root / "CHANGELOG.md").write_text(CHANGELOG)
            source = root / "Sources/Mintcache/Lifecycle/Version.swift"
            source.parent.mkdir(parents=True)
            source.write_text(f'    public static let number = "{version.removesuffix("!")}"\n')
            program = [root / "scripts" / "release-notes.sh", version]
            return subprocess.run(program, capture_output=True, text=True, timeout=30)

    def test_a_version_has_its_own_section_and_no_other(self):
        ended = self.notes("1.2.0")
        self.assertEqual((ended.returncode, ended.stdout), (0, "\n### Added\n\n- Much.\n"))

    def test_a_version_that_is_not_there_or_says_nothing_is_no_release(self):
        for version in ["1.1.0", "1.2", "2.0.0"]:
            ended = self.notes(version)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("CHANGELOG.md has nothing", ended.stderr)

    def test_a_version_that_the_program_does_not_call_itself_is_no_release(self):
        self.assertIn("does not say", self.notes("1.2.0!").stderr)


if __name__ == "__main__":
    unittest.main()
