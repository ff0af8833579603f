/// Request values in one spelling, so that requests which ask for the same compare as equal (RFC 9111, section 4.1).
enum SelectingValue {
    /// The value that `fields` have for the field `name`, which is in lower case; nil when they have none.
    static func normalised(_ name: String, in fields: HeaderFields) -> [UInt8]? {
        let lines = fields.values(of: name)
        return lines.isEmpty ? nil : normalised(name, lines: lines)
    }

    static func normalised(_ name: String, lines: [[UInt8]]) -> [UInt8] {
        if verbatim.contains(name) { return Array(lines.joined(separator: [ASCII.comma, ASCII.space])) }
        let members = ListMembers.of(lines: lines)
        // Behind a quote that is never closed, another order would make other members.
        if negotiating.contains(name), members.allSatisfy(ListMembers.closesItsQuotes) { return preferences(members) }
        return Array(members.joined(separator: [ASCII.comma]))
    }

    /// The fields whose members are in any case and order: their weights rank them (RFC 9110, section 12.5).
    private static let negotiating: Set<String> = ["accept", "accept-charset", "accept-encoding", "accept-language"]

    /// The fields that are no lists: their commas separate nothing.
    private static let verbatim: Set<String> = [
        "authorization", "cookie", "date", "from", "host", "if-modified-since", "if-range", "if-unmodified-since",
        "origin", "proxy-authorization", "referer", "user-agent",
    ]

    private static func preferences(_ members: [ArraySlice<UInt8>]) -> [UInt8] {
        // A weight of 1 without a name is an empty member once it is left out.
        let spelt = Set(members.map(preference).filter { !$0.isEmpty }).sorted { $0.lexicographicallyPrecedes($1) }
        return Array(spelt.joined(separator: [ASCII.comma]))
    }

    /// `text/html;level=1;q=0.5`: names in lower case, no white space, a weight of 1 left out.
    private static func preference(_ member: ArraySlice<UInt8>) -> [UInt8] {
        let parts = ListMembers.split(member, at: ASCII.semicolon).map(ListMembers.trimmed)
        var result = (parts.first ?? []).lowercased
        for part in parts.dropFirst() {
            let name = ListMembers.trimmed(part.prefix { $0 != ASCII.equals }).lowercased
            guard name == [UInt8(ascii: "q")] else {
                result += [ASCII.semicolon] + name + part.dropFirst(part.prefix { $0 != ASCII.equals }.count)
                continue
            }
            let value = ListMembers.trimmed(part.drop { $0 != ASCII.equals }.dropFirst())
            if let weight = weight(value) {
                result += weight
            } else {
                result += [ASCII.semicolon] + name + [ASCII.equals] + value
            }
        }
        return result
    }

    /// `;q=0.5` for `0.50`, nothing for `1.0`; nil for what is no weight.
    private static func weight(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        guard let weight = QualityValue.thousandths(value) else { return nil }
        if weight == 1_000 { return [] }
        var digits = Array(String(weight + 1_000).utf8.dropFirst())
        while digits.last == ASCII.zero { digits.removeLast() }
        return Array(";q=0".utf8) + (digits.isEmpty ? [] : [ASCII.dot] + digits)
    }
}
