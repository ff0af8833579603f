-- Users sign in with wallets: one name, one user, in whatever case.

CREATE UNIQUE INDEX IF NOT EXISTS users_username_folded ON users (username COLLATE NOCASE);
