extension EventRefusal {
    /// Tells from an error object of `eth_getLogs` whether a smaller question helps.
    ///
    /// There is no code for it. The same refusal comes as -32000, -32005, -32600, -32602, 35 and others, its reason in
    /// words of each provider's own, sometimes only in `data`.
    init(reading error: JSONValue) {
        let message = boundedText(error["message"]?.string ?? error.string ?? "no message")
        let code = error["code"]?.integer
        let detail = error["data"].map { String(decoding: $0.text.prefix(1000), as: UTF8.self) } ?? ""
        let words = (message + " " + detail).lowercased()
        func says(_ phrases: [String]) -> Bool { phrases.contains { words.contains($0) } }
        if says(Self.other) {
            self = .fault(code: code, message: message)
        } else if says(Self.contracts), says(Self.bounds) {
            self = .tooManyContracts
        } else if says(Self.sizes) || (says(Self.quantities) && says(Self.bounds)) {
            self = .tooMuch
        } else {
            self = .fault(code: code, message: message)
        }
    }

    /// Refusals that a smaller question does not help, though some speak of ranges and limits: of whoever asks too
    /// often, and of nodes that do not have the blocks (yet, or any more).
    private static let other = [
        "rate limit", "request rate", "per second", "per minute", "too many requests", "compute units", "credits",
        "quota", "capacity", "current head", "latest block", "cannot be found", "not found", "out of range", "pruned",
        "archive", "invalid block range",
    ]

    /// Words that say it all.
    private static let sizes = [
        "response size", "response too large", "response is too", "range not supported", "range of parameters",
        "query timeout", "query timed out", "query took too long", "reduc", "narrow",
    ]

    private static let contracts = ["address", "filters"]

    private static let quantities = ["range", "blocks", "block span", "results", "logs", "response"]

    private static let bounds = [
        "limit", "exceed", "more than", "larger than", "bigger than", "greater than", "less number", "too many",
        "too large", "too big", "too high", "too wide", "up to", "max", "over ",
    ]
}
