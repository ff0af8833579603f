"""Makes up requests from docs/openapi.yaml, sends them to a Mintcache with the sample upstream, and checks the answers.

usage: fuzz.py public|admin
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Browser"))

from harness.mintcache import REPOSITORY, TOKEN, Mintcache  # noqa: E402
from harness.waiting import eventually  # noqa: E402

# What is asked of gateways on the internet, which may be out of reach, must not take the time.
SETTINGS = """
cache: { refresh_cooldown: 100ms }
sessions: { enabled: true, domain: app.example.com, chains: ["1337"], requests_per_minute: 100000 }
upstream: { connect_timeout: 500ms, timeout: 3s, retries: 0 }
"""
SERVER = "timeouts: { request: 3s }"


def command(api, proxy):
    url, header = (proxy.url, []) if api == "public" else (proxy.admin_url, ["-H", f"Authorization: Bearer {TOKEN}"])
    return [
        sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "--no-color", "run",
        REPOSITORY / "docs/openapi.yaml", "--url", url, "--include-tag", api, *header,
        "--phases", "examples,coverage,fuzzing", "--max-time", os.environ.get("OPENAPI_SECONDS", "100"),
        "--seed", os.environ.get("OPENAPI_SEED", "20261127"),
    ]


def finished_job(proxy):
    """A job that is over, of two tokens, one of which does not exist."""
    names = [f"eip155:1337/erc721:{proxy.contract(collection)}/1" for collection in ["Orchard", "Ember"]]
    job = json.loads(proxy.admin("POST", "/admin/warm", {"tokens": names})[1])["id"]
    eventually(lambda: '"state":"finished"' in proxy.admin("GET", f"/admin/warm/{job}")[1], "the job is over")
    return job


def main(api):
    with Mintcache(SETTINGS, SERVER) as proxy:
        contracts = [listing["contract"] for listing in proxy.collections.values()]
        environment = os.environ | {
            "MINTCACHE_CONTRACTS": ",".join(contracts), "MINTCACHE_TOKEN": TOKEN, "MINTCACHE_JOB": finished_job(proxy)
        }
        status = subprocess.run(command(api, proxy), check=False, cwd=HERE, env=environment).returncode
        if proxy.admin("GET", "/healthz", token="")[0] != 200:
            sys.exit("mintcache did not survive")
    sys.exit(status)


main(*sys.argv[1:])
