import EventLoops

@testable import HTTPServing

/// What a parse came to, as a value that tests compare.
enum Parsed: Equatable {
    case incomplete
    case head(ParsedHead)
    case failed(ParseFailure)
}

struct ParsedHead: Equatable {
    var length = 0
    var method = ""
    var target = ""
    var path = ""
    var query: String?
    var authority: String?
    var minorVersion: UInt8 = 1
    var framing = BodyFraming.none
    var keepAlive = true
    var expectsContinue = false
    var fields: [String] = []
    var known: [String] = []

    init(_ head: borrowing RequestHead, length: Int) {
        self.length = length
        method = String(decoding: head.methodBytes, as: UTF8.self)
        target = String(decoding: head.target, as: UTF8.self)
        path = String(decoding: head.path, as: UTF8.self)
        query = head.query.map { String(decoding: $0, as: UTF8.self) }
        authority = head.authority.map { String(decoding: $0, as: UTF8.self) }
        minorVersion = head.minorVersion
        framing = head.framing
        keepAlive = head.keepAlive
        expectsContinue = head.expectsContinue
        head.forEachField { name, value in
            fields.append(String(decoding: name, as: UTF8.self) + "=" + String(decoding: value, as: UTF8.self))
        }
        for field in KnownField.allCases {
            head.forEachValue(of: field) { known.append("\(field)=" + String(decoding: $0, as: UTF8.self)) }
        }
    }
}

/// Feeds a parser from guarded memory, in one piece and in others.
struct ParserBench: ~Copyable {
    private var parser: RequestParser
    private let memory: GuardedMemory
    private let peer = Peer(testAddress)

    init(limits: MessageLimits = MessageLimits(), capacity: Int = 64 << 10) {
        parser = RequestParser(limits: limits)
        memory = GuardedMemory(capacity: capacity)
    }

    mutating func parse(_ octets: some Collection<UInt8>, resuming progress: inout ParseProgress) -> Parsed {
        let bytes = memory.place(octets)
        switch parser.parse(bytes, resuming: &progress) {
        case .incomplete: return .incomplete
        case .failed(let failure): return .failed(failure)
        case .complete(let length):
            let head = UnsafeRawBufferPointer(rebasing: bytes[..<length])
            return parser.withHead(head, from: .passUnretained(peer)) { .head(ParsedHead($0, length: length)) }
        }
    }

    mutating func parse(_ text: String) -> Parsed {
        var progress = ParseProgress()
        return parse(Array(text.utf8), resuming: &progress)
    }

    /// Parses a first part, then everything.
    mutating func parse(_ octets: [UInt8], cutAt cut: Int) -> Parsed {
        var progress = ParseProgress()
        let first = parse(octets[..<cut], resuming: &progress)
        guard first == .incomplete else { return first }
        return parse(octets, resuming: &progress)
    }

    /// Parses after each octet, as if each came alone.
    mutating func parseOctetByOctet(_ octets: [UInt8]) -> Parsed {
        var progress = ParseProgress()
        for count in octets.indices {
            let parsed = parse(octets[...count], resuming: &progress)
            if parsed != .incomplete { return parsed }
        }
        return .incomplete
    }
}

/// Somebody's address.
let testAddress = loopback(port: 1)
/// Loopback, on whatever port is free.
let freeAddress = loopback(port: 0)

private func loopback(port: UInt16) -> SocketAddress {
    guard let address = SocketAddress(bytes: [127, 0, 0, 1], port: port) else {
        preconditionFailure("Four octets are an IPv4 address.")
    }
    return address
}
