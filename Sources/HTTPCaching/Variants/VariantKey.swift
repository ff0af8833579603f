/// What a stored response was chosen by: the request fields its `Vary` names, and the values they had.
///
/// Equal keys mean that a new response takes the stored one's place.
public struct VariantKey: Sendable {
    /// The request fields that `Vary` names: in lower case, sorted, each once. `["*"]` for what matches no request.
    public let names: [String]
    /// The value of each field in one spelling; nil for a field that the request did not have.
    public let values: [[UInt8]?]
    /// The stored `Content-Language` in lower case, when the response varies by `Accept-Language`.
    public let contentLanguage: [UInt8]?
    /// The stored `Content-Encoding` in lower case, when the response varies by `Accept-Encoding`.
    public let contentEncoding: [UInt8]?
    /// The octets of each field that the request had on one line: most requests repeat them, and then nothing needs to
    /// be spelt anew. No part of the key's identity, and not kept by ``encoded``.
    private let octets: [[UInt8]?]

    /// - Parameters:
    ///   - vary: the values of all lines of the response's `Vary`.
    ///   - request: the fields of the request that brought the response.
    ///   - response: the fields of the response.
    public init(vary: [[UInt8]], request: HeaderFields, response: HeaderFields) {
        switch Vary.names(in: vary) {
        case .any:
            self.init(names: [Self.matchesNothing], values: [nil], language: nil, encoding: nil, octets: [nil])
        case .names(let names):
            self.init(
                names: names, values: names.map { SelectingValue.normalised($0, in: request) },
                language: names.contains("accept-language") ? Self.list("content-language", in: response) : nil,
                encoding: names.contains("accept-encoding") ? Self.list("content-encoding", in: response) : nil,
                octets: names.map { name in
                    let lines = request.values(of: name)
                    return lines.count == 1 ? lines[0] : nil
                })
        }
    }

    /// Reads what ``encoded`` wrote; nil for anything else.
    public init?(decoding bytes: [UInt8]) {
        var reader = KeyFieldReader(bytes)
        guard case .some(let language) = reader.next(), case .some(let encoding) = reader.next() else { return nil }
        var names: [String] = []
        var values: [[UInt8]?] = []
        while !reader.isAtEnd {
            guard case .some(.some(let name)) = reader.next(), case .some(let value) = reader.next(),
                names.count < Vary.nameLimit, !name.isEmpty, name.allSatisfy(ASCII.isTokenByte), name == name.lowercased
            else { return nil }
            names.append(String(decoding: name, as: UTF8.self))
            values.append(value)
        }
        guard zip(names, names.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        self.init(names: names, values: values, language: language, encoding: encoding, octets: values)
    }

    private init(names: [String], values: [[UInt8]?], language: [UInt8]?, encoding: [UInt8]?, octets: [[UInt8]?]) {
        self.names = names
        self.values = values
        contentLanguage = language
        contentEncoding = encoding
        self.octets = octets
    }

    private static let matchesNothing = "*"

    private static func list(_ name: String, in fields: HeaderFields) -> [UInt8]? {
        let members = ListMembers.of(lines: fields.values(of: name))
        return members.isEmpty ? nil : members.joined(separator: [ASCII.comma]).lowercased
    }

    /// The key as bytes, each part with its length in front: equal for equal keys only.
    public var encoded: [UInt8] {
        var fields = KeyFields()
        fields.append(contentLanguage)
        fields.append(contentEncoding)
        for (name, value) in zip(names, values) {
            fields.append(name)
            fields.append(value)
        }
        return fields.bytes
    }

    /// Whether the response matches nothing, because its `Vary` says `*` or cannot be read.
    public var isUnmatchable: Bool { names.first == Self.matchesNothing }

    /// Whether every request fits, because nothing varies.
    public var isInvariant: Bool { names.isEmpty }

    /// Whether `request` has, up to spelling, the values that this response was chosen by (RFC 9111, section 4.1).
    public func matches(_ request: HeaderFields) -> Bool {
        if isUnmatchable { return false }
        return names.indices.allSatisfy { matches(request, at: $0) }
    }

    /// Whether the field at `position` has, up to spelling, the value that it had.
    func matches(_ request: HeaderFields, at position: Int) -> Bool {
        let lines = request.values(of: names[position])
        guard let value = values[position] else { return lines.isEmpty }
        if lines.isEmpty { return false }
        if lines.count == 1, lines[0] == octets[position] { return true }
        return SelectingValue.normalised(names[position], lines: lines) == value
    }

    /// Whether each field has the very octets that it had, so that ``matches(_:)`` is certain; no is no verdict.
    /// Allocates nothing.
    ///
    /// - Parameter value: gives the value of the one line of the field with that name, nil when there is none. Ask only
    ///   for requests that repeat none of ``names``.
    public func hasSameOctets(_ value: (_ name: String) -> UnsafeRawBufferPointer?) -> Bool {
        if isUnmatchable { return false }
        for position in names.indices {
            guard let current = value(names[position]) else {
                if values[position] == nil { continue }
                return false
            }
            guard let known = octets[position], known.elementsEqual(current) else { return false }
        }
        return true
    }
}

extension VariantKey: Hashable {
    public static func == (first: Self, second: Self) -> Bool {
        first.names == second.names && first.values == second.values
            && first.contentLanguage == second.contentLanguage && first.contentEncoding == second.contentEncoding
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(names)
        hasher.combine(values)
        hasher.combine(contentLanguage)
        hasher.combine(contentEncoding)
    }
}
