/// Fields that are known to be lists, each on one line (RFC 9110, sections 5.2 and 5.3).
enum ListFields {
    /// Joins the lines of each list field by `, ` where its first line stands. All others stay as they came: of a field
    /// that is not known nobody can tell whether it may be joined, and Set-Cookie may not.
    static func join(_ fields: inout HeaderFields) {
        guard fields.lines.count > 1 else { return }
        var firstLines: [String: Int] = [:]
        var joined: [FieldLine] = []
        joined.reserveCapacity(fields.lines.count)
        for line in fields.lines {
            let name = line.lowercaseName
            guard names.contains(name) else {
                joined.append(line)
                continue
            }
            guard let position = firstLines[name] else {
                firstLines[name] = joined.count
                joined.append(line)
                continue
            }
            if line.value.isEmpty { continue }
            let present = joined[position].value
            joined[position].value = present.isEmpty ? line.value : present + [ASCII.comma, ASCII.space] + line.value
        }
        fields.lines = joined
    }

    /// From RFC 9110 (section 18.4 lists its fields), RFC 9111, 9211 and 9213, RFC 8288, RFC 7240, RFC 7239 and the
    /// Fetch standard. Not among them: fields with credentials or challenges, and Cookie, whose separator is another.
    private static let names: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges",
        "access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers",
        "access-control-request-headers", "allow", "cache-control", "cache-status", "cdn-cache-control",
        "content-encoding", "content-language", "forwarded", "if-match", "if-none-match", "link",
        "mintcache-cache-control", "pragma", "prefer", "preference-applied", "proxy-status", "server-timing", "vary",
        "via", "warning", "x-forwarded-for",
    ]
}
