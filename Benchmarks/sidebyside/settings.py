"""What is measured, and the words the measured servers understand. Nothing else knows a URL or a configuration."""

import json
from dataclasses import dataclass, field

KIB = 1024


@dataclass
class Plan:
    """How much is measured. Every case is one body size at one number of connections."""

    cases: list = field(default_factory=lambda: [(size, c) for size in (KIB, 16 * KIB) for c in (1, 64, 512)])
    rounds: int = 5
    seconds: float = 3
    herd_rounds: int = 5
    herd_connections: int = 1000
    herd_delay_ms: int = 200
    collection_tokens: int = 10_000
    collection_delay_ms: int = 20
    archive_rounds: int = 5
    purge_tokens: int = 100_000
    purge_rounds: int = 25

    @classmethod
    def quick(cls):
        return cls(
            cases=[(KIB, 1), (KIB, 64), (KIB, 512), (16 * KIB, 64)],
            rounds=3,
            seconds=1,
            herd_rounds=3,
            collection_tokens=2000,
            archive_rounds=3,
            purge_tokens=5000,
        )


# The case whose system calls and allocations are counted, and what Mintcache must not exceed there.
COUNTED_CASE = (KIB, 64)
LIMITS = {"cpu_to_responder": 1.35, "cpu_to_nginx": 0.75, "system_calls": 2.1, "allocations": 0.01}
HERD_LIMIT_MS = 20
# JSON-RPC round trips for each token of a cold collection.
COLLECTION_ROUND_TRIPS = 0.01
# How many times as fast COPY with an upsert may be as the outbox.
COPY_RATIO = 1.25
# How much longer a purge may take with many tokens than with few: it must not depend on their number.
PURGE_RATIO = 1.5
# How much longer the slowest hundredth of live requests may take while a collection is warmed.
WARMING_RATIO = 1.1

# The fastest nginx of those tried: sendfile costs answers of this size four more system calls.
NGINX_CONFIGURATION = """
daemon off;
master_process on;
worker_processes 1;
user {user} {group};
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    default_type application/json;
    sendfile off;
    tcp_nodelay on;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    open_file_cache max=10000 inactive=1h;
    open_file_cache_valid 1h;
    client_body_temp_path {directory}/client_body;
    proxy_temp_path {directory}/proxy_temp;
    fastcgi_temp_path {directory}/fastcgi_temp;
    uwsgi_temp_path {directory}/uwsgi_temp;
    scgi_temp_path {directory}/scgi_temp;
    proxy_cache_path {directory}/cache levels=1:2 keys_zone=answers:16m max_size=256m inactive=1d use_temp_path=off;
    upstream origin {{ server 127.0.0.1:{origin_port}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /healthz {{ return 200; }}
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_cache answers;
            proxy_cache_key $uri;
            proxy_cache_lock on;
            proxy_cache_lock_timeout 30s;
            proxy_cache_lock_age 30s;
            add_header X-Cache $upstream_cache_status;
        }}
    }}
}}
"""

# One worker, as above, with as many kept connections to Redis as it has clients.
LUA_NGINX_CONFIGURATION = """
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
daemon off;
master_process on;
worker_processes 1;
user {user} {group};
pid {directory}/nginx.pid;
error_log {directory}/error.log warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    default_type application/json;
    tcp_nodelay on;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}/client_body;
    proxy_temp_path {directory}/proxy_temp;
    fastcgi_temp_path {directory}/fastcgi_temp;
    uwsgi_temp_path {directory}/uwsgi_temp;
    scgi_temp_path {directory}/scgi_temp;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location /doc/ {{
            content_by_lua_block {{
                local redis = require("nginx.redis"):new()
                redis:set_timeout(1000)
                local connected = redis:connect("127.0.0.1", {redis_port})
                local document = connected and redis:get("doc:" .. ngx.var.uri:sub(6))
                if not document or document == ngx.null then return ngx.exit(502) end
                redis:set_keepalive(60000, 512)
                ngx.header["Content-Length"] = #document
                ngx.print(document)
            }}
        }}
    }}
}}
"""

VARNISH_CONFIGURATION = """
vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{origin_port}"; }}
sub vcl_recv {{
    if (req.url == "/healthz") {{ return (synth(200)); }}
}}
sub vcl_deliver {{
    if (obj.hits > 0) {{ set resp.http.X-Cache = "HIT"; }} else {{ set resp.http.X-Cache = "MISS"; }}
}}
"""

MINTCACHE_CONFIGURATION = """
server:
  listen: "127.0.0.1:{port}"
  event_loops: 1
admin:
  listen: "127.0.0.1:{admin_port}"
  token: "{admin_token}"
cache:
  ttl: 24h
  memory: {{ size: 256MiB, ttl: 1h, max_entry: {memory_entry} }}
  redis: {{ url: "{redis_url}" }}
archive:
  url: "{archive_url}"
  migrations: "{migrations}"
chains:
  demo: {{ id: 1337, rpc: ["{upstream}/rpc"] }}
gateways:
  ipfs: ["{upstream}"]
  arweave: ["{upstream}"]
upstream: {{ allow_private_networks: true }}
log: {{ level: warning, access: false }}
"""

ROUTE_SECTION = """
routes:
  - {{ name: origin, path: /, upstream: "{upstream}/" }}
"""


class SampleUpstream:
    """How the sample upstream is started, what its tokens are called, and what its control endpoint is asked."""

    CONTRACT = "0xbe4c400000000000000000000000000000000001"
    COUNTERS_PATH = "/control/counters"
    FIRST_COLD_TOKEN = 1_000_000

    @staticmethod
    def arguments(port, corpus):
        """Command-line arguments: where to listen, and a folder with metadata documents."""
        return ["--listen", f"127.0.0.1:{port}", "--corpus", corpus]

    @classmethod
    def corpus_entry(cls, token, file):
        """One element of the folder's index.json."""
        return {
            "file": file,
            "kind": "metadata",
            "contract": cls.CONTRACT,
            "token_id": str(token),
            "standard": "ERC721",
        }

    @classmethod
    def token_path(cls, token):
        """Path at Mintcache of a token's metadata document, byte for byte."""
        return f"/v1/demo/{cls.CONTRACT}/{token}/metadata"

    @staticmethod
    def delay_documents(milliseconds):
        """(method, path, body) of the control request that delays every document, but no contract call."""
        return "POST", "/control/faults", json.dumps({"match": "/ipfs/", "delay_ms": milliseconds})

    @staticmethod
    def fetches(counters):
        """How often the origin was asked, from the counters' JSON: a token needs one contract call for its URI and one
        document, so the larger number tells whether either was asked for twice."""
        return max(counters["ipfs"], counters["token_uri_calls"])
