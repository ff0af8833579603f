import Testing

@testable import Mintcache

@Suite("What went wrong lately") struct RecentEventsTests {
    private let recent = RecentEvents()

    private var messages: [String] { recent.all.events.map(\.message) }

    @Test func `is told with the newest first`() {
        recent.note(.warning, "first", [:], at: 1)
        recent.note(.error, "second", ["host": "a.example"], at: 2)
        #expect(messages == ["second", "first"])
        #expect(recent.all.events[0].fields == ["host: a.example"])
    }

    @Test func `counts what comes again, and puts it first`() {
        recent.note(.error, "again", ["host": "a.example"], at: 1)
        recent.note(.error, "other", [:], at: 2)
        recent.note(.error, "again", ["host": "a.example"], at: 3)
        recent.note(.error, "again", ["host": "b.example"], at: 4)
        #expect(messages == ["again", "again", "other"])
        let event = recent.all.events[1]
        #expect((event.first, event.last, event.count) == (1, 3, 2))
    }

    @Test func `tells by a number that there is something new`() {
        let before = recent.all.revision
        recent.note(.error, "again", [:], at: 1)
        let between = recent.all.revision
        recent.note(.error, "again", [:], at: 1)
        #expect(before != between)
        #expect(between != recent.all.revision)
    }

    @Test func `is bounded, and lets warnings go before errors`() {
        recent.note(.error, "an error", [:], at: 0)
        for number in 0..<RecentEvents.capacity + 5 { recent.note(.warning, "warning \(number)", [:], at: 1) }
        #expect(messages.count == RecentEvents.capacity)
        #expect(messages.first == "warning \(RecentEvents.capacity + 4)")
        #expect(messages.last == "an error")
    }

    @Test func `lets no message crowd out the others`() {
        recent.note(.warning, "rare", [:], at: 0)
        for number in 0..<1000 { recent.note(.error, "an attack", ["peer": "\(number)"], at: 1) }
        #expect(messages.count == RecentEvents.perMessage + 1)
        #expect(messages.last == "rare")
        #expect(recent.all.events[0].fields == ["peer: 999"])
    }

    @Test func `keeps the beginning of long texts`() {
        let long = String(repeating: "x", count: 10_000)
        recent.note(.error, long, ["path": long], at: 1)
        #expect(recent.document.bytes.count < 3 * RecentEvents.textLength)
    }

    @Test func `holds warnings and errors of every copy of a logger, and nothing that is less`() {
        let log = silentLogger()
        let copy = log
        copy.info("information", [:])
        copy.warning("a warning")
        copy.error("an error")
        #expect(log.recent.all.events.map(\.level) == [.error, .warning])
    }
}
