import Testing

@testable import EventLoops

@Suite("Digests") struct DigestTests {
    @Test func `of pieces are those of the whole`() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for size in [1, 63, 64, 65, 99_999, 100_000] {
            let digest = RunningSHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                digest.update(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(digest.finish() == SHA256.hash(bytes))
        }
        #expect(RunningSHA256().finish() == SHA256.hash([]))
    }
}
