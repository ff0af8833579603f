import Caching
import Testing
import Tokens

@Suite("Purges that are remembered") struct PurgeMarksTests {
    private let chain = ChainIdentifier(eip155: 1)

    private func contract(_ number: UInt32) throws -> ContractAddress {
        let digits = String(number, radix: 16)
        return try ContractAddress(parsing: "0x" + String(repeating: "0", count: 40 - digits.count) + digits)
    }

    private func token(_ number: UInt64, of contract: UInt32 = 1) throws -> TokenReference {
        TokenReference(chain: chain, contract: try self.contract(contract), token: TokenIdentifier(number))
    }

    private func marks(_ scopes: (PurgeScope, UInt64, isSoft: Bool)..., limit: Int = PurgeMarks.limit) -> PurgeMarks {
        var marks = PurgeMarks(limit: limit)
        for (scope, sequence, isSoft) in scopes {
            marks.add(PurgeMark(sequence: sequence, scope: scope, isSoft: isSoft, moment: Int64(sequence) * 1000))
        }
        return marks
    }

    /// Of a value whose fetch began knowing this purge, by a clock that says nothing.
    private func known(_ sequence: UInt64) -> PurgeOrigin { PurgeOrigin(sequence: sequence, fetchedAt: .max / 2) }

    @Test func `make void what was fetched before, and nothing that was fetched after`() throws {
        let reference = try token(1)
        for scope in [.token(reference), .contract(chain, try contract(1)), PurgeScope.everything] {
            let marks = marks((scope, 5, isSoft: false))
            #expect(marks.verdict(on: reference, known(4)) == .void, "\(scope)")
            #expect(marks.verdict(on: reference, known(5)) == .valid, "\(scope)")
            #expect(marks.sequence == 5)
        }
    }

    @Test func `leave alone what they do not cover`() throws {
        let marks = marks(
            (.token(try token(1)), 5, isSoft: false), (.contract(chain, try contract(2)), 6, isSoft: false),
            (.route("a"), 7, isSoft: false), (.tag("x"), 8, isSoft: false))
        #expect(marks.verdict(on: try token(2), known(0)) == .valid)
        #expect(marks.verdict(onContract: try contract(1), on: chain, known(0)) == .valid)
        #expect(marks.verdict(onContract: try contract(2), on: chain, known(0)) == .void)
        #expect(marks.verdict(onRoute: "b", url: "/", tags: ["y"], known(0)) == .valid)
    }

    @Test func `cover routes by URL, by prefix, by tag and as a whole`() {
        let marks = marks(
            (.url("/a?b=1", route: "r"), 5, isSoft: false), (.prefix("/p/", route: "r"), 6, isSoft: false),
            (.tag("x"), 7, isSoft: false), (.route("s"), 8, isSoft: false))
        func verdict(_ route: String, _ url: String, _ tags: [String] = []) -> PurgeVerdict {
            marks.verdict(onRoute: route, url: url, tags: tags, known(0))
        }
        #expect(verdict("r", "/a?b=1") == .void)
        #expect(verdict("r", "/a") == .valid)
        #expect(verdict("t", "/a?b=1") == .valid)
        #expect(verdict("r", "/p/1?q") == .void)
        #expect(verdict("r", "/p") == .valid)
        #expect(verdict("t", "/z", ["w", "x"]) == .void)
        #expect(verdict("s", "/z") == .void)
        #expect(marks.lastPurge(ofRoute: "r", url: "/p/1") == 6)
        #expect(marks.lastPurge(ofRoute: "r", url: "/z") == 0)
    }

    @Test func `that are soft make stale, and do not soften a hard one`() throws {
        let reference = try token(1)
        let marks = marks((.token(reference), 5, isSoft: false), (.token(reference), 6, isSoft: true))
        #expect(marks.verdict(on: reference, known(4)) == .void)
        #expect(marks.verdict(on: reference, known(5)) == .stale)
        #expect(marks.verdict(on: reference, known(6)) == .valid)
    }

    @Test func `go by the clock only where there is no number, and allow for clocks that differ`() throws {
        let reference = try token(1)
        let marks = marks((.token(reference), 5, isSoft: false))
        func verdict(fetchedAt: Int64) -> PurgeVerdict {
            marks.verdict(on: reference, PurgeOrigin(sequence: nil, fetchedAt: fetchedAt))
        }
        #expect(verdict(fetchedAt: 4999) == .void)
        #expect(verdict(fetchedAt: 6999) == .void)
        #expect(verdict(fetchedAt: 7000) == .valid)
        #expect(marks.verdict(on: reference, PurgeOrigin(sequence: 5, fetchedAt: 0)) == .valid)
    }

    @Test func `of one scope are the latest only, in whatever order they come`() throws {
        var marks = marks((.tag("x"), 5, isSoft: false))
        let older = PurgeMark(sequence: 4, scope: .tag("x"), isSoft: false, moment: 4000)
        let isNew = marks.add(older)
        #expect(!isNew)
        #expect(marks.all.map(\.sequence) == [5])
    }

