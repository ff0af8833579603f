public import Tokens

/// The address of whoever signs in: of a key, or of a contract that checks signatures.
public struct WalletAddress: Hashable, Sendable {
    /// The same address as one of a contract.
    public let contract: ContractAddress

    public init(_ contract: ContractAddress) {
        self.contract = contract
    }

    /// Reads `0x` and forty digits in the mixed case of EIP-55, and in no other.
    public init?(checksummed text: String) {
        guard let address = try? ContractAddress(parsing: text), address.checksummed == text else { return nil }
        contract = address
    }

    /// The address of 20 bytes; `nil` for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20, let address = try? ContractAddress(parsing: "0x" + Hex.text(bytes)) else { return nil }
        contract = address
    }

    public var bytes: [UInt8] { contract.bytes }

    /// `0x` and forty digits in lower case: the form in stores, and what upstreams are told.
    public var lowercase: String { contract.lowercase }

    /// `0x` and forty digits in the mixed case of EIP-55: the form for people.
    public var checksummed: String { contract.checksummed }
}
