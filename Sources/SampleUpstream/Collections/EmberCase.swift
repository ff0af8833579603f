/// What is wrong with each token of ``Ember``; the raw value is the token's number. Other numbers do not exist.
public enum EmberCase: UInt64, CaseIterable, Sendable {
    // The contract misbehaves.
    case nonexistent = 1
    case revertWithReason = 2
    case emptyURI = 3
    case emptyReturnData = 4
    case offsetBeyondReturnData = 5

    // The URI leads nowhere.
    case unknownScheme = 6
    case privateAddress = 7
    case privateAddressInDisguise = 8
    case redirectLoop = 9
    case redirectToPrivateAddress = 10

    // The host answers with something else.
    case notFound = 11
    case serverError = 12
    case tooManyRequests = 13
    case htmlPage = 14
    case emptyBody = 15
    case errorObject = 16
    case imageInsteadOfJSON = 17
    case oversized = 18

    // The document is not one JSON object.
    case invalidJSON = 19
    case array = 20
    case null = 21
    case stringOfJSON = 22
    case trailingGarbage = 23
    case notUTF8 = 24
    case tooDeep = 25

    // The document can be read, or stored, only with care.
    case trailingComma = 26
    case byteOrderMark = 27
    case rawNewlineInString = 28
    case escapedNUL = 29
    case loneSurrogate = 30
    case hugeNumber = 31
    case duplicateKeys = 32
    case htmlContentType = 33
    case redirectToGood = 34

    /// One line for the list of collections.
    public var summary: String {
        switch self {
        case .nonexistent: "reverts with ERC721NonexistentToken"
        case .revertWithReason: "reverts with a reason in words"
        case .emptyURI: "the token URI is empty"
        case .emptyReturnData: "the call returns no data"
        case .offsetBeyondReturnData: "the returned string begins beyond the data"
        case .unknownScheme: "the token URI has an unknown scheme"
        case .privateAddress: "the token URI names a loopback address"
        case .privateAddressInDisguise: "the token URI names a loopback address as one number"
        case .redirectLoop: "two URLs that redirect to each other"
        case .redirectToPrivateAddress: "a redirect to a loopback address"
        case .notFound: "404"
        case .serverError: "500"
        case .tooManyRequests: "429 with Retry-After"
        case .htmlPage: "an HTML page at 200"
        case .emptyBody: "200 without a body"
        case .errorObject: "200 with an error object"
        case .imageInsteadOfJSON: "a PNG image in place of the document"
        case .oversized: "a document of 12 MiB"
        case .invalidJSON: "JSON that breaks off"
        case .array: "a JSON array"
        case .null: "the JSON value null"
        case .stringOfJSON: "a JSON string with the document in it"
        case .trailingGarbage: "something follows the object"
        case .notUTF8: "a document in Latin-1"
        case .tooDeep: "arrays nested 10,000 deep"
        case .trailingComma: "a comma before the closing brace"
        case .byteOrderMark: "a byte order mark before the object"
        case .rawNewlineInString: "an unescaped line feed in a string"
        case .escapedNUL: "\\u0000 in a string"
        case .loneSurrogate: "half a surrogate pair in a string"
        case .hugeNumber: "numbers that fit no machine type"
        case .duplicateKeys: "a key that occurs twice"
        case .htmlContentType: "a good document with the content type of HTML"
        case .redirectToGood: "a redirect to a good document"
        }
    }
}
