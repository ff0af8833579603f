/// The PNG image of a token: 16 × 16 pixels, mirrored left and right, without compression.
enum RasterImage {
    private static let side = 16

    static func draw(seed: UInt64) -> [UInt8] {
        var output: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let truecolour: [UInt8] = [8, 2, 0, 0, 0]
        append(chunk: "IHDR", bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + truecolour, to: &output)
        append(chunk: "IDAT", zlibStored(rows(seed: seed)), to: &output)
        append(chunk: "IEND", [], to: &output)
        return output
    }

    private static func rows(seed: UInt64) -> [UInt8] {
        var numbers = SeededGenerator(seed: seed)
        let palette = (0..<3).map { _ in (0..<3).map { _ in UInt8(numbers.below(256)) } }
        var bytes: [UInt8] = []
        for _ in 0..<side {
            let half = (0..<side / 2).map { _ in palette[numbers.below(palette.count)] }
            bytes.append(0)
            for pixel in half + half.reversed() { bytes.append(contentsOf: pixel) }
        }
        return bytes
    }

    /// A zlib stream (RFC 1950) with one stored block, which holds up to 65,535 bytes.
    private static func zlibStored(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        var output: [UInt8] = [0x78, 0x01, 0x01]
        for word in [length, ~length] { output += [UInt8(truncatingIfNeeded: word), UInt8(word >> 8)] }
        return output + bytes + bigEndian(adler32(bytes))
    }

    private static func append(chunk type: String, _ data: [UInt8], to output: inout [UInt8]) {
        let content = Array(type.utf8) + data
        output += bigEndian(UInt32(data.count)) + content + bigEndian(crc32(content))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }
}
