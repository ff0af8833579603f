import Tokens

@testable import Mintcache

/// A source that says what the test told it to, when the test lets it.
actor ScriptedSource: TokenResolving {
    typealias Answer = @Sendable (TokenReference) -> Result<TokenRecord, Problem>

    let gate = Gate()
    private(set) var calls: [TokenReference] = []
    private var answer: Answer

    init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    func answers(_ answer: @escaping Answer) {
        self.answer = answer
    }

    func resolve(_ reference: TokenReference, holding held: TokenRecord?) async throws(Problem) -> TokenRecord {
        calls.append(reference)
        await gate.pass()
        return try answer(reference).get()
    }
}
