import Tokens

/// The tokens whose rows took too long though they were alone in their statements, and how often in a row.
struct SlowRows {
    /// So often a row is tried before it is set aside.
    static let mostTries = 8
    /// When more rows than this are slow, it is not the rows.
    private static let mostRows = 64

    private var tries: [TokenReference: Int] = [:]
    /// Why each was refused last.
    private var refusals: [TokenReference: PostgresFailure.ServerError] = [:]

    var isEmpty: Bool { tries.isEmpty }

    func contains(_ reference: TokenReference) -> Bool { tries[reference] != nil }

    /// Those of the records that are slow, beginning with those that were tried least.
    func inTurn(_ records: [TokenRecord]) -> [TokenRecord] {
        if tries.isEmpty { return [] }
        return records.filter { contains($0.reference) }
            .sorted { tries[$0.reference, default: 0] < tries[$1.reference, default: 0] }
    }

    mutating func note(_ rows: [ArchiveRow]) {
        for row in rows {
            tries[row.record.reference, default: 0] += 1
            refusals[row.record.reference] = row.refusal
        }
        if tries.count > Self.mostRows { (tries, refusals) = ([:], [:]) }
    }

    /// Why a row was refused that has had its tries; nil for another one.
    func lastRefusal(of reference: TokenReference) -> PostgresFailure.ServerError? {
        haveHadTheirTries([reference]) ? refusals[reference] : nil
    }

    func haveHadTheirTries(_ references: [TokenReference]) -> Bool {
        references.allSatisfy { tries[$0, default: 0] >= Self.mostTries }
    }

    mutating func forget(_ references: some Sequence<TokenReference>) {
        if tries.isEmpty { return }
        for reference in references {
            tries[reference] = nil
            refusals[reference] = nil
        }
    }
}
