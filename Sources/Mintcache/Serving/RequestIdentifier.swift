import EventLoops
import HTTPServing

/// Names requests: a client's own `X-Request-Id` when it is well formed, else 16 hexadecimal digits that no other
/// request of this process has. One per loop; allocates nothing.
struct RequestIdentifier {
    static let maximumLength = 128

    private var state: UInt64

    init() {
        state = RandomBytes.generate(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether a client's name may be echoed and logged: visible ASCII of bounded length.
    static func isAcceptable(_ name: UnsafeRawBufferPointer) -> Bool {
        (1...maximumLength).contains(name.count)
            && name.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }

    /// The next name, as a number whose hexadecimal digits it is. A multiplication by an odd constant visits every
    /// number once.
    mutating func next() -> UInt64 {
        state &+= 1
        return state &* 0x9E37_79B9_7F4A_7C15
    }

    static func write(_ number: UInt64, into buffer: UnsafeMutableRawBufferPointer) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 15
            buffer[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }
}
