/// What keeps a test from being run, in words for whoever runs it.
public struct TestSupportError: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
