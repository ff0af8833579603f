-- Users sign in with wallets: who may have which name, and who may see which row.

-- One name, one user, in whatever case.
CREATE UNIQUE INDEX IF NOT EXISTS users_username_folded ON users (lower(username COLLATE "C"));

-- Rows from before keep what they have.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = 'users'::regclass AND conname = 'users_username_form'
    ) THEN
        ALTER TABLE users ADD CONSTRAINT users_username_form CHECK (username ~ '^[A-Za-z0-9_-]{3,32}$') NOT VALID;
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_constraint WHERE conrelid = 'users'::regclass AND conname = 'users_wallet_address_form'
    ) THEN
        ALTER TABLE users
            ADD CONSTRAINT users_wallet_address_form CHECK (wallet_address ~ '^0x[0-9a-f]{40}$') NOT VALID;
    END IF;
END $$;

-- The user is whom the request's JSON Web Token names: by the user's id as its subject, or by the wallet as its claim
-- `wallet_address`. PostgREST and its relatives put the token's claims into these settings, the second one in older
-- versions. Nothing that users may write themselves, such as Supabase's `user_metadata`, is looked at. An empty or
-- absent setting is nobody.
DROP POLICY IF EXISTS users_read_own ON users;
CREATE POLICY users_read_own ON users FOR SELECT USING (
    id::text = coalesce(
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub',
        nullif(current_setting('request.jwt.claim.sub', true), '')
    )
    OR wallet_address = lower(coalesce(
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'wallet_address',
        nullif(current_setting('request.jwt.claim.wallet_address', true), '')
    ))
);

-- Row-level security holds back who may write at all.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON users, nft_metadata FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mintcache_proxy') THEN
        GRANT SELECT, INSERT, UPDATE ON users TO mintcache_proxy;
        DROP POLICY IF EXISTS users_proxy ON users;
        CREATE POLICY users_proxy ON users TO mintcache_proxy USING (true);
    END IF;

    -- Supabase's role for an operator's own programs is above row-level security. It goes on reading everything and
    -- looking after users; metadata is the proxy's alone to write.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT SELECT ON nft_metadata TO service_role;
        GRANT SELECT, INSERT, UPDATE, DELETE ON users TO service_role;
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON
            nft_metadata, nft_metadata_rejected, chain_positions, metadata_updates, schema_migrations FROM service_role;
        REVOKE TRUNCATE ON users FROM service_role;
    END IF;
END $$;

INSERT INTO schema_migrations (version) VALUES (20261127151500) ON CONFLICT DO NOTHING;
