"""The bench itself: a temporary folder, the compiled C tools, the cores, and the load generator."""

import json
import os
import shutil
import subprocess
import tempfile

from .processes import BenchmarkError, cores, cpu_between, cpu_times, family

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORY = os.path.dirname(HERE)
COMPILE = ["gcc", "-std=c17", "-O2", "-Wall", "-Wextra", "-Werror"]
TOOLS = {"responder": [], "origin": [], "herd": [], "malloc-counter.so": ["-shared", "-fPIC"]}


class Lab:
    def __init__(self, plan):
        self.plan = plan
        self.server_cores, self.client_cores = cores()
        self.folder = tempfile.mkdtemp(prefix="mintcache-bench-")
        os.chmod(self.folder, 0o755)

    def __enter__(self):
        try:
            for name, options in TOOLS.items():
                source = os.path.join(HERE, "native", f"{name.removesuffix('.so')}.c")
                subprocess.run([*COMPILE, *options, source, "-o", self.tool(name)], check=True, timeout=60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def tool(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def repository_path(path):
        return os.path.join(REPOSITORY, path)

    def binary(self, name):
        """A release binary of this repository."""
        path = self.repository_path(f".build/release/{name}")
        if not os.access(path, os.X_OK):
            raise BenchmarkError(f"{name} is not built: run `swift build -c release` first, or `make bench`")
        return path

    def new_directory(self, name):
        return tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)

    def client_command(self, arguments):
        return ["taskset", "-c", ",".join(map(str, sorted(self.client_cores))), *arguments]

    def load(self, server, size, connections, seconds):
        """Runs wrk and answers its result, with no failed request in it."""
        url = f"http://127.0.0.1:{server.port}{server.url_path(size)}"
        arguments = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        arguments += ["-s", os.path.join(HERE, server.load_script), url, "--", *server.load_arguments()]
        output = subprocess.run(
            self.client_command(arguments), capture_output=True, text=True, timeout=seconds + 60, check=False
        )
        lines = [line for line in output.stdout.splitlines() if line.startswith("RESULT ")]
        if not lines:
            raise BenchmarkError(f"wrk against {server.name} gave no result: {output.stdout}{output.stderr}")
        result = json.loads(lines[0].removeprefix("RESULT "))
        errors = {key: result[key] for key in ("failed", "connect_errors", "read_errors", "write_errors", "timeouts")}
        if any(errors.values()) or result["requests"] == 0:
            raise BenchmarkError(f"requests to {server.name} failed: {errors}")
        if result["bytes"] < result["requests"] * size:
            raise BenchmarkError(f"{server.name} sent fewer bytes than {size} a request")
        return result

    def measure(self, server, size, connections, seconds):
        """One load with the server's CPU time: seconds of all its processes and threads for each request."""
        pids = family(server.process().pid)
        before = cpu_times(pids)
        result = self.load(server, size, connections, seconds)
        used = cpu_between(before, cpu_times(pids))
        return {
            "cpu_us": used * 1e6 / result["requests"],
            "requests_per_second": result["requests"] * 1e6 / result["duration_us"],
            "p50_us": result["p50_us"],
            "p99_us": result["p99_us"],
            "requests": result["requests"],
            "bytes_per_request": result["bytes"] / result["requests"],
        }
