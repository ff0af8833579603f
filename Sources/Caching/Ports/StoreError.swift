/// Why a tier could not answer: what a caller needs to decide between retrying, falling through and giving up.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of the failure.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No connection could be had.
        case unreachable
        /// The deadline passed before the answer came.
        case timeout
        /// The peer answered and said no: credentials, rights, read-only mode, out of memory.
        case refused
        /// What came back, or what was handed in, does not make sense.
        case invalid
        /// This side already has as much in flight as it allows itself.
        case overloaded
    }

    /// The class of the failure.
    public let kind: Kind
    /// What happened, for a log line. Never holds credentials or document text.
    public let detail: String

    /// - Parameters:
    ///   - kind: the class of the failure.
    ///   - detail: what happened, without secrets.
    public init(kind: Kind, detail: String) {
        self.kind = kind
        self.detail = detail
    }

    public var description: String { "\(kind.rawValue): \(detail)" }
}
