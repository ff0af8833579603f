-- What a document is validated by at its source, and how often in a row a passing answer was given.

ALTER TABLE nft_metadata ADD COLUMN source_etag TEXT;                        -- the source's ETag, as received
ALTER TABLE nft_metadata ADD COLUMN source_last_modified TEXT;               -- the source's Last-Modified
ALTER TABLE nft_metadata ADD COLUMN repetitions INTEGER NOT NULL DEFAULT 0;  -- of a placeholder; else 0
