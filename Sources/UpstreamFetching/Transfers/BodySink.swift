/// Where a transfer's decoded body goes. Loop-confined.
protocol BodySink: AnyObject {
    /// The header section is complete and in order. Return a reason to end the transfer.
    func begin(_ head: ResponseHead) -> FetchFailure.Kind?
    /// The bytes are valid during the call only. Return a reason to end the transfer.
    func accept(_ bytes: UnsafeRawBufferPointer) -> FetchFailure.Kind?
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

    func begin(_ head: ResponseHead) -> FetchFailure.Kind? {
        guard !isHead, !head.isContentCoded, let length = head.contentLength else { return nil }
        guard length <= limit else { return .tooLarge }
        bytes.reserveCapacity(min(length, 256 * 1024))
        return nil
    }

    func accept(_ piece: UnsafeRawBufferPointer) -> FetchFailure.Kind? {
        guard piece.count <= limit - bytes.count else {
            bytes = []
            return .tooLarge
        }
        bytes.append(contentsOf: piece)
        return nil
    }
}
