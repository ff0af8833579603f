import EventLoops
import Glibc
import HTTPCaching
import Synchronization
import Tokens

/// Events of the process as JSON lines (or readable text), by level. Values are escaped, so that hostile text can not
/// forge a line; secrets never get here, because the types that hold them do not print them.
public struct Logger: Sendable {
    public typealias Level = Configuration.Log.Level

    private let sink: LogSink
    private let threshold: Threshold
    private let format: Configuration.Log.Format
    /// Hears of errors, whether they are written or not.
    private let errors: ErrorReporter?
    /// The last warnings and errors, whatever the level is; shared by all copies of a logger.
    let recent = RecentEvents()

    public init(sink: LogSink, level: Level, format: Configuration.Log.Format) {
        self.init(sink: sink, level: level, format: format, errors: nil)
    }

    init(sink: LogSink, _ configuration: Configuration.Log, errors: ErrorReporter) {
        self.init(sink: sink, level: configuration.level, format: configuration.format, errors: errors)
    }

    private init(sink: LogSink, level: Level, format: Configuration.Log.Format, errors: ErrorReporter?) {
        self.sink = sink
        self.errors = errors
        threshold = Threshold(level)
        self.format = format
    }

    /// From now on, for every copy of this logger, only events of this level and above are written.
    public func adopt(_ level: Level) {
        threshold.rank.store(level.rank, ordering: .relaxed)
    }

    /// The level, shared by all copies of a logger.
    private final class Threshold: Sendable {
        let rank: Atomic<Int>

        init(_ level: Level) {
            rank = Atomic(level.rank)
        }
    }

    public func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.debug, message, fields)
    }

    public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.info, message, fields)
    }

    public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.warning, message, fields)
    }

    public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.error, message, fields)
        errors?.report(message, fields)
    }

    /// What must be on record whatever the level is: what administrators did.
    func audit(_ message: String, _ fields: KeyValuePairs<String, String>) {
        emit(.info, message, fields)
    }

    /// What somebody asked to have on record, whatever the level is.
    func record(_ message: String, _ members: [(String, JSONNode)]) {
        emit(.info, message, members)
    }

    /// C1 control characters are legal in JSON, and terminals obey some of them.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) else { return text }
        let scalars = text.unicodeScalars.map { (0x80...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    private func write(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        if level.rank >= Level.warning.rank { recent.note(level, message, fields, at: Self.seconds) }
        guard level.rank >= threshold.rank.load(ordering: .relaxed) else { return }
        emit(level, message, fields)
    }

    private func emit(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        emit(level, message, fields.map { ($0, .string(Self.printable($1))) })
    }

    /// Since 1970.
    private static var seconds: Int64 {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Int64(wall.tv_sec)
    }

    private func emit(_ level: Level, _ message: String, _ members: [(String, JSONNode)]) {
        let time = InternetTimestamp.text(Self.seconds)
        var line: [UInt8] = []
        switch format {
        case .json:
            line += "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":".utf8
            line.append(jsonString: Self.printable(message))
            for (name, value) in members {
                line += ",\"\(name)\":".utf8
                value.write(to: &line)
            }
            line += "}\n".utf8
        case .text:
            line += "\(time) \(level.rawValue) ".utf8
            line.append(jsonString: Self.printable(message))
            for (name, value) in members {
                line += " \(name)=".utf8
                value.write(to: &line)
            }
            line.append(0x0A)
        }
        sink.write(line)
    }
}

extension Configuration.Log.Level {
    fileprivate var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}
