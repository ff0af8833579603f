/// Writes one answer into the loop's output: status, fields, head end, body, in this order.
///
/// The server adds Date, `Connection` where the version needs it, and sees to it that answers to HEAD and answers with
/// status 204 and 304 carry no body. Nothing here allocates unless it takes a `String`. Valid only during the call that
/// it is passed to. Writing in the wrong order, or more body than announced, traps.
public struct ResponseWriter: ~Copyable {
    enum Stage {
        case untouched
        case head
        /// This many octets of the body are still to come, and are or are not sent.
        case body(remaining: Int, isSent: Bool)
        /// A body whose end the exchange marks.
        case stream
    }

    enum Persistence {
        case keepAlive, close
    }

    /// How the end of a body is told (RFC 9112 section 6).
    enum Delimiter {
        case length(Int)
        case chunks
        case connectionEnd
        /// The status or the method leaves no body.
        case none
    }

    // Safe: both belong to the loop's part of the server, which outlives the call.
    let output: UnsafeMutablePointer<OutputBuffer>
    private let date: UnsafeMutablePointer<DateField>
    private let isHead: Bool
    private let minorVersion: UInt8
    private(set) var persistence: Persistence
    private(set) var stage = Stage.untouched
    /// The status written, 0 before.
    public private(set) var status = 0

    init(
        _ output: UnsafeMutablePointer<OutputBuffer>, date: UnsafeMutablePointer<DateField>, isHead: Bool,
        minorVersion: UInt8, persistence: Persistence
    ) {
        self.output = output
        self.date = date
        self.isHead = isHead
        self.minorVersion = minorVersion
        self.persistence = persistence
    }

    /// Whether a body would be dropped, so that the handler can spare itself the work.
    public var suppressesBody: Bool { isHead }

    /// Makes this the last answer on its connection. Call before ``writeStatus(_:)``.
    public mutating func closeConnection() {
        guard case .untouched = stage else { preconditionFailure("The connection's fate is told in the head.") }
        persistence = .close
    }

    // MARK: Head

    /// Writes the status line, Date, and Connection where it is needed (RFC 9112 section 9.3).
    public mutating func writeStatus(_ status: Int) {
        begin(status)
        writeDate()
        writePersistence()
    }

    /// The same for an answer that may bring a Date of its own, such as that of the origin it is from.
    public mutating func writeStatus(_ status: Int, addsDate: Bool) {
        begin(status)
        if addsDate { writeDate() }
        writePersistence()
    }

    @inline(__always)
    private mutating func begin(_ status: Int) {
        guard case .untouched = stage else { preconditionFailure("An answer has one status.") }
        stage = .head
        self.status = status
        if let line = StatusLine.prebuilt(status) {
            output.pointee.append(line)
        } else {
            StatusLine.write(status, to: &output.pointee)
        }
    }

    @inline(__always)
    private func writeDate() {
        withUnsafePointer(to: &date.pointee.text) { output.pointee.append($0, DateField.length) }
    }

    @inline(__always)
    private func writePersistence() {
        switch persistence {
        case .close: output.pointee.append("Connection: close\r\n")
        case .keepAlive: if minorVersion == 0 { output.pointee.append("Connection: keep-alive\r\n") }
        }
    }

    /// Writes finished octets of the head: whole field lines with their line ends, or parts of one.
    public func write(_ raw: UnsafeRawBufferPointer) {
        preconditionInHead()
        guard let start = raw.baseAddress else { return }
        output.pointee.append(start, raw.count)
    }

    public func write(_ text: StaticString) {
        preconditionInHead()
        output.pointee.append(text)
    }

    /// Writes the decimal digits of a number as a part of the head.
    public func writeDecimal(_ number: Int) {
        preconditionInHead()
        if number < 0 { output.pointee.append("-") }
        output.pointee.appendDecimal(UInt64(number.magnitude))
    }

    public func writeField(_ name: StaticString, _ value: StaticString) {
        write(name)
        write(": ")
        write(value)
        write("\r\n")
    }

    public func writeField(_ name: StaticString, decimal value: Int) {
        write(name)
        write(": ")
        writeDecimal(value)
        write("\r\n")
    }

    /// The value must not contain control characters.
    public func writeField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        write(name)
        write(": ")
        write(value)
        write("\r\n")
    }

    /// Control characters in name or value become spaces, so that no value can end its line.
    public func writeField(name: String, value: String) {
        writeText(name)
        write(": ")
        writeText(value)
        write("\r\n")
    }

    private func writeText(_ text: String) {
        preconditionInHead()
        var text = text
        text.withUTF8 { bytes in
            for octet in bytes {
                var safe = octet < ASCII.space || octet == ASCII.delete ? ASCII.space : octet
                output.pointee.append(&safe, 1)
            }
        }
    }

    /// Ends the head. The length is written unless the status forbids it; `nil` means no content: 0 is written where a
    /// length is needed. Answers to HEAD keep the length that GET would have.
    public mutating func finishHead(contentLength: Int?) {
        preconditionInHead()
        let hasContent = StatusLine.allowsContent(status)
        if hasContent, let length = contentLength ?? (isHead ? nil : 0) {
            output.pointee.append("Content-Length: ")
            output.pointee.appendDecimal(UInt64(length))
            output.pointee.append("\r\n\r\n")
        } else {
            output.pointee.append("\r\n")
        }
        let isSent = hasContent && !isHead
        stage = .body(remaining: isSent ? contentLength ?? 0 : 0, isSent: isSent)
    }

    /// Ends the head of an answer whose body the exchange writes later; returns how its end will be told.
    mutating func finishStreamHead(_ content: StreamHead.Content) -> Delimiter {
        preconditionInHead()
        defer {
            output.pointee.append("\r\n")
            stage = .stream
        }
        guard StatusLine.allowsContent(status) else { return .none }
        switch content {
        case .length(let length):
            writeField("Content-Length", decimal: length)
            return isHead ? .none : .length(length)
        case .none:
            if !isHead { writeField("Content-Length", decimal: 0) }
            return .none
        case .unknown:
            guard minorVersion == 1 else { return isHead ? .none : .connectionEnd }
            writeField("Transfer-Encoding", "chunked")
            return isHead ? .none : .chunks
        }
    }

    // MARK: Body

    /// Writes a part of the body, or all of it. Small parts are copied; large ones with an owner are sent from where
    /// they are, and the owner keeps them alive and unchanged until then.
    public mutating func writeBody(_ bytes: UnsafeRawBufferPointer, owner: AnyObject?) {
        guard case .body(let remaining, let isSent) = stage else { preconditionFailure("The head is not finished.") }
        guard isSent, let start = bytes.baseAddress else { return }
        precondition(bytes.count <= remaining, "The body is longer than its Content-Length.")
        stage = .body(remaining: remaining - bytes.count, isSent: true)
        if let owner, bytes.count >= OutputBuffer.referenceThreshold {
            output.pointee.append(bytes, keptAliveBy: owner)
        } else {
            output.pointee.append(start, bytes.count)
        }
    }

    public mutating func writeBody(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { writeBody($0, owner: nil) }
    }

    public mutating func writeBody(_ text: StaticString) {
        writeBody(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), owner: nil)
    }

    /// Writes a whole answer.
    public mutating func respond(_ response: Response) {
        writeStatus(response.status)
        for field in response.fields { writeField(name: field.name, value: field.value) }
        finishHead(contentLength: response.body.count)
        writeBody(response.body)
    }

    @inline(__always)
    private func preconditionInHead() {
        guard case .head = stage else { preconditionFailure("Fields stand between the status and the body.") }
    }
}
