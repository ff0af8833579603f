/// The paths by which gateways are asked for content: `/ipfs/{cid}[/path]`, `/ipns/{name}[/path]` and `/ar/{id}[/path]`.
///
/// Every spelling of one content gives one URI: its path is decoded once, and encoded once.
public enum GatewayPath {
    /// Why a path names no content. For the client.
    public struct Fault: Error, Hashable, Sendable {
        public let reason: String
    }

    /// The longest path below the content, in bytes.
    private static let lengthLimit = 2048
    private static let longestName = 253

    /// - Parameter path: without a query.
    public static func uri(of path: some Collection<UInt8>) throws(Fault) -> TokenURI {
        let slash = UInt8(ascii: "/")
        let segments = try decoded(path).split(separator: slash, omittingEmptySubsequences: false)
        guard segments.count >= 3, segments[0].isEmpty else { throw Fault(reason: "The path names no content.") }
        let name = String(decoding: segments[2], as: UTF8.self)
        let rest = try encoded(segments.dropFirst(3))
        switch String(decoding: segments[1], as: UTF8.self) {
        case "ipfs":
            guard let identifier = CID(name) else {
                throw Fault(reason: "After /ipfs/ a content identifier is needed: version 0 or 1, in its usual bases.")
            }
            return .ipfs(identifier, path: rest)
        case "ipns":
            guard let name = canonicalName(name) else {
                throw Fault(reason: "After /ipns/ a key or a domain name is needed.")
            }
            return .ipns(name: name, path: rest)
        case "ar":
            guard ContentURIParser.isTransaction(segments[2]) else {
                throw Fault(reason: "After /ar/ a transaction's identifier of 43 characters is needed.")
            }
            return .arweave(identifier: name, path: rest)
        case _:
            throw Fault(reason: "The path names no content.")
        }
    }

    private static func decoded(_ path: some Collection<UInt8>) throws(Fault) -> [UInt8] {
        let percent = UInt8(ascii: "%")
        let decoded = PercentEncoding.decode(path)
        let triplets = path.count { $0 == percent }
        guard path.count - decoded.count == 2 * triplets else {
            throw Fault(reason: "The path's percent-encoding is not valid.")
        }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Fault(reason: "The path has control characters.")
        }
        return decoded
    }

    private static func encoded(_ segments: ArraySlice<ArraySlice<UInt8>>) throws(Fault) -> String {
        var path: [UInt8] = []
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            guard !segment.isEmpty || isLast else { throw Fault(reason: "The path has an empty segment.") }
            guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw Fault(reason: "The path has dot segments.")
            }
            path.append(UInt8(ascii: "/"))
            path += PercentEncoding.encode(segment, in: .path)
        }
        guard path.count <= lengthLimit else { throw Fault(reason: "The path is longer than \(lengthLimit) bytes.") }
        return String(decoding: path, as: UTF8.self)
    }

    /// A key as it is, a domain name in lower case; nil for anything else.
    private static func canonicalName(_ name: String) -> String? {
        if CID(name) != nil || isPeer(name) { return name }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        // No top-level domain is a number: what ends in one is an address.
        let isName = labels.last?.allSatisfy(\.isWholeNumber) == false
        let isDomain = labels.count >= 2 && name.utf8.count <= longestName && labels.allSatisfy(isLabel) && isName
        return isDomain ? name.lowercased() : nil
    }

    /// The multihash of a key in base 58, as peers are named.
    private static func isPeer(_ name: String) -> Bool {
        guard (46...60).contains(name.utf8.count), name.hasPrefix("12D3Koo") || name.hasPrefix("16Uiu2") else {
            return false
        }
        return RadixEncoding.base58.decode(Array(name.utf8)) != nil
    }

    /// Host names' letters, digits and hyphens (RFC 1123, section 2.1), and the underscore of `_dnslink`.
    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
