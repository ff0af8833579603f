/// Tells apart what providers mean by their error objects.
///
/// Codes alone do not say: EIP-1474 leaves `-32000` to everything, some report a revert as an internal error, some a
/// rate limit as HTTP's 429 inside a batch. So code and message decide together.
enum RPCErrorClass {
    static func outcome(of error: JSONValue) -> CallOutcome {
        guard error.kind == .object else {
            let message = boundedText(error.string ?? "the provider's error is not an object")
            return classify(code: nil, message: message, word: nil, data: nil)
        }
        let message = boundedText(error["message"]?.string ?? "no message")
        let data = error["data"]
        // Some say what happened in the data and nowhere else, in a word before the bytes or alone.
        let word = data?.string.flatMap { $0.hasPrefix("0x") ? nil : boundedText($0) }
        return classify(code: error["code"]?.integer, message: message, word: word, data: revertData(of: data))
    }

    /// What geth calls code 3: the call ran and was reverted.
    private static let executionReverted: Int64 = 3

    private static func classify(code: Int64?, message: String, word: String?, data: [UInt8]?) -> CallOutcome {
        let words = (message + " " + (word ?? "")).lowercased()
        func says(_ phrases: [String]) -> Bool {
            phrases.contains { words.contains($0) }
        }
        // A contract may put any words into its own message, but that comes with the bytes of it.
        let isExhausted = says(exhaustionPhrases)
        if isExhausted, data?.isEmpty ?? true { return .exhausted(message: message) }
        if code == executionReverted || says(revertPhrases) { return .reverted(reason(message: message, data: data)) }
        if isExhausted { return .exhausted(message: message) }
        if code.map(rateLimitCodes.contains) ?? false || says(rateLimitPhrases) {
            return .rateLimited(message: message)
        }
        return .providerFault(code: code, message: message)
    }

    private static let revertPhrases = [
        "revert", "invalid opcode", "invalid jump", "invalidjump", "bad jump destination", "badjumpdestination",
        "bad instruction", "badinstruction", "stack underflow", "stackunderflow", "stack limit reached",
        "write protection", "vm execution error", "vm exception",
    ]

    /// Limits of one execution or one answer, not of the caller.
    private static let exhaustionPhrases = [
        "out of gas", "outofgas", "gas limit", "gas required exceeds", "gas exhausted", "execution timeout",
        "execution aborted", "timed out", "timeout", "time limit", "memory limit", "response too large",
        "response is too", "response size", "response was too large", "result too large",
    ]

    private static let rateLimitCodes: Set<Int64> = [429, -32005, -32007, -32029, -32090, -32605, -32607]

    private static let rateLimitPhrases = [
        "rate limit", "ratelimit", "rate-limit", "too many requests", "too many connections", "limit exceeded",
        "request limit", "call limit", "usage limit", "limit reached", "limit has been reached",
        "request count exceeded",
        "exceeded its compute units", "capacity", "throughput", "quota", "throttl", "slow down",
    ]

    private static func reason(message: String, data: [UInt8]?) -> RevertReason {
        let explained = data.map(RevertReason.init(data:)) ?? .unexplained
        guard explained == .unexplained else { return explained }
        for prefix in reasonPrefixes where message.lowercased().hasPrefix(prefix) {
            let text = message.dropFirst(prefix.count).drop { " :'\"".contains($0) }
            let reason = text.reversed().drop { " '\"".contains($0) }.reversed()
            return reason.isEmpty ? .unexplained : .message(String(reason))
        }
        return .unexplained
    }

    /// What stands before a contract's own words, the longest first.
    private static let reasonPrefixes = [
        "vm exception while processing transaction: reverted with reason string",
        "vm exception while processing transaction: revert", "execution reverted",
    ]

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
