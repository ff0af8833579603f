"""The servers compared: one worker each, on loopback, access log off, the measured answers already cached."""

import grp
import http.client
import json
import os
import pwd
import time

from . import settings
from .processes import BenchmarkError, Child, free_port
from .settings import KIB, SampleUpstream


class Server:
    """One running server. `url_path(size)` answers from its cache with that many bytes."""

    name = ""
    coalesces = False
    load_script = "browser.lua"

    def __init__(self, lab, environment=None):
        self.lab = lab
        self.environment = environment
        self.directory = lab.new_directory(self.name)
        self.children = []
        self.port = 0

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.stop()
        self.children = []

    def spawn(self, arguments, *, as_server=True, reads_output=False):
        log = os.path.join(self.directory, "output.log")
        child = Child(
            arguments,
            on=self.lab.server_cores if as_server else self.lab.client_cores,
            log=log,
            environment=self.environment if as_server else None,
            reads_output=reads_output,
        )
        self.children.append(child)
        return child

    def start_origin(self, delay_ms):
        origin = self.spawn([self.lab.tool("origin"), str(delay_ms)], as_server=False, reads_output=True)
        self.origin_port = origin.printed_port()

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def get(self, path, port=None, method="GET", body=None):
        """(status, header fields, body) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request(method, path, body, {"Accept": "application/json", "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except OSError as error:
            raise BenchmarkError(f"{self.name}: {method} {path}: {error}") from error
        finally:
            connection.close()

    def warm(self, size):
        """Brings the answer into the cache and checks that it then comes from there, whole."""
        path = self.url_path(size)
        end = time.monotonic() + 10
        while True:
            status, fields, body = self.get(path)
            if status != 200 or len(body) != size:
                raise BenchmarkError(f"{self.name}: GET {path}: status {status}, {len(body)} bytes instead of {size}")
            if self.is_hit(fields):
                return
            if time.monotonic() > end:
                raise BenchmarkError(f"{self.name}: GET {path}: never a cache hit")
            time.sleep(0.02)

    def url_path(self, size):
        return f"/size/{size}"

    def load_arguments(self):
        """What the load generator's script is told."""
        return []

    def is_hit(self, fields):
        return fields.get("X-Cache") == "HIT"

    def herd_path(self, number):
        return f"/size/{KIB}/{number}"

    def origin_fetches(self):
        return int(self.get("/count", self.origin_port)[2])

    def process(self):
        """The child that is the server."""
        return self.children[-1]


class Responder(Server):
    """The floor. It has one answer, so one process for each size."""

    name = "responder"

    def __init__(self, lab, environment=None):
        super().__init__(lab, environment)
        self.size = None

    def start(self):
        pass

    def warm(self, size):
        if self.size != size:
            self.__exit__()
            self.size = size
            child = self.spawn([self.lab.tool("responder"), str(size)], reads_output=True)
            self.port = child.printed_port()
        super().warm(size)

    def is_hit(self, fields):
        return True


class Nginx(Server):
    name = "nginx"
    coalesces = True
    delay_ms = 0

    def start(self):
        self.start_origin(self.delay_ms)
        self.serve(settings.NGINX_CONFIGURATION, origin_port=self.origin_port)

    def serve(self, template, **ports):
        self.port = free_port()
        configuration = template.format(
            directory=self.directory,
            port=self.port,
            user=pwd.getpwuid(os.getuid()).pw_name,
            group=grp.getgrgid(os.getgid()).gr_name,
            **ports,
        )
        path = self.write("nginx.conf", configuration)
        error_log = os.path.join(self.directory, "error.log")
        self.spawn(["nginx", "-e", error_log, "-p", self.directory, "-c", path])
        self.process().wait_until_listening(self.port)


class Varnish(Server):
    name = "varnish"
    coalesces = True
    delay_ms = 0

    def start(self):
        self.start_origin(self.delay_ms)
        self.port = free_port()
        path = self.write("cache.vcl", settings.VARNISH_CONFIGURATION.format(origin_port=self.origin_port))
        self.spawn(
            ["varnishd", "-F", "-j", "none", "-n", os.path.join(self.directory, "work"), "-f", path]
            + ["-a", f"127.0.0.1:{self.port}", "-s", "malloc,128m", "-p", "thread_pools=1", "-p", "listen_depth=4096"]
        )
        self.process().wait_until_listening(self.port)


