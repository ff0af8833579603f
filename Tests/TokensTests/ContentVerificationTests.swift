import EventLoops
import Testing

@testable import Tokens

/// Identifiers that the world knows, and those of made-up bytes that another implementation computed.
@Suite struct `Content and its identifier` {
    private static func verification(of bytes: [UInt8], against text: String) throws -> ContentVerification {
        ContentVerification(of: bytes, against: try #require(CID(text)), sha256: { SHA256.hash($0) })
    }

    /// Bytes that no chunk repeats.
    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 * $0 + $0) >> 3) }
    }

    @Test(arguments: [
        ("hello world\n", "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"),
        ("hello world", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
        ("", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
    ])
    func `raw bytes are told from all others`(text: String, identifier: String) throws {
        #expect(try Self.verification(of: Array(text.utf8), against: identifier) == .verified)
        #expect(try Self.verification(of: Array("\(text)!".utf8), against: identifier) == .mismatch)
    }

    @Test(arguments: [
        ("hello world\n", "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"),
        ("hello world\n", "bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby"),
        ("hello world", "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"),
        ("", "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"),
    ])
    func `a file in one block is proven, another never disproven`(text: String, identifier: String) throws {
        #expect(try Self.verification(of: Array(text.utf8), against: identifier) == .verified)
        #expect(try Self.verification(of: Array("\(text)!".utf8), against: identifier) == .undecided)
    }

    @Test func `a file in several blocks is proven where it was cut in a usual way`() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        #expect(
            try Self.verification(of: zeros, against: "QmVkbauSDEaMP4Tkq6Epm9uW75mWm136n81YH8fGtfwdHU") == .verified)
        let cases = [
            (262_144, "QmW7qZyzhDXqjZo6URgAb4VrLpUtBgBxz2gEMTqYYqUHeS"),
            (262_145, "QmSXeUH6J9S3ZjZ7ZXy5CBbTkGs1aLXF8gCSnka5zxyR8P"),
            (262_145, "bafybeiazoffn2wq24khxmj5q5uxaggwxkdbtzfm7byeoycuwvdf7mtbvsm"),
            (600_000, "Qmd2PwZAHXaP1SSaKHLtyCzwgotggVF7nNWL5tqsawkTBS"),
            (600_000, "bafybeieinqz5qpxsuqc4laxgudwydwrmrv6p4fn2jrjcatdbs4vf7xvlvu"),
            (2_500_000, "bafybeigdc3xbhm2qfc76qbxlao3u3tuh6mvnf6nse2mvf3uxoeuvcsmppe"),
        ]
        for (count, identifier) in cases {
            #expect(try Self.verification(of: Self.pattern(count), against: identifier) == .verified, "\(identifier)")
            #expect(try Self.verification(of: Self.pattern(count + 1), against: identifier) == .undecided)
        }
    }

    @Test func `a file of more blocks than a node has links is a tree`() throws {
        let zeros = [UInt8](repeating: 0, count: (256 << 10) * 174 + 5)
        for identifier in [
            "QmZnWyXUgKLewGeej7QKKgTLRQkeDJ38FLTW5KkfMiwtfu",
            "bafybeiamtwkyyosgqkiyhjkkasophwy2um6dap7lwjeel3vxam3qlglf3u",
        ] {
            #expect(try Self.verification(of: zeros, against: identifier) == .verified)
        }
    }

    @Test func `an identifier that is its content is compared with it`() throws {
        // Version 1, raw, identity, five bytes.
        #expect(try Self.verification(of: Array("hello".utf8), against: "f0155000568656c6c6f") == .verified)
        #expect(try Self.verification(of: Array("hullo".utf8), against: "f0155000568656c6c6f") == .mismatch)
    }

    @Test func `other codecs and functions decide nothing`() throws {
        let digest = SHA256.hash(Array("x".utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        // dag-cbor; SHA3-256; and SHA-256 cut short.
        for head in ["01711220", "01551620"] {
            #expect(try Self.verification(of: Array("x".utf8), against: "f\(head)\(digest)") == .undecided)
        }
        #expect(try Self.verification(of: Array("x".utf8), against: "f01551214\(digest.prefix(40))") == .undecided)
    }
}
