/// Which request fields a route may set, or take into its keys.
enum RouteFieldName {
    /// They frame one message or steer it over one connection (RFC 9110, section 7.6.1), which the proxy does itself.
    private static let framing: Set<String> = [
        "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ]
    /// What the proxy sends depends on what it holds.
    private static let conditions: Set<String> = [
        "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range",
    ]
    /// They say how to cache, not what is asked for.
    private static let directives: Set<String> = ["cache-control", "pragma"]

    /// What is wrong with setting a field.
    static func fault(inSent name: String) -> String? {
        guard isToken(name) else { return "is not a field name" }
        let name = name.lowercased()
        if framing.contains(name) { return "frames or routes the message, which is the proxy's to do" }
        if name.replacing("_", with: "-") == RouteVisitor.fieldName.lowercased() {
            return "is the proxy's own to set, on routes with auth"
        }
        if conditions.contains(name) { return "makes a request conditional or partial, which is the cache's to do" }
        return nil
    }

    /// What is wrong with a field as part of a key.
    static func fault(inKey name: String) -> String? {
        if let fault = fault(inSent: name) { return fault }
        return directives.contains(name.lowercased()) ? "says how to cache, not what is asked for" : nil
    }

    /// What is wrong with a value (RFC 9110, section 5.5), without repeating it.
    static func fault(inValue value: String) -> String? {
        let bytes = value.utf8
        if bytes.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) { return "holds a control character" }
        return isBlank(bytes.first) || isBlank(bytes.last) ? "has white space around it" : nil
    }

    private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

    /// RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case _: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
