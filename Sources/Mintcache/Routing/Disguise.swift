import HTTPCaching
import HTTPServing

/// Fields by which some frameworks take a request for another one, or its URL for another. What they bring back must not become the answer for
/// everybody.
enum Disguise {
    private static let names = [
        "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-original-uri",
        "x-rewrite-url", "x-rewrite-uri", "x-http-path-override", "x-host", "x-original-host",
        "x-http-host-override", "x-url-scheme", "x-scheme", "x-script-name",
    ]

    static func isAmong(_ fields: HeaderFields) -> Bool {
        fields.lines.contains { line in names.contains { line.isNamed($0) } }
    }

    /// The same for a request as it stands; allocates nothing.
    static func isAmong(_ request: borrowing RequestHead) -> Bool {
        for position in 0..<request.fieldCount {
            let name = request.field(at: position).name
            // All of them begin so, and hardly anything else does.
            guard name.count >= 6, name[0] | 0x20 == UInt8(ascii: "x"), name[1] == UInt8(ascii: "-") else { continue }
            if names.contains(where: { matches(name, $0) }) { return true }
        }
        return false
    }

    private static func matches(_ name: UnsafeRawBufferPointer, _ other: String) -> Bool {
        name.count == other.utf8.count && zip(name, other.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
