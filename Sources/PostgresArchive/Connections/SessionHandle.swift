private import CPostgres

/// Owns a `PGconn` and gives its non-blocking calls Swift's shape. Loop-confined, like the connection that holds it.
final class SessionHandle {
    enum ConnectProgress {
        case needsReadable
        case needsWritable
        case established
        case failed
    }

    private let pointer: OpaquePointer

    /// Begins to connect; nil when memory runs out. Blocks only if a host has neither an address nor a socket's path.
    init?(starting parameters: ConnectionParameters) {
        let started = CStrings.withPointers(to: parameters.keywords) { keywords in
            CStrings.withPointers(to: parameters.values) { values in
                PQconnectStartParams(keywords, values, 0)
            }
        }
        guard let started else { return nil }
        pointer = started
        // libpq's own receiver prints to standard error.
        PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    }

    deinit {
        PQfinish(pointer)
    }

    var isBroken: Bool { PQstatus(pointer) == CONNECTION_BAD }
    /// Changes while connecting; negative when there is none.
    var socket: Int32 { PQsocket(pointer) }
    /// In libpq's words; may quote what the server says.
    var errorMessage: String { PQerrorMessage(pointer).map { String(cString: $0) } ?? "" }
    var isInTransaction: Bool { PQtransactionStatus(pointer) != PQTRANS_IDLE }

    func pollConnect() -> ConnectProgress {
        switch PQconnectPoll(pointer) {
        case PGRES_POLLING_READING: .needsReadable
        case PGRES_POLLING_WRITING: .needsWritable
        case PGRES_POLLING_OK: PQsetnonblocking(pointer, 1) == 0 ? .established : .failed
        default: .failed
        }
    }

    /// Queues a statement; false when the connection cannot take one.
    func send(_ statement: PostgresStatement) -> Bool {
        let types = statement.parameters.map(\.type)
        let lengths = statement.parameters.map { Int32($0.bytes.count) }
        let formats = [Int32](repeating: 1, count: types.count)
        return CStrings.withPointers(to: statement.parameters.map(\.bytes)) { values in
            PQsendQueryParams(pointer, statement.sql, Int32(types.count), types, values, lengths, formats, 1) == 1
        }
    }

    /// Queues one or more statements without parameters.
    func send(script: String) -> Bool {
        PQsendQuery(pointer, script) == 1
    }

    /// Whether everything queued has left; nil when the connection broke.
    func flush() -> Bool? {
        switch PQflush(pointer) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    /// Reads what the socket has; false when the connection broke.
    func consumeInput() -> Bool { PQconsumeInput(pointer) == 1 }

    /// Whether ``nextResult()`` would block.
    var isWaiting: Bool { PQisBusy(pointer) == 1 }

    /// nil after the last result of what was sent.
    func nextResult() -> PostgresResult? {
        PQgetResult(pointer).map { PostgresResult(owning: $0) }
    }

    func cancellation() -> QueryCancellation? {
        PQgetCancel(pointer).map { QueryCancellation(owning: $0) }
    }
}
