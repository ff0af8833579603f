/// What the contract of ``Oddities`` answers for each token; the raw value is the token's number.
public enum OddityCase: UInt64, CaseIterable, Sendable {
    case good = 1

    // It refuses.
    case nonexistentByError = 2
    case nonexistentInWords = 3
    case bareRevert = 4
    case errorOfItsOwn = 5
    case panic = 6
    case offchainLookup = 7
    case outOfGas = 8

    // It has no URI of its own.
    case empty = 10
    case blank = 11
    case null = 12
    case undefined = 13
    case dash = 14

    // Its answer is encoded unusually.
    case singleWord = 20
    case shiftedOffset = 21
    case endlessLength = 22
    case noPadding = 23
    case trailingBytes = 24

    // The text is unusual.
    case invalidUTF8 = 30
    case nulBytes = 31
    case whiteSpace = 32
    case quoted = 33
    case largeArtwork = 34

    // The number is.
    case hugeNumber = 300_067_000_000_000_000

    /// One line for the list of collections.
    public var summary: String {
        switch self {
        case .good: "a good token"
        case .nonexistentByError: "reverts with URIQueryForNonexistentToken"
        case .nonexistentInWords: "reverts with the words of OpenZeppelin"
        case .bareRevert: "reverts and says nothing"
        case .errorOfItsOwn: "reverts with an error nobody knows"
        case .panic: "fails an assertion"
        case .offchainLookup: "asks for an off-chain lookup (ERC-3668)"
        case .outOfGas: "costs more gas than a call may"
        case .empty: "the token URI is empty, but there is a base URI"
        case .blank: "the token URI is blank"
        case .null: "the token URI is null"
        case .undefined: "the token URI is undefined"
        case .dash: "the token URI is a hyphen"
        case .singleWord: "the token URI comes as bytes32"
        case .shiftedOffset: "the string begins later than usual"
        case .endlessLength: "the string claims 2^255 bytes"
        case .noPadding: "the string is not padded"
        case .trailingBytes: "bytes follow the string"
        case .invalidUTF8: "the text is not UTF-8"
        case .nulBytes: "there are NUL bytes in the text"
        case .whiteSpace: "white space around the token URI"
        case .quoted: "quotes around the token URI"
        case .largeArtwork: "artwork of 90 KB in the token URI"
        case .hugeNumber: "a number beyond 2^53"
        }
    }
}
