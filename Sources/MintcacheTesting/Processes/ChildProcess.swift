import Foundation
import Synchronization

/// A process of a test's own. It dies with the test run, however that ends, and with the last reference.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Exit: Sendable, Hashable {
        case code(Int32)
        case signal(Int32)
    }

    public enum Signal: Sendable {
        case stop, resume, terminate, kill, interrupt, quit, hangup

        var number: Int32 {
            switch self {
            case .stop: SIGSTOP
            case .resume: SIGCONT
            case .terminate: SIGTERM
            case .kill: SIGKILL
            case .interrupt: SIGINT
            case .quit: SIGQUIT
            case .hangup: SIGHUP
            }
        }
    }

    /// What to start.
    public struct Command: Sendable {
        public var path: String
        public var arguments: [String]
        /// Set on top of the test run's own environment.
        public var environment: [String: String]
        public var directory: String?
        /// An account to change to first; possible for root only.
        public var user: String?

        public init(
            _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
            user: String? = nil
        ) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
            self.user = user
        }
    }

    /// The process id.
    public let identifier: Int32
    private let command: Command
    private let life: Life
    private let folder: TemporaryDirectory

    /// Starts a process; its standard input is empty, its outputs are kept.
    public init(_ command: Command) throws {
        self.command = command
        let folder = try TemporaryDirectory()
        let launch = try Launch(command, output: folder.file("stdout"), errors: folder.file("stderr"))
        let (code, identifier) = SpawnThread.shared.run { launch.spawn() } ?? (ESRCH, 0)
        guard code == 0 else {
            throw TestSupportError("cannot start \(command.path): \(String(cString: strerror(code)))")
        }
        self.folder = folder
        self.identifier = identifier
        life = Life(identifier)
    }

    deinit {
        life.send(SIGKILL)
        life.awaitEnd(seconds: 10)
    }

    /// Runs a command to its end and answers what it wrote to its standard output. Throws when it fails or takes
    /// longer than `limit`.
    public static func run(_ command: Command, within limit: Duration = .seconds(60)) async throws -> String {
        let process = try ChildProcess(command)
        let exit = try await process.wait(within: limit)
        guard exit == .code(0) else {
            throw TestSupportError("\(command.path) ended with \(exit): \(process.standardError)")
        }
        return process.standardOutput
    }

    /// Sends a signal; a process that has ended gets none.
    public func send(_ signal: Signal) {
        life.send(signal.number)
    }

    public var isRunning: Bool { life.exit == nil }

    /// Everything written to the standard output so far.
    public var standardOutput: String { read("stdout") }

    /// Everything written to the standard error so far.
    public var standardError: String { read("stderr") }

    /// Waits for the end. Throws when it does not come within `limit`.
    @discardableResult
    public func wait(within limit: Duration = .seconds(10)) async throws -> Exit {
        try await eventually(within: limit, "the end of \(command.path)") { !isRunning }
        guard let exit = life.exit else { throw TestSupportError("\(command.path) ended unseen") }
        return exit
    }

    /// Waits until either output contains `text`. Throws when the process ends first.
    public func waitForOutput(containing text: String, within limit: Duration = .seconds(30)) async throws {
        try await eventually(within: limit, "“\(text)” in the output of \(command.path)") {
            if standardOutput.contains(text) || standardError.contains(text) { return true }
            if isRunning { return false }
            throw TestSupportError("\(command.path) ended early: \(standardOutput)\(standardError)")
        }
    }

    private func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder.file(name)) ?? Data(), as: UTF8.self)
    }
}

/// Whether a process lives. A thread of its own waits for its end, so that its number is not given to another process
/// while a signal to it is on the way.
private final class Life: Sendable {
    private let identifier: Int32
    private let ended = Mutex<ChildProcess.Exit?>(nil)

    init(_ identifier: Int32) {
        self.identifier = identifier
        Thread.detachNewThread { [self] in reap() }
    }

    var exit: ChildProcess.Exit? { ended.withLock { $0 } }

    func send(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { _ = kill(identifier, signal) }
        }
    }

    func awaitEnd(seconds: Int) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while exit == nil, ContinuousClock.now < deadline { usleep(1000) }
    }

    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        ended.withLock { ended in
            var status: Int32 = 0
            waitpid(identifier, &status, 0)
            let signal = status & 0x7F
            ended = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
        }
    }
}
