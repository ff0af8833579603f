import EventLoops
import HTTPCaching

/// All there is to know before an exchange's transfer starts.
struct ExchangePlan {
    let request: ExchangeRequest
    let message: ExchangeMessage
    /// Of the head.
    let deadline: MonotonicTime
    let onInterim: (@Sendable (Int, HeaderFields) -> Void)?
    var transfer: TransferPlan
}

extension ExchangeRequest {
    var isStreamed: Bool {
        switch body {
        case .none, .bytes: false
        case .stream: true
        }
    }

    /// What has been pulled from a stream is gone.
    var canBeSentAgain: Bool { isRepeatable && !isStreamed }

    var destination: Destination {
        get throws(FetchFailure) {
            let url = try UpstreamURL(parsing: origin)
            guard url.text.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 3, url.text.hasSuffix("/") else {
                throw FetchFailure(.invalidRequest, url.authority, "the origin has more than a scheme, host and port")
            }
            return Destination(url: url, trust: trust)
        }
    }
}
