import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// Writes a cached answer for one request: conditions, ranges, codings, and the fields that change with time. This is
/// the hit path: it allocates nothing, unless a coding is wanted for the first time.
struct AnswerWriter {
    let rules: ServingRules
    /// Milliseconds since 1970.
    let now: Int64
    /// Digits of the request's generated name, used when the client gave none.
    let requestNumber: UInt64
    /// What it took to get the answer, if not memory.
    var costs: FlightCosts?
    /// Whether the answer is for nobody but who asked.
    var isPrivate = false

    /// Returns the status written and how long the body is.
    ///
    /// - Parameter memory: counts the entry anew when the coding that the client wants had to be made.
    func write(
        _ entry: CacheEntry, _ status: CacheStatus, for request: borrowing RequestHead, from memory: MemoryCache,
        to writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        let representation = chosen(entry, for: request, from: memory)
        guard entry.answer.status == 200 else {
            return whole(entry, representation, status, entry.answer.status, request, &writer)
        }
        if request.hasConditions {
            let verdict = representation.entityTag.withUnsafeBytes { tag in
                request.preconditions.evaluate(
                    against: Validators(entityTag: tag, lastModified: entry.answer.lastModified), now: now / 1000)
            }
            switch verdict {
            case .proceed: break
            case .notModified: return bodiless(entry, representation, status, 304, request, &writer)
            case .failed: return bodiless(entry, representation, status, 412, request, &writer)
            }
        }
        if request.method == .get, let field = request[.range], !request.isRepeated(.range) {
            return ranged(entry, representation, status, field, request, &writer)
        }
        return whole(entry, representation, status, 200, request, &writer)
    }

    private func chosen(
        _ entry: CacheEntry, for request: borrowing RequestHead, from memory: MemoryCache
    ) -> Representation {
        guard entry.answer.compressed != nil, request[.acceptEncoding] != nil else { return entry.answer.identity }
        var accepted = AcceptEncoding()
        request.forEachValue(of: .acceptEncoding) { accepted.add($0) }
        return memory.representation(of: entry, for: accepted)
    }

    // MARK: Shapes

    private func whole(
        _ entry: CacheEntry, _ representation: Representation, _ status: CacheStatus, _ code: Int,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writeHead(entry, representation, status, code, request, &writer)
        let body = representation.body
        writer.finishHead(contentLength: body.count)
        writer.writeBody(body.bytes, owner: body)
        return (code, body.count)
    }

    private func bodiless(
        _ entry: CacheEntry, _ representation: Representation, _ status: CacheStatus, _ code: Int,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        writeHead(entry, representation, status, code, request, &writer)
        writer.finishHead(contentLength: nil)
        return (code, 0)
    }

    private func ranged(
        _ entry: CacheEntry, _ representation: Representation, _ status: CacheStatus, _ field: UnsafeRawBufferPointer,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) -> (status: Int, bytes: Int) {
        let isCurrent = representation.entityTag.withUnsafeBytes { tag in
            guard let condition = request[.ifRange] else { return true }
            let validators = Validators(entityTag: tag, lastModified: entry.answer.lastModified)
            return RangeCondition.holds(condition, for: validators, now: now / 1000)
        }
        let body = representation.body
        guard isCurrent else { return whole(entry, representation, status, 200, request, &writer) }
        switch ByteRange(field, length: body.count) {
        case .ignore:
            return whole(entry, representation, status, 200, request, &writer)
        case .partial(let range):
            writeHead(entry, representation, status, 206, request, &writer)
            writer.writeContentRange { ContentRange.write(range, of: body.count, into: $0) }
            writer.finishHead(contentLength: range.count)
            writer.writeBody(UnsafeRawBufferPointer(rebasing: body.bytes[range]), owner: body)
            return (206, range.count)
        case .unsatisfiable:
            writeHead(entry, representation, status, 416, request, &writer)
            writer.writeContentRange { ContentRange.writeUnsatisfied(length: body.count, into: $0) }
            writer.finishHead(contentLength: nil)
            return (416, 0)
        }
    }

    // MARK: Head

