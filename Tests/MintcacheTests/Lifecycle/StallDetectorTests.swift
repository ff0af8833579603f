import EventLoops
import Testing

@testable import Mintcache

@Suite struct `What counts as a held-up loop` {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private let interval = Duration.milliseconds(500)

    private func detector(loops: Int = 1, exit: Duration? = .seconds(10)) -> StallDetector {
        StallDetector(loops: loops, limits: .init(log: .seconds(1), exit: exit), interval: interval, at: start)
    }

    /// The findings of looks in time, the last of them at `end`.
    private func findings(
        _ detector: inout StallDetector, from begin: Duration = .zero, until end: Duration,
        hasAnswered: (Int) -> Bool = { _ in false }
    ) -> [StallDetector.Finding] {
        var findings: [StallDetector.Finding] = []
        var time = begin + interval
        while time <= end {
            findings += detector.look(at: start + time, hasAnswered: hasAnswered)
            time += interval
        }
        return findings
    }

    @Test func `is none that answers`() {
        var detector = detector()
        #expect(findings(&detector, until: .seconds(60)) { _ in true }.isEmpty)
    }

    @Test func `is told once, and again when it goes on`() {
        var detector = detector()
        #expect(findings(&detector, until: .seconds(3)) == [.heldUp(loop: 0, for: .seconds(1))])
        #expect(detector.isAnyHeldUp)
        let look = detector.look(at: start + .milliseconds(3500)) { _ in true }
        #expect(look == [.recovered(loop: 0, after: .milliseconds(3500))])
        #expect(!detector.isAnyHeldUp)
    }

    @Test func `is hopeless past the second limit, and never without one`() {
        var detector = detector()
        #expect(findings(&detector, until: .seconds(10)).last == .hopeless(loop: 0, for: .seconds(10)))
        var patient = self.detector(exit: nil)
        #expect(findings(&patient, until: .seconds(600)) == [.heldUp(loop: 0, for: .seconds(1))])
    }

    @Test func `is told from the others`() {
        var detector = detector(loops: 3)
        #expect(findings(&detector, until: .seconds(2)) { $0 != 1 } == [.heldUp(loop: 1, for: .seconds(1))])
    }

    @Test func `is none when the whole process stood still`() {
        var detector = detector()
        // Stopped for an hour: the look that was due after half a second comes then.
        #expect(detector.look(at: start + .seconds(3600)) { _ in false }.isEmpty)
        #expect(!detector.isAnyHeldUp)
        // From there on time counts again.
        let after = findings(&detector, from: .seconds(3600), until: .seconds(3600 + 20))
        #expect(after.first == .heldUp(loop: 0, for: .seconds(1)))
        #expect(after.contains { if case .hopeless = $0 { true } else { false } })
    }
}
