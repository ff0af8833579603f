import Tokens

/// An ERC-721 collection whose contract answers in all the ways that real ones do: see ``OddityCase``. Beyond those
/// there are ``artworks``, with answers of hundreds of kilobytes, and ``labours``, whose calls cost a lot of gas.
struct Oddities: SampleContract {
    static let artworks: ClosedRange<UInt64> = 1000...1199
    private static let artworkBytes = 150_000
    static let labours: ClosedRange<UInt64> = 2000...2099
    private static let labourGas: UInt64 = 3_000_000

    let address = WellKnownContracts.oddities
    let name = "Oddities"
    let symbol = "ODD"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = nil
    let contractURI: String? = nil
    /// The URL under which `/web/oddities` is reached.
    let root: String

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64 else { return .nonexistent }
        if Self.artworks.contains(number) { return .uri(Self.artwork(number, bytes: Self.artworkBytes)) }
        if Self.labours.contains(number) { return .uri("\(root)/\(number)") }
        return OddityCase(rawValue: number).map(answer) ?? .nonexistent
    }

    func run(_ call: ReceivedCall) -> CallResult {
        if call.function == .baseURI { return .returned(ABIEncoding.string("\(root)/".utf8)) }
        guard call.function == .tokenURI, let number = call.token?.value.exactly64,
            let refusal = OddityCase(rawValue: number).flatMap(refusal)
        else { return standardResult(of: call) }
        return refusal
    }

    func gas(of call: ReceivedCall) -> UInt64 {
        guard call.function == .tokenURI, let number = call.token?.value.exactly64 else { return CallGas.usual }
        if number == OddityCase.outOfGas.rawValue { return CallGas.cap + 1 }
        return Self.labours.contains(number) ? Self.labourGas : CallGas.usual
    }

    private func refusal(_ oddity: OddityCase) -> CallResult? {
        switch oddity {
        case .nonexistentByError: .reverted(reason: nil, data: [0xA1, 0x4C, 0x4B, 0x50])
        case .bareRevert: .reverted(reason: nil, data: [])
        case .errorOfItsOwn: .reverted(reason: nil, data: [0xDE, 0xAD, 0xBE, 0xEF])
        case .panic: .reverted(reason: nil, data: [0x4E, 0x48, 0x7B, 0x71] + ABIEncoding.word(1))
        case .offchainLookup: .reverted(reason: nil, data: [0x55, 0x6F, 0x18, 0x30] + ABIEncoding.word(0))
        case _: nil
        }
    }

    private func answer(_ oddity: OddityCase) -> TokenURIAnswer {
        let good = Array("\(root)/\(oddity.rawValue)".utf8)
        let encoded = ABIEncoding.string(good)
        return switch oddity {
        case .good, .hugeNumber, .outOfGas: .text(good)
        case .nonexistentInWords: .refused(reason: "ERC721Metadata: URI query for nonexistent token")
        case .nonexistentByError, .bareRevert, .errorOfItsOwn, .panic, .offchainLookup: .nonexistent
        case .empty: .uri("")
        case .blank: .uri(" \n")
        case .null: .uri("null")
        case .undefined: .uri("undefined")
        case .dash: .uri("-")
        case .singleWord: .raw(Self.word(#"data:,{"name":"Oddity"}"#))
        case .shiftedOffset: .raw(ABIEncoding.word(64) + ABIEncoding.word(7) + encoded.dropFirst(32))
        case .endlessLength: .raw(ABIEncoding.word(32) + [0x80] + [UInt8](repeating: 0, count: 63))
        case .noPadding: .raw(Array(encoded.prefix(64 + good.count)))
        case .trailingBytes: .raw(encoded + [1, 2, 3])
        case .invalidUTF8: .text(Array(#"data:,{"name":"Oddity"#.utf8) + [0xFF] + Array(#""}"#.utf8))
        case .nulBytes: .text([0] + good + [0, 0])
        case .whiteSpace: .uri(" \n\(root)/\(oddity.rawValue)\t ")
        case .quoted: .uri("'\(root)/\(oddity.rawValue)'")
        case .largeArtwork: .uri(Self.artwork(oddity.rawValue, bytes: 60_000))
        }
    }

    private static func word(_ text: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: 32 - text.utf8.count)
    }

    private static func artwork(_ number: UInt64, bytes: Int) -> String {
        let path = String(repeating: "M0 0L9 9", count: bytes / 8)
        let document = #"{"name":"Oddity \#(number)","description":"\#(path)"}"#
        return "data:application/json;base64," + Base64.encode(Array(document.utf8))
    }

    /// `/web/oddities`: a document for every number.
    struct Site: ContentFolder {
        func resource(named name: String) -> Resource? {
            UInt64(name).map { .json(Array(#"{"name":"Oddity \#($0)"}"#.utf8)) }
        }
    }
}
