/// Multicall3: a contract, deployed at one address on most chains, that makes many calls within one `eth_call`.
public enum Multicall {
    private static let wordSize = 32

    /// `aggregate3((address target, bool allowFailure, bytes callData)[])` with every failure allowed.
    public static func call(_ calls: [ContractCall], through multicall: ContractAddress) -> ContractCall {
        let elements = calls.map(element)
        var data = FunctionSelector.aggregate3.bytes
        data.reserveCapacity(data.count + elements.reduce(64) { $0 + $1.count + wordSize })
        append(wordSize, to: &data)
        append(calls.count, to: &data)
        var offset = elements.count * wordSize
        for element in elements {
            append(offset, to: &data)
            offset += element.count
        }
        for element in elements { data.append(contentsOf: element) }
        return ContractCall(multicall, data: data)
    }

    private static func element(_ call: ContractCall) -> [UInt8] {
        var element = [UInt8](repeating: 0, count: 12) + call.contract.bytes
        append(1, to: &element)
        append(3 * wordSize, to: &element)
        append(call.data.count, to: &element)
        element.append(contentsOf: call.data)
        let excess = element.count % wordSize
        if excess > 0 { element.append(contentsOf: repeatElement(0, count: wordSize - excess)) }
        return element
    }

    private static func append(_ value: Int, to data: inout [UInt8]) {
        data.append(contentsOf: UInt256(UInt64(value)).bigEndianBytes)
    }

    /// Reads `(bool success, bytes returnData)[]`, one outcome for each call; nil for a failure without data, which may
    /// be a bare revert as well as a lack of gas: only the call alone can tell.
    ///
    /// Offsets and lengths come from outside and are checked without overflow. Contents that overlap are refused, so
    /// that a small answer cannot become many large ones.
    ///
    /// - Throws: ``ABIError``.
    public static func outcomes(of data: [UInt8], count: Int) throws(ABIError) -> [CallOutcome?] {
        guard !data.isEmpty else { throw .empty }
        guard let list = word(data, at: 0), let announced = word(data, at: list), announced == count else {
            throw .malformed
        }
        let start = list + wordSize
        var room = data.count
        var outcomes: [CallOutcome?] = []
        outcomes.reserveCapacity(count)
        for index in 0..<count {
            guard let offset = word(data, at: start + index * wordSize) else { throw .malformed }
            let (isSuccess, content) = try result(data, at: start + offset)
            room -= content.count
            guard room >= 0 else { throw .malformed }
            outcomes.append(outcome(isSuccess, Array(content)))
        }
        return outcomes
    }

    private static func outcome(_ isSuccess: Bool, _ content: [UInt8]) -> CallOutcome? {
        if isSuccess { return content.isEmpty ? .unsupported : .returned(content) }
        return content.isEmpty ? nil : .reverted(RevertReason(data: content))
    }

    private static func result(_ data: [UInt8], at start: Int) throws(ABIError) -> (Bool, ArraySlice<UInt8>) {
        guard let success = word(data, at: start), success <= 1, let offset = word(data, at: start + wordSize),
            let length = word(data, at: start + offset)
        else { throw .malformed }
        let content = start + offset + wordSize
        guard length <= data.count - content else { throw .malformed }
        return (success == 1, data[content..<content + length])
    }

    /// The word at a position, when it lies within the data and is no larger than the data. Sums of a few such words
    /// cannot overflow.
    private static func word(_ data: [UInt8], at position: Int) -> Int? {
        guard position <= data.count - wordSize else { return nil }
        guard let value = UInt256(bigEndian: data.span, at: position).exactlyInt, value <= data.count else {
            return nil
        }
        return value
    }
}
