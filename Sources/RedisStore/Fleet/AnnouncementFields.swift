import Caching
import Tokens

/// An announcement as fields of a stream's entry: `kind`, and by names what belongs to that kind.
///
/// Other releases live beside this one: an entry of an unknown kind is none for us, and so is one of a known kind that
/// says what we do not understand. Fields that we do not know are ignored. A purge of a scope that we do not know is
/// understood as one of everything: see ``PurgeMark/init(sequence:stored:strength:moment:)``.
enum AnnouncementFields {
    private static let kind = "kind"
    private static let token = "token"
    private static let contract = "contract"
    private static let outcome = "outcome"
    private static let problem = "problem"
    private static let sequence = "sequence"
    private static let scope = "scope"
    private static let strength = "strength"
    private static let moment = "moment"
    private static let instance = "instance"
    private static let url = "url"
    private static let isRepeated = "repeated"

    /// The entry of one who begins to listen to an empty stream.
    static let joined = [bytes(kind), bytes("joined")]

    /// The names and values, in turn, that `XADD` takes.
    static func fields(of announcement: Announcement) -> [[UInt8]] {
        switch announcement {
        case .landed(let subject, let outcome):
            let head = [bytes(kind), bytes("landed")] + fields(of: subject) + [bytes(Self.outcome)]
            switch outcome {
            case .stored(let moment): return head + [bytes("stored"), bytes(Self.moment), bytes("\(moment)")]
            case .givenUp: return head + [bytes("given-up")]
            case .failed(let text): return head + [bytes("failed"), bytes(problem), text]
            }
        case .purged(let mark):
            return [
                bytes(kind), bytes("purged"), bytes(sequence), bytes("\(mark.sequence)"), bytes(scope),
                bytes(mark.scope.description), bytes(strength), bytes(mark.isSoft ? "soft" : "hard"), bytes(moment),
                bytes("\(mark.moment)"),
            ]
        case .invalidated(let key, let name, let isRepeated):
            let fields = [bytes(kind), bytes("invalidated"), bytes(url), key, bytes(instance), bytes(name)]
            return isRepeated ? fields + [bytes(Self.isRepeated), bytes("1")] : fields
        case .acknowledged(let number, let name):
            return [
                bytes(kind), bytes("acknowledged"), bytes(sequence), bytes("\(number)"), bytes(instance), bytes(name),
            ]
        }
    }

    /// The announcement that an entry's fields make; nil when it is none that this release understands.
    static func announcement(in fields: [RedisReply]) -> Announcement? {
        var values: [String: RedisReply] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].text else { return nil }
            values[name] = fields[index + 1]
        }
        switch values[kind]?.text {
        case "landed":
            guard let subject = subject(in: values), let outcome = outcome(in: values) else { return nil }
            return .landed(subject, outcome)
        case "purged":
            return mark(in: values).map { .purged($0) }
        case "invalidated":
            guard let key = values[url]?.bytes, let name = values[instance]?.text else { return nil }
            return .invalidated(key, instance: name, isRepeated: values[isRepeated] != nil)
        case "acknowledged":
            guard let number = number(in: values), let name = values[instance]?.text else { return nil }
            return .acknowledged(sequence: number, instance: name)
        case _:
            return nil
        }
    }

    /// A contract is written as its first token.
    private static func fields(of subject: FleetSubject) -> [[UInt8]] {
        switch subject {
        case .token(let reference):
            [bytes(token), reference.canonicalKey]
        case .contract(let chain, let address):
            [bytes(contract), TokenReference(chain: chain, contract: address, token: TokenIdentifier(0)).canonicalKey]
        }
    }

    private static func subject(in values: [String: RedisReply]) -> FleetSubject? {
        if let key = values[token]?.bytes { return TokenReference(canonicalKey: key).map { .token($0) } }
        guard let key = values[contract]?.bytes, let first = TokenReference(canonicalKey: key) else { return nil }
        return .contract(first.chain, first.contract)
    }

    /// Releases before this one do not say when they fetched: that counts as now, whenever now is.
    private static func outcome(in values: [String: RedisReply]) -> FetchOutcome? {
        switch values[outcome]?.text {
        case "stored": .stored(moment: values[moment]?.text.flatMap { Int64($0) } ?? .max)
        case "given-up": .givenUp
        case "failed": values[problem]?.bytes.map { .failed($0) }
        case _: nil
        }
    }

    private static func mark(in values: [String: RedisReply]) -> PurgeMark? {
        guard let sequence = number(in: values), let scope = values[scope]?.text, let strength = values[strength]?.text,
            let moment = values[moment]?.text.flatMap({ Int64($0) })
        else { return nil }
        return PurgeMark(sequence: sequence, stored: scope, strength: strength, moment: moment)
    }

    private static func number(in values: [String: RedisReply]) -> UInt64? {
        values[sequence]?.text.flatMap { UInt64($0) }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
