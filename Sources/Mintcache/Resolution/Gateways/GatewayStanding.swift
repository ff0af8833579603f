/// What came of asking a gateway.
enum GatewayOutcome: Sendable, Hashable {
    /// It said what it has, or truly that it has nothing.
    case answered(in: Duration)
    case failed(GatewayFault)
    /// It had not answered when another that was asked later had.
    case overtaken
}

/// Why an answer of a gateway was none.
enum GatewayFault: String, Sendable, CaseIterable {
    /// No connection, or one that broke off or does not speak HTTP.
    case connection
    case timeout
    /// It asked for fewer requests.
    case throttled
    /// It does not serve us.
    case forbidden
    case serverError = "server_error"
    /// Another status that answers nothing.
    case status
    /// A web page or the like, where another gateway had the document.
    case unusable
    /// Not the content that its identifier stands for.
    case mismatch
}

/// How one gateway did lately. Pure.
struct GatewayStanding: Sendable {
    /// How much the newest outcome counts.
    private static let step = 0.2

    /// From 0, where nothing worked lately, to 1.
    private(set) var health = 1.0
    private(set) var consecutiveFailures = 0
    private(set) var answers: UInt64 = 0
    private(set) var failures: UInt64 = 0
    private(set) var latencies = LatencyWindow()

    mutating func note(_ outcome: GatewayOutcome) {
        switch outcome {
        case .answered(let duration):
            answers += 1
            consecutiveFailures = 0
            latencies.append(duration)
            move(towards: 1)
        case .failed:
            failures += 1
            consecutiveFailures += 1
            move(towards: 0)
        case .overtaken:
            move(towards: 0.5)
        }
    }

    private mutating func move(towards goal: Double) {
        health += Self.step * (goal - health)
    }

    /// How much more often it is asked first than others. Never zero: one that recovered must be found out.
    func share(ofWeight weight: Int) -> Double {
        Double(weight) * max(health * health, 0.01)
    }
}
