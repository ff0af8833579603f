"""A cold collection on IPFS, every token of it: by batches through Mintcache, and by a script that asks the same upstream."""

import concurrent.futures
import http.client
import json
import os
import subprocess
import time

from .lab import HERE
from .processes import BenchmarkError
from .servers import Mintcache
from .settings import SampleUpstream

NAME = "Orchard"
BATCH = 1000
CLIENTS = 4
TIMEOUT = 600


def measure(lab):
    """Both in turn, each against an upstream that has just started and takes as long for every answer."""
    with Mintcache(lab) as server:
        prepare(lab, server)
        proxied = through_batches(lab, server)
    with Mintcache(lab) as server:
        prepare(lab, server)
        scripted = by_script(lab, server)
    return {"tokens": lab.plan.collection_tokens, "batch": proxied, "script": scripted}


def prepare(lab, server):
    for match in ("/rpc", "/ipfs/"):
        fault = json.dumps({"match": match, "delay_ms": lab.plan.collection_delay_ms})
        status, _, _ = server.get("/control/faults", server.origin_port, "POST", fault)
        if status >= 300:
            raise BenchmarkError(f"sample upstream: a delay for {match}: status {status}")


def contract(server):
    listings = json.loads(server.get("/control/collections", server.origin_port)[2])
    return next(listing["contract"] for listing in listings if listing["name"] == NAME)


def counted(server, seconds, documents):
    counters = json.loads(server.get(SampleUpstream.COUNTERS_PATH, server.origin_port)[2])
    return {
        "seconds": seconds,
        "documents": documents,
        "rpc_round_trips": counters["rpc_http"],
        "document_fetches": counters["ipfs"],
        "most_fetches_of_one": max((n for path, n in counters["paths"].items() if path.startswith("/ipfs/")), default=0),
    }


def through_batches(lab, server):
    address = contract(server)
    numbers = range(lab.plan.collection_tokens)
    chunks = [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        documents = sum(pool.map(lambda chunk: one_batch(server, address, chunk), chunks))
    return counted(server, time.monotonic() - begin, documents)


def one_batch(server, address, numbers):
    """How many of the tokens came with their document; one that is late is asked for again, as a client would."""
    documents, missing = 0, list(numbers)
    end = time.monotonic() + TIMEOUT
    while missing and time.monotonic() < end:
        tokens = [{"chain": "demo", "contract": address, "token_id": str(number)} for number in missing]
        late = []
        for number, item in zip(missing, post(server, {"tokens": tokens})):
            if item["status"] == 200:
                documents += 1
            elif item["status"] in (503, 504):
                late.append(number)
            else:
                raise BenchmarkError(f"mintcache: token {number}: {json.dumps(item)[:300]}")
        missing = late
    return documents


def post(server, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("POST", "/v1/batch", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
    except OSError as error:
        raise BenchmarkError(f"mintcache: POST /v1/batch: {error}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchmarkError(f"mintcache: POST /v1/batch: status {answer.status}: {content[:300]!r}")
    return json.loads(content)["tokens"]


def by_script(lab, server):
    script = os.path.join(HERE, "native", "fetch-token.sh")
    upstream = f"http://127.0.0.1:{server.origin_port}"
    arguments = ["xargs", "-P32", "-n1", script, upstream, contract(server).lower()]
    tokens = "".join(f"{number}\n" for number in range(lab.plan.collection_tokens))
    begin = time.monotonic()
    try:
        run = subprocess.run(arguments, input=tokens.encode(), capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"the script took longer than {TIMEOUT} s") from error
    seconds = time.monotonic() - begin
    if run.returncode != 0:
        raise BenchmarkError(f"the script failed: {run.stderr[:300]!r}")
    return counted(server, seconds, run.stdout.count(b'"name":"Orchard #'))
