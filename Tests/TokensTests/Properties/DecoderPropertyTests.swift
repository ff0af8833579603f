import Testing

@testable import Tokens

@Suite struct `Whatever a contract returns` {
    private static let rounds: UInt64 = 5000

    @Test func `a string that was encoded is decoded`() throws {
        try Rounds.run(Self.rounds) { generator, seed in
            let text = generator.uri()
            let decoded = try ABI.decodeString(ABI.encodeString(text))
            #expect(decoded == text, seed)
        }
    }

    @Test func `a string that was mutated is never read past its end`() {
        Rounds.run(Self.rounds) { generator, seed in
            var data = ABI.encodeString(generator.uri())
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                data[Int.random(in: 0..<data.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            data.removeLast(Int.random(in: 0...min(40, data.count), using: &generator))
            guard let read = try? ABI.decodeString(data) else { return }
            #expect(read.utf8.count <= data.count * 3, seed)
            #expect(!read.utf8.contains(0), seed)
        }
    }

    @Test func `a number is its first word, whatever follows`() {
        Rounds.run(Self.rounds) { generator, seed in
            let data = generator.bytes(0...80)
            let value = ABI.decodeInteger(data)
            #expect((value == nil) == (data.count < 32), seed)
            if let value { #expect(value.bigEndianBytes == Array(data.prefix(32)), seed) }
        }
    }

    @Test func `the results of many calls are as many as there were, or none`() {
        Rounds.run(Self.rounds) { generator, seed in
            let data = generator.bytes(0...400)
            let count = Int.random(in: 0...8, using: &generator)
            if let outcomes = try? Multicall.outcomes(of: data, count: count) { #expect(outcomes.count == count, seed) }
        }
    }
}

@Suite struct `Whatever a data URI carries` {
    private static let rounds: UInt64 = 5000

    @Test func `base 64 gives the bytes that went in, in both alphabets, padded or not`() {
        Rounds.run(Self.rounds) { generator, seed in
            // No byte of text: what looks like JSON or markup is read as that.
            let bytes = generator.bytes(1...80).map { $0 | 0x80 }
            let digits = String(decoding: Base64.encode(bytes), as: UTF8.self)
            let bare = digits.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
            for text in [digits, bare] {
                #expect(
                    TokenURI(parsing: "data:image/png;base64," + text) == .data(mediaType: "image/png", bytes: bytes),
                    seed)
            }
        }
    }

    @Test func `percent-encoding gives the bytes that went in`() {
        Rounds.run(Self.rounds) { generator, seed in
            let bytes = generator.bytes(1...80)
            let digits = bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(TokenURI(parsing: "data:image/png," + digits) == .data(mediaType: "image/png", bytes: bytes), seed)
        }
    }

    @Test func `nothing makes more than there was, and it always has a type`() {
        Rounds.run(Self.rounds * 4) { generator, seed in
            let text = "data:" + generator.uri() + generator.text(of: "{}\"%=,;+/-_A0 \n", 0...20)
            guard case .data(let mediaType, let bytes) = TokenURI(parsing: text) else { return }
            #expect(bytes.count <= text.utf8.count, seed)
            #expect(mediaType.contains("/") && mediaType == mediaType.lowercased(), seed)
        }
    }
}
