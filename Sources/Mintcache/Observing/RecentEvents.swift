import Synchronization

/// The last warnings and errors of the log, for who looks at the process and not at its log. Bounded: an event that comes
/// again is counted, no message has more than a few places, and when there are too many, the oldest warning goes before
/// an error does.
///
/// Any thread.
final class RecentEvents: Sendable {
    struct Event: Sendable, Equatable {
        let level: Logger.Level
        let message: String
        let fields: [String]
        /// Seconds since 1970.
        let first: Int64
        var last: Int64
        var count = 1
    }

    static let capacity = 100
    /// Events with one message that differ in their fields.
    static let perMessage = 10
    /// Characters of a message, and of a field.
    static let textLength = 300
    static let maximumFields = 16

    fileprivate struct State {
        var events: [Event] = []
        var revision = 0
    }

    private let state = Mutex(State())

    /// - Parameter time: seconds since 1970.
    func note(_ level: Logger.Level, _ message: String, _ fields: KeyValuePairs<String, String>, at time: Int64) {
        let texts = fields.prefix(Self.maximumFields).map { String("\($0.key): \($0.value)".prefix(Self.textLength)) }
        let new = Event(
            level: level, message: String(message.prefix(Self.textLength)), fields: texts, first: time, last: time)
        state.withLock { $0.add(new) }
    }

    /// The newest first, and a number that changes with every event.
    var all: (events: [Event], revision: Int) {
        state.withLock { ($0.events.reversed(), $0.revision) }
    }

    /// The answer of `GET /admin/errors`.
    var document: (bytes: [UInt8], revision: Int) {
        let (events, revision) = all
        return (JSONNode.object([("events", .array(events.map(\.document)))]).bytes, revision)
    }
}

extension RecentEvents.State {
    fileprivate mutating func add(_ new: RecentEvents.Event) {
        revision += 1
        if let index = events.firstIndex(where: { $0.isLike(new) }) {
            var known = events.remove(at: index)
            known.count += 1
            known.last = new.last
            return events.append(known)
        }
        if events.count(where: { $0.message == new.message }) >= RecentEvents.perMessage {
            events.remove(at: events.firstIndex { $0.message == new.message } ?? 0)
        } else if events.count >= RecentEvents.capacity {
            events.remove(at: events.firstIndex { $0.level != .error } ?? 0)
        }
        events.append(new)
    }
}

extension RecentEvents.Event {
    fileprivate func isLike(_ other: Self) -> Bool {
        level == other.level && message == other.message && fields == other.fields
    }

    fileprivate var document: JSONNode {
        .object([
            ("level", .string(level.rawValue)), ("message", .string(message)),
            ("fields", .array(fields.map { .string($0) })), ("count", .integer(count)),
            ("first", .moment(first * 1000)), ("last", .moment(last * 1000)),
        ])
    }
}
