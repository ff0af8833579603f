/// Weights (RFC 9110, section 12.4.2).
enum QualityValue {
    /// `0.5` in thousandths; nil for what is no weight.
    static func thousandths(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first, let whole = ASCII.digit(first), whole <= 1 else { return nil }
        let rest = text.dropFirst()
        guard !rest.isEmpty else { return whole * 1_000 }
        guard rest.first == ASCII.dot, rest.count <= 4 else { return nil }
        var value = 0
        for position in 1...3 {
            let offset = rest.startIndex + position
            guard offset < rest.endIndex else {
                value *= 10
                continue
            }
            guard let digit = ASCII.digit(rest[offset]) else { return nil }
            value = value * 10 + digit
        }
        guard whole == 0 || value == 0 else { return nil }
        return whole * 1_000 + value
    }
}

/// A member of a field that ranks: what the client would have, and how much.
struct RankedMember {
    /// In lower case.
    let name: [UInt8]
    /// In thousandths.
    let weight: Int

    /// The members in their order; nil when one breaks the grammar, for then nothing is known of the rest.
    static func list(_ lines: [[UInt8]]) -> [RankedMember]? {
        var result: [RankedMember] = []
        for member in ListMembers.of(lines: lines) {
            guard let ranked = RankedMember(member) else { return nil }
            result.append(ranked)
        }
        return result
    }

    private init?(_ member: ArraySlice<UInt8>) {
        let parts = ListMembers.split(member, at: ASCII.semicolon).map(ListMembers.trimmed)
        guard let name = parts.first, !name.isEmpty, name.allSatisfy(ASCII.isTokenByte), parts.count <= 2 else {
            return nil
        }
        self.name = name.lowercased
        guard parts.count == 2 else {
            weight = 1_000
            return
        }
        let pair = parts[1]
        guard pair.count > 2, pair.prefix(2).lowercased == Array("q=".utf8),
            let weight = QualityValue.thousandths(pair.dropFirst(2))
        else { return nil }
        self.weight = weight
    }
}
