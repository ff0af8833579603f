/// The functions that the contracts here have, by selector.
enum ContractFunction: UInt32, Sendable, CaseIterable {
    case tokenURI = 0xC87B_56DD
    case uri = 0x0E89_341C
    case supportsInterface = 0x01FF_C9A7
    case name = 0x06FD_DE03
    case symbol = 0x95D8_9B41
    case totalSupply = 0x1816_0DDD
    case tokenByIndex = 0x4F6C_CCE7
    case ownerOf = 0x6352_211E
    case contractURI = 0xE8A3_D485
    case baseURI = 0x6C03_60EB
    case aggregate = 0x82AD_56CB
    case punkAttributes = 0x76DF_E297
    case punkImage = 0x74BE_B047
    case isValidSignature = 0x1626_BA7E
    case createAccount = 0x5FBF_B9CF

    /// The name under which calls are counted.
    var label: String {
        switch self {
        case .tokenURI: "tokenURI"
        case .uri: "uri"
        case .supportsInterface: "supportsInterface"
        case .name: "name"
        case .symbol: "symbol"
        case .totalSupply: "totalSupply"
        case .tokenByIndex: "tokenByIndex"
        case .ownerOf: "ownerOf"
        case .contractURI: "contractURI"
        case .baseURI: "baseURI"
        case .aggregate: "aggregate3"
        case .punkAttributes: "punkAttributes"
        case .punkImage: "punkImageSvg"
        case .isValidSignature: "isValidSignature"
        case .createAccount: "createAccount"
        }
    }
}
