"""A Mintcache with the bundled sample upstream, on ports and in a folder of its own."""

import json
import re
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from .waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = REPOSITORY / ".build" / "debug" / "mintcache"
TOKEN = "a-token-for-browser-tests-only"

CONFIGURATION = """
server: {{ listen: "127.0.0.1:{port}", event_loops: 2{server} }}
admin: {{ listen: "127.0.0.1:{admin_port}", token: "{token}" }}
archive: {{ url: "sqlite:{folder}/archive.db", migrations: "{repository}/config/migrations" }}
log: {{ access: false }}
"""


class Mintcache:
    """Starts at once; stop it with `close`, or use it in a `with` statement.

    url, admin_url: base URLs of the two listeners, the same after a restart.
    upstream_url:   base URL of the sample upstream, which has a `/control` of its own; another after a restart.
    collections:    the sample upstream's collections by name, each with its `contract` and `examples`.
    """

    def __init__(self, more="", server="", port=0):
        """`more` is YAML with further sections of the configuration, `server` further keys of that section; `port` is
        the public listener's, where it has to be known before."""
        self._folder = tempfile.TemporaryDirectory(prefix="mintcache-browser-")
        self._more = more
        self._server = f", {server}" if server else ""
        self._process = None
        self._ports = (port, 0)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def admin_url(self):
        return f"http://127.0.0.1:{self._ports[1]}"

    @property
    def admin_port(self):
        return self._ports[1]

    def start(self):
        """Starts it, on the ports it had before."""
        folder = Path(self._folder.name)
        configuration = folder / "mintcache.yaml"
        configuration.write_text(
            CONFIGURATION.format(
                port=self._ports[0], admin_port=self._ports[1], token=TOKEN, folder=folder, repository=REPOSITORY,
                server=self._server,
            )
            + self._more
        )
        notes, log = folder / "stderr", folder / "log"
        with notes.open("w") as stderr, log.open("a") as stdout:
            self._process = subprocess.Popen(
                [PROGRAM, "serve", "--demo", "--config", configuration], stdout=stdout, stderr=stderr, cwd=folder
            )
        words = eventually(lambda: self._announced(notes), "mintcache says where it listens")
        self._ports = tuple(int(port) for port in words.groups())
        self.upstream_url = self._upstream_url()
        self.collections = self._collections()

    def _announced(self, notes):
        if self._process.poll() is not None:
            raise AssertionError(f"mintcache did not start: {notes.read_text()}")
        return re.search(r": http://127\.0\.0\.1:(\d+), admin http://127\.0\.0\.1:(\d+)\n", notes.read_text())

    def _upstream_url(self):
        # The sample upstream's address is in the URI of the last example, a token of the web: as its contract says now,
        # not as the archive had it before a restart.
        notes = (Path(self._folder.name) / "stderr").read_text()
        token = re.findall(r"/v1/(demo/\S+)", notes)[-1]
        _, explanation = self.admin("GET", f"/admin/explain/{token}")
        return re.match(r"http://[^/]+", json.loads(explanation)["token_uri"]).group()

    def _collections(self):
        return {listing["name"]: listing for listing in json.loads(self.read(f"{self.upstream_url}/control/collections"))}

    @staticmethod
    def read(url):
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    def control(self, method, path, body=None):
        """Tells the sample upstream how to behave."""
        request = urllib.request.Request(
            f"{self.upstream_url}/control/{path}", method=method, data=body and json.dumps(body).encode()
        )
        urllib.request.urlopen(request, timeout=10).close()

    def document_path(self, collection, number):
        """Where the sample upstream has a token's document."""
        token = json.loads(self.read(f"{self.url}/v1/demo/{self.contract(collection)}/{number}"))
        return token["token_uri"].replace("ipfs://", "/ipfs/")

    def stop(self):
        """Ends it in good order."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=20)

    def close(self):
        if self._process.poll() is None:
            self.stop()
        self._folder.cleanup()

    def contract(self, name):
        return self.collections[name]["contract"]

    def admin(self, method, path, body=None, token=TOKEN):
        """Calls the admin API; returns the status and the text of the answer."""
        request = urllib.request.Request(
            self.admin_url + path, method=method, data=None if body is None else json.dumps(body).encode()
        )
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
