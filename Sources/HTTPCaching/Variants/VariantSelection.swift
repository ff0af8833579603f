/// Choosing among the stored responses of one URL (RFC 9111, section 4.1).
public enum VariantSelection {
    /// How many variants of one URL are worth keeping.
    public static let limit = 16

    /// How well a variant fits a request, from worst to best.
    public enum Fitness: Int, Sendable, Hashable, Comparable {
        /// It does not vary, so it fits every request; but its origin may have forgotten to say what it varies by.
        case anyRequest
        /// Its language or coding is what the request wants most, and all else is equal.
        case firstChoice
        /// The request has the values that it was chosen by.
        case sameValues

        public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
    }

    /// How well a variant fits `request`; nil when it does not.
    public static func fitness(of variant: VariantKey, for request: HeaderFields) -> Fitness? {
        if variant.isUnmatchable { return nil }
        if variant.isInvariant { return .anyRequest }
        var fitness = Fitness.sameValues
        for (position, name) in variant.names.enumerated() where !variant.matches(request, at: position) {
            let isFirstChoice =
                switch name {
                case "accept-language":
                    LanguagePreference.isFirstChoice(request.values(of: name), of: variant.contentLanguage)
                case "accept-encoding":
                    CodingPreference.isFirstChoice(request.values(of: name), of: variant.contentEncoding)
                default: false
                }
            guard isFirstChoice else { return nil }
            fitness = .firstChoice
        }
        return fitness
    }

    /// The positions of the variants that fit `request` equally well and better than the others.
    public static func candidates(among variants: [VariantKey], for request: HeaderFields) -> [Int] {
        let fits = variants.map { fitness(of: $0, for: request) }
        guard let best = fits.compactMap(\.self).max() else { return [] }
        return fits.indices.filter { fits[$0] == best }
    }

    /// The position of the response to answer `request` from, fresh or not: of the best candidates the one with the
    /// latest Date, of equal dates the one that came last; nil when none fits.
    public static func select(among heads: [StoredHead], for request: HeaderFields) -> Int? {
        candidates(among: heads.map(\.variant), for: request).max { one, other in
            (heads[one].date, heads[one].responseTime, one) < (heads[other].date, heads[other].responseTime, other)
        }
    }
}
