/// The tokens of ``Specimens`` whose URIs are in a form of their own: E-30 to E-67, and E-80 to E-85.
struct SpecimenURIs {
    let baseURL: String
    let root: String

    private static let v0 = Specimens.directoryInVersion0
    private static let v1 = Specimens.directory
    private static let transaction = Specimens.transaction
    private static let document = #"{"name":"Specimen"}"#

    /// Tokens of one case are numbered as its URIs are listed.
    var all: [Specimen] {
        byCase.flatMap { number, uris in zip(1..., uris).map { Specimen(number * 100 + $0, uri: $1) } }
    }

    private var byCase: [UInt64: [String]] {
        [
            30: Self.content, 31: Self.repeatedPrefix, 32: Self.slashes,
            33: ["IPFS://\(Self.v0)/33", "Ipfs:///\(Self.v1)/33"],
            34: ["\(Self.v0)/34", "\(Self.v1)/34", "\(Specimens.directoryInBase58)/34"],
            35: ["/ipfs/\(Self.v0)/35", "ipfs/\(Self.v0)/35"], 36: Self.names, 37: Self.pathGateways,
            38: ["https://\(Self.v1).ipfs.dweb.link/38"], 39: Self.subdomainAndPath,
            40: ["\(baseURL)/ipfs/d\(Self.v1.dropFirst())/40"], 41: ["\(baseURL)\(Specimens.fakePath)/41"],
            42: ["htt://gateway.example/ipfs/\(Self.v0)/42", "ipfs://https://ipfs.io/ipfs/\(Self.v0)/42"],
            43: Self.queries, 44: ["https://private.mypinata.cloud/ipfs/\(Self.v0)/44"],
            45: ["https://\(Self.v1.uppercased()).IPFS.dweb.link/45", "ipfs://\(Self.v0.lowercased())/45"],
            46: ["ipfs://\(Self.v0)/46", "ipfs://\(Self.v1)/46"], 47: Self.paths, 48: ["ipfs://\(Self.v0)"],
            49: ["ar://\(Self.transaction)/49.json", "ar:///\(Self.transaction)/49.json"], 50: Self.arweaveGateways,
            51: ["ar://specimens/51.json"], 52: Self.dangers, 53: ["//host.example/53", "53.json", "/metadata/53"],
            54: ["host.example/name/0x{id}", "gateway.pinata.cloud/ipfs/\(Self.v0)/54"],
            55: Self.base64, 56: ["data:application/json;utf8,\(Self.document)"],
            57: [##"data:application/json,{"name":"Specimen #57 of 99"}"##], 58: Self.percents, 59: Self.parameters,
            60: ["data:application/json;base64,\(Self.document)", "data:application/json,\(Self.encodedDocument)"],
            61: ["data:text/plain,\(Self.document)", "data:text/html,<h1>Specimen</h1>", "data:text/plain,Specimen"],
            62: [Self.picture, "\(root)/10501"], 63: [Self.document, "json:\n\(Self.document)"],
            64: ["did:nft:eip155:1_erc721:\(Self.zeros)_1", "eip155:1/erc721:\(Self.zeros)/1"],
            65: ["https://host.example/" + String(repeating: "6", count: 9000)],
            66: ["blob:https://host.example/66", "bzz://66", "hyper://66", "sia://66", "dweb:/ipfs/\(Self.v0)/66"],
            67: [
                " \n\(root)/id/67\t\r\n", "\u{200B}\u{FEFF}\(root)/id/67\u{200D}", "ipfs://\(Self.v0)/🐱",
                "\(root)/id\n/67",
            ],
            80: ["\(root)/id/{id}"], 81: ["\(root)/decimal/{id}"], 82: ["\(root)/id/{id}/%7Bid%7D/{ID}?x={id}"],
            84: ["\(root)/id/0x{id}"], 85: ["\(root)/id/$TOKEN_ID-{locale}"],
        ]
    }

    private static let content = ["ipfs://\(v0)/30", "ipfs://\(v1)/30"]
    private static let repeatedPrefix = [
        "ipfs://ipfs/\(v0)/31", "ipfs://ipfs//\(v0)/31", "ipfs://ipfs/ipfs/ipfs/\(v0)/31",
    ]
    private static let slashes = [
        "ipfs:/ipfs/\(v0)/32", "ipfs:///ipfs/\(v0)/32", "ipfs:////ipfs///\(v0)/32", "ipfs:////\(v0)/32",
    ]
    private static let names = [
        "ipns://\(Specimens.mutableName)/36", "/ipns/\(Specimens.mutableName)/36",
        "ipfs://ipns/\(Specimens.mutableName)/36",
    ]
    private static let pathGateways = [
        "https://ipfs.io/ipfs/\(v0)/37", "https://gateway.pinata.cloud/ipfs/\(v1)/37",
        "https://ipfs.moralis.io:2053/ipfs/\(v0)/37",
    ]
    private static let subdomainAndPath = [
        "https://\(v1).ipfs.dweb.link/ipfs/39", "https://d\(v1.dropFirst()).ipfs.dweb.link/ipfs/\(v0)/39",
    ]
    private static let queries = [
        "https://ipfs.io/ipfs/\(v0)/43?arg=val#hash",
        "https://a.mypinata.cloud/ipfs/\(v0)/43?pinataGatewayToken=secret",
    ]
    private static let paths = [
        "a b.json", "a%20b.json", "a%2520b.json", "Cat #1.json", "Who?.json", "100%.json", "é.json", "../47",
    ].map { "ipfs://\(v0)/\($0)" }
    private static let arweaveGateways = [
        "https://arweave.net/\(transaction)/50.json",
        "https://\(Specimens.transactionInHost).arweave.net/\(transaction)/50.json",
    ]
    private static let dangers = [
        "http://user:secret@host.example/", "file:///etc/passwd", "ftp://host.example/52", "gopher://host.example/52",
        "http://127.0.0.1/52", "http://[::1]/52", "http://0x7f000001/52",
    ]
    private static let encodedDocument = Base64.encode(Array(document.utf8))
    /// Characters that are written otherwise in the alphabet for URLs, and that need padding.
    private static let base64 = [
        "data:application/json;base64,\(encodedDocument)",
        "data:application/json;base64,\(encodedDocument.prefix { $0 != "=" })",
        "data:application/json;base64,"
            + Base64.encode(Array(#"{"name":"Specimen","note":"~~~???>>>"}"#.utf8), alphabet: .url),
        "data:application/json;base64, \(encodedDocument.prefix(8))\n \(encodedDocument.dropFirst(8))",
    ]
    private static let percents = [
        "data:application/json,%7B%22name%22%3A%22Specimen%22%7D", #"data:application/json,{"name":"Specimen 100%"}"#,
        #"data:application/json,{"name":"Specimen","image":"https://host.example/%22.png"}"#,
    ]
    private static let parameters = [
        "data:application/json;charset=utf-8;base64,\(encodedDocument)",
        "DATA:Application/JSON;BASE64,\(encodedDocument)",
        "data:application/json;version=1;charset=utf-8,\(document)", "data:,\(document)",
    ]
    private static let picture =
        "data:image/svg+xml;base64," + Base64.encode(VectorImage.draw(seed: 62, title: "Specimen"))
    private static let zeros = "0x0000000000000000000000000000000000000062"
}
