import HTTPCaching
import UpstreamFetching

/// What came of asking one gateway for content.
enum GatewayReply: Sendable {
    /// What was asked for, as far as one can tell.
    case content(ContentArrival)
    /// A web page that nothing vouches for: content, or a page of the gateway's own.
    case doubtful(ContentArrival)
    /// What is stored is still right.
    case notModified(HeaderFields)
    /// The part that was asked for lies beyond the content's end.
    case outOfRange(HeaderFields)
    /// Nothing that could be served.
    case nothing(Absence)
}

/// Why a gateway gave no content.
struct Absence: Sendable {
    enum Kind: Sendable, Hashable {
        /// It says that there is none.
        case absent
        /// It shows a page about the directory that the address names.
        case directory
        /// It withholds it for legal reasons.
        case withheld
        /// There is more than is served here.
        case tooLarge
        /// It was too late.
        case late
        /// It gave no answer. Without a fault that is not its own.
        case failed(GatewayFault?)
    }

    let kind: Kind
    /// One stable word or two for `attempts[]`.
    let label: String
    var status: Int?
    /// Whether it failed because of our own limits.
    var isOverload = false

    init(_ kind: Kind, _ label: String) {
        self.kind = kind
        self.label = label
    }

    init(_ kind: Kind, status: Int) {
        self.kind = kind
        self.status = status
        label = "status-\(status)"
    }

    init(_ failure: FetchFailure) {
        label = failure.label
        switch failure.kind {
        case .timeout:
            kind = .late
        case .connect, .tls, .nameNotFound, .truncated, .malformedResponse, .tooManyRedirects, .refusedURL,
            .refusedAddress:
            kind = .failed(.connection)
        case .overloaded, .breakerOpen:
            kind = .failed(nil)
            isOverload = failure.kind == .overloaded
        case .invalidRequest, .tooLarge, .status, .cancelled, .closed:
            kind = .failed(nil)
        }
    }

    /// What the gateway is to be remembered for; `nil` for nothing bad.
    var fault: GatewayFault? {
        switch kind {
        case .failed(let fault): fault
        case .late: .timeout
        case .absent, .directory, .withheld, .tooLarge: nil
        }
    }
}

/// Content that has begun to come.
struct ContentArrival: Sendable {
    /// 200 or 206.
    let status: Int
    let head: ContentHead
    /// `nil` where the gateway does not say and it has not come whole.
    let length: Int?
    let body: CheckedBody
}
