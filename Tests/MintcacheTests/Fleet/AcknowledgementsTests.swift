import EventLoops
import Testing

@testable import Mintcache

@Suite("Waiting for instances to follow a purge") struct AcknowledgementsTests {
    private var acknowledgements = Acknowledgements()

    @Test mutating func `ends when all have said so, in whatever order, also before it began`() async {
        acknowledgements.note(7, by: "a")
        let (poll, wait) = acknowledgements.begin(7, from: ["a", "b", "c"])
        acknowledgements.note(7, by: "c")
        acknowledgements.note(9, by: "b")
        await wait.value(ifCancelled: ())
        let missing = acknowledgements.end(poll)
        #expect(missing.isEmpty)
        #expect(acknowledgements.hasAcknowledged(7, "b"))
    }

    @Test mutating func `ends at once when there is nobody else`() async {
        let (poll, wait) = acknowledgements.begin(7, from: [])
        await wait.value(ifCancelled: ())
        let missing = acknowledgements.end(poll)
        #expect(missing.isEmpty)
    }

    @Test mutating func `does not count what was said of an earlier purge`() {
        let (poll, _) = acknowledgements.begin(7, from: ["a", "b"])
        acknowledgements.note(6, by: "a")
        acknowledgements.note(7, by: "b")
        let missing = acknowledgements.end(poll)
        #expect(missing == ["a"])
    }

    @Test mutating func `does not go on for who lives no more`() async {
        let (poll, wait) = acknowledgements.begin(7, from: ["a", "b"])
        acknowledgements.note(7, by: "a")
        acknowledgements.adopt(living: ["a", "new"])
        await wait.value(ifCancelled: ())
        let missing = acknowledgements.end(poll)
        #expect(missing.isEmpty)
        #expect(!acknowledgements.hasAcknowledged(7, "b"))
    }
}
