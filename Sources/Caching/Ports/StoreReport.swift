public import Tokens

/// What became of a batch handed to the archive.
public struct StoreReport: Sendable, Equatable {
    /// A record the archive will never take as it is: retrying does not help.
    public struct Rejection: Sendable, Equatable {
        /// Whose record it was.
        public let reference: TokenReference
        /// The database's own code, such as an SQLSTATE.
        public let code: String
        /// The database's words, without the document.
        public let reason: String

        public init(reference: TokenReference, code: String, reason: String) {
            self.reference = reference
            self.code = code
            self.reason = reason
        }
    }

    /// How many records are in the archive now, counting those it already held in a newer version.
    public var stored: Int
    /// Those set aside.
    public var rejected: [Rejection]

    public init(stored: Int = 0, rejected: [Rejection] = []) {
        self.stored = stored
        self.rejected = rejected
    }
}
