import CHiredis

extension RedisClient {
    /// The Redis protocol library it was built with.
    public static var libraryVersion: String { "hiredis/\(HIREDIS_MAJOR).\(HIREDIS_MINOR).\(HIREDIS_PATCH)" }
}
