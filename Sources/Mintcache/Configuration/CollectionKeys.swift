import Tokens

// Every key of a collection: its name, type, bounds and default.

extension Configuration.Collection {
    static func all(
        reading reader: MappingReader, chains: [Configuration.Chain], sources: [Configuration.Source]
    ) -> [Self] {
        var contracts: Set<String> = []
        return reader.elements("collections").map { element in
            let collection = Self(reading: element.mapping, chains: chains, sources: sources)
            let chain = chains.first { $0.name == collection.chain }?.identifier
            guard let contract = try? ContractAddress(parsing: collection.contract, on: chain) else {
                return collection
            }
            if !contracts.insert("\(collection.chain)/\(contract.lowercase)").inserted {
                reader.report("is another entry's contract: put everything about it into one", at: element)
            }
            return collection
        }
    }

    private init(reading reader: MappingReader, chains: [Configuration.Chain], sources: [Configuration.Source]) {
        let name = reader.string("chain", default: "")
        let known = chains.first { $0.name == name }
        chain = name
        if known == nil { reader.report("must name a chain of this file", key: "chain") }
        contract = reader.string("contract", default: "")
        do throws(IdentifierError) {
            _ = try ContractAddress(parsing: contract, on: known?.identifier)
        } catch {
            reader.report(error.detail, key: "contract")
        }
        ttl = reader.optional("ttl") { reader.duration($0, default: .zero) }
        isDisabled = reader.boolean("disabled", default: false)
        self.sources = reader.optional("source") { reader.textOrTexts($0) } ?? []
        gateway = reader.optional("gateway") { reader.endpoint($0) } ?? nil
        check(reader, sources)
        reader.finish()
    }

    private func check(_ reader: MappingReader, _ known: [Configuration.Source]) {
        var seen: Set<String> = []
        for name in sources {
            if !seen.insert(name).inserted {
                reader.report("\(MappingReader.quoted(name)) is given twice", key: "source")
            }
            guard !Configuration.Source.isBuiltIn(name) else { continue }
            guard let source = known.first(where: { $0.name == name }) else {
                reader.report("\(MappingReader.quoted(name)) is no source of this file", key: "source")
                continue
            }
            if !source.serves(chain: chain) {
                reader.report("\(MappingReader.quoted(name)) does not serve the chain \(chain)", key: "source")
            }
        }
    }
}
