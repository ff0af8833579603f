import HTTPServing

/// An answer and the way it goes out.
struct Delivery: Sendable {
    var response: Response
    var delay: Duration = .zero
    /// Announced in place of the body's length.
    var contentLength: Int?
    var dripBytesPerSecond: Int?
    var ending = Fault.Ending.complete

    init(_ response: Response) {
        self.response = response
    }

    /// The answer to a request that met a fault.
    init(_ response: Response, with fault: Fault) {
        self.response = response
        delay = fault.delay
        contentLength = fault.contentLength
        dripBytesPerSecond = fault.dripBytesPerSecond
        ending = fault.ending
        if let status = fault.status { replaceStatus(status) }
        if let body = fault.body { self.response.body = body }
        if let type = fault.contentType { replaceField("Content-Type", type) }
        if let seconds = fault.retryAfter { replaceField("Retry-After", "\(seconds)") }
        for field in fault.fields { replaceField(field.name, field.value) }
    }

    /// Whether the answer goes out at once, whole and truthful.
    var isPlain: Bool {
        delay == .zero && contentLength == nil && dripBytesPerSecond == nil && ending == .complete
    }

    private mutating func replaceStatus(_ status: Int) {
        response.status = status
        guard status >= 300 else { return }
        response.fields = [("Content-Type", "text/plain; charset=utf-8")]
        response.body = Array("status \(status), as asked for\n".utf8)
    }

    private mutating func replaceField(_ name: String, _ value: String) {
        response.fields.removeAll { $0.name.lowercased() == name.lowercased() }
        response.fields.append((name, value))
    }
}
