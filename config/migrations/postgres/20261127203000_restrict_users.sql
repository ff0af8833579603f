-- Who may read and write users, column by column.

-- Row-level security shows a user the own row, and takes the user's word from settings that whoever speaks SQL may set.
-- So only roles in whose name somebody checks JSON Web Tokens may read users at all: Supabase's, where there are any.
-- Others are let in by hand:
--
--     GRANT SELECT ON users TO web_visitor;
REVOKE ALL ON users FROM PUBLIC;

DO $$
DECLARE
    visitor text;
BEGIN
    FOREACH visitor IN ARRAY ARRAY['anon', 'authenticated'] LOOP
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = visitor) THEN
            EXECUTE format('GRANT SELECT ON users TO %I', visitor);
        END IF;
    END LOOP;

    -- The proxy makes users, names them and notes when they were seen. Whose a row is, and since when, stays.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mintcache_proxy') THEN
        REVOKE ALL ON users FROM mintcache_proxy;
        GRANT SELECT, INSERT (wallet_address, created_at, last_seen_at), UPDATE (username, last_seen_at)
            ON users TO mintcache_proxy;
    END IF;
END $$;

INSERT INTO schema_migrations (version) VALUES (20261127203000) ON CONFLICT DO NOTHING;
