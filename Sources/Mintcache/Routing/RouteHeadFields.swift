import Caching
import EventLoops
import HTTPCaching
import HTTPServing

/// The fields that this proxy itself adds to answers of routes.
struct RouteHeadFields {
    let rules: ServingRules
    let requestNumber: UInt64

    func write(
        _ status: CacheStatus, besides own: OwnFields, _ request: borrowing RequestHead,
        _ writer: inout ResponseWriter
    ) {
        writer.writeCacheStatus(status)
        if !own.contains(.requestIdentifier) {
            AnswerWriter(rules: rules, now: 0, requestNumber: requestNumber).writeRequestIdentifier(request, &writer)
        }
        // Who may read the answer is the upstream's to say, if it says anything.
        if !own.contains(.allowedOrigin) {
            rules.origins.write(for: request[.origin], to: &writer)
        }
    }

    /// The same as octets, for heads that are sent before their bodies.
    func octets(_ status: CacheStatus, _ head: StoredHead, age: Int64?, _ request: Request) -> [UInt8] {
        var text = age.map { "Age: \($0)\r\n" } ?? ""
        text += "Cache-Status: \(status.text)\r\n"
        var octets = Array(text.utf8)
        let own = OwnFields(head.fields)
        if !own.contains(.requestIdentifier) {
            octets += AnswerWriter(rules: rules, now: 0, requestNumber: requestNumber).requestIdentifier(request)
        }
        if !own.contains(.allowedOrigin) {
            octets += rules.origins.octets(for: request[.origin])
        }
        return octets
    }
}
