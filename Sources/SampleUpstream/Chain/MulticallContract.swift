import Tokens

/// Multicall3: makes several calls within one.
enum MulticallContract {
    static let address = WellKnownContracts.multicall
    private static let wordLength = 32

    /// The calls in the argument of `aggregate3((address,bool,bytes)[])`; nil for a call of something else, or one that
    /// is not well formed.
    static func calls(in call: ReceivedCall) -> [ReceivedCall]? {
        guard call.contract == address, call.function == .aggregate else { return nil }
        let data = call.arguments
        guard let list = number(data, at: 0), let count = number(data, at: list), count <= data.count / wordLength
        else { return nil }
        let start = list + wordLength
        var calls: [ReceivedCall] = []
        for index in 0..<count {
            guard let offset = number(data, at: start + index * wordLength),
                let call = inner(data, at: start + offset)
            else { return nil }
            calls.append(call)
        }
        return calls
    }

    private static func inner(_ data: [UInt8], at start: Int) -> ReceivedCall? {
        guard let offset = number(data, at: start + 2 * wordLength), let length = number(data, at: start + offset),
            start + wordLength <= data.count
        else { return nil }
        let content = start + offset + wordLength
        guard content + length <= data.count else { return nil }
        let digits = HexText.encode(data[start + 12..<start + wordLength])
        guard let contract = try? ContractAddress(parsing: digits) else { return nil }
        return ReceivedCall(contract, data: Array(data[content..<content + length]))
    }

    /// A word no larger than the data.
    static func number(_ data: [UInt8], at position: Int) -> Int? {
        guard position + wordLength <= data.count else { return nil }
        var number = 0
        for byte in data[position..<position + wordLength] {
            number = number << 8 | Int(byte)
            if number > data.count { return nil }
        }
        return number
    }
}