    private func writeHead(
        _ entry: CacheEntry, _ representation: Representation, _ status: CacheStatus, _ code: Int,
        _ request: borrowing RequestHead, _ writer: inout ResponseWriter
    ) {
        writer.writeStatus(code)
        writer.write(entry.answer.head.bytes)
        writer.write(representation.head.bytes)
        if code == 200 || code == 206 { writer.write("Accept-Ranges: bytes\r\n") }
        writeTimes(entry, code, &writer)
        writeCacheStatus(status, &writer)
        writeRequestIdentifier(request, &writer)
        // RFC 7240, section 3.
        if let seconds = rules.appliedWait(of: request) {
            writer.write("Preference-Applied: wait=")
            writer.writeDecimal(seconds)
            writer.write("\r\n")
        }
        rules.origins.write(for: request[.origin], to: &writer)
    }

    /// Age, and for how long browsers and the CDN may keep the answer: lifetimes are counted from the answer's birth
    /// (RFC 9111, section 4.2.3), so the age is added to what is granted from now on.
    private func writeTimes(_ entry: CacheEntry, _ code: Int, _ writer: inout ResponseWriter) {
        let age = Age.seconds(fetchedAt: entry.times.fetchedAt, now: now)
        writer.writeField("Age", decimal: Int(age))
        // Refused conditions and ranges say nothing about the resource, and failures pass.
        guard !entry.isFailure, code < 500, code != 412, code != 416 else {
            writer.write("Cache-Control: no-store\r\n")
            return
        }
        let left = max(0, (entry.times.freshUntil - now) / 1000)
        writer.write(isPrivate ? "Cache-Control: private, max-age=" : "Cache-Control: public, max-age=")
        writer.writeDecimal(Int(age + min(left, rules.browserTTL)))
        if !isPrivate {
            writer.write(", s-maxage=")
            writer.writeDecimal(Int(age + min(left, rules.cdnTTL)))
        }
        if entry.answer.status < 400 {
            rules.staleDirectives.withUnsafeBytes { writer.write($0) }
        } else {
            writer.write("\r\n")
        }
    }

    private func writeCacheStatus(_ status: CacheStatus, _ writer: inout ResponseWriter) {
        writer.writeCacheStatus(status)
        if let costs, writer.writeServerTiming(costs) { return }
        switch status.detail {
        case .memory: writer.write("Server-Timing: memory\r\n")
        case .redis: writer.write("Server-Timing: redis\r\n")
        case .archive: writer.write("Server-Timing: archive\r\n")
        case nil, .originError, .originTimeout, .originUnreachable, .refusal:
            writer.write("Server-Timing: source\r\n")
        }
    }

    func writeRequestIdentifier(_ request: borrowing RequestHead, _ writer: inout ResponseWriter) {
        if let given = request[.requestID], RequestIdentifier.isAcceptable(given) {
            writer.writeField("X-Request-Id", given)
            return
        }
        writer.write("X-Request-Id: ")
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            RequestIdentifier.write(requestNumber, into: buffer)
            writer.write(UnsafeRawBufferPointer(buffer))
        }
        writer.write("\r\n")
    }
}

extension AnswerWriter {
    /// The same line as ``writeRequestIdentifier(_:_:)`` writes, for heads that are put together as octets.
    func requestIdentifier(_ request: Request) -> [UInt8] {
        let name = request.withHead { head -> [UInt8] in
            if let given = head[.requestID], RequestIdentifier.isAcceptable(given) { return Array(given) }
            return [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
                RequestIdentifier.write(requestNumber, into: UnsafeMutableRawBufferPointer(buffer))
                count = 16
            }
        }
        return Array("X-Request-Id: ".utf8) + name + [13, 10]
    }
}

extension RequestHead {
    var hasConditions: Bool {
        self[.ifNoneMatch] != nil || self[.ifModifiedSince] != nil || self[.ifMatch] != nil
            || self[.ifUnmodifiedSince] != nil
    }

    /// A field given more than once is no condition that could be trusted to hold, so only the first value counts.
    var preconditions: Preconditions {
        Preconditions(
            ifMatch: self[.ifMatch], ifUnmodifiedSince: self[.ifUnmodifiedSince], ifNoneMatch: self[.ifNoneMatch],
            ifModifiedSince: self[.ifModifiedSince])
    }
}
