import Caching
import HTTPCaching

/// Which field of a URL's hash a response stands in: a letter for whole responses and parts, and what the variant was
/// chosen by. Those that answer every request have a field that is known without asking.
struct ResponseField: Hashable {
    let bytes: [UInt8]

    /// The field of the whole response for every request.
    static let invariant = ResponseField([wholeLetter])

    /// The longest name: what a variant was chosen by, such as cookies, may be long, and every look-up reads all names.
    static let maximumLength = 4096

    private static let wholeLetter = UInt8(ascii: "w")
    private static let partLetter = UInt8(ascii: "p")

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(of head: StoredHead) {
        self.init(head.variant, isPart: head.partial != nil)
    }

    /// The field of the part that a whole response makes useless.
    static func part(of variant: VariantKey) -> ResponseField {
        ResponseField(variant, isPart: true)
    }

    private init(_ variant: VariantKey, isPart: Bool) {
        bytes = [isPart ? Self.partLetter : Self.wholeLetter] + (variant.isInvariant ? [] : variant.encoded)
    }

    /// What the response was chosen by; nil when the name is none of ours.
    var variant: VariantKey? {
        guard let letter = bytes.first, letter == Self.wholeLetter || letter == Self.partLetter else { return nil }
        if bytes.count == 1 { return VariantKey(vary: [], request: HeaderFields(), response: HeaderFields()) }
        return VariantKey(decoding: Array(bytes.dropFirst()))
    }
}
