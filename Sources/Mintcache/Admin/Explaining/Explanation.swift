import EventLoops
import HTTPCaching
import Tokens

/// How a token comes to be as it is: every step, and what would be kept.
struct Explanation: Sendable {
    enum Conclusion: Sendable {
        /// What a flight would keep, and how its time came about.
        case made(RecordMaker.Made)
        /// No source had news; the archive's copy stands in.
        case archived(TokenRecord)
        /// No source could answer.
        case failed(Problem)
    }

    let reference: TokenReference
    let conclusion: Conclusion
    /// `StepLog.members`.
    let steps: [(String, JSONNode)]
    let duration: Duration

    /// The answer of `GET /admin/explain/{chain}/{contract}/{token_id}`.
    var document: JSONNode {
        var members = JSONNode.members(of: reference)
        switch conclusion {
        case .made(let made):
            members += made.record.summary + [("ttl", made.lifetimeDocument)]
        case .archived(let record):
            members += record.summary + [("ttl", .null)]
        case .failed(let problem):
            members += [("outcome", "failed"), ("problem", .verbatim(problem.document[...]))]
        }
        members.append(("duration_ms", .milliseconds(duration)))
        members += steps
        return .object(members)
    }
}

extension RecordMaker.Made {
    fileprivate var lifetimeDocument: JSONNode {
        .object([
            ("class", .string(kind.label)), ("base_seconds", .seconds(lifetime.base)),
            ("repetitions", .integer(record.repetitions)), ("grown_seconds", .seconds(lifetime.grown)),
            ("jitter_seconds", .seconds(lifetime.jitter)), ("ttl_seconds", .seconds(lifetime.lifetime)),
            ("fetched_at", .moment(record.fetchedAt)), ("fresh_until", .moment(record.freshUntil)),
        ])
    }
}

extension LifetimePolicy.Outcome {
    /// As the keys of `cache` in the configuration tell them apart.
    fileprivate var label: String {
        switch self {
        case .document: "document"
        case .immutable: "immutable"
        case .placeholder: "placeholder"
        case .missing: "missing"
        case .malformed: "malformed"
        case .refused: "refused"
        case .failure: "failure"
        }
    }
}
