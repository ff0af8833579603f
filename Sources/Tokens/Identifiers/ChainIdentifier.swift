/// A blockchain as CAIP-2 names it, such as `eip155:1`.
///
/// Stored inline, padded with zeros, so that a chain costs neither an allocation nor a reference count.
public struct ChainIdentifier: Hashable, Sendable {
    /// Up to eight ASCII bytes, left-aligned.
    let namespace: UInt64
    /// Up to 32 ASCII bytes, left-aligned.
    let reference: UInt256

    /// Parses `namespace:reference`, for example `eip155:1`.
    ///
    /// - Throws: ``IdentifierError/invalidChain(detail:)`` when the text breaks the grammar of CAIP-2, or when the
    ///   reference of `eip155` is not a plain decimal number.
    public init(caip2: String) throws(IdentifierError) {
        let bytes = Array(caip2.utf8)
        try self.init(caip2: bytes.span)
    }

    /// Parses `namespace:reference` from ASCII bytes; allocates only to report an error.
    public init(caip2 text: Span<UInt8>) throws(IdentifierError) {
        var colon = 0
        while colon < text.count, text[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < text.count else {
            throw .invalidChain(detail: "a CAIP-2 chain has the form namespace:reference, such as eip155:1")
        }
        try self.init(namespace: text.extracting(0..<colon), reference: text.extracting((colon + 1)...))
    }

    /// The EVM chain with this chain id: `eip155:number`.
    public init(eip155 number: UInt64) {
        var digits: [UInt8] = []
        UInt256(number).appendDecimal(to: &digits)
        namespace = Self.eip155
        reference = Self.pack(digits.span)
    }

    /// The chain id of an EVM chain, when it fits in 64 bits; nil for other namespaces.
    public var eip155Number: UInt64? {
        guard namespace == Self.eip155 else { return nil }
        var digits = reference.bigEndianBytes
        digits.removeAll { $0 == 0 }
        return UInt256(decimalDigits: digits.span)?.exactly64
    }

    private static let eip155: UInt64 = 0x6569_7031_3535_0000

    private init(namespace name: Span<UInt8>, reference text: Span<UInt8>) throws(IdentifierError) {
        guard (3...8).contains(name.count) else {
            throw .invalidChain(detail: "the namespace before ':' has three to eight characters")
        }
        guard (1...32).contains(text.count) else {
            throw .invalidChain(detail: "the reference after ':' has one to 32 characters")
        }
        for index in name.indices where !Self.isNamespaceByte(name[index]) {
            throw .invalidChain(detail: "\(describe(name[index])) cannot occur in the namespace")
        }
        for index in text.indices where !Self.isReferenceByte(text[index]) {
            throw .invalidChain(detail: "\(describe(text[index])) cannot occur in the reference")
        }
        namespace = Self.pack(name).word0
        reference = Self.pack(text)
        if namespace == Self.eip155 { try Self.checkNumber(text) }
    }

    private static func checkNumber(_ text: Span<UInt8>) throws(IdentifierError) {
        guard UInt256(decimalDigits: text) != nil, text.count == 1 || text[0] != UInt8(ascii: "0") else {
            throw .invalidChain(detail: "the reference of eip155 is a decimal chain id without leading zeros")
        }
    }

    private static func isNamespaceByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isReferenceByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isNamespaceByte(byte)
        }
    }

    private static func pack(_ text: Span<UInt8>) -> UInt256 {
        func word(_ index: Int) -> UInt64 {
            var value: UInt64 = 0
            for position in index * 8..<index * 8 + 8 {
                value = value << 8 | (position < text.count ? UInt64(text[position]) : 0)
            }
            return value
        }
        return UInt256(word(0), word(1), word(2), word(3))
    }
}

extension ChainIdentifier: Comparable, CustomStringConvertible {
    /// Orders by namespace, then by reference, both as ASCII text.
    public static func < (left: Self, right: Self) -> Bool {
        left.namespace == right.namespace ? left.reference < right.reference : left.namespace < right.namespace
    }

    /// The CAIP-2 form.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the CAIP-2 form.
    public func append(to output: inout [UInt8]) {
        let name = UInt256(namespace, 0, 0, 0)
        output.append(contentsOf: (0..<8).map(name.byte).filter { $0 != 0 })
        output.append(UInt8(ascii: ":"))
        output.append(contentsOf: (0..<32).map(reference.byte).filter { $0 != 0 })
    }
}
