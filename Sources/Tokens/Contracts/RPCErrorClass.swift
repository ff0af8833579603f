/// Tells apart what providers mean by their error objects.
///
/// Codes alone do not say: EIP-1474 leaves `-32000` to everything, some report a revert as an internal error, some a
/// rate limit as HTTP's 429 inside a batch. So code and message decide together.
enum RPCErrorClass {
    static func outcome(of error: JSONValue) -> CallOutcome {
        guard error.kind == .object else {
            let message = boundedText(error.string ?? "the provider's error is not an object")
            return classify(code: nil, message: message, data: nil)
        }
        let message = boundedText(error["message"]?.string ?? "no message")
        let data = error["data"]
        // Some put the word "Reverted" in front of the data and nowhere else.
        let saysReverted = data?.string?.hasPrefix("Reverted") ?? false
        let code = saysReverted ? executionReverted : error["code"]?.integer
        return classify(code: code, message: message, data: revertData(of: data))
    }

    /// What geth calls code 3: the call ran and was reverted.
    private static let executionReverted: Int64 = 3

    private static func classify(code: Int64?, message: String, data: [UInt8]?) -> CallOutcome {
        let words = message.lowercased()
        func says(_ phrases: [String]) -> Bool {
            phrases.contains { words.contains($0) }
        }
        if code == executionReverted || says(revertPhrases) { return .reverted(reason(message: message, data: data)) }
        if says(exhaustionPhrases) { return .exhausted(message: message) }
        if code.map(rateLimitCodes.contains) ?? false || says(rateLimitPhrases) {
            return .rateLimited(message: message)
        }
        return .providerFault(code: code, message: message)
    }

    private static let revertPhrases = [
        "revert", "invalid opcode", "invalid jump", "bad jump destination", "bad instruction", "stack underflow",
    ]

    /// Limits of one execution, not of the caller.
    private static let exhaustionPhrases = ["out of gas", "gas limit", "gas required exceeds", "execution timeout"]

    private static let rateLimitCodes: Set<Int64> = [429, -32005, -32029, -32605]

    private static let rateLimitPhrases = [
        "rate limit", "ratelimit", "rate-limit", "too many requests", "limit exceeded", "request limit",
        "exceeded its compute units", "capacity", "throughput", "quota", "throttl",
    ]

    private static func reason(message: String, data: [UInt8]?) -> RevertReason {
        let explained = data.map(RevertReason.init(data:)) ?? .unexplained
        guard explained == .unexplained else { return explained }
        let prefix = "execution reverted: "
        guard message.hasPrefix(prefix), message.utf8.count > prefix.utf8.count else { return .unexplained }
        return .message(String(message.dropFirst(prefix.count)))
    }

    /// The revert data, which stands in `data` itself, after a word, or in a member of it.
    private static func revertData(of value: JSONValue?) -> [UInt8]? {
        guard let value else { return nil }
        let inner = value["data"] ?? value["result"] ?? value
        switch inner.kind {
        case .string:
            let text = inner.text.dropFirst().dropLast()
            return RPCData.bytes(of: text.split(separator: UInt8(ascii: " ")).last ?? [])
        case .object, .array, .number, .boolean, .null:
            return nil
        }
    }
}
