/// The head of a response as it came from the origin, and when.
public struct ReceivedResponse: Sendable, Hashable {
    public var status: Int
    /// The end-to-end fields, Age among them.
    public var fields: HeaderFields
    /// When the request was sent, in milliseconds since 1970.
    public var requestTime: Int64
    /// When the response's head came, in milliseconds since 1970.
    public var responseTime: Int64

    public init(status: Int, fields: HeaderFields, requestTime: Int64, responseTime: Int64) {
        self.status = status
        self.fields = fields
        self.requestTime = requestTime
        self.responseTime = responseTime
    }
}
