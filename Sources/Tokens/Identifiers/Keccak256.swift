/// Keccak-256 as Ethereum uses it: the sponge of the original submission with padding byte 0x01.
///
/// Not SHA3-256, whose padding byte is 0x06. Everything lives on the stack.
public struct Keccak256: Sendable {
    private var state = InlineArray<25, UInt64>(repeating: 0)
    private var filled = 0

    /// Bytes absorbed per permutation: 1600 bits less twice the 256 bits of output.
    private static let rate = 136

    public init() {}

    /// Absorbs more of the message.
    public mutating func update(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            absorb(bytes[index])
        }
    }

    /// Absorbs more of the message.
    public mutating func update(_ bytes: [UInt8]) {
        for byte in bytes {
            absorb(byte)
        }
    }

    /// The digest of everything absorbed, as a big-endian number.
    public consuming func finalize() -> UInt256 {
        toggle(0x01, at: filled)
        toggle(0x80, at: Self.rate - 1)
        keccakF1600(&state)
        return UInt256(
            state[0].byteSwapped, state[1].byteSwapped, state[2].byteSwapped, state[3].byteSwapped
        )
    }

    /// The digest of one message.
    public static func hash(_ bytes: Span<UInt8>) -> UInt256 {
        var sponge = Keccak256()
        sponge.update(bytes)
        return sponge.finalize()
    }

    /// The digest of the UTF-8 form of a text, such as an ABI signature.
    public static func hash(_ text: String) -> UInt256 {
        hash(Array(text.utf8).span)
    }

    /// The digest of a message of forty bytes, given as little-endian lanes.
    static func hash(lanes: InlineArray<5, UInt64>) -> UInt256 {
        var sponge = Keccak256()
        for index in lanes.indices {
            sponge.state[index] = lanes[index]
        }
        sponge.filled = lanes.count * 8
        return sponge.finalize()
    }

    @inline(__always)
    mutating func absorb(_ byte: UInt8) {
        toggle(byte, at: filled)
        filled += 1
        if filled == Self.rate {
            keccakF1600(&state)
            filled = 0
        }
    }

    @inline(__always)
    private mutating func toggle(_ byte: UInt8, at position: Int) {
        state[position >> 3] ^= UInt64(byte) << UInt64((position & 7) << 3)
    }
}
