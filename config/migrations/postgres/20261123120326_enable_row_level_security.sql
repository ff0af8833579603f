-- Who may see what. The tables' owner, as which the program connects, is above these rules; so is a role with BYPASSRLS.
-- Where there is no policy for a command, nobody else may run it.

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE nft_metadata ENABLE ROW LEVEL SECURITY;
ALTER TABLE nft_metadata_rejected ENABLE ROW LEVEL SECURITY;
ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON users, nft_metadata TO PUBLIC;

DROP POLICY IF EXISTS nft_metadata_read ON nft_metadata;
CREATE POLICY nft_metadata_read ON nft_metadata FOR SELECT USING (true);

-- The user is the subject of the session's JSON Web Token, which PostgREST and its relatives put into these settings,
-- the second one in older versions. An empty or absent setting is nobody.
DROP POLICY IF EXISTS users_read_own ON users;
CREATE POLICY users_read_own ON users FOR SELECT USING (
    id::text = coalesce(
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub',
        nullif(current_setting('request.jwt.claim.sub', true), '')
    )
);

INSERT INTO schema_migrations (version) VALUES (20261123120326) ON CONFLICT DO NOTHING;
