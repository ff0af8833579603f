/// Reads the responses to ``RPCRequest``s.
public enum RPCResponse {
    /// The outcome of the one call of a request.
    public static func outcome(of body: [UInt8], identifier: Int) -> CallOutcome {
        outcomes(of: body, identifiers: identifier..<identifier + 1)[0]
    }

    /// The outcomes of a batch, in the order of the identifiers.
    ///
    /// Responses are matched by identifier, in whatever order they come. A single error object answers the whole
    /// batch. What is missing or malformed is a fault of the provider, call by call.
    public static func outcomes(of body: [UInt8], identifiers: Range<Int>) -> [CallOutcome] {
        let root: JSONValue
        do {
            root = try JSONDocument(validating: body).root
        } catch {
            return repeatElement(fault("the provider's answer is not JSON: \(error)"), count: identifiers.count)
                .map(\.self)
        }
        return outcomes(of: root, identifiers: identifiers)
    }

    static func outcomes(of root: JSONValue, identifiers: Range<Int>) -> [CallOutcome] {
        if let error = wholesaleError(root) {
            return Array(repeating: RPCErrorClass.outcome(of: error), count: identifiers.count)
        }
        switch root.kind {
        case .array: return matched(root.elements, to: identifiers)
        case .object: return matched(CollectionOfOne(root), to: identifiers)
        case .string, .number, .boolean, .null:
            return Array(repeating: fault("the provider's answer is not a JSON-RPC response"), count: identifiers.count)
        }
    }

    /// The error of an object that answers no call in particular, and so the whole request.
    static func wholesaleError(_ root: JSONValue) -> JSONValue? {
        guard root.kind == .object, let error = root["error"], !error.isNull else { return nil }
        return root["id"].map { !$0.isNull } ?? false ? nil : error
    }

    private static func matched(_ responses: some Sequence<JSONValue>, to identifiers: Range<Int>) -> [CallOutcome] {
        var outcomes = [CallOutcome?](repeating: nil, count: identifiers.count)
        var wholesale: CallOutcome?
        for response in responses {
            let identifier = response["id"]
            guard let number = identifier?.integer.flatMap({ Int(exactly: $0) }), identifiers.contains(number) else {
                if let error = response["error"], !error.isNull { wholesale = RPCErrorClass.outcome(of: error) }
                continue
            }
            let index = number - identifiers.lowerBound
            if outcomes[index] == nil { outcomes[index] = outcome(of: response) }
        }
        return outcomes.map { $0 ?? wholesale ?? fault("the provider did not answer this call") }
    }

    private static func outcome(of response: JSONValue) -> CallOutcome {
        if let error = response["error"], !error.isNull { return RPCErrorClass.outcome(of: error) }
        guard let result = response["result"], let data = RPCData.bytes(of: result) else {
            return fault("the provider's result is not 0x and hexadecimal digits")
        }
        return data.isEmpty ? .unsupported : .returned(data)
    }

    private static func fault(_ message: String) -> CallOutcome {
        .providerFault(code: nil, message: message)
    }
}
