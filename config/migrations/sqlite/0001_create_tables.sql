-- The archive's tables in the embedded database. The program runs this file once, in a transaction, and records it in
-- schema_migrations. Times are milliseconds since 1970.

CREATE TABLE IF NOT EXISTS users (
    id             TEXT PRIMARY KEY NOT NULL,
    wallet_address TEXT UNIQUE,
    username       TEXT UNIQUE,
    created_at     INTEGER NOT NULL DEFAULT (unixepoch() * 1000),
    last_seen_at   INTEGER
);

CREATE TABLE IF NOT EXISTS nft_metadata (
    chain_id         TEXT NOT NULL,             -- CAIP-2, such as eip155:1
    contract_address TEXT NOT NULL,             -- 0x and 40 lower-case digits
    token_id         TEXT NOT NULL,             -- decimal
    last_updated     INTEGER NOT NULL,          -- when the source was read; a row never goes back in time
    token_uri        TEXT,                      -- as the contract gave it
    source           TEXT NOT NULL,
    standard         TEXT,
    document         BLOB NOT NULL DEFAULT x'', -- the exact bytes
    content_type     TEXT,
    etag             TEXT NOT NULL DEFAULT '',
    status           TEXT NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'missing', 'unusable')),
    error            TEXT,                      -- why the token has no document
    expires_at       INTEGER NOT NULL,
    -- The document for queries, computed when asked for; NULL when it is not JSON.
    metadata         TEXT GENERATED ALWAYS AS (
        CASE WHEN json_valid(CAST(document AS TEXT)) THEN CAST(document AS TEXT) END
    ) VIRTUAL,
    PRIMARY KEY (chain_id, contract_address, token_id)
);
