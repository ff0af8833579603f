/// How long answers live on a route that does not leave it to the origin, in milliseconds by what they say.
public struct OverrideLifetimes: Sendable, Hashable {
    /// Of 2xx.
    public var document: Int64
    /// Of 404 and 410.
    public var negative: Int64
    /// Of redirections.
    public var redirect: Int64
    /// Of all other errors.
    public var error: Int64
    /// Of single statuses, before the others.
    public var byStatus: [Int: Int64]

    public init(document: Int64, negative: Int64, redirect: Int64, error: Int64, byStatus: [Int: Int64] = [:]) {
        self.document = document
        self.negative = negative
        self.redirect = redirect
        self.error = error
        self.byStatus = byStatus
    }

    /// The lifetime of an answer in milliseconds; nil when it is not to be stored.
    ///
    /// 304, 412 and 416 answer a condition or a range and not the URL: they are never stored, not even by name.
    public func lifetime(of status: Int) -> Int64? {
        let lifetime: Int64? =
            switch status {
            case ..<200, 304, 412, 416: nil
            case 200..<300: byStatus[status] ?? document
            case 404, 410: byStatus[status] ?? negative
            case 300, 301, 302, 303, 307, 308: byStatus[status] ?? redirect
            case 400..<600: byStatus[status] ?? error
            default: byStatus[status]
            }
        return lifetime.map { max(0, $0) }
    }
}
