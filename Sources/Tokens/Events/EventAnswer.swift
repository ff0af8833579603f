/// How a provider answered an ``EventRequest``.
public enum EventAnswer<Value: Sendable>: Sendable {
    case value(Value)
    case refused(EventRefusal)
}

extension EventAnswer: Equatable where Value: Equatable {}

/// Why a provider did not answer a question about events.
public enum EventRefusal: Error, Sendable, Hashable {
    /// Too many blocks, logs or bytes: a part of it may be answered.
    case tooMuch
    /// Too many contracts in one question.
    case tooManyContracts
    /// Not now, or not by this provider. Another may answer. For logs and operators.
    case fault(code: Int64?, message: String)
}

/// Logs of one answer.
public struct EventLogs: Sendable, Equatable {
    /// More are not taken from one answer; a smaller question has to be asked.
    public static let limit = 20_000

    public var logs: [EventLog] = []
    /// Logs of the events asked for that lack their arguments.
    public var unreadable = 0

    public init(logs: [EventLog] = [], unreadable: Int = 0) {
        self.logs = logs
        self.unreadable = unreadable
    }
}

extension EventRequest {
    /// The number of the newest block.
    public static func head(in body: [UInt8]) -> EventAnswer<UInt64> {
        read(body) { $0.quantity }
    }

    /// The hash of the block asked for; nil when the node does not have it.
    public static func blockHash(in body: [UInt8]) -> EventAnswer<UInt256?> {
        read(body) { result in
            if result.isNull { return .some(nil) }
            return result["hash"]?.word.map { .some($0) }
        }
    }

    /// The logs of these blocks. One of another block, or something that is no log, makes the whole answer
    /// untrustworthy.
    public static func logs(in body: [UInt8], of blocks: ClosedRange<UInt64>) -> EventAnswer<EventLogs> {
        var found = EventLogs()
        let answer: EventAnswer<Bool> = read(body) { result in
            guard result.kind == .array else { return nil }
            for element in result.elements {
                if found.logs.count + found.unreadable == EventLogs.limit { return false }
                do throws(EventLog.Malformed) {
                    let log = try EventLog(reading: element)
                    guard blocks.contains(log.block) else { return nil }
                    found.logs.append(log)
                } catch {
                    switch error {
                    case .shape: return nil
                    case .content: found.unreadable += 1
                    }
                }
            }
            return true
        }
        return switch answer {
        case .value(true): .value(found)
        case .value(false): .refused(.tooMuch)
        case .refused(let refusal): .refused(refusal)
        }
    }

    private static func read<Value>(_ body: [UInt8], _ value: (JSONValue) -> Value?) -> EventAnswer<Value> {
        guard let root = try? JSONDocument(validating: body).root, root.kind == .object else {
            return .refused(.fault(code: nil, message: "the provider's answer is not a JSON-RPC response"))
        }
        if let error = root["error"], !error.isNull { return .refused(EventRefusal(reading: error)) }
        guard root["id"]?.integer == Int64(identifier), let result = root["result"], let value = value(result) else {
            return .refused(.fault(code: nil, message: "the provider's answer is not what was asked for"))
        }
        return .value(value)
    }
}
