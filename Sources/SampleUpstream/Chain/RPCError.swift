/// An error of JSON-RPC 2.0, with the codes and words of the common Ethereum node.
public struct RPCError: Error, Hashable, Sendable {
    public let code: Int64
    public let message: String
    /// Hexadecimal revert data.
    public let data: String?

    public init(code: Int64, message: String, data: String? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    static let unparsable = RPCError(code: -32700, message: "parse error")
    static let invalidRequest = RPCError(code: -32600, message: "invalid request")
    static let emptyBatch = RPCError(code: -32600, message: "empty batch")
    static let batchTooLarge = RPCError(code: -32600, message: "batch too large")

    static let outOfGas = RPCError(code: -32000, message: "out of gas")

    static func unknownMethod(_ name: String) -> RPCError {
        RPCError(code: -32601, message: "the method \(name) does not exist/is not available")
    }

    static func invalidParameters(_ detail: String) -> RPCError {
        RPCError(code: -32602, message: "invalid argument 0: \(detail)")
    }

    /// Code 3 with data; a revert without data is a plain server error.
    static func reverted(reason: String?, data: [UInt8]) -> RPCError {
        let message = reason.map { "execution reverted: \($0)" } ?? "execution reverted"
        guard !data.isEmpty else { return RPCError(code: -32000, message: message) }
        return RPCError(code: 3, message: message, data: HexText.encode(data))
    }
}
