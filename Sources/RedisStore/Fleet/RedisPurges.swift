public import Caching

/// Purges in Redis: a hash with a field for each scope and strength, and some of one word for the last number, the
/// generation and the count of removals; announced on the stream of the fleet in the same step. The keys have one hash
/// tag, so that a cluster keeps them together.
///
/// Numbers grow though Redis loses its data: each is greater than the last, than the server's milliseconds since 1970, and
/// than what whoever orders the purge knows. Of two marks of one scope and strength the one with the greater number stays,
/// whoever writes it. Nothing is read or written in pieces that would hold Redis up.
public struct RedisPurges: FleetPurges {
    /// Marks in one command.
    private static let marksAtOnce = 500
    /// How often all is read again when something was removed meanwhile.
    private static let readings = 5

    private let client: RedisClient
    private let keys: RedisKeys
    private let streamLength: Int

    /// - Parameter client: shared with others, who close it.
    public init(client: RedisClient, keys: RedisKeys, channel: RedisFleetChannel.Options = .init()) {
        self.client = client
        self.keys = keys
        streamLength = channel.length
    }

    public func order(_ scope: PurgeScope, isSoft: Bool, after known: UInt64) async throws(StoreError) -> PurgeMark {
        let command = RedisCommand(
            "EVAL", PurgeScripts.ordering, "2", keys.purges, keys.fleet, "\(known)", isSoft ? "soft" : "hard",
            scope.description, "\(streamLength)", Self.newGeneration())
        let reply = try await client.replies(to: [command], within: nil)[0]
        guard let parts = reply.elements, parts.count == 2, let sequence = parts[0].text.flatMap({ UInt64($0) }),
            let moment = parts[1].text.flatMap({ Int64($0) })
        else { throw StoreError(unexpected: reply, to: "EVAL") }
        return PurgeMark(sequence: sequence, scope: scope, isSoft: isSoft, moment: moment)
    }

    /// A few hundred marks at a time. What is there throughout is read; but a mark that was replaced by a wider one
    /// meanwhile may be missed like that one, so then all is read again.
    public func remembered() async throws(StoreError) -> PurgeMemory {
        for _ in 0..<Self.readings {
            if let memory = try await reading() { return memory }
        }
        throw StoreError(kind: .overloaded, detail: "purges are being rearranged")
    }

    private func reading() async throws(StoreError) -> PurgeMemory? {
        let state = RedisCommand("HMGET", keys.purges, "generation", "removals", "sequence")
        var marks: [String: PurgeMark] = [:]
        var cursor = "0"
        var beginning: [RedisReply]?
        repeat {
            let page = RedisCommand("HSCAN", keys.purges, cursor, "COUNT", "\(Self.marksAtOnce)")
            let replies = try await client.replies(to: [state, page, state], within: nil)
            guard let before = replies[0].elements, let after = replies[2].elements, before.count == 3 else {
                throw StoreError(unexpected: replies[0], to: "HMGET")
            }
            guard let found = replies[1].elements, found.count == 2, let next = found[0].text,
                let parts = found[1].elements
            else { throw StoreError(unexpected: replies[1], to: "HSCAN") }
            // The number grows meanwhile, which is no reason to read again: what counts is where it was at first.
            let first = beginning ?? before
            if before.prefix(2) != first.prefix(2) || after.prefix(2) != first.prefix(2) { return nil }
            beginning = first
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                guard let field = parts[index].text, let value = parts[index + 1].text else { continue }
                if let mark = Self.mark(field: field, value: value) { marks[field] = mark }
            }
            cursor = next
        } while cursor != "0"
        return PurgeMemory(
            marks: Array(marks.values), generation: beginning?[0].text,
            sequence: beginning?[2].text.flatMap { UInt64($0) } ?? 0)
    }

    public func restore(_ marks: [PurgeMark]) async throws(StoreError) -> String {
        try await add(marks)
        let generation = Self.newGeneration()
        let last = marks.map(\.sequence).max() ?? 0
        try await client.expectSuccess(of: [
            RedisCommand("EVAL", PurgeScripts.adding, "1", keys.purges, "sequence", "\(last)"),
            RedisCommand("HSET", keys.purges, "generation", generation),
        ])
        return generation
    }

    /// First the wider ones, so that there is no moment without either.
    public func replace(_ replacement: PurgeMarks.Replacement) async throws(StoreError) {
        try await add(replacement.added)
        try await run(PurgeScripts.removing, with: replacement.removed)
    }

    private func add(_ marks: [PurgeMark]) async throws(StoreError) { try await run(PurgeScripts.adding, with: marks) }

    private func run(_ script: String, with marks: [PurgeMark]) async throws(StoreError) {
        for start in stride(from: 0, to: marks.count, by: Self.marksAtOnce) {
            let part = marks[start..<min(start + Self.marksAtOnce, marks.count)]
            let fields = part.flatMap { ["\($0.isSoft ? "soft" : "hard") \($0.scope)", "\($0.sequence) \($0.moment)"] }
            try await client.expectSuccess(of: [
                RedisCommand("EVAL", arguments: [script, "1", keys.purges] + fields)
            ])
        }
    }

    private static func newGeneration() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

    /// Nil for what is no purge.
    private static func mark(field: String, value: String) -> PurgeMark? {
        let name = field.split(separator: " ", maxSplits: 1)
        let numbers = value.split(separator: " ")
        guard name.count == 2, numbers.count == 2, let sequence = UInt64(numbers[0]), let moment = Int64(numbers[1])
        else { return nil }
        return PurgeMark(
            sequence: sequence, stored: String(name[1]), strength: String(name[0]), moment: moment)
    }
}

extension PurgeMark {
    /// A purge as it stands in Redis. A newer release may name scopes and strengths that this one does not know: that is
    /// a hard purge of everything here, which is more than was meant, and never less.
    init(sequence: UInt64, stored scope: String, strength: String, moment: Int64) {
        let known = PurgeScope(scope)
        self.init(
            sequence: sequence, scope: known ?? .everything, isSoft: strength == "soft" && known != nil, moment: moment)
    }
}
