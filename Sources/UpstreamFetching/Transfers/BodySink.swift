import HTTPCaching

/// Where a transfer's answer goes. Called from inside libcurl. Loop-confined.
protocol BodySink: AnyObject {
    /// A 1xx answer came before the final one.
    func interim(_ status: Int, _ fields: HeaderFields)
    /// The header section is complete and in order.
    func begin(_ head: ResponseHead) -> Intake
    /// The bytes are valid during the call only.
    func accept(_ bytes: UnsafeRawBufferPointer) -> Intake
}

/// What a sink makes of what it is given.
enum Intake: Equatable {
    case taken
    /// Not taken: the transfer pauses, and brings it again after ``MultiHandle/resume(_:_:)``.
    case later
    /// The message is over. The transfer ends, and its connection with it.
    case enough
    case refused(FetchFailure.Kind, String)
}

/// Keeps a whole body, up to a limit. What is counted are decoded bytes: libcurl's own limit neither sees chunked
/// bodies nor what a compressed one grows to.
final class BodyCollector: BodySink {
    private let limit: Int
    private let isHead: Bool
    private(set) var bytes: [UInt8] = []

    /// - Parameter isHead: whether the answer to HEAD is expected, which declares a body and has none.
    init(limit: Int, isHead: Bool) {
        self.limit = limit
        self.isHead = isHead
    }

    private static let tooLarge = Intake.refused(.tooLarge, "the body is larger than allowed")

    func interim(_ status: Int, _ fields: HeaderFields) {}

    func begin(_ head: ResponseHead) -> Intake {
        guard !isHead, !head.isContentCoded, let length = head.contentLength else { return .taken }
        guard length <= limit else { return Self.tooLarge }
        bytes.reserveCapacity(min(length, 256 * 1024))
        return .taken
    }

    func accept(_ piece: UnsafeRawBufferPointer) -> Intake {
        guard piece.count <= limit - bytes.count else {
            bytes = []
            return Self.tooLarge
        }
        bytes.append(contentsOf: piece)
        return .taken
    }
}
