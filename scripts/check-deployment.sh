#!/usr/bin/env bash
# What the files for platforms must agree on with each other and with the shipped configuration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python3 - <<'PYTHON'
import json
import re
import sys

problems = []
deploy = json.load(open("railway.json"))["deploy"]
drain = int(re.search(r"^    drain: (\d+)s$", open("config/mintcache.yaml").read(), re.M).group(1))
unit = open("config/systemd/mintcache.service").read()
stops = {
    "railway.json: drainingSeconds": deploy.get("drainingSeconds", 0),
    "mintcache.service: TimeoutStopSec": int(re.search(r"^TimeoutStopSec=(\d+)s$", unit, re.M).group(1)),
    "docker-compose.yml: stop_grace_period": int(
        re.search(r"^    stop_grace_period: (\d+)s$", open("docker-compose.yml").read(), re.M).group(1)),
}
for place, seconds in stops.items():
    if type(seconds) is int and seconds <= drain:
        problems.append(f"{place} is {seconds} s, not longer than server.timeouts.drain ({drain} s)")

# What the example of an environment names is what the shipped configuration reads, and the other way round; two names
# stand for any in its comments.
named = set(re.findall(r"^([A-Z_]+)=", open(".env.example").read(), re.M))
read = set(re.findall(r"\$\{([A-Z_]+)", open("config/mintcache.yaml").read()))
for name in sorted(read - named - {"NAME", "MYAPI_KEY"}):
    problems.append(f".env.example does not name {name}, which config/mintcache.yaml reads")
for name in sorted(named - read):
    problems.append(f".env.example names {name}, which config/mintcache.yaml does not read")

print("\n".join(problems), end="\n" if problems else "")
sys.exit(bool(problems))
PYTHON

# The unit's own grammar, with a program that is there; and how much of the system it leaves open (0 to 10, here tenths).
scratch=$(mktemp --directory)
trap 'rm -rf "$scratch"' EXIT
sed 's|/usr/local/bin/mintcache|/bin/true|' config/systemd/mintcache.service >"$scratch/mintcache.service"
# A key it does not know is a remark to it, not an error.
systemd-analyze verify --man=no "$scratch/mintcache.service" >"$scratch/remarks" 2>&1 || true
if [[ -s "$scratch/remarks" ]]; then
    cat "$scratch/remarks"
    exit 1
fi
systemd-analyze security --offline=true --threshold=15 "$scratch/mintcache.service" >"$scratch/report" 2>&1 || {
    tail -n 1 "$scratch/report"
    exit 1
}
