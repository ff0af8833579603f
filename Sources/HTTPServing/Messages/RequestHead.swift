public import EventLoops

/// A request's head where it was read: a view of the connection's buffer and of the parser's table.
///
/// Valid only during the call that it is passed to, and so is every pointer that it returns. ``detached()`` makes an
/// owned copy. Nothing here allocates unless it returns a `String`.
public struct RequestHead: ~Copyable {
    // Safe: the connection keeps the octets, the index and the table in place for as long as it lends this view.
    let bytes: UnsafeRawBufferPointer
    let index: UnsafePointer<HeadIndex>
    let fields: UnsafeRawPointer
    let peerReference: Unmanaged<Peer>

    public var method: RequestMethod { index.pointee.method }

    /// The method as the client wrote it.
    public var methodBytes: UnsafeRawBufferPointer { slice(index.pointee.methodBytes) }

    /// The request target as the client wrote it: a path with a query, an absolute URI, or `*`.
    public var target: UnsafeRawBufferPointer { slice(index.pointee.target) }

    /// The target's path, not decoded. Starts with a slash, but for `OPTIONS *`, where it is `*`.
    public var path: UnsafeRawBufferPointer { slice(index.pointee.path) }

    /// What follows the target's question mark, not decoded; `nil` without one.
    public var query: UnsafeRawBufferPointer? {
        index.pointee.query.start == 0 ? nil : slice(index.pointee.query)
    }

    /// The host, with its port if one was given, that the request is for: from the target when that is absolute
    /// (RFC 9112 section 3.2.2), else from the Host field. `nil` only in HTTP/1.0.
    public var authority: UnsafeRawBufferPointer? {
        index.pointee.authority.count == 0 ? nil : slice(index.pointee.authority)
    }

    /// 1 in HTTP/1.1, 0 in HTTP/1.0.
    public var minorVersion: UInt8 { index.pointee.minorVersion }

    /// Whether the client would have the connection go on after the answer (RFC 9112 section 9.3).
    public var keepAlive: Bool { index.pointee.disposition.contains(.keepAlive) }

    /// Whether the client waits for 100 Continue before it sends the body (RFC 9110 section 10.1.1).
    public var expectsContinue: Bool { index.pointee.disposition.contains(.expectsContinue) }

    public var framing: BodyFraming { index.pointee.framing }

    /// The client's end of the connection.
    public var peer: SocketAddress { peerReference._withUnsafeGuaranteedRef { $0.address } }

    /// The value of a field, without the whitespace around it; of its first line when there are several.
    public subscript(field: KnownField) -> UnsafeRawBufferPointer? {
        guard let position = index.pointee.position(of: field) else { return nil }
        return slice(range(at: position).value)
    }

    /// Whether the field came in more than one line; ``forEachValue(of:_:)`` then sees them all.
    public func isRepeated(_ field: KnownField) -> Bool { index.pointee.isRepeated(field) }

    /// An owned copy, for answers that come later. One allocation.
    public func detached() -> Request {
        Request(copying: self)
    }

    // MARK: All fields

    public var fieldCount: Int { Int(index.pointee.fieldCount) }

    /// The field line at a position below ``fieldCount``, in the order of arrival.
    public func field(at position: Int) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        precondition(position >= 0 && position < fieldCount, "There is no field at position \(position).")
        let range = range(at: position)
        return (slice(range.name), slice(range.value))
    }

    /// Calls with every field line in the order of arrival.
    public func forEachField<Failure: Error>(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        for position in 0..<fieldCount {
            let range = range(at: position)
            try body(slice(range.name), slice(range.value))
        }
    }

    /// Calls with the value of every line of a field, in the order of arrival.
    public func forEachValue<Failure: Error>(
        of field: KnownField, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard let first = index.pointee.position(of: field) else { return }
        guard index.pointee.isRepeated(field) else { return try body(slice(range(at: first).value)) }
        for position in first..<fieldCount where range(at: position).known == field.rawValue {
            try body(slice(range(at: position).value))
        }
    }

    @inline(__always)
    func range(at position: Int) -> FieldRange {
        fields.loadUnaligned(fromByteOffset: position * MemoryLayout<FieldRange>.stride, as: FieldRange.self)
    }

    @inline(__always)
    private func slice(_ range: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(range.start)..<Int(range.start) + Int(range.count)])
    }
}
