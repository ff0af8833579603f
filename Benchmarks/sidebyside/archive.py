"""Rows per second into PostgreSQL: through Mintcache's outbox, and by COPY with an upsert, the same rows in turn."""

import glob
import os
import pwd
import statistics
import subprocess
import time

from . import collection
from .processes import BenchmarkError, free_port
from .servers import Mintcache

OUTBOX = "mintcache:outbox"
COPY = "bench:outbox"
DATABASE = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "mintcache", "-d", "postgres"]
# Every column that Mintcache writes, in one transaction as COPY's fastest way to an upsert.
UPSERT = """
BEGIN;
SELECT extract(epoch FROM clock_timestamp());
CREATE TEMP TABLE offered (LIKE nft_metadata) ON COMMIT DROP;
\\copy offered FROM '{file}'
INSERT INTO nft_metadata AS held SELECT * FROM offered ORDER BY chain_id, contract_address, token_id
    ON CONFLICT (chain_id, contract_address, token_id) DO UPDATE SET metadata = excluded.metadata,
    last_updated = excluded.last_updated, document = excluded.document, etag = excluded.etag,
    expires_at = excluded.expires_at WHERE held.last_updated <= excluded.last_updated;
COMMIT;
SELECT extract(epoch FROM clock_timestamp());
"""
# From the first commit's end to the last one's: the rows of the first were written before the clock starts.
RATE = """
WITH commits AS (
    SELECT pg_xact_commit_timestamp(xmin) AS moment, count(*) AS rows FROM nft_metadata GROUP BY xmin)
SELECT (sum(rows) - (SELECT rows FROM commits ORDER BY moment LIMIT 1))
    / extract(epoch FROM max(moment) - min(moment)) FROM commits
"""


class ArchivedMintcache(Mintcache):
    """The product with Redis and PostgreSQL, both as they come but for their places."""

    name = "archived"

    def start(self):
        self.redis_port, self.postgres_port = free_port(), free_port()
        self.start_redis()
        self.start_postgres()
        self.redis_url = f"redis://127.0.0.1:{self.redis_port}"
        self.archive_url = f"postgres://mintcache@127.0.0.1:{self.postgres_port}/postgres"
        super().start()

    def start_redis(self):
        arguments = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", self.directory]
        redis = self.spawn(["redis-server", *arguments], as_server=False)
        redis.wait_until_listening(self.redis_port)

    def start_postgres(self):
        # The server refuses to run as root.
        account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        data = os.path.join(self.directory, "data")
        os.mkdir(data, 0o700)
        if account:
            owner = pwd.getpwnam("postgres")
            for path in (self.directory, data):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        programs = max(glob.glob("/usr/lib/postgresql/*/bin"), default=None)
        if not programs:
            raise BenchmarkError("missing: PostgreSQL (scripts/setup.sh bench installs it)")
        initialise = [*account, f"{programs}/initdb", "-D", data, "-U", "mintcache", "--auth=trust", "-E", "UTF8"]
        subprocess.run(initialise, check=True, capture_output=True, timeout=120, cwd="/")
        settings = [f"port={self.postgres_port}", "listen_addresses=127.0.0.1", "track_commit_timestamp=on"]
        settings.append(f"unix_socket_directories={self.directory}")
        options = [word for setting in settings for word in ("-c", setting)]
        postgres = self.spawn([*account, f"{programs}/postgres", "-D", data, *options], as_server=False)
        postgres.wait_until_listening(self.postgres_port)

    def redis(self, *words):
        return self.run(["redis-cli", "-p", str(self.redis_port), *words])

    def sql(self, script):
        return self.run(["psql", *DATABASE, "-h", self.directory, "-p", str(self.postgres_port)], script)

    def run(self, command, text=None):
        run = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
        if run.returncode != 0:
            raise BenchmarkError(f"{command[0]} failed: {run.stdout}{run.stderr}")
        return run.stdout.strip()


def measure(lab):
    with ArchivedMintcache(lab) as server:
        rows = fill(lab, server)
        rounds = []
        for _ in range(lab.plan.archive_rounds):
            outbox = through_outbox(server, rows)
            rounds.append({"outbox": outbox, "copy": by_copy(server, rows)})
    ratio = statistics.median(one["outbox"] / one["copy"] for one in rounds)
    figures = {way: statistics.median(one[way] for one in rounds) for way in ("outbox", "copy")}
    return {"rows": rows, "ratio": ratio, "rounds": rounds, **figures}


def fill(lab, server):
    """Has every token of a collection in the outbox, kept under another name, and in PostgreSQL once."""
    address = collection.contract(server)
    rows = min(lab.plan.collection_tokens, 10_000)
    blocker = "BEGIN; LOCK TABLE nft_metadata IN EXCLUSIVE MODE; SELECT pg_sleep(600)"
    command = ["psql", *DATABASE, "-h", server.directory, "-p", str(server.postgres_port), "-c", blocker]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as session:
        try:
            for start in range(0, rows, collection.BATCH):
                collection.one_batch(server, address, range(start, min(start + collection.BATCH, rows)))
            wait_for(lambda: int(server.redis("XLEN", OUTBOX)) >= rows, f"{rows} entries in the outbox")
            server.redis("COPY", OUTBOX, COPY)
            server.redis("XGROUP", "DESTROY", COPY, "archive")
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        finally:
            session.kill()
    wait_for_rows(server, rows)
    server.sql(f"\\copy nft_metadata TO '{export(server)}'")
    return rows


def export(server):
    return os.path.join(server.directory, "rows.txt")


def wait_for(condition, what):
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise BenchmarkError(f"waited in vain for {what}")
        time.sleep(0.2)


def wait_for_rows(server, rows):
    wait_for(lambda: server.sql("SELECT count(*) FROM nft_metadata") == str(rows), f"{rows} rows in PostgreSQL")


def through_outbox(server, rows):
    server.sql("TRUNCATE nft_metadata; CHECKPOINT")
    server.redis("COPY", COPY, OUTBOX, "REPLACE")
    wait_for_rows(server, rows)
    return float(server.sql(RATE))


def by_copy(server, rows):
    server.sql("TRUNCATE nft_metadata; CHECKPOINT")
    begin, end = server.sql(UPSERT.format(file=export(server))).splitlines()
    return rows / (float(end) - float(begin))
