/// Undoes the chunked transfer coding (RFC 9112 section 7.1), octet by octet and strictly: only CRLF ends a line, sizes
/// are plain hexadecimal, chunk extensions and trailers are checked and dropped. A pure value without a buffer.
///
/// libcurl's own decoder takes bare line feeds and any octets for an extension, which lets two readers see two bodies.
struct ChunkedBody {
    struct Fault: Error, Hashable {
        let reason: String
    }

    /// Octets of one chunk's extensions, and of all trailers together.
    static let longestExtension = 1024
    static let largestTrailers = 16 * 1024
    private static let mostDigits = 15

    private enum State {
        case size(digits: Int)
        case extensions(octets: Int)
        case sizeLineFeed
        case content
        case contentReturn, contentLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed
        case lastLineFeed
        case finished
    }

    private var state = State.size(digits: 0)
    /// Octets of the current chunk that are still to come.
    private var remaining = 0
    private var trailers = 0

    var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// Takes octets as they came, hands out those that are content, and returns how many belong to the body: fewer
    /// than given when it ends among them.
    mutating func accept(
        _ bytes: UnsafeRawBufferPointer, content: (UnsafeRawBufferPointer) -> Void
    ) throws(Fault) -> Int {
        var index = 0
        while index < bytes.count {
            switch state {
            case .content:
                let end = index + min(remaining, bytes.count - index)
                content(UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
                remaining -= end - index
                index = end
                if remaining == 0 { state = .contentReturn }
            case .finished:
                return index
            case .size, .extensions, .sizeLineFeed, .contentReturn, .contentLineFeed, .trailerStart, .trailerName,
                .trailerValue, .trailerLineFeed, .lastLineFeed:
                state = try next(after: bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func next(after octet: UInt8) throws(Fault) -> State {
        switch state {
        case .size(let digits): return try afterSize(octet, digits)
        case .extensions(let octets):
            if octet == 13 { return .sizeLineFeed }
            guard UpstreamField.isValueCharacter(octet), octets < Self.longestExtension else {
                throw Fault(reason: "a chunk extension is not well formed")
            }
            return .extensions(octets: octets + 1)
        case .sizeLineFeed: return try lineFeed(octet, then: remaining == 0 ? .trailerStart : .content)
        case .contentReturn:
            guard octet == 13 else { throw Fault(reason: "a chunk is longer than its size") }
            return .contentLineFeed
        case .contentLineFeed: return try lineFeed(octet, then: .size(digits: 0))
        case .trailerStart, .trailerName, .trailerValue: return try afterTrailer(octet)
        case .trailerLineFeed: return try lineFeed(octet, then: .trailerStart)
        case .lastLineFeed: return try lineFeed(octet, then: .finished)
        case .content, .finished: return state
        }
    }

    private func lineFeed(_ octet: UInt8, then state: State) throws(Fault) -> State {
        guard octet == 10 else { throw Fault(reason: "a line of the chunked coding does not end in CRLF") }
        return state
    }

    private mutating func afterSize(_ octet: UInt8, _ digits: Int) throws(Fault) -> State {
        if let digit = Self.hexadecimal(octet) {
            guard digits < Self.mostDigits else { throw Fault(reason: "a chunk size is too large") }
            remaining = digits == 0 ? digit : remaining << 4 | digit
            return .size(digits: digits + 1)
        }
        guard digits > 0 else { throw Fault(reason: "a chunk has no size") }
        switch octet {
        case 13: return .sizeLineFeed
        case UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"): return .extensions(octets: 1)
        case _: throw Fault(reason: "a chunk size is not a number")
        }
    }

    private mutating func afterTrailer(_ octet: UInt8) throws(Fault) -> State {
        trailers += 1
        guard trailers <= Self.largestTrailers else { throw Fault(reason: "the trailers are too large") }
        switch (state, octet) {
        case (.trailerStart, 13): return .lastLineFeed
        case (.trailerName, UInt8(ascii: ":")): return .trailerValue
        case (.trailerStart, _) where UpstreamField.isTokenCharacter(octet): return .trailerName
        case (.trailerName, _) where UpstreamField.isTokenCharacter(octet): return .trailerName
        case (.trailerValue, 13): return .trailerLineFeed
        case (.trailerValue, _) where UpstreamField.isValueCharacter(octet): return .trailerValue
        case (_, _): throw Fault(reason: "a trailer is not well formed")
        }
    }

    private static func hexadecimal(_ octet: UInt8) -> Int? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(octet) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(octet) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(octet) - 55
        case _: nil
        }
    }
}
