/// What a client's `Accept-Encoding` (RFC 9110, section 12.5.3) says about the codings kept here.
///
/// A field that breaks the grammar counts as absent, which means identity: an answer everybody can read beats a guess.
public struct AcceptEncoding: Sendable, Hashable {
    /// Weights in thousandths by coding; `unlisted` when the field does not name it.
    private var gzip = Self.unlisted
    private var brotli = Self.unlisted
    private var identity = Self.unlisted
    private var others = Self.unlisted
    private var isMalformed = false

    private static let unlisted: Int16 = -1

    /// The field is absent.
    public init() {}

    /// Reads one field value, borrowed for the call.
    public init(_ field: UnsafeRawBufferPointer) { add(field) }

    /// Reads a further line of the field, borrowed for the call.
    public mutating func add(_ field: UnsafeRawBufferPointer) {
        var reader = FieldReader(field)
        reader.skipWhiteSpace()
        while !reader.isAtEnd {
            if !reader.take(ASCII.comma) {
                guard addElement(&reader) else {
                    isMalformed = true
                    return
                }
            }
            reader.skipWhiteSpace()
        }
    }

    /// The best of `available` for this client: the highest weight, and of equal ones the smallest answer.
    ///
    /// Identity when the client refuses everything available: it can do more with that than with a 406.
    public func preferred(among available: ContentCodingSet) -> ContentCoding {
        if isMalformed { return .identity }
        var best = ContentCoding.identity
        // Not named and not refused, identity is acceptable, though after anything the client did name.
        var bestWeight = identity != Self.unlisted ? identity : 0
        let gzipWeight = weight(gzip)
        if available.contains(.gzip), gzipWeight > 0, gzipWeight >= bestWeight {
            best = .gzip
            bestWeight = gzipWeight
        }
        let brotliWeight = weight(brotli)
        if available.contains(.brotli), brotliWeight > 0, brotliWeight >= bestWeight { best = .brotli }
        return best
    }

    private func weight(_ own: Int16) -> Int16 { own != Self.unlisted ? own : others }

    /// Reads `coding [; q=weight]` and stops before the comma.
    private mutating func addElement(_ reader: inout FieldReader) -> Bool {
        let name = reader.token()
        guard !name.isEmpty, let weight = reader.weight() else { return false }
        reader.skipWhiteSpace()
        guard reader.isAtEnd || reader.next == ASCII.comma else { return false }
        // By length first: browsers list several codings, and this runs for every request.
        switch name.count {
        case 1 where reader.matches(name, "*"): others = weight
        case 2 where reader.matches(name, "br"): brotli = weight
        case 4 where reader.matches(name, "gzip"): gzip = weight
        case 6 where reader.matches(name, "x-gzip"): gzip = weight
        case 8 where reader.matches(name, "identity"): identity = weight
        default: break
        }
        return true
    }
}

extension FieldReader {
    /// Moves over an optional `;q=0.5` (RFC 9110, section 12.4.2) and returns thousandths; nil when it is malformed.
    fileprivate mutating func weight() -> Int16? {
        skipWhiteSpace()
        guard take(ASCII.semicolon) else { return 1_000 }
        skipWhiteSpace()
        guard matches(token(), "q"), take(ASCII.equals), let whole = digits(1), whole <= 1 else { return nil }
        guard take(ASCII.dot) else { return Int16(whole * 1_000) }
        let fraction = run { ASCII.digit($0) != nil }
        guard fraction.count <= 3 else { return nil }
        var thousandths = 0
        for byte in bytes(at: fraction) { thousandths = thousandths * 10 + (ASCII.digit(byte) ?? 0) }
        for _ in fraction.count..<3 { thousandths *= 10 }
        guard whole == 0 || thousandths == 0 else { return nil }
        return Int16(whole * 1_000 + thousandths)
    }
}
