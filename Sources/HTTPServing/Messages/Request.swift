public import EventLoops

/// A request's head as an owned value that may go anywhere. Made by ``RequestHead/detached()``.
public struct Request: Sendable {
    /// The head's octets, padded to the alignment of the table of field ranges that follows.
    private let storage: [UInt8]
    private let headCount: Int
    private var index: HeadIndex
    private let peerBox: Peer

    init(copying head: borrowing RequestHead) {
        let tableStart = (head.bytes.count + 15) & ~15
        let tableCount = head.fieldCount * MemoryLayout<FieldRange>.stride
        let octets = head.bytes
        let table = UnsafeRawBufferPointer(start: head.fields, count: tableCount)
        storage = [UInt8](unsafeUninitializedCapacity: tableStart + tableCount) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw.copyMemory(from: octets)
            for offset in octets.count..<tableStart { raw[offset] = 0 }
            UnsafeMutableRawBufferPointer(rebasing: raw[tableStart...]).copyMemory(from: table)
            count = tableStart + tableCount
        }
        headCount = head.bytes.count
        index = head.index.pointee
        peerBox = head.peerReference.takeUnretainedValue()
    }

    /// Lends the request as the view that handlers get.
    public func withHead<Result, Failure: Error>(
        _ body: (borrowing RequestHead) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { elements throws(Failure) in
            let raw = UnsafeRawBufferPointer(elements)
            return try withUnsafePointer(to: index) { index throws(Failure) in
                let octets = UnsafeRawBufferPointer(rebasing: raw[..<headCount])
                let table = UnsafeRawBufferPointer(rebasing: raw[((headCount + 15) & ~15)...])
                // Safe: storage is never empty, so it has an address; peerBox outlives the call.
                let fields = table.baseAddress ?? UnsafeRawPointer(index)
                return try body(
                    RequestHead(bytes: octets, index: index, fields: fields, peerReference: .passUnretained(peerBox)))
            }
        }
    }

    /// The same with GET in place of HEAD, for who does the same for both (RFC 9110 section 9.3.2). The answer's body is
    /// left out all the same.
    public var withGetForHead: Request {
        var request = self
        if request.method == .head { request.index.method = .get }
        return request
    }

    public var method: RequestMethod { index.method }
    public var methodName: String { withHead { String(decoding: $0.methodBytes, as: UTF8.self) } }
    public var target: String { withHead { String(decoding: $0.target, as: UTF8.self) } }
    public var path: String { withHead { String(decoding: $0.path, as: UTF8.self) } }
    /// Without the question mark; `nil` without one.
    public var query: String? { withHead { $0.query.map { String(decoding: $0, as: UTF8.self) } } }
    /// See ``RequestHead/authority``.
    public var authority: String? { withHead { $0.authority.map { String(decoding: $0, as: UTF8.self) } } }
    public var minorVersion: UInt8 { index.minorVersion }
    public var keepAlive: Bool { index.disposition.contains(.keepAlive) }
    public var expectsContinue: Bool { index.disposition.contains(.expectsContinue) }
    public var framing: BodyFraming { index.framing }
    public var peer: SocketAddress { peerBox.address }

    /// The value of a field's first line.
    public subscript(field: KnownField) -> String? {
        withHead { head in head[field].map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The value of the first field with this name, whatever its case.
    public func value(of name: String) -> String? {
        fields.first { ASCII.equalIgnoringCase($0.name, name) }?.value
    }

    /// Every field line, in the order of arrival.
    public var fields: [(name: String, value: String)] {
        withHead { head in
            var result: [(name: String, value: String)] = []
            head.forEachField { name, value in
                result.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
            return result
        }
    }
}
