/// Whether a stored language is the one that a client wants most (RFC 9110, section 12.5.4).
enum LanguagePreference {
    /// - Parameters:
    ///   - accepted: the lines of `Accept-Language`.
    ///   - content: the stored `Content-Language`.
    /// - Returns: whether the first of the client's ranges with the highest weight matches by RFC 4647, section 3.3.1,
    ///   and the client refuses none of the stored languages. Of equal weights the first counts, because many clients
    ///   mean an order. A lesser wish is left to the origin, which may well have what the client wants more.
    static func isFirstChoice(_ accepted: [[UInt8]], of content: [UInt8]?) -> Bool {
        guard let content, let ranges = RankedMember.list(accepted), let highest = ranges.map(\.weight).max(),
            highest > 0, let top = ranges.first(where: { $0.weight == highest })
        else { return false }
        let languages = ListMembers.of(content).map(\.lowercased)
        return languages.contains { matches($0, top.name) && weight(of: $0, in: ranges) == highest }
            && languages.allSatisfy { weight(of: $0, in: ranges) != 0 }
    }

    /// The weight of the longest range that matches `language`; nil when none does.
    private static func weight(of language: [UInt8], in ranges: [RankedMember]) -> Int? {
        ranges.filter { matches(language, $0.name) }.max { specificity($0.name) < specificity($1.name) }?.weight
    }

    private static func specificity(_ range: [UInt8]) -> Int { range == [ASCII.asterisk] ? 0 : range.count }

    /// Basic filtering: a range matches itself and what begins with it and a hyphen; `*` matches everything.
    private static func matches(_ language: [UInt8], _ range: [UInt8]) -> Bool {
        if range == [ASCII.asterisk] { return true }
        guard language.starts(with: range) else { return false }
        return language.count == range.count || language[range.count] == ASCII.hyphen
    }
}
