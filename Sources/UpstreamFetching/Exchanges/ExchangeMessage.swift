import HTTPCaching

/// An exchange's request, checked and as it goes out: nothing in it can end a line or a message early.
struct ExchangeMessage {
    enum Length: Equatable {
        case none
        case known(Int)
        case unknown
    }

    let method: String
    let target: [UInt8]
    /// In libcurl's notation (CURLOPT_HTTPHEADER(3)).
    let lines: [[UInt8]]
    let bodyLength: Length

    var isHead: Bool { method == "HEAD" }

    /// Follow from the body, or are settled hop by hop (`Expect`: the body is sent without being asked for).
    private static let ours = ["content-length", "transfer-encoding", "expect"]

    init(_ request: ExchangeRequest) throws(FetchFailure) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(UpstreamField.isTokenCharacter),
            request.method != "CONNECT"
        else { throw Self.refusal("the method cannot be sent") }
        guard request.target.first == UInt8(ascii: "/") || request.target == [UInt8(ascii: "*")],
            request.target.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { throw Self.refusal("the request target is neither a path nor an asterisk") }
        method = request.method
        target = request.target
        lines = try Self.lines(for: request.fields)
        bodyLength = Self.length(of: request)
    }

    private static func length(of request: ExchangeRequest) -> Length {
        switch request.body {
        // Methods that are about a body say so when they have none (RFC 9110 section 8.6).
        case .none: ["POST", "PUT", "PATCH"].contains(request.method) ? .known(0) : .none
        case .bytes(let bytes): .known(bytes.count)
        case .stream(let length?, _): .known(max(length, 0))
        case .stream(nil, _): .unknown
        }
    }

    private static func lines(for fields: HeaderFields) throws(FetchFailure) -> [[UInt8]] {
        var lines: [[UInt8]] = [Array("Expect:".utf8)]
        // libcurl has one of its own unless told otherwise.
        if !fields.contains("accept") { lines.append(Array("Accept:".utf8)) }
        for field in fields.lines where !ours.contains(where: field.isNamed) {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(UpstreamField.isTokenCharacter),
                field.value.allSatisfy(UpstreamField.isValueCharacter)
            else { throw refusal("a request field is not well formed") }
            let isEmpty = field.value.allSatisfy { $0 == 0x20 || $0 == 9 }
            // libcurl reads "Name:" as "leave this field out".
            lines.append(isEmpty ? Array("\(field.name);".utf8) : Array("\(field.name): ".utf8) + field.value)
        }
        return lines
    }

    private static func refusal(_ detail: String) -> FetchFailure {
        FetchFailure(.invalidRequest, "", detail)
    }
}
