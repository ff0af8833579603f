import Caching
import Testing

@Suite final class FlightsTests {
    private typealias Table = Flights<String, Int>

    private var flights = Table(limits: Table.Limits(waitersPerKey: 3, waiters: 5, flights: 3))

    private func join(_ key: String, _ waiter: Int) -> Table.Ticket? {
        switch flights.join(key, waiter) {
        case .lead(let ticket), .follow(let ticket): ticket
        case .refused: nil
        }
    }

    private func begin(_ key: String) -> Bool { flights.begin(key) }

    private func refusal(_ key: String) -> Table.Refusal? {
        if case .refused(let refusal) = flights.join(key, 0) { refusal } else { nil }
    }

    private func leads(_ key: String, _ waiter: Int) -> Bool {
        if case .lead = flights.join(key, waiter) { true } else { false }
    }

    @Test func `the first leads, the others follow, all are woken in order`() {
        #expect(leads("a", 1))
        #expect(!leads("a", 2))
        #expect(!leads("a", 3))
        #expect(leads("b", 4))
        #expect(flights.finish("a") == [1, 2, 3])
        #expect(flights.waiterCount == 1 && flights.count == 1)
    }

    @Test func `a flight ends once, and the next to come leads a new one`() {
        _ = join("a", 1)
        #expect(flights.finish("a") == [1])
        #expect(flights.finish("a") == [])
        #expect(leads("a", 2))
        #expect(flights.finish("a") == [2])
    }

    @Test func `the leader leaving ends nothing`() throws {
        let leader = try #require(join("a", 1))
        #expect(flights.remove(leader) == 1)
        #expect(flights.isUnderWay("a"))
        #expect(!leads("a", 2), "whoever comes next follows the fetch that is under way")
        #expect(flights.finish("a") == [2])
    }

    @Test func `a waiter is taken out once`() throws {
        _ = join("a", 1)
        let second = try #require(join("a", 2))
        #expect(flights.remove(second) == 2)
        #expect(flights.remove(second) == nil)
        #expect(flights.finish("a") == [1])
        #expect(flights.waiterCount == 0)
    }

    @Test func `an old ticket does not touch a later flight for its key`() throws {
        let old = try #require(join("a", 1))
        #expect(flights.finish("a") == [1])
        _ = join("a", 2)
        #expect(flights.remove(old) == nil)
        #expect(flights.finish("a") == [2])
    }

    @Test func `each limit refuses by its own name and frees with its cause`() throws {
        for waiter in 0..<3 { #expect(join("a", waiter) != nil) }
        #expect(refusal("a") == .waitersPerKey)
        #expect(begin("c"))
        #expect(begin("d"))
        #expect(!begin("e"))
        #expect(refusal("e") == .flights)
        #expect(join("c", 3) != nil)
        let last = try #require(join("d", 4))
        #expect(refusal("c") == .waiters)
        #expect(flights.remove(last) == 4)
        #expect(join("c", 5) != nil)
        #expect(flights.waiterCount == 5)
    }

    @Test func `a refresh is a flight that clients may join`() {
        #expect(begin("a"))
        #expect(!begin("a"))
        #expect(!leads("a", 1))
        #expect(flights.finish("a") == [1])
    }

    @Test func `agrees with a plain list through any sequence of calls`() {
        flights = Table(limits: Table.Limits(waitersPerKey: 40, waiters: 120, flights: 6))
        var model: [String: [(ticket: Table.Ticket, waiter: Int)]] = [:]
        var retired: [Table.Ticket] = []
        var generator = SystemRandomNumberGenerator()
        for step in 0..<50_000 {
            let key = String(Int.random(in: 0..<8, using: &generator))
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<12:
                switch flights.join(key, step) {
                case .lead(let ticket):
                    #expect(model[key] == nil)
                    model[key] = [(ticket, step)]
                case .follow(let ticket):
                    #expect(model[key] != nil)
                    model[key]?.append((ticket, step))
                case .refused(.waitersPerKey): #expect(model[key]?.count == 40)
                case .refused(.waiters): #expect(flights.waiterCount == 120)
                case .refused(.flights): #expect(model.count == 6 && model[key] == nil)
                }
            case 12..<19:
                if let place = model[key]?.indices.randomElement(using: &generator),
                    let gone = model[key]?.remove(at: place)
                {
                    #expect(flights.remove(gone.ticket) == gone.waiter)
                    retired.append(gone.ticket)
                }
                if let old = retired.randomElement(using: &generator) { #expect(flights.remove(old) == nil) }
            default:
                let expected = model.removeValue(forKey: key) ?? []
                #expect(flights.finish(key) == expected.map(\.waiter))
                retired += expected.map(\.ticket)
            }
            #expect(flights.waiterCount == model.values.reduce(0) { $0 + $1.count })
            #expect(flights.count == model.count && flights.waiterCount(for: key) == model[key]?.count ?? 0)
        }
    }
}
