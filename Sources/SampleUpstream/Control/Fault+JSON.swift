import Tokens

/// Why a body sent to `/control` is refused.
struct ControlError: Error {
    let detail: String
}

extension Fault {
    /// Reads the body of `POST /control/faults`. Unknown members are refused, so that a misspelt one is noticed.
    init(_ object: JSONValue) throws(ControlError) {
        guard let match = object["match"]?.string else { throw ControlError(detail: "\"match\" is missing") }
        self.init(try Self.target(match))
        var ends = Ends()
        for member in object.members where member.name != "match" && !member.value.isNull {
            if try !read(member.name, member.value) { try ends.read(member.name, member.value) }
        }
        ending = ends.ending
    }

    private static func target(_ text: String) throws(ControlError) -> Target {
        if text == "*" { return .everything }
        if text == "rpc" { return .rpc }
        if text.hasPrefix("rpc>"), let size = Int(text.dropFirst(4)), size >= 0 { return .batches(largerThan: size) }
        if text.hasPrefix("/") { return .path(prefix: text) }
        let parts = text.split(separator: ":", maxSplits: 2).map { String($0) }
        guard parts.count > 1, parts[0] == "rpc", let contract = try? ContractAddress(parsing: parts[1]) else {
            throw ControlError(detail: "\"match\" is not *, rpc, rpc>SIZE, rpc:0x…, rpc:0x…:id or a path")
        }
        guard parts.count > 2 else { return .calls(contract, token: nil) }
        guard let token = try? TokenIdentifier(parsing: parts[2]) else {
            throw ControlError(detail: "\"match\" ends in no token id")
        }
        return .calls(contract, token: token)
    }

    /// False when the member does not belong here.
    private mutating func read(_ name: String, _ value: JSONValue) throws(ControlError) -> Bool {
        switch name {
        case "times": times = try value.count(name, in: 1...1_000_000)
        case "delay_ms": delay = .milliseconds(try value.count(name, in: 0...600_000))
        case "status": status = try value.count(name, in: 200...599)
        case "retry_after": retryAfter = try value.count(name, in: 0...86_400)
        case "content_length": contentLength = try value.count(name, in: 0...(1 << 30))
        case "drip_bytes_per_second": dripBytesPerSecond = try value.count(name, in: 1...(1 << 30))
        case "body": body = Array(try value.text(name).utf8)
        case "content_type": contentType = try value.text(name)
        case "omit_answer": omitsAnswer = try value.flag(name)
        case "reverse_batch": reversesBatch = try value.flag(name)
        case "headers":
            for member in value.members { fields.append((member.name, try member.value.text(member.name))) }
        case "rpc_error":
            guard let code = value["code"]?.integer, let message = value["message"]?.string else {
                throw ControlError(detail: "\"rpc_error\" needs \"code\" and \"message\"")
            }
            rpcError = RPCError(code: code, message: message, data: value["data"]?.string)
        case _: return false
        }
        return true
    }

    /// The members that tell how the answer ends, before they are put together.
    private struct Ends {
        private var truncateAfter: Int?
        private var resets = false
        private var hangs = false

        mutating func read(_ name: String, _ value: JSONValue) throws(ControlError) {
            switch name {
            case "truncate_after": truncateAfter = try value.count(name, in: 0...(1 << 30))
            case "reset": resets = try value.flag(name)
            case "hang": hangs = try value.flag(name)
            case _: throw ControlError(detail: "unknown member \"\(name)\"")
            }
        }

        var ending: Ending {
            if resets { return .reset(afterBodyBytes: truncateAfter) }
            if hangs { return .hang(afterBodyBytes: truncateAfter) }
            return truncateAfter.map { .closed(afterBodyBytes: $0) } ?? .complete
        }
    }
}

extension JSONValue {
    func count(_ name: String, in range: ClosedRange<Int>) throws(ControlError) -> Int {
        guard let number = integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            throw ControlError(detail: "\"\(name)\" is not a whole number \(bounds)")
        }
        return number
    }

    fileprivate func text(_ name: String) throws(ControlError) -> String {
        guard let string else { throw ControlError(detail: "\"\(name)\" is not a string") }
        return string
    }

    fileprivate func flag(_ name: String) throws(ControlError) -> Bool {
        guard let boolean else { throw ControlError(detail: "\"\(name)\" is not true or false") }
        return boolean
    }
}
