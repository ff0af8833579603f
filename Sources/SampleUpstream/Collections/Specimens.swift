import Tokens

/// An ERC-721 collection with a token for everything that real URIs and documents are known to be: a token's number is
/// that of its case in `docs/cases.md` and two digits more, so that 4201 and 4202 are tokens of E-42.
struct Specimens: SampleContract {
    /// A directory on IPFS, in the versions and bases of its identifier.
    static let directory = "bafybeie2reiz2q6rbcuwpy2etyztjnceolu4rdi7rp3th2lsky4r5ckeey"
    static let directoryInVersion0 = "QmYjtig7VJQ6XsnUjqqJvj7QaMcCAwtrgNdahSiFofrE7o"
    static let directoryInBase58 = "zdj7Wfq967BLmshQb6QUanvo6wyCZodtVJzYh37NF6vd7R8Hj"
    /// A transaction on Arweave, and its name in a host.
    static let transaction = "rgW4h3ffQQzOD8ynnwdl3_YlHxtssqV3aXOregPr7yI"
    static let transactionInHost = "vyc3rb3x35aqztqpzstz6b3f37ptcjp7htsdlmgfohn6scpvpy4q"
    /// A name on IPFS.
    static let mutableName = "specimens.example"
    /// The folders of all of them, as paths below the gateway.
    static let contentPaths = ["/ipfs/\(directory)", "/ipns/\(mutableName)", "/ar/\(transaction)"]
    /// A path of the web host that looks like a gateway's.
    static let fakePath = "/ipfs/specimens"

    let address = WellKnownContracts.specimens
    let name = "Specimens"
    let symbol = "SPEC"
    let standard = TokenStandard.erc721
    let contractURI: String? = nil
    let tokens: [UInt64: Specimen]

    init(baseURL: String) {
        let root = "\(baseURL)/web/specimens"
        let all = SpecimenURIs(baseURL: baseURL, root: root).all + SpecimenAnswers.all + SpecimenDocuments.all
        tokens = Dictionary(all.map { ($0.token, $0.located(below: root)) }) { first, _ in first }
    }

    var totalSupply: UInt64? { UInt64(tokens.count) }

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        token.value.exactly64.flatMap { tokens[$0] }.map { .uri($0.uri) } ?? .nonexistent
    }

    /// `/web/specimens`: what the tokens with documents lead to, and a document for whatever is asked for by `id/…`.
    struct Site: ContentFolder {
        let tokens: [UInt64: Specimen]

        func resource(named name: String) -> Resource? {
            if let number = UInt64(name) { return tokens[number]?.resource?() }
            let parts = name.split(separator: "/", maxSplits: 1)
            switch parts.first {
            case "id": return Specimen.echo(name)
            // This host knows tokens by their decimal numbers alone.
            case "decimal": return parts.count == 2 && parts[1].utf8.count < 10 ? Specimen.echo(name) : nil
            case _: return nil
            }
        }
    }

    /// A place that has a document under every name.
    struct Place: ContentFolder {
        let path: String

        func resource(named name: String) -> Resource? {
            guard name.isEmpty else { return Specimen.echo(name) }
            let identifier = path.split(separator: "/").last.map { String($0) } ?? ""
            return DirectoryListing.page(of: path, identifier: identifier, names: ["1.json"])
        }
    }
}

/// One token of ``Specimens``: a URI, and what lies there when that is on the web host.
struct Specimen: Sendable {
    let token: UInt64
    private(set) var uri: String
    let resource: (@Sendable () -> Resource)?

    /// What only its URI makes special.
    init(_ token: UInt64, uri: String) {
        (self.token, self.uri, resource) = (token, uri, nil)
    }

    /// What only the answer to its URI makes special.
    init(_ token: UInt64, _ resource: @autoclosure @escaping @Sendable () -> Resource) {
        (self.token, uri, self.resource) = (token, "", resource)
    }

    /// What only its document makes special.
    init(_ token: UInt64, document: @autoclosure @escaping @Sendable () -> String) {
        self.init(token, .json(Array(document().utf8)))
    }

    /// With the URI of its document, when it has one.
    func located(below root: String) -> Specimen {
        var specimen = self
        if resource != nil { specimen.uri = "\(root)/\(token)" }
        return specimen
    }

    /// A document that tells by its name where it was found.
    static func echo(_ name: String) -> Resource {
        var body = Array(#"{"name":"#.utf8)
        body.append(jsonString: name)
        body.append(text: "}")
        return .json(body)
    }
}
