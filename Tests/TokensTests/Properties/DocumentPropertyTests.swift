import Testing
import Tokens

@Suite struct `Whatever a document holds` {
    private static let rounds: UInt64 = 1000
    private static let names = [
        "name", "image", "attributes", "properties", "animation_url", "description", "external_url", "data",
    ]
    private static let values = [
        "null", "1", "true", "\"x\"", "\"ipfs://\"", "[]", "{}", "[{\"trait_type\":\"a\",\"value\":[1]}]", "-0.50",
        "{\"image\":\"javascript:1\"}", "\"data:text/html,<b>\"", "\"<svg/>\"", "[[[]]]", "\"\\ud83d\"", "\"h.test/a\"",
        "\"https://h.test/1.mp4\"", "\"ipfs://QmeSjSinHpPnmXmspMjwiXyN6zS4E9zccariGR3jxcaWtq/1.glb\"",
        "{\"name\":\"N\",\"description\":{\"type\":\"string\",\"description\":7}}",
    ]

    @Test func `the token object has one shape, and the document inside`() throws {
        try Rounds.run(Self.rounds) { generator, seed in
            let members = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                let name = Self.names[Int.random(in: 0..<Self.names.count, using: &generator)]
                return "\"\(name)\":\(Self.values[Int.random(in: 0..<Self.values.count, using: &generator)])"
            }
            let document = "{\(members.joined(separator: ","))}"
            let root = try view(document)
            TokenObjectShape.check(root, "\(seed)")
            #expect(root["metadata"].map { text($0.text) } == document, seed)
        }
    }
}
