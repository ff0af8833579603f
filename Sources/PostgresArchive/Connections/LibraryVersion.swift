import CPostgres

extension PostgresArchive {
    /// The PostgreSQL client library in use; its number is major times 10,000 plus minor.
    public static var libraryVersion: String {
        let number = PQlibVersion()
        return "libpq/\(number / 10_000).\(number % 10_000)"
    }
}
