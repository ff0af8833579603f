import EventLoops

/// Decides from when loops answered whether they are held up. Each is asked to answer again and again; how long the
/// latest answer is overdue is how long the loop has been held up. When it was the whole process that did not run
/// (stopped, suspended, starved), the one who looks is late himself, and that time is nobody's fault.
struct StallDetector {
    struct Limits: Sendable {
        /// A loop held up for longer is worth a line in the log.
        var log: Duration
        /// One held up for longer will not come back; `nil`: there is always hope.
        var exit: Duration?
    }

    enum Finding: Equatable {
        case heldUp(loop: Int, for: Duration)
        /// It goes on.
        case recovered(loop: Int, after: Duration)
        case hopeless(loop: Int, for: Duration)
    }

    private struct Question {
        var asked: MonotonicTime
        var isReported = false
    }

    private let limits: Limits
    private let interval: Duration
    private var questions: [Question]
    private var nextLook: MonotonicTime

    /// All loops are asked now, and looked at every `interval`.
    init(loops: Int, limits: Limits, interval: Duration, at now: MonotonicTime) {
        self.limits = limits
        self.interval = interval
        questions = Array(repeating: Question(asked: now), count: loops)
        nextLook = now + interval
    }

    /// Whether a loop is overdue by more than is worth a line.
    var isAnyHeldUp: Bool { questions.contains(where: \.isReported) }

    /// One look. Loops that have answered are to be asked again right after it.
    mutating func look(at now: MonotonicTime, hasAnswered: (Int) -> Bool) -> [Finding] {
        let lateness = max(.zero, now - nextLook)
        nextLook = now + interval
        var findings: [Finding] = []
        for loop in questions.indices {
            questions[loop].asked = questions[loop].asked + lateness
            let overdue = now - questions[loop].asked
            if hasAnswered(loop) {
                if questions[loop].isReported { findings.append(.recovered(loop: loop, after: overdue)) }
                questions[loop] = Question(asked: now)
            } else if let exit = limits.exit, overdue >= exit {
                findings.append(.hopeless(loop: loop, for: overdue))
            } else if overdue >= limits.log, !questions[loop].isReported {
                questions[loop].isReported = true
                findings.append(.heldUp(loop: loop, for: overdue))
            }
        }
        return findings
    }
}
