-- The archive's tables. Needs nothing but PostgreSQL 13 or newer.
--
-- The program runs the files of this folder in order, in one transaction, and so can `supabase db push` or psql. Each
-- file may be run again, and records itself at its end, so that whoever comes next finds it done.

CREATE TABLE IF NOT EXISTS schema_migrations (
    version    bigint PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS users (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    wallet_address text UNIQUE,
    username       text UNIQUE,
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_seen_at   timestamptz
);

CREATE TABLE IF NOT EXISTS nft_metadata (
    chain_id         text NOT NULL,              -- CAIP-2, such as eip155:1
    contract_address text NOT NULL,              -- 0x and 40 lower-case digits
    token_id         text NOT NULL,              -- decimal
    metadata         jsonb,                      -- the document for queries; NULL when jsonb cannot hold it
    last_updated     timestamptz NOT NULL,       -- when the source was read; a row never goes back in time
    token_uri        text,                       -- as the contract gave it
    source           text NOT NULL,
    standard         text,
    document         bytea NOT NULL DEFAULT '',  -- the exact bytes
    content_type     text,
    etag             text NOT NULL DEFAULT '',
    status           text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'missing', 'unusable')),
    error            text,                       -- why the token has no document, or jsonb refused the one it has
    expires_at       timestamptz NOT NULL,
    PRIMARY KEY (chain_id, contract_address, token_id)
) WITH (fillfactor = 90);

-- Rows refused as they were: the document and PostgreSQL's reason.
CREATE TABLE IF NOT EXISTS nft_metadata_rejected (
    chain_id         text NOT NULL,
    contract_address text NOT NULL,
    token_id         text NOT NULL,
    document         bytea NOT NULL,
    sqlstate         text NOT NULL,
    reason           text NOT NULL,
    rejected_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain_id, contract_address, token_id)
);

INSERT INTO schema_migrations (version) VALUES (20261123120325) ON CONFLICT DO NOTHING;
