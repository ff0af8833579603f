import HTTPCaching

/// The names by which an origin lets its answers be purged: `Surrogate-Key` separates them by spaces, `Cache-Tag` by
/// commas. They stay in the answer, for caches in front that know them, too.
enum OriginTags {
    /// Of one answer. One with more counts as having every tag.
    static let maximumCount = 1000

    /// Nil when there are too many.
    static func tags(in fields: HeaderFields) -> [String]? {
        var tags: [String] = []
        for line in fields.lines where line.isNamed("surrogate-key") || line.isNamed("cache-tag") {
            for part in line.value.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C }) {
                guard tags.count < maximumCount else { return nil }
                tags.append(String(decoding: part, as: UTF8.self))
            }
        }
        return tags
    }
}
