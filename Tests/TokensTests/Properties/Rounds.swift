import Testing

/// Rounds of a property, each from a seed of its own: what fails names the seed, and a generator with that seed makes the
/// same input again.
enum Rounds {
    static func run(
        _ count: UInt64, _ property: (_ generator: inout SeededGenerator, _ seed: Comment) throws -> Void
    ) rethrows {
        for seed in 0..<count {
            var generator = SeededGenerator(seed: seed)
            try property(&generator, "seed \(seed)")
        }
    }
}

extension SeededGenerator {
    /// Pieces that URIs are made of, right and wrong.
    private static let pieces = [
        "ipfs://", "ipns/", "/ipfs/", "ar://", "https://h.test", "data:", "application/json", ";base64,", ",{",
        "QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "/", "/", "#", "?", "=", ".", "..", "%", "%20", "%2F", "a", "é", " ", "\n", ".json", ".png", "{id}", "0x{id}",
        "\"",
    ]

    mutating func uri() -> String {
        (0..<Int.random(in: 1...12, using: &self)).map { _ in
            Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &self)]
        }.joined()
    }

    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Of an alphabet that a parser is likely to take, or nearly.
    mutating func text(of alphabet: String, _ count: ClosedRange<Int>) -> String {
        let characters = Array(alphabet)
        return String(
            (0..<Int.random(in: count, using: &self)).map { _ in
                characters[Int.random(in: 0..<characters.count, using: &self)]
            })
    }
}
