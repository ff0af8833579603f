-- What chains' events said, and how far they were read. Token numbers are 64 hexadecimal digits, so that text orders them.

CREATE TABLE IF NOT EXISTS chain_positions (
    chain_id        TEXT PRIMARY KEY NOT NULL,  -- CAIP-2, such as eip155:1
    block_number    INTEGER NOT NULL,           -- the last block whose events were read
    block_hash      TEXT NOT NULL,              -- of that block, 0x and 64 lower-case digits
    outdated_before INTEGER NOT NULL,           -- what was read earlier is out of date: events were skipped
    updated_at      INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS metadata_updates (
    chain_id         TEXT NOT NULL,
    contract_address TEXT NOT NULL,             -- 0x and 40 lower-case digits
    from_token       TEXT NOT NULL,
    to_token         TEXT NOT NULL,             -- included
    updated_at       INTEGER NOT NULL,          -- what was read earlier is out of date
    PRIMARY KEY (chain_id, contract_address, from_token, to_token)
);
