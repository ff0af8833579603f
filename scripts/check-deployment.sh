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

# Compose hands all of it to the proxy, whose port inside is its own.
service = re.search(r"^  mintcache:\n((?:    .*\n)+)", open("docker-compose.yml").read(), re.M).group(1)
handed = set(re.findall(r"^      ([A-Z_]+): ", service, re.M))
for name in sorted(named - handed - {"PORT"}):
    problems.append(f"docker-compose.yml does not hand {name}, which .env.example names, to the proxy")


def packages(file, ends):
    """What the last `apt-get install` of a file installs, up to where its list ends."""
    text = re.sub(r"\\\n", " ", open(file).read()).split("apt-get install ")[-1]
    return {word for word in re.split(ends, text)[0].split() if not word.startswith("-")}


# A plain Debian host needs what the image has, and the stores.
shipped, told = packages("Dockerfile", "&&"), packages("docs/deploy.md", "\n") - {"redis-server", "postgresql"}
for name in sorted(shipped ^ told):
    there, missing = ("Dockerfile", "docs/deploy.md") if name in shipped else ("docs/deploy.md", "Dockerfile")
    problems.append(f"{missing} does not install {name}, which {there} does")

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
