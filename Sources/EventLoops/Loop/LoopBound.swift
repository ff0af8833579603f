/// Carries an object that belongs to a loop through code that may run elsewhere. Only the loop can look inside.
///
/// Safe: the value is reached through a check that the caller runs on the loop.
public struct LoopBound<Value>: @unchecked Sendable {
    private let loop: EventLoop
    private let contents: Value

    public init(_ value: Value, on loop: EventLoop) {
        self.loop = loop
        contents = value
    }

    /// The object. Traps when read anywhere but on the loop.
    public var value: Value {
        loop.preconditionIsCurrent()
        return contents
    }
}
