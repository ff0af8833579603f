import HTTPServing
import Tokens

// Flights of single collections in the log, step by step, for a while.
extension AdminRoutes {
    private static let usualSeconds = 300
    private static let maximumSeconds = 86_400

    /// `POST /admin/debug`: `{"chain", "contract", "seconds", "sample"}`.
    func debug(_ body: [UInt8], _ action: inout AdminAction?) throws(Problem) -> Response {
        let body = try AdminBody(parsing: body, known: ["chain", "contract", "seconds", "sample"])
        guard let chainName = body.root["chain"]?.string, let contractText = body.root["contract"]?.string else {
            throw .invalidRequest("Name a collection by chain and contract.")
        }
        let chain = try chains().identifier(named: chainName)
        let collection = CollectionKey(
            chain: chain, contract: try ChainDirectory.contract(parsing: contractText, on: chain))
        let seconds = try Self.number(body.root, "seconds", default: Double(Self.usualSeconds))
        guard (0...Double(Self.maximumSeconds)).contains(seconds) else {
            throw .invalidRequest("seconds must be from 0, which ends it, to \(Self.maximumSeconds).")
        }
        let sample = try Self.number(body.root, "sample", default: 1)
        guard (0...1).contains(sample) else { throw .invalidRequest("sample must be from 0 to 1.") }
        action?.subject = "\(collection) for \(Int(seconds)) s"
        let now = time.now
        let rule = DebugTable.Rule(collection: collection, until: now + Int64(seconds * 1000), sample: sample)
        guard debugged.set(rule, at: now) else {
            throw Problem(
                409, "too-many", "Too many collections",
                detail: "\(DebugTable.capacity) collections are debugged; end one by seconds: 0, or wait.")
        }
        return debugging
    }

    /// What is debugged on this instance: the answer of `GET /admin/debug`, too.
    var debugging: Response {
        let rules = debugged.current(at: time.now).map { rule -> JSONNode in
            .object([
                ("chain", .string(rule.collection.chain.description)),
                ("contract", .string(rule.collection.contract.description)), ("until", .moment(rule.until)),
                ("sample", .number(rule.sample)),
            ])
        }
        return Self.json(JSONNode.object([("collections", .array(rules))]).bytes)
    }

    private static func number(_ root: JSONValue, _ name: String, default fallback: Double) throws(Problem) -> Double {
        guard let value = root[name] else { return fallback }
        guard value.kind == .number, let number = Double(String(decoding: value.text, as: UTF8.self)) else {
            throw .invalidRequest("\(name) must be a number.")
        }
        return number
    }
}
