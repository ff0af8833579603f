-- What chains' events said, and how far they were read. Token numbers are 64 hexadecimal digits, so that text orders them.

CREATE TABLE IF NOT EXISTS chain_positions (
    chain_id        text PRIMARY KEY,           -- CAIP-2, such as eip155:1
    block_number    bigint NOT NULL,            -- the last block whose events were read
    block_hash      text NOT NULL,              -- of that block, 0x and 64 lower-case digits
    outdated_before timestamptz NOT NULL,       -- what was read earlier is out of date: events were skipped
    updated_at      timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS metadata_updates (
    chain_id         text NOT NULL,
    contract_address text NOT NULL,             -- 0x and 40 lower-case digits
    from_token       text COLLATE "C" NOT NULL,
    to_token         text COLLATE "C" NOT NULL, -- included
    updated_at       timestamptz NOT NULL,      -- what was read earlier is out of date
    PRIMARY KEY (chain_id, contract_address, from_token, to_token)
);

ALTER TABLE chain_positions ENABLE ROW LEVEL SECURITY;
ALTER TABLE metadata_updates ENABLE ROW LEVEL SECURITY;

INSERT INTO schema_migrations (version) VALUES (20261127023239) ON CONFLICT DO NOTHING;
