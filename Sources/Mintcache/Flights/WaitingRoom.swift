import Caching
import EventLoops

/// Who waits for which flight: the bookkeeping of a board, which serves them.
struct WaitingRoom<Key: Hashable & Sendable>: Sendable {
    /// A waiter, and whether another had started the flight.
    struct Place: Sendable {
        let waiter: FlightWaiter
        let isCollapsed: Bool
    }

    enum Joining {
        /// There was no flight: start it.
        case lead
        /// One is under way.
        case follow
        /// There are as many waiters or flights as there may be; this one was not taken.
        case refused(Bottleneck)
    }

    private var flights = Flights<Key, Place>()
    private var tickets: [FlightWaiter.Identifier: Flights<Key, Place>.Ticket] = [:]

    /// Flights under way, and everybody who waits for them.
    var load: (flights: Int, waiters: Int) { (flights.count, flights.waiterCount) }

    func isUnderWay(_ key: Key) -> Bool { flights.isUnderWay(key) }

    mutating func join(_ key: Key, _ waiter: FlightWaiter) -> Joining {
        switch flights.join(key, Place(waiter: waiter, isCollapsed: flights.isUnderWay(key))) {
        case .lead(let ticket):
            tickets[waiter.identifier] = ticket
            return .lead
        case .follow(let ticket):
            tickets[waiter.identifier] = ticket
            return .follow
        case .refused(let limit):
            return .refused(Bottleneck(limit))
        }
    }

    /// Begins a flight that nobody waits for; false when one is under way, or would be one too many.
    mutating func begin(_ key: Key) -> Bool { flights.begin(key) }

    /// Takes out one who no longer waits; false when there is nobody by this name, or no longer.
    @discardableResult
    mutating func remove(_ identifier: FlightWaiter.Identifier) -> Bool {
        guard let ticket = tickets.removeValue(forKey: identifier) else { return false }
        return flights.remove(ticket) != nil
    }

    /// Ends a flight and hands out those who wait for it.
    mutating func finish(_ key: Key) -> [Place] {
        let places = flights.finish(key)
        for place in places { tickets[place.waiter.identifier] = nil }
        return places
    }
}

extension FlightWaiter {
    /// Serves waiters in one visit to each loop.
    static func serve(_ served: [(waiter: FlightWaiter, delivery: Delivery)]) {
        let byLoop = Dictionary(grouping: served) { ObjectIdentifier($0.waiter.loop) }
        for group in byLoop.values {
            group.first?.waiter.loop.execute { for (waiter, delivery) in group { waiter.deliver(delivery) } }
        }
    }
}
