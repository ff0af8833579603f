import EventLoops
import Testing
import Tokens

@testable import Mintcache

/// A source that speaks for the contract, or for itself.
private struct Witness: TokenSource {
    let name: String
    var isAuthoritative = false
    var timeout: Duration?

    func answer(_ inquiry: Inquiry, _ trace: inout ResolutionTrace) async throws(Problem) -> SourceAnswer? { nil }
}

@Suite struct `Verdicts without a document` {
    private static let contract = Witness(name: "onchain", isAuthoritative: true)
    private static let first = Witness(name: "first")
    private static let second = Witness(name: "second")
    private static let away = Problem(502, "x", "X", detail: "Away.")

    /// What was heard, in order: an answer, or nil for a failure.
    private func best(_ heard: (Witness, SourceAnswer.Finding?)...) -> String? {
        var verdicts = Verdicts()
        for (source, finding) in heard {
            if let finding {
                verdicts.note(SourceAnswer(finding: finding), from: source)
            } else {
                verdicts.note(Self.away, from: source)
            }
        }
        return verdicts.best?.source
    }

    @Test func `the first of several is told`() {
        #expect(best((Self.first, .absent), (Self.second, .malformed)) == "first")
    }

    @Test func `the contract's own is told before everybody else's`() {
        #expect(best((Self.first, .absent), (Self.contract, .malformed)) == "onchain")
        #expect(best((Self.contract, .malformed), (Self.first, .absent)) == "onchain")
    }

    @Test func `the contract's own stands though others failed`() {
        #expect(best((Self.first, nil), (Self.contract, .absent)) == "onchain")
        #expect(best((Self.contract, .absent), (Self.first, nil)) == "onchain")
    }

    @Test func `a token is not missing because somebody says so whom nobody could check`() {
        #expect(best((Self.contract, nil), (Self.first, .absent)) == nil)
        #expect(best((Self.first, .absent), (Self.contract, nil)) == nil)
        #expect(best((Self.contract, nil), (Self.first, .malformed)) == nil)
    }

    @Test func `without a contract to ask, a failure weighs as much as those after it, but not those before`() {
        #expect(best((Self.first, nil), (Self.second, .absent)) == nil)
        #expect(best((Self.first, .absent), (Self.second, nil)) == "first")
    }
}

@Suite struct `A source's time` {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    private func time(_ source: Witness, before others: Int, left: Duration) -> Duration {
        TokenResolver.deadline(for: source, before: others, within: now + left, at: now) - now
    }

    @Test func `is half of what is left while others wait, and all of it for the last`() {
        #expect(time(Witness(name: "a"), before: 2, left: .seconds(8)) == .seconds(4))
        #expect(time(Witness(name: "a"), before: 1, left: .seconds(4)) == .seconds(2))
        #expect(time(Witness(name: "a"), before: 0, left: .seconds(2)) == .seconds(2))
    }

    @Test func `is its own when that is less`() {
        #expect(time(Witness(name: "a", timeout: .seconds(1)), before: 2, left: .seconds(8)) == .seconds(1))
        #expect(time(Witness(name: "a", timeout: .seconds(1)), before: 0, left: .seconds(8)) == .seconds(1))
        #expect(time(Witness(name: "a", timeout: .seconds(9)), before: 1, left: .seconds(8)) == .seconds(4))
    }

    @Test func `is none when nothing is left`() {
        #expect(time(Witness(name: "a"), before: 1, left: .seconds(-3)) == .zero)
    }
}
