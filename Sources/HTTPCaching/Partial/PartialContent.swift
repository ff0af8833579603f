/// Parts of representations in a store (RFC 9111, sections 3.3 and 3.4; RFC 9110, section 15.3.7).
public enum PartialContent {
    /// Which part a 206 brings, if it can be stored.
    ///
    /// - Parameters:
    ///   - response: with all its fields.
    ///   - bodyLength: how many bytes the body has; nil while that is not known.
    /// - Returns: nil when the response has several parts, contradicts itself, or has no strong validator: without one
    ///   no other part could ever be told to belong to it.
    public static func extent(of response: ReceivedResponse, bodyLength: Int?) -> PartialExtent? {
        guard response.status == 206, !isMultipart(response.fields), response.strongValidator != nil else { return nil }
        let ranges = response.fields.values(of: "Content-Range")
        guard ranges.count == 1, let extent = ReceivedContentRange.extent(ranges[0]) else { return nil }
        let stated = response.fields.values(of: "Content-Length")
        guard stated.allSatisfy({ $0 == Array(String(extent.count).utf8) }) else { return nil }
        if let bodyLength, bodyLength != extent.count { return nil }
        return extent
    }

    /// RFC 9110, section 14.6.
    private static func isMultipart(_ fields: HeaderFields) -> Bool {
        let name = Array("multipart/byteranges".utf8)
        return fields.values(of: "Content-Type").contains { value in
            let type = ListMembers.trimmed(value.prefix { $0 != ASCII.semicolon })
            return type.lowercased == name
        }
    }
}
