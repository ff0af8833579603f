"""Children that cannot outlive the benchmark, the cores they run on, and the CPU time they use."""

import ctypes
import os
import signal
import socket
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class BenchmarkError(Exception):
    """Something a person must see; the text says what to do."""


def cores():
    """(server's cores, client's cores): apart when there are two, so that neither slows the other."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2:
        return set(available), set(available)
    return {available[0]}, {available[1]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Child:
    """A process in a session of its own: stopped at the end with everything it started."""

    def __init__(self, arguments, on, log, environment=None, reads_output=False):
        def prepare():
            os.sched_setaffinity(0, on)
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        self.name = os.path.basename(arguments[0])
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if reads_output else errors,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                preexec_fn=prepare,
                text=reads_output,
            )

    @property
    def pid(self):
        return self.process.pid

    def printed_port(self):
        """The port a server of ours prints as its first line."""
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            raise BenchmarkError(f"{self.name} did not start: {self.last_words()}")
        return int(line)

    def wait_until_listening(self, port, deadline=20):
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise BenchmarkError(f"{self.name} ended at once: {self.last_words()}")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise BenchmarkError(f"{self.name} did not listen within {deadline} s: {self.last_words()}")

    def last_words(self):
        with open(self.log, errors="replace") as text:
            return " / ".join(text.read().strip().splitlines()[-4:]) or "no message"

    def stop(self):
        """Asks, waits, insists. Only the process group this child leads is signalled."""
        for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                pass
            try:
                self.process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                continue
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if self.process.stdout:
            self.process.stdout.close()


def _stat(pid):
    """Fields of /proc/PID/stat from the third on; the second may hold anything."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def family(root):
    """A process and all its living descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(_stat(entry)[1])
            except OSError:
                continue
    members, grew = {root}, True
    while grew:
        found = {pid for pid, parent in parents.items() if parent in members}
        grew = not found <= members
        members |= found
    return sorted(members)


def cpu_times(pids):
    """User and system seconds of each process, all its threads together."""
    times = {}
    for pid in pids:
        try:
            fields = _stat(pid)
        except OSError:
            continue
        times[pid] = (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return times


def cpu_between(before, after):
    return sum(after[pid] - before[pid] for pid in after if pid in before)
