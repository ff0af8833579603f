/// Where requests wait for what they ask for. Pinned to the fetch loop.
protocol WaitingBoard: Actor {
    associatedtype Key: Sendable

    /// Joins the flight for a key, starting one when there is none.
    func join(_ key: Key, _ waiter: FlightWaiter)

    /// Ends the wait of one whose deadline has passed, with the copy held or the news; the flight goes on.
    func expire(_ key: Key, _ waiter: FlightWaiter)

    /// The best copy that any tier holds, ready to be sent, without asking a source; nil when there is none that may be
    /// served.
    func cachedDelivery(of key: Key, as representation: TokenRepresentation) async -> Delivery?

    /// Fetches what is stale, or not held, behind, unless that is under way.
    func refresh(_ key: Key)

    /// Stops waiting. Unknown and already served waiters are ignored.
    func leave(_ identifier: FlightWaiter.Identifier)
}
