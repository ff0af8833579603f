import EventLoops
import HTTPCaching
import Tokens

/// Makes records of what sources say: how long each is fresh, and how often in a row it was said.
struct RecordMaker: Sendable {
    let lifetimes: @Sendable (TokenReference) -> LifetimePolicy
    let placeholders: PlaceholderDetector
    let time: TimeSource

    /// A record, and how its time came about.
    struct Made: Sendable {
        var record: TokenRecord
        let kind: LifetimePolicy.Outcome
        let lifetime: LifetimePolicy.Derivation
    }

    func resolution(of inquiry: Inquiry, _ answer: SourceAnswer, from source: String) -> Resolution {
        if case .archived(let record) = answer.finding { return .archived(record) }
        return .fetched(make(of: inquiry, answer, from: source).record)
    }

    /// Makes a record of an answer as it would be kept.
    func make(of inquiry: Inquiry, _ answer: SourceAnswer, from source: String) -> Made {
        let reference = inquiry.reference
        let now = time.now
        let (outcome, kind) = outcome(of: answer, reference)
        let repetitions = kind.isPassing ? Self.repetitions(of: outcome, after: inquiry.held) : 0
        let digest = reference.canonicalKey.withUnsafeBytes { ExpiryJitter.digest($0) }
        let lifetime = lifetimes(reference).derivation(of: kind, repetitions: repetitions, digest: digest)
        var record = TokenRecord(
            reference: reference, outcome: outcome, standard: answer.standard, tokenURI: answer.tokenURI,
            source: source, repetitions: repetitions, fetchedAt: now,
            freshUntil: lifetime.freshUntil(fetchedAt: now))
        if case .document(let document) = answer.finding {
            record.document = document.bytes
            record.contentType = document.contentType
            record.etag = document.entityTag
            record.validators = document.validators
        }
        return Made(record: record, kind: kind, lifetime: lifetime)
    }

    private func outcome(
        of answer: SourceAnswer, _ reference: TokenReference
    ) -> (TokenRecord.Outcome, LifetimePolicy.Outcome) {
        switch answer.finding {
        case .document(let document):
            if placeholders.isPlaceholder(document, of: reference) { return (.document, .placeholder) }
            return (.document, document.isImmutable ? .immutable : .document)
        case .missing(let reason, _):
            return (.missing(reason: reason), .missing)
        case .unusable(let unusable):
            let kind: LifetimePolicy.Outcome =
                switch unusable.kind {
                case .absent: .missing
                case .malformed: .malformed
                case .refused: .refused
                }
            return (.unusable(reason: unusable.reason), kind)
        case .archived(let record):
            return (record.outcome, .failure)
        }
    }

    /// A passing answer counts on from the last one of its kind; anything else in between begins anew.
    private static func repetitions(of outcome: TokenRecord.Outcome, after held: TokenRecord?) -> Int {
        guard let held, held.repetitions > 0 else { return 1 }
        switch (outcome, held.outcome) {
        case (.document, .document), (.missing, .missing), (.unusable, .unusable): return held.repetitions + 1
        case _: return 1
        }
    }
}

/// The digest that entity tags are made of: half a SHA-256, in hexadecimal.
enum EntityDigest {
    static func text(_ bytes: [UInt8]) -> String {
        Hex.text(SHA256.hash(bytes).prefix(16))
    }
}
