import Synchronization

/// Places for the tokens that all batches together have sources asked for at a time: fewer than the upstream clients and
/// the gathering of calls have room for, so that batches do not shut out those who ask for one token.
///
/// A place is taken by a fetch, not by a client: it comes back when the fetch has ended, whoever still waits for it.
/// Places are given out in blocks, to batches in the order in which they came, so that what is asked for together leaves
/// in few requests. From any context.
final class BatchPlaces: Sendable {
    /// Two full JSON-RPC batches of the usual size.
    static let block = 250
    static let capacity = 4 * block

    /// A batch's place in the line.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Request {
        let ticket: Ticket
        let count: Int
        let grant: @Sendable (Int) -> Void
    }

    private struct State {
        var free = capacity
        var line: [Request] = []
        var tickets: UInt64 = 0

        /// The first in line, with what it gets, when there is enough for it.
        mutating func next() -> (Request, Int)? {
            guard let first = line.first else { return nil }
            let granted = first.count <= free ? first.count : free / block * block
            guard granted > 0 else { return nil }
            free -= granted
            return (line.removeFirst(), granted)
        }
    }

    private let state = Mutex(State())

    /// Places that are taken.
    var taken: Int { state.withLock { Self.capacity - $0.free } }

    /// Enters the line for so many places.
    ///
    /// - Parameter grant: called once, from any context and perhaps before this returns, with how many there are: as many
    ///   as asked for, or whole blocks.
    func request(_ count: Int, _ grant: @escaping @Sendable (Int) -> Void) -> Ticket {
        let ticket = state.withLock { state in
            state.tickets += 1
            let ticket = Ticket(number: state.tickets)
            state.line.append(Request(ticket: ticket, count: count, grant: grant))
            return ticket
        }
        serve()
        return ticket
    }

    /// Leaves the line. Who has been granted places already has to give them back.
    func withdraw(_ ticket: Ticket) {
        state.withLock { state in state.line.removeAll { $0.ticket == ticket } }
        serve()
    }

    /// Takes a place when there is one and nobody stands in line.
    func takeOne() -> Bool {
        state.withLock { state in
            guard state.line.isEmpty, state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    func giveBack(_ count: Int = 1) {
        state.withLock { $0.free += count }
        serve()
    }

    private func serve() {
        while let (request, count) = state.withLock({ $0.next() }) { request.grant(count) }
    }
}
