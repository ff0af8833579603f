/// Why what a source gave is no metadata document, and what that says about asking again.
public struct DocumentFailure: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// The source says, whatever its status, that it has no such document.
        case absent
        /// The source says that it cannot answer now: it is as good as a status 503.
        case retryable
        /// The source has something, and not for this proxy.
        case refused
        /// What the source has is not metadata, and asking again will not change that.
        case malformed
    }

    public let kind: Kind
    /// One clause for the client, without a full stop.
    public let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension DocumentFailure.Kind {
    /// What an HTTP status means that stands inside an answer of another status; nil for one that is no error.
    init?(status: Int) {
        switch status {
        case 404, 410: self = .absent
        case 401, 403, 407, 451: self = .refused
        case 408, 425, 429, 500...599: self = .retryable
        case 400...499: self = .malformed
        default: return nil
        }
    }

    /// What the words of an error message or of a page's title mean; nil when they tell nothing.
    init?(phrasesIn text: some StringProtocol) {
        let lowered = String(text.prefix(Self.lengthLimit)).lowercased()
        guard let kind = Self.phrases.first(where: { $0.words.contains { lowered.contains($0) } })?.kind else {
            return nil
        }
        self = kind
    }

    /// How much of a message is read.
    private static let lengthLimit = 1024

    /// What may pass is looked for first: taking it for an answer would be believed for longer.
    private static let phrases: [(kind: Self, words: [String])] = [
        (
            .retryable,
            [
                "rate limit", "ratelimit", "rate-limit", "too many requests", "throttl", "slow down", "slowdown",
                "try again", "timeout", "timed out", "time-out", "bad gateway", "internal server error",
                "internal error", "unavailable", "overloaded", "temporar", "maintenance", "pending",
            ]
        ),
        (
            .absent,
            [
                "not found", "notfound", "not_found", "not exist", "n't exist", "nonexistent", "non-existent",
                "not minted", "n't minted", "no such", "nosuchkey", "no token", "unknown token", "burned",
                "no link named", "could not find", "couldn't find", "cannot find", "can't find", "no metadata",
            ]
        ),
        (
            .refused,
            [
                "forbidden", "unauthorized", "unauthorised", "access denied", "accessdenied", "access to this page",
                "attention required", "just a moment", "captcha", "api key", "not allowed", "blocked", "permission",
            ]
        ),
    ]
}
