import Tokens

/// The faults that are set, in the order of setting: the first that matches is met.
struct FaultBoard {
    /// Set at one time, at most.
    static let limit = 1000

    private var faults: [(number: Int, fault: Fault)] = []
    private var lastNumber = 0

    /// Returns the number under which the fault is listed, or `nil` when there are too many.
    mutating func add(_ fault: Fault) -> Int? {
        guard faults.count < Self.limit else { return nil }
        lastNumber += 1
        faults.append((lastNumber, fault))
        return lastNumber
    }

    mutating func removeAll() {
        faults = []
    }

    /// The numbers of the faults set, and how often each is still to be met.
    var remaining: [(number: Int, times: Int?)] { faults.map { ($0.number, $0.fault.times) } }

    /// The fault that a request as a whole meets, used up by one.
    mutating func meet(path: String, calls: [ReceivedCall], batch: Int = 0) -> Fault? {
        meet { fault in
            !fault.concernsCalls && Self.matches(fault.target, path: path, calls: calls, batch: batch)
        }
    }

    /// What becomes of the answer to one call, used up by one.
    mutating func meet(_ call: ReceivedCall, path: String) -> SampleChain.CallFault? {
        let fault = meet { fault in
            fault.concernsCalls && Self.matches(fault.target, path: path, calls: [call], batch: 0)
        }
        return fault.map { $0.rpcError.map { .error($0) } ?? .omitted }
    }

    private mutating func meet(_ isMet: (Fault) -> Bool) -> Fault? {
        guard let index = faults.firstIndex(where: { isMet($0.fault) }) else { return nil }
        let fault = faults[index].fault
        guard let times = fault.times else { return fault }
        if times > 1 { faults[index].fault.times = times - 1 } else { faults.remove(at: index) }
        return fault
    }

    private static func matches(
        _ target: Fault.Target, path: String, calls: [ReceivedCall], batch: Int
    ) -> Bool {
        switch target {
        case .everything: true
        case .rpc: UpstreamPath.isRPC(path)
        case .batches(let size): batch > size
        case .calls(let contract, token: let token):
            calls.contains { $0.contract == contract && (token == nil || $0.token == token) }
        case .path(let prefix): path.hasPrefix(prefix)
        }
    }
}

extension Fault {
    /// Whether it is for single calls, not for requests as a whole.
    fileprivate var concernsCalls: Bool { rpcError != nil || omitsAnswer }
}
