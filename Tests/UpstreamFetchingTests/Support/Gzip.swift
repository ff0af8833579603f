/// Just enough of RFC 1951 and RFC 1952 for tests.
enum Gzip {
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

    /// A whole gzip file around one stored block; at most 65,535 bytes.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        return header + [1] + littleEndian(UInt32(length) | UInt32(~length) << 16) + bytes
            + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
    }

    /// The start of a gzip file that goes on for ever in zeros, 158 bytes of them for each byte here.
    static func bomb(pieces: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.append([0, 1, 0])  // Not final; fixed codes, the low bit first.
        bits.append([0, 0, 1, 1, 0, 0, 0, 0])  // The literal 0.
        for _ in 0..<pieces {
            bits.append([1, 1, 0, 0, 0, 1, 0, 1])  // A match of 258 bytes
            bits.append([0, 0, 0, 0, 0])  // one byte back.
        }
        return header + bits.bytes
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        var used = 8

        mutating func append(_ bits: [UInt8]) {
            for bit in bits {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                bytes[bytes.count - 1] |= bit << UInt8(used)
                used += 1
            }
        }
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
