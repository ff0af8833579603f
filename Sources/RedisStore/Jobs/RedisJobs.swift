public import Caching
import EventLoops

/// Jobs in Redis: a sorted set of all by their age, one of the open ones by the time at which their leases end, and for
/// each a hash and what is to be done. All names have one hash tag, so that a cluster keeps them together, and only the
/// server's clock counts for leases.
public struct RedisJobs: JobStore {
    private let client: RedisClient
    private let keys: RedisKeys

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys) {
        self.client = client
        self.keys = keys
    }

    // MARK: Adding

    public func add(_ job: NewJob, within bounds: JobBounds) async throws(StoreError) -> JobAddition {
        var names = [
            keys.jobs, keys.openJobs, keys.job(job.identifier), keys.work(of: job.identifier),
        ]
        if let run = job.run { names.append(keys.schedule(run.schedule)) }
        // A run is remembered until the next two are over, so that schedules that nobody has any more go.
        let memory = job.run.map { $0.interval.inMilliseconds * 3 } ?? 0
        let reply = try await run(
            JobScripts.add, names,
            [
                Array(job.identifier.utf8), Array("\(job.createdAt)".utf8), job.request, job.work,
                Array("\(bounds.open)".utf8), Array("\(bounds.kept)".utf8), Array("\(job.run?.number ?? 0)".utf8),
                Array("\(max(memory, 1))".utf8), Array(keys.job("").utf8),
            ])
        guard let parts = reply.elements, let word = parts.first?.text else {
            throw StoreError(unexpected: reply, to: "EVAL")
        }
        switch word {
        case "refused": return .refused
        case "later": return .notDue
        case _:
            let old = parts.dropFirst().compactMap(\.text)
            if !old.isEmpty { try await forget(old) }
            return .added
        }
    }

    private func forget(_ identifiers: [String]) async throws(StoreError) {
        let names = identifiers.flatMap { [keys.job($0), keys.work(of: $0)] }
        try await client.expectSuccess(of: [
            RedisCommand("DEL", arguments: names), RedisCommand("ZREM", arguments: [keys.jobs] + identifiers),
        ])
    }

    // MARK: Reading

    public func jobs() async throws(StoreError) -> [StoredJob] {
        let reply = try await client.replies(to: [RedisCommand("ZREVRANGE", keys.jobs, "0", "-1")], within: nil)[0]
        guard let elements = reply.elements else { throw StoreError(unexpected: reply, to: "ZREVRANGE") }
        let identifiers = elements.compactMap(\.text)
        guard !identifiers.isEmpty else { return [] }
        let hashes = try await fields(of: identifiers, besides: [])
        // Their hashes have expired.
        let gone = zip(identifiers, hashes).filter { _, fields in fields.dropFirst().allSatisfy { $0.bytes == nil } }
        if !gone.isEmpty { try await forget(gone.map(\.0)) }
        return zip(identifiers, hashes).compactMap { Self.job($0, $1) }
    }

    public func job(_ identifier: String) async throws(StoreError) -> StoredJob? {
        Self.job(identifier, try await fields(of: [identifier], besides: ["failures"])[0])
    }

    /// The fields of ``JobFields`` and the lease of each, as one list.
    private func fields(
        of identifiers: [String], besides others: [String]
    ) async throws(StoreError) -> [[RedisReply]] {
        let commands = identifiers.flatMap { identifier in
            [
                RedisCommand("HMGET", arguments: [keys.job(identifier)] + JobFields.names + others),
                RedisCommand("ZSCORE", keys.openJobs, identifier),
            ]
        }
        let clock = RedisCommand("EVAL", JobScripts.clock, "1", keys.openJobs)
        let replies = try await client.replies(to: commands + [clock], within: nil)
        for reply in replies { if let error = reply.serverError { throw StoreError(error) } }
        let now = Double(replies[replies.count - 1].integer ?? 0)
        return identifiers.indices.map { index in
            let lease = replies[index * 2 + 1].text.flatMap { Double($0) } ?? 0
            let isLeased = RedisReply.integer(lease > now ? 1 : 0)
            return [isLeased] + (replies[index * 2].elements ?? [])
        }
    }

    /// Nil for what is no job that this release knows.
    private static func job(_ identifier: String, _ reply: [RedisReply]) -> StoredJob? {
        let fields = JobFields(reply.dropFirst().map(\.bytes))
        guard let state = StoredJob.State(rawValue: fields.text(.state) ?? ""),
            let createdAt = fields.text(.created).flatMap({ Int64($0) }), let request = fields[.request]
        else { return nil }
        return StoredJob(
            identifier: identifier, createdAt: createdAt, request: request, state: state,
            owner: fields.text(.owner), isLeased: reply[0].integer == 1, progress: fields[.progress] ?? [],
            failures: fields.failures ?? [], endedAt: fields.text(.ended).flatMap { Int64($0) })
    }

    // MARK: Working

    public func claim(
        as owner: String, for term: Duration, besides others: Set<String>
    ) async throws(StoreError) -> ClaimedJob? {
        let reply = try await run(
            JobScripts.claim, [keys.openJobs, keys.job("")],
            [Array(owner.utf8), Array("\(term.inMilliseconds)".utf8)] + others.map { Array($0.utf8) })
        if case .null = reply { return nil }
        guard let identifier = reply.text else { throw StoreError(unexpected: reply, to: "EVAL") }
        let work = try await client.replies(to: [RedisCommand("GET", keys.work(of: identifier))], within: nil)[0]
        guard let job = try await job(identifier) else { return nil }
        return ClaimedJob(job: job, work: work.bytes ?? [])
    }

    public func save(
        _ update: JobUpdate, of identifier: String, as owner: String
    ) async throws(StoreError) -> JobStanding {
        let (course, duration): (String, Duration) =
            switch update.course {
            case .goesOn(let term): ("goes on", term)
            case .released: ("released", .zero)
            case .over(let state, let retention): (state.rawValue, retention)
            }
        var arguments = [
            Array(identifier.utf8), Array(owner.utf8), Array(course.utf8),
            Array("\(duration.inMilliseconds)".utf8), update.progress,
        ]
        if let failures = update.failures { arguments.append(failures) }
        let reply = try await run(
            JobScripts.save, [keys.openJobs, keys.job(identifier), keys.work(of: identifier)], arguments)
        switch reply.text {
        case "saved": return .saved
        case "cancelled": return .cancelled
        case "lost": return .lost
        case _: throw StoreError(unexpected: reply, to: "EVAL")
        }
    }

    public func cancel(
        _ identifier: String, retention: Duration
    ) async throws(StoreError) -> StoredJob? {
        _ = try await run(
            JobScripts.cancel, [keys.openJobs, keys.job(identifier), keys.work(of: identifier)],
            [Array(identifier.utf8), Array("\(retention.inMilliseconds)".utf8)])
        return try await job(identifier)
    }

    private func run(
        _ script: String, _ keys: [String], _ arguments: [[UInt8]]
    ) async throws(StoreError) -> RedisReply {
        var command = RedisCommand("EVAL", arguments: [script, "\(keys.count)"] + keys)
        for argument in arguments { command = command.with(argument) }
        let reply = try await client.replies(to: [command], within: nil)[0]
        if let error = reply.serverError { throw StoreError(error) }
        return reply
    }
}

/// The fields of a job's hash, in the order in which they are asked for.
private struct JobFields {
    enum Name: String, CaseIterable {
        case state, created, request, owner, progress, ended
    }

    static let names = Name.allCases.map(\.rawValue)

    private let values: [[UInt8]?]

    init(_ values: [[UInt8]?]) {
        self.values = values
    }

    subscript(name: Name) -> [UInt8]? {
        Name.allCases.firstIndex(of: name).flatMap { $0 < values.count ? values[$0] : nil }
    }

    func text(_ name: Name) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Where they were asked for.
    var failures: [UInt8]? { values.count > Self.names.count ? values[Self.names.count] : nil }
}
