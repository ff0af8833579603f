/// Names of query parameters that do not count: one name, or every name with a prefix.
public struct QueryPattern: Sendable, Hashable {
    private let name: [UInt8]
    private let isPrefix: Bool

    /// - Parameter pattern: `fbclid` for that parameter alone, `utm_*` for all that begin so, `*` for every parameter.
    public init(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        isPrefix = bytes.last == ASCII.asterisk
        name = isPrefix ? bytes.dropLast() : bytes
    }

    /// Whether the pattern names the parameter `name`, which is normalised. A parameter without a name never counts as
    /// named.
    func matches(_ name: ArraySlice<UInt8>) -> Bool {
        guard !name.isEmpty else { return false }
        return isPrefix ? name.starts(with: self.name) : name.elementsEqual(self.name)
    }
}

extension [QueryPattern] {
    /// `query` without the parameters that these patterns name, the others in their order; nil when none is left.
    func filtering(_ query: [UInt8]) -> [UInt8]? {
        guard !isEmpty else { return query }
        let parameters = query.split(separator: ASCII.ampersand, omittingEmptySubsequences: false)
        let kept = parameters.filter { parameter in
            let name = parameter.prefix { $0 != ASCII.equals }
            return !contains { $0.matches(name) }
        }
        if kept.count == parameters.count { return query }
        return kept.isEmpty ? nil : [UInt8](kept.joined(separator: [ASCII.ampersand]))
    }
}
