/// What an archive on PostgreSQL needs to know.
public struct PostgresSettings: Sendable {
    public var url: PostgresURL
    /// Connections held: one writes, the others read. Fewer than two count as two.
    public var connections: Int
    /// The folder of the migrations, `config/migrations/postgres` in the source tree.
    public var migrations: String
    public var limits: PostgresLimits

    public init(
        url: PostgresURL, connections: Int = 2, migrations: String, limits: PostgresLimits = PostgresLimits()
    ) {
        self.url = url
        self.connections = connections
        self.migrations = migrations
        self.limits = limits
    }
}
