"""Live requests while a collection is warmed: how much longer they take than on a quiet instance."""

import http.client
import json
import threading
import time

from . import collection
from .processes import BenchmarkError
from .servers import Mintcache

LIVE = "Grove"
# So many that none is still waiting for a cold token when its next request is due.
CLIENTS = 40
RATE = 200
# Every tenth request is for a token that nobody asked for before.
COLD_EVERY = 10
ROUNDS = 3
TIMEOUT = 300


class Traffic:
    """Requests at a steady rate, whatever the answers take; each is timed from when it was due."""

    def __init__(self, server):
        self.server = server
        listings = json.loads(server.get("/control/collections", server.origin_port)[2])
        self.contract = next(listing["contract"] for listing in listings if listing["name"] == LIVE)
        self.cold = iter(range(1, 10_000))
        self.lock = threading.Lock()
        self.get_token(self.connection(), 0)

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def get_token(self, connection, number):
        connection.request("GET", f"/v1/demo/{self.contract}/{number}", headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise BenchmarkError(f"mintcache: live token {number}: status {answer.status}")

    def run(self, is_over):
        """Seconds of every answer to a hit and to a miss, until it is over."""
        times = {"hits": [], "misses": []}
        failures = []
        threads = [threading.Thread(target=self.client, args=(i, is_over, times, failures)) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return times

    def client(self, offset, is_over, times, failures):
        connection, step = self.connection(), CLIENTS / RATE
        due, count = time.monotonic() + step * offset / CLIENTS, offset
        try:
            while not is_over():
                time.sleep(max(0, due - time.monotonic()))
                is_cold = count % COLD_EVERY == 0
                with self.lock:
                    number = next(self.cold) if is_cold else 0
                self.get_token(connection, number)
                times["misses" if is_cold else "hits"].append(time.monotonic() - due)
                due, count = due + step, count + 1
        except (OSError, BenchmarkError, StopIteration) as error:
            failures.append(error)
        finally:
            connection.close()


class Job:
    """A part of the collection, warmed by the admin API with its defaults."""

    def __init__(self, server, contract, first, last):
        self.server = server
        body = {"chain": "demo", "contract": contract, "from": str(first), "to": str(last)}
        self.path = "/admin/warm/" + self.ask("POST", "/admin/warm", json.dumps(body))["id"]
        self.begin = time.monotonic()

    def ask(self, method, path, body=""):
        fields = {"Authorization": f"Bearer {self.server.admin_token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.admin_port, timeout=30)
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise BenchmarkError(f"mintcache: {method} {path}: status {answer.status}: {content[:300]!r}")
        return json.loads(content)

    def wait(self, done):
        while (job := self.ask("GET", self.path))["state"] in ("queued", "running"):
            if time.monotonic() > self.begin + TIMEOUT:
                raise BenchmarkError(f"mintcache: warming took longer than {TIMEOUT} s")
            time.sleep(0.2)
        done.set()
        if job["failed"] or job["state"] != "finished":
            raise BenchmarkError(f"mintcache: warming failed: {json.dumps(job)[:300]}")


def measure(lab):
    """Quiet windows and windows with a job in turn, each as long as its job."""
    quiet, warming, seconds = {"hits": [], "misses": []}, {"hits": [], "misses": []}, 0
    with Mintcache(lab) as server:
        collection.prepare(lab, server)
        traffic = Traffic(server)
        contract, part = collection.contract(server), lab.plan.collection_tokens // ROUNDS
        for number in range(ROUNDS):
            done = threading.Event()
            job = Job(server, contract, number * part, (number + 1) * part - 1)
            waiting = threading.Thread(target=job.wait, args=(done,))
            waiting.start()
            begin = time.monotonic()
            add(traffic.run(done.is_set), warming)
            waiting.join()
            lasted = time.monotonic() - begin
            seconds += lasted
            end = time.monotonic() + lasted
            add(traffic.run(lambda end=end: time.monotonic() > end), quiet)
    return {
        "tokens": part * ROUNDS,
        "seconds": seconds,
        "quiet": by_kind(quiet),
        "warming": by_kind(warming),
    }


def add(times, to):
    for kind in to:
        to[kind] += times[kind]


def by_kind(times):
    return {kind: percentiles(seconds) for kind, seconds in {"all": sum(times.values(), []), **times}.items()}


def percentiles(seconds):
    ordered = sorted(seconds)
    return {f"p{part}_ms": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] * 1000 for part in (50, 99)}
