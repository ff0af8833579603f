"""System calls and heap allocations for each request, counted apart from the timings they would disturb."""

import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time

from .processes import BenchmarkError, family
from .settings import COUNTED_CASE

COUNTING_SECONDS = 1
TRACEPOINT = "raw_syscalls:sys_enter"


def perf_counts_system_calls():
    """perf's tracepoint counter costs next to nothing, but not every machine allows it."""
    if not shutil.which("perf"):
        return False
    probe = subprocess.run(
        ["perf", "stat", "-x,", "-e", TRACEPOINT, "--", "true"], capture_output=True, text=True, timeout=20, check=False
    )
    return probe.returncode == 0 and re.match(r"^\d+,", probe.stderr.strip()) is not None


class Counting:
    """A tracer attached to the server's processes while the body runs."""

    def __init__(self, lab, command):
        self.lab = lab
        self.command = command

    def __enter__(self):
        self.output = tempfile.NamedTemporaryFile("w+", dir=self.lab.folder)
        self.tracer = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, start_new_session=True
        )
        # Neither tool says when it is attached; both need well under this.
        time.sleep(0.5)
        if self.tracer.poll() is not None:
            raise BenchmarkError(f"{self.command[0]} cannot trace here: {self.text()}")
        return self

    def text(self):
        self.output.seek(0)
        return self.output.read()

    def __exit__(self, *_):
        self.tracer.send_signal(signal.SIGINT)
        try:
            self.tracer.wait(10)
        except subprocess.TimeoutExpired:
            self.tracer.kill()
            self.tracer.wait(10)
        self.result = self.text()
        self.output.close()


def _with_strace(lab, server, pids):
    command = ["strace", "-c", "-f", "-qq", "-U", "calls,name"]
    for pid in pids:
        command += ["-p", str(pid)]
    with Counting(lab, command) as counting:
        load = lab.load(server, *COUNTED_CASE, COUNTING_SECONDS)
    rows = re.findall(r"^\s*(\d+)\s+(\w+)\s*$", counting.result, re.MULTILINE)
    calls = {name: int(count) for count, name in rows if name != "total"}
    return load["requests"], calls


def _with_perf(lab, server, pids):
    command = ["perf", "stat", "-x,", "-e", TRACEPOINT, "-p", ",".join(map(str, pids))]
    with Counting(lab, command) as counting:
        load = lab.load(server, *COUNTED_CASE, COUNTING_SECONDS)
    total = re.search(r"^(\d+),", counting.result, re.MULTILINE)
    if not total:
        raise BenchmarkError(f"perf counted nothing: {counting.result}")
    return int(total[1]) / load["requests"]


def system_calls(lab, server, perf):
    """Calls for each request, set-up of the connections included, counted in two ways. Under strace the server is the
    slowest part, so it always finds many events at once: what a request costs a saturated server. perf slows nothing:
    the load generator is the slowest part then, and a fast server looks for events more often than it finds any."""
    pids = family(server.process().pid)
    requests, calls = _with_strace(lab, server, pids)
    by_name = {name: count / requests for name, count in sorted(calls.items(), key=lambda pair: -pair[1])}
    return {
        "system_calls": sum(by_name.values()),
        "system_calls_at_full_speed": _with_perf(lab, server, pids) if perf else None,
        "by_name": {name: count for name, count in by_name.items() if count >= 0.001},
    }


def allocations(lab, kind):
    """Allocations for each request of a server started under the counter."""
    count_file = os.path.join(lab.new_directory("allocations"), "counts")
    environment = {"LD_PRELOAD": lab.tool("malloc-counter.so"), "MALLOC_COUNTER_FILE": count_file}

    def read():
        with open(count_file, "rb") as file:
            return struct.unpack("=QQ", file.read(16))

    with kind(lab, environment) as server:
        server.warm(COUNTED_CASE[0])
        # Connections, buffers and pools are allocated by the first load; the second one shows what a request costs.
        lab.load(server, *COUNTED_CASE, COUNTING_SECONDS)
        before = read()
        requests = lab.load(server, *COUNTED_CASE, COUNTING_SECONDS)["requests"]
        after = read()
    return {
        "allocations": (after[0] - before[0]) / requests,
        "allocated_bytes": (after[1] - before[1]) / requests,
    }
