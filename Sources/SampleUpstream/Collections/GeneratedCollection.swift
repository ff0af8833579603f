import Tokens

/// An ERC-721 collection whose documents and images are made when asked for, always the same.
struct GeneratedCollection: SampleContract {
    enum Storage: Sendable {
        case ipfs
        case arweave
    }

    let address: ContractAddress
    let name: String
    let symbol: String
    let count: UInt64
    /// The size of each metadata document, unless that is too small to hold it.
    let documentBytes: Int
    let isEnumerable: Bool
    /// The folder of the documents as a path below the gateway: `/ipfs/{cid}` or `/ar/{txid}`.
    let documentPath: String
    /// The folder of the images as a path below the gateway.
    let imagePath: String
    private let documentRoot: String
    private let imageRoot: String

    init(
        _ name: String, symbol: String, at address: ContractAddress, count: UInt64, documentBytes: Int,
        storage: Storage, isEnumerable: Bool = false
    ) {
        self.name = name
        self.symbol = symbol
        self.address = address
        self.count = count
        self.documentBytes = documentBytes
        self.isEnumerable = isEnumerable
        let identifier: (String) -> String
        let (gateway, scheme): (String, String)
        switch storage {
        case .ipfs: (gateway, scheme, identifier) = ("/ipfs/", "ipfs://", ContentIdentifier.directory)
        case .arweave: (gateway, scheme, identifier) = ("/ar/", "ar://", ContentIdentifier.transaction)
        }
        let (documents, images) = (identifier("\(name) documents"), identifier("\(name) images"))
        documentPath = gateway + documents
        imagePath = gateway + images
        documentRoot = scheme + documents
        imageRoot = scheme + images
    }

    var standard: TokenStandard { .erc721 }
    var totalSupply: UInt64? { count }
    /// From the last to the first.
    func token(at index: UInt64) -> UInt64? { index < count ? count - 1 - index : nil }
    var contractURI: String? { "\(documentRoot)/collection.json" }

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64, number < count else { return .nonexistent }
        return .uri("\(documentRoot)/\(number)")
    }

    /// The metadata document of a token below ``count``.
    func document(_ number: UInt64) -> [UInt8] {
        var numbers = SeededGenerator(seed: seed(number))
        let document = TokenDocument(
            name: "\(name) #\(number)", image: "\(imageRoot)/\(imageName(number))",
            externalURL: "https://\(name.lowercased()).example/tokens/\(number)",
            attributes: PlantedTraits.attributes(from: &numbers))
        return document.json(length: documentBytes) { PlantedTraits.prose(length: $0, from: &numbers) }
    }

    /// The document of the collection itself (ERC-7572).
    var collectionDocument: [UInt8] {
        var output: [UInt8] = []
        output.append(text: #"{"name":"\#(name)","symbol":"\#(symbol)","description":"\#(count) generated trees.","#)
        output.append(text: #""image":"\#(imageRoot)/0.svg","external_link":"https://\#(name.lowercased()).example"}"#)
        return output
    }

    private func seed(_ number: UInt64) -> UInt64 {
        name.utf8.reduce(number) { $0 &* 31 &+ UInt64($1) }
    }

    /// Every fourth image is a PNG.
    private func imageName(_ number: UInt64) -> String {
        number % 4 == 3 ? "\(number).png" : "\(number).svg"
    }

    fileprivate func image(named name: String) -> Resource? {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let number = number(parts[0]) else { return nil }
        let seed = seed(number)
        let title = "\(self.name) \(number)"
        return switch parts[1] {
        case "svg": Resource(VectorImage.draw(seed: seed, title: title), contentType: "image/svg+xml")
        case "png": Resource(RasterImage.draw(seed: seed), contentType: "image/png")
        case _: nil
        }
    }

    /// A token's number below ``count`` in its canonical decimal form.
    fileprivate func number(_ text: some StringProtocol) -> UInt64? {
        guard let number = UInt64(text), String(number) == text, number < count else { return nil }
        return number
    }
}

extension GeneratedCollection {
    /// How many names the page of a directory lists at most.
    private static let listed: UInt64 = 100

    /// The folder with the documents, named by their numbers.
    struct Documents: ContentFolder {
        let collection: GeneratedCollection

        func resource(named name: String) -> Resource? {
            if name.isEmpty { return collection.listing(of: collection.documentPath) { "\($0)" } }
            if name == "collection.json" { return .json(collection.collectionDocument) }
            return collection.number(name).map { .json(collection.document($0)) }
        }
    }

    /// The folder with the images, each as `.svg` and as `.png`.
    struct Images: ContentFolder {
        let collection: GeneratedCollection

        func resource(named name: String) -> Resource? {
            name.isEmpty
                ? collection.listing(of: collection.imagePath, name: collection.imageName)
                : collection.image(named: name)
        }
    }

    private func listing(of path: String, name: (UInt64) -> String) -> Resource {
        let identifier = path.split(separator: "/").last.map { String($0) } ?? ""
        return DirectoryListing.page(of: path, identifier: identifier, names: (0..<min(count, Self.listed)).map(name))
    }
}
