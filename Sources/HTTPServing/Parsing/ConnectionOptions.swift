/// What the Connection field asks for (RFC 9110 section 7.6.1, RFC 9112 section 9.3).
struct ConnectionOptions {
    private struct Options: OptionSet {
        let rawValue: UInt8
        static let close = Options(rawValue: 1 << 0)
        static let keepAlive = Options(rawValue: 1 << 1)
    }

    private var options: Options = []

    /// Adds one line of the field. Naming a field that decides about framing, routing or identity is refused: a proxy
    /// in front that honours it would strip the field from the request.
    @inline(__always)
    mutating func add(_ text: UnsafeRawBufferPointer) throws(ParseFailure) {
        if ASCII.equalIgnoringCase(text, "keep-alive") {
            options.insert(.keepAlive)
            return
        }
        try addList(text)
    }

    private mutating func addList(_ text: UnsafeRawBufferPointer) throws(ParseFailure) {
        var list = FieldList(text)
        while let option = list.next() {
            guard option.allSatisfy(ASCII.isToken) else { throw .connectionInvalid }
            if ASCII.equalIgnoringCase(option, "close") {
                options.insert(.close)
            } else if ASCII.equalIgnoringCase(option, "keep-alive") {
                options.insert(.keepAlive)
            } else if Self.isEndToEnd(option) {
                throw .connectionInvalid
            }
        }
    }

    private static func isEndToEnd(_ option: UnsafeRawBufferPointer) -> Bool {
        let names: [StaticString] = ["host", "content-length", "transfer-encoding", "authorization", "cookie"]
        return names.contains { ASCII.equalIgnoringCase(option, $0) }
    }

    func keepsAlive(minorVersion: UInt8) -> Bool {
        if options.contains(.close) { return false }
        return minorVersion == 1 || options.contains(.keepAlive)
    }
}
