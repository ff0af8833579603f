#!/usr/bin/env python3
"""Puts an image into a service on Railway, and waits until it serves or has failed.

    scripts/deploy-railway.py ghcr.io/OWNER/mintcache@sha256:…

The image is named by its digest, so that what was tried is what is deployed. Settings of `railway.json` that concern
deployments go along: Railway reads that file itself only where it builds from the repository.

RAILWAY_TOKEN           a project token, which is good for one environment
RAILWAY_SERVICE_ID, RAILWAY_ENVIRONMENT_ID
RAILWAY_API             the API's address, for tests
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

API = os.environ.get("RAILWAY_API", "https://backboard.railway.com/graphql/v2")
DEADLINE = 15 * 60
PAUSE = float(os.environ.get("RAILWAY_PAUSE", "5"))
FAILED = {"FAILED", "CRASHED", "REMOVED", "REMOVING", "SKIPPED"}

UPDATE = """mutation ($service: String!, $environment: String!, $input: ServiceInstanceUpdateInput!) {
  serviceInstanceUpdate(serviceId: $service, environmentId: $environment, input: $input)
}"""
DEPLOY = """mutation ($service: String!, $environment: String!) {
  serviceInstanceDeployV2(serviceId: $service, environmentId: $environment)
}"""
STATUS = """query ($deployment: String!) { deployment(id: $deployment) { status } }"""


def call(query, **variables):
    """Asks the API. Its errors come with status 200 as well."""
    request = urllib.request.Request(
        API,
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"Content-Type": "application/json", "Project-Access-Token": os.environ["RAILWAY_TOKEN"]},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        document = json.load(answer)
    if document.get("errors"):
        sys.exit("Railway refused: " + "; ".join(error["message"] for error in document["errors"]))
    return document["data"]


def wait_for(deployment):
    """Returns once the deployment serves. A question that gets no answer is asked again."""
    deadline = time.monotonic() + DEADLINE
    last = None
    while time.monotonic() < deadline:
        try:
            status = call(STATUS, deployment=deployment)["deployment"]["status"]
        except OSError as error:
            status = f"unknown ({error})"
        if status != last:
            print(f"deployment {deployment}: {status}", flush=True)
        if status == "SUCCESS":
            return
        if status in FAILED:
            sys.exit(1)
        last = status
        time.sleep(PAUSE)
    sys.exit(f"deployment {deployment} did not end within {DEADLINE} s")


def main():
    if len(sys.argv) != 2 or not re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", sys.argv[1]):
        sys.exit(f"usage: {sys.argv[0]} IMAGE@sha256:DIGEST")
    settings = json.loads((Path(__file__).parent.parent / "railway.json").read_text())["deploy"]
    place = {"service": os.environ["RAILWAY_SERVICE_ID"], "environment": os.environ["RAILWAY_ENVIRONMENT_ID"]}
    try:
        call(UPDATE, **place, input={"source": {"image": sys.argv[1]}, **settings})
        deployment = call(DEPLOY, **place)["serviceInstanceDeployV2"]
    except urllib.error.HTTPError as error:
        sys.exit(f"Railway answered {error.code}")
    except OSError as error:
        sys.exit(f"Railway cannot be reached: {error}")
    wait_for(deployment)


if __name__ == "__main__":
    main()
