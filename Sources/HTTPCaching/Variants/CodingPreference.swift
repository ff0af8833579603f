/// Whether a stored content coding is among those that a client wants most (RFC 9110, section 12.5.3).
enum CodingPreference {
    /// - Parameters:
    ///   - accepted: the lines of `Accept-Encoding`; none when the field is absent.
    ///   - content: the stored `Content-Encoding`; nil for none, which is identity.
    /// - Returns: whether every coding of the stored answer has the highest weight that the client gives. Codings of
    ///   one weight are equally good, whatever their order. Without the field, and with an empty one, identity is.
    static func isFirstChoice(_ accepted: [[UInt8]], of content: [UInt8]?) -> Bool {
        guard let ranked = RankedMember.list(accepted) else { return false }
        let named = content.map { ListMembers.of($0).map { canonical($0.lowercased) } } ?? []
        let codings = named.isEmpty ? [identity] : named
        guard let highest = ranked.map(\.weight).max() else { return codings == [identity] }
        return codings.allSatisfy { coding in
            guard let weight = weight(of: coding, in: ranked) else {
                // Identity that is not named is acceptable, but the first choice only of who refuses all it names.
                return coding == identity && highest == 0
            }
            return weight > 0 && weight == highest
        }
    }

    private static let identity = Array("identity".utf8)

    /// The weight of `coding`: its own, else that of `*`; nil when neither is named.
    private static func weight(of coding: [UInt8], in ranked: [RankedMember]) -> Int? {
        let own = ranked.first { canonical($0.name) == coding }
        return (own ?? ranked.first { $0.name == [ASCII.asterisk] })?.weight
    }

    /// RFC 9110, sections 8.4.1.1 and 8.4.1.3: the old names of gzip and compress.
    private static func canonical(_ coding: [UInt8]) -> [UInt8] {
        coding.starts(with: Array("x-".utf8)) && [6, 10].contains(coding.count) ? Array(coding.dropFirst(2)) : coding
    }
}
