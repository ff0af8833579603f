/// Updating the fields of a stored response by those of a newer one (RFC 9111, section 3.2).
enum FieldUpdate {
    /// `stored` with every field of `newer` in the place of all its lines with that name.
    ///
    /// The fields that describe the stored bytes stay: they came with the bytes, and `newer` brought none or others. All
    /// else counts, Content-Type too. Where `newer` has no Date it is given that of its arrival (RFC 9110, section
    /// 6.6.1): with the stored one, what was just confirmed would look as old as before.
    static func merged(_ stored: HeaderFields, with newer: ReceivedResponse) -> HeaderFields {
        var arrivals = newer.fields.lines.filter { !describesBytes($0) }
        if !newer.fields.contains("Date") {
            arrivals.append(FieldLine("Date", HTTPDate.text(newer.arrival)))
        }
        var groups: [String: [FieldLine]] = [:]
        for line in arrivals { groups[line.lowercaseName, default: []].append(line) }
        let names = Set(groups.keys)
        var result: [FieldLine] = []
        for line in stored.lines {
            let name = line.lowercaseName
            guard names.contains(name) else {
                result.append(line)
                continue
            }
            if let group = groups.removeValue(forKey: name) { result += group }
        }
        result += arrivals.filter { groups[$0.lowercaseName] != nil }
        return HeaderFields(result)
    }

    private static func describesBytes(_ line: FieldLine) -> Bool {
        ["Content-Encoding", "Content-Length", "Content-Range", "Transfer-Encoding"].contains { line.isNamed($0) }
    }
}