    @Test func `that are too many become one of the contract with the most, and none is lost`() throws {
        var marks = PurgeMarks(limit: 5)
        for number: UInt64 in 1...3 {
            marks.add(PurgeMark(sequence: number, scope: .token(try token(number)), isSoft: false, moment: 0))
        }
        marks.add(PurgeMark(sequence: 4, scope: .token(try token(9)), isSoft: true, moment: 0))
        marks.add(PurgeMark(sequence: 5, scope: .token(try token(1, of: 2)), isSoft: false, moment: 0))
        let replacement = marks.makeRoom()
        #expect(replacement.removed.count == 4)
        let wider = PurgeScope.contract(chain, try contract(1))
        let expected = [
            PurgeMark(sequence: 3, scope: wider, isSoft: false, moment: 0),
            PurgeMark(sequence: 4, scope: wider, isSoft: true, moment: 0),
        ]
        #expect(replacement.added == expected)
        #expect(marks.count == 3)
        for number: UInt64 in 1...3 { #expect(marks.verdict(on: try token(number), known(number - 1)) == .void) }
        #expect(marks.verdict(on: try token(9), known(3)) == .stale)
        #expect(marks.verdict(on: try token(1, of: 2), known(4)) == .void)
        #expect(marks.verdict(on: try token(1, of: 2), known(5)) == .valid)
    }

    @Test func `tell what was replaced, so that it can be replaced elsewhere, and keep that until it is`() throws {
        var marks = PurgeMarks(limit: 3)
        for number: UInt64 in 1...4 {
            marks.add(PurgeMark(sequence: number, scope: .token(try token(number)), isSoft: false, moment: 0))
        }
        let heard = marks.takeReplacement()
        #expect(heard.removed.map(\.sequence).sorted() == [1, 2, 3, 4])
        #expect(heard.added.map(\.scope) == [.contract(chain, try contract(1))])
        let nothing = marks.takeReplacement()
        #expect(nothing.isEmpty)
        marks.note(heard)
        marks.add(PurgeMark(sequence: 5, scope: .tag("x"), isSoft: false, moment: 1000))
        marks.tidy(tokensBefore: 0, othersBefore: 2000)
        let all = marks.takeReplacement()
        #expect(all.removed.map(\.sequence).sorted() == [1, 2, 3, 4, 5])
        #expect(all.added == heard.added)
    }

    @Test func `by tag cover an answer with more tags than are looked at`() {
        let marks = marks((.tag("x"), 5, isSoft: true), (.tag("y"), 6, isSoft: false))
        #expect(marks.verdict(onRoute: "r", url: "/", tags: nil, known(6)) == .valid)
        #expect(marks.verdict(onRoute: "r", url: "/", tags: nil, known(5)) == .void)
        #expect(marks.verdict(onRoute: "r", url: "/", tags: [], known(5)) == .valid)
    }

    @Test func `never are more than the limit, whatever comes`() throws {
        var generator = SystemRandomNumberGenerator()
        var marks = PurgeMarks(limit: 50)
        var ordered: [(reference: TokenReference, sequence: UInt64)] = []
        for sequence: UInt64 in 1...2000 {
            let reference = try token(UInt64.random(in: 0..<400, using: &generator), of: UInt32.random(in: 1..<400))
            let isWide = sequence % 7 == 0
            let scope = isWide ? PurgeScope.contract(chain, reference.contract) : .token(reference)
            marks.add(PurgeMark(sequence: sequence, scope: scope, isSoft: false, moment: 0))
            ordered.append((reference, sequence))
            #expect(marks.count <= 50)
        }
        for (reference, sequence) in ordered {
            #expect(marks.verdict(on: reference, known(sequence - 1)) == .void, "\(reference) before \(sequence)")
            #expect(marks.verdict(on: reference, known(2000)) == .valid)
        }
    }

    @Test func `are forgotten when nothing they concern can be left, routes' by a time of their own`() throws {
        var marks = marks(
            (.token(try token(1)), 5, isSoft: false), (.tag("x"), 5, isSoft: false), (.tag("y"), 20, isSoft: true))
        let first = marks.forget(tokensBefore: 6000, othersBefore: 1000)
        #expect(first.map(\.scope) == [.token(try token(1))])
        let second = marks.forget(tokensBefore: 30_000, othersBefore: 6000)
        #expect(second.map(\.scope) == [.tag("x")])
        #expect(marks.count == 1)
        #expect(marks.haveTags)
    }

    @Test func `have scopes whose text leads back to them`() throws {
        let scopes: [PurgeScope] = [
            .everything, .contract(chain, try contract(7)), .token(try token(12)), .route("a-b"), .tag("a b"),
            .prefix("/x y/é?a=b c", route: "r"), .url("/", route: "r"),
        ]
        for scope in scopes { #expect(PurgeScope(scope.description) == scope, "\(scope)") }
        for text in [
            "", "all", "everything else", "contract", "contract eip155:1/0x12", "token eip155:1/0x12/1", "url r",
        ] {
            #expect(PurgeScope(text) == nil, "\(text)")
        }
    }
}
