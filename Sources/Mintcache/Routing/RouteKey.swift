import EventLoops
import HTTPCaching
import HTTPServing

/// The keys of routes' answers. The first octet keeps them apart from the keys of tokens; every part has its length in
/// front, so that no two requests meet by choosing odd names.
enum RouteKey {
    static let tag = UInt8(ascii: "r")

    /// - Parameters:
    ///   - method: of a request whose body is part of the key.
    ///   - body: likewise.
    static func octets(
        route: Route, url: ResourceURL, fields: HeaderFields, method: String? = nil, body: [UInt8]? = nil
    ) -> [UInt8] {
        var key = KeyFields()
        key.append(route.identity)
        key.append(url.scheme)
        key.append(url.authority)
        key.append(url.path)
        key.append(url.query)
        for name in route.caching?.keyFields ?? [] { key.append(fields.combined(name)) }
        if let method, let body {
            key.append(method)
            key.append(fields.combined("content-type"))
            key.append(fields.combined("content-encoding"))
            key.append(SHA256.hash(body))
        }
        return [tag] + key.bytes
    }
}

/// Writes the key of a request whose URL is in the normal spelling already, in place. Allocates nothing.
struct RouteKeyWriter: ~Copyable {
    /// The longest key that is written so; longer ones are made the other way.
    static let capacity = 4096

    private let buffer: UnsafeMutableRawBufferPointer
    private var count = 0

    /// - Parameter buffer: of ``capacity`` bytes, lent for the writer's life.
    init(_ buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
    }

    /// The key; `nil` when it has to be made by way of a ``ResourceURL``.
    mutating func key(
        of request: borrowing RequestHead, on route: Route, scheme: StaticString
    ) -> UnsafeRawBufferPointer? {
        guard let caching = route.caching, caching.hasPlainKeys,
            let authority = request.authority, Self.isNormal(authority, scheme: scheme),
            ResourceURL.isAlreadyNormal(request.target, ignoresParameters: !caching.ignoredQuery.isEmpty),
            authority.count + request.target.count + route.identity.utf8.count + 64 < Self.capacity
        else { return nil }
        buffer[0] = RouteKey.tag
        count = 1
        append(length: route.identity.utf8.count)
        for byte in route.identity.utf8 { append(byte) }
        append(UnsafeRawBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
        append(authority)
        append(request.path)
        if let query = request.query { append(query) } else { append(UInt8(ascii: "-")) }
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Whether a host, and its port if it has one, are certain to be in the normal spelling.
    private static func isNormal(_ authority: UnsafeRawBufferPointer, scheme: StaticString) -> Bool {
        var port = 0
        var hasPort = false
        var previous = UInt8(ascii: ".")
        for byte in authority {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if hasPort {
                    // A leading zero has to be taken off.
                    if port == 0, byte == UInt8(ascii: "0") { return false }
                    port = port &* 10 &+ Int(byte - UInt8(ascii: "0"))
                }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                if hasPort { return false }
            case UInt8(ascii: "."):
                if hasPort || previous == byte { return false }
            case UInt8(ascii: ":"):
                if hasPort || previous == UInt8(ascii: ".") { return false }
                hasPort = true
            default:
                return false
            }
            previous = byte
        }
        guard previous != UInt8(ascii: "."), previous != UInt8(ascii: ":"), authority.count < 256 else { return false }
        return !hasPort || (port <= 65_535 && port != (scheme.utf8CodeUnitCount == 4 ? 80 : 443))
    }

    private mutating func append(_ field: UnsafeRawBufferPointer) {
        append(length: field.count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: field)
        count += field.count
    }

    private mutating func append(length: Int) {
        var divisor = 1
        while length / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(length / divisor % 10))
            divisor /= 10
        }
        append(UInt8(ascii: ":"))
    }

    private mutating func append(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }
}
