import Testing

/// An answer of the origin, and whether it answers a later request.
struct ReuseCase: Sendable {
    var status = 200
    /// Of the answer. Dates in braces as in ``Reply``.
    var fields: [String]
    /// Of both requests.
    var request: [String] = []
    /// Of the second request alone.
    var later: [String] = []
    /// Seconds between the two.
    var after = 0
    var isReused: Bool

    /// The second request is answered from the store.
    static func reused(
        _ fields: String..., status: Int = 200, after: Int = 1, request: [String] = [], later: [String] = []
    ) -> ReuseCase {
        ReuseCase(status: status, fields: fields, request: request, later: later, after: after, isReused: true)
    }

    /// The second request is asked of the origin.
    static func asked(
        _ fields: String..., status: Int = 200, after: Int = 1, request: [String] = [], later: [String] = []
    ) -> ReuseCase {
        ReuseCase(status: status, fields: fields, request: request, later: later, after: after, isReused: false)
    }
}

extension RouteScene {
    /// Plays each case on a URL of its own.
    func check(_ cases: ReuseCase..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await check(cases, sourceLocation: sourceLocation)
    }

    func check(_ cases: [ReuseCase], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (number, this) in cases.enumerated() {
            let comment: Comment =
                "\(this.status) \(this.fields), \(this.request + this.later), \(this.after) s later, line \(number)"
            let path = newPath
            let before = origin.requestCount
            let body = this.status == 204 ? "" : "an answer"
            origin.answers(this.status, this.fields + ["X-Answer: one"], body)
            let first = try await ask("GET", path, this.request)
            #expect(first.status == this.status, comment, sourceLocation: sourceLocation)
            #expect(first["X-Answer"] == "one", comment, sourceLocation: sourceLocation)
            pass(seconds: this.after)
            if !this.isReused { origin.answers(200, ["X-Answer: two", "Cache-Control: no-store"], "another") }
            let second = try await ask("GET", path, this.request + this.later)
            #expect(second["X-Answer"] == (this.isReused ? "one" : "two"), comment, sourceLocation: sourceLocation)
            let status = this.isReused ? this.status : 200
            #expect(second.status == status, comment, sourceLocation: sourceLocation)
            #expect(second.isHit == this.isReused, comment, sourceLocation: sourceLocation)
            #expect((second["Age"] != nil) == this.isReused, comment, sourceLocation: sourceLocation)
            let requests = before + (this.isReused ? 1 : 2)
            #expect(origin.requestCount == requests, comment, sourceLocation: sourceLocation)
            origin.forgetScript()
        }
    }
}
