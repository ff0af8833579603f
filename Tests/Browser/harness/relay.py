"""A wire between a browser and a server that a test can cut."""

import socket
import socketserver
import threading


class Relay:
    """Passes on connections to a port of this machine, under a port of its own.

    url:   where it listens.
    cut:   ends every connection, and takes no new ones until `mend`.
    """

    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._is_cut = False
        self._sockets = set()
        self._lock = threading.Lock()
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                relay._carry(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._server.server_address[1]

    def cut(self):
        with self._lock:
            self._is_cut = True
            for end in self._sockets:
                self._end(end)

    def mend(self):
        with self._lock:
            self._is_cut = False

    def close(self):
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    def _carry(self, client):
        with self._lock:
            if self._is_cut:
                return
            try:
                server = socket.create_connection(self._target, timeout=10)
            except OSError:
                return
            server.settimeout(None)
            ends = {client, server}
            self._sockets |= ends
        back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
        back.start()
        self._pump(client, server)
        back.join()
        with self._lock:
            self._sockets -= ends
        server.close()

    @staticmethod
    def _pump(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
        except OSError:
            pass
        Relay._end(sink)
        Relay._end(source)

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
