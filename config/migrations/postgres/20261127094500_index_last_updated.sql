-- For the rows that nobody fetched for long, which retention deletes.

CREATE INDEX IF NOT EXISTS nft_metadata_last_updated ON nft_metadata (last_updated);

INSERT INTO schema_migrations (version) VALUES (20261127094500) ON CONFLICT DO NOTHING;
