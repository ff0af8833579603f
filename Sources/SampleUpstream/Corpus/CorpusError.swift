/// Why a folder of real documents cannot be served.
public struct CorpusError: Error, Hashable, Sendable, CustomStringConvertible {
    public let detail: String

    public var description: String { "corpus: \(detail)" }
}
