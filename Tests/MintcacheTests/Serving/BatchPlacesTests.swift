import Synchronization
import Testing

@testable import Mintcache

@Suite struct `The places of batches` {
    /// What batches were granted, in the order in which it came.
    private final class Grants: Sendable {
        private let list = Mutex<[String]>([])

        var all: [String] { list.withLock { $0 } }

        @discardableResult
        func ask(_ places: BatchPlaces, _ count: Int, as batch: String) -> BatchPlaces.Ticket {
            places.request(count) { granted in self.list.withLock { $0.append("\(batch) \(granted)") } }
        }
    }

    private let places = BatchPlaces()
    private let grants = Grants()

    @Test func `are there at once as long as there are enough`() {
        grants.ask(places, 400, as: "first")
        grants.ask(places, 600, as: "second")
        grants.ask(places, 1, as: "third")
        #expect(grants.all == ["first 400", "second 600"])
        #expect(places.taken == BatchPlaces.capacity)
        places.giveBack()
        #expect(grants.all.last == "third 1")
    }

    @Test func `come in whole blocks to who asks for more than there are`() {
        grants.ask(places, 300, as: "first")
        grants.ask(places, 1000, as: "second")
        #expect(grants.all == ["first 300", "second 500"])
        grants.ask(places, 500, as: "second again")
        places.giveBack(BatchPlaces.block - 201)
        #expect(grants.all.count == 2)
        places.giveBack()
        #expect(grants.all.last == "second again 250")
    }

    @Test func `come to batches in the order in which they came, whatever they need`() {
        grants.ask(places, BatchPlaces.capacity, as: "first")
        grants.ask(places, 1000, as: "second")
        grants.ask(places, 2, as: "third")
        places.giveBack(BatchPlaces.block - 1)
        #expect(grants.all == ["first 1000"])
        places.giveBack(4)
        #expect(grants.all == ["first 1000", "second 250", "third 2"])
    }

    @Test func `go to the next when one in line has left`() {
        grants.ask(places, BatchPlaces.capacity, as: "first")
        let ticket = grants.ask(places, 1000, as: "second")
        grants.ask(places, 5, as: "third")
        places.giveBack(5)
        #expect(grants.all == ["first 1000"])
        places.withdraw(ticket)
        #expect(grants.all == ["first 1000", "third 5"])
        #expect(places.taken == BatchPlaces.capacity)
    }

    @Test func `are not taken one by one past those in line`() {
        #expect(places.takeOne())
        grants.ask(places, BatchPlaces.capacity - 1, as: "first")
        #expect(!places.takeOne())
        grants.ask(places, 300, as: "second")
        places.giveBack(10)
        #expect(!places.takeOne())
        places.giveBack(240)
        #expect(grants.all.last == "second 250")
    }
}
