import Testing

@testable import Tokens

@Suite("Events of changed metadata")
struct MetadataEventTests {
    private static let contract = "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"

    /// The values of two other computations of Keccak-256, and of public ABIs.
    @Test(
        "the topics are the published ones",
        arguments: [
            (MetadataEvent.metadataUpdate, "f8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce7"),
            (.batchMetadataUpdate, "6bd5c950a8d8df17f772f5af37cb3655737899cbf903264b9795592da439661c"),
            (.uri, "6bb7ff708619ba0610cba295a58592e0451dee2622938c8755667688daf3529b"),
            (.contractURIUpdated, "a5d4097edda6d87cb9329af83fb3712ef77eeb13738ffe43cc35a4ce305ad962"),
            (.contractURIReplaced, "c9c7c3fe08b88b4df9d4d47ef47d2c43d55c025a0ba88ca442580ed9e7348a16"),
        ])
    func topics(event: MetadataEvent, topic: String) {
        #expect(event.topic.paddedHex == topic)
        #expect(MetadataEvent(topic: event.topic) == event)
    }

    private func word(_ value: UInt64) -> UInt256 { UInt256(value) }

    private func tokens(_ first: UInt256, _ last: UInt256) throws -> MetadataChange {
        .tokens(
            try ContractAddress(parsing: Self.contract), TokenRange(TokenIdentifier(first), TokenIdentifier(last)))
    }

    private func change(
        _ event: MetadataEvent, topics: [UInt256] = [], data: [UInt256] = []
    ) throws -> MetadataChange? {
        let bytes = Array(data.flatMap(\.bigEndianBytes).prefix(MetadataEvent.dataLimit))
        return event.change(by: try ContractAddress(parsing: Self.contract), topics: topics, data: bytes)
    }

    @Test("ERC-4906 names tokens in the data")
    func updates() throws {
        #expect(try change(.metadataUpdate, data: [word(7)]) == tokens(word(7), word(7)))
        #expect(try change(.batchMetadataUpdate, data: [word(7), word(9)]) == tokens(word(7), word(9)))
        #expect(try change(.metadataUpdate, data: [.max]) == tokens(.max, .max))
    }

    @Test("a batch to 2^256 − 1 is the rest of the collection, and from 0 all of it")
    func wholeCollection() throws {
        #expect(try change(.batchMetadataUpdate, data: [.zero, .max]) == tokens(.zero, .max))
        #expect(try change(.batchMetadataUpdate, data: [.zero, .max])?.range == .all)
        let rest = try #require(try change(.batchMetadataUpdate, data: [word(1), .max])?.range)
        #expect(rest.contains(TokenIdentifier(1)) && !rest.contains(TokenIdentifier(0)))
        #expect(rest.contains(TokenIdentifier(.max)))
    }

    @Test("contracts that index the arguments of ERC-4906 are understood")
    func indexed() throws {
        #expect(try change(.metadataUpdate, topics: [word(7)]) == tokens(word(7), word(7)))
        #expect(try change(.batchMetadataUpdate, topics: [word(7), word(9)]) == tokens(word(7), word(9)))
        #expect(try change(.batchMetadataUpdate, topics: [word(7)], data: [word(9)]) == tokens(word(7), word(9)))
        #expect(try change(.batchMetadataUpdate, topics: [word(9)], data: [word(7)]) == tokens(word(7), word(9)))
    }

    @Test("ERC-1155 names the token in a topic, or after the place of the text")
    func uri() throws {
        #expect(try change(.uri, topics: [word(7)], data: [word(32), word(3)]) == tokens(word(7), word(7)))
        #expect(try change(.uri, data: [word(64), word(7), word(3)]) == tokens(word(7), word(7)))
    }

    @Test("both kinds of ContractURIUpdated are about the contract")
    func contractURI() throws {
        let expected = MetadataChange.contract(try ContractAddress(parsing: Self.contract))
        #expect(try change(.contractURIUpdated) == expected)
        #expect(try change(.contractURIReplaced, data: [word(64), word(128)]) == expected)
    }

    @Test("a log without its arguments says nothing")
    func missing() throws {
        #expect(try change(.metadataUpdate) == nil)
        #expect(try change(.batchMetadataUpdate, data: [word(7)]) == nil)
        #expect(try change(.batchMetadataUpdate, topics: [word(7)]) == nil)
        #expect(try change(.uri, data: [word(32)]) == nil)
        let contract = try ContractAddress(parsing: Self.contract)
        let cut = [UInt8](repeating: 0, count: 31)
        #expect(MetadataEvent.metadataUpdate.change(by: contract, topics: [], data: cut) == nil)
    }
}

extension MetadataChange {
    fileprivate var range: TokenRange? {
        if case .tokens(_, let range) = self { range } else { nil }
    }
}

@Suite("Ranges of tokens")
struct TokenRangeTests {
    private func range(_ first: UInt64, _ last: UInt64) -> TokenRange {
        TokenRange(TokenIdentifier(first), TokenIdentifier(last))
    }

    @Test("hold both of their ends, whichever is given first")
    func ends() {
        #expect(range(9, 7) == range(7, 9))
        #expect(
            [6, 7, 8, 9, 10].map { range(7, 9).contains(TokenIdentifier($0)) } == [false, true, true, true, false])
        #expect(range(1, 9).contains(range(1, 9)) && range(1, 9).contains(range(2, 3)))
        #expect(!range(1, 9).contains(range(0, 3)) && !range(1, 9).contains(range(5, 10)))
    }

    @Test("become one when they overlap or touch")
    func merging() {
        #expect(TokenRange.merged([range(5, 5), range(1, 1), range(3, 4), range(2, 2)]) == [range(1, 5)])
        #expect(TokenRange.merged([range(1, 9), range(2, 3), range(11, 12)]) == [range(1, 9), range(11, 12)])
        #expect(TokenRange.merged([.all, range(1, 2)]) == [.all])
        #expect(TokenRange.merged([TokenRange(TokenIdentifier(.max)), .all]) == [.all])
        #expect(TokenRange.merged([]).isEmpty)
    }

    @Test("merged hold the same tokens, whatever they are")
    func property() {
        var generator = SeededGenerator(seed: 4906)
        for _ in 0..<500 {
            let ranges = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                range(.random(in: 0...30, using: &generator), .random(in: 0...30, using: &generator))
            }
            let merged = TokenRange.merged(ranges)
            for number in 0...31 as ClosedRange<UInt64> {
                let token = TokenIdentifier(number)
                #expect(ranges.contains { $0.contains(token) } == merged.contains { $0.contains(token) })
            }
            for (left, right) in zip(merged, merged.dropFirst()) {
                #expect(left.last.value.adding(1).map { $0 < right.first.value } == true)
            }
        }
    }
}
