/// Documents fetched a short while ago whose URIs determine their bytes, for tokens that lead to them next. Bounded:
/// those that came first go first.
struct RecentDocuments {
    private static let byteLimit = 8 << 20
    private static let entryLimit = 1 << 20
    /// What an entry costs besides its bytes, about.
    private static let overhead = 512

    private var findings: [String: DocumentReport.Finding] = [:]
    private var order: [(content: String, bytes: Int)] = []
    private var first = 0
    private var bytes = 0

    subscript(content: String) -> DocumentReport.Finding? { findings[content] }

    mutating func remember(_ finding: DocumentReport.Finding, of content: String) {
        guard findings[content] == nil, let size = Self.size(finding), size <= Self.entryLimit else { return }
        let cost = size + content.utf8.count + Self.overhead
        findings[content] = finding
        order.append((content, cost))
        bytes += cost
        while bytes > Self.byteLimit { forgetFirst() }
    }

    private mutating func forgetFirst() {
        findings[order[first].content] = nil
        bytes -= order[first].bytes
        first += 1
        guard first > order.count / 2 else { return }
        order.removeFirst(first)
        first = 0
    }

    /// Nil for what is not worth remembering.
    private static func size(_ finding: DocumentReport.Finding) -> Int? {
        switch finding {
        case .document(let document): document.bytes.count
        case .media(let opening, _, _): opening.count
        case .notModified, .elsewhere, .unusable, .nothing: nil
        }
    }
}
