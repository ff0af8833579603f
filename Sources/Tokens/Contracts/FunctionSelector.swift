/// The first four bytes of the Keccak-256 of a function's or error's signature, by which a contract knows it.
public struct FunctionSelector: Hashable, Sendable {
    public let value: UInt32

    public init(_ value: UInt32) {
        self.value = value
    }

    /// The selector of a signature such as `tokenURI(uint256)`.
    public init(signature: String) {
        value = UInt32(truncatingIfNeeded: Keccak256.hash(signature).word0 >> 32)
    }

    /// `tokenURI(uint256)` of ERC-721.
    public static let tokenURI = FunctionSelector(0xC87B_56DD)
    /// `uri(uint256)` of ERC-1155.
    public static let uri = FunctionSelector(0x0E89_341C)
    /// `supportsInterface(bytes4)` of ERC-165.
    public static let supportsInterface = FunctionSelector(0x01FF_C9A7)
    /// `contractURI()` of ERC-7572.
    public static let contractURI = FunctionSelector(0xE8A3_D485)
    /// `baseURI()`, which many ERC-721 contracts have beside the standard.
    public static let baseURI = FunctionSelector(0x6C03_60EB)
    /// `name()`.
    public static let name = FunctionSelector(0x06FD_DE03)
    /// `symbol()`.
    public static let symbol = FunctionSelector(0x95D8_9B41)
    /// `totalSupply()`.
    public static let totalSupply = FunctionSelector(0x1816_0DDD)
    /// `aggregate3((address,bool,bytes)[])` of Multicall3.
    static let aggregate3 = FunctionSelector(0x82AD_56CB)
    /// `punkAttributes(uint16)` of the contract with CryptoPunks' data.
    public static let punkAttributes = FunctionSelector(0x76DF_E297)
    /// `punkImageSvg(uint16)` of the same.
    public static let punkImage = FunctionSelector(0x74BE_B047)

    /// `Error(string)`, what `require` with a message reverts with.
    static let error = FunctionSelector(0x08C3_79A0)
    /// `Panic(uint256)`, what a failed assertion of the compiler reverts with.
    static let panic = FunctionSelector(0x4E48_7B71)
    /// `OffchainLookup(address,string[],bytes,bytes4,bytes)` of ERC-3668.
    static let offchainLookup = FunctionSelector(0x556F_1830)

    /// The four bytes as the call data begins.
    public var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
