import Testing
import Tokens

@testable import Mintcache

@Suite struct `Recent documents` {
    private static func document(_ bytes: Int) -> DocumentReport.Finding {
        .document(MetadataDocument([UInt8](repeating: 0x20, count: bytes), nil, .none))
    }

    @Test func `are remembered by their content`() {
        var recent = RecentDocuments()
        recent.remember(Self.document(10), of: "ipfs://a/")
        #expect(recent["ipfs://a/"] != nil && recent["ipfs://b/"] == nil)
    }

    @Test func `are forgotten in the order they came, so that there is a bound`() {
        var recent = RecentDocuments()
        for number in 0..<100 { recent.remember(Self.document(500_000), of: "\(number)") }
        let kept = (0..<100).filter { recent["\($0)"] != nil }
        #expect(kept == Array(84..<100))
    }

    @Test func `are bounded in number though they be small`() {
        var recent = RecentDocuments()
        for number in 0..<100_000 { recent.remember(Self.document(0), of: "\(number)") }
        let kept = (0..<100_000).filter { recent["\($0)"] != nil }
        #expect((10_000..<20_000).contains(kept.count) && kept.last == 99_999)
    }

    @Test func `are neither large ones nor anything that may change`() {
        var recent = RecentDocuments()
        recent.remember(Self.document(2 << 20), of: "large")
        recent.remember(.unusable(.tooLarge), of: "unusable")
        recent.remember(.notModified(.none), of: "unchanged")
        recent.remember(.nothing, of: "nothing")
        for content in ["large", "unusable", "unchanged", "nothing"] { #expect(recent[content] == nil) }
    }
}

@Suite struct `Forms of a token's number` {
    private static func key() throws -> CollectionKey {
        let reference = try reference()
        return CollectionKey(chain: reference.chain, contract: reference.contract)
    }

    @Test func `are all tried while none is known, but for one that reads as another token's`() throws {
        let memory = IdentifierFormMemory()
        let key = try Self.key()
        #expect(memory.candidates(for: TokenIdentifier(10), of: key) == [.paddedHex, .decimal, .hex, .prefixedHex])
        #expect(memory.candidates(for: TokenIdentifier(16), of: key) == [.paddedHex, .decimal, .prefixedHex])
    }

    @Test func `are the known one and the standard's afterwards`() throws {
        let memory = IdentifierFormMemory()
        let key = try Self.key()
        memory[key] = .hex
        #expect(memory.candidates(for: TokenIdentifier(16), of: key) == [.hex, .paddedHex])
        memory[key] = .paddedHex
        #expect(memory.candidates(for: TokenIdentifier(16), of: key) == [.paddedHex])
    }
}
