import Caching
import HTTPCaching

/// A variant chosen by these request fields, which are what `Vary` names, too.
func variant(_ request: [(String, String)] = [], response: [(String, String)] = []) -> VariantKey {
    func fields(_ lines: [(String, String)]) -> HeaderFields { HeaderFields(lines.map { FieldLine($0.0, $0.1) }) }
    return VariantKey(
        vary: request.map { Array($0.0.utf8) }, request: fields(request), response: fields(response))
}

func language(_ tag: String) -> VariantKey {
    variant([("accept-language", tag)], response: [("content-language", tag)])
}

func request(_ lines: (String, String)...) -> HeaderFields {
    HeaderFields(lines.map { FieldLine($0.0, $0.1) })
}

/// A head that came at `responseTime` milliseconds.
func head(
    status: Int = 200, fields: [(String, String)] = [("Content-Type", "text/plain"), ("X-Served-By", "a test")],
    responseTime: Int64 = 10_000, variant key: VariantKey = variant(), partial: PartialExtent? = nil
) -> StoredHead {
    StoredHead(
        status: partial == nil ? status : 206, fields: HeaderFields(fields.map { FieldLine($0.0, $0.1) }),
        requestTime: responseTime - 5, responseTime: responseTime, initialAge: 0, lifetime: 60,
        flags: [.isPublic, .hasExplicitFreshness], staleWhileRevalidate: 30, staleIfError: 0, variant: key,
        partial: partial, entityTag: Array("\"v1\"".utf8), lastModified: nil, date: responseTime / 1000)
}

func body(_ size: Int) -> SharedBytes { SharedBytes(copying: [UInt8](repeating: 0x62, count: size)) }

func response(
    _ key: VariantKey = variant(), size: Int = 100, responseTime: Int64 = 10_000, partial: PartialExtent? = nil
) -> CachedResponse {
    CachedResponse(
        head: head(responseTime: responseTime, variant: key, partial: partial), body: body(partial?.count ?? size))
}

/// Times of what came into memory at `now`.
func times(_ now: Int64 = 10_000, memoryUntil: Int64 = 70_000) -> EntryTimes {
    EntryTimes(storedAt: now, fetchedAt: now, freshUntil: now + 60_000, memoryUntil: memoryUntil)
}

extension MemoryCache {
    func responses(_ number: Int, at now: Int64 = 10_001) -> ResponseEntry? {
        key(number).withUnsafeBytes { responses(forKey: $0, at: now) }
    }

    func lastKnownResponses(_ number: Int) -> ResponseEntry? {
        key(number).withUnsafeBytes { lastKnownResponses(forKey: $0) }
    }
}
