/// A read-only call of a contract's function: whom to call, with which ABI-encoded data.
public struct ContractCall: Hashable, Sendable {
    public let contract: ContractAddress
    /// Selector and arguments.
    public let data: [UInt8]

    /// A call with arguments encoded by the caller.
    public init(_ contract: ContractAddress, data: [UInt8]) {
        self.contract = contract
        self.data = data
    }

    /// A call of a function without arguments.
    public init(_ function: FunctionSelector, of contract: ContractAddress) {
        self.contract = contract
        data = function.bytes
    }

    /// A call of a function whose one argument is a `uint256`, or an unsigned integer of fewer bits that holds it.
    public init(_ function: FunctionSelector, of contract: ContractAddress, argument: UInt256) {
        self.contract = contract
        data = function.bytes + argument.bigEndianBytes
    }

    /// `tokenURI(uint256)`: the metadata URI of an ERC-721 token.
    public static func tokenURI(of token: TokenIdentifier, in contract: ContractAddress) -> ContractCall {
        ContractCall(.tokenURI, of: contract, argument: token.value)
    }

    /// `uri(uint256)`: the metadata URI of an ERC-1155 token, possibly with `{id}` in it.
    public static func uri(of token: TokenIdentifier, in contract: ContractAddress) -> ContractCall {
        ContractCall(.uri, of: contract, argument: token.value)
    }

    /// `supportsInterface(bytes4)`: whether the contract claims an ERC-165 interface.
    public static func supports(_ interface: InterfaceIdentifier, in contract: ContractAddress) -> ContractCall {
        // A bytes4 argument is left-aligned in its word.
        let argument = UInt256(UInt64(interface.value) << 32, 0, 0, 0)
        return ContractCall(.supportsInterface, of: contract, argument: argument)
    }
}

/// The identifier of an interface under ERC-165.
public struct InterfaceIdentifier: Hashable, Sendable {
    public let value: UInt32

    public init(_ value: UInt32) {
        self.value = value
    }

    public static let erc721 = InterfaceIdentifier(0x80AC_58CD)
    public static let erc721Metadata = InterfaceIdentifier(0x5B5E_139F)
    public static let erc1155 = InterfaceIdentifier(0xD9B6_7A26)
    public static let erc1155Metadata = InterfaceIdentifier(0x0E89_341C)
    /// What no contract may claim; one that does answers yes to everything.
    public static let never = InterfaceIdentifier(0xFFFF_FFFF)
}
