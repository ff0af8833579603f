import EventLoops
import HTTPCaching
import Tokens

/// One error as Sentry's event payload tells it.
struct SentryEvent: Sendable {
    /// What all events of a process share.
    struct Origin: Sendable, Equatable {
        var release: String
        var environment: String
        var server: String
    }

    /// 32 hexadecimal digits.
    let identifier = Hex.text(RandomBytes.generate(16))
    /// Errors with the same message are one issue, whatever their fields.
    let message: String
    let fields: [(name: String, value: String)]
    /// How often it was not reported, because it had just been.
    let repetitions: Int
    /// Seconds since 1970.
    let time: Int64

    /// Header, item header and payload, a line each (Sentry's envelope format).
    func envelope(from origin: Origin, sentAt now: Int64) -> [UInt8] {
        let payload = document(from: origin).bytes
        let header: JSONNode = .object([
            ("event_id", .string(identifier)), ("sent_at", .string(InternetTimestamp.text(now))),
        ])
        let item: JSONNode = .object([
            ("type", "event"), ("content_type", "application/json"), ("length", .integer(payload.count)),
        ])
        return header.bytes + [0x0A] + item.bytes + [0x0A] + payload + [0x0A]
    }

    private func document(from origin: Origin) -> JSONNode {
        .object([
            ("event_id", .string(identifier)), ("timestamp", .string(InternetTimestamp.text(time))),
            ("platform", "other"), ("level", "error"), ("logger", "mintcache"),
            ("release", .string(origin.release)), ("environment", .string(origin.environment)),
            ("server_name", .string(origin.server)), ("logentry", .object([("formatted", .string(message))])),
            ("fingerprint", .array([.string(message)])),
            (
                "extra",
                .object(fields.map { ($0.name, .string($0.value)) } + [("repetitions", .integer(repetitions))])
            ),
            ("sdk", .object([("name", "mintcache"), ("version", .string(Version.number))])),
        ])
    }
}
