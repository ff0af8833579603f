import MintcacheTesting
import Testing

@testable import Sessions

@Suite("What is kept of sessions") struct SessionRecordTests {
    private static let wallet = WalletAddress(checksummed: TestWallet(1).address)

    private static func record(_ agent: String = "Mozilla/5.0") throws -> SessionRecord {
        SessionRecord(
            wallet: try #require(wallet), chain: 137, user: "0b7e8c1e-6f0a-4d53-9a43-2f6d1c0a9b11", agent: agent,
            createdAt: 1_767_323_045_678)
    }

    @Test func `a record survives being written and read`() throws {
        var record = try Self.record()
        record.lastSeenAt += 5000
        #expect(SessionRecord(encoded: record.encoded) == record)
    }

    @Test func `a record cut short, too long or of another version is none`() throws {
        let bytes = try Self.record().encoded
        for count in 0..<bytes.count { #expect(SessionRecord(encoded: Array(bytes.prefix(count))) == nil) }
        #expect(SessionRecord(encoded: bytes + [0]) == nil)
        #expect(SessionRecord(encoded: [2] + bytes.dropFirst()) == nil)
    }

    @Test func `a browser's name is kept within bounds and printable`() throws {
        let record = try Self.record("a\r\n\u{1B}b" + String(repeating: "c", count: 500))
        #expect(record.agent.hasPrefix("abc") && record.agent.utf8.count == SessionRecord.agentLimit)
    }

    @Test func `a session ends when it was not used, and at last in any case`() throws {
        let terms = SessionTerms(absolute: 10_000, idle: 4000)
        var record = try Self.record()
        let start = record.createdAt
        #expect(!terms.isOver(record, at: start + 3999) && terms.isOver(record, at: start + 4000))
        record.lastSeenAt = start + 9000
        #expect(!terms.isOver(record, at: start + 9999) && terms.isOver(record, at: start + 10_000))
        #expect(!terms.isWorthNoting(record, at: start + 9399) && terms.isWorthNoting(record, at: start + 9400))
    }

    @Test func `a token is read back in its one spelling only`() throws {
        let token = SessionToken(wallet: try #require(Self.wallet), secret: (0..<32).map { UInt8($0 + 0xA0) })
        #expect(SessionToken(token.text[...]) == token)
        #expect(SessionToken(token.text.uppercased()[...]) == nil)
        #expect(SessionToken(token.text.dropLast(2)) == nil && SessionToken((token.text + "00")[...]) == nil)
        #expect(SessionToken(("zz" + token.text.dropFirst(2))[...]) == nil)
    }

    @Test func `the sessions used longest ago make room`() throws {
        let wallet = try #require(Self.wallet)
        let sessions = try (0..<40).map { number in
            var record = try Self.record()
            record.lastSeenAt += Int64((number * 7) % 40)
            return (key: SessionKey(wallet: wallet, digest: [UInt8(number)]), record: record)
        }
        let surplus = SessionLimits.surplus(among: sessions)
        #expect(surplus.count == 9)
        let left = sessions.filter { !surplus.contains($0.key) }.map(\.record.lastSeenAt)
        #expect(left.min() == sessions[0].record.createdAt + 9)
    }

    @Test(arguments: ["abc", "A-b_9", String(repeating: "x", count: 32), "adminton"])
    func `usernames are letters, digits, underscores and hyphens`(_ text: String) throws {
        #expect(try Username(text).text == text)
    }

    @Test(arguments: [
        ("ab", Username.Fault.form), (String(repeating: "x", count: 33), .form), ("a b", .form), ("a.b.c", .form),
        ("\u{430}dmin", .form), ("", .form), ("abc\n", .form), ("Admin", .reserved), ("ad-min", .reserved),
        ("_root_", .reserved), ("---", .reserved), ("MintCache", .reserved),
    ])
    func `other usernames are refused`(_ text: String, _ fault: Username.Fault) {
        #expect(throws: fault) { try Username(text) }
    }
}
