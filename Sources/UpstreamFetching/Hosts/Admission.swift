/// Who may start a transfer now and who waits: at most so many per host and so many in all, first come first served
/// within a host, hosts in turn. Pure: its owner wakes those it names.
///
/// libcurl can limit connections too, but time in its queue counts against the transfer and cannot be told apart.
struct Admission {
    struct Limits {
        var perHost: Int
        var total: Int
        var waiting: Int
    }

    /// A place in a host's line.
    struct Ticket: Hashable {
        let host: HostKey
        let number: UInt64
    }

    enum Entrance: Equatable {
        /// Go; call ``leave(_:)`` afterwards.
        case granted
        /// Wait until ``leave(_:)`` or ``abandon(_:)`` names the ticket.
        case queued(Ticket)
        case full
    }

    private struct Line {
        var running = 0
        var waiting: [Ticket] = []
    }

    private let limits: Limits
    /// Only hosts with somebody running or waiting.
    private var lines: [HostKey: Line] = [:]
    /// Hosts with somebody waiting, the one whose turn is next first.
    private var turns: [HostKey] = []
    private var nextNumber: UInt64 = 0
    private(set) var running = 0
    private(set) var waiting = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    func running(at host: HostKey) -> Int { lines[host]?.running ?? 0 }
    func waiting(at host: HostKey) -> Int { lines[host]?.waiting.count ?? 0 }

    mutating func enter(_ host: HostKey) -> Entrance {
        var line = lines[host] ?? Line()
        if running < limits.total, line.running < limits.perHost, line.waiting.isEmpty {
            line.running += 1
            running += 1
            lines[host] = line
            return .granted
        }
        guard waiting < limits.waiting else { return .full }
        let ticket = Ticket(host: host, number: nextNumber)
        nextNumber += 1
        if line.waiting.isEmpty { turns.append(host) }
        line.waiting.append(ticket)
        waiting += 1
        lines[host] = line
        return .queued(ticket)
    }

    /// Gives a place back. Returns the tickets that have one now.
    mutating func leave(_ host: HostKey) -> [Ticket] {
        guard var line = lines[host], line.running > 0 else { return [] }
        line.running -= 1
        running -= 1
        put(line, at: host)
        return admitWaiting()
    }

    /// Takes a waiter out of its line; false when it has been admitted already (and must ``leave(_:)``).
    mutating func abandon(_ ticket: Ticket) -> Bool {
        guard var line = lines[ticket.host], let index = line.waiting.firstIndex(of: ticket) else { return false }
        line.waiting.remove(at: index)
        waiting -= 1
        if line.waiting.isEmpty { turns.removeAll { $0 == ticket.host } }
        put(line, at: ticket.host)
        return true
    }

    private mutating func admitWaiting() -> [Ticket] {
        var admitted: [Ticket] = []
        while running < limits.total, let index = turns.firstIndex(where: { hasRoom($0) }) {
            let host = turns.remove(at: index)
            guard var line = lines[host] else { continue }
            admitted.append(line.waiting.removeFirst())
            waiting -= 1
            line.running += 1
            running += 1
            if !line.waiting.isEmpty { turns.append(host) }
            lines[host] = line
        }
        return admitted
    }

    private func hasRoom(_ host: HostKey) -> Bool {
        running(at: host) < limits.perHost
    }

    private mutating func put(_ line: Line, at host: HostKey) {
        lines[host] = line.running == 0 && line.waiting.isEmpty ? nil : line
    }
}
