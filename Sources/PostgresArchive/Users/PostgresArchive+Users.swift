public import Caching
import EventLoops
public import Sessions

extension PostgresArchive: UserDirectory {
    public func admit(_ wallet: WalletAddress, at now: Int64, within limit: Duration) async throws(StoreError) -> User {
        let result = try await change(.admit(wallet, at: now), within: limit)
        guard let user = result?.user(of: wallet) else {
            throw StoreError(kind: .invalid, detail: "postgres: a user that was admitted is not there")
        }
        return user
    }

    public func user(of wallet: WalletAddress, within limit: Duration) async throws(StoreError) -> User? {
        guard !isClosed else { throw Self.closed }
        do throws(PostgresFailure) {
            return try await writer.read(.user(of: wallet), within: limit).user(of: wallet)
        } catch {
            throw error.storeError
        }
    }

    public func rename(
        _ wallet: WalletAddress, to name: Username, within limit: Duration
    ) async throws(StoreError) -> Renaming {
        guard !isClosed else { throw Self.closed }
        do throws(PostgresFailure) {
            let result = try await writer.write([.rename(wallet, to: name)], limits: limits(within: limit))
            return result?.user(of: wallet).map { .done($0) } ?? .noSuchUser
        } catch {
            if case .server(let report) = error, report.code == Self.uniqueViolation { return .taken }
            throw error.storeError
        }
    }

    public func note(_ sightings: [WalletAddress: Int64]) async throws(StoreError) {
        if sightings.isEmpty { return }
        try await write([.note(sightings)])
    }

    /// PostgreSQL manual, appendix A.
    private static let uniqueViolation = "23505"

    private func change(
        _ statement: PostgresStatement, within limit: Duration
    ) async throws(StoreError) -> PostgresResult? {
        guard !isClosed else { throw Self.closed }
        do throws(PostgresFailure) {
            return try await writer.write([statement], limits: limits(within: limit))
        } catch {
            throw error.storeError
        }
    }

    private func limits(within limit: Duration) -> PostgresLimits {
        var limits = settings.limits
        limits.write = min(limits.write, limit)
        limits.statement = min(limits.statement, limit)
        return limits
    }
}
