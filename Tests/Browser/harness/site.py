"""A web site of its own origin, for pages that use Mintcache from elsewhere."""

import functools
import http.server
import tempfile
import threading
from pathlib import Path


class Site:
    """Serves files.

    files: contents by name, for example {"index.html": "<!doctype html>…"}; or the path of a folder.
    url:   the base URL.
    """

    def __init__(self, files):
        self._own = None
        if isinstance(files, dict):
            self._own = tempfile.TemporaryDirectory(prefix="mintcache-site-")
            for name, text in files.items():
                path = Path(self._own.name) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            files = self._own.name
        handler = functools.partial(_Quiet, directory=str(files))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._server.server_address[1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        if self._own:
            self._own.cleanup()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *_):
        pass
