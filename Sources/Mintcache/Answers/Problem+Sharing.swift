import Tokens

extension Problem {
    /// For other instances: what a client is told in the body, and what it is told in the head.
    var shared: [UInt8] {
        let retry: JSONNode = retryAfter.map { .integer($0) } ?? .null
        return JSONNode.object([("problem", .verbatim(document[...])), ("retry_after", retry)]).bytes
    }

    /// `nil` for what is no problem of another instance's.
    init?(shared bytes: [UInt8]) {
        guard let root = try? JSONDocument(validating: bytes).root, let problem = root["problem"],
            let status = problem["status"]?.integer, (400...599).contains(status),
            let type = problem["type"]?.string, type.hasPrefix(Self.typePrefix),
            let title = problem["title"]?.string, let detail = problem["detail"]?.string
        else { return nil }
        self.init(Int(status), String(type.dropFirst(Self.typePrefix.count)), title, detail: detail)
        isRetryable = problem["retryable"]?.boolean
        source = problem["source"]?.string
        upstreamStatus = problem["upstream_status"]?.integer.map { Int(clamping: $0) }
        attempts = problem["attempts"]?.elements.map { Attempt($0) } ?? []
        retryAfter = root["retry_after"]?.integer.map { Int(clamping: $0) }
    }
}

extension Problem.Attempt {
    fileprivate init(_ value: JSONValue) {
        self.init(
            source: value["source"]?.string ?? "", step: value["step"]?.string ?? "", host: value["host"]?.string ?? "",
            outcome: value["outcome"]?.string ?? "", milliseconds: value["milliseconds"]?.integer ?? 0)
    }
}