class Mintcache(Server):
    """The product in front of the sample upstream, which plays chain and gateway."""

    name = "mintcache"
    coalesces = True
    delay_ms = 0
    memory_entry = "1MiB"
    redis_url = ""
    archive_url = None
    admin_token = "a token for the benchmarks only"

    def start(self):
        corpus = self.write_corpus()
        self.origin_port = free_port()
        upstream = self.spawn(
            [self.lab.binary("sample-upstream"), *SampleUpstream.arguments(self.origin_port, corpus)], as_server=False
        )
        upstream.wait_until_listening(self.origin_port)
        self.serve()
        if self.delay_ms:
            method, target, body = SampleUpstream.delay_documents(self.delay_ms)
            status, _, _ = self.get(target, self.origin_port, method, body)
            if status >= 300:
                raise BenchmarkError(f"sample upstream: {method} {target}: status {status}")

    def serve(self, more=""):
        self.port, self.admin_port = free_port(), free_port()
        configuration = (settings.MINTCACHE_CONFIGURATION + more).format(
            port=self.port,
            admin_port=self.admin_port,
            admin_token=self.admin_token,
            memory_entry=self.memory_entry,
            redis_url=self.redis_url,
            archive_url=self.archive_url or f"sqlite:{self.directory}/mintcache.db",
            migrations=self.lab.repository_path("config/migrations"),
            upstream=f"http://127.0.0.1:{self.origin_port}",
        )
        path = self.write("mintcache.yaml", configuration)
        self.spawn([self.lab.binary("mintcache"), "serve", "--config", path])
        self.process().wait_until_listening(self.port)
        self.wait_until_ready()

    def write_corpus(self):
        """Metadata documents of exactly the sizes measured, whose tokens are numbered by size, and cold ones."""
        sizes = {size: size for size, _ in self.lab.plan.cases}
        cold = {SampleUpstream.FIRST_COLD_TOKEN + number: KIB for number in range(self.lab.plan.herd_rounds)}
        return self.write_documents(sizes | cold)

    def write_documents(self, sizes):
        """A corpus with a document of each size, by the token's number."""
        folder = os.path.join(self.directory, "corpus")
        os.makedirs(folder)
        index = []
        for token, size in sizes.items():
            document = {"name": f"Token {token}", "description": "", "attributes": []}
            document["description"] = "x" * (size - len(json.dumps(document)))
            index.append(SampleUpstream.corpus_entry(token, f"{token}.json"))
            self.write(f"corpus/{token}.json", json.dumps(document))
        self.write("corpus/index.json", json.dumps(index))
        return folder

    def wait_until_ready(self, deadline=20):
        end = time.monotonic() + deadline
        while self.get("/readyz")[0] != 200:
            if time.monotonic() > end:
                raise BenchmarkError(f"mintcache was not ready within {deadline} s: {self.process().last_words()}")
            time.sleep(0.02)

    def url_path(self, size):
        return SampleUpstream.token_path(size)

    def is_hit(self, fields):
        status = fields.get("Cache-Status", "")
        return "; hit" in status and "detail=memory" in status

    def herd_path(self, number):
        return SampleUpstream.token_path(SampleUpstream.FIRST_COLD_TOKEN + number)

    def origin_fetches(self):
        return SampleUpstream.fetches(json.loads(self.get(SampleUpstream.COUNTERS_PATH, self.origin_port)[2]))


class MintcacheRoute(Mintcache):
    """The product as nginx and Varnish are used: a route in front of the same origin, cached as that origin says."""

    name = "route"

    def start(self):
        self.start_origin(self.delay_ms)
        self.serve(settings.ROUTE_SECTION)

    def url_path(self, size):
        return Server.url_path(self, size)

    def herd_path(self, number):
        return Server.herd_path(self, number)

    def origin_fetches(self):
        return Server.origin_fetches(self)


ALL = {server.name: server for server in (Responder, Nginx, Varnish, Mintcache, MintcacheRoute)}
