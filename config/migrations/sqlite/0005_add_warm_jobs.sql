-- Warm jobs, where there is no Redis to hold them, and the last run of each schedule. Times are milliseconds since 1970.

CREATE TABLE IF NOT EXISTS warm_jobs (
    id           TEXT PRIMARY KEY NOT NULL,   -- those added later are greater
    created_at   INTEGER NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished', 'cancelled', 'failed')),
    request      BLOB NOT NULL,               -- what it is about
    work         BLOB NOT NULL DEFAULT x'',   -- what is to be done, until it has ended
    owner        TEXT,                        -- who works on it, or did last
    leased_until INTEGER NOT NULL DEFAULT 0,
    progress     BLOB NOT NULL DEFAULT x'',
    failures     BLOB NOT NULL DEFAULT x'',
    ended_at     INTEGER,
    forget_at    INTEGER                      -- when it has ended
);

CREATE TABLE IF NOT EXISTS warm_schedules (
    name      TEXT PRIMARY KEY NOT NULL,
    run       INTEGER NOT NULL,
    job       TEXT NOT NULL,                  -- of the last run
    forget_at INTEGER NOT NULL
);
