import Tokens

/// The tokens whose rows took too long though they were alone in their statements, and how often in a row.
struct SlowRows {
    /// So often a row is tried before it is set aside.
    static let mostTries = 8
    /// When more rows than this are slow, it is not the rows.
    private static let mostRows = 64

    private var tries: [TokenReference: Int] = [:]

    var isEmpty: Bool { tries.isEmpty }

    func contains(_ reference: TokenReference) -> Bool { tries[reference] != nil }

    /// Those of the records that are slow, beginning with those that were tried least.
    func inTurn(_ records: [TokenRecord]) -> [TokenRecord] {
        if tries.isEmpty { return [] }
        return records.filter { contains($0.reference) }
            .sorted { tries[$0.reference, default: 0] < tries[$1.reference, default: 0] }
    }

    mutating func note(_ references: [TokenReference]) {
        for reference in references { tries[reference, default: 0] += 1 }
        if tries.count > Self.mostRows { tries = [:] }
    }

    func haveHadTheirTries(_ references: [TokenReference]) -> Bool {
        references.allSatisfy { tries[$0, default: 0] >= Self.mostTries }
    }

    mutating func forget(_ references: some Sequence<TokenReference>) {
        if tries.isEmpty { return }
        for reference in references { tries[reference] = nil }
    }
}
