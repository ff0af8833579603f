import EventLoops
import Tokens
import UpstreamFetching

/// What came of asking one place.
struct PlaceReply: Sendable {
    enum Answer: Sendable {
        case found(DocumentReport.Finding)
        /// Somebody answered for good, and there is no document.
        case unusable(UnusableDocument)
        /// No answer. Nil when that is no fault of the place's.
        case nothing(GatewayFault?)
    }

    /// How it is told to those who want to know what was tried.
    enum Note: Sendable {
        case status(Int)
        case failure(FetchFailure)
        case label(String, isRetryable: Bool)
    }

    let answer: Answer
    /// Nil for the answer that was wanted.
    var note: Note?

    init(_ answer: Answer, _ note: Note? = nil) {
        self.answer = answer
        self.note = note
    }
}

extension ResolutionTrace {
    mutating func note(_ note: PlaceReply.Note, _ place: ContentPlace, since start: MonotonicTime) {
        switch note {
        case .status(let status): self.note("document", place.url, status: status, since: start)
        case .failure(let failure): self.note("document", place.url, failure, since: start)
        case .label(let label, let isRetryable):
            self.note("document", place.url, label, since: start, isRetryable: isRetryable)
        }
    }
}

extension GatewayFault {
    /// Nil for what is not the host's fault, or not known to be.
    ///
    /// - Parameter lasted: a host given no time to answer has not failed.
    init?(_ failure: FetchFailure, lasted: Duration) {
        switch failure.kind {
        case .timeout:
            guard lasted >= .milliseconds(500) else { return nil }
            self = .timeout
        case .connect, .tls, .nameNotFound, .truncated, .malformedResponse, .tooManyRedirects, .refusedURL,
            .refusedAddress:
            self = .connection
        case .invalidRequest, .tooLarge, .overloaded, .breakerOpen, .status, .cancelled, .closed:
            return nil
        }
    }
}
