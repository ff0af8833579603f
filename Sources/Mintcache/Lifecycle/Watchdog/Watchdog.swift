import Dispatch
import EventLoops
import Glibc
import Synchronization

/// Watches the loops from a thread of its own. One that is held up is logged; one that does not come back ends the
/// process, so that the platform starts it anew. Tells the service manager, too, as long as all loops turn.
final class Watchdog: Sendable {
    /// What the process ends with, of sysexits(3): an internal error.
    static let exitCode: Int32 = 70
    /// The log may be what hangs.
    private static let patience = DispatchTimeInterval.seconds(1)

    /// What a watchdog uses of the process.
    struct Tools: Sendable {
        let log: Logger
        let sink: LogSink
        let stalls: Counter
        let notifier: ServiceNotifier?
        let exit: @Sendable (Int32) -> Void
    }

    private let loops: [(name: String, loop: EventLoop)]
    private let pulses: [Pulse]
    private let limits: StallDetector.Limits
    private let interval: Duration
    private let tools: Tools
    private let isEnded = Atomic(false)

    init(_ loops: [(name: String, loop: EventLoop)], limits: StallDetector.Limits, tools: Tools) {
        self.loops = loops
        self.limits = limits
        self.tools = tools
        pulses = loops.map { _ in Pulse() }
        let wanted: [Duration?] = [.seconds(1), limits.log / 2, tools.notifier?.watchdogInterval.map { $0 / 3 }]
        interval = max(.milliseconds(10), wanted.compactMap(\.self).min() ?? .seconds(1))
    }

    /// Watches from now on, until ``end()``. Not on Dispatch, whose threads may all be held up together.
    func start() {
        BackgroundThread.start(named: "watchdog") { self.run() }
    }

    /// Watches no more; the thread ends soon.
    func end() {
        isEnded.store(true, ordering: .relaxed)
    }

    private func run() {
        var detector = StallDetector(loops: loops.count, limits: limits, interval: interval, at: .current)
        for index in loops.indices { ask(index) }
        while true {
            pause()
            if isEnded.load(ordering: .relaxed) { return }
            let answered = pulses.map(\.isAnswered)
            for finding in detector.look(at: .current, hasAnswered: { answered[$0] }) {
                if case .hopeless(let loop, let duration) = finding { return giveUp(loop, after: duration) }
                tell(finding)
            }
            for index in loops.indices where answered[index] { ask(index) }
            if !detector.isAnyHeldUp { tools.notifier?.tell(.alive) }
        }
    }

    private func ask(_ index: Int) {
        let pulse = pulses[index]
        pulse.ask()
        loops[index].loop.execute { pulse.answer() }
    }

    private func pause() {
        let nanoseconds = interval.inNanoseconds
        var rest = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var left = timespec()
        while nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }

    private func tell(_ finding: StallDetector.Finding) {
        switch finding {
        case .heldUp(let loop, let duration):
            tools.stalls.increment()
            tools.log.error(
                "a loop is held up",
                [
                    "loop": loops[loop].name, "milliseconds": String(duration.inMilliseconds),
                    "calls": loops[loop].loop.calls.joined(separator: " < "),
                ])
        case .recovered(let loop, let duration):
            tools.log.warning(
                "the loop goes on", ["loop": loops[loop].name, "milliseconds": String(duration.inMilliseconds)])
        case .hopeless:
            break
        }
    }

    private func giveUp(_ loop: Int, after duration: Duration) {
        tools.log.error(
            "a loop does not come back; the process ends to be started anew",
            ["loop": loops[loop].name, "milliseconds": String(duration.inMilliseconds)])
        let isWritten = DispatchSemaphore(value: 0)
        BackgroundThread.start(named: "last words") { [sink = tools.sink] in
            sink.flush()
            isWritten.signal()
        }
        _ = isWritten.wait(timeout: .now() + Self.patience)
        tools.exit(Self.exitCode)
    }
}

/// Whether a loop has answered since it was asked.
private final class Pulse: Sendable {
    private let answered = Atomic(false)

    var isAnswered: Bool { answered.load(ordering: .relaxed) }

    func ask() { answered.store(false, ordering: .relaxed) }

    func answer() { answered.store(true, ordering: .relaxed) }
}
