import Caching
import Tokens

/// What went wrong in a job, by reason.
struct WarmFailures: Sendable {
    /// Why a token could not be warmed.
    struct Reason: Sendable, Hashable {
        /// Of the problem.
        var slug: String
        var text: String
        var upstreamStatus: Int?

        /// What went wrong in the same way.
        var group: String { slug + (upstreamStatus.map { " \($0)" } ?? "") }

        /// A refresh that came to nothing.
        static let kept = Reason(slug: "kept", text: "No source answered; the copy held is kept.")
    }

    struct Group: Sendable {
        var reason: Reason
        var count = 0
        var examples: [(token: String, text: String)] = []
    }

    static let maximumGroups = 20
    static let maximumExamples = 5
    private static let longestText = 300
    private static let other = Reason(slug: "other", text: "Other reasons.")

    private(set) var groups: [Group] = []

    mutating func add(_ reason: Reason, of token: TokenReference) {
        let place = place(of: reason)
        groups[place].count += 1
        if groups[place].examples.count < Self.maximumExamples {
            groups[place].examples.append((token.description, String(reason.text.prefix(Self.longestText))))
        }
    }

    /// The index of the group, which is made when there is room, else that of the others.
    private mutating func place(of reason: Reason) -> Int {
        if let index = groups.firstIndex(where: { $0.reason.group == reason.group }) { return index }
        guard groups.count >= Self.maximumGroups - 1 else {
            groups.append(Group(reason: reason.shortened(to: Self.longestText)))
            return groups.count - 1
        }
        if let index = groups.firstIndex(where: { $0.reason.slug == Self.other.slug }) { return index }
        groups.append(Group(reason: Self.other))
        return groups.count - 1
    }

    // MARK: Coding

    /// As `GET /admin/warm/{id}` tells it, and as it is stored.
    var node: JSONNode {
        .array(
            groups.sorted { $0.count > $1.count }.map { group in
                let status: [(String, JSONNode)] =
                    group.reason.upstreamStatus.map { [("upstream_status", .integer($0))] } ?? []
                return .object(
                    [("reason", .string(group.reason.text)), ("slug", .string(group.reason.slug))] + status + [
                        ("count", .integer(group.count)),
                        (
                            "examples",
                            .array(
                                group.examples.map {
                                    .object([("token", .string($0.token)), ("reason", .string($0.text))])
                                })
                        ),
                    ])
            })
    }

    init() {}

    init(_ node: JSONValue?) {
        for value in node?.elements.map({ $0 }) ?? [] {
            let reason = Reason(
                slug: value["slug"]?.string ?? "", text: value["reason"]?.string ?? "",
                upstreamStatus: value["upstream_status"]?.integer.map { Int(clamping: $0) })
            let examples = value["examples"]?.elements.map {
                (token: $0["token"]?.string ?? "", text: $0["reason"]?.string ?? "")
            }
            groups.append(
                Group(
                    reason: reason, count: Int(clamping: value["count"]?.integer ?? 0), examples: examples ?? []))
        }
    }
}

extension WarmFailures.Reason {
    fileprivate func shortened(to length: Int) -> Self {
        Self(slug: slug, text: String(text.prefix(length)), upstreamStatus: upstreamStatus)
    }
}

extension Delivery {
    /// Why there is no token in it: what its problem says.
    var failure: WarmFailures.Reason {
        let root = try? JSONDocument(validating: Array(entry.answer.identity.body.bytes)).root
        let slug = root?["type"]?.string.flatMap { type in
            type.hasPrefix(Problem.typePrefix) ? String(type.dropFirst(Problem.typePrefix.count)) : nil
        }
        return WarmFailures.Reason(
            slug: slug ?? "status-\(entry.answer.status)",
            text: root?["detail"]?.string ?? "status \(entry.answer.status)",
            upstreamStatus: root?["upstream_status"]?.integer.map { Int(clamping: $0) })
    }
}
