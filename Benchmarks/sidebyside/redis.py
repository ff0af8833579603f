"""Hits in Redis: Mintcache, whose memory is told to keep nothing, beside nginx with Lua."""

import json
import os
import subprocess
import time

from . import settings
from .processes import BenchmarkError, Child, free_port
from .servers import Mintcache, Nginx
from .settings import KIB, SampleUpstream

FILES = ("/usr/lib/nginx/modules/ngx_http_lua_module.so", "/usr/share/lua/5.1/nginx/redis.lua")
SIZE = KIB
CONNECTIONS = 64
KEYS = 2000
BATCH = 100
PATIENCE = 60
FIRST_TOKEN = 1


class RedisPeer:
    """What both servers have in common: a Redis of their own, on the client's core, and a load over many keys."""

    load_script = "redis.lua"

    def start_redis(self):
        self.redis_port = free_port()
        arguments = ["redis-server", "--port", str(self.redis_port), "--save", "", "--appendonly", "no"]
        redis = Child(
            [*arguments, "--bind", "127.0.0.1", "--dir", self.directory],
            on=self.lab.client_cores,
            log=os.path.join(self.directory, "redis.log"),
        )
        self.children.append(redis)
        redis.wait_until_listening(self.redis_port)

    def load_arguments(self):
        before, after = self.key_path("{}").split("{}")
        return [before, after, str(KEYS)]

    def url_path(self, size):
        return self.key_path(FIRST_TOKEN)


class LuaNginx(RedisPeer, Nginx):
    """nginx with its Lua module and the client for it that Debian has; connections to Redis are kept."""

    name = "nginx+lua"

    def start(self):
        self.start_redis()
        document = json.dumps({"description": ""})
        document = json.dumps({"description": "x" * (SIZE - len(document))})
        commands = "".join(f"SET doc:{number} '{document}'\n" for number in range(1, KEYS + 1))
        client = ["redis-cli", "-p", str(self.redis_port)]
        subprocess.run(client, input=commands, stdout=subprocess.DEVNULL, text=True, timeout=60, check=True)
        self.serve(settings.LUA_NGINX_CONFIGURATION, redis_port=self.redis_port)

    def key_path(self, number):
        return f"/doc/{number}"

    def is_hit(self, fields):
        return True


class FilledMintcache(RedisPeer, Mintcache):
    """The product with a Redis of its own, which it fills before it is measured."""

    def start(self):
        self.start_redis()
        self.redis_url = f"redis://127.0.0.1:{self.redis_port}"
        super().start()

    def fill(self, count, batch=BATCH):
        """Every token is fetched once, and is in Redis when that is answered."""
        missing = [f"eip155:1337/erc721:{SampleUpstream.CONTRACT}/{number}" for number in range(1, count + 1)]
        end = time.monotonic() + PATIENCE * max(1, count // KEYS)
        while missing:
            if time.monotonic() > end:
                raise BenchmarkError(f"mintcache: {len(missing)} of {count} tokens could not be had")
            asked, missing = missing[:batch], missing[batch:]
            status, _, body = self.get("/v1/batch", method="POST", body=json.dumps({"tokens": asked}))
            items = json.loads(body)["tokens"] if status == 200 else [{"status": status}] * len(asked)
            missing += [token for token, item in zip(asked, items) if item["status"] != 200]


class RedisMintcache(FilledMintcache):
    name = "mintcache"
    memory_entry = "64B"

    def start(self):
        super().start()
        self.fill(KEYS)

    def write_corpus(self):
        return self.write_documents({number: SIZE for number in range(1, KEYS + 1)})

    def key_path(self, number):
        return SampleUpstream.token_path(number)

    def is_hit(self, fields):
        status = fields.get("Cache-Status", "")
        return "; hit" in status and "detail=redis" in status


def measure(lab, progress):
    """Interleaved rounds of both, as for memory hits."""
    samples = {kind.name: [] for kind in (LuaNginx, RedisMintcache)}
    with LuaNginx(lab) as nginx, RedisMintcache(lab) as mintcache:
        progress(f"Redis hits: {KEYS} keys, {CONNECTIONS} connections")
        for server in (nginx, mintcache):
            server.warm(SIZE)
            lab.load(server, SIZE, CONNECTIONS, 1)
        for _ in range(lab.plan.rounds):
            for server in (nginx, mintcache):
                samples[server.name].append(lab.measure(server, SIZE, CONNECTIONS, lab.plan.seconds))
    return samples
