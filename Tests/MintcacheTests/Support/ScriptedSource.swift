import Tokens

@testable import Mintcache

/// A source that says what the test told it to, when the test lets it.
actor ScriptedSource: TokenResolving {
    typealias Answer = @Sendable (TokenReference) -> Result<TokenRecord, Problem>

    let gate = Gate()
    private(set) var calls: [TokenReference] = []
    private var answer: Answer
    private var isArchive = false

    init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    func answers(_ answer: @escaping Answer) {
        self.answer = answer
    }

    /// What it answers is called the archive's from now on.
    func becomesArchive() {
        isArchive = true
    }

    func resolve(
        _ reference: TokenReference, holding held: TokenRecord?, isRenewal: Bool
    ) async throws(Problem) -> Resolution {
        calls.append(reference)
        await gate.pass()
        let record = try answer(reference).get()
        return isArchive ? .archived(record) : .fetched(record)
    }
}
