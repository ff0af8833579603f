import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// Writes a stored response for one request: its conditions, its range, and the fields that change with time. For a
/// response that is sent as it is, this allocates nothing.
struct StoredAnswerWriter {
    let rules: ServingRules
    /// Milliseconds since 1970.
    let now: Int64
    let requestNumber: UInt64
    /// Whether `Age` is written: not for what the origin gave for this very request (RFC 9111, section 5.1).
    let hasAge: Bool
    /// Whether nobody but this client may reuse the answer.
    var isPrivate = false

    /// Returns the status written and how long the body is.
    func write(
        _ response: CachedResponse, _ status: CacheStatus, for request: borrowing RequestHead,
        to writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        let head = response.head
        guard (200..<300).contains(head.status), request.method == .get || request.method == .head else {
            return whole(response, status, request, &writer)
        }
        if isNotModified(head, request) { return notModified(response, status, request, &writer) }
        if let extent = head.partial { return part(response, extent, status, request, &writer) }
        if head.status == 200, request.method == .get, let field = request[.range], !request.isRepeated(.range) {
            return ranged(response, field, status, request, &writer)
        }
        return whole(response, status, request, &writer)
    }

    /// RFC 9111, section 4.3.2.
    private func isNotModified(_ head: StoredHead, _ request: borrowing RequestHead) -> Bool {
        guard request[.ifNoneMatch] != nil || request[.ifModifiedSince] != nil else { return false }
        if request.isRepeated(.ifNoneMatch) {
            var lines: [FieldLine] = []
            request.forEachValue(of: .ifNoneMatch) { lines.append(FieldLine("If-None-Match", Array($0))) }
            return head.isNotModified(for: HeaderFields(lines))
        }
        let conditions = Preconditions(ifNoneMatch: request[.ifNoneMatch], ifModifiedSince: request[.ifModifiedSince])
        return head.verdict(conditions) == .notModified
    }

    // MARK: Shapes

    private func whole(
        _ response: CachedResponse, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writeHead(response, response.head.status, status, request, &writer)
        finish(response.body.bytes, of: response, &writer)
        return (response.head.status, response.body.count)
    }

    private func notModified(
        _ response: CachedResponse, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writer.writeStatus(304, addsDate: false)
        let stored = isPrivate ? PrivateAnswer.fields(response.head.fields) : response.head.fields
        let fields = HeaderFields(stored.lines.filter { !$0.describesContent })
        fields.encoded.withUnsafeBytes { writer.write($0) }
        writeComputed(response, status, request, &writer)
        writer.finishHead(contentLength: nil)
        return (304, 0)
    }

    private func ranged(
        _ response: CachedResponse, _ field: UnsafeRawBufferPointer, _ status: CacheStatus,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        guard isRangeWanted(response.head, request) else { return whole(response, status, request, &writer) }
        let body = response.body
        switch ByteRange(field, length: body.count) {
        case .ignore:
            return whole(response, status, request, &writer)
        case .partial(let range):
            return slice(response, range, at: 0, of: body.count, status, request, &writer)
        case .unsatisfiable:
            return unsatisfiable(response, length: body.count, status, request, &writer)
        }
    }

    private func unsatisfiable(
        _ response: CachedResponse, length: Int, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writer.writeStatus(416)
        writer.writeContentRange { ContentRange.writeUnsatisfied(length: length, into: $0) }
        writeComputed(response, status, request, &writer)
        writer.finishHead(contentLength: nil)
        return (416, 0)
    }

    /// A part of a representation that is stored without the rest (RFC 9111, section 3.3).
    private func part(
        _ response: CachedResponse, _ extent: PartialExtent, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        guard let complete = extent.complete, let field = request[.range] else {
            return slice(response, extent.range, at: extent.first, of: extent.complete, status, request, &writer)
        }
        switch ByteRange(field, length: complete) {
        case .partial(let range) where extent.range.contains(range):
            return slice(response, range, at: extent.first, of: complete, status, request, &writer)
        case .unsatisfiable:
            return unsatisfiable(response, length: complete, status, request, &writer)
        case .partial, .ignore:
            return slice(response, extent.range, at: extent.first, of: complete, status, request, &writer)
        }
    }

    private func slice(
        _ response: CachedResponse, _ range: Range<Int>, at start: Int, of complete: Int?, _ status: CacheStatus,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writer.writeStatus(206, addsDate: false)
        writeStoredFields(response, &writer)
        if let complete { writer.writeContentRange { ContentRange.write(range, of: complete, into: $0) } }
        writeComputed(response, status, request, &writer)
        // What is stored was measured when it came; this is memory, so nothing is taken on trust.
        let bytes = response.body.bytes[
            ((range.lowerBound - start)..<(range.upperBound - start)).clamped(to: 0..<response.body.count)]
        finish(UnsafeRawBufferPointer(rebasing: bytes), of: response, &writer)
        return (206, bytes.count)
    }

    private func isRangeWanted(_ head: StoredHead, _ request: borrowing RequestHead) -> Bool {
        guard let condition = request[.ifRange] else { return true }
        return (head.entityTag ?? []).withUnsafeBytes { tag in
            let validators = Validators(entityTag: head.entityTag == nil ? nil : tag, lastModified: head.lastModified)
            return RangeCondition.holds(condition, for: validators, now: head.date)
        }
    }

    private func finish(
        _ body: UnsafeRawBufferPointer, of response: CachedResponse, _ writer: inout ResponseWriter
    ) {
        guard response.head.mayHaveBody else { return writer.finishHead(contentLength: nil) }
        writer.finishHead(contentLength: body.count)
        writer.writeBody(body, owner: response.body)
    }

    // MARK: Head

    private func writeHead(
        _ response: CachedResponse, _ code: Int, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) {
        writer.writeStatus(code, addsDate: false)
        writeStoredFields(response, &writer)
        writeComputed(response, status, request, &writer)
    }

    private func writeStoredFields(_ response: CachedResponse, _ writer: inout ResponseWriter) {
        guard isPrivate else { return writer.write(response.headBlock.bytes) }
        CachedResponse.headBlock(of: response.head.madePrivate).withUnsafeBytes { writer.write($0) }
    }

    private func writeComputed(
        _ response: CachedResponse, _ status: CacheStatus, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) {
        if hasAge { writer.writeField("Age", decimal: Int(response.head.age(at: now))) }
        RouteHeadFields(rules: rules, requestNumber: requestNumber)
            .write(status, besides: response.ownFields, request, &writer)
    }
}

extension FieldLine {
    /// Whether a 304 leaves it out (RFC 9110, section 15.4.5): it is about a body that is not there.
    fileprivate var describesContent: Bool {
        ["content-length", "content-encoding", "content-type", "content-language", "content-range"].contains {
            isNamed($0)
        }
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}

extension StoredHead {
    /// The same as one that only the client may reuse that asked.
    var madePrivate: StoredHead {
        var head = self
        head.fields = PrivateAnswer.fields(fields)
        return head
    }

    /// RFC 9110, section 6.4.1.
    fileprivate var mayHaveBody: Bool { status != 204 && status != 304 && status != 205 }
}
