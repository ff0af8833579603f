/// A record as bytes: the version of the form (1); created, last seen and chain of 8 bytes each, the most significant
/// first; the wallet's 20; user and agent, each with its length in front in one byte.
extension SessionRecord {
    private static let version: UInt8 = 1

    public var encoded: [UInt8] {
        var bytes = [Self.version]
        for number in [UInt64(bitPattern: createdAt), UInt64(bitPattern: lastSeenAt), chain] {
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
        }
        bytes += wallet.bytes
        for text in [user, agent] {
            let content = text.utf8.prefix(255)
            bytes.append(UInt8(content.count))
            bytes += content
        }
        return bytes
    }

    /// `nil` for bytes of another form, such as those of a later version.
    public init?(encoded bytes: [UInt8]) {
        var reader = Reader(bytes[...])
        guard reader.bytes(1) == [Self.version], let created = reader.number(), let seen = reader.number(),
            let chain = reader.number(), let wallet = reader.bytes(20).flatMap({ WalletAddress(bytes: $0) }),
            let user = reader.text(), let agent = reader.text(), reader.isAtEnd
        else { return nil }
        self.init(
            wallet: wallet, chain: chain, user: user, agent: agent, createdAt: Int64(bitPattern: created))
        lastSeenAt = Int64(bitPattern: seen)
    }

    private struct Reader {
        private var rest: ArraySlice<UInt8>

        init(_ rest: ArraySlice<UInt8>) {
            self.rest = rest
        }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func bytes(_ count: Int) -> [UInt8]? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }

        mutating func number() -> UInt64? {
            bytes(8).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
        }

        mutating func text() -> String? {
            guard let count = bytes(1)?.first, let content = bytes(Int(count)) else { return nil }
            return String(validating: content, as: UTF8.self)
        }
    }
}
