import Caching
import Tokens

/// The tokens of a job, a page at a time, from wherever they are told.
struct WarmFeed: Sendable {
    /// A token and what comes after it.
    struct Item: Sendable {
        /// Nil for a number that has no token any more.
        let token: TokenReference?
        let next: WarmPosition
    }

    private static let pageSize = 256

    let plan: WarmPlan
    let request: WarmRequest
    let archive: any MetadataArchive
    let archiveTimeout: Duration
    let supply: @Sendable () -> SupplyReader

    var start: WarmPosition {
        switch plan {
        case .spans: request.spans.spans.first.map { .span(0, $0.tokens.first.value) } ?? .end
        case .numbered(let range): .span(0, range.first.value)
        case .enumerated(let count): count > 0 ? .index(0) : .end
        case .archive: .after(nil)
        }
    }

    /// What comes from a position on; empty at the end. Throws what may work later.
    func page(from position: WarmPosition) async throws(WarmTrouble) -> [Item] {
        switch position {
        case .end: []
        case .span(let span, let number): items(of: spans, from: span, number)
        case .index(let index): try await enumerated(from: index)
        case .after(let token): try await archived(after: token)
        }
    }

    private var spans: [TokenSpan] {
        if case .numbered(let range) = plan, let collection = request.collection {
            return [TokenSpan(collection, range)]
        }
        return request.spans.spans
    }

    private func items(of spans: [TokenSpan], from first: Int, _ number: UInt256) -> [Item] {
        var items: [Item] = []
        var (index, number) = (first, number)
        while items.count < Self.pageSize, index < spans.count {
            let span = spans[index]
            let token = span.reference(number)
            if number < span.tokens.last.value, let following = number.adding(1) {
                number = following
            } else {
                index += 1
                if index < spans.count { number = spans[index].tokens.first.value }
            }
            items.append(Item(token: token, next: index < spans.count ? .span(index, number) : .end))
        }
        return items
    }

    private func enumerated(from first: UInt64) async throws(WarmTrouble) -> [Item] {
        guard case .enumerated(let count) = plan, let collection = request.collection, first < count else { return [] }
        let indices = first..<min(count, first + UInt64(Self.pageSize))
        let numbers: [UInt256?]
        do throws(Problem) {
            numbers = try await supply().numbers(at: indices, of: collection)
        } catch {
            throw WarmTrouble(error)
        }
        return zip(indices, numbers).map { index, number in
            Item(
                token: number.map { TokenSpan(collection, TokenRange(TokenIdentifier($0))).firstToken },
                next: index + 1 < count ? .index(index + 1) : .end)
        }
    }

    private func archived(after last: TokenReference?) async throws(WarmTrouble) -> [Item] {
        let scope = request.collection.map { ArchiveScope.contract($0.chain, $0.contract) } ?? .everything
        do throws(StoreError) {
            let tokens = try await archive.tokens(
                in: scope, after: last, atMost: Self.pageSize, within: archiveTimeout)
            return tokens.map { Item(token: $0, next: .after($0)) }
        } catch {
            throw WarmTrouble(text: "The archive cannot be read: \(error.kind.rawValue).")
        }
    }
}

/// Why the tokens of a job cannot be found out for now.
struct WarmTrouble: Error {
    let text: String

    init(text: String) {
        self.text = text
    }

    init(_ problem: Problem) {
        text = problem.detail
    }
}
