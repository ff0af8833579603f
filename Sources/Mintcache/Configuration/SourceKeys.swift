import Tokens
import UpstreamFetching

// Every key of a source: its name, type, bounds and default.

extension Configuration.Source {
    /// More would make one token a burden for too many.
    private static let maximumCount = 32

    /// The sources of a file, in the order in which they are asked.
    static func all(reading reader: MappingReader, chains: [Configuration.Chain]) -> [Self] {
        let problems = reader.log.problems.count
        let elements = reader.elements("sources")
        if elements.count > maximumCount { reader.report("must be at most \(maximumCount) sources", key: "sources") }
        var names: Set<String> = []
        let sources = elements.compactMap { element -> Self? in
            guard let source = source(element, of: reader, chains) else { return nil }
            guard names.insert(source.name).inserted else {
                reader.report("is another source's name: give one of them a name of its own", at: element)
                return nil
            }
            return source
        }
        let isDefault = !reader.has("sources")
        let result = isDefault ? [.onchain] : sources
        if !isDefault, elements.isEmpty, reader.log.problems.count == problems {
            reader.report("needs at least one source", key: "sources")
        }
        let list = result.map { MappingReader.quoted($0.name) }.joined(separator: ", ")
        reader.log.record(reader.path + ["sources"], "[\(list)]")
        return result
    }

    private static func source(
        _ element: MappingReader.Element, of reader: MappingReader, _ chains: [Configuration.Chain]
    ) -> Self? {
        guard element.isText else { return Self(reading: element.mapping, chains: chains) }
        guard let name = reader.text(element) else { return nil }
        if let source = builtIn(name) { return source }
        reader.report("must be onchain, archive, or a mapping that describes a provider", at: element)
        return nil
    }

    static func isBuiltIn(_ name: String) -> Bool { builtIn(name) != nil }

    private static func builtIn(_ name: String) -> Self? {
        [.onchain, .archive].first { $0.name == name }
    }

    /// `nil`, which is reported, when it lacks what has no default.
    private init?(reading reader: MappingReader, chains: [Configuration.Chain]) {
        let ready = reader.readyProvider
        if reader.has("provider"), ready == nil { return nil }
        let name = reader.string("name", default: ready?.rawValue ?? "")
        if var source = Self.builtIn(name), ready == nil, !reader.has("url") {
            source.timeout = reader.positive("timeout")
            source.isForCollectionsOnly = reader.boolean("collections_only", default: false)
            reader.finish()
            self = source
            return
        }
        let problems = reader.log.problems.count
        if let fault = Self.fault(inName: name) { reader.report(fault, key: "name") }
        timeout = reader.positive("timeout") ?? .seconds(5)
        isForCollectionsOnly = reader.boolean("collections_only", default: false)
        let provider = Configuration.Provider(reading: reader, defaults: ready?.defaults ?? .init(), chains: chains)
        reader.finish()
        guard let provider, reader.log.problems.count == problems else { return nil }
        self.name = name
        kind = .provider(provider)
    }

    private static func fault(inName name: String) -> String? {
        if name.isEmpty { return "is needed: what attempts, statistics and collections call the source" }
        if builtIn(name) != nil { return "is a source of its own and no name for a provider" }
        let isName = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        return isName ? nil : "must be lower-case letters, digits and hyphens"
    }
}

extension Configuration.Provider {
    fileprivate init?(reading reader: MappingReader, defaults: ProviderDefaults, chains: [Configuration.Chain]) {
        let key = reader.string("key", default: "", isSecret: true)
        let needsKey = ([defaults.url] + defaults.headers.map(\.value)).contains { $0.contains("{key}") }
        if needsKey, key.isEmpty { reader.report("is needed: the key that the provider gave you", key: "key") }
        let url = reader.urlTemplate("url", default: defaults.url, secret: key)
        headers = reader.headers("headers", defaults: defaults.headers, secret: key)
        self.chains = reader.chainNames("chains", defaults: defaults.chains, in: chains, of: url)
        document = reader.pointer("document", default: defaults.document)
        tokenURI = reader.pointer("token_uri", default: defaults.tokenURI)
        standard = reader.pointer("standard", default: defaults.standard)
        summary = reader.pointer("summary", default: defaults.summary)
        fetchesTokenURI = reader.boolean("fetch_token_uri", default: true)
        rules = reader.has("errors") ? reader.answerRules("errors") : defaults.rules
        budget = reader.rates("budget")
        secrets = Self.secrets(key, headers)
        if document == nil, summary == nil, tokenURI == nil || !fetchesTokenURI {
            reader.report("is needed, or token_uri, or summary: where the answer has the metadata", key: "document")
        }
        guard let url else { return nil }
        self.url = url
        if !leadsSomewhere(chains) {
            reader.report(
                "must be an http:// or https:// URL, without user information: put credentials into headers", key: "url"
            )
        }
    }

    /// Whether the URLs that come of the template can be fetched; a chain's name may stand in their host.
    private func leadsSomewhere(_ chains: [Configuration.Chain]) -> Bool {
        let names = chains.compactMap { chain in self.chains[chain.name].map { (chain.id, $0) } }
        return (names.isEmpty ? [(1, "chain")] : names).allSatisfy { id, name in
            guard let contract = try? ContractAddress(parsing: "0x0000000000000000000000000000000000000001") else {
                return false
            }
            let reference = TokenReference(
                chain: ChainIdentifier(eip155: id), contract: contract, token: TokenIdentifier(1))
            return (try? UpstreamURL(parsing: url.url(of: reference, chain: name))) != nil
        }
    }

    /// What an answer must not repeat. Shorter words than eight bytes are no secrets, and occur everywhere.
    private static func secrets(_ key: String, _ headers: [(name: String, value: String)]) -> [String] {
        let marks = ["key", "token", "secret", "auth", "pass", "sign", "cookie"]
        let values = headers.filter { header in marks.contains { header.name.lowercased().contains($0) } }.map(\.value)
        let words = ([key] + values).flatMap { $0.split(separator: " ").map { String($0) } }
        return Set(words).filter { $0.utf8.count >= 8 }.sorted()
    }
}
