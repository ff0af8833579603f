import Synchronization

/// What a scripted origin does about one request: exactly these steps, in this order.
struct Reply: Sendable {
    enum Step: Sendable {
        /// Octets of a head, in which `{now}`, `{now-100}` and `{now+100}` stand for dates by the scene's clock.
        case head(String)
        /// Octets of a body: left out when the request was HEAD.
        case body([UInt8])
        /// Octets as they are.
        case octets([UInt8])
        /// So many octets that do not matter, sent as fast as they are taken.
        case fill(Int)
        /// Goes on when the gate is open.
        case wait(Gate)
        /// Goes on when the request's body is there, whole.
        case requestBody
        /// Goes on with what the origin answers when its script is over.
        case standing
        /// Sends no more, but goes on reading.
        case finish
        case close
        case reset
        /// Nothing more, and the connection stays open.
        case hang
    }

    var steps: [Step]

    init(steps: [Step]) {
        self.steps = steps
    }

    /// A well-formed answer. `Content-Length` and `Date` are added where they belong and are missing; a field line
    /// `-Date` keeps the latter out.
    init(_ status: Int, _ fields: [String] = [], _ body: String = "", reason: String = "Scripted") {
        self.init(status, fields, Array(body.utf8), reason: reason)
    }

    init(_ status: Int, _ fields: [String] = [], _ body: [UInt8], reason: String = "Scripted") {
        steps = [.requestBody, .head(Self.head(status, fields, length: body.count, reason: reason))]
        if !body.isEmpty { steps.append(.body(body)) }
    }

    /// A well-formed head, and then whatever the script says.
    init(_ status: Int, _ fields: [String] = [], length: Int?, then steps: [Step]) {
        self.steps = [.requestBody, .head(Self.head(status, fields, length: length, reason: "Scripted"))] + steps
    }

    /// Octets of which nothing is known, dates apart.
    static func octets(_ text: String, then steps: [Step] = []) -> Reply {
        Reply(steps: [.requestBody, .head(text)] + steps)
    }

    static let hang = Reply(steps: [.requestBody, .hang])
    static let reset = Reply(steps: [.requestBody, .reset])
    static let close = Reply(steps: [.requestBody, .close])

    /// The same, once the gate is open.
    func after(_ gate: Gate) -> Reply {
        Reply(steps: [.wait(gate)] + steps)
    }

    private static func head(_ status: Int, _ fields: [String], length: Int?, reason: String) -> String {
        func isGiven(_ name: String) -> Bool { fields.contains { $0.lowercased().hasPrefix(name) } }
        var lines = ["HTTP/1.1 \(status) \(reason)"]
        if !isGiven("date:"), !isGiven("-date") { lines.append("Date: {now}") }
        lines += fields.filter { !$0.hasPrefix("-") }
        let hasBody = status >= 200 && status != 204 && status != 304
        if hasBody, let length, !isGiven("content-length:"), !isGiven("transfer-encoding:") {
            lines.append("Content-Length: \(length)")
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }
}

/// Holds a script up until the test lets it go on.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for proceed in waiting { proceed() }
    }

    func close() {
        state.withLock { $0.isOpen = false }
    }

    /// Whether it is open; else `proceed` is called when it is.
    func passes(_ proceed: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if !state.isOpen { state.waiting.append(proceed) }
            return state.isOpen
        }
    }
}

/// A request as a scripted origin received it.
struct ReceivedRequest: Sendable {
    let method: String
    let target: String
    /// Names as they were sent; values octet by octet (ISO 8859-1).
    let fields: [(name: String, value: String)]
    /// The body's octets, without chunk framing: the first mebibyte of them.
    var body: [UInt8] = []
    var bodyLength = 0
    /// Which of the origin's connections it came over, from 1.
    let connection: Int

    /// The first value of a field, whatever the case of its name.
    subscript(name: String) -> String? { values(name).first }

    func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether its body, of a length that is told, has come.
    var isWhole: Bool { bodyLength >= self["content-length"].flatMap { Int($0) } ?? 0 }
}
