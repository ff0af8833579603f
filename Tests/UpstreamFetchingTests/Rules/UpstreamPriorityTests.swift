import Synchronization
import Testing

@testable import UpstreamFetching

@Suite struct `Work in the background` {
    private final class Count: Sendable {
        private let value = Atomic(0)
        var current: Int { value.load(ordering: .relaxed) }
        func increment() { value.add(1, ordering: .relaxed) }
    }

    @Test func `is told once when somebody waits for it, then or later`() {
        let (priority, count) = (UpstreamPriority(), Count())
        priority.whenRaised { count.increment() }
        #expect(count.current == 0 && !priority.isRaised)
        priority.raise()
        priority.raise()
        #expect(count.current == 1 && priority.isRaised)
        priority.whenRaised { count.increment() }
        #expect(count.current == 2)
    }

    @Test func `is raised with all of its parts, of which each may be raised alone`() throws {
        #expect(UpstreamPriority.forPart() == nil && !UpstreamPriority.isBackground)
        let whole = UpstreamPriority()
        try UpstreamPriority.$current.withValue(whole) {
            #expect(UpstreamPriority.isBackground)
            let one = try #require(UpstreamPriority.forPart()), other = try #require(UpstreamPriority.forPart())
            one.raise()
            #expect(!whole.isRaised && !other.isRaised)
            whole.raise()
            #expect(other.isRaised && !UpstreamPriority.isBackground && UpstreamPriority.forPart() == nil)
        }
    }

    @Test func `is raised when what waits for it is`() {
        let (awaited, waiter) = (UpstreamPriority(), UpstreamPriority())
        UpstreamPriority.$current.withValue(waiter) { awaited.raiseWithCurrent() }
        #expect(!awaited.isRaised)
        waiter.raise()
        #expect(awaited.isRaised)
        let another = UpstreamPriority()
        another.raiseWithCurrent()
        #expect(another.isRaised)
    }
}
