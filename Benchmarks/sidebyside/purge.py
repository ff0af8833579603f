"""Purging a contract: how long until it is answered, with few and with many of its tokens held."""

import http.client
import json
import os
import statistics
import subprocess
import time

from .processes import BenchmarkError
from .redis import PATIENCE, FilledMintcache
from .settings import SampleUpstream

FEW = 100
BATCH = 1000
DOCUMENT = json.dumps({"name": "One of many", "image": "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"})


class PurgedMintcache(FilledMintcache):
    """One instance. Its tokens share a document, so that filling it takes no longer than it must."""

    name = "purged"

    def __init__(self, lab, tokens):
        super().__init__(lab)
        self.tokens = tokens

    def write_corpus(self):
        folder = os.path.join(self.directory, "corpus")
        os.makedirs(folder)
        self.write("corpus/one.json", DOCUMENT)
        index = [SampleUpstream.corpus_entry(number, "one.json") for number in range(1, self.tokens + 1)]
        self.write("corpus/index.json", json.dumps(index))
        return folder

    def settle(self):
        """Waits until the archive has every token: what is written meanwhile is no part of a purge."""
        command = ["redis-cli", "-p", str(self.redis_port), "XLEN", "mintcache:outbox"]
        end = time.monotonic() + PATIENCE
        while subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip() != "0":
            if time.monotonic() > end:
                raise BenchmarkError("mintcache: the outbox was not emptied in time")
            time.sleep(0.1)

    def purge(self):
        """Milliseconds until the purge was answered."""
        body = json.dumps({"chain": "demo", "contract": SampleUpstream.CONTRACT})
        fields = {"Authorization": f"Bearer {self.admin_token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=30)
        try:
            begin = time.monotonic()
            connection.request("POST", "/admin/purge", body, fields)
            answer = connection.getresponse()
            content = answer.read()
            seconds = time.monotonic() - begin
        finally:
            connection.close()
        if answer.status != 200:
            raise BenchmarkError(f"mintcache: POST /admin/purge: status {answer.status}: {content[:300]!r}")
        return seconds * 1000


def measure(lab, progress):
    """Medians of several purges each. A purge touches nothing that is held, so the next one finds as much."""
    figures = {}
    for tokens in (FEW, lab.plan.purge_tokens):
        progress(f"purge: {tokens} tokens")
        with PurgedMintcache(lab, tokens) as server:
            server.fill(tokens, BATCH)
            server.settle()
            figures[tokens] = statistics.median(server.purge() for _ in range(lab.plan.purge_rounds))
    return figures
