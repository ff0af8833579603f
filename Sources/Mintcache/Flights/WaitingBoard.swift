/// Where requests wait for what they ask for. Pinned to the fetch loop.
protocol WaitingBoard: Actor {
    associatedtype Key: Sendable

    /// Joins the flight for a key, starting one when there is none.
    func join(_ key: Key, _ waiter: FlightWaiter)

    /// Ends the wait of one whose deadline has passed, with the copy held or the news; the flight goes on.
    func expire(_ key: Key, _ waiter: FlightWaiter)

    /// Stops waiting. Unknown and already served waiters are ignored.
    func leave(_ identifier: FlightWaiter.Identifier)
}
