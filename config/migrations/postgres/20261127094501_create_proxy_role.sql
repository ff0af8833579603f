-- The role that the program is to connect as, and what it may do: read and write what it keeps, and nothing else. It is
-- made without a login, because a file is no place for a password:
--
--     ALTER ROLE mintcache_proxy LOGIN PASSWORD '…';
--
-- Roles belong to the whole server: another database may have made it, or be making it right now. Whoever may not
-- create roles goes without; then the tables' owner is the only one that writes.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mintcache_proxy') THEN
        CREATE ROLE mintcache_proxy NOLOGIN;
        -- Above the program's own limits, for a session that lost its client.
        ALTER ROLE mintcache_proxy SET statement_timeout = '30s';
        ALTER ROLE mintcache_proxy SET idle_in_transaction_session_timeout = '30s';
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN RAISE NOTICE 'the role mintcache_proxy cannot be created: %', SQLERRM;
END $$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mintcache_proxy') THEN RETURN; END IF;
    IF current_schema() <> 'public' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO mintcache_proxy', current_schema());
    END IF;

    GRANT SELECT ON schema_migrations TO mintcache_proxy;
    GRANT SELECT, INSERT, UPDATE ON chain_positions TO mintcache_proxy;
    GRANT SELECT, INSERT, UPDATE, DELETE ON nft_metadata, nft_metadata_rejected, metadata_updates TO mintcache_proxy;

    DROP POLICY IF EXISTS schema_migrations_proxy ON schema_migrations;
    CREATE POLICY schema_migrations_proxy ON schema_migrations TO mintcache_proxy USING (true);
    DROP POLICY IF EXISTS chain_positions_proxy ON chain_positions;
    CREATE POLICY chain_positions_proxy ON chain_positions TO mintcache_proxy USING (true);
    DROP POLICY IF EXISTS nft_metadata_proxy ON nft_metadata;
    CREATE POLICY nft_metadata_proxy ON nft_metadata TO mintcache_proxy USING (true);
    DROP POLICY IF EXISTS nft_metadata_rejected_proxy ON nft_metadata_rejected;
    CREATE POLICY nft_metadata_rejected_proxy ON nft_metadata_rejected TO mintcache_proxy USING (true);
    DROP POLICY IF EXISTS metadata_updates_proxy ON metadata_updates;
    CREATE POLICY metadata_updates_proxy ON metadata_updates TO mintcache_proxy USING (true);
END $$;

-- Supabase gives its API's roles every right on new tables. Row-level security holds them back, except from TRUNCATE.
DO $$
DECLARE
    visitor text;
BEGIN
    FOREACH visitor IN ARRAY ARRAY['anon', 'authenticated'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = visitor) THEN CONTINUE; END IF;
        EXECUTE format(
            'REVOKE ALL ON users, nft_metadata, nft_metadata_rejected, chain_positions, metadata_updates, '
            'schema_migrations FROM %I', visitor);
        EXECUTE format('GRANT SELECT ON users, nft_metadata TO %I', visitor);
    END LOOP;
END $$;

INSERT INTO schema_migrations (version) VALUES (20261127094501) ON CONFLICT DO NOTHING;
