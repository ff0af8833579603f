/// Waits until a condition holds that nothing announces, looking every few milliseconds.
///
/// - Parameters:
///   - limit: how long to look; past it the call throws a ``TestSupportError`` that names `what`.
///   - what: the condition in words.
public func eventually(
    within limit: Duration = .seconds(10), _ what: String = "the condition",
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
        if try await condition() { return }
        if clock.now >= deadline { throw TestSupportError("\(what) did not come to hold within \(limit)") }
        try await Task.sleep(for: .milliseconds(3))
    }
}
