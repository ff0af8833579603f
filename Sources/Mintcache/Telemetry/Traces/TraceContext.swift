/// Names a trace and a span of it, as the `traceparent` field carries them (W3C Trace Context, section 3.2).
struct TraceContext: Sendable, Equatable {
    /// The 16 octets of the trace's name, as two numbers. Not both zero.
    let traceHigh: UInt64
    let traceLow: UInt64
    /// The 8 octets of the span's name. Not zero.
    let span: UInt64
    /// Whether whoever was asked before keeps this trace.
    let isSampled: Bool

    init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.isSampled = isSampled
    }

    /// The number of octets in what this version of the field says.
    private static let length = 55

    /// Reads a field's value; `nil` when it is not well formed, which is as if there were none (section 4.3). Versions
    /// to come may say more after what is known, never something else before it. Allocates nothing.
    init?(_ value: UnsafeRawBufferPointer) {
        guard value.count >= Self.length, Self.isDash(value, 2), Self.isDash(value, 35), Self.isDash(value, 52),
            let version = Self.number(value, 0..<2), version != 0xFF,
            value.count == Self.length || (version > 0 && Self.isDash(value, Self.length)),
            let high = Self.number(value, 3..<19), let low = Self.number(value, 19..<35), high | low != 0,
            let span = Self.number(value, 36..<52), span != 0,
            let flags = Self.number(value, 53..<55)
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span, isSampled: flags & 1 == 1)
    }

    /// The same trace, seen from one of its other spans.
    func with(span: UInt64) -> TraceContext {
        TraceContext(traceHigh: traceHigh, traceLow: traceLow, span: span, isSampled: isSampled)
    }

    /// The field's value, for whoever is asked next.
    var field: String { "00-\(traceName)-\(Self.hexadecimal(span))-\(isSampled ? "01" : "00")" }

    /// 32 hexadecimal digits.
    var traceName: String { Self.hexadecimal(traceHigh) + Self.hexadecimal(traceLow) }

    /// 16 hexadecimal digits.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isDash(_ value: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        value[index] == UInt8(ascii: "-")
    }

    /// Lower-case hexadecimal digits only (section 3.2.1).
    private static func number(_ value: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64? {
        var number: UInt64 = 0
        for byte in value[range] {
            switch byte {
            case 0x30...0x39: number = number << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(byte - 0x57)
            case _: return nil
            }
        }
        return number
    }
}
