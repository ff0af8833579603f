import EventLoops
import MintcacheTesting
import Testing

/// An answer as a client received it, octet by octet.
struct SceneAnswer: Sendable {
    var status = 0
    /// The status line and the field lines as they came.
    var head: [UInt8] = []
    /// In the order received, names as they were sent; values octet by octet (ISO 8859-1).
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Counts what ``body`` left out, too.
    var bodyLength = 0
    /// Heads of the 1xx answers before it.
    var interim: [(status: Int, fields: [(name: String, value: String)])] = []
    var trailers: [(name: String, value: String)] = []
    /// False when the connection ended before the body did.
    var isComplete = false
    var arrival = MonotonicTime.current

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a field, whatever the case of its name.
    subscript(name: String) -> String? { values(name).first }

    func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Our member of `Cache-Status`, without its name; empty when there is none.
    var cacheStatus: [String] {
        let members = values("Cache-Status").joined(separator: ", ").split(separator: ",")
        let ours = members.map { $0.trimmed }.first { $0 == "mintcache" || $0.hasPrefix("mintcache;") }
        return (ours ?? "").split(separator: ";").dropFirst().map { $0.trimmed }
    }

    /// A parameter of our member of `Cache-Status`.
    func status(_ parameter: String) -> String? {
        cacheStatus.first { $0.hasPrefix("\(parameter)=") }.map { String($0.dropFirst(parameter.count + 1)) }
    }

    var isHit: Bool { cacheStatus.contains("hit") }
    var isStored: Bool { cacheStatus.contains("stored") }
    var isCollapsed: Bool { cacheStatus.contains("collapsed") }
    var age: Int? { self["Age"].flatMap { Int($0) } }
}

/// How an answer came about, by its `Cache-Status`.
enum Origination: Sendable, Equatable {
    /// From the store, whatever its age.
    case hit
    /// From the origin, for whatever reason.
    case forwarded
    /// From the origin, for this reason (RFC 9211, section 2.2).
    case reason(String)
}

extension SceneAnswer {
    /// Compares what is given.
    func expect(
        _ status: Int, _ body: String? = nil, _ origination: Origination? = nil, age: Int? = nil,
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, comment, sourceLocation: sourceLocation)
        if let body { #expect(text == body, comment, sourceLocation: sourceLocation) }
        #expect(isComplete, comment, sourceLocation: sourceLocation)
        let members = cacheStatus
        switch origination {
        case nil: break
        case .hit: #expect(members.contains("hit"), comment, sourceLocation: sourceLocation)
        case .forwarded:
            #expect(members.contains { $0.hasPrefix("fwd=") }, comment, sourceLocation: sourceLocation)
        case .reason(let reason): #expect(members.contains("fwd=\(reason)"), comment, sourceLocation: sourceLocation)
        }
        if let age {
            // A second may end between the request and its answer.
            let found = self.age
            #expect(found == age || found == age + 1, comment, sourceLocation: sourceLocation)
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Takes answers out of a stream of octets by the framing rules of RFC 9112, section 6.3, and by no others.
struct SceneAnswerReader {
    private enum Phase {
        case head
        case body(Int)
        case chunkSize
        case chunk(Int)
        case trailer
        case untilEnd
    }

    /// Octets of a body that are kept; the rest is counted.
    var keptBytes = Int.max
    private var input: [UInt8] = []
    private var position = 0
    private var phase = Phase.head
    private var answer = SceneAnswer()
    private(set) var hasHead = false

    mutating func append(_ bytes: [UInt8]) {
        if position > 0 {
            input.removeFirst(position)
            position = 0
        }
        input += bytes
    }

    /// What has come of the next answer; complete or not.
    var partial: SceneAnswer { answer }

    /// The next answer, once it is whole.
    mutating func next(isHead: Bool, isAtEnd: Bool) throws -> SceneAnswer? {
        while true {
            switch phase {
            case .head:
                guard try readHead(isHead: isHead) else { return nil }
            case .body(let left):
                let count = min(left, input.count - position)
                take(count)
                guard left == count else {
                    phase = .body(left - count)
                    return nil
                }
                return finish()
            case .untilEnd:
                take(input.count - position)
                return isAtEnd ? finish() : nil
            case .chunkSize:
                guard let line = takeLine() else { return nil }
                guard let size = Int(line, radix: 16) else { throw TestSupportError("not a chunk size: \(line)") }
                phase = size == 0 ? .trailer : .chunk(size)
            case .chunk(let left):
                let count = min(left, input.count - position)
                take(count)
                phase = .chunk(left - count)
                guard left == count, let line = takeLine() else { return nil }
                guard line.isEmpty else { throw TestSupportError("a chunk ends with \(line)") }
                phase = .chunkSize
            case .trailer:
                guard let line = takeLine() else { return nil }
                if line.isEmpty { return finish() }
                answer.trailers.append(try Self.field(line))
            }
        }
    }

    private mutating func finish() -> SceneAnswer {
        var done = answer
        done.isComplete = true
        done.arrival = .current
        answer = SceneAnswer()
        hasHead = false
        phase = .head
        return done
    }

    private mutating func take(_ count: Int) {
        let room = keptBytes - answer.body.count
        if room > 0 { answer.body += input[position..<position + min(room, count)] }
        answer.bodyLength += count
        position += count
    }

    private mutating func takeLine() -> String? {
        guard let end = input[position...].firstRange(of: Array("\r\n".utf8)) else { return nil }
        let line = Self.text(input[position..<end.lowerBound])
        position = end.upperBound
        return line
    }

    private mutating func readHead(isHead: Bool) throws -> Bool {
        guard let end = input[position...].firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = input[position..<end.lowerBound]
        position = end.upperBound
        let lines = Self.text(head).split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw TestSupportError("not a status line: \(lines[0])")
        }
        let fields = try lines.dropFirst().map(Self.field)
        guard status >= 200 else {
            answer.interim.append((status, fields))
            return true
        }
        answer.status = status
        answer.head = Array(head)
        answer.fields = fields
        hasHead = true
        phase = bodyPhase(isHead: isHead)
        return true
    }

    private func bodyPhase(isHead: Bool) -> Phase {
        if isHead || answer.status == 204 || answer.status == 304 { return .body(0) }
        if answer["Transfer-Encoding"] == "chunked" { return .chunkSize }
        return answer["Content-Length"].flatMap { Int($0) }.map { .body($0) } ?? .untilEnd
    }

    private static func field(_ line: String) throws -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":") else { throw TestSupportError("not a field: \(line)") }
        return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
