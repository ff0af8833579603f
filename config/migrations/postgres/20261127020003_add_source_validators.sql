-- What a document is validated by at its source, and how often in a row a passing answer was given.

ALTER TABLE nft_metadata
    ADD COLUMN IF NOT EXISTS source_etag          text,                       -- the source's ETag, as received
    ADD COLUMN IF NOT EXISTS source_last_modified text,                       -- the source's Last-Modified
    ADD COLUMN IF NOT EXISTS repetitions          integer NOT NULL DEFAULT 0; -- of a placeholder; else 0

INSERT INTO schema_migrations (version) VALUES (20261127020003) ON CONFLICT DO NOTHING;
