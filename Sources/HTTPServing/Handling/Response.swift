/// A whole answer as a value, for the paths where convenience counts more than copies.
public struct Response: Sendable {
    public var status: Int
    /// Without Content-Length, Date and Connection, which the server adds.
    public var fields: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    public init(status: Int, contentType: String, body: String) {
        self.init(status: status, fields: [("Content-Type", contentType)], body: Array(body.utf8))
    }
}
