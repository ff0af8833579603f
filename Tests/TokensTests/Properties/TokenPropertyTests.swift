import Testing
import Tokens

/// What holds for every input, tried on thousands that a seed chooses.
@Suite struct `Whatever a stranger sends` {
    private static let rounds = 20_000
    /// Pieces that URIs are made of, right and wrong.
    private static let pieces = [
        "ipfs://", "ipns/", "/ipfs/", "ar://", "https://h.test", "data:", "application/json", ";base64,", ",{",
        "QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "/", "/", "#", "?", "=", ".", "..", "%", "%20", "%2F", "a", "é", " ", "\n", ".json", ".png", "{id}", "0x{id}",
        "\"",
    ]

    private func uri(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
        }.joined()
    }

    @Test func `a canonical URI names the same content again`() {
        var generator = SeededGenerator(seed: 1)
        var canonical = 0
        for _ in 0..<Self.rounds {
            let text = uri(&generator)
            guard let once = TokenURI(parsing: text).canonical else { continue }
            canonical += 1
            #expect(TokenURI(parsing: once).canonical == once, "\(text)")
        }
        #expect(canonical > Self.rounds / 40)
    }

    @Test func `a path of content is encoded exactly once`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<Self.rounds {
            let text = "ipfs://QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq/" + uri(&generator)
            guard case .ipfs(let cid, let path) = TokenURI(parsing: text) else { continue }
            #expect(TokenURI(parsing: "ipfs://\(cid.text)\(path)") == .ipfs(cid, path: path), "\(text)")
            #expect(path.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(text)")
        }
    }

    @Test func `a string that was encoded is decoded, and one that was mutated is never read past its end`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<Self.rounds / 4 {
            let text = uri(&generator)
            var data = ABI.encodeString(text)
            #expect(try ABI.decodeString(data) == text)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                data[Int.random(in: 0..<data.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            data.removeLast(Int.random(in: 0...min(40, data.count), using: &generator))
            if let read = try? ABI.decodeString(data) { #expect(read.utf8.count <= data.count * 3) }
        }
    }

    @Test func `a number or an address is read back as it was written, and no other text is`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<Self.rounds / 4 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let token = try TokenIdentifier(parsing: "0x" + digits)
            #expect(try TokenIdentifier(parsing: token.decimal) == token)
            let address = try ContractAddress(parsing: "0x" + digits.prefix(40))
            #expect(try ContractAddress(parsing: address.checksummed) == address)
            // One letter in the other case is a wrong checksum.
            let letters = address.checksummed.indices.dropFirst(2).filter { address.checksummed[$0].isLetter }
            guard letters.count > 1, let place = letters.randomElement(using: &generator) else { continue }
            var wrong = Array(address.checksummed)
            let offset = address.checksummed.distance(from: address.checksummed.startIndex, to: place)
            wrong[offset] = Character(
                wrong[offset].isUppercase ? wrong[offset].lowercased() : wrong[offset].uppercased())
            let isOneCase = String(wrong.dropFirst(2)).lowercased() == String(wrong.dropFirst(2))
            guard !isOneCase, String(wrong.dropFirst(2)).uppercased() != String(wrong.dropFirst(2)) else { continue }
            #expect(throws: IdentifierError.self) { try ContractAddress(parsing: String(wrong)) }
        }
    }

    @Test func `a data URI in base64 gives the bytes that went in`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<Self.rounds / 4 {
            let bytes = (0..<Int.random(in: 1...80, using: &generator)).map { _ in
                UInt8.random(in: 128...255, using: &generator)
            }
            let text = "data:image/png;base64," + String(decoding: Base64.encode(bytes), as: UTF8.self)
            #expect(TokenURI(parsing: text) == .data(mediaType: "image/png", bytes: bytes))
            let unpadded = String(text.prefix { $0 != "=" }).replacing("+", with: "-").replacing("/", with: "_")
            let illegal = unpadded.replacing("data:image_png", with: "data:image/png")
            #expect(TokenURI(parsing: illegal) == .data(mediaType: "image/png", bytes: bytes))
        }
    }

    @Test func `a document of any kind becomes a token object of one shape, or an error`() throws {
        var generator = SeededGenerator(seed: 6)
        let names = [
            "name", "image", "attributes", "properties", "animation_url", "description", "external_url", "data",
        ]
        let values = [
            "null", "1", "true", "\"x\"", "\"ipfs://\"", "[]", "{}", "[{\"trait_type\":\"a\",\"value\":[1]}]", "1e999",
            "{\"image\":\"javascript:1\"}", "\"data:text/html,<b>\"", "\"<svg/>\"", "[[[]]]", "\"\\ud83d\"",
        ]
        var shapes: Set<[String]> = []
        for _ in 0..<Self.rounds / 4 {
            let members = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                let name = names[Int.random(in: 0..<names.count, using: &generator)]
                return "\"\(name)\":\(values[Int.random(in: 0..<values.count, using: &generator)])"
            }
            let document = Array("{\(members.joined(separator: ","))}".utf8)
            let record = TokenRecord(
                reference: try TokenReference(caip19: "eip155:1/erc721:0x06012c8cf97bead5deae237070f9587f8e7a266d/1"),
                outcome: .document, document: document, fetchedAt: 0, freshUntil: 1)
            let object = try TokenView.tokenObject(for: record, stale: false, links: MediaLinks { _ in nil })
            let root = try JSONDocument(validating: object.bytes).root
            shapes.insert(root.members.map(\.name))
            #expect(root["metadata"].map { Array($0.text) } == document)
            let image = root["image"]?.string ?? "data:image/"
            #expect(image.hasPrefix("https://") || image.hasPrefix("http://") || image.hasPrefix("data:image/"))
        }
        #expect(shapes.count == 1)
    }
}
