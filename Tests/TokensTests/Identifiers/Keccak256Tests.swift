import Testing
import Tokens

@Suite("Keccak-256")
struct Keccak256Tests {
    @Test(
        "agrees with published digests",
        arguments: [
            ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
            ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
            ("testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
            (
                "The quick brown fox jumps over the lazy dog",
                "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
            ),
            ("MetadataUpdate(uint256)", "f8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce7"),
        ]
    )
    func digests(message: String, digest: String) {
        #expect(Keccak256.hash(message).paddedHex == digest)
    }

    @Test("absorbs a message in pieces as it does whole, around the block size")
    func pieces() {
        for length in [0, 1, 7, 8, 135, 136, 137, 271, 272, 273, 1000] {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var sponge = Keccak256()
            for byte in message { sponge.update([byte]) }
            let whole = Keccak256.hash(message.span)
            #expect(sponge.finalize() == whole, "length \(length)")
        }
    }
}
