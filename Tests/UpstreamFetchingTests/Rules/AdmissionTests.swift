import Testing

@testable import UpstreamFetching

@Suite("Admission")
struct AdmissionTests {
    private let a = HostKey(host: "a.test", port: 80)
    private let b = HostKey(host: "b.test", port: 80)

    private func admission(perHost: Int = 2, total: Int = 3, waiting: Int = 4) -> Admission {
        Admission(Admission.Limits(perHost: perHost, total: total, waiting: waiting))
    }

    private func expectGrant(
        _ admission: inout Admission, _ host: HostKey, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let entrance = admission.enter(host)
        #expect(entrance == .granted, sourceLocation: sourceLocation)
    }

    private func ticket(_ entrance: Admission.Entrance) throws -> Admission.Ticket {
        guard case .queued(let ticket) = entrance else {
            throw Unexpected(entrance: "\(entrance)")
        }
        return ticket
    }

    private struct Unexpected: Error { let entrance: String }

    @Test func `a host's line is first come first served`() throws {
        var admission = admission()
        expectGrant(&admission, a)
        expectGrant(&admission, a)
        let first = try ticket(admission.enter(a))
        let second = try ticket(admission.enter(a))
        expectGrant(&admission, b)
        let admitted1 = admission.leave(a)
        #expect(admitted1 == [first])
        let admitted2 = admission.leave(a)
        #expect(admitted2 == [second])
        #expect(admission.running == 3)
        #expect(admission.waiting == 0)
    }

    @Test func `E-173 a full house goes on in turns between hosts`() throws {
        var admission = admission(perHost: 3, total: 3)
        for _ in 0..<3 { expectGrant(&admission, a) }
        let mine = [try ticket(admission.enter(a)), try ticket(admission.enter(a))]
        let other = try ticket(admission.enter(b))
        let admitted3 = admission.leave(a)
        #expect(admitted3 == [mine[0]])
        let admitted4 = admission.leave(a)
        #expect(admitted4 == [other])
        let admitted5 = admission.leave(a)
        #expect(admitted5 == [mine[1]])
    }

    @Test func `the lines together are bounded`() throws {
        var admission = admission(perHost: 1, total: 1, waiting: 2)
        expectGrant(&admission, a)
        _ = try ticket(admission.enter(a))
        _ = try ticket(admission.enter(b))
        let last = admission.enter(b)
        #expect(last == .full)
    }

    @Test func `a waiter that gives up leaves no gap`() throws {
        var admission = admission(perHost: 1, total: 1)
        expectGrant(&admission, a)
        let quitter = try ticket(admission.enter(a))
        let next = try ticket(admission.enter(a))
        let isOut = admission.abandon(quitter)
        #expect(isOut)
        let admitted6 = admission.leave(a)
        #expect(admitted6 == [next])
        let isAdmitted = !admission.abandon(next)
        #expect(isAdmitted)
        let admitted7 = admission.leave(a)
        #expect(admitted7 == [])
        #expect(admission.running == 0)
    }
}

@Suite("Admission of work in the background")
struct BackgroundAdmissionTests {
    private let a = HostKey(host: "a.test", port: 80)

    private func ticket(_ entrance: Admission.Entrance) -> Admission.Ticket? {
        if case .queued(let ticket) = entrance { ticket } else { nil }
    }

    @Test func `leaves a quarter of a host's places to others`() {
        var admission = Admission(.init(perHost: 8, total: 100, waiting: 100))
        for _ in 0..<6 {
            let entrance = admission.enter(a, isBackground: true)
            #expect(entrance == .granted)
        }
        let waiting = ticket(admission.enter(a, isBackground: true))
        #expect(waiting != nil)
        for _ in 0..<2 {
            let entrance = admission.enter(a)
            #expect(entrance == .granted)
        }
        let others = admission.leave(a)
        #expect(others.isEmpty)
        _ = admission.leave(a)
        let admitted = admission.leave(a)
        #expect(admitted == [waiting].compactMap { $0 })
    }

    @Test func `stands behind all others, whenever they came`() {
        var admission = Admission(.init(perHost: 1, total: 100, waiting: 100))
        let entrance = admission.enter(a)
        #expect(entrance == .granted)
        let background = ticket(admission.enter(a, isBackground: true))
        let live = ticket(admission.enter(a))
        #expect(admission.waiting(at: a) == 2)
        let first = admission.leave(a), second = admission.leave(a)
        #expect(first == [live].compactMap { $0 } && second == [background].compactMap { $0 })
        _ = admission.leave(a)
        #expect(admission.running(at: a) == 0)
    }

    @Test func `may give up its wait`() {
        var admission = Admission(.init(perHost: 1, total: 100, waiting: 1))
        _ = admission.enter(a)
        let background = ticket(admission.enter(a, isBackground: true))
        let refused = admission.enter(a)
        #expect(refused == .full)
        let isGone = background.map { admission.abandon($0) }
        #expect(isGone == true && admission.waiting == 0)
        let admitted = admission.leave(a)
        #expect(admitted.isEmpty && admission.running == 0)
    }

    @Test func `stands with the others once somebody waits for it`() {
        var admission = Admission(.init(perHost: 1, total: 100, waiting: 100))
        _ = admission.enter(a)
        let first = ticket(admission.enter(a, isBackground: true))
        let second = ticket(admission.enter(a, isBackground: true))
        let live = ticket(admission.enter(a))
        let none = second.map { admission.raise($0) }
        #expect(none == [] && admission.waiting(at: a) == 3)
        let admitted = [admission.leave(a), admission.leave(a), admission.leave(a)].map(\.first)
        #expect(admitted == [live, second, first])
    }

    @Test func `has one of the places that were left to others once somebody waits for it`() {
        var admission = Admission(.init(perHost: 4, total: 100, waiting: 100))
        for _ in 0..<3 { _ = admission.enter(a, isBackground: true) }
        let waiting = ticket(admission.enter(a, isBackground: true))
        let admitted = waiting.map { admission.raise($0) }
        #expect(admitted == [waiting].compactMap { $0 })
        #expect(admission.running(at: a) == 4 && admission.waiting == 0)
        let again = waiting.map { admission.raise($0) }
        #expect(again == [])
    }
}
