/// Decodes the chunked transfer coding (RFC 9112 section 7.1), octet by octet and strictly: sizes of one to eight
/// hexadecimal digits, CRLF alone ends a line, extensions are checked and ignored, trailers checked and discarded.
///
/// A pure value: it holds no octets, so it may be fed in pieces of any size.
public struct ChunkedDecoder: Sendable {
    public enum Step: Equatable, Sendable {
        /// Every octet given was used.
        case needsMore
        /// These octets of the input are content.
        case content(Range<Int>)
        /// The body is over; the octets from here on belong to the next message.
        case finished
    }

    /// Octets of one chunk's extensions; more are refused.
    public static let longestExtension = 256
    /// Octets of all trailer lines; more are refused.
    public static let largestTrailers = 4 << 10

    private enum State {
        case size(digits: UInt8)
        case extensions(ChunkExtensionGrammar)
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
    private var extensionLength = 0
    private var trailerLength = 0

    public init() {}

    /// Goes on at `offset` and moves it behind what was used. Call again after `content`.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer, from offset: inout Int
    ) throws(ChunkFailure) -> Step {
        while offset < bytes.count {
            switch state {
            case .content:
                let count = min(remaining, bytes.count - offset)
                let range = offset..<offset + count
                offset += count
                remaining -= count
                if remaining == 0 { state = .contentReturn }
                return .content(range)
            case .finished:
                return .finished
            case _:
                try take(bytes[offset])
                offset += 1
            }
        }
        if case .finished = state { return .finished }
        return .needsMore
    }

    private mutating func take(_ octet: UInt8) throws(ChunkFailure) {
        switch state {
        case .size(let digits): try takeSize(octet, digits: digits)
        case .extensions(let grammar): try takeExtension(octet, grammar)
        case .sizeLineFeed:
            try expect(octet, ASCII.lf)
            state = remaining == 0 ? .trailerStart : .content
        case .contentReturn:
            try expect(octet, ASCII.cr)
            state = .contentLineFeed
        case .contentLineFeed:
            try expect(octet, ASCII.lf)
            state = .size(digits: 0)
        case .trailerStart, .trailerName, .trailerValue: try takeTrailer(octet)
        case .trailerLineFeed:
            try expect(octet, ASCII.lf)
            state = .trailerStart
        case .lastLineFeed:
            try expect(octet, ASCII.lf)
            state = .finished
        case .content, .finished: preconditionFailure("Content is taken in runs.")
        }
    }

    private func expect(_ octet: UInt8, _ expected: UInt8) throws(ChunkFailure) {
        if octet != expected { throw .lineEndInvalid }
    }

    private mutating func takeSize(_ octet: UInt8, digits: UInt8) throws(ChunkFailure) {
        if let value = ASCII.hexValue(octet) {
            guard digits < 8 else { throw .sizeInvalid }
            remaining = digits == 0 ? Int(value) : remaining << 4 | Int(value)
            state = .size(digits: digits + 1)
        } else if digits > 0, octet == ASCII.cr {
            state = .sizeLineFeed
        } else if digits > 0, octet == ASCII.semicolon {
            extensionLength = 1
            state = .extensions(.nameStart)
        } else {
            throw digits > 0 && octet == ASCII.lf ? .lineEndInvalid : .sizeInvalid
        }
    }

    private mutating func takeExtension(
        _ octet: UInt8, _ grammar: ChunkExtensionGrammar
    ) throws(ChunkFailure) {
        extensionLength += 1
        var grammar = grammar
        let isOver = try grammar.take(octet)
        if extensionLength > Self.longestExtension { throw .extensionTooLong }
        state = isOver ? .sizeLineFeed : .extensions(grammar)
    }

    private mutating func takeTrailer(_ octet: UInt8) throws(ChunkFailure) {
        trailerLength += 1
        switch state {
        case .trailerStart where octet == ASCII.cr: state = .lastLineFeed
        case .trailerStart where ASCII.isToken(octet): state = .trailerName
        case .trailerName where octet == ASCII.colon: state = .trailerValue
        case .trailerName where ASCII.isToken(octet): break
        case .trailerValue where octet == ASCII.cr: state = .trailerLineFeed
        case .trailerValue where octet == ASCII.tab || (octet >= ASCII.space && octet != ASCII.delete): break
        case _: throw .trailerInvalid
        }
        if trailerLength > Self.largestTrailers { throw .trailersTooLarge }
    }
}

/// Where a chunk's extensions are in `*( ";" name [ "=" ( token / quoted-string ) ] )` (RFC 9112 section 7.1.1),
/// without the optional whitespace, which nothing current sends.
enum ChunkExtensionGrammar {
    case nameStart, name
    case valueStart, value
    case quoted, quotedPair, quotedEnd

    /// Takes the next octet; true when it is the CR that ends the line.
    mutating func take(_ octet: UInt8) throws(ChunkFailure) -> Bool {
        switch self {
        case .nameStart where ASCII.isToken(octet): self = .name
        case .valueStart where ASCII.isToken(octet): self = .value
        case .valueStart where octet == ASCII.quote: self = .quoted
        case .name where ASCII.isToken(octet), .value where ASCII.isToken(octet): break
        case .name where octet == ASCII.equals: self = .valueStart
        case .quoted where octet == ASCII.quote: self = .quotedEnd
        case .quoted where octet == ASCII.backslash: self = .quotedPair
        case .quoted where Self.isText(octet): break
        case .quotedPair where Self.isText(octet): self = .quoted
        case .name where octet == ASCII.semicolon, .value where octet == ASCII.semicolon,
            .quotedEnd where octet == ASCII.semicolon:
            self = .nameStart
        case .name where octet == ASCII.cr, .value where octet == ASCII.cr, .quotedEnd where octet == ASCII.cr:
            return true
        case _: throw .extensionInvalid
        }
        return false
    }

    private static func isText(_ octet: UInt8) -> Bool {
        octet == ASCII.tab || (octet >= ASCII.space && octet != ASCII.delete)
    }
}
