public import Caching
public import Sessions

extension SQLiteArchive: UserDirectory {
    public func admit(_ wallet: WalletAddress, at now: Int64, within limit: Duration) async throws(StoreError) -> User {
        let user = try await writer.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.admit(wallet, at: now)
        }
        guard let user else {
            throw StoreError(kind: .invalid, detail: "sqlite: a user that was admitted is not there")
        }
        return user
    }

    public func user(of wallet: WalletAddress, within limit: Duration) async throws(StoreError) -> User? {
        try await reader.run(within: limit) { (database) throws(SQLiteFailure) in
            try database.user(of: wallet)
        }
    }

    public func rename(
        _ wallet: WalletAddress, to name: Username, within limit: Duration
    ) async throws(StoreError) -> Renaming {
        try await writer.run(within: limit) { (database) throws(SQLiteFailure) in
            do throws(SQLiteFailure) {
                return try database.rename(wallet, to: name).map { .done($0) } ?? .noSuchUser
            } catch {
                if error.isAboutRow { return .taken }
                throw error
            }
        }
    }

    public func note(_ sightings: [WalletAddress: Int64]) async throws(StoreError) {
        if sightings.isEmpty { return }
        try await writer.run(within: writeLimit) { (database) throws(SQLiteFailure) in
            try database.transaction { () throws(SQLiteFailure) in
                for (wallet, time) in sightings { try database.note(wallet, at: time) }
            }
        }
    }
}
