#!/usr/bin/env bash
# Workflows: their security by zizmor, their scripts by shellcheck, and that every action is pinned to a commit whose
# version is told beside it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0
findings=$(.build/lint/bin/zizmor --offline --quiet --no-progress --persona=pedantic --format=plain .github 2>&1) || {
    printf '%s\n' "$findings"
    status=1
}

if grep -nE '^ *(- )?uses:' .github/workflows/*.yml .github/actions/*/action.yml | grep -vE 'uses: \./|uses: [^@]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$'; then
    echo "these actions are not pinned to a commit with its version beside it"
    status=1
fi

scratch=$(mktemp --directory)
trap 'rm -rf "$scratch"' EXIT
python3 - "$scratch" .github/workflows/*.yml .github/actions/*/action.yml <<'PYTHON'
import pathlib
import sys

import yaml

# What every step is given; all else must be named in an `env`.
GIVEN = ["GITHUB_OUTPUT", "GITHUB_SHA", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"]

scratch, *files = map(pathlib.Path, sys.argv[1:])
for file in files:
    document = yaml.safe_load(file.read_text())
    for name, job in document.get("jobs", {file.parent.name: document.get("runs")}).items():
        for number, step in enumerate(job.get("steps", []), start=1):
            if "run" in step:
                names = " ".join([*GIVEN, *job.get("env", {}), *step.get("env", {})])
                script = f"#!/bin/bash\nset -eo pipefail\nread -r {names} <<< ''\n{step['run']}"
                (scratch / f"{file.stem}.{name}.step-{number}.sh").write_text(script)
PYTHON
# Not every name that is there is used.
(cd "$scratch" && shellcheck --enable=all --exclude=SC2034,SC2250,SC2312 ./*.sh) || status=1
exit "$status"
