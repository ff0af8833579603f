import Tokens

/// The collections of our own making, and the folders that their documents and images lie in.
struct BundledCollections {
    static let orchard = GeneratedCollection(
        "Orchard", symbol: "ORCH", at: WellKnownContracts.orchard, count: 10_000, documentBytes: 1 << 10, storage: .ipfs
    )
    static let grove = GeneratedCollection(
        "Grove", symbol: "GROV", at: WellKnownContracts.grove, count: 10_000, documentBytes: 16 << 10, storage: .ipfs)
    static let driftwood = GeneratedCollection(
        "Driftwood", symbol: "DRFT", at: WellKnownContracts.driftwood, count: 1000, documentBytes: 700,
        storage: .arweave, isEnumerable: true)

    let contracts: [any SampleContract]
    let folders: [String: any ContentFolder]
    let listings: [CollectionListing]

    init(baseURL: String, revisions: LanternRevisions) {
        let inkwell = Inkwell()
        let bazaar = Bazaar(root: "\(baseURL)/web/bazaar")
        let ember = Ember(root: "\(baseURL)/web/ember")
        let lantern = Lantern(root: "\(baseURL)/web/lantern")
        let vitrine = Vitrine()
        let charters = CharterCase.allCases.map { Charter(charter: $0, root: "\(baseURL)/web/charter") }
        let oddities = Oddities(root: "\(baseURL)/web/oddities")
        let hybrids = Self.hybrids(root: "\(baseURL)/web/hybrids")
        let specimens = Specimens(baseURL: baseURL)
        let singles: [any SampleContract] = [
            Self.orchard, Self.grove, Self.driftwood, inkwell, bazaar, ember, lantern, vitrine, oddities, specimens,
            PunkData(),
        ]
        contracts = singles + charters + hybrids
        var folders: [String: any ContentFolder] = [
            "/web/bazaar": Bazaar.Site(collection: bazaar),
            "/web/charter": Charter.Site(),
            "/web/ember": Ember.Site(root: ember.root),
            "/web/lantern": LanternSite(revisions: revisions),
            "/web/oddities": Oddities.Site(),
            "/web/hybrids": Hybrid.Site(),
            "/web/specimens": Specimens.Site(tokens: specimens.tokens),
        ]
        for path in Specimens.contentPaths + [Specimens.fakePath] { folders[path] = Specimens.Place(path: path) }
        for collection in [Self.orchard, Self.grove, Self.driftwood] {
            folders[collection.documentPath] = GeneratedCollection.Documents(collection: collection)
            folders[collection.imagePath] = GeneratedCollection.Images(collection: collection)
        }
        self.folders = folders
        listings = [
            Self.listing(Self.orchard, "1 KiB documents in an IPFS directory, with images"),
            Self.listing(Self.grove, "16 KiB documents in an IPFS directory, with images"),
            Self.listing(
                Self.driftwood,
                "documents behind an Arweave path manifest, with images; enumerable, the last token first"),
            Self.listing(inkwell, 0...Inkwell.count - 1, "everything on the chain, in data: URIs"),
            Self.listing(bazaar, 1...Bazaar.count, "{id} in the URI and in the documents, on a web host"),
            Self.listing(lantern, 1...Lantern.count, "documents on a web host that change when told to"),
            Self.listing(ember),
            Self.listing(vitrine),
            Self.listing(oddities),
            Self.listing(specimens),
            Self.listing(hybrids[0], 0...UInt64.max, "claims ERC-721 and ERC-1155, and has both functions"),
            Self.listing(hybrids[1], 0...UInt64.max, "claims ERC-1155, and has tokenURI too"),
            Self.listing(hybrids[2], 0...UInt64.max, "claims every interface there is, and has both functions"),
            Self.listing(hybrids[3], 0...UInt64.max, "claims nothing, and has uri alone"),
        ]
    }

    private static func hybrids(root: String) -> [Hybrid] {
        let both: Set<ContractFunction> = [.tokenURI, .uri]
        return [
            Hybrid(name: "Chimera", address: WellKnownContracts.chimera, claims: .both, functions: both, root: root),
            Hybrid(
                name: "Polyglot", address: WellKnownContracts.polyglot, claims: .erc1155, functions: both, root: root),
            Hybrid(
                name: "Braggart", address: WellKnownContracts.braggart, claims: .everything, functions: both, root: root
            ),
            Hybrid(name: "Relic", address: WellKnownContracts.relic, claims: .neither, functions: [.uri], root: root),
        ]
    }

    private static func listing(_ oddities: Oddities) -> CollectionListing {
        CollectionListing(
            name: oddities.name, contract: oddities.address, standard: oddities.standard, tokens: 1...UInt64.max,
            summary: "the contract answers each token in a way of its own",
            examples: OddityCase.allCases.map { .init(token: $0.rawValue, summary: $0.summary) })
    }

    private static func listing(_ collection: GeneratedCollection, _ summary: String) -> CollectionListing {
        listing(collection, 0...collection.count - 1, summary)
    }

    private static func listing(
        _ contract: some SampleContract, _ tokens: ClosedRange<UInt64>, _ summary: String
    ) -> CollectionListing {
        CollectionListing(
            name: contract.name, contract: contract.address, standard: contract.standard, tokens: tokens,
            summary: summary,
            examples: [tokens.lowerBound, tokens.upperBound].map { .init(token: $0, summary: "a good token") })
    }

    private static func listing(_ ember: Ember) -> CollectionListing {
        let cases = EmberCase.allCases
        return CollectionListing(
            name: ember.name, contract: ember.address, standard: ember.standard, tokens: 1...UInt64(cases.count),
            summary: "every token is broken in a way of its own",
            examples: cases.map { .init(token: $0.rawValue, summary: $0.summary) })
    }

    private static func listing(_ specimens: Specimens) -> CollectionListing {
        let tokens = specimens.tokens.keys.sorted()
        return CollectionListing(
            name: specimens.name, contract: specimens.address, standard: specimens.standard,
            tokens: (tokens.first ?? 0)...(tokens.last ?? 0),
            summary: "URIs, answers and documents of every known kind",
            examples: tokens.map { .init(token: $0, summary: "a token of E-\($0 / 100) in docs/cases.md") })
    }

    private static func listing(_ vitrine: Vitrine) -> CollectionListing {
        let cases = VitrineCase.allCases
        return CollectionListing(
            name: vitrine.name, contract: vitrine.address, standard: vitrine.standard, tokens: 1...UInt64(cases.count),
            summary: "images inside documents, and where images are",
            examples: cases.map { .init(token: $0.rawValue, summary: $0.summary) })
    }
}
