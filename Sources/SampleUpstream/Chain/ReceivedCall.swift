import Tokens

/// What an `eth_call` asks of which contract.
struct ReceivedCall: Sendable {
    let contract: ContractAddress
    /// `nil` when no contract here has such a function.
    let function: ContractFunction?
    /// Everything behind the selector.
    let arguments: [UInt8]

    /// The first argument, one ABI word; empty when the call has none.
    var argument: [UInt8] { Array(arguments.prefix(32)) }

    /// Reads the call object of `eth_call`: `to`, and `data` or `input`.
    init(_ object: JSONValue) throws(RPCError) {
        guard let to = object["to"]?.string else { throw .invalidParameters("missing field \"to\"") }
        let contract: ContractAddress
        do {
            contract = try ContractAddress(parsing: to)
        } catch {
            throw .invalidParameters("\(error)")
        }
        guard let text = (object["input"] ?? object["data"])?.string, let data = HexText.decode(text) else {
            throw .invalidParameters("the call data is not hexadecimal bytes after 0x")
        }
        self.init(contract, data: data)
    }

    init(_ contract: ContractAddress, data: [UInt8]) {
        self.contract = contract
        let selector = data.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        function = data.count < 4 ? nil : ContractFunction(rawValue: selector)
        arguments = Array(data.dropFirst(4))
    }

    /// The token that the call is about; `nil` for functions without one, and for truncated arguments.
    var token: TokenIdentifier? {
        switch function {
        case .tokenURI, .uri, .ownerOf:
            argument.count == 32 ? try? TokenIdentifier(parsing: HexText.encode(argument)) : nil
        case .supportsInterface, .name, .symbol, .totalSupply, .tokenByIndex, .contractURI, .baseURI, nil: nil
        case .aggregate, .punkAttributes, .punkImage, .isValidSignature, .createAccount: nil
        }
    }
}
