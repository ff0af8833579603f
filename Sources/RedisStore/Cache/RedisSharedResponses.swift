public import Caching
import EventLoops
public import HTTPCaching

/// Upstreams' responses in Redis: one hash per URL, one field per variant, in the coding of ``ResponseCoding``. The
/// hash expires when the last of them is of no use any more. Each command touches one key.
public actor RedisSharedResponses: SharedResponses {
    /// What has happened since it was made.
    public struct Statistics: Sendable, Hashable {
        /// Values that were no response, or another URL's, and were deleted.
        public var unreadable = 0
        /// Responses that Redis had no memory for.
        public var refusedForMemory = 0
        /// Responses that were too large to share.
        public var tooLarge = 0
    }

    /// The largest value, in bytes: it crosses the network at once, and other commands wait for it.
    public static let maximumValue = 8 << 20
    /// Milliseconds.
    private static let shortestLifetime: Int64 = 1000
    private static let longestLifetime: Int64 = 365 * 86_400_000

    private let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    public private(set) var statistics = Statistics()
    private let client: RedisClient
    private let keys: RedisKeys
    private let compressionThreshold: Int?
    private let milliseconds: @Sendable () -> Int64

    /// - Parameters:
    ///   - client: shared with others, who close it.
    ///   - compressionThreshold: in bytes; longer values are compressed when that makes them shorter. Nil for none.
    ///   - milliseconds: the time since 1970, which lifetimes are counted from.
    public init(
        client: RedisClient, keys: RedisKeys, compressingAbove compressionThreshold: Int? = 1024,
        milliseconds: @escaping @Sendable () -> Int64 = { RedisSharedCache.systemMilliseconds() }
    ) {
        self.client = client
        self.keys = keys
        self.compressionThreshold = compressionThreshold
        self.milliseconds = milliseconds
        loop = client.loop
    }

    // MARK: Reading

    /// As ``SharedResponses/variants(for:matching:within:)``. Takes one round trip where the URL has one response for
    /// all requests, or none; two where it has variants.
    public func variants(
        for key: [UInt8], matching: @Sendable ([VariantKey]) -> [Int], within limit: Duration
    ) async throws(StoreError) -> [CachedResponse] {
        let start = loop.now
        let name = keys.responses(of: key)
        let first = try await client.replies(
            to: [
                RedisCommand("HGET", name).with(ResponseField.invariant.bytes), RedisCommand("HKEYS", name),
            ], within: limit)
        guard !first.contains(where: \.isOfWrongType) else {
            statistics.unreadable += 1
            _ = try await client.replies(to: [RedisCommand("UNLINK", name)], within: limit - (loop.now - start))
            return []
        }
        guard let names = first[1].elements else { throw StoreError(unexpected: first[1], to: "HKEYS") }
        let others = wanted(among: names, matching: matching)
        var readings = [(ResponseField.invariant, first[0])]
        if !others.isEmpty {
            let commands = others.map { RedisCommand("HGET", name).with($0.bytes) }
            readings += zip(others, try await client.replies(to: commands, within: limit - (loop.now - start)))
        }
        return try await responses(in: readings, of: key, within: limit - (loop.now - start))
    }

    /// The fields beside the one for every request that the caller has a use for; no more than are ever stored.
    private func wanted(among names: [RedisReply], matching: ([VariantKey]) -> [Int]) -> [ResponseField] {
        var fields: [ResponseField] = []
        var variants: [VariantKey] = []
        for name in names.prefix(2 * VariantSelection.limit) {
            guard let bytes = name.bytes, bytes != ResponseField.invariant.bytes else { continue }
            let field = ResponseField(bytes)
            guard let variant = field.variant else { continue }
            fields.append(field)
            variants.append(variant)
        }
        guard !variants.isEmpty else { return [] }
        return matching(variants).filter(fields.indices.contains).map { fields[$0] }
    }

    /// The responses in these replies. What is none is deleted.
    private func responses(
        in readings: [(ResponseField, RedisReply)], of key: [UInt8], within limit: Duration
    ) async throws(StoreError) -> [CachedResponse] {
        var found: [CachedResponse] = []
        var unreadable: [ResponseField] = []
        for (field, reply) in readings {
            switch reply {
            case .null: continue
            case .bulk(let bytes):
                do throws(StoredValueError) {
                    let response = try ResponseCoding.decode(bytes, key: key)
                    if ResponseField(of: response.head) == field {
                        found.append(response)
                    } else {
                        unreadable.append(field)
                    }
                } catch .unknownVersion {
                    // A newer release serves from the same Redis: its responses are not ours to delete.
                } catch {
                    unreadable.append(field)
                }
            case .error, .status, .integer, .array: throw StoreError(unexpected: reply, to: "HGET")
            }
        }
        guard !unreadable.isEmpty else { return found }
        statistics.unreadable += unreadable.count
        let command = RedisCommand("HDEL", keys.responses(of: key))
        _ = try await client.replies(to: [unreadable.reduce(command) { $0.with($1.bytes) }], within: limit)
        return found
    }

    // MARK: Writing

    /// As ``SharedResponses/store(_:for:)``. A hash that already has as many variants as are worth keeping begins anew;
    /// its lifetime is otherwise never shortened.
    public func store(_ response: CachedResponse, for key: [UInt8]) async throws(StoreError) {
        let name = keys.responses(of: key)
        let field = ResponseField(of: response.head)
        guard let bytes = value(of: response, key: key, field: field) else {
            statistics.tooLarge += 1
            try await client.expectSuccess(of: [RedisCommand("HDEL", name).with(field.bytes)])
            return
        }
        let state = try await client.replies(
            to: [
                RedisCommand("PTTL", name), RedisCommand("HLEN", name), RedisCommand("HEXISTS", name).with(field.bytes),
            ], within: nil)
        let isForeign = state.contains(where: \.isOfWrongType)
        if !isForeign, let error = state.compactMap(\.serverError).first { throw StoreError(error) }
        let isOverfull = (state[1].integer ?? 0) >= VariantSelection.limit && state[2].integer == 0
        let beginsAnew = isForeign || isOverfull
        let held = beginsAnew ? 0 : state[0].integer ?? 0
        var commands = [RedisCommand("MULTI")]
        if beginsAnew { commands.append(RedisCommand("UNLINK", name)) }
        commands.append(RedisCommand("HSET", name).with(field.bytes).with(bytes))
        if response.head.partial == nil {
            commands.append(RedisCommand("HDEL", name).with(ResponseField.part(of: response.head.variant).bytes))
        }
        commands.append(RedisCommand("PEXPIRE", name, "\(max(held, lifetime(of: response)))"))
        commands.append(RedisCommand("EXEC"))
        do throws(StoreError) {
            try await client.expectSuccess(of: commands)
        } catch {
            if error.kind == .overloaded { statistics.refusedForMemory += 1 }
            throw error
        }
    }

    public func forget(_ key: [UInt8]) async throws(StoreError) {
        try await client.expectSuccess(of: [RedisCommand("UNLINK", keys.responses(of: key))])
    }

    /// Nil when it is too large to share.
    private func value(of response: CachedResponse, key: [UInt8], field: ResponseField) -> [UInt8]? {
        guard response.body.count <= Self.maximumValue, field.bytes.count <= ResponseField.maximumLength,
            let bytes = ResponseCoding.encode(
                response, key: key, compressingAbove: response.isCompressible ? compressionThreshold : nil),
            bytes.count <= Self.maximumValue
        else { return nil }
        return bytes
    }

    /// Milliseconds. One that is all but useless is still kept for other replicas to find.
    private func lifetime(of response: CachedResponse) -> Int64 {
        let (left, overflow) = response.head.usefulUntil.subtractingReportingOverflow(milliseconds())
        return overflow ? Self.longestLifetime : min(max(left, Self.shortestLifetime), Self.longestLifetime)
    }
}

extension CachedResponse {
    /// Whether compressing the body can help: media and what its origin has compressed only costs time.
    fileprivate var isCompressible: Bool {
        !head.fields.lines.contains { line in
            if line.isNamed("content-encoding") { return true }
            guard line.isNamed("content-type") else { return false }
            let type = String(decoding: line.value.prefix(16), as: UTF8.self).lowercased()
            return ["image/", "video/", "audio/", "font/"].contains { type.hasPrefix($0) } && !type.contains("svg")
        }
    }
}

extension RedisReply {
    fileprivate var isOfWrongType: Bool { serverError?.code == "WRONGTYPE" }
}
