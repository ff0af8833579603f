extension CacheStatus {
    /// What else there is to know (RFC 9211, section 2.8).
    public enum Detail: Sendable, Hashable, CaseIterable {
        /// The store that held the answer.
        case memory
        case redis
        case archive
        /// A stale answer stands in: the origin answered with an error or broke off.
        case originError
        /// A stale answer stands in: the origin did not answer in time.
        case originTimeout
        /// A stale answer stands in: the origin could not be reached.
        case originUnreachable
        /// The answer was not stored, for this reason.
        case refusal(StorageRefusal)

        public static var allCases: [Self] {
            [.memory, .redis, .archive, .originError, .originTimeout, .originUnreachable]
                + StorageRefusal.allCases.map { .refusal($0) }
        }

        /// The name on the wire.
        public var label: StaticString {
            switch self {
            case .memory: "memory"
            case .redis: "redis"
            case .archive: "archive"
            case .originError: "origin-error"
            case .originTimeout: "origin-timeout"
            case .originUnreachable: "origin-unreachable"
            case .refusal(let refusal): refusal.label
            }
        }
    }
}

extension FieldWriter {
    /// Appends `text` as a string of structured fields (RFC 9651, section 4.1.6), or as much of it as fits.
    ///
    /// Octets that such a string cannot hold are written as `%` and two hexadecimal digits.
    ///
    /// - Parameter limit: the most bytes to write, at least 2 for the quotes.
    mutating func append(structuredString text: [UInt8], atMost limit: Int) {
        let end = count + limit - 1
        append(ASCII.quote)
        for byte in text {
            switch byte {
            case ASCII.quote, ASCII.backslash:
                guard count + 2 <= end else { return append(ASCII.quote) }
                append(ASCII.backslash)
                append(byte)
            case 0x20...0x7E:
                guard count + 1 <= end else { return append(ASCII.quote) }
                append(byte)
            default:
                guard count + 3 <= end else { return append(ASCII.quote) }
                append(UInt8(ascii: "%"))
                append(hexadecimalDigit: byte >> 4)
                append(hexadecimalDigit: byte & 0x0F)
            }
        }
        append(ASCII.quote)
    }

    private mutating func append(hexadecimalDigit value: UInt8) {
        append(value < 10 ? ASCII.zero + value : UInt8(ascii: "A") + value - 10)
    }
}
