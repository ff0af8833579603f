import HTTPCaching

/// Reads a response from a value of ``ResponseCoding``.
struct ResponseReader {
    private var value: StoredValueReader

    init(_ value: StoredValueReader) { self.value = value }

    /// Everything after the version, to the last byte.
    mutating func response(key: [UInt8]) throws(StoredValueError) -> CachedResponse {
        let presence = ResponseCoding.Presence(rawValue: try value.number(UInt8.self))
        let known: ResponseCoding.Presence = [.lastModified, .entityTag, .part, .completeLength, .purge]
        guard known.isSuperset(of: presence) else { throw .invalid("presence") }
        var head = try head(presence)
        let purge = presence.contains(.purge) ? try value.number(UInt64.self) : nil
        guard try value.block().elementsEqual(key) else { throw .invalid("key") }
        guard let variant = VariantKey(decoding: Array(try value.block())) else { throw .invalid("variant") }
        head.variant = variant
        head.entityTag = try entityTag(isPresent: presence.contains(.entityTag))
        head.fields = HeaderFields(try lines())
        let body = try value.block()
        guard value.isAtEnd else { throw .invalid("length") }
        guard head.partial.map({ $0.count == body.count }) ?? true else { throw .invalid("part") }
        return CachedResponse(
            head: head, body: SharedBytes(count: body.count) { $0.copyMemory(from: body) }, purgeSequence: purge)
    }

    /// The fields of fixed length, the rest empty.
    private mutating func head(_ presence: ResponseCoding.Presence) throws(StoredValueError) -> StoredHead {
        let flags = StoredHead.Flags(rawValue: try value.number(UInt16.self))
        let status = Int(try value.number(UInt16.self))
        guard (200...999).contains(status) else { throw .invalid("status") }
        let (sent, came) = (try value.time("requestTime"), try value.time("responseTime"))
        let (age, lifetime) = (try seconds("initialAge"), try seconds("lifetime"))
        let (revalidating, failing) = (try seconds("staleWhileRevalidate"), try seconds("staleIfError"))
        let date = try value.number("date", in: ResponseCoding.dates)
        let lastModified =
            presence.contains(.lastModified) ? try value.number("lastModified", in: ResponseCoding.dates) : nil
        let part = try part(presence)
        guard part == nil || status == 206 else { throw .invalid("status") }
        return StoredHead(
            status: status, fields: HeaderFields(), requestTime: sent, responseTime: came, initialAge: age,
            lifetime: lifetime, flags: flags, staleWhileRevalidate: revalidating, staleIfError: failing,
            variant: VariantKey(vary: [], request: HeaderFields(), response: HeaderFields()), partial: part,
            entityTag: nil, lastModified: lastModified, date: date)
    }

    private mutating func seconds(_ field: StaticString) throws(StoredValueError) -> Int64 {
        try value.number(field, in: ResponseCoding.seconds)
    }

    private mutating func part(_ presence: ResponseCoding.Presence) throws(StoredValueError) -> PartialExtent? {
        guard presence.contains(.part) else {
            guard !presence.contains(.completeLength) else { throw .invalid("presence") }
            return nil
        }
        let first = try value.number("part", in: 0...(.max - 1))
        let last = try value.number("part", in: first...(.max - 1))
        guard presence.contains(.completeLength) else {
            return PartialExtent(first: Int(first), last: Int(last), complete: nil)
        }
        let complete = try value.number("part", in: (last + 1)...(.max))
        return PartialExtent(first: Int(first), last: Int(last), complete: Int(complete))
    }

    private mutating func entityTag(isPresent: Bool) throws(StoredValueError) -> [UInt8]? {
        let tag = Array(try value.block())
        guard isPresent || tag.isEmpty, tag.isFieldValue else { throw .invalid("entityTag") }
        return isPresent ? tag : nil
    }

    private mutating func lines() throws(StoredValueError) -> [FieldLine] {
        let count = Int(try value.number(UInt32.self))
        guard count <= ResponseCoding.maximumLines else { throw .invalid("fields") }
        var lines: [FieldLine] = []
        lines.reserveCapacity(count)
        var bytes = 0
        for _ in 0..<count {
            let (name, text) = (try value.block(), try value.block())
            bytes += name.count + text.count
            guard bytes <= ResponseCoding.maximumFieldBytes, name.isFieldName, text.isFieldValue else {
                throw .invalid("fields")
            }
            let line = FieldLine(String(decoding: name, as: UTF8.self), Array(text))
            guard !line.concernsConnection else { throw .invalid("fields") }
            lines.append(line)
        }
        return lines
    }
}

extension Collection<UInt8> {
    /// RFC 9110, section 5.1.
    fileprivate var isFieldName: Bool { !isEmpty && allSatisfy(\.isTokenByte) }

    /// Nothing that would end the line (RFC 9110, section 5.5).
    fileprivate var isFieldValue: Bool { allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0x00 } }
}

extension UInt8 {
    /// RFC 9110, section 5.6.2.
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case _: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
