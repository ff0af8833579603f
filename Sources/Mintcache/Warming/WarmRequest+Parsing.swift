import HTTPServing
import Tokens

// What `POST /admin/warm` and `POST /admin/refresh` take.
extension WarmRequest {
    private static let options = ["concurrency", "rate", "refresh", "dry_run"]

    /// Reads the JSON body. Throws what is wrong with it as a 400.
    init(parsing body: [UInt8], chains: ChainDirectory) throws(Problem) {
        let body = try AdminBody(
            parsing: body,
            known: ["tokens", "chain", "contract", "token_ids", "from", "to", "supply", "archive"] + Self.options)
        let root = body.root
        self = try Self.selection(body, chains)
        concurrency = try Self.number(
            root["concurrency"]?.integer, of: root["concurrency"], "concurrency", default: Self.defaultConcurrency,
            in: 1...Self.maximumConcurrency)
        rate = try Self.number(root["rate"]?.integer, of: root["rate"], "rate", default: 0, in: 0...1_000_000)
        isRefresh = try body.flag("refresh")
        isDryRun = try body.flag("dry_run")
        try check()
    }

    /// Reads a body of one token in each line, with the options in the query.
    init(lines: [UInt8], query: String?, chains: ChainDirectory) throws(Problem) {
        var tokens = TokenSpans()
        var count = 0
        for line in lines.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy(\.isJSONSpace) {
            count += 1
            guard count <= Self.maximumListed else { throw Self.tooMany("the lines") }
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONDocument(validating: Array(line)).root
            } catch {
                throw .invalidRequest("Token \(count) is not valid JSON: \(error).")
            }
            tokens.append(try chains.reference(reading: value))
        }
        guard count > 0 else { throw Self.tooMany("the lines") }
        self.init(tokens: tokens)
        try take(query)
        try check()
    }

    private mutating func take(_ query: String?) throws(Problem) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { String($0) }
            let (name, text) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
            func number(_ range: ClosedRange<Int>) throws(Problem) -> Int {
                guard let number = Int(text), range.contains(number) else { throw Self.bounds(name, range) }
                return number
            }
            func flag() throws(Problem) -> Bool {
                guard let flag = ["true": true, "false": false][text] else {
                    throw .invalidRequest("\(name) must be true or false.")
                }
                return flag
            }
            switch name {
            case "concurrency": concurrency = try number(1...Self.maximumConcurrency)
            case "rate": rate = try number(0...1_000_000)
            case "refresh": isRefresh = try flag()
            case "dry_run": isDryRun = try flag()
            case _:
                let known = Self.options.joined(separator: ", ")
                throw .invalidRequest("Unknown parameter \(name.prefix(64)); known are \(known).")
            }
        }
    }

    /// What is wrong with what goes together.
    func check() throws(Problem) {
        if kind == .archive, isRefresh {
            throw .invalidRequest("An archive has nothing newer to refresh with: give archive or refresh.")
        }
    }

    // MARK: Tokens

    private static func selection(_ body: AdminBody, _ chains: ChainDirectory) throws(Problem) -> WarmRequest {
        let root = body.root
        let isSupply = try body.flag("supply"), isArchive = try body.flag("archive")
        let ways = [
            root["tokens"] != nil, root["token_ids"] != nil, root["from"] != nil || root["to"] != nil, isSupply,
            isArchive,
        ]
        guard ways.count(where: { $0 }) <= 1 else {
            throw .invalidRequest("Give one of tokens, token_ids, from and to, supply, or archive.")
        }
        if let tokens = root["tokens"] {
            if root["chain"] != nil || root["contract"] != nil {
                throw .invalidRequest("tokens name their contracts themselves: leave out chain and contract.")
            }
            return WarmRequest(tokens: try listed(tokens, chains))
        }
        if isArchive, root["chain"] == nil, root["contract"] == nil { return WarmRequest(archiveOf: nil) }
        let chain = try chains.identifier(named: try text(root, "chain"))
        let contract = try ChainDirectory.contract(parsing: try text(root, "contract"), on: chain)
        let collection = CollectionKey(chain: chain, contract: contract)
        if isArchive { return WarmRequest(archiveOf: collection) }
        if isSupply { return WarmRequest(supplyOf: collection) }
        if let identifiers = root["token_ids"] {
            let tokens = try elements(identifiers, "token_ids").map { element throws(Problem) in
                TokenReference(chain: chain, contract: contract, token: try ChainDirectory.token(reading: element))
            }
            return WarmRequest(tokens: TokenSpans(tokens))
        }
        guard let first = root["from"], let last = root["to"] else {
            throw .invalidRequest(
                "Give tokens, or chain and contract with token_ids, with from and to, with supply or with archive.")
        }
        let from = try ChainDirectory.token(reading: first), to = try ChainDirectory.token(reading: last)
        guard from <= to else { throw .invalidRequest("from must not be greater than to.") }
        return WarmRequest(range: TokenSpan(collection, TokenRange(from, to)))
    }

    private static func listed(_ tokens: JSONValue, _ chains: ChainDirectory) throws(Problem) -> TokenSpans {
        TokenSpans(
            try elements(tokens, "tokens").map { element throws(Problem) in try chains.reference(reading: element) })
    }

    private static func elements(_ value: JSONValue, _ name: String) throws(Problem) -> [JSONValue] {
        guard value.kind == .array else { throw .invalidRequest("\(name) must be an array.") }
        let elements = Array(value.elements)
        guard !elements.isEmpty, elements.count <= maximumListed else { throw tooMany(name) }
        return elements
    }

    private static func tooMany(_ name: String) -> Problem {
        .invalidRequest("\(name) must hold 1 to \(maximumListed) tokens; use from and to for more.")
    }

    private static func text(_ root: JSONValue, _ name: String) throws(Problem) -> String {
        guard let text = root[name]?.string else { throw .invalidRequest("\(name) must be given as a string.") }
        return text
    }

    private static func number(
        _ number: Int64?, of value: JSONValue?, _ name: String, default fallback: Int, in range: ClosedRange<Int>
    ) throws(Problem) -> Int {
        guard value != nil else { return fallback }
        guard let number = number.map({ Int($0) }), range.contains(number) else { throw bounds(name, range) }
        return number
    }

    private static func bounds(_ name: String, _ range: ClosedRange<Int>) -> Problem {
        .invalidRequest("\(name) must be from \(range.lowerBound) to \(range.upperBound).")
    }
}

extension UInt8 {
    /// White space between JSON's tokens (RFC 8259, section 2).
    fileprivate var isJSONSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}
