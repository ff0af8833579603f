/// Who waits for what: at most one fetch per key under way, and everybody who wants its result.
///
/// Bookkeeping only: no clock, no locks, no fetching. The owner starts a fetch when told to lead, hands the result to
/// the waiters it gets from ``finish(_:)``, and takes out a waiter whose deadline passed. A flight belongs to none of
/// its waiters: it goes on when all have left, so that the result still fills the cache.
public struct Flights<Key: Hashable, Waiter> {
    /// How many may wait.
    public struct Limits: Sendable, Hashable {
        /// For one key.
        public var waitersPerKey: Int
        /// In all.
        public var waiters: Int
        /// Fetches under way.
        public var flights: Int

        public init(waitersPerKey: Int = 10_000, waiters: Int = 100_000, flights: Int = 50_000) {
            self.waitersPerKey = waitersPerKey
            self.waiters = waiters
            self.flights = flights
        }
    }

    /// A place among the waiters of one key.
    public struct Ticket: Hashable {
        public let key: Key
        /// Of all waiters there ever were, in the order they came.
        let number: UInt64
    }

    /// What joining a flight comes to.
    public enum Joining {
        /// There was none: start the fetch. The waiter waits for it like those who follow.
        case lead(Ticket)
        /// One is under way.
        case follow(Ticket)
        /// A limit is reached; the waiter was not taken.
        case refused(Refusal)
    }

    /// The limit that was reached.
    public enum Refusal: Sendable, Hashable, CaseIterable {
        case waitersPerKey
        case waiters
        case flights
    }

    private let limits: Limits
    private var flights: [Key: Flight<Waiter>] = [:]
    private var nextNumber: UInt64 = 0
    /// How many wait, in all.
    public private(set) var waiterCount = 0

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// How many fetches are under way.
    public var count: Int { flights.count }

    /// Whether a fetch for `key` is under way.
    public func isUnderWay(_ key: Key) -> Bool { flights[key] != nil }

    /// How many wait for `key`.
    public func waiterCount(for key: Key) -> Int { flights[key]?.count ?? 0 }

    /// Adds `waiter` to the flight for `key`, beginning one when there is none.
    public mutating func join(_ key: Key, _ waiter: Waiter) -> Joining {
        if let refusal = refusal(for: key) { return .refused(refusal) }
        let ticket = Ticket(key: key, number: nextNumber)
        nextNumber += 1
        waiterCount += 1
        let isFirst = flights[key] == nil
        flights[key, default: Flight()].append(waiter, number: ticket.number)
        return isFirst ? .lead(ticket) : .follow(ticket)
    }

    /// Begins a flight that nobody waits for yet, for a refresh or a warm-up.
    ///
    /// - Returns: true when the caller is to fetch; false when that is under way already or would be one too many.
    public mutating func begin(_ key: Key) -> Bool {
        guard flights[key] == nil, flights.count < limits.flights else { return false }
        flights[key] = Flight()
        return true
    }

    /// Ends the flight for `key` and hands out those who wait for it, in the order they came.
    ///
    /// Whoever joins afterwards begins a new one. Without a flight there is nobody.
    public mutating func finish(_ key: Key) -> [Waiter] {
        guard let flight = flights.removeValue(forKey: key) else { return [] }
        waiterCount -= flight.count
        return flight.all
    }

    /// Takes out one who stopped waiting. Nil when the flight has ended or the waiter was taken out before.
    public mutating func remove(_ ticket: Ticket) -> Waiter? {
        guard let waiter = flights[ticket.key]?.remove(number: ticket.number) else { return nil }
        waiterCount -= 1
        return waiter
    }

    private func refusal(for key: Key) -> Refusal? {
        if waiterCount >= limits.waiters { return .waiters }
        guard let flight = flights[key] else { return flights.count >= limits.flights ? .flights : nil }
        return flight.count >= limits.waitersPerKey ? .waitersPerKey : nil
    }
}

extension Flights.Ticket: Sendable where Key: Sendable {}
extension Flights.Joining: Sendable where Key: Sendable {}
extension Flights: Sendable where Key: Sendable, Waiter: Sendable {}
