/// Who may start a transfer now and who waits: at most so many per host and so many in all, first come first served
/// within a host, hosts in turn. Work in the background gets no more than three quarters of a host's places, and only
/// when nobody else waits there. Pure: its owner wakes those it names.
///
/// libcurl can limit connections too, but time in its queue counts against the transfer and cannot be told apart.
struct Admission {
    struct Limits {
        var perHost: Int
        var total: Int
        var waiting: Int

        var perHostInBackground: Int { max(1, perHost - perHost / 4) }
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
        /// Those in the background, behind everybody in `waiting`.
        var yielding: [Ticket] = []

        var isEmpty: Bool { waiting.isEmpty && yielding.isEmpty }

        /// Who goes next, if there is room for it.
        func hasRoom(within limits: Limits) -> Bool {
            waiting.isEmpty ? !yielding.isEmpty && running < limits.perHostInBackground : running < limits.perHost
        }

        mutating func removeFirst() -> Ticket {
            waiting.isEmpty ? yielding.removeFirst() : waiting.removeFirst()
        }

        /// False when the ticket does not wait in the background.
        mutating func raise(_ ticket: Ticket) -> Bool {
            guard let index = yielding.firstIndex(of: ticket) else { return false }
            waiting.append(yielding.remove(at: index))
            return true
        }

        mutating func remove(_ ticket: Ticket) -> Bool {
            let count = waiting.count + yielding.count
            waiting.removeAll { $0 == ticket }
            yielding.removeAll { $0 == ticket }
            return waiting.count + yielding.count < count
        }
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
    func waiting(at host: HostKey) -> Int { lines[host].map { $0.waiting.count + $0.yielding.count } ?? 0 }

    mutating func enter(_ host: HostKey, isBackground: Bool = false) -> Entrance {
        var line = lines[host] ?? Line()
        let most = isBackground ? limits.perHostInBackground : limits.perHost
        let isFirst = line.waiting.isEmpty && (!isBackground || line.yielding.isEmpty)
        if running < limits.total, line.running < most, isFirst {
            line.running += 1
            running += 1
            lines[host] = line
            return .granted
        }
        guard waiting < limits.waiting else { return .full }
        let ticket = Ticket(host: host, number: nextNumber)
        nextNumber += 1
        if line.isEmpty { turns.append(host) }
        if isBackground { line.yielding.append(ticket) } else { line.waiting.append(ticket) }
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
        guard var line = lines[ticket.host], line.remove(ticket) else { return false }
        waiting -= 1
        if line.isEmpty { turns.removeAll { $0 == ticket.host } }
        put(line, at: ticket.host)
        return true
    }

    /// Lets one who waits in the background stand with all others, behind those who wait already. Returns the tickets that
    /// have a place now.
    mutating func raise(_ ticket: Ticket) -> [Ticket] {
        guard lines[ticket.host]?.raise(ticket) == true else { return [] }
        return admitWaiting()
    }

    private mutating func admitWaiting() -> [Ticket] {
        var admitted: [Ticket] = []
        while running < limits.total, let index = turns.firstIndex(where: { hasRoom($0) }) {
            let host = turns.remove(at: index)
            guard var line = lines[host] else { continue }
            admitted.append(line.removeFirst())
            waiting -= 1
            line.running += 1
            running += 1
            if !line.isEmpty { turns.append(host) }
            lines[host] = line
        }
        return admitted
    }

    private func hasRoom(_ host: HostKey) -> Bool {
        lines[host]?.hasRoom(within: limits) ?? false
    }

    private mutating func put(_ line: Line, at host: HostKey) {
        lines[host] = line.running == 0 && line.isEmpty ? nil : line
    }
}
