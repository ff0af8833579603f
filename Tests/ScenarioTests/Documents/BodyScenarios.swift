import Caching
import EventLoops
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite("How a document's bytes come", .timeLimit(.minutes(2))) struct BodyScenarios {
    /// Long enough to become smaller.
    private static let document = #"{"name":"One","description":""# + String(repeating: "again ", count: 50) + #""}"#

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try #require(bytes.withUnsafeBytes { Compression.gzip($0) }).array
    }

    private static func outcome(of reply: Reply, limit: Int = 1 << 20) async throws -> DocumentScene.Outcome {
        var outcome: DocumentScene.Outcome?
        try await DocumentScene.play(.init(maximumBytes: limit)) { scene in
            scene.host.always { _ in reply }
            outcome = try await scene.ask(scene.url("/1"))
        }
        return try #require(outcome)
    }

    // MARK: Codings

    @Test(
        "E-106 compressed once or twice, announced or not, they are undone",
        arguments: [["Content-Encoding: gzip"], ["Content-Encoding: x-gzip"], []])
    func compressed(fields: [String]) async throws {
        let once = try Self.gzip(Array(Self.document.utf8))
        let outcome = try await Self.outcome(of: Reply(200, fields, once))
        #expect(outcome.text == Self.document)
        guard !fields.isEmpty else { return }
        // Too short to gain by it, so the second layer is a stored block.
        let twice = try await Self.outcome(of: Reply(200, fields, StoredGzip.around(once)))
        #expect(twice.text == Self.document)
    }

    @Test func `E-106 compressed, they are held against the limit as they grow`() async throws {
        let bomb = try Self.gzip([UInt8](repeating: UInt8(ascii: " "), count: 200_000))
        for fields in [["Content-Encoding: gzip"], []] {
            let outcome = try await Self.outcome(of: Reply(200, fields, bomb), limit: 100_000)
            #expect(outcome.unusable?.kind == .malformed)
            #expect(outcome.unusable?.reason.contains("upstream.max_body") == true)
        }
        let double = try Self.gzip(bomb)
        let outcome = try await Self.outcome(of: Reply(200, ["Content-Encoding: gzip"], double), limit: 100_000)
        #expect(outcome.unusable?.reason.contains("upstream.max_body") == true)
    }

    @Test func `E-106 in a coding that was not asked for, or broken, are no document`() async throws {
        for coding in ["compress", "gzip"] {
            let outcome = try await Self.outcome(of: Reply(200, ["Content-Encoding: \(coding)"], Self.document))
            #expect(outcome.problem?.isRetryable == false)
            #expect(outcome.attempts == ["malformed-response"], "\(coding)")
        }
        let broken = try Self.gzip(Array(Self.document.utf8)).dropLast(20)
        let outcome = try await Self.outcome(of: Reply(200, [], Array(broken)))
        #expect(outcome.unusable?.kind == .malformed)
    }

    @Test func `E-106 compressed once more than they were named for are those of the identifier`() async throws {
        let bytes = Array(Self.document.utf8)
        let digest = SHA256.hash(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try await DocumentScene.play { scene in
            let packed = try Self.gzip(bytes)
            scene.gateways[0].always { _ in Reply(200, [], packed) }
            let outcome = try await scene.ask("ipfs://f01551220\(digest)")
            #expect(outcome.text == Self.document)
        }
    }

    // MARK: Framing and pace

    @Test func `E-107 in chunks, or until the connection ends, they are whole`() async throws {
        let text = Self.document
        let chunks = "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n"
        for reply in [
            Reply(200, ["Transfer-Encoding: chunked"], length: nil, then: [.octets(Array(chunks.utf8))]),
            Reply(200, ["Connection: close"], length: nil, then: [.octets(Array(text.utf8)), .close]),
        ] {
            let outcome = try await Self.outcome(of: reply)
            #expect(outcome.text == text)
        }
    }

    @Test func `E-107 fewer than announced have failed, more are cut off`() async throws {
        let short = Reply(200, [], length: 1000, then: [.octets(Array(Self.document.utf8)), .close])
        let failed = try await Self.outcome(of: short)
        #expect(failed.problem?.isRetryable == true && failed.attempts == ["truncated"])
        let long = Reply(200, [], length: 20, then: [.octets(Array(Self.document.utf8)), .close])
        let cut = try await Self.outcome(of: long)
        #expect(cut.unusable?.kind == .malformed)
    }

    @Test func `E-108 more than the limit are not read to their end`() async throws {
        try await DocumentScene.play(.init(maximumBytes: 100_000)) { scene in
            for length in [100_000_000, nil] {
                scene.host.always { _ in
                    Reply(
                        200, ["Content-Type: image/gif"], length: length,
                        then: [.octets(Array("GIF89a".utf8)), .fill(100_000_000)])
                }
                let outcome = try await scene.ask(scene.url("/1"))
                #expect(outcome.unusable?.kind == .malformed)
                #expect(outcome.unusable?.reason.contains("upstream.max_body") == true)
            }
            #expect(scene.host.sentBytes < 20_000_000)
        }
    }

    @Test func `E-116 broken off by a reset, they are asked for again`() async throws {
        try await DocumentScene.play(.init(retries: 1)) { scene in
            scene.host.answers(.reset)
            scene.host.serves(Self.document)
            let outcome = try await scene.ask(scene.url("/1"))
            #expect(outcome.text == Self.document && scene.host.requestCount == 2)
        }
    }

    // MARK: Hosts that are not there

    @Test func `E-114 of a host whose name is gone are not to be had, which says nothing about the token`() async throws
    {
        try await DocumentScene.play { scene in
            let outcome = try await scene.ask("https://gone.example/1")
            #expect(outcome.problem?.status == 502 && outcome.attempts == ["name-not-found"])
        }
    }
}

/// RFC 1952 around one stored block of RFC 1951, at most 65,535 bytes.
enum StoredGzip {
    static func around(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + littleEndian(UInt32(length) | UInt32(~length) << 16) + bytes
            + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
