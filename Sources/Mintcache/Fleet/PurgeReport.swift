import Caching

/// What a purge has done: nothing that it concerns is answered any more by those named here.
struct PurgeReport: Sendable, Equatable {
    /// The number of the last purge that was ordered.
    var sequence: UInt64
    var scopes: [PurgeScope]
    var isSoft: Bool
    /// Who has done as it demands.
    var instances: [String] = []
    /// Who fell silent before.
    var silent: [String] = []

    /// The answer of `POST /admin/purge`.
    var document: [UInt8] {
        JSONNode.object([
            ("sequence", .integer(Int(clamping: sequence))), ("soft", .boolean(isSoft)),
            ("scopes", .array(scopes.map { .string($0.description) })),
            ("instances", .array(instances.sorted().map { .string($0) })),
            ("silent", .array(silent.sorted().map { .string($0) })),
        ]).bytes
    }
}

extension Problem {
    /// The purge is remembered and will be followed, but not everybody says that it was.
    static func purgeUnconfirmed(missing: Set<String>, staleFor limit: Duration) -> Problem {
        let names = missing.sorted().joined(separator: ", ")
        return purgeRefusal(
            "purge-unconfirmed", "Purge unconfirmed",
            "The purge is ordered, but these instances live and have not confirmed it: \(names). Their memory "
                + "may answer with what was purged for up to \(limit.components.seconds) s more. Purge again.")
    }

    /// - Parameters:
    ///   - ordered: how many of the purges Redis has taken, in the order in which they were asked for.
    ///   - count: of how many.
    static func purgeImpossible(_ error: StoreError, ordered: Int, of count: Int) -> Problem {
        let inForce =
            ordered == 0
            ? "Nothing was purged, unless Redis took it and could not say so."
            : "The first \(ordered) of \(count) purges are in force, but no instance has confirmed them."
        return purgeRefusal(
            "purge-impossible", "Purge impossible",
            "Redis does not take the purge (\(error.kind.rawValue)), and the instances cannot be told. \(inForce) "
                + "Purge again when it is back.")
    }

    /// Without Redis the mark ends with the process, and what the archive keeps would come back.
    ///
    /// - Parameters:
    ///   - done: how many of the purges the archive has followed, in the order in which they were asked for.
    ///   - count: of how many.
    static func purgeIncomplete(_ error: StoreError, done: Int, of count: Int) -> Problem {
        let others = count == 1 ? "" : " Done are the first \(done) of \(count) purges; those behind it are not begun."
        return purgeRefusal(
            "purge-impossible", "Purge impossible",
            "The archive does not forget what is purged (\(error.kind.rawValue)). This process does not answer with it "
                + "any more, but the next one would.\(others) Purge again when the archive is back.")
    }

    private static func purgeRefusal(_ slug: String, _ title: String, _ detail: String) -> Problem {
        var problem = Problem(503, slug, title, detail: detail)
        problem.isRetryable = true
        problem.retryAfter = 2
        return problem
    }
}
