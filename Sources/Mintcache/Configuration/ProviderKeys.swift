import Tokens
import UpstreamFetching

// How the keys of a provider are read that no other section has.

extension MappingReader {
    var readyProvider: ReadyProvider? {
        let words = ReadyProvider.allCases.map(\.rawValue).joined(separator: ", ")
        let none: ReadyProvider? = nil
        return optional("provider") { key in
            custom(
                key, default: none, expected: "must be one of: \(words)", text: { $0?.rawValue ?? "" },
                { ReadyProvider(rawValue: $0).map(Optional.some) })
        } ?? nil
    }

    func positive(_ key: String) -> Duration? {
        optional(key) { key in
            let value = duration(key, default: .seconds(1))
            if value == .zero { report("must be longer than 0s", key: key) }
            return value
        }
    }

    /// A URL with places in braces. Any of it may be secret, so only the scheme and the host are shown.
    func urlTemplate(_ key: String, default fallback: String, secret: String) -> URLTemplate? {
        let problems = log.problems.count
        let text = custom(key, default: fallback, expected: "", text: { Self.quoted(Self.masked($0)) }, { $0 })
        guard log.problems.count == problems else { return nil }
        guard !text.isEmpty else {
            report("is needed: the URL of one token, with {contract} and {token_id} in it", key: key)
            return nil
        }
        guard !text.contains("{key}") || secret.utf8.allSatisfy(Self.isUnreserved) else {
            report("holds characters that cannot stand in a URL", key: "key")
            return nil
        }
        do throws(URLTemplate.Fault) {
            return try URLTemplate(text.replacing("{key}", with: secret))
        } catch {
            report(error.description, key: key)
            return nil
        }
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case _: "-._~".utf8.contains(byte)
        }
    }

    /// Request fields, those of the defaults included unless they are given anew.
    func headers(
        _ key: String, defaults: [(name: String, value: String)], secret: String
    ) -> [(name: String, value: String)] {
        let reader = mapping(key)
        var headers = defaults
        for name in reader.keys {
            let value = reader.string(name, default: "", isSecret: true)
            if let fault = RouteFieldName.fault(inSent: name) { reader.report(fault, name: name) }
            if let fault = RouteFieldName.fault(inValue: value) { reader.report(fault, key: name) }
            headers.removeAll { $0.name.lowercased() == name.lowercased() }
            headers.append((name, value))
        }
        reader.finish()
        if let fault = RouteFieldName.fault(inValue: secret) { report(fault, key: "key") }
        return headers.map { ($0.name, $0.value.replacing("{key}", with: secret)) }
    }

    /// What a provider calls the chains of this file, by the names that they have here.
    ///
    /// - Parameter defaults: by EIP-155 number.
    func chainNames(
        _ key: String, defaults: [UInt64: String], in chains: [Configuration.Chain], of url: URLTemplate?
    ) -> [String: String] {
        if has(key) { return chainNames(mapping(key), in: chains) }
        _ = mapping(key)
        let all = chains.map { ($0.name, defaults[$0.id] ?? (defaults.isEmpty ? "" : nil)) }
        let names = Dictionary(all.compactMap { name, text in text.map { (name, $0) } }) { first, _ in first }
        guard let url, !chains.isEmpty else { return names }
        if names.isEmpty {
            report("is needed: none of this file's chains is known to be served", key: key)
        } else if defaults.isEmpty, url.has(.chain) {
            report("is needed: what the provider calls each chain, for {chain} in url", key: key)
        } else if defaults.isEmpty, chains.count > 1, !url.has(.chainNumber) {
            report("is needed: which of this file's chains the provider serves", key: key)
        }
        return names
    }

    private func chainNames(_ reader: MappingReader, in chains: [Configuration.Chain]) -> [String: String] {
        var names: [String: String] = [:]
        for name in reader.keys {
            let text = reader.string(name, default: "")
            if !chains.contains(where: { $0.name == name }) {
                reader.report("is no chain of this file", name: name)
            } else if !text.utf8.allSatisfy(Self.isUnreserved) {
                reader.report("holds characters that cannot stand in a URL", key: name)
            }
            names[name] = text
        }
        reader.finish()
        return names
    }

    /// A place in a provider's answer.
    func pointer(_ key: String, default fallback: String?) -> JSONPointer? {
        custom(
            key, default: fallback.flatMap { JSONPointer($0) },
            expected: "must be a JSON pointer (RFC 6901): empty for the whole answer, or beginning with /",
            text: { $0.map { Self.quoted($0.text) } ?? "~" }, { JSONPointer($0).map(Optional.some) })
    }

    func answerRules(_ key: String) -> [AnswerRule] {
        elements(key).map { element in
            let reader = element.mapping
            let rule = AnswerRule(
                status: reader.optional("status") { reader.integer($0, default: 404, in: 100...599) },
                pointer: reader.optional("pointer") { reader.pointer($0, default: nil) } ?? nil,
                equals: reader.optional("equals") { reader.string($0, default: "") },
                contains: reader.optional("contains") { reader.string($0, default: "") },
                means: reader.choice("means", default: .retry))
            if !reader.has("means") { reader.report("is needed: missing, malformed, refused or retry", key: "means") }
            if !reader.has("status"), !reader.has("pointer") {
                report("needs a status or a pointer to go by", at: element)
            }
            if !reader.has("pointer"), reader.has("equals") || reader.has("contains") {
                reader.report("is needed with equals and contains: where to look", key: "pointer")
            }
            reader.finish()
            return rule
        }
    }

    func rates(_ key: String) -> [RequestRate] {
        textOrTexts(key).compactMap { text in
            let rate = RequestRate(text)
            if rate == nil {
                report(
                    "\(Self.quoted(text)) is not a number of requests per time, such as 10/s, 60/m or 5000/d", key: key)
            }
            return rate
        }
    }
}
